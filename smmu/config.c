/* SPDX-License-Identifier: MIT */
/* Configurations, and what the ID registers say of them: IHI 0070 6.3.1 to 6.3.10. */
#include "smmu/internal.h"

static const uint8_t oas_bits[] = {32, 36, 40, 42, 44, 48, 52};
enum { N_OAS = sizeof(oas_bits) };

void smmu_config_default(struct smmu_config *config)
{
	*config = (struct smmu_config){
		.s1p = true,
		.s2p = true,
		.cohacc = true,
		.ats = true,
		.pri = true,
		.msi = true,
		.ril = true,
		.cd2l = true,
		.st2l = true,
		.had = true,
		.xnx = true,
		.stt = true,
		.asid16 = true,
		.vmid16 = true,
		.bbml = 2,
		.sidsize = 16,
		.ssidsize = 10,
		.cmdqs = 8,
		.eventqs = 7,
		.priqs = 6,
		.oas = 48,
		.gran = 7,
		.aidr = 2,
		.tlb_entries = 512,
		.cfg_entries = 64,
		.latency =
			{
				.mmio = 100000,
				.cr_ack = 200000,
				.cmd = 20000,
				.cmd_sync = 50000,
				.tlb_hit = 2000,
				.cfg_hit = 1000,
				.ste_fetch = 80000,
				.cd_fetch = 80000,
				.desc_fetch = 60000,
				.event_write = 80000,
				.msi = 150000,
			},
	};
}

uint8_t oas_encode(unsigned int bits)
{
	uint8_t code = 0;

	while (code < N_OAS - 1 && oas_bits[code] != bits)
		code++;
	return code;
}

/* CD.IPS, STE.S2PS: values above the last count as the largest (5.2, 5.4). */
unsigned int oas_decode(unsigned int code)
{
	return oas_bits[code < N_OAS ? code : N_OAS - 1];
}

/* Features that a version of the architecture makes mandatory (1.3, 6.3.4). */
static bool version_allows(const struct smmu_config *c)
{
	if (c->aidr > 4)
		return false;
	if (c->aidr >= 1 && ((c->s2p && !c->xnx) || (c->s1p && !c->had)))
		return false;
	return c->aidr < 2 || (c->ril && c->bbml != 0);
}

int config_check(const struct smmu_config *c)
{
	bool ok = (c->s1p || c->s2p) && oas_bits[oas_encode(c->oas)] == c->oas;

	ok = ok && c->gran && c->gran <= 7 && c->bbml <= 2 && c->httu <= 2;
	ok = ok && c->sidsize <= 32 && c->ssidsize <= 20 && (c->sidsize < 7 || c->st2l);
	ok = ok && c->cmdqs <= 19 && c->eventqs <= 19 && c->priqs <= 19;
	ok = ok && (c->oas != 52 || c->gran & 4);
	ok = ok && (!c->pri || c->ats) && (!c->hyp || (c->s1p && c->s2p));
	return ok && version_allows(c) ? 0 : -EINVAL;
}

static uint64_t idr0(const struct smmu_config *c)
{
	return IDR0_put_S2P(c->s2p) | IDR0_put_S1P(c->s1p) | IDR0_put_TTF(2) |
	       IDR0_put_COHACC(c->cohacc) | IDR0_put_HTTU(c->httu) | IDR0_put_HYP(c->hyp) |
	       IDR0_put_ATS(c->ats) | IDR0_put_ASID16(c->asid16) | IDR0_put_MSI(c->msi) |
	       IDR0_put_SEV(c->sev) | IDR0_put_PRI(c->pri) | IDR0_put_VMID16(c->vmid16) |
	       IDR0_put_CD2L(c->cd2l) | IDR0_put_TTENDIAN(2) |
	       IDR0_put_ATSRECERR(c->ats && c->aidr >= 2) | IDR0_put_STALL_MODEL(c->stall ? 0 : 1) |
	       IDR0_put_ST_LEVEL(c->st2l);
}

static uint64_t idr3(const struct smmu_config *c)
{
	return IDR3_put_HAD(c->had) | IDR3_put_XNX(c->xnx) | IDR3_put_FWB(c->aidr >= 2 && c->s2p) |
	       IDR3_put_STT(c->stt) | IDR3_put_RIL(c->ril) | IDR3_put_BBML(c->bbml) |
	       IDR3_put_E0PD(c->aidr >= 3) | IDR3_put_PTWNNC(c->aidr >= 3 && c->s2p) |
	       IDR3_put_EPAN(c->aidr >= 4) | IDR3_put_MTEPERM(c->aidr >= 4 && c->s2p);
}

void config_id_registers(struct smmu *smmu)
{
	const struct smmu_config *c = &smmu->config;

	smmu->reg[R_IDR0] = idr0(c);
	smmu->reg[R_IDR1] = IDR1_put_SIDSIZE(c->sidsize) | IDR1_put_SSIDSIZE(c->ssidsize) |
			    IDR1_put_PRIQS(c->pri ? c->priqs : 0) | IDR1_put_EVENTQS(c->eventqs) |
			    IDR1_put_CMDQS(c->cmdqs) | IDR1_put_ATTR_PERMS_OVR(1) |
			    IDR1_put_ATTR_TYPES_OVR(1);
	smmu->reg[R_IDR3] = idr3(c);
	smmu->reg[R_IDR5] = IDR5_put_OAS(oas_encode(c->oas)) | IDR5_put_GRAN4K(c->gran & 1) |
			    IDR5_put_GRAN16K(c->gran >> 1) | IDR5_put_GRAN64K(c->gran >> 2) |
			    IDR5_put_STALL_MAX(c->stall ? STALL_MAX : 0);
	smmu->reg[R_AIDR] = AIDR_put_MINOR(c->aidr);
	smmu->reg[R_CIDR0] = 0x0d;
	smmu->reg[R_CIDR1] = 0xf0;
	smmu->reg[R_CIDR2] = 0x05;
	smmu->reg[R_CIDR3] = 0xb1;
}
