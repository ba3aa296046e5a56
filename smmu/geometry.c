/* SPDX-License-Identifier: MIT */
/* Granules, levels and descriptor addresses: DDI 0487 D8.2 and D8.3. */
#include "smmu/internal.h"

/* CD.TG0 and STE.S2TG; 0: reserved. */
unsigned int granule_shift_tg0(unsigned int tg)
{
	static const uint8_t shift[] = {12, 16, 14, 0};

	return shift[tg & 3];
}

unsigned int granule_shift_tg1(unsigned int tg)
{
	static const uint8_t shift[] = {0, 14, 12, 16};

	return shift[tg & 3];
}

bool granule_supported(const struct smmu_config *config, unsigned int shift)
{
	return shift && config->gran >> ((shift - 12) / 2) & 1;
}

/* The regular start level: as few levels as the input size needs. */
int start_level(unsigned int ia_bits, unsigned int granule)
{
	unsigned int stride = granule - 3;

	return 4 - (int)((ia_bits - granule + stride - 1) / stride);
}

/* Levels below 3 where a block may be: 4 TB blocks only with 52-bit addresses. */
bool block_allowed(unsigned int oas, unsigned int granule, int level)
{
	return level == 2 || (level == 1 && (granule == 12 || (granule == 16 && oas == 52)));
}

/* log2 of the number of entries in a contiguous set. */
static unsigned int contiguous_log2(unsigned int granule, int level)
{
	if (granule == 12)
		return 4;
	return granule == 14 && level == 3 ? 7 : 5;
}

/*
 * What one leaf maps. A contiguous set counts as one entry only if this member's
 * address is where the set says it is; a lone misplaced hint is not believed.
 */
unsigned int leaf_shift(unsigned int granule, int level, uint64_t desc, uint64_t ia, uint64_t oa)
{
	unsigned int shift = granule + (granule - 3) * (unsigned int)(3 - level);
	unsigned int wide = shift + contiguous_log2(granule, level);

	if (!(desc & M_TTD_Contiguous) || ((ia ^ oa) & ones(wide) & ~ones(shift)) ||
	    (granule == 16 && level == 1))
		return shift;
	return wide;
}

/* A table's or page's address. 64K granule with 52-bit addresses: bits 15:12 are 51:48. */
uint64_t desc_address(unsigned int oas, unsigned int granule, unsigned int shift, uint64_t desc)
{
	uint64_t addr = desc & ones(48) & ~ones(shift);

	if (granule == 16 && oas == 52)
		addr |= TTD_OA52(desc) << 48;
	return addr;
}
