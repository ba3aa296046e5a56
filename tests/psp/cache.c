/* SPDX-License-Identifier: MIT */
/*
 * Caches and the data fabric as encryption shows them: sequences that software gets right
 * give no hazard, and leaving out a flush gives the hazard and the corruption.
 */
#include "psp/memory/memory.h"
#include "tests/psp/rig.h"
#include "tests/suite.h"

#include <string.h>

enum { LINES = 8, PAGE = 0x800000, HOST = -1 };

static const uint8_t KEY[16] = {1}, KEY2[16] = {2};
static struct rig rig;

#define CACHE_TEST(name)                                                                           \
	static void name##_body(void);                                                             \
	START_TEST(name)                                                                           \
	{                                                                                          \
		struct psp_config config;                                                          \
                                                                                                   \
		psp_config_default(&config);                                                       \
		config.caches = LINES;                                                             \
		rig_new(&rig, &config);                                                            \
		psp_key_load(rig.psp, 1, KEY);                                                     \
		name##_body();                                                                     \
		rig_free(&rig);                                                                    \
	}                                                                                          \
	END_TEST                                                                                   \
	static void name##_body(void)

static struct psp_access by(int view, unsigned int cpu, uint64_t pa)
{
	return (struct psp_access){.agent = view == HOST ? PSP_HOST : PSP_GUEST,
				   .pa = pa,
				   .cpu = cpu,
				   .encrypted = view != HOST,
				   .asid = view == HOST ? 0 : (unsigned int)view};
}

static void store(int view, unsigned int cpu, uint64_t pa, uint64_t value)
{
	struct psp_access a = by(view, cpu, pa);

	a.write = true;
	ck_assert_int_eq(psp_access(rig.psp, &a, &value, sizeof(value), NULL), PSP_ACCESS_OK);
}

static uint64_t load(int view, unsigned int cpu, uint64_t pa)
{
	struct psp_access a = by(view, cpu, pa);
	uint64_t value;

	ck_assert_int_eq(psp_access(rig.psp, &a, &value, sizeof(value), NULL), PSP_ACCESS_OK);
	return value;
}

static uint64_t dma_load(uint64_t pa)
{
	struct psp_access a = {.agent = PSP_DEVICE, .pa = pa};
	uint64_t value;

	ck_assert_int_eq(psp_access(rig.psp, &a, &value, sizeof(value), NULL), PSP_ACCESS_OK);
	return value;
}

static void dma_store(uint64_t pa, uint64_t value)
{
	struct psp_access a = {.agent = PSP_DEVICE, .pa = pa, .write = true};

	ck_assert_int_eq(psp_access(rig.psp, &a, &value, sizeof(value), NULL), PSP_ACCESS_OK);
}

static uint64_t guest_read(unsigned int asid, uint64_t pa)
{
	uint8_t block[16];

	expect_ok(psp_guest_read(rig.psp, asid, pa, block, sizeof(block)));
	return get64(block);
}

#define expect_hazard(n, kind_, asid_)                                                             \
	do {                                                                                       \
		ck_assert_uint_eq(rig.hazards, n);                                                 \
		ck_assert_int_eq(rig.hazard.kind, kind_);                                          \
		ck_assert_uint_eq(rig.hazard.cached_asid, asid_);                                  \
	} while (0)

CACHE_TEST(a_write_waits_in_the_cache_then_in_the_fabric)
{
	store(HOST, 0, PAGE, 0x1111);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0);
	psp_wbinvd(rig.psp, 1); /* another core's */
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0);
	psp_wbinvd(rig.psp, 0);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0x1111);
	ck_assert_uint_eq(rig.hazards, 0);
}

