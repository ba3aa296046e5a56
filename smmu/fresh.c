/* SPDX-License-Identifier: MIT */
/*
 * A translation by the tables in memory alone, without caches and without
 * effects: beside smmu_translate() it tells a stale mapping.
 */
#include "smmu/internal.h"

/* The same SMMU with its caches off, frozen and mute. */
static void without_caches(struct smmu *copy, const struct smmu *smmu)
{
	*copy = *smmu;
	copy->tlb.entries = NULL;
	copy->ste_cache.slots = NULL;
	copy->cd_cache.slots = NULL;
	copy->frozen = true;
	copy->ops.trace = NULL;
}

void smmu_translate_fresh(const struct smmu *smmu, const struct smmu_txn *txn,
			  struct smmu_result *result)
{
	struct smmu copy;
	struct xlate x;

	*result = (struct smmu_result){.status = SMMU_ABORT};
	without_caches(&copy, smmu);
	xlate_begin(&x, &copy, txn);
	if (!smmu->enabled)
		result_disabled(&x, result);
	else if (!xlate_find_config(&x) || !xlate_result(&x, result))
		result->event = x.fault.event;
}
