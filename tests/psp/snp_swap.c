/* SPDX-License-Identifier: MIT */
/*
 * SNP_PAGE_SWAP_OUT and SNP_PAGE_SWAP_IN.
 *
 *	SRC	a page of the guest		MDATA	a Metadata page, entries of 64 bytes
 *	OUT	receives the ciphertext		BACK	a Pre-guest page to come back to
 */
#include "psp/snp/snp.h"
#include "tests/psp/page_rig.h"
#include "tests/suite.h"

#include <string.h>

enum {
	SRC = PAGE_SMALL,
	OUT = PAGE_SMALL + 1 * RIG_PAGE,
	MDATA = PAGE_SMALL + 2 * RIG_PAGE,
	BACK = PAGE_SMALL + 3 * RIG_PAGE,
	SPARE = PAGE_SMALL + 4 * RIG_PAGE,
	GPA = 0x40000,
	ENTRY = 3, /* of MDATA */
	AT = MDATA + ENTRY * 64,
};

enum { DATA, METADATA, VMSA };

struct swap {
	uint64_t gctx, src, dst, mdata, software;
	bool large, root, in_place;
	unsigned int type;
};

static uint32_t flags(const struct swap *s)
{
	return (uint32_t)s->large | s->type << 1 | (uint32_t)s->in_place << 3 |
	       (uint32_t)s->root << 4;
}

static int swap_out(struct rig *rig, const struct swap *s)
{
	uint8_t buf[0x30] = {0};

	put64(buf, s->gctx);
	put64(buf + 8, s->src);
	put64(buf + 0x10, s->dst);
	put64(buf + 0x18, s->mdata);
	put64(buf + 0x20, s->software);
	put32(buf + 0x28, flags(s));
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_SWAP_OUT, buf, sizeof(buf));
}

static int swap_in(struct rig *rig, const struct swap *s)
{
	uint8_t buf[0x30] = {0};

	put64(buf, s->gctx);
	put64(buf + 8, s->src);
	put64(buf + 0x10, s->dst);
	put64(buf + 0x18, s->mdata);
	put32(buf + 0x28, flags(s));
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_SWAP_IN, buf, sizeof(buf));
}

static const struct swap out = {PAGE_GCTX, SRC,	  OUT,	 AT,  0x1122334455667788ull,
				false,	   false, false, DATA};
static const struct swap back = {PAGE_GCTX, OUT, BACK, AT, 0, false, false, false, DATA};

static void pattern(uint8_t *data, size_t len, unsigned int salt)
{
	for (size_t i = 0; i < len; i++)
		data[i] = (uint8_t)(i * 13 + (i >> 8) + salt);
}

/* RMPUPDATE of a guest's page that only sets the immutable bit. */
static void freeze(struct rig *rig, uint64_t pa, uint64_t gpa, bool large)
{
	struct psp_rmp_entry rmp = {.assigned = true,
				    .page_2m = large,
				    .immutable = true,
				    .asid = PAGE_ASID,
				    .gpa = gpa};

	page_rmpupdate(rig, pa, &rmp);
	page_expect(rig, pa, PSP_PAGE_PRE_SWAP);
}

static void page_with(struct rig *rig, uint64_t pa, uint64_t gpa, bool large, const void *data)
{
	page_make(rig, pa, PSP_PAGE_GUEST_VALID, gpa, large);
	page_guest_write(rig, PAGE_ASID, pa, gpa, large, data, large ? RIG_2M : RIG_PAGE);
	freeze(rig, pa, gpa, large);
}

static uint8_t page_data[RIG_PAGE];