CACHE_TEST(one_view_is_coherent_everywhere)
{
	uint64_t value;

	store(HOST, 0, PAGE, 0x1111);
	ck_assert_uint_eq(load(HOST, 5, PAGE), 0x1111);
	ck_assert_uint_eq(dma_load(PAGE), 0x1111);
	expect_ok(psp_raw_read(rig.psp, PAGE, &value, sizeof(value)));
	ck_assert_uint_eq(value, 0x1111);
	psp_wbinvd(rig.psp, 0); /* now in the fabric */
	ck_assert_uint_eq(dma_load(PAGE), 0x1111);
	ck_assert_uint_eq(load(HOST, 3, PAGE), 0x1111);
	store(HOST, 3, PAGE + 8, 0x2222);
	dma_store(PAGE, 0x3333); /* into a dirty line: its neighbour stays */
	ck_assert_uint_eq(load(HOST, 1, PAGE), 0x3333);
	ck_assert_uint_eq(load(HOST, 1, PAGE + 8), 0x2222);
	rig_wbinvd(&rig);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0x3333);
	ck_assert_uint_eq(get64(rig.ram + PAGE + 8), 0x2222);
	ck_assert_uint_eq(rig.hazards, 0);
}

CACHE_TEST(accesses_cross_lines)
{
	uint8_t data[300], back[300];
	struct psp_access a = by(1, 0, PAGE + 33);

	for (size_t i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)(i * 7);
	a.write = true;
	ck_assert_int_eq(psp_access(rig.psp, &a, data, sizeof(data), NULL), PSP_ACCESS_OK);
	a.write = false;
	ck_assert_int_eq(psp_access(rig.psp, &a, back, sizeof(back), NULL), PSP_ACCESS_OK);
	ck_assert_mem_eq(back, data, sizeof(back));
	a.pa = RIG_RAM;
	ck_assert_int_eq(psp_access(rig.psp, &a, back, 1, NULL), PSP_ACCESS_ABORT);
	a.write = true;
	ck_assert_int_eq(psp_access(rig.psp, &a, back, 1, NULL), PSP_ACCESS_ABORT);
	expect_status(psp_guest_read(rig.psp, 1, RIG_RAM, back, 16), PSP_INVALID_ADDRESS);
}

/* The line that was filled first goes first, into a fabric of 32 lines. */
CACHE_TEST(overflow_writes_back_the_oldest)
{
	for (uint64_t i = 0; i < LINES; i++)
		store(HOST, 0, PAGE + i * 64, i + 1);
	psp_fabric_flush(rig.psp);
	for (uint64_t i = 0; i < LINES; i++)
		ck_assert_uint_eq(get64(rig.ram + PAGE + i * 64), 0);
	store(HOST, 0, PAGE + LINES * 64, 99);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 1);
	ck_assert_uint_eq(get64(rig.ram + PAGE + 64), 0);
	rig_wbinvd(&rig);
	psp_fabric_flush(rig.psp);
	for (uint64_t i = 0; i < 32 + LINES; i++)
		store(HOST, 0, PAGE + 0x1000 + i * 64, i + 1);
	ck_assert_uint_eq(get64(rig.ram + PAGE + 0x1000), 0);
	store(HOST, 0, PAGE, 7);
	ck_assert_uint_eq(get64(rig.ram + PAGE + 0x1000), 1);
	ck_assert_uint_eq(get64(rig.ram + PAGE + 0x1040), 0);
	ck_assert_uint_eq(rig.hazards, 0);
}

CACHE_TEST(clflush_is_of_one_view)
{
	const uint64_t c_bit = 1ull << 51;

	ck_assert_int_eq(psp_wrmsr(rig.psp, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
	store(HOST, 0, PAGE, 0x1111);
	store(HOST, 4, PAGE + 64, 0x2222);
	psp_clflush(rig.psp, PAGE | c_bit, RIG_PAGE);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0);
	psp_clflush(rig.psp, PAGE + 63, 1);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0x1111);
	ck_assert_uint_eq(get64(rig.ram + PAGE + 64), 0);
	psp_clflush(rig.psp, PAGE, RIG_PAGE);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE + 64), 0x2222);
}

CACHE_TEST(a_reset_loses_what_is_not_in_ram)
{
	store(HOST, 0, PAGE, 0x1111);
	store(HOST, 1, PAGE + 64, 0x1111);
	psp_wbinvd(rig.psp, 1);
	psp_reset(rig.psp);
	rig_wbinvd(&rig);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0);
	ck_assert_uint_eq(get64(rig.ram + PAGE + 64), 0);
	ck_assert_uint_eq(load(HOST, 0, PAGE), 0);
}

/* ---- Launch: plaintext by the host, CLFLUSH, encryption in place, use by the guest. ---- */

