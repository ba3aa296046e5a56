/* SPDX-License-Identifier: MIT */
/* Invalidation commands: IHI 0070 4.3 (configuration) and 4.4 (translations). */
#include "smmu/internal.h"

enum cerror command_cfgi_ste(struct smmu *smmu, const uint64_t *cmd)
{
	uint32_t sid = (uint32_t)CMD_SID(cmd);

	if (!fault_point(smmu, "smmu.cfgi-lost"))
		cfg_invalidate_stes(smmu, sid, sid);
	return CERROR_NONE;
}

/* 4.3.2: 2^(Range + 1) entries from the SID aligned down; 31 is CMD_CFGI_ALL. */
enum cerror command_cfgi_ste_range(struct smmu *smmu, const uint64_t *cmd)
{
	uint64_t span = ones((unsigned int)CMD_Range(cmd) + 1);
	uint32_t first = (uint32_t)(CMD_SID(cmd) & ~span);

	if (!fault_point(smmu, "smmu.cfgi-lost"))
		cfg_invalidate_stes(smmu, first, (uint32_t)(first + span));
	return CERROR_NONE;
}

enum cerror command_cfgi_cd(struct smmu *smmu, const uint64_t *cmd)
{
	uint32_t ssid = (uint32_t)CMD_SSID(cmd);

	if (!fault_point(smmu, "smmu.cfgi-lost"))
		cfg_invalidate_cds(smmu, (uint32_t)CMD_SID(cmd), ssid, ssid);
	return CERROR_NONE;
}

enum cerror command_cfgi_cd_all(struct smmu *smmu, const uint64_t *cmd)
{
	if (!fault_point(smmu, "smmu.cfgi-lost"))
		cfg_invalidate_cds(smmu, (uint32_t)CMD_SID(cmd), 0, UINT32_MAX);
	return CERROR_NONE;
}

/* 4.4.1.1: the addresses that a range reaches; false: the encoding is illegal. */
static bool range_of(const struct smmu *smmu, const uint64_t *cmd, bool ipa, struct tlb_match *m)
{
	unsigned int tg = (unsigned int)CMD_TG(cmd), ttl = (unsigned int)CMD_TTL(cmd);
	unsigned int scale = (unsigned int)CMD_SCALE(cmd), granule = 10 + 2 * tg;
	uint64_t length;

	m->first = ipa ? CMD_IPA(cmd) : canonical(CMD_Addr(cmd));
	m->last = m->first;
	if (!smmu->config.ril || tg == 0)
		return true;
	if (tg == 2 && ttl == 1)
		ttl = 0;
	if (CMD_NUM(cmd) == 0 && scale == 0 && ttl == 0)
		return false;
	length = (CMD_NUM(cmd) + 1) << scale;
	/* Saturate: no wrap from one half of the address space into the other. */
	length = length > ones(55 - granule) ? ones(55) : (length << granule) - 1;
	m->first &= ~ones(granule);
	m->last = m->first + length;
	if ((m->first ^ m->last) >> 55)
		m->last = m->first >> 63 ? ~0ull : ones(55);
	return true;
}

static enum cerror invalidate(struct smmu *smmu, const struct tlb_match *match)
{
	if (!fault_point(smmu, "smmu.tlbi-lost"))
		tlb_invalidate(&smmu->tlb, match);
	return CERROR_NONE;
}

static struct tlb_match match_vmid(const struct smmu *smmu, enum world world, const uint64_t *cmd)
{
	return (struct tlb_match){
		.world = world,
		.any_vmid = !smmu->config.s2p,
		.any_asid = true,
		.any_address = true,
		.vmid = (uint16_t)CMD_VMID(cmd),
	};
}

enum cerror command_tlbi_nh_all(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_vmid(smmu, WORLD_EL1, cmd);

	return invalidate(smmu, &match);
}

enum cerror command_tlbi_nh_asid(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_vmid(smmu, WORLD_EL1, cmd);

	match.any_asid = false;
	match.spare_global = true;
	match.asid = (uint16_t)CMD_ASID(cmd);
	return invalidate(smmu, &match);
}

enum cerror command_tlbi_nh_va(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_vmid(smmu, WORLD_EL1, cmd);

	match.any_asid = false;
	match.asid = (uint16_t)CMD_ASID(cmd);
	match.any_address = false;
	return range_of(smmu, cmd, false, &match) ? invalidate(smmu, &match) : CERROR_ILL;
}

enum cerror command_tlbi_nh_vaa(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_vmid(smmu, WORLD_EL1, cmd);

	match.any_address = false;
	return range_of(smmu, cmd, false, &match) ? invalidate(smmu, &match) : CERROR_ILL;
}

/* 4.4.3: CR2.E2H says which of the two EL2 kinds the command means. */
static struct tlb_match match_el2(const struct smmu *smmu)
{
	return (struct tlb_match){
		.world = CR2_E2H(smmu->reg[R_CR2]) ? WORLD_EL2_E2H : WORLD_EL2,
		.any_vmid = true,
		.any_asid = true,
		.any_address = true,
	};
}

enum cerror command_tlbi_el2_all(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_el2(smmu);

	(void)cmd;
	match.world = WORLD_EL2;
	invalidate(smmu, &match);
	match.world = WORLD_EL2_E2H;
	return invalidate(smmu, &match);
}

enum cerror command_tlbi_el2_asid(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_el2(smmu);

	match.world = WORLD_EL2_E2H;
	match.any_asid = false;
	match.spare_global = true;
	match.asid = (uint16_t)CMD_ASID(cmd);
	return invalidate(smmu, &match);
}

enum cerror command_tlbi_el2_va(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_el2(smmu);

	match.any_asid = match.world == WORLD_EL2;
	match.asid = (uint16_t)CMD_ASID(cmd);
	match.any_address = false;
	return range_of(smmu, cmd, false, &match) ? invalidate(smmu, &match) : CERROR_ILL;
}

enum cerror command_tlbi_el2_vaa(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_el2(smmu);

	match.any_address = false;
	return range_of(smmu, cmd, false, &match) ? invalidate(smmu, &match) : CERROR_ILL;
}

enum cerror command_tlbi_s12_vmall(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_vmid(smmu, WORLD_EL1, cmd);

	invalidate(smmu, &match);
	match.world = TAG_STAGE2;
	return invalidate(smmu, &match);
}

/* 4.4.2.2: stage 2 entries only; combined ones stay until a stage 1 command names them. */
enum cerror command_tlbi_s2_ipa(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_vmid(smmu, TAG_STAGE2, cmd);

	match.any_address = false;
	return range_of(smmu, cmd, true, &match) ? invalidate(smmu, &match) : CERROR_ILL;
}

enum cerror command_tlbi_nsnh_all(struct smmu *smmu, const uint64_t *cmd)
{
	struct tlb_match match = match_vmid(smmu, WORLD_EL1, cmd);

	match.any_vmid = true;
	invalidate(smmu, &match);
	match.world = TAG_STAGE2;
	return invalidate(smmu, &match);
}
