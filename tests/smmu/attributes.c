/* SPDX-License-Identifier: MIT */
/* Memory attributes of both stages: IHI 0070 5.2, 13.1; DDI 0487 D8.6. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1, s2;

enum { NSH = 0, OSH = 2, ISH = 3 };
enum { DATA = RIG_ALLOC + 0xf00000 };
#define IPA_DATA (DATA + NESTED_BIAS)

/* Attributes of a nested access: MAIR byte and SH of stage 1, MemAttr and SH of stage 2. */
static void combined(bool fwb, unsigned int mair, unsigned int sh1, unsigned int memattr,
		     unsigned int sh2, unsigned int type, unsigned int sh)
{
	struct smmu_result r;
	uint64_t cd[8], ste[8], cd_pa;

	rig_boot(&rig, NULL);
	cd_pa = stream_nested(&rig, &s1, &s2);
	cd_make(cd, &s1, NULL);
	cd[3] = (uint64_t)mair << 24; /* AttrIndx 3 */
	rig_put(&rig, cd_pa, cd, 8);
	ste_nested(ste, cd_pa + NESTED_BIAS, 0, &s2, 5);
	if (fwb) {
		/* tables stay reachable: MemAttr 0b0110 is write-back with S2FWB */
		ste[1] |= 1 << 25;
	}
	rig_ste(&rig, 3, ste);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_AF | S1_USER | 3 << 2 | (uint64_t)sh1 << 8);
	tree_map(&s2, IPA_DATA, 3, DATA,
		 S1_AF | S2_R | S2_W | (uint64_t)memattr << 2 | (uint64_t)sh2 << 8);
	r = rig_translate(&rig, 3, 0x1000, false);
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_msg(r.attr.memtype == type && r.attr.sh == sh,
		      "MAIR %#x SH %u, MemAttr %#x SH %u: %#x %u, want %#x %u", mair, sh1, memattr,
		      sh2, r.attr.memtype, r.attr.sh, type, sh);
	rig_close(&rig);
}

START_TEST(weakest_wins)
{
	combined(false, 0xff, ISH, 0xf, ISH, 0xff, ISH); /* WB, WB */
	combined(false, 0xff, NSH, 0xf, ISH, 0xff, ISH); /* the wider shareability */
	combined(false, 0xff, ISH, 0xf, OSH, 0xff, OSH);
	combined(false, 0xff, NSH, 0xf, NSH, 0xff, NSH);
	combined(false, 0xff, ISH, 0xa, ISH, 0xbb, ISH); /* WB, WT */
	combined(false, 0xbb, ISH, 0xf, ISH, 0xbb, ISH);
	combined(false, 0xff, ISH, 0x5, ISH, 0x44, OSH); /* NC is outer shareable */
	combined(false, 0x44, NSH, 0xf, NSH, 0x44, OSH);
	combined(false, 0xff, ISH, 0xd, ISH, 0xf4, ISH); /* outer WB, inner NC */
	combined(false, 0x77, ISH, 0xa, ISH, 0x33, ISH); /* transient WB becomes transient WT */
}
END_TEST

START_TEST(device_beats_normal)
{
	for (unsigned int type = 0; type < 4; type++) {
		combined(false, 0xff, ISH, type, NSH, type << 2, OSH);
		combined(false, type << 2, NSH, 0xf, ISH, type << 2, OSH);
		for (unsigned int other = 0; other < 4; other++)
			combined(false, type << 2, NSH, other, NSH,
				 (type < other ? type : other) << 2, OSH);
	}
	combined(false, 0x01, NSH, 0xf, NSH, 0x00, OSH); /* low bits do not count */
}
END_TEST

START_TEST(forced_write_back)
{
	combined(true, 0x44, NSH, 6, ISH, 0xff, ISH); /* WB whatever stage 1 says */
	combined(true, 0x00, NSH, 6, NSH, 0xff, OSH);
	combined(true, 0xbb, ISH, 7, NSH, 0xbb, ISH); /* stage 1's own */
	combined(true, 0x04, NSH, 7, NSH, 0x04, OSH);
	combined(true, 0xff, ISH, 5, ISH, 0x44, OSH); /* NC */
	combined(true, 0x04, NSH, 5, ISH, 0x04, OSH);
	combined(true, 0xff, ISH, 1, ISH, 0x04, OSH); /* Device-nGnRE */
}
END_TEST

