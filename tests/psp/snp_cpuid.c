/* SPDX-License-Identifier: MIT */
/*
 * The CPUID page of a launch: what is let through, and what is put right in a page that
 * stays the host's to read. The machine is family 19h, model 1, stepping 1; C-bit 51.
 */
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

static struct rig rig;
static struct snp_vm vm;

static const struct owner_page cpuid_page = {.type = OWNER_PAGE_CPUID, .gpa = 0x9000};

static void machine(void)
{
	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_start(&vm, &rig, 0, 5, SNP_POLICY);
	snp_pre_guest(&vm, SNP_RAM, cpuid_page.gpa, false);
}

static int insert(const struct owner_cpuid *entries, size_t n)
{
	ck_assert_int_eq(owner_cpuid_page(rig.ram + SNP_RAM, entries, n), OWNER_OK);
	return snp_update_raw(&vm, SNP_RAM, &cpuid_page);
}

/* Refused: a Pre-guest page that the host reads, with these registers instead. */
static void expect_corrected(struct owner_cpuid entry, struct owner_cpuid want)
{
	struct owner_cpuid got[OWNER_CPUID_MAX];
	size_t n;

	expect_status(insert(&entry, 1), PSP_INVALID_PARAM);
	ck_assert_int_eq(psp_page_state(rig.psp, SNP_RAM), PSP_PAGE_PRE_GUEST);
	ck_assert_int_eq(owner_cpuid_page_parse(rig.ram + SNP_RAM, got, &n), OWNER_OK);
	ck_assert_uint_eq(n, 1);
	ck_assert_mem_eq(&got[0], &want, sizeof(want));
}

static const struct owner_cpuid right[] = {
	{.eax_in = 0, .eax = 0x10, .ebx = 0x68747541, .ecx = 0x444d4163, .edx = 0x69746e65},
	{.eax_in = 1, .eax = 0x00a00f11, .ebx = 0x00040800, .ecx = 0xfefa320b, .edx = 0x178bfbff},
	{.eax_in = 7, .ebx = 0x219c07a9, .ecx = 0x40061c, .edx = 0x10},
	{.eax_in = 0xb, .ecx_in = 1, .eax = 4, .ebx = 8, .ecx = 0x201, .edx = 3},
	{.eax_in = 0xd, .xcr0_in = 1, .eax = 0x207, .ebx = 0x240, .ecx = 0x988},
	{.eax_in = 0xd, .ecx_in = 1, .xcr0_in = 1, .eax = 0xf, .ebx = 0x240, .ecx = 0x1800},
	{.eax_in = 0xd, .ecx_in = 2, .eax = 0x100, .ebx = 0x240},
	{.eax_in = 0x40000000, .eax = 0x40000001, .ebx = 0x4b4d564b, .xcr0_in = 0},
	{.eax_in = 0x80000000,
	 .eax = 0x8000001f,
	 .ebx = 0x68747541,
	 .ecx = 0x444d4163,
	 .edx = 0x69746e65},
	{.eax_in = 0x80000001, .eax = 0x00a00f11, .ecx = 0x004001f3, .edx = 0x2fd3fbff},
	{.eax_in = 0x80000008, .eax = 0x3030, .ebx = 0x1005205, .ecx = 0x7007},
	{.eax_in = 0x8000001f, .eax = 0x1a, .ebx = 51, .ecx = 0x1fd, .edx = 1},
};

START_TEST(right_table)
{
	uint8_t plain[RIG_PAGE], seen[RIG_PAGE];

	machine();
	ck_assert_int_eq(owner_cpuid_page(plain, right, sizeof(right) / sizeof(right[0])),
			 OWNER_OK);
	expect_ok(insert(right, sizeof(right) / sizeof(right[0])));
	ck_assert_int_eq(psp_page_state(rig.psp, SNP_RAM), PSP_PAGE_GUEST_VALID);
	ck_assert_mem_ne(rig.ram + SNP_RAM, plain, 16);
	snp_guest_read(&vm, SNP_RAM, cpuid_page.gpa, seen, sizeof(seen));
	ck_assert_mem_eq(seen, plain, sizeof(seen));
	rig_free(&rig);
}
END_TEST

START_TEST(features_that_no_processor_has)
{
	struct owner_cpuid wrong = right[1];

	machine();
	wrong.ecx |= 1u << 2 | 1u << 24;
	wrong.edx |= 1u << 10;
	expect_corrected(wrong, right[1]);
	wrong = right[2];
	wrong.ebx |= 1u << 1; /* TSC_ADJUST */
	wrong.edx |= 1u << 26;
	expect_corrected(wrong, right[2]);
	/* fewer are fine */
	wrong = right[1];
	wrong.ecx = 0;
	expect_ok(insert(&wrong, 1));
	rig_free(&rig);
}
END_TEST

