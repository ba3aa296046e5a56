/* SPDX-License-Identifier: MIT */
/* Global errors: IHI 0070 7.5. A bit is active while GERROR and GERRORN differ in it. */
#include "smmu/internal.h"

bool gerror_active(const struct smmu *smmu, uint64_t mask)
{
	return ((smmu->reg[R_GERROR] ^ smmu->reg[R_GERRORN]) & mask) != 0;
}

void gerror_raise(struct smmu *smmu, uint64_t mask)
{
	if (gerror_active(smmu, mask))
		return;
	smmu->reg[R_GERROR] ^= mask;
	if (smmu->ops.trace) {
		struct smmu_trace record = {
			.kind = SMMU_TRACE_GERROR,
			.n_data = 1,
			.data = {smmu->reg[R_GERROR]},
		};

		smmu->ops.trace(smmu->ctx, &record);
	}
	/* The abort of the GERROR MSI itself does not interrupt again. */
	if (mask != M_GERROR_MSI_GERROR_ABT_ERR)
		interrupt(smmu, SMMU_LINE_GERROR);
}
