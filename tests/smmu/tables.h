/* SPDX-License-Identifier: MIT */
/*
 * Builder of VMSAv8-64 tables, STEs and CDs for the tests: written from the
 * specification, shares nothing with the model.
 *
 * A tree maps input pages to output addresses:
 *
 *      root (2^(ia_bits - shift of start level) entries)
 *       `- table per level ...
 *            `- leaf: block at `level` < 3, page at 3
 *
 * Tables live in the rig's memory; their links hold address + bias, so that a
 * stage 1 tree can be linked by IPAs.
 */
#ifndef TESTS_SMMU_TABLES_H
#define TESTS_SMMU_TABLES_H

#include "tests/smmu/rig.h"

struct tree {
	struct rig *rig;
	unsigned int granule; /* 12, 14, 16 */
	unsigned int ia_bits;
	int start;
	uint64_t root, bias;
};

/* Leaf bits that most tests want. */
#define S1_AF	  (1ull << 10)
#define S1_USER	  (1ull << 6) /* AP[1] */
#define S1_RO	  (1ull << 7) /* AP[2] */
#define S1_NG	  (1ull << 11)
#define S1_PXN	  (1ull << 53)
#define S1_UXN	  (1ull << 54)
#define DESC_DBM  (1ull << 51)
#define DESC_CONT (1ull << 52)
#define S1_RW	  (S1_AF | S1_USER | 3ull << 8)
#define S2_R	  (1ull << 6)
#define S2_W	  (1ull << 7)
#define S2_WB	  (0xfull << 2)
#define S2_RW	  (S1_AF | S2_R | S2_W | S2_WB | 3ull << 8)

/* Fewest levels that the input size needs (DDI 0487 D8.2). */
int tree_regular_start(unsigned int granule, unsigned int ia_bits);
void tree_init(struct tree *tree, struct rig *rig, unsigned int granule, unsigned int ia_bits,
	       int start, uint64_t bias);
/* Where the descriptor for `ia` at `level` is; tables above are made as needed. */
uint64_t tree_slot(struct tree *tree, uint64_t ia, int level);
/* Map the page or block of `level` that holds `ia`. `bits`: attributes. */
void tree_map(struct tree *tree, uint64_t ia, int level, uint64_t oa, uint64_t bits);
unsigned int tree_shift(const struct tree *tree, int level);

/* STEs. Fields not named here are zero; tests change single fields in the words. */
void ste_s1(uint64_t ste[8], uint64_t cd_pointer, unsigned int s1cdmax);
/* VMID 1, S2R set. ps: as S2PS. */
void ste_s2(uint64_t ste[8], const struct tree *s2, unsigned int ps);
void ste_nested(uint64_t ste[8], uint64_t cd_pointer, unsigned int s1cdmax, const struct tree *s2,
		unsigned int ps);
/* A CD: one half may be NULL (its EPD set). ASID 5, IPS 48 bits, R and A set, MAIR 0xff first. */
void cd_make(uint64_t cd[8], const struct tree *ttb0, const struct tree *ttb1);

/* Stream 1, stage 1 alone, TTB0 4K/48 bits; the CD is at the returned address. */
uint64_t stream_s1(struct rig *rig, struct tree *s1);
/* Stream 2, stage 2 alone, 4K/48 bits from level 0. */
void stream_s2(struct rig *rig, struct tree *s2);
/*
 * Stream 3, nested, both 4K/48 bits. All that the guest's tables need is mapped:
 * IPA 0x80_4000_0000 + n is the rig's memory at 0x4000_0000 + n, 16 MiB of it.
 * The returned address is the CD's physical one.
 */
#define NESTED_BIAS 0x8000000000ull
uint64_t stream_nested(struct rig *rig, struct tree *s1, struct tree *s2);

#endif