CACHE_TEST(launch_with_clflush)
{
	for (uint64_t at = 0; at < 256; at += 64)
		store(HOST, 2, PAGE + at, 0xabc0 + at);
	psp_clflush(rig.psp, PAGE, 256);
	expect_ok(psp_guest_encrypt(rig.psp, 1, PAGE, 256, NULL, NULL));
	for (uint64_t at = 0; at < 256; at += 64)
		ck_assert_uint_eq(load(1, 0, PAGE + at), 0xabc0 + at);
	rig_wbinvd(&rig);
	psp_fabric_flush(rig.psp);
	for (uint64_t at = 0; at < 256; at += 64)
		ck_assert_uint_eq(guest_read(1, PAGE + at), 0xabc0 + at);
	ck_assert_uint_eq(rig.hazards, 0);
}

/* Without: the firmware meets the line, and its late write back destroys the ciphertext. */
CACHE_TEST(launch_without_clflush)
{
	store(HOST, 2, PAGE, 0xabc);
	expect_ok(psp_guest_encrypt(rig.psp, 1, PAGE, 64, NULL, NULL));
	expect_hazard(1, PSP_HAZARD_ALIAS, 0);
	ck_assert(!rig.hazard.cached_encrypted && rig.hazard.encrypted);
	ck_assert_uint_eq(rig.hazard.asid, 1);
	ck_assert_uint_eq(rig.hazard.pa, PAGE);
	ck_assert_uint_eq(guest_read(1, PAGE), 0xabc);
	expect_hazard(2, PSP_HAZARD_ALIAS, 0);
	psp_wbinvd(rig.psp, 2);
	expect_hazard(3, PSP_HAZARD_LOST_WRITE, 0);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0xabc); /* plaintext again */
	ck_assert_uint_ne(load(1, 0, PAGE), 0xabc);
}

/* ---- Host and guest on one page. ---- */

CACHE_TEST(a_page_changes_hands_with_wbinvd)
{
	store(1, 0, PAGE, 0x1111);
	psp_wbinvd(rig.psp, 0);
	store(HOST, 1, PAGE, 0x2222); /* the fabric keeps the order */
	psp_wbinvd(rig.psp, 1);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0x2222);
	ck_assert_uint_eq(rig.hazards, 0);
}

CACHE_TEST(a_page_changes_hands_without)
{
	store(1, 0, PAGE, 0x1111);
	store(HOST, 1, PAGE, 0x2222);
	expect_hazard(1, PSP_HAZARD_ALIAS, 1);
	ck_assert(rig.hazard.cached_encrypted && !rig.hazard.encrypted);
	psp_wbinvd(rig.psp, 1);
	psp_wbinvd(rig.psp, 0); /* the older line arrives last */
	expect_hazard(2, PSP_HAZARD_LOST_WRITE, 1);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_ne(get64(rig.ram + PAGE), 0x2222);
	ck_assert_uint_eq(guest_read(1, PAGE), 0x1111);
}

/* In the order of their writes nothing is lost, though it was a matter of luck. */
CACHE_TEST(write_backs_in_order_lose_nothing)
{
	store(1, 0, PAGE, 0x1111);
	store(HOST, 1, PAGE, 0x2222);
	ck_assert_uint_eq(rig.hazards, 1);
	psp_wbinvd(rig.psp, 0);
	psp_wbinvd(rig.psp, 1);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(rig.hazards, 1);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0x2222);
}

/* A core's access drains what the fabric has of its address: it reads what RAM will hold. */
CACHE_TEST(a_core_reads_behind_the_fabric)
{
	uint64_t cipher;

	store(1, 0, PAGE, 0x1111);
	psp_wbinvd(rig.psp, 0);
	cipher = load(HOST, 1, PAGE);
	ck_assert_uint_ne(cipher, 0);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), cipher);
	ck_assert_uint_eq(rig.hazards, 0);
}

/*
 * Time 1: the guest writes, 2: the host, whose line goes to the fabric, 3: the host again;
 * then the guest's line is written back, then the host's, which must be the last.
 */
