/* SPDX-License-Identifier: MIT */
/* Hardware update of Access flag and dirty state: IHI 0070 3.13. */
#include "smmu/internal.h"

/* HTTU_CHANGED: somebody else changed the descriptor first. */
enum httu httu_update(struct smmu *smmu, uint64_t pa, uint64_t *desc, uint64_t to)
{
	uint64_t from = *desc, old = from;

	if (!smmu->frozen &&
	    (!smmu->ops.cas64 || smmu->ops.cas64(smmu->ctx, pa, from, to, &old) != 0))
		return HTTU_ABORT;
	*desc = old == from ? to : old;
	return old == from ? HTTU_DONE : HTTU_CHANGED;
}