START_TEST(another_processor)
{
	struct owner_cpuid wrong = right[1];

	machine();
	wrong.eax = 0x00a00f12;
	expect_corrected(wrong, right[1]);
	wrong = right[1];
	wrong.ebx = 0x00041000;
	expect_corrected(wrong, right[1]);
	wrong = right[0];
	wrong.ebx = 0x756e6547; /* Genu */
	expect_corrected(wrong, right[0]);
	wrong = right[0];
	wrong.eax = 0x11;
	expect_corrected(wrong, right[0]);
	wrong = right[11];
	wrong.ebx = 47;
	expect_corrected(wrong, right[11]);
	rig_free(&rig);
}
END_TEST

/* SSE, AVX and PKRU: 2432 + 8; compacted 576 + 256 + 8, with CET_U and CET_S 40 more. */
START_TEST(xsave_sizes)
{
	struct owner_cpuid entry = {.eax_in = 0xd, .xcr0_in = 0x207, .eax = 0x207, .ebx = 2440};
	struct owner_cpuid want;

	machine();
	want = entry;
	entry.ebx = 0x240;
	expect_corrected(entry, want);
	want = (struct owner_cpuid){
		.eax_in = 0xd, .ecx_in = 1, .xcr0_in = 0x207, .xss_in = 0x1800, .ebx = 880};
	entry = want;
	entry.ebx++;
	expect_corrected(entry, want);
	/* a component is there as the processor has it, or not at all */
	want = right[6];
	entry = want;
	entry.eax = 0x200;
	expect_corrected(entry, want);
	want = (struct owner_cpuid){.eax_in = 0xd, .ecx_in = 3};
	entry = want;
	entry.eax = 64;
	expect_corrected(entry, want);
	entry = (struct owner_cpuid){.eax_in = 0xd, .ecx_in = 2};
	expect_ok(insert(&entry, 1));
	rig_free(&rig);
}
END_TEST

START_TEST(reserved_functions_are_zero)
{
	struct owner_cpuid wrong = {.eax_in = 3, .eax = 1, .edx = 2};

	machine();
	expect_corrected(wrong, (struct owner_cpuid){.eax_in = 3});
	wrong.eax_in = 0x80000009;
	expect_corrected(wrong, (struct owner_cpuid){.eax_in = 0x80000009});
	wrong.eax_in = 0xc0000000;
	expect_ok(insert(&wrong, 1));
	rig_free(&rig);
}
END_TEST

START_TEST(inputs_without_meaning)
{
	struct owner_cpuid wrong = right[1];

	machine();
	wrong.xcr0_in = 1;
	expect_corrected(wrong, right[1]);
	wrong = right[6];
	wrong.xss_in = 1;
	expect_corrected(wrong, right[6]);
	ck_assert_int_eq(owner_cpuid_page(rig.ram + SNP_RAM, &right[1], 1), OWNER_OK);
	put64(rig.ram + SNP_RAM + 0x10 + 0x28, 1);
	expect_status(snp_update_raw(&vm, SNP_RAM, &cpuid_page), PSP_INVALID_PARAM);
	ck_assert_uint_eq(get64(rig.ram + SNP_RAM + 0x10 + 0x28), 0);
	expect_ok(snp_update_raw(&vm, SNP_RAM, &cpuid_page));
	rig_free(&rig);
}
END_TEST

START_TEST(at_most_64_entries)
{
	machine();
	put32(rig.ram + SNP_RAM, 65);
	expect_status(snp_update_raw(&vm, SNP_RAM, &cpuid_page), PSP_INVALID_PARAM);
	ck_assert_uint_eq(get32(rig.ram + SNP_RAM), 65);
	put32(rig.ram + SNP_RAM, 64);
	for (unsigned int i = 0; i < 64; i++)
		put32(rig.ram + SNP_RAM + 0x10 + i * 0x30, 0x40000000 + i);
	/* the last one is looked at, too */
	put32(rig.ram + SNP_RAM + 0x10 + 63 * 0x30, 3);
	put32(rig.ram + SNP_RAM + 0x10 + 63 * 0x30 + 0x24, 9);
	expect_status(snp_update_raw(&vm, SNP_RAM, &cpuid_page), PSP_INVALID_PARAM);
	expect_ok(snp_update_raw(&vm, SNP_RAM, &cpuid_page));
	rig_free(&rig);
}
END_TEST

/* What a hypervisor does: read the page, take it back, and insert it once more. */
START_TEST(refused_page_goes_back)
{
	struct owner_cpuid wrong = right[1];
	struct owner_page page = cpuid_page;
	uint8_t corrected[RIG_PAGE];

	machine();
	wrong.ecx |= 4;
	expect_status(insert(&wrong, 1), PSP_INVALID_PARAM);
	rig_to_host(&rig, SNP_RAM, 1);
	memcpy(corrected, rig.ram + SNP_RAM, sizeof(corrected));
	page.contents = corrected;
	snp_update(&vm, SNP_RAM + RIG_PAGE, page);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(right_table);
	SUITE_CASE(features_that_no_processor_has);
	SUITE_CASE(another_processor);
	SUITE_CASE(xsave_sizes);
	SUITE_CASE(reserved_functions_are_zero);
	SUITE_CASE(inputs_without_meaning);
	SUITE_CASE(at_most_64_entries);
	SUITE_CASE(refused_page_goes_back);
}
