/* SPDX-License-Identifier: MIT */
/*
 * What the parts of the library share. Each part keeps its own state behind a pointer
 * and a header of its own: memory.h (keys, RMP, caches), sev.h (SEV platform and
 * guests), snp.h, mailbox.h; asid.h and firmware.h serve both SEV and SNP.
 */
#ifndef PSP_INTERNAL_H
#define PSP_INTERNAL_H

#include "psp/buffers.h"
#include "psp/psp.h"

enum { PSP_PAGE = 4096, PSP_PAGE_2M = 2 * 1024 * 1024 };
/* One more than the highest command id; bytes that a command buffer has room for. */
enum { PSP_CMD_IDS = 0xd6, PSP_CMD_BYTES = 0x60 };

struct psp_crypto;
struct psp_mailbox;
struct psp_memory;
struct psp_sev;
struct psp_snp;
struct psp_guest;     /* SEV and SEV-ES, sev.h */
struct psp_snp_guest; /* snp.h */

/* Version of a firmware (56860, 2): the running one and the one that cannot be undone. */
struct psp_version {
	uint8_t api_major, api_minor, build;
	uint64_t tcb;
};

struct psp {
	struct psp_config config;
	struct psp_ops ops;
	void *ctx;
	struct psp_crypto *crypto; /* by psp_crypto() */
	struct psp_mailbox *mailbox;
	struct psp_memory *memory;
	struct psp_sev *sev;
	struct psp_snp *snp;
	struct psp_version current, committed;
	bool snp_on;			/* SNP platform state is INIT */
	uint16_t injected[PSP_CMD_IDS]; /* psp_inject_status(), by command id; 0: not set */
	struct psp_stats stats;
};

/* One command on its way. */
struct psp_cmd {
	struct psp *psp;
	uint16_t id;
	uint64_t pa; /* of the buffer */
	uint8_t buf[PSP_CMD_BYTES];
	struct psp_guest *guest;	 /* where the table has SEV guest states */
	struct psp_snp_guest *snp_guest; /* where it has SNP guest states */
	uint64_t pages;			 /* 4 KiB pages of work done, for the latency */
};

typedef enum psp_status psp_handler(struct psp_cmd *cmd);

#define COMMAND(id, name, handler, ...) psp_handler psp_cmd_##handler;
#include "psp/commands.def"
#undef COMMAND

/* API version comparison: the running firmware is at least major.minor. */
static inline bool psp_api_at_least(const struct psp *psp, unsigned int major, unsigned int minor)
{
	return psp->current.api_major > major ||
	       (psp->current.api_major == major && psp->current.api_minor >= minor);
}

/* The named fault point fires now. */
static inline bool psp_fault_hit(struct psp *psp, const char *name)
{
	return psp->ops.fault && psp->ops.fault(psp->ctx, name);
}

/* Made at first use. NULL: out of memory; a command then answers RESOURCE_LIMIT. */
struct psp_crypto *psp_crypto(struct psp *psp);

void psp_trace(struct psp *psp, enum psp_trace_kind kind, uint16_t id, uint16_t status,
	       uint64_t address, const void *data, size_t len);

#endif
