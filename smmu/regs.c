/* SPDX-License-Identifier: MIT */
/* Registers: IHI 0070 chapter 6. Guarded registers ignore writes while they are guarded (6.3). */
#include "smmu/internal.h"

static int reg_find(uint32_t offset, unsigned int *bytes)
{
	switch (offset) {
#define REG(N, off, size)                                                                          \
	case off:                                                                                  \
		*bytes = size;                                                                     \
		return R_##N;
#include "smmu/regs.def"
#undef REG
	default:
		return -1;
	}
}

const char *smmu_reg_name(uint32_t offset)
{
	static const char *const names[] = {
#define REG(N, off, size) #N,
#include "smmu/regs.def"
#undef REG
	};
	unsigned int bytes;
	int reg = reg_find(offset, &bytes);

	return reg < 0 ? NULL : names[reg];
}

/* All bits of a register that the field table knows. */
static uint64_t reg_bits(enum reg reg)
{
	uint64_t bits = 0;

#define FIELD(R, N, hi, lo) bits |= reg == R_##R ? M_##R##_##N : 0;
#define PTR(R, N, hi, lo)   FIELD(R, N, hi, lo)
#include "smmu/fields_reg.def"
#undef FIELD
#undef PTR
	return bits;
}

/* Bits that this configuration implements: the others are RES0. */
static uint64_t reg_writable(const struct smmu_config *c, enum reg reg)
{
	uint64_t bits = reg_bits(reg);

	switch (reg) {
	case R_CR0:
		return bits & ~((c->pri ? 0 : M_CR0_PRIQEN) | (c->ats ? 0 : M_CR0_ATSCHK));
	case R_CR2:
		return bits & ~((c->hyp ? 0 : M_CR2_E2H) |
				(c->ats && c->aidr >= 2 ? 0 : M_CR2_REC_CFG_ATS));
	case R_IRQ_CTRL:
		return bits & ~(c->pri ? 0 : M_IRQ_CTRL_PRIQ_IRQEN);
	case R_STRTAB_BASE_CFG:
		return bits & ~(c->st2l ? 0 : M_STRTAB_BASE_CFG_SPLIT | M_STRTAB_BASE_CFG_FMT);
	case R_GERROR_IRQ_CFG0:
	case R_GERROR_IRQ_CFG1:
	case R_GERROR_IRQ_CFG2:
	case R_EVENTQ_IRQ_CFG0:
	case R_EVENTQ_IRQ_CFG1:
	case R_EVENTQ_IRQ_CFG2:
		return c->msi ? bits : 0;
	case R_PRIQ_IRQ_CFG0:
	case R_PRIQ_IRQ_CFG1:
		return c->pri && c->msi ? bits : 0;
	case R_PRIQ_IRQ_CFG2:
		return !c->pri ? 0 : c->msi ? bits : M_PRIQ_IRQ_CFG2_LO;
	case R_PRIQ_BASE:
	case R_PRIQ_PROD:
	case R_PRIQ_CONS:
		return c->pri ? bits : 0;
	default:
		return bits;
	}
}

/* A bit guards while it is set, or about to change. */
static bool cr0_guards(const struct smmu *smmu, uint64_t bits)
{
	return ((smmu->reg[R_CR0] | smmu->reg[R_CR0ACK]) & bits) != 0;
}

static bool irq_guards(const struct smmu *smmu, uint64_t bits)
{
	return ((smmu->reg[R_IRQ_CTRL] | smmu->reg[R_IRQ_CTRLACK]) & bits) != 0;
}

static bool read_only(const struct smmu *smmu, enum reg reg)
{
	switch (reg) {
	case R_CR0:
	case R_CR1:
	case R_GBPA:
	case R_IRQ_CTRL:
	case R_GERRORN:
	case R_CMDQ_PROD:
	case R_EVENTQ_CONS:
	case R_PRIQ_CONS:
		return false;
	case R_CR2:
	case R_STRTAB_BASE:
	case R_STRTAB_BASE_CFG:
		return cr0_guards(smmu, M_CR0_SMMUEN);
	case R_CMDQ_BASE:
	case R_CMDQ_CONS:
		return cr0_guards(smmu, M_CR0_CMDQEN);
	case R_EVENTQ_BASE:
	case R_EVENTQ_PROD:
		return cr0_guards(smmu, M_CR0_EVENTQEN);
	case R_PRIQ_BASE:
	case R_PRIQ_PROD:
		return cr0_guards(smmu, M_CR0_PRIQEN);
	case R_GERROR_IRQ_CFG0:
	case R_GERROR_IRQ_CFG1:
	case R_GERROR_IRQ_CFG2:
		return irq_guards(smmu, M_IRQ_CTRL_GERROR_IRQEN);
	case R_EVENTQ_IRQ_CFG0:
	case R_EVENTQ_IRQ_CFG1:
	case R_EVENTQ_IRQ_CFG2:
		return irq_guards(smmu, M_IRQ_CTRL_EVENTQ_IRQEN);
	case R_PRIQ_IRQ_CFG0:
	case R_PRIQ_IRQ_CFG1:
	case R_PRIQ_IRQ_CFG2:
		return irq_guards(smmu, M_IRQ_CTRL_PRIQ_IRQEN);
	default:
		return true;
	}
}

/* 6.3.11: the two halves of CR1 have different guards. */
static uint64_t cr1_merge(const struct smmu *smmu, uint64_t value)
{
	const uint64_t queue = M_CR1_QUEUE_IC | M_CR1_QUEUE_OC | M_CR1_QUEUE_SH;
	uint64_t kept = 0;

	if (cr0_guards(smmu, M_CR0_SMMUEN))
		kept |= ~queue;
	if (cr0_guards(smmu, M_CR0_CMDQEN | M_CR0_EVENTQEN | M_CR0_PRIQEN))
		kept |= queue;
	return (smmu->reg[R_CR1] & kept) | (value & ~kept);
}

