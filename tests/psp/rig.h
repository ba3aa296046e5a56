/* SPDX-License-Identifier: MIT */
/*
 * A machine for tests of psp/: RAM from address 0, one struct psp, and what it did.
 *
 *	0x0000_0000  free; commands' buffers at RIG_CMD
 *	  ...
 *	ram - 2 MiB  the RMP, when rig_snp_enable() was called
 */
#ifndef TESTS_PSP_RIG_H
#define TESTS_PSP_RIG_H

#include "psp/psp.h"

enum {
	RIG_RAM = 64 << 20,
	RIG_RMP_SIZE = 2 << 20,
	RIG_RMP = RIG_RAM - RIG_RMP_SIZE,
	RIG_CMD = 0x10000, /* 2 pages: commands' buffers, and RECLAIM's while the first is
			      firmware's */
	RIG_PAGE = 4096,
	RIG_2M = 2 << 20,
};

struct rig {
	struct psp *psp;
	struct psp_config config;
	uint8_t *ram;
	unsigned int irqs, kicks, hazards;
	struct psp_hazard hazard; /* the last */
	const char *fault;	  /* fires at occurrence fault_at .. fault_to, from 1 */
	unsigned int fault_at, fault_to, fault_seen;
	uint64_t latency; /* of the last command */
};

/* config NULL: psp_config_default(), with memory_end = RIG_RAM. Aborts the test on failure. */
void rig_new(struct rig *rig, const struct psp_config *config);
void rig_free(struct rig *rig);

/* The named fault point fires from now on at its occurrences first .. last. */
void rig_fault(struct rig *rig, const char *name, unsigned int first, unsigned int last);

/*
 * A command with its buffer (len bytes, copied to RIG_CMD and back; NULL: none). With SNP
 * initialised, `rig_cmd` turns RIG_CMD into a firmware page first and reclaims it after,
 * as the driver does for commands that write their buffer; rig_cmd_raw does not.
 * Returns what psp_command() does.
 */
int rig_cmd(struct rig *rig, enum psp_cmd_id id, void *buf, size_t len);
int rig_cmd_raw(struct rig *rig, enum psp_cmd_id id, void *buf, size_t len);

void rig_wbinvd(struct rig *rig); /* on every core */
/* MSRs of every core as Linux sets them before SNP_INIT, table at RIG_RMP; and WBINVD. */
void rig_snp_enable(struct rig *rig);
/* Pages of the host to firmware pages (RMPUPDATE) and back (SNP_PAGE_RECLAIM, RMPUPDATE). */
void rig_to_firmware(struct rig *rig, uint64_t pa, unsigned int pages);
void rig_to_host(struct rig *rig, uint64_t pa, unsigned int pages);

/* WBINVD, INIT with SEV-ES (TMR at 32 MiB), WBINVD, DF_FLUSH; then all is UNINIT -> INIT. */
enum { RIG_TMR = 32 << 20 };
void rig_init(struct rig *rig);
/* rig_snp_enable(), SNP_INIT_EX, WBINVD, SNP_DF_FLUSH. */
void rig_snp_init(struct rig *rig);

/* Little-endian numbers in a buffer. */
void put16(void *p, uint16_t v);
void put32(void *p, uint32_t v);
void put64(void *p, uint64_t v);
uint16_t get16(const void *p);
uint32_t get32(const void *p);
uint64_t get64(const void *p);

/* A status check that says names: expected and got. */
#define expect_status(got, want)                                                                   \
	do {                                                                                       \
		int got_ = (got), want_ = (want);                                                  \
		ck_assert_msg(got_ == want_, "%s: expected %s, got %d (%s)", #got,                 \
			      psp_status_name((unsigned int)want_), got_,                          \
			      got_ >= 0 ? psp_status_name((unsigned int)got_) : "errno");          \
	} while (0)
#define expect_ok(got) expect_status(got, PSP_SUCCESS)

#endif
