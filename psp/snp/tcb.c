/* SPDX-License-Identifier: MIT */
/* TCB_VERSION (56860, 2.2): a byte for each component, its place by product. */
#include "psp/psp.h"

#define BYTE(value, n) ((uint64_t)(value) << (8 * (n)))

uint64_t psp_tcb_raw(enum psp_product product, const struct psp_tcb *tcb)
{
	if (product == PSP_TURIN)
		return BYTE(tcb->fmc, 0) | BYTE(tcb->boot_loader, 1) | BYTE(tcb->tee, 2) |
		       BYTE(tcb->snp, 3) | BYTE(tcb->microcode, 7);
	return BYTE(tcb->boot_loader, 0) | BYTE(tcb->tee, 1) | BYTE(tcb->snp, 6) |
	       BYTE(tcb->microcode, 7);
}

struct psp_tcb psp_tcb_parts(enum psp_product product, uint64_t raw)
{
	if (product == PSP_TURIN)
		return (struct psp_tcb){
			.fmc = (uint8_t)raw,
			.boot_loader = (uint8_t)(raw >> 8),
			.tee = (uint8_t)(raw >> 16),
			.snp = (uint8_t)(raw >> 24),
			.microcode = (uint8_t)(raw >> 56),
		};
	return (struct psp_tcb){
		.boot_loader = (uint8_t)raw,
		.tee = (uint8_t)(raw >> 8),
		.snp = (uint8_t)(raw >> 48),
		.microcode = (uint8_t)(raw >> 56),
	};
}