CACHE_TEST(the_fabric_keeps_the_order)
{
	store(1, 1, PAGE, 0x1111);
	store(HOST, 0, PAGE, 0x2222);
	psp_wbinvd(rig.psp, 0);
	store(HOST, 0, PAGE, 0x3333);
	ck_assert_uint_eq(rig.hazards, 2);
	psp_wbinvd(rig.psp, 1);
	expect_hazard(3, PSP_HAZARD_LOST_WRITE, 1);
	psp_wbinvd(rig.psp, 0);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(get64(rig.ram + PAGE), 0x3333);
	ck_assert_uint_eq(rig.hazards, 3);
}

/* Three views, written in the order 2, 1, host, and written back host, 2, 1. */
CACHE_TEST(each_late_write_back_is_a_loss)
{
	psp_key_load(rig.psp, 2, KEY2);
	store(2, 2, PAGE, 0x1111);
	store(1, 1, PAGE, 0x2222);
	store(HOST, 0, PAGE, 0x3333);
	ck_assert_uint_eq(rig.hazards, 1 + 2);
	psp_wbinvd(rig.psp, 0);
	ck_assert_uint_eq(rig.hazards, 3);
	psp_wbinvd(rig.psp, 2);
	expect_hazard(4, PSP_HAZARD_LOST_WRITE, 2);
	psp_wbinvd(rig.psp, 1);
	expect_hazard(5, PSP_HAZARD_LOST_WRITE, 1);
}

CACHE_TEST(a_clean_line_of_another_view_is_stale)
{
	uint64_t first = load(HOST, 0, PAGE);

	store(1, 1, PAGE, 0x1111);
	expect_hazard(1, PSP_HAZARD_ALIAS, 0);
	psp_wbinvd(rig.psp, 1);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_ne(get64(rig.ram + PAGE), first);
	ck_assert_uint_eq(load(HOST, 0, PAGE), first);
	psp_wbinvd(rig.psp, 0);
	ck_assert_uint_eq(load(HOST, 0, PAGE), get64(rig.ram + PAGE));
	ck_assert_uint_eq(rig.hazards, 1);
}

/* ---- An ASID gets another key. ---- */

CACHE_TEST(asid_reuse_with_wbinvd_and_flush)
{
	store(1, 0, PAGE, 0x1111);
	rig_wbinvd(&rig);
	psp_fabric_flush(rig.psp);
	psp_key_drop(rig.psp, 1);
	psp_key_load(rig.psp, 1, KEY2);
	store(1, 0, PAGE + 0x1000, 0x2222);
	rig_wbinvd(&rig);
	psp_fabric_flush(rig.psp);
	psp_key_load(rig.psp, 2, KEY);
	ck_assert_uint_eq(guest_read(2, PAGE), 0x1111);
	ck_assert_uint_eq(guest_read(1, PAGE + 0x1000), 0x2222);
	ck_assert_uint_eq(rig.hazards, 0);
}

CACHE_TEST(asid_reuse_without_wbinvd)
{
	store(1, 0, PAGE, 0x1111);
	psp_fabric_flush(rig.psp);
	psp_key_drop(rig.psp, 1);
	psp_key_load(rig.psp, 1, KEY2);
	psp_wbinvd(rig.psp, 0);
	expect_hazard(1, PSP_HAZARD_STALE_KEY, 1);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(rig.hazards, 1);
	psp_key_load(rig.psp, 2, KEY);
	ck_assert_uint_ne(guest_read(2, PAGE), 0x1111);
	ck_assert_uint_eq(guest_read(1, PAGE), 0x1111); /* by the wrong key */
}

/* No other key has come: what is late is lost as well. */
CACHE_TEST(asid_released_without_wbinvd)
{
	store(1, 0, PAGE, 0x1111);
	psp_key_drop(rig.psp, 1);
	rig_wbinvd(&rig);
	expect_hazard(1, PSP_HAZARD_STALE_KEY, 1);
	psp_fabric_flush(rig.psp);
	psp_key_load(rig.psp, 2, KEY);
	ck_assert_uint_ne(guest_read(2, PAGE), 0x1111);
}

