/* SPDX-License-Identifier: MIT */
/* What a CD means, and when it is illegal: IHI 0070 5.4, 5.5. */
#include "smmu/internal.h"

static bool fault_model_illegal(const struct smmu_config *c, const struct ste *ste, struct cd *cd)
{
	const uint64_t *raw = cd->raw;

	cd->stall = CD_S(raw);
	cd->record = CD_R(raw);
	cd->abort = CD_A(raw);
	return cd->stall && (!c->stall || STE_S1STALLD(ste->raw));
}

static bool httu_illegal(const struct smmu_config *c, struct cd *cd)
{
	bool ha = CD_HA(cd->raw), hd = CD_HD(cd->raw);

	cd->ha = c->httu >= 1 && ha;
	cd->hd = c->httu >= 2 && ha && hd;
	return ((ha || hd) && c->httu == 0) || (hd && c->httu == 1);
}

/* The size fields of one half, as read from the CD. */
struct half_fields {
	unsigned int tsz, granule, ir, or, sh;
	uint64_t ttb;
};

static bool half_illegal(const struct smmu_config *c, const struct cd *cd, struct stage1 *half,
			 const struct half_fields *f)
{
	unsigned int max = 39, limit = cd->oa_bits, shift;
	uint64_t size;

	if (c->stt)
		max = f->granule == 16 ? 47 : 48;
	if (!granule_supported(c, f->granule) || f->tsz < 16 || f->tsz > max)
		return true;
	if (f->granule != 16 && limit > 48)
		limit = 48;
	if (f->ttb >> limit)
		return true;
	half->granule = (uint8_t)f->granule;
	half->ia_bits = (uint8_t)(64 - f->tsz);
	half->level = (uint8_t)start_level(half->ia_bits, f->granule);
	half->sh = (uint8_t)f->sh;
	shift = f->granule + (f->granule - 3) * (3u - half->level);
	size = 8ull << (half->ia_bits - shift);
	half->ttb = f->ttb & ~((cd->oa_bits == 52 && size < 64 ? 64 : size) - 1);
	half->walk_attr = attr_cacheability(ATTR_TCR, f->ir, f->or, f->sh);
	return false;
}

static bool half0_illegal(const struct smmu *smmu, struct cd *cd)
{
	const uint64_t *raw = cd->raw;
	struct stage1 *half = &cd->half[0];
	struct half_fields f = {
		.tsz = (unsigned int)CD_T0SZ(raw),
		.granule = granule_shift_tg0((unsigned int)CD_TG0(raw)),
		.ir = (unsigned int)CD_IR0(raw),
		.or = (unsigned int)CD_OR0(raw),
		.sh = (unsigned int)CD_SH0(raw),
		.ttb = CD_TTB0(raw),
	};

	half->had = CD_HAD0(raw) && smmu->config.had;
	half->e0pd = CD_E0PD0(raw) && cd->two_priv && IDR3_E0PD(smmu->reg[R_IDR3]);
	half->top = CD_TBI0(raw) ? 55 : 63;
	return !half->epd && half_illegal(&smmu->config, cd, half, &f);
}

static bool half1_illegal(const struct smmu *smmu, struct cd *cd)
{
	const uint64_t *raw = cd->raw;
	struct stage1 *half = &cd->half[1];
	struct half_fields f = {
		.tsz = (unsigned int)CD_T1SZ(raw),
		.granule = granule_shift_tg1((unsigned int)CD_TG1(raw)),
		.ir = (unsigned int)CD_IR1(raw),
		.or = (unsigned int)CD_OR1(raw),
		.sh = (unsigned int)CD_SH1(raw),
		.ttb = CD_TTB1(raw),
	};

	half->had = CD_HAD1(raw) && smmu->config.had;
	half->e0pd = CD_E0PD1(raw) && IDR3_E0PD(smmu->reg[R_IDR3]);
	half->top = CD_TBI1(raw) ? 55 : 63;
	return !half->epd && half_illegal(&smmu->config, cd, half, &f);
}

static bool illegal(const struct smmu *smmu, const struct ste *ste, struct cd *cd)
{
	const struct smmu_config *c = &smmu->config;
	const uint64_t *raw = cd->raw;
	unsigned int ips = oas_decode((unsigned int)CD_IPS(raw));

	cd->oa_bits = (uint8_t)(ips < c->oas ? ips : c->oas);
	/* One table, no ASID and no privilege levels in EL2 (3.4.1). */
	cd->two_priv = ste->world != WORLD_EL2;
	cd->half[0].epd = cd->two_priv && CD_EPD0(raw);
	cd->half[1].epd = !cd->two_priv || CD_EPD1(raw);
	/* IDR0.TTF and TTENDIAN: AArch64, little-endian. */
	if (!CD_V(raw) || !CD_AA64(raw))
		return true;
	if (CD_ENDI(raw) && !(cd->half[0].epd && cd->half[1].epd))
		return true;
	if (fault_model_illegal(c, ste, cd) || httu_illegal(c, cd))
		return true;
	cd->asid = cd->two_priv ? (uint16_t)CD_ASID(raw) : 0;
	if (!c->asid16 && cd->asid >> 8)
		return true;
	return half0_illegal(smmu, cd) || half1_illegal(smmu, cd);
}

void cd_decode(const struct smmu *smmu, const struct ste *ste, struct cd *cd)
{
	const uint64_t *raw = cd->raw;

	cd->aset = CD_ASET(raw);
	cd->affd = CD_AFFD(raw);
	cd->wxn = CD_WXN(raw);
	cd->pan = CD_PAN(raw);
	cd->epan = CD_EPAN(raw) && IDR3_EPAN(smmu->reg[R_IDR3]);
	cd->mair = raw[3];
	cd->event = illegal(smmu, ste, cd) ? EVT_C_BAD_CD : 0;
}
