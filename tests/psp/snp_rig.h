/* SPDX-License-Identifier: MIT */
/*
 * SNP guests on the rig's machine, as a hypervisor makes them, and their owner.
 *
 *	0x0002_0000  context pages, one after the other
 *	0x0010_0000  the host's buffers: SNP_REQ, SNP_RSP, ID block and ID authentication
 *	0x0040_0000  guest pages (SNP_RAM); 2 MiB pages have room from there on
 */
#ifndef TESTS_PSP_SNP_RIG_H
#define TESTS_PSP_SNP_RIG_H

#include "tests/psp/owner/owner.h"
#include "tests/psp/rig.h"

enum {
	SNP_GCTX = 0x20000,
	SNP_REQ = 0x100000,
	SNP_RSP = 0x101000,
	SNP_ID_BLOCK = 0x102000,
	SNP_ID_AUTH = 0x103000,
	SNP_RAM = 0x400000,
	SNP_POLICY = 0x30000, /* SMT, and the bit that must be one */
	SNP_POLICY_MA = 1 << 18,
	SNP_POLICY_DEBUG = 1 << 19,
};

/* A guest and what its owner knows of it. */
struct snp_vm {
	struct rig *rig;
	uint64_t gctx;
	unsigned int asid;
	uint64_t policy;
	uint8_t ld[48]; /* as the owner counts it */
	struct owner_guest owner;
};

/* SNP_LAUNCH_START's buffer at `b` (0x30 bytes) for this guest, ready to be changed. */
void snp_start_buffer(const struct snp_vm *vm, uint8_t b[0x30]);
/* The page `n` of SNP_GCTX becomes a context. */
uint64_t snp_gctx(struct rig *rig, unsigned int n);
int snp_activate(struct rig *rig, uint64_t gctx, uint32_t asid);

/* Context n, LAUNCH_START and ACTIVATE. */
void snp_vm_start(struct snp_vm *vm, struct rig *rig, unsigned int n, unsigned int asid,
		  uint64_t policy);
/* RMPUPDATE to Pre-guest. */
void snp_pre_guest(const struct snp_vm *vm, uint64_t pa, uint64_t gpa, bool large);
/* SNP_LAUNCH_UPDATE of the page at pa. */
int snp_update_raw(const struct snp_vm *vm, uint64_t pa, const struct owner_page *page);
/*
 * Pre-guest and LAUNCH_UPDATE; the owner's digest follows. `contents` is put into RAM
 * before (may be NULL: RAM as it is).
 */
void snp_update(struct snp_vm *vm, uint64_t pa, struct owner_page page);
/* LAUNCH_FINISH without an ID block. */
int snp_finish(const struct snp_vm *vm);
/* A secrets page at pa, whose VMPCKs the owner gets by reading it as the guest. */
void snp_secrets(struct snp_vm *vm, uint64_t pa, struct owner_secrets *secrets);
/* A running guest with a page and secrets: pages SNP_RAM + n * 64 KiB and the next. */
void snp_vm_run(struct snp_vm *vm, struct rig *rig, unsigned int n, unsigned int asid,
		uint64_t policy);

/* Read as the guest at a VMPL, through psp_access(). */
void snp_guest_read(const struct snp_vm *vm, uint64_t pa, uint64_t gpa, void *buf, size_t len);

/* The command's status, for the request page as it is in RAM. */
int snp_request_raw(const struct snp_vm *vm);
/*
 * A whole exchange that must reach the firmware: the message's status, payload (up to
 * OWNER_MSG_MAX bytes) and its length.
 */
uint32_t snp_exchange(struct snp_vm *vm, const struct owner_request *request, uint8_t *payload,
		      size_t *len);
/* MSG_REPORT_REQ with key selector; the message's status. */
uint32_t snp_report(struct snp_vm *vm, unsigned int vmpck, uint32_t vmpl, uint32_t key_sel,
		    const uint8_t data[64], uint8_t report[OWNER_REPORT_SIZE]);

#endif