CACHE_TEST(asid_reuse_without_flush)
{
	store(1, 0, PAGE, 0x1111);
	rig_wbinvd(&rig);
	psp_key_drop(rig.psp, 1);
	psp_key_load(rig.psp, 1, KEY2);
	ck_assert_uint_eq(rig.hazards, 0);
	psp_fabric_flush(rig.psp);
	expect_hazard(1, PSP_HAZARD_STALE_KEY, 1);
	psp_key_load(rig.psp, 2, KEY);
	ck_assert_uint_ne(guest_read(2, PAGE), 0x1111);
}

/* ---- The firmware and devices read past the fabric. ---- */

CACHE_TEST(a_device_reads_another_view_too_early)
{
	store(1, 0, PAGE, 0x1111);
	psp_wbinvd(rig.psp, 0);
	ck_assert_uint_eq(dma_load(PAGE), 0);
	expect_hazard(1, PSP_HAZARD_FABRIC, 1);
	psp_fabric_flush(rig.psp);
	ck_assert_uint_eq(dma_load(PAGE), get64(rig.ram + PAGE));
	ck_assert_uint_ne(dma_load(PAGE), 0);
	ck_assert_uint_eq(rig.hazards, 1);
}

CACHE_TEST(the_firmware_reads_another_view_too_early)
{
	store(HOST, 0, PAGE, 0x1111);
	psp_wbinvd(rig.psp, 0);
	guest_read(1, PAGE);
	expect_hazard(1, PSP_HAZARD_FABRIC, 0);
	guest_read(1, PAGE + 64);
	ck_assert_uint_eq(rig.hazards, 1);
}

CACHE_TEST(hazards_are_counted)
{
	struct psp_stats stats;

	store(1, 0, PAGE, 0x1111);
	load(HOST, 0, PAGE);
	psp_get_stats(rig.psp, &stats);
	ck_assert_uint_eq(stats.hazards, 1);
	load(HOST, 0, PAGE + 8); /* a hit meets nobody */
	psp_get_stats(rig.psp, &stats);
	ck_assert_uint_eq(stats.hazards, 1);
}

/* The table is written through: cores and devices read what the entry is. */
CACHE_TEST(the_rmp_is_coherent)
{
	const uint64_t entry = RIG_RMP + 0x4000 + PAGE / 4096 * 16;

	rig_snp_init(&rig);
	ck_assert_uint_eq(load(HOST, 0, entry), 0);
	ck_assert_int_eq(psp_rmpupdate(rig.psp, 0, PAGE,
				       &(struct psp_rmp_entry){.assigned = true, .asid = 1}),
			 PSP_RMP_OK);
	ck_assert_uint_eq(load(HOST, 0, entry), 1 | 1ull << 51);
	ck_assert_uint_eq(get64(rig.ram + entry), 1 | 1ull << 51);
	ck_assert_uint_eq(rig.hazards, 0);
}

void suite_cases(void)
{
	SUITE_CASE(a_write_waits_in_the_cache_then_in_the_fabric);
	SUITE_CASE(one_view_is_coherent_everywhere);
	SUITE_CASE(accesses_cross_lines);
	SUITE_CASE(overflow_writes_back_the_oldest);
	SUITE_CASE(clflush_is_of_one_view);
	SUITE_CASE(a_reset_loses_what_is_not_in_ram);
	SUITE_CASE(launch_with_clflush);
	SUITE_CASE(launch_without_clflush);
	SUITE_CASE(a_page_changes_hands_with_wbinvd);
	SUITE_CASE(a_page_changes_hands_without);
	SUITE_CASE(write_backs_in_order_lose_nothing);
	SUITE_CASE(a_core_reads_behind_the_fabric);
	SUITE_CASE(the_fabric_keeps_the_order);
	SUITE_CASE(each_late_write_back_is_a_loss);
	SUITE_CASE(a_clean_line_of_another_view_is_stale);
	SUITE_CASE(asid_reuse_with_wbinvd_and_flush);
	SUITE_CASE(asid_reuse_without_wbinvd);
	SUITE_CASE(asid_released_without_wbinvd);
	SUITE_CASE(asid_reuse_without_flush);
	SUITE_CASE(a_device_reads_another_view_too_early);
	SUITE_CASE(the_firmware_reads_another_view_too_early);
	SUITE_CASE(hazards_are_counted);
	SUITE_CASE(the_rmp_is_coherent);
}
