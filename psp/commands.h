/* SPDX-License-Identifier: MIT */
/* What the command table needs from its neighbours: layouts, latency, injected faults. */
#ifndef PSP_COMMANDS_H
#define PSP_COMMANDS_H

#include "psp/internal.h"

/* Bits of a command's buffer that have a meaning (layout.c), by command id. */
struct psp_known {
	uint8_t bits[PSP_CMD_BYTES];
};
void psp_known_fill(struct psp_known known[PSP_CMD_IDS]);
const struct psp_known *psp_known(const struct psp *psp);

/* ps of a command that worked on `pages` pages (latency.c). */
uint64_t psp_cmd_latency(const struct psp_latency *latency, uint16_t id, uint64_t pages);

/* True: a fault point wants this status instead of the command (fault.c). */
bool psp_injected(struct psp *psp, uint16_t id, enum psp_status *status);

#endif
