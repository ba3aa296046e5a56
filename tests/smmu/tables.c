/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <string.h>

#include "tests/smmu/tables.h"

unsigned int tree_shift(const struct tree *tree, int level)
{
	unsigned int shift = tree->granule;

	while (level++ < 3)
		shift += tree->granule - 3;
	return shift;
}

int tree_regular_start(unsigned int granule, unsigned int ia_bits)
{
	unsigned int covered = granule;
	int level = 4;

	while (covered < ia_bits) {
		covered += granule - 3;
		level--;
	}
	return level;
}

void tree_init(struct tree *tree, struct rig *rig, unsigned int granule, unsigned int ia_bits,
	       int start, uint64_t bias)
{
	*tree = (struct tree){
		.rig = rig,
		.granule = granule,
		.ia_bits = ia_bits,
		.start = start,
		.bias = bias,
	};
	tree->root = rig_alloc(rig, 8ull << (ia_bits - tree_shift(tree, start)));
}

/* 64K granule: address bits 51:48 are in descriptor bits 15:12. */
static uint64_t pack(const struct tree *tree, uint64_t addr)
{
	if (tree->granule != 16)
		return addr;
	return (addr & 0xffffffff0000ull) | (addr >> 48 & 0xf) << 12;
}

static uint64_t unpack(const struct tree *tree, uint64_t desc)
{
	uint64_t addr = desc & 0xffffffffffffull & ~((1ull << tree->granule) - 1);

	return tree->granule == 16 ? addr | (desc >> 12 & 0xf) << 48 : addr;
}

uint64_t tree_slot(struct tree *tree, uint64_t ia, int level)
{
	uint64_t in = ia & ((1ull << tree->ia_bits) - 1);
	uint64_t table = tree->root, slot;

	slot = table + (in >> tree_shift(tree, tree->start)) * 8;
	for (int l = tree->start; l < level; l++) {
		uint64_t entries = 1ull << (tree->granule - 3);

		if (!rig_get64(tree->rig, slot)) {
			table = rig_alloc(tree->rig, 1ull << tree->granule);
			rig_put64(tree->rig, slot, pack(tree, table + tree->bias) | 3);
		}
		table = unpack(tree, rig_get64(tree->rig, slot)) - tree->bias;
		slot = table + (in >> tree_shift(tree, l + 1) & (entries - 1)) * 8;
	}
	return slot;
}

void tree_map(struct tree *tree, uint64_t ia, int level, uint64_t oa, uint64_t bits)
{
	rig_put64(tree->rig, tree_slot(tree, ia, level),
		  pack(tree, oa) | bits | (level == 3 ? 3 : 1));
}

/* STE: IHI 0070 5.2. */
void ste_s1(uint64_t ste[8], uint64_t cd_pointer, unsigned int s1cdmax)
{
	memset(ste, 0, 64);
	ste[0] = 1 | 5 << 1 | cd_pointer | (uint64_t)s1cdmax << 59;
	ste[1] = 1 << 2 | 1 << 4 | 3 << 6;
}

static unsigned int tg0(unsigned int granule)
{
	return granule == 12 ? 0 : granule == 14 ? 2 : 1;
}

static unsigned int tg1(unsigned int granule)
{
	return granule == 12 ? 2 : granule == 14 ? 1 : 3;
}

static unsigned int sl0(const struct tree *tree)
{
	if (tree->granule == 12)
		return tree->start == 3 ? 3 : 2 - (unsigned int)tree->start;
	return 3 - (unsigned int)tree->start;
}

void ste_s2(uint64_t ste[8], const struct tree *s2, unsigned int ps)
{
	memset(ste, 0, 64);
	ste[0] = 1 | 6 << 1;
	ste[2] = 1 | (64ull - s2->ia_bits) << 32 | (uint64_t)sl0(s2) << 38 | 1ull << 40 |
		 1ull << 42 | 3ull << 44 | (uint64_t)tg0(s2->granule) << 46 | (uint64_t)ps << 48 |
		 1ull << 51 | 1ull << 58;
	ste[3] = s2->root;
}

void ste_nested(uint64_t ste[8], uint64_t cd_pointer, unsigned int s1cdmax, const struct tree *s2,
		unsigned int ps)
{
	uint64_t s1[8];

	ste_s2(ste, s2, ps);
	ste_s1(s1, cd_pointer, s1cdmax);
	ste[0] |= s1[0] | 7 << 1;
	ste[1] |= s1[1];
}

/* CD: IHI 0070 5.4. */
void cd_make(uint64_t cd[8], const struct tree *ttb0, const struct tree *ttb1)
{
	memset(cd, 0, 64);
	cd[0] = 1ull << 31 | 5ull << 32 | 1ull << 41 | 1ull << 45 | 1ull << 46 | 5ull << 48;
	if (ttb0) {
		cd[0] |=
			(64 - ttb0->ia_bits) | tg0(ttb0->granule) << 6 | 1 << 8 | 1 << 10 | 3 << 12;
		cd[1] = ttb0->root + ttb0->bias;
	} else {
		cd[0] |= 1 << 14;
	}
	if (ttb1) {
		cd[0] |= (64ull - ttb1->ia_bits) << 16 | tg1(ttb1->granule) << 22 | 1 << 24 |
			 1 << 26 | 3 << 28;
		cd[2] = ttb1->root + ttb1->bias;
	} else {
		cd[0] |= 1 << 30;
	}
	cd[3] = 0xff;
}

uint64_t stream_s1(struct rig *rig, struct tree *s1)
{
	uint64_t cd_pa = rig_alloc(rig, 64), cd[8], ste[8];

	tree_init(s1, rig, 12, 48, 0, 0);
	cd_make(cd, s1, NULL);
	rig_put(rig, cd_pa, cd, 8);
	ste_s1(ste, cd_pa, 0);
	rig_ste(rig, 1, ste);
	return cd_pa;
}

void stream_s2(struct rig *rig, struct tree *s2)
{
	uint64_t ste[8];

	tree_init(s2, rig, 12, 48, 0, 0);
	ste_s2(ste, s2, 5);
	rig_ste(rig, 2, ste);
}

uint64_t stream_nested(struct rig *rig, struct tree *s1, struct tree *s2)
{
	uint64_t cd_pa, cd[8], ste[8];

	tree_init(s2, rig, 12, 48, 0, 0);
	for (uint64_t pa = RIG_ALLOC; pa < RIG_ALLOC + (16 << 20); pa += 4096)
		tree_map(s2, pa + NESTED_BIAS, 3, pa, S2_RW);
	cd_pa = rig_alloc(rig, 4096);
	tree_init(s1, rig, 12, 48, 0, NESTED_BIAS);
	cd_make(cd, s1, NULL);
	rig_put(rig, cd_pa, cd, 8);
	ste_nested(ste, cd_pa + NESTED_BIAS, 0, s2, 5);
	rig_ste(rig, 3, ste);
	return cd_pa;
}
