/* SPDX-License-Identifier: MIT */
/* Finding an STE: IHI 0070 3.3.2, 5.1, 5.2. */
#include "smmu/internal.h"

static bool bad_streamid(struct xlate *x)
{
	x->fault.event = EVT_C_BAD_STREAMID;
	return false;
}

static bool fetch_fault(struct xlate *x, uint64_t addr)
{
	x->fault.event = EVT_F_STE_FETCH;
	x->fault.fetch_addr = addr;
	return false;
}

static bool fetch(struct xlate *x, uint64_t addr, uint64_t *words, unsigned int n,
		  enum smmu_trace_kind kind)
{
	struct smmu *smmu = x->smmu;

	x->latency += smmu->config.latency.ste_fetch;
	if (fault_point(smmu, "smmu.ste-fetch-abort") ||
	    mem_read(smmu, addr, words, n, smmu->strtab.attr) != 0)
		return fetch_fault(x, addr);
	if (unlikely(smmu->ops.trace != NULL))
		trace_words(x, kind, addr, words, n);
	return true;
}

/* 5.1: Span n covers 2^(n-1) entries; a span of more than SPLIT + 1 is invalid. */
static bool two_level(struct xlate *x, uint64_t *addr)
{
	const struct smmu *smmu = x->smmu;
	unsigned int split = smmu->strtab.split, span;
	uint64_t low = x->txn->sid & ones(split), l1std;

	if (!fetch(x, smmu->strtab.base + ((uint64_t)x->txn->sid >> split) * 8, &l1std, 1,
		   SMMU_TRACE_L1STD))
		return false;
	span = (unsigned int)L1STD_Span(&l1std);
	if (span == 0 || span > split + 1 || low >> (span - 1))
		return bad_streamid(x);
	*addr = L1STD_L2Ptr(&l1std) & ~ones(5 + span) & ones(smmu->config.oas);
	*addr += low * 64;
	return true;
}

bool stream_table_find(struct xlate *x)
{
	struct smmu *smmu = x->smmu;
	uint32_t sid = x->txn->sid;
	uint64_t addr = smmu->strtab.base + (uint64_t)sid * 64;
	struct ste *ste;

	if ((uint64_t)sid >> smmu->strtab.log2size)
		return bad_streamid(x);
	x->ste = ste_cache_find(smmu, sid);
	if (x->ste) {
		x->latency += smmu->config.latency.cfg_hit;
		return true;
	}
	if (smmu->strtab.two_level && !two_level(x, &addr))
		return false;
	ste = ste_cache_victim(smmu, sid);
	smmu->stats.ste_fetches++;
	if (!fetch(x, addr, ste->raw, 8, SMMU_TRACE_STE))
		return false;
	ste_decode(smmu, ste);
	ste_cache_keep(ste, sid);
	x->ste = ste;
	return true;
}
