/* SPDX-License-Identifier: MIT */
/* Circular queues: IHI 0070 3.5.1. An index is its low log2size bits and the wrap bit above. */
#include "smmu/internal.h"

bool queue_empty(uint64_t prod, uint64_t cons, unsigned int log2size)
{
	return ((prod ^ cons) & ones(log2size + 1)) == 0;
}

bool queue_full(uint64_t prod, uint64_t cons, unsigned int log2size)
{
	return ((prod ^ cons) & ones(log2size + 1)) == BIT(log2size);
}

uint64_t queue_next(uint64_t index, unsigned int log2size)
{
	return (index + 1) & ones(log2size + 1);
}

/* The base is aligned to the larger of the queue and 32 bytes (6.3.26). */
uint64_t queue_slot(uint64_t base, uint64_t index, unsigned int log2size, size_t entry)
{
	uint64_t size = entry << log2size;

	base &= ~((size > 32 ? size : 32) - 1);
	return base + (index & ones(log2size)) * entry;
}

struct smmu_attr queue_attr(const struct smmu *smmu)
{
	uint64_t cr1 = smmu->reg[R_CR1];

	return attr_cacheability(ATTR_CR1, (unsigned int)CR1_QUEUE_IC(cr1),
				 (unsigned int)CR1_QUEUE_OC(cr1), (unsigned int)CR1_QUEUE_SH(cr1));
}
