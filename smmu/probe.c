/* SPDX-License-Identifier: MIT */
/* A look at the TLB without side effects. */
#include "smmu/internal.h"

bool smmu_tlb_probe(const struct smmu *smmu, const struct smmu_txn *txn, uint64_t *pa)
{
	struct smmu copy = *smmu;
	struct tlb_entry local;
	const struct tlb_entry *entry;
	struct xlate x;

	if (!smmu->enabled)
		return false;
	/* The copy shares the caches but neither fills them nor touches memory or trace. */
	copy.frozen = true;
	copy.ops.trace = NULL;
	xlate_begin(&x, &copy, txn);
	if (!xlate_find_config(&x) || (!x.cd && !x.ste->s2))
		return false;
	x.perm = 0;
	x.want = 0;
	entry = xlate_address(&x, &local);
	if (!entry || copy.stats.tlb_hits == smmu->stats.tlb_hits)
		return false;
	*pa = entry_pa(entry, txn->addr);
	return true;
}
