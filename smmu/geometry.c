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
