/* SPDX-License-Identifier: MIT */
/* What an STE means, and when it is illegal: IHI 0070 5.2, 5.5. */
#include "smmu/internal.h"

static bool eats_illegal(const struct smmu_config *c, const uint64_t *raw, unsigned int config)
{
	unsigned int eats = (unsigned int)STE_EATS(raw);

	if (!c->ats || config == CONFIG_BYPASS || eats == 0)
		return false;
	if (eats == 2)
		return config != CONFIG_NESTED || STE_S2S(raw);
	return config >= CONFIG_S2 && STE_S2S(raw);
}

/* STRW counts for stage 1 alone, and only where EL2 exists (5.2, STRW). */
static bool world_illegal(const struct smmu *smmu, struct ste *ste)
{
	unsigned int strw = (unsigned int)STE_STRW(ste->raw);

	ste->world = WORLD_EL1;
	if (ste->config != CONFIG_S1 || !smmu->config.hyp)
		return false;
	if (strw == 2)
		ste->world = CR2_E2H(smmu->reg[R_CR2]) ? WORLD_EL2_E2H : WORLD_EL2;
	return strw & 1;
}

static bool stage1_illegal(const struct smmu_config *c, struct ste *ste)
{
	const uint64_t *raw = ste->raw;

	ste->s1dss = (uint8_t)STE_S1DSS(raw);
	ste->s1fmt = (uint8_t)STE_S1Fmt(raw);
	ste->s1cdmax = c->ssidsize ? (uint8_t)STE_S1CDMax(raw) : 0;
	ste->s1ctxptr = STE_S1ContextPtr(raw);
	ste->cd_attr =
		attr_cacheability(ATTR_S1C, (unsigned int)STE_S1CIR(raw),
				  (unsigned int)STE_S1COR(raw), (unsigned int)STE_S1CSH(raw));
	if (!c->s1p || (STE_S1STALLD(raw) && !c->stall) || ste->s1cdmax > c->ssidsize)
		return true;
	if (ste->s1cdmax && !c->cd2l && (ste->s1fmt == 1 || ste->s1fmt == 2))
		return true;
	if (ste->config != CONFIG_S1)
		return false;
	if (c->aidr >= 1)
		return ste->s1ctxptr >> c->oas;
	ste->s1ctxptr &= ones(c->oas);
	return false;
}

/* SL0 to start level; -1: reserved (5.2, S2SL0). Level limits are those of the output size. */
static int stage2_start(const struct smmu_config *c, unsigned int granule, unsigned int sl0)
{
	static const int8_t level_4k[] = {2, 1, 0, 3}, level_other[] = {3, 2, 1, -1};
	int level = granule == 12 ? level_4k[sl0] : level_other[sl0];
	unsigned int need = granule == 14 ? 42 : 44;

	if (granule == 12 && level == 3 && !c->stt)
		return -1;
	if (sl0 == 2 && c->oas < need)
		return -1;
	return level;
}

/* 5.2, S2T0SZ and S2SL0: the input must fit into at most 16 concatenated tables. */
static bool stage2_range_illegal(const struct smmu_config *c, struct stage2 *s2, unsigned int t0sz,
				 int level)
{
	unsigned int g = s2->granule, stride = g - 3, levels = 3u - (unsigned int)level;
	unsigned int floor = g == 16 ? 12 : 16, min = 64u - c->oas, max = 39;

	if (c->stt)
		max = g == 16 ? 47 : 48;
	if (t0sz > max || t0sz < (min > floor ? min : floor))
		return true;
	s2->ia_bits = (uint8_t)(64 - t0sz);
	return s2->ia_bits < levels * stride + g + 1 || s2->ia_bits > (levels + 1) * stride + g + 4;
}

static bool stage2_table_illegal(struct stage2 *s2, const uint64_t *raw)
{
	unsigned int limit = s2->oa_bits, shift;
	uint64_t size;

	if (s2->granule != 16 && limit > 48)
		limit = 48;
	s2->ttb = STE_S2TTB(raw);
	if (s2->ttb >> limit)
		return true;
	shift = s2->granule + (s2->granule - 3u) * (3u - s2->level);
	size = 8ull << (s2->ia_bits - shift);
	s2->ttb &= ~((size < 64 ? 64 : size) - 1);
	return false;
}

