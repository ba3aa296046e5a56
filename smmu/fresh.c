/* SPDX-License-Identifier: MIT */
/*
 * What the tables in memory say, without caches and without effects: a translation,
 * which beside smmu_translate() tells a stale mapping, and an STE.
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

int smmu_read_ste(const struct smmu *smmu, uint32_t sid, uint64_t ste[8])
{
	struct smmu_txn txn = {.sid = sid};
	struct smmu copy;
	struct xlate x;

	without_caches(&copy, smmu);
	xlate_begin(&x, &copy, &txn);
	if (!stream_table_find(&x))
		return x.fault.event == EVT_F_STE_FETCH ? -EFAULT : -ENOENT;
	memcpy(ste, x.ste->raw, sizeof(x.ste->raw));
	return 0;
}