static void strtab_update(struct smmu *smmu)
{
	uint64_t cfg = smmu->reg[R_STRTAB_BASE_CFG];
	unsigned int raw = (unsigned int)STRTAB_BASE_CFG_LOG2SIZE(cfg);
	unsigned int split = (unsigned int)STRTAB_BASE_CFG_SPLIT(cfg);
	uint64_t base = STRTAB_BASE_ADDR(smmu->reg[R_STRTAB_BASE]) & ones(smmu->config.oas);
	uint64_t cr1 = smmu->reg[R_CR1];
	unsigned int align;

	smmu->strtab.two_level = STRTAB_BASE_CFG_FMT(cfg) == 1;
	smmu->strtab.split = (uint8_t)(split == 8 || split == 10 ? split : 6);
	smmu->strtab.log2size = (uint8_t)(raw < smmu->config.sidsize ? raw : smmu->config.sidsize);
	/* 6.3.24: the base is aligned to the table by the value as written. */
	if (!smmu->strtab.two_level)
		align = raw + 6;
	else
		align = raw > smmu->strtab.split + 3u ? raw - smmu->strtab.split + 3 : 6;
	smmu->strtab.base = base & ~ones(align < 6 ? 6 : align);
	smmu->strtab.attr =
		attr_cacheability(ATTR_CR1, (unsigned int)CR1_TABLE_IC(cr1),
				  (unsigned int)CR1_TABLE_OC(cr1), (unsigned int)CR1_TABLE_SH(cr1));
	smmu->recinvsid = CR2_RECINVSID(smmu->reg[R_CR2]) != 0;
}

/* 6.3.14: taken as a whole, and only when no update is under way. */
static void gbpa_write(struct smmu *smmu, uint64_t value)
{
	if (!GBPA_UPDATE(value) || GBPA_UPDATE(smmu->reg[R_GBPA]))
		return;
	smmu->reg[R_GBPA] = value;
	kick(smmu);
}

static void reg_write(struct smmu *smmu, enum reg reg, uint64_t value)
{
	if (read_only(smmu, reg))
		return;
	value &= reg_writable(&smmu->config, reg);
	switch (reg) {
	case R_CR1:
		smmu->reg[reg] = cr1_merge(smmu, value);
		break;
	case R_GBPA:
		gbpa_write(smmu, value);
		return;
	case R_CR0:
	case R_IRQ_CTRL:
	case R_GERRORN:
	case R_CMDQ_PROD:
	case R_EVENTQ_CONS:
		smmu->reg[reg] = value;
		kick(smmu);
		return;
	default:
		smmu->reg[reg] = value;
	}
	strtab_update(smmu);
}

uint64_t smmu_mmio_read(struct smmu *smmu, uint32_t offset, unsigned int size, uint64_t *latency)
{
	unsigned int bytes = 0, shift = 0;
	int reg = reg_find(offset, &bytes);

	if (latency)
		*latency = smmu->config.latency.mmio;
	if (reg < 0 && size == 4 && offset >= 4) {
		reg = reg_find(offset - 4, &bytes);
		if (bytes != 8)
			return 0;
		shift = 32;
	}
	if (reg < 0 || size > bytes || (size != 4 && size != 8))
		return 0;
	return smmu->reg[reg] >> shift & ones(size * 8);
}

void smmu_mmio_write(struct smmu *smmu, uint32_t offset, uint64_t value, unsigned int size,
		     uint64_t *latency)
{
	unsigned int bytes = 0, shift = 0;
	int reg = reg_find(offset, &bytes);
	uint64_t mask;

	if (latency)
		*latency = smmu->config.latency.mmio;
	if (reg < 0 && size == 4 && offset >= 4) {
		reg = reg_find(offset - 4, &bytes);
		if (bytes != 8)
			return;
		shift = 32;
	}
	if (reg < 0 || size > bytes || (size != 4 && size != 8))
		return;
	mask = ones(size * 8) << shift;
	reg_write(smmu, (enum reg)reg, (smmu->reg[reg] & ~mask) | (value << shift & mask));
}

/* 6.3.9.5: turning translation off ends what is stalled. */
static void cr0_complete(struct smmu *smmu)
{
	bool was = smmu->enabled;

	smmu->reg[R_CR0ACK] = smmu->reg[R_CR0];
	smmu->enabled = CR0_SMMUEN(smmu->reg[R_CR0ACK]) != 0;
	if (was && !smmu->enabled)
		stall_abort_all(smmu);
}

bool regs_step(struct smmu *smmu, uint64_t *latency)
{
	if (smmu->reg[R_CR0] != smmu->reg[R_CR0ACK])
		cr0_complete(smmu);
	else if (smmu->reg[R_IRQ_CTRL] != smmu->reg[R_IRQ_CTRLACK])
		smmu->reg[R_IRQ_CTRLACK] = smmu->reg[R_IRQ_CTRL];
	else if (GBPA_UPDATE(smmu->reg[R_GBPA]))
		smmu->reg[R_GBPA] &= ~M_GBPA_UPDATE;
	else
		return false;
	*latency += smmu->config.latency.cr_ack;
	return true;
}

void regs_reset(struct smmu *smmu)
{
	memset(smmu->reg, 0, sizeof(smmu->reg));
	config_id_registers(smmu);
	/* Bypass with the incoming shareability. */
	smmu->reg[R_GBPA] = GBPA_put_SHCFG(1);
	smmu->enabled = false;
	strtab_update(smmu);
}
