/* SPDX-License-Identifier: MIT */
/* The mailboxes and rings, and what the command table needs from them. */
#ifndef PSP_MAILBOX_H
#define PSP_MAILBOX_H

#include "psp/internal.h"

#include "psp/commands.h"
#include "psp/mailbox/regs.h"

/* Whose work psp_step() did last and psp_complete() is to show. */
enum psp_worker { PSP_NOBODY, PSP_SEV_MAILBOX, PSP_TEE_MAILBOX, PSP_TEE_RING, PSP_PA_MAILBOX };

/* The TEE's command ring (tee.c). */
struct psp_tee_ring {
	uint64_t base;	/* 0: none */
	uint32_t size;	/* bytes */
	uint64_t entry; /* of the step under way */
};

struct psp_mailbox {
	uint32_t regs[PSP_N_REGS];
	bool pending[PSP_PA_MAILBOX + 1]; /* by worker: something was written */
	enum psp_worker running;
	uint32_t response; /* of the running one: its CmdResp when complete */
	bool dead;
	struct psp_tee_ring tee;
	bool ring_on; /* SEV's command ring (ring.c) */
	struct psp_known known[PSP_CMD_IDS];
};

int psp_mailbox_new(struct psp *psp);
void psp_mailbox_free(struct psp *psp);
void psp_mailbox_reset(struct psp *psp);

/* Check and run one SEV command (commands.c). *latency: what it costs, in ps. */
enum psp_status psp_cmd_run(struct psp *psp, uint16_t id, uint64_t pa, uint64_t *latency);

/* A TEE mailbox command: its status (tee.c). */
uint16_t psp_tee_command(struct psp *psp, unsigned int command, uint64_t pa);
/* One entry of the TEE ring: take it, and answer it. True: there are more. */
void psp_tee_ring_step(struct psp *psp);
bool psp_tee_ring_complete(struct psp *psp);

#endif