/* A guest, all the pages above made, SRC with page_data. */
static void swap_rig(struct rig *rig)
{
	page_rig_new(rig);
	page_guest(rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	pattern(page_data, sizeof(page_data), 1);
	page_with(rig, SRC, GPA, false, page_data);
	page_make(rig, OUT, PSP_PAGE_FIRMWARE, 0, false);
	page_make(rig, MDATA, PSP_PAGE_METADATA, 0, false);
	page_make(rig, BACK, PSP_PAGE_PRE_GUEST, GPA, false);
}

static void expect_guest_data(struct rig *rig, uint64_t pa, uint64_t gpa, const void *data)
{
	uint8_t got[RIG_PAGE];

	page_guest_read(rig, PAGE_ASID, pa, gpa, false, got, sizeof(got));
	ck_assert_mem_eq(got, data, sizeof(got));
}

/* Are 16 bytes of the plaintext anywhere in these? */
static bool shows(const uint8_t *ram, size_t len, const uint8_t *plain)
{
	for (size_t at = 0; at + 16 <= len; at++)
		if (!memcmp(ram + at, plain, 16))
			return true;
	return false;
}

START_TEST(out_and_back)
{
	const uint8_t *entry;
	struct rig rig;

	swap_rig(&rig);
	entry = rig.ram + AT;
	expect_ok(swap_out(&rig, &out));
	page_expect(&rig, SRC, PSP_PAGE_PRE_GUEST);
	page_expect(&rig, OUT, PSP_PAGE_RECLAIM);
	ck_assert(!shows(rig.ram + OUT, RIG_PAGE, page_data));
	/* software data, IV, tag, flags: valid, validated; GPA; VMPL0 may do everything */
	ck_assert_uint_eq(get64(entry), 0x1122334455667788ull);
	ck_assert_uint_eq(get64(entry + 8), 1);
	ck_assert_uint_eq(get64(entry + 0x20), GPA | 3);
	ck_assert_uint_eq(get64(entry + 0x28), 0xf);
	ck_assert_uint_eq(get64(entry + 0x30), 0);
	ck_assert_uint_eq(get64(entry + 0x38), 0);

	rig_to_host(&rig, OUT, 1);
	expect_ok(swap_in(&rig, &back));
	page_expect(&rig, BACK, PSP_PAGE_GUEST_VALID);
	expect_guest_data(&rig, BACK, GPA, page_data);
	ck_assert_uint_eq(get64(entry + 0x20), 0);
	page_expect_returnable(&rig, SRC, false);
	page_expect_returnable(&rig, BACK, false);
	page_expect_returnable(&rig, MDATA, false);
	rig_free(&rig);
}
END_TEST

/* The page comes back once: what was swapped in is not swapped in again. */
START_TEST(no_replay)
{
	struct swap again = back;
	struct rig rig;

	swap_rig(&rig);
	expect_ok(swap_out(&rig, &out));
	expect_ok(swap_in(&rig, &back));
	page_make(&rig, SPARE, PSP_PAGE_PRE_GUEST, GPA, false);
	again.dst = SPARE;
	expect_status(swap_in(&rig, &again), PSP_INVALID_MDATA_ENTRY);
	page_expect(&rig, SPARE, PSP_PAGE_PRE_GUEST);
	rig_free(&rig);
}
END_TEST

/* IVs count on, and the same page does not look the same twice. */
START_TEST(fresh_iv)
{
	uint8_t first[RIG_PAGE];
	struct swap second = out;
	struct rig rig;

	swap_rig(&rig);
	expect_ok(swap_out(&rig, &out));
	memcpy(first, rig.ram + OUT, sizeof(first));
	expect_ok(swap_in(&rig, &back));
	freeze(&rig, BACK, GPA, false);
	page_make(&rig, SPARE, PSP_PAGE_FIRMWARE, 0, false);
	second.src = BACK;
	second.dst = SPARE;
	expect_ok(swap_out(&rig, &second));
	ck_assert_uint_eq(get64(rig.ram + AT + 8), 2);
	ck_assert_mem_ne(rig.ram + SPARE, first, sizeof(first));
	rig_free(&rig);
}
END_TEST

/* Every 61st bit of the ciphertext and every bit of the entry that is not its IV's. */
START_TEST(changed_ciphertext)
{
	struct rig rig;

	swap_rig(&rig);
	expect_ok(swap_out(&rig, &out));
	rig_to_host(&rig, OUT, 1);
	for (unsigned int bit = 0; bit < 8 * RIG_PAGE; bit += 61) {
		rig.ram[OUT + bit / 8] ^= (uint8_t)(1u << bit % 8);
		expect_status(swap_in(&rig, &back), PSP_BAD_MEASUREMENT);
		rig.ram[OUT + bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	page_expect(&rig, BACK, PSP_PAGE_PRE_GUEST);
	expect_ok(swap_in(&rig, &back));
	expect_guest_data(&rig, BACK, GPA, page_data);
	rig_free(&rig);
}
END_TEST

START_TEST(changed_entry)
{
	struct rig rig;

	swap_rig(&rig);
	expect_ok(swap_out(&rig, &out));
	for (unsigned int bit = 0; bit < 8 * 64; bit++) {
		enum psp_status want = PSP_BAD_MEASUREMENT;

		/* bit 0 of flags: valid; 2, 3: another page type; 4: another size */
		if (bit == 8 * 0x20 || bit == 8 * 0x20 + 2 || bit == 8 * 0x20 + 3)
			want = PSP_INVALID_MDATA_ENTRY;
		if (bit == 8 * 0x20 + 4)
			want = PSP_INVALID_PAGE_SIZE;
		rig.ram[AT + bit / 8] ^= (uint8_t)(1u << bit % 8);
		expect_status(swap_in(&rig, &back), want);
		rig.ram[AT + bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	expect_ok(swap_in(&rig, &back));
	rig_free(&rig);
}
END_TEST

/* Another guest's key opens nothing. */
START_TEST(another_guest)
{
	struct swap other = back;
	struct rig rig;

	swap_rig(&rig);
	page_guest(&rig, PAGE_GCTX2, PAGE_POLICY, PAGE_ASID2);
	expect_ok(swap_out(&rig, &out));
	page_make_of(&rig, PAGE_ASID2, PAGE_GCTX2, SPARE, PSP_PAGE_PRE_GUEST, GPA, false);
	other.gctx = PAGE_GCTX2;
	other.dst = SPARE;
	expect_status(swap_in(&rig, &other), PSP_INVALID_PAGE_OWNER); /* of MDATA */
	/* With a Metadata page of its own, a copy of the entry in it. */
	page_make_of(&rig, PAGE_ASID2, PAGE_GCTX2, SPARE + RIG_PAGE, PSP_PAGE_METADATA, 0, false);
	memcpy(rig.ram + SPARE + RIG_PAGE, rig.ram + AT, 64);
	other.mdata = SPARE + RIG_PAGE;
	expect_status(swap_in(&rig, &other), PSP_BAD_MEASUREMENT);
	/* And into the first guest's page it may not write at all. */
	other.dst = BACK;
	expect_status(swap_in(&rig, &other), PSP_INVALID_PAGE_OWNER);
	rig_free(&rig);
}
END_TEST

START_TEST(in_place)
{
	struct swap in = back;
	struct psp_rmp_entry rmp = {
		.assigned = true, .immutable = true, .asid = PAGE_ASID, .gpa = GPA};
	uint8_t kept[RIG_PAGE];
	struct rig rig;

	swap_rig(&rig);
	expect_ok(swap_out(&rig, &out));
	rig_to_host(&rig, OUT, 1);
	rig.ram[OUT] ^= 1;
	memcpy(kept, rig.ram + OUT, sizeof(kept));
	page_rmpupdate(&rig, OUT, &rmp);
	in.src = 0;
	in.dst = OUT;
	in.in_place = true;
	expect_status(swap_in(&rig, &in), PSP_BAD_MEASUREMENT);
	/* A failure leaves what was there. */
	ck_assert_mem_eq(rig.ram + OUT, kept, sizeof(kept));
	page_expect(&rig, OUT, PSP_PAGE_PRE_GUEST);
	rig.ram[OUT] ^= 1;
	expect_ok(swap_in(&rig, &in));
	expect_guest_data(&rig, OUT, GPA, page_data);
	rig_free(&rig);
}
END_TEST

START_TEST(large_page)
{
	static uint8_t data[RIG_2M], got[RIG_2M];
	uint64_t src = PAGE_LARGE, dst = src + RIG_2M, to = src + 2 * RIG_2M;
	struct swap o = {PAGE_GCTX, src, dst, AT, 0, true, false, false, DATA};
	struct swap i = {PAGE_GCTX, dst, to, AT, 0, true, false, false, DATA};
	struct rig rig;

	swap_rig(&rig);
	pattern(data, sizeof(data), 9);
	page_with(&rig, src, 0x600000, true, data);
	expect_status(swap_out(&rig, &o), PSP_INVALID_PAGE_STATE);
	page_make(&rig, dst, PSP_PAGE_FIRMWARE, 0, true);
	expect_ok(swap_out(&rig, &o));
	page_expect(&rig, dst, PSP_PAGE_RECLAIM);
	ck_assert_uint_eq(get64(rig.ram + AT + 0x20), 0x600000 | 0x13);
	page_make(&rig, to, PSP_PAGE_PRE_GUEST, 0, true);
	i.large = false;
	expect_status(swap_in(&rig, &i), PSP_INVALID_PAGE_SIZE);
	i.large = true;
	expect_ok(swap_in(&rig, &i));
	page_guest_read(&rig, PAGE_ASID, to, 0x600000, true, got, sizeof(got));
	ck_assert_mem_eq(got, data, sizeof(got));
	page_expect_returnable(&rig, src, true);
	page_expect_returnable(&rig, dst, true);
	page_expect_returnable(&rig, to, true);
	rig_free(&rig);
}
END_TEST

/* 512 firmware pages are as good a target as one of 2 MiB, but each must be one. */
START_TEST(large_page_to_small_ones)
{
	static uint8_t data[RIG_2M];
	uint64_t src = PAGE_LARGE, dst = src + RIG_2M;
	struct swap o = {PAGE_GCTX, src, dst, AT, 0, true, false, false, DATA};
	struct rig rig;

	swap_rig(&rig);
	page_with(&rig, src, 0x600000, true, data);
	rig_to_firmware(&rig, dst, 511);
	expect_status(swap_out(&rig, &o), PSP_INVALID_PAGE_STATE);
	page_expect(&rig, src, PSP_PAGE_PRE_SWAP);
	page_expect(&rig, dst, PSP_PAGE_FIRMWARE);
	rig_to_firmware(&rig, dst + 511 * RIG_PAGE, 1);
	expect_ok(swap_out(&rig, &o));
	rig_to_host(&rig, dst, 512);
	rig_free(&rig);
}
END_TEST

START_TEST(vmsa_page)
{
	const struct psp_access access = {.agent = PSP_GUEST,
					  .pa = SPARE,
					  .encrypted = true,
					  .asid = PAGE_ASID,
					  .snp = true,
					  .gpa = 2 * GPA};
	struct swap o = out, i = back;
	struct psp_rmp_entry rmp;
	struct psp_fault fault = {0};
	struct rig rig;

	swap_rig(&rig);
	page_make(&rig, SPARE, PSP_PAGE_GUEST_VALID, 2 * GPA, false);
	page_guest_write(&rig, PAGE_ASID, SPARE, 2 * GPA, false, page_data, RIG_PAGE);
	ck_assert_int_eq(psp_rmpadjust(rig.psp, &access, false, 0x10001, &fault), PSP_RMP_OK);
	freeze(&rig, SPARE, 2 * GPA, false);
	o.src = SPARE;
	expect_status(swap_out(&rig, &o), PSP_INVALID_PAGE_STATE);
	o.type = VMSA;
	expect_ok(swap_out(&rig, &o));
	ck_assert_uint_eq(get64(rig.ram + AT + 0x20), 2 * GPA | 7);
	expect_status(swap_in(&rig, &i), PSP_INVALID_MDATA_ENTRY);
	i.type = METADATA;
	page_make(&rig, SPARE + RIG_PAGE, PSP_PAGE_FIRMWARE, 0, false);
	i.dst = SPARE + RIG_PAGE;
	expect_status(swap_in(&rig, &i), PSP_INVALID_MDATA_ENTRY);
	i.type = VMSA;
	i.dst = BACK;
	expect_ok(swap_in(&rig, &i));
	psp_rmp_lookup(rig.psp, BACK, &rmp);
	ck_assert(rmp.vmsa && rmp.validated && !rmp.immutable);
	ck_assert_uint_eq(rmp.gpa, 2 * GPA);
	rig_free(&rig);
}
END_TEST

/* A tree: the page's entry in a Metadata page, whose own entry is the root's. */
START_TEST(metadata_page)
{
	struct swap o = {PAGE_GCTX, MDATA, SPARE, 0, 0, false, true, false, METADATA};
	struct swap i = {PAGE_GCTX, SPARE, MDATA, 0, 0, false, true, false, METADATA};
	uint8_t kept[RIG_PAGE];
	struct rig rig;

	swap_rig(&rig);
	expect_ok(swap_out(&rig, &out));
	memcpy(kept, rig.ram + MDATA, sizeof(kept));
	page_make(&rig, SPARE, PSP_PAGE_FIRMWARE, 0, false);
	expect_ok(swap_out(&rig, &o));
	page_expect(&rig, MDATA, PSP_PAGE_FIRMWARE);
	page_expect(&rig, SPARE, PSP_PAGE_RECLAIM);
	expect_status(swap_in(&rig, &back), PSP_INVALID_PAGE_STATE); /* MDATA is away */
	rig_to_host(&rig, SPARE, 1);
	rig.ram[SPARE + 7] ^= 4;
	expect_status(swap_in(&rig, &i), PSP_BAD_MEASUREMENT);
	page_expect(&rig, MDATA, PSP_PAGE_FIRMWARE);
	rig.ram[SPARE + 7] ^= 4;
	expect_ok(swap_in(&rig, &i));
	page_expect(&rig, MDATA, PSP_PAGE_METADATA);
	ck_assert_mem_eq(rig.ram + MDATA, kept, sizeof(kept));
	expect_status(swap_in(&rig, &i), PSP_INVALID_PAGE_STATE);
	expect_ok(swap_in(&rig, &back));
	expect_guest_data(&rig, BACK, GPA, page_data);
	rig_free(&rig);
}
END_TEST

/* The root has one entry, and it is in use until its page is back. */
START_TEST(root_entry)
{
	struct swap o = {PAGE_GCTX, SRC, OUT, 0, 0, false, true, false, DATA};
	struct swap i = {PAGE_GCTX, OUT, BACK, 0, 0, false, true, false, DATA};
	struct rig rig;

	swap_rig(&rig);
	expect_status(swap_in(&rig, &i), PSP_INVALID_MDATA_ENTRY);
	expect_ok(swap_out(&rig, &o));
	page_make(&rig, SPARE, PSP_PAGE_FIRMWARE, 0, false);
	o.src = BACK;
	o.dst = SPARE;
	expect_status(swap_out(&rig, &o), PSP_INVALID_MDATA_ENTRY);
	page_expect(&rig, SPARE, PSP_PAGE_FIRMWARE);
	expect_ok(swap_in(&rig, &i));
	expect_guest_data(&rig, BACK, GPA, page_data);
	freeze(&rig, BACK, GPA, false);
	expect_ok(swap_out(&rig, &o));
	rig_free(&rig);
}
END_TEST

/* A page that the guest has not validated is not when it comes back, either. */
START_TEST(invalid_page)
{
	struct swap o = out, i = back;
	struct rig rig;

	swap_rig(&rig);
	page_make(&rig, SPARE, PSP_PAGE_PRE_GUEST, 3 * GPA, false);
	o.src = SPARE;
	expect_ok(swap_out(&rig, &o));
	ck_assert_uint_eq(get64(rig.ram + AT + 0x20), 3 * GPA | 1);
	expect_ok(swap_in(&rig, &i));
	page_expect(&rig, BACK, PSP_PAGE_GUEST_INVALID);
	rig_free(&rig);
}
END_TEST

START_TEST(out_arguments)
{
	static const struct {
		size_t field; /* of struct swap */
		uint64_t value;
		enum psp_status status;
	} wrong[] = {
		{offsetof(struct swap, src), SRC + 64, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, src), 1ull << 40, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, src), OUT, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, src), SPARE, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, src), PAGE_LARGE, PSP_INVALID_PAGE_SIZE},
		{offsetof(struct swap, dst), OUT + 64, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, dst), RIG_RAM, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, dst), BACK, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, dst), SPARE, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, dst), MDATA, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, dst), RIG_RMP, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, mdata), AT + 32, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, mdata), 1ull << 40, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, mdata), OUT, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, mdata), PAGE_LARGE, PSP_INVALID_PAGE_SIZE},
	};
	struct swap o;
	struct rig rig;

	swap_rig(&rig);
	page_make(&rig, PAGE_LARGE, PSP_PAGE_PRE_GUEST, 0x600000, true);
	for (size_t n = 0; n < sizeof(wrong) / sizeof(wrong[0]); n++) {
		o = out;
		memcpy((uint8_t *)&o + wrong[n].field, &wrong[n].value, 8);
		expect_status(swap_out(&rig, &o), wrong[n].status);
	}
	o = out;
	o.type = 3;
	expect_status(swap_out(&rig, &o), PSP_INVALID_PARAM);
	o = out;
	o.type = VMSA;
	expect_status(swap_out(&rig, &o), PSP_INVALID_PAGE_STATE);
	o.large = true;
	expect_status(swap_out(&rig, &o), PSP_INVALID_PAGE_SIZE);
	o = out;
	o.in_place = true; /* reserved here */
	expect_status(swap_out(&rig, &o), PSP_INVALID_PARAM);
	/* A Metadata page's entry is in another one. */
	o = (struct swap){PAGE_GCTX, MDATA, OUT, AT, 0, false, false, false, METADATA};
	expect_status(swap_out(&rig, &o), PSP_INVALID_ADDRESS);
	/* Nothing has changed. */
	page_expect(&rig, SRC, PSP_PAGE_PRE_SWAP);
	page_expect(&rig, OUT, PSP_PAGE_FIRMWARE);
	page_expect(&rig, MDATA, PSP_PAGE_METADATA);
	expect_ok(swap_out(&rig, &out));
	page_make(&rig, SPARE, PSP_PAGE_FIRMWARE, 0, false);
	o = out;
	o.src = BACK;
	o.dst = SPARE;
	expect_status(swap_out(&rig, &o), PSP_INVALID_MDATA_ENTRY);
	rig_free(&rig);
}
END_TEST

