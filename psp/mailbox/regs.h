/* SPDX-License-Identifier: MIT */
#ifndef PSP_REGS_H
#define PSP_REGS_H

#include "psp/internal.h"

enum psp_reg {
#define REG(name, ...) PSP_REG_##name,
#include "psp/mailbox/regs.def"
#undef REG
	PSP_N_REGS
};

/* Which register is at this offset; -EINVAL: none. */
int psp_reg_find(enum psp_generation generation, uint32_t offset);

/* Bits of CmdResp (SEV, TEE and platform access mailboxes). */
#define PSP_CMDRESP_RESP     (1u << 31)
#define PSP_CMDRESP_IOC	     (1u << 0)
#define PSP_INT_CMD_COMPLETE (1u << 1) /* inten, intsts */

#endif
