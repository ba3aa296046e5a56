/* SPDX-License-Identifier: MIT */
/* Registers of BAR 2 by generation. */
#include <errno.h>
#include <string.h>

#include "psp/mailbox/regs.h"

static const struct {
	const char *name;
	uint32_t offset[4];
} regs[PSP_N_REGS] = {
#define REG(name, v1, v2, v4, v6) [PSP_REG_##name] = {#name, {v1, v2, v4, v6}},
#include "psp/mailbox/regs.def"
#undef REG
};

static unsigned int column(enum psp_generation generation)
{
	switch (generation) {
	case PSP_V1:
		return 0;
	case PSP_V2:
		return 1;
	case PSP_V4:
		return 2;
	default:
		return 3;
	}
}

int psp_reg_find(enum psp_generation generation, uint32_t offset)
{
	unsigned int c = column(generation);

	for (int i = 0; i < PSP_N_REGS; i++)
		if (regs[i].offset[c] == offset && offset)
			return i;
	return -EINVAL;
}

const char *psp_reg_name(const struct psp *psp, uint32_t offset)
{
	int reg = psp_reg_find(psp->config.generation, offset);

	return reg < 0 ? NULL : regs[reg].name;
}

int psp_reg_offset(const struct psp *psp, const char *name)
{
	for (int i = 0; i < PSP_N_REGS; i++)
		if (!strcmp(regs[i].name, name)) {
			uint32_t offset = regs[i].offset[column(psp->config.generation)];

			return offset ? (int)offset : -EINVAL;
		}
	return -EINVAL;
}