START_TEST(in_arguments)
{
	static const struct {
		size_t field;
		uint64_t value;
		enum psp_status status;
	} wrong[] = {
		{offsetof(struct swap, src), OUT + 64, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, src), RIG_RAM, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, dst), BACK + 64, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, dst), 1ull << 40, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, dst), SPARE, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, dst), OUT, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, dst), MDATA, PSP_INVALID_PAGE_STATE},
		{offsetof(struct swap, dst), PAGE_LARGE, PSP_INVALID_PAGE_SIZE},
		{offsetof(struct swap, mdata), AT + 8, PSP_INVALID_ADDRESS},
		{offsetof(struct swap, mdata), AT + 64, PSP_INVALID_MDATA_ENTRY},
		{offsetof(struct swap, mdata), SPARE, PSP_INVALID_PAGE_STATE},
	};
	struct swap i;
	struct rig rig;

	swap_rig(&rig);
	page_make(&rig, PAGE_LARGE, PSP_PAGE_PRE_GUEST, 0x600000, true);
	expect_ok(swap_out(&rig, &out));
	for (size_t n = 0; n < sizeof(wrong) / sizeof(wrong[0]); n++) {
		i = back;
		memcpy((uint8_t *)&i + wrong[n].field, &wrong[n].value, 8);
		expect_status(swap_in(&rig, &i), wrong[n].status);
	}
	i = back;
	i.type = 3;
	expect_status(swap_in(&rig, &i), PSP_INVALID_PARAM);
	i.type = METADATA;
	i.dst = RIG_RMP;
	expect_status(swap_in(&rig, &i), PSP_INVALID_PAGE_STATE);
	page_expect(&rig, BACK, PSP_PAGE_PRE_GUEST);
	expect_ok(swap_in(&rig, &back));
	rig_free(&rig);
}
END_TEST

