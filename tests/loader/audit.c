/* SPDX-License-Identifier: MIT */
/* The audit finds each instruction of fragments/audited.S, and no other. */
#include <stdio.h>
#include <string.h>

#include "tests/loader/support.h"

/* Function and mnemonic; Intel SDM and AMD APM spell them so. */
static const char *const expected[][2] = {
	{"f_cpuid", "cpuid"},
	{"f_rdtsc", "rdtsc"},
	{"f_in", "in"},
	{"f_out", "out"},
	{"f_hlt", "hlt"},
	{"f_cli", "cli"},
	{"f_pushf", "pushfq"},
	{"f_rdmsr", "rdmsr"},
	{"f_cr3", "mov control register"},
	{"f_dr7", "mov debug register"},
	{"f_gs", "mov to segment register"},
	{"f_invlpg", "invlpg"},
	{"f_wbinvd", "wbinvd"},
	{"f_wbnoinvd", "wbnoinvd"},
	{"f_tdcall", "tdcall"},
	{"f_seamret", "seamret"},
	{"f_seamcall", "seamcall"},
	{"f_vmgexit", "vmgexit"},
	{"f_pvalidate", "pvalidate"},
	{"f_rmpupdate", "rmpupdate"},
	{"f_psmash", "psmash"},
};

enum { N_EXPECTED = sizeof(expected) / sizeof(expected[0]) };

struct findings {
	const struct kut_image *image;
	unsigned int count;
	char text[64][64];
};

static void found(void *arg, uint64_t addr, const char *mnemonic)
{
	struct findings *f = arg;
	char where[32];

	kut_image_symbolize(f->image, addr, where, sizeof(where));
	ck_assert_uint_lt(f->count, 64);
	snprintf(f->text[f->count++], 64, "%.*s: %s", (int)strcspn(where, "/"), where, mnemonic);
}

/* Each function starts with a nop, so the instruction stands at +0x1. */
START_TEST(each_instruction_is_found)
{
	struct kut_image *image = image_of(FRAGMENT("audited"), NULL);
	struct findings f = {.image = image};

	ck_assert_uint_eq(kut_image_audit(image, found, &f), N_EXPECTED);
	ck_assert_uint_eq(f.count, N_EXPECTED);
	for (unsigned int i = 0; i < N_EXPECTED; i++) {
		char line[64];

		snprintf(line, sizeof(line), "%s+0x1: %s", expected[i][0], expected[i][1]);
		ck_assert_str_eq(f.text[i], line);
	}
	kut_image_free(image);
}
END_TEST

START_TEST(ordinary_code_is_clean)
{
	struct kut_image *image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);

	ck_assert_uint_eq(kut_image_audit(image, NULL, NULL), 0);
	kut_image_free(image);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(each_instruction_is_found);
	SUITE_CASE(ordinary_code_is_clean);
}