static void stage2_flags(const struct smmu *smmu, struct ste *ste)
{
	const struct smmu_config *c = &smmu->config;
	const uint64_t *raw = ste->raw;
	struct stage2 *s2 = &ste->stage2;

	s2->affd = STE_S2AFFD(raw);
	s2->ptw = ste->s1 && STE_S2PTW(raw);
	s2->fwb = STE_S2FWB(raw) && IDR3_FWB(smmu->reg[R_IDR3]);
	s2->ha = c->httu >= 1 && STE_S2HA(raw);
	s2->hd = c->httu >= 2 && s2->ha && STE_S2HD(raw);
	s2->stall = STE_S2S(raw);
	s2->record = STE_S2R(raw);
	s2->walk_attr =
		attr_cacheability(ATTR_TCR, (unsigned int)STE_S2IR0(raw),
				  (unsigned int)STE_S2OR0(raw), (unsigned int)STE_S2SH0(raw));
}

static bool stage2_illegal(const struct smmu *smmu, struct ste *ste)
{
	const struct smmu_config *c = &smmu->config;
	const uint64_t *raw = ste->raw;
	struct stage2 *s2 = &ste->stage2;
	unsigned int oas = oas_decode((unsigned int)STE_S2PS(raw));
	int level;

	/* AArch32 tables and big-endian tables are not implemented (IDR0.TTF, TTENDIAN). */
	if (!c->s2p || !STE_S2AA64(raw) || STE_S2ENDI(raw) || (STE_S2S(raw) && !c->stall))
		return true;
	if (((STE_S2HA(raw) || STE_S2HD(raw)) && c->httu == 0) || (STE_S2HD(raw) && c->httu == 1))
		return true;
	s2->granule = (uint8_t)granule_shift_tg0((unsigned int)STE_S2TG(raw));
	if (!granule_supported(c, s2->granule))
		return true;
	level = stage2_start(c, s2->granule, (unsigned int)STE_S2SL0(raw));
	if (level < 0 || stage2_range_illegal(c, s2, (unsigned int)STE_S2T0SZ(raw), level))
		return true;
	s2->level = (uint8_t)level;
	s2->oa_bits = (uint8_t)(oas < c->oas ? oas : c->oas);
	stage2_flags(smmu, ste);
	return stage2_table_illegal(s2, raw);
}

static bool vmid_illegal(const struct smmu_config *c, struct ste *ste)
{
	uint16_t vmid = (uint16_t)STE_S2VMID(ste->raw);

	ste->stage2.vmid = 0;
	if (!c->s2p || ste->world != WORLD_EL1)
		return false;
	ste->stage2.vmid = vmid;
	return !c->vmid16 && vmid >> 8;
}

static bool illegal(const struct smmu *smmu, struct ste *ste)
{
	const struct smmu_config *c = &smmu->config;

	if (!STE_V(ste->raw))
		return true;
	if (ste->config < CONFIG_BYPASS)
		return false;
	if (eats_illegal(c, ste->raw, ste->config))
		return true;
	if (!ste->s1 && !ste->s2)
		return false;
	if (world_illegal(smmu, ste) || vmid_illegal(c, ste))
		return true;
	return (ste->s1 && stage1_illegal(c, ste)) || (ste->s2 && stage2_illegal(smmu, ste));
}

void ste_decode(const struct smmu *smmu, struct ste *ste)
{
	const uint64_t *raw = ste->raw;

	ste->config = (uint8_t)STE_Config(raw);
	ste->s1 = (ste->config & 5) == 5;
	ste->s2 = (ste->config & 6) == 6;
	ste->eats = smmu->config.ats ? (uint8_t)STE_EATS(raw) : 0;
	ste->plain = !STE_MTCFG(raw) && !(STE_ALLOCCFG(raw) & 8) && STE_SHCFG(raw) < 2 &&
		     STE_PRIVCFG(raw) < 2 && STE_INSTCFG(raw) < 2;
	ste->event = illegal(smmu, ste) ? EVT_C_BAD_STE : 0;
}