START_TEST(policy)
{
	struct rig rig;

	page_rig_new_as(&rig, PSP_GENOA, 58, true);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY | PAGE_NO_SWAP, PAGE_ASID);
	page_make(&rig, SRC, PSP_PAGE_PRE_SWAP, GPA, false);
	page_make(&rig, OUT, PSP_PAGE_FIRMWARE, 0, false);
	page_make(&rig, MDATA, PSP_PAGE_METADATA, 0, false);
	expect_status(swap_out(&rig, &out), PSP_POLICY_FAILURE);
	expect_status(swap_in(&rig, &back), PSP_POLICY_FAILURE);
	page_expect(&rig, SRC, PSP_PAGE_PRE_SWAP);
	page_expect(&rig, OUT, PSP_PAGE_FIRMWARE);
	rig_free(&rig);
}
END_TEST

/* 2^48 - 1 pages later. There is no other way to get there than into the context. */
START_TEST(ivs_used_up)
{
	struct rig rig;

	swap_rig(&rig);
	psp_snp_guest(rig.psp, PAGE_GCTX)->oek_count = (1ull << 48) - 1;
	expect_status(swap_out(&rig, &out), PSP_AEAD_OFLOW);
	page_expect(&rig, SRC, PSP_PAGE_PRE_SWAP);
	page_expect(&rig, OUT, PSP_PAGE_FIRMWARE);
	ck_assert_uint_eq(get64(rig.ram + AT + 0x20), 0);
	rig_free(&rig);
}
END_TEST

