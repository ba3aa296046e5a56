/* SPDX-License-Identifier: MIT */
/*
 * For suites of the RMP: a machine with SNP initialised for each test, and short words for
 * entries. SNP_TEST(name) { ... } takes the place of START_TEST and END_TEST.
 */
#ifndef TESTS_PSP_RMP_RIG_H
#define TESTS_PSP_RMP_RIG_H

#include "psp/memory/memory.h"
#include "tests/psp/rig.h"
#include "tests/suite.h"

enum { PAGE = 0x800000, BIG = 0xa00000 }; /* a page, and a 2 MiB page, of nobody */

static struct rig rig;

#define SNP_TEST(name)                                                                             \
	static void name##_body(void);                                                             \
	START_TEST(name)                                                                           \
	{                                                                                          \
		rig_new(&rig, NULL);                                                               \
		rig_snp_init(&rig);                                                                \
		name##_body();                                                                     \
		rig_free(&rig);                                                                    \
	}                                                                                          \
	END_TEST                                                                                   \
	static void name##_body(void)

/* Where the table has a page's entry: after 16 KiB of bookkeeping, 16 bytes a page. */
static inline uint8_t *raw(uint64_t spa)
{
	return rig.ram + RIG_RMP + 0x4000 + spa / 4096 * 16;
}

static inline enum psp_rmp_result update(uint64_t spa, struct psp_rmp_entry state)
{
	return psp_rmpupdate(rig.psp, 0, spa, &state);
}

#define ENTRY(...)	 ((struct psp_rmp_entry){__VA_ARGS__})
#define UPDATE(spa, ...) update(spa, ENTRY(__VA_ARGS__))
#define SET(spa, ...)	 psp_rmp_set(rig.psp, spa, &ENTRY(__VA_ARGS__))

#define expect_raw(spa, lo, hi)                                                                    \
	do {                                                                                       \
		ck_assert_uint_eq(get64(raw(spa)), lo);                                            \
		ck_assert_uint_eq(get64(raw(spa) + 8), hi);                                        \
	} while (0)
#define expect_state(spa, state)                                                                   \
	ck_assert_str_eq(psp_page_state_name(psp_page_state(rig.psp, spa)),                        \
			 psp_page_state_name(state))

#endif
