/* SPDX-License-Identifier: MIT */
/*
 * MSRs of a core that have to do with encryption and the RMP (APM volume 2, 15.34.3 and
 * 15.36.4). Unverified: reserved bits, that RMP_END's low 13 bits read as ones, and
 * that SNP_EN and VMPL_EN can be cleared by nobody but the firmware.
 */
#include <errno.h>

#include "psp/memory/memory_state.h"

#define PHYSICAL      ((1ull << 52) - 1)
#define SYSCFG_BITS   (0xffull << 18) /* MTRR and memory type bits among them */
#define RMP_LOW	      0x1fffull	      /* below RMP_BASE's and RMP_END's fields */
#define RMP_CFG_BITS  0x3f01ull
#define SYSCFG_STICKY (PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN)

static int write_syscfg(struct psp *psp, unsigned int cpu, uint64_t value)
{
	struct psp_core *core = &psp->memory->cores[cpu];
	const bool had = core->syscfg & PSP_SYSCFG_SNP_EN;

	if (value & ~SYSCFG_BITS || (value & PSP_SYSCFG_SME_EN && !psp->config.sme) ||
	    (value & SYSCFG_STICKY && !psp->config.snp))
		return -EPERM;
	if (had && ~value & core->syscfg & SYSCFG_STICKY)
		return -EPERM;
	core->syscfg = value;
	if (had || !(value & PSP_SYSCFG_SNP_EN))
		return 0;
	if (!psp->memory->rmp.cores)
		psp_rmp_enable(psp, cpu);
	psp->memory->rmp.cores++;
	return 0;
}

static int write_rmp(struct psp *psp, uint64_t *msr, uint64_t value, uint64_t reserved)
{
	if (psp_rmp_on(psp) || value & reserved)
		return -EPERM;
	*msr = value;
	return 0;
}

int psp_wrmsr(struct psp *psp, unsigned int cpu, uint32_t msr, uint64_t value)
{
	struct psp_core *core;

	if (cpu >= psp->config.cpus)
		return -EINVAL;
	core = &psp->memory->cores[cpu];
	switch (msr) {
	case PSP_MSR_SYSCFG:
		return write_syscfg(psp, cpu, value);
	case PSP_MSR_VM_HSAVE_PA:
		if (value & ~PHYSICAL || value % PSP_PAGE)
			return -EPERM;
		core->hsave_pa = value;
		return 0;
	case PSP_MSR_RMP_BASE:
		return write_rmp(psp, &core->rmp_base, value, ~PHYSICAL | RMP_LOW);
	case PSP_MSR_RMP_END:
		return write_rmp(psp, &core->rmp_end, value ? value | RMP_LOW : 0, ~PHYSICAL);
	case PSP_MSR_RMP_CFG:
		return write_rmp(psp, &core->rmp_cfg, value, ~RMP_CFG_BITS);
	default:
		return -ENOENT;
	}
}

int psp_rdmsr(const struct psp *psp, unsigned int cpu, uint32_t msr, uint64_t *value)
{
	const struct psp_core *core;

	if (cpu >= psp->config.cpus)
		return -EINVAL;
	core = &psp->memory->cores[cpu];
	switch (msr) {
	case PSP_MSR_SYSCFG:
		*value = core->syscfg;
		return 0;
	case PSP_MSR_VM_HSAVE_PA:
		*value = core->hsave_pa;
		return 0;
	case PSP_MSR_RMP_BASE:
		*value = core->rmp_base;
		return 0;
	case PSP_MSR_RMP_END:
		*value = core->rmp_end;
		return 0;
	case PSP_MSR_RMP_CFG:
		*value = core->rmp_cfg;
		return 0;
	default:
		return -ENOENT;
	}
}