/* Two instances, equal calls: equal bytes; another seed: others. */
START_TEST(deterministic)
{
	struct psp_config config;
	uint8_t first[RIG_PAGE], tag[16];
	struct rig rig;

	swap_rig(&rig);
	expect_ok(swap_out(&rig, &out));
	memcpy(first, rig.ram + OUT, sizeof(first));
	memcpy(tag, rig.ram + AT + 0x10, sizeof(tag));
	rig_free(&rig);
	swap_rig(&rig);
	expect_ok(swap_out(&rig, &out));
	ck_assert_mem_eq(rig.ram + OUT, first, sizeof(first));
	ck_assert_mem_eq(rig.ram + AT + 0x10, tag, sizeof(tag));
	rig_free(&rig);

	psp_config_default(&config);
	config.seed = 2;
	rig_new(&rig, &config);
	rig_snp_init(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	page_with(&rig, SRC, GPA, false, page_data);
	page_make(&rig, OUT, PSP_PAGE_FIRMWARE, 0, false);
	page_make(&rig, MDATA, PSP_PAGE_METADATA, 0, false);
	expect_ok(swap_out(&rig, &out));
	ck_assert_mem_ne(rig.ram + OUT, first, sizeof(first));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(out_and_back);
	SUITE_CASE(no_replay);
	SUITE_CASE(fresh_iv);
	SUITE_CASE(changed_ciphertext);
	SUITE_CASE(changed_entry);
	SUITE_CASE(another_guest);
	SUITE_CASE(in_place);
	SUITE_CASE(large_page);
	SUITE_CASE(large_page_to_small_ones);
	SUITE_CASE(vmsa_page);
	SUITE_CASE(metadata_page);
	SUITE_CASE(root_entry);
	SUITE_CASE(invalid_page);
	SUITE_CASE(out_arguments);
	SUITE_CASE(in_arguments);
	SUITE_CASE(policy);
	SUITE_CASE(ivs_used_up);
	SUITE_CASE(deterministic);
}