START_TEST(stage1_alone)
{
	static const unsigned char mair[8] = {0xff, 0x44, 0x04, 0xbb, 0x0c, 0x33, 0x0f, 0xf0};
	static const unsigned char want[8] = {0xff, 0x44, 0x04, 0xbb, 0x0c, 0x33, 0x0c, 0xf3};
	uint64_t cd[8], cd_pa;

	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &s1);
	cd_make(cd, &s1, NULL);
	cd[3] = 0;
	for (unsigned int i = 0; i < 8; i++)
		cd[3] |= (uint64_t)mair[i] << 8 * i;
	rig_put(&rig, cd_pa, cd, 8);
	for (uint64_t i = 0; i < 8; i++) {
		struct smmu_result r;

		tree_map(&s1, i << 12, 3, i << 12, S1_AF | S1_USER | i << 2 | 3 << 8);
		r = rig_translate(&rig, 1, i << 12, false);
		ck_assert_uint_eq(r.attr.memtype, want[i]);
		ck_assert_uint_eq(r.attr.sh, want[i] < 0x10 || want[i] == 0x44 ? OSH : ISH);
	}
	rig_close(&rig);
}
END_TEST

static void bypassed(uint64_t dw1, unsigned int type, unsigned int sh)
{
	struct smmu_result r;

	rig_boot(&rig, NULL);
	rig_put64(&rig, RIG_STRTAB, 1 | 4 << 1);
	rig_put64(&rig, RIG_STRTAB + 8, dw1);
	r = rig_translate(&rig, 0, 0x1000, false);
	ck_assert_uint_eq(r.attr.memtype, type);
	ck_assert_uint_eq(r.attr.sh, sh);
	rig_close(&rig);
}

START_TEST(overrides)
{
	bypassed(1ull << 44, 0xff, NSH); /* incoming */
	bypassed(3ull << 44, 0xff, ISH); /* SHCFG */
	bypassed(2ull << 44, 0xff, OSH);
	bypassed(3ull << 44 | 1ull << 36 | 0xaull << 32, 0xbb, ISH); /* MTCFG: WT */
	bypassed(3ull << 44 | 1ull << 36 | 0x5ull << 32, 0x44, OSH); /* NC */
	bypassed(3ull << 44 | 1ull << 36 | 0x2ull << 32, 0x08, OSH); /* nGRE */
	bypassed(3ull << 44 | 1ull << 36 | 0x8ull << 32, 0x00, OSH); /* reserved: nGnRnE */
	bypassed(3ull << 44 | 0xcull << 37, 0xee, ISH);		     /* ALLOCCFG: RA, no WA */
}
END_TEST

/* Where the SMMU's own accesses go: CR1, S1CIR/COR/CSH, IR0/OR0/SH0. */
START_TEST(own_accesses)
{
	uint64_t cd[8], ste[8], cd_pa;

	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &s1);
	rig_translate(&rig, 9, 0, false); /* the STE is the last read */
	ck_assert_uint_eq(rig.last_read.memtype, 0xff);
	ck_assert_uint_eq(rig.last_read.sh, ISH);
	ck_assert_uint_eq(rig.last_write.memtype, 0xff); /* the event record */
	ste_s1(ste, cd_pa, 0);
	ste[1] = 2 << 2 | 2 << 4 | 2 << 6; /* WT, outer */
	rig_ste(&rig, 1, ste);
	rig_put64(&rig, cd_pa, 0);
	rig_translate(&rig, 1, 0, false);
	ck_assert_uint_eq(rig.last_read.memtype, 0xaa);
	ck_assert_uint_eq(rig.last_read.sh, OSH);
	cd_make(cd, &s1, NULL);
	cd[0] = (cd[0] & ~(0xffull << 8)) | 3 << 8 | 1 << 10 | 3 << 12;
	rig_put(&rig, cd_pa, cd, 8);
	rig_translate(&rig, 1, 0, false);
	ck_assert_uint_eq(rig.last_read.memtype, 0xfe); /* outer WB-RA-WA, inner WB-RA */
	ck_assert_uint_eq(rig.last_read.sh, ISH);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(weakest_wins);
	SUITE_CASE(device_beats_normal);
	SUITE_CASE(forced_write_back);
	SUITE_CASE(stage1_alone);
	SUITE_CASE(overrides);
	SUITE_CASE(own_accesses);
}
