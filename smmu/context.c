/* SPDX-License-Identifier: MIT */
/* Finding a CD: IHI 0070 3.3.3, 5.3, 5.4. With stage 2 its addresses are IPAs. */
#include "smmu/internal.h"

static bool bad_substreamid(struct xlate *x)
{
	x->fault.event = EVT_C_BAD_SUBSTREAMID;
	return false;
}

static bool fetch(struct xlate *x, uint64_t addr, uint64_t *words, unsigned int n,
		  enum smmu_trace_kind kind)
{
	struct smmu *smmu = x->smmu;
	struct smmu_attr attr = x->ste->cd_attr;
	struct tlb_entry local;

	if (x->ste->s2) {
		const struct tlb_entry *e = stage2_translate(x, addr, CLASS_CD, PERM_TT, &local);

		if (!e)
			return false;
		addr = entry_pa(e, addr);
		attr = attr_stage2(attr, e->attr.memtype, e->attr.sh, x->ste->stage2.fwb);
	}
	x->latency += smmu->config.latency.cd_fetch;
	if (fault_point(smmu, "smmu.cd-fetch-abort") || mem_read(smmu, addr, words, n, attr) != 0) {
		x->fault.event = EVT_F_CD_FETCH;
		x->fault.fetch_addr = addr;
		return false;
	}
	if (unlikely(smmu->ops.trace != NULL))
		trace_words(x, kind, addr, words, n);
	return true;
}

/* 5.3: second-level tables of 4 KB (64 CDs) or 64 KB (1024 CDs). */
static bool two_level(struct xlate *x, uint64_t *addr)
{
	const struct smmu_config *c = &x->smmu->config;
	unsigned int split = x->ste->s1fmt == 1 ? 6 : 10;
	uint64_t l1cd, l2ptr;

	if (!fetch(x, x->ste->s1ctxptr + ((uint64_t)x->ssid >> split) * 8, &l1cd, 1,
		   SMMU_TRACE_L1CD))
		return false;
	l2ptr = L1CD_L2Ptr(&l1cd) & ~ones(split + 6);
	if (!L1CD_V(&l1cd) || (!x->ste->s2 && c->aidr >= 1 && l2ptr >> c->oas))
		return bad_substreamid(x);
	if (!x->ste->s2)
		l2ptr &= ones(c->oas);
	*addr = l2ptr + (x->ssid & ones(split)) * 64;
	return true;
}

bool context_find(struct xlate *x)
{
	struct smmu *smmu = x->smmu;
	const struct ste *ste = x->ste;
	uint64_t addr = ste->s1ctxptr + (uint64_t)x->ssid * 64;
	struct cd *cd;

	x->cd = cd_cache_find(smmu, x->txn->sid, x->ssid);
	if (x->cd) {
		x->latency += smmu->config.latency.cfg_hit;
		return true;
	}
	if (ste->s1cdmax && (ste->s1fmt == 1 || ste->s1fmt == 2) && !two_level(x, &addr))
		return false;
	cd = cd_cache_victim(smmu, x->txn->sid, x->ssid);
	smmu->stats.cd_fetches++;
	if (!fetch(x, addr, cd->raw, 8, SMMU_TRACE_CD))
		return false;
	cd_decode(smmu, ste, cd);
	cd_cache_keep(cd, x->txn->sid, x->ssid);
	x->cd = cd;
	return true;
}
