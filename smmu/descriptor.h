/* SPDX-License-Identifier: MIT */
/* What every step of a walk asks of a descriptor: DDI 0487 D8.3. Inline for speed. */
#ifndef SMMU_DESCRIPTOR_H
#define SMMU_DESCRIPTOR_H

#include "smmu/internal.h"

enum { TYPE_TABLE = 3 };

/* Levels below 3 where a block may be: 4 TB blocks only with 52-bit addresses. */
static inline bool block_allowed(unsigned int oas, unsigned int granule, int level)
{
	return level == 2 || (level == 1 && (granule == 12 || (granule == 16 && oas == 52)));
}

/* log2 of the number of entries in a contiguous set. */
static inline unsigned int contiguous_log2(unsigned int granule, int level)
{
	if (granule == 12)
		return 4;
	return granule == 14 && level == 3 ? 7 : 5;
}

/*
 * What one leaf maps. A contiguous set counts as one entry only if this member's
 * address is where the set says it is; a lone misplaced hint is not believed.
 */
static inline unsigned int leaf_shift(unsigned int granule, int level, uint64_t desc, uint64_t ia,
				      uint64_t oa)
{
	unsigned int shift = granule + (granule - 3) * (unsigned int)(3 - level);
	unsigned int wide = shift + contiguous_log2(granule, level);

	if (!(desc & M_TTD_Contiguous) || ((ia ^ oa) & ones(wide) & ~ones(shift)) ||
	    (granule == 16 && level == 1))
		return shift;
	return wide;
}

/* A table's or page's address. 64K granule with 52-bit addresses: bits 15:12 are 51:48. */
static inline uint64_t desc_address(unsigned int oas, unsigned int granule, unsigned int shift,
				    uint64_t desc)
{
	uint64_t addr = desc & ones(48) & ~ones(shift);

	if (granule == 16 && oas == 52)
		addr |= TTD_OA52(desc) << 48;
	return addr;
}

/* Bits 1:0 at this level; a block where none may be is invalid. */
static inline bool desc_valid(unsigned int oas, unsigned int granule, int level, uint64_t desc)
{
	if (!TTD_Valid(desc))
		return false;
	return (desc & 3) == TYPE_TABLE || (level < 3 && block_allowed(oas, granule, level));
}

#endif
