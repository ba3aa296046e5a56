/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "models/ram.h"

#include <errno.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/suite.h"

#define BASE UINT64_C(0x40000000)
#define SIZE UINT64_C(0x10000)
#define PAGE 4096

static struct mdl_ram *ram;

static void set_up(void)
{
	ram = mdl_ram_new(BASE, SIZE);
	ck_assert_ptr_nonnull(ram);
}

START_TEST(reads_as_zero_at_first)
{
	uint8_t buf[64], zero[64] = {0};

	set_up();
	memset(buf, 0xaa, sizeof(buf));
	ck_assert_int_eq(mdl_ram_read(ram, BASE + SIZE - 64, buf, 64), 0);
	ck_assert_mem_eq(buf, zero, 64);
	mdl_ram_free(ram);
}
END_TEST

START_TEST(keeps_what_was_written)
{
	char buf[5] = "";

	set_up();
	ck_assert_int_eq(mdl_ram_write(ram, BASE + 0xffe, "ping", 5), 0);
	ck_assert_int_eq(mdl_ram_read(ram, BASE + 0xffe, buf, 5), 0);
	ck_assert_str_eq(buf, "ping");
	ck_assert_uint_eq(mdl_ram_base(ram), BASE);
	ck_assert_uint_eq(mdl_ram_size(ram), SIZE);
	mdl_ram_free(ram);
}
END_TEST

START_TEST(bounds)
{
	uint8_t byte = 0x5a;

	set_up();
	ck_assert_int_eq(mdl_ram_write(ram, BASE - 1, &byte, 1), -EFAULT);
	ck_assert_int_eq(mdl_ram_write(ram, BASE + SIZE - 1, &byte, 1), 0);
	ck_assert_int_eq(mdl_ram_write(ram, BASE + SIZE, &byte, 1), -EFAULT);
	ck_assert_int_eq(mdl_ram_read(ram, BASE + SIZE - 1, (uint8_t[2]){0}, 2), -EFAULT);
	ck_assert_int_eq(mdl_ram_read(ram, BASE - 1, (uint8_t[2]){0}, 2), -EFAULT);
	ck_assert_int_eq(mdl_ram_read(ram, UINT64_MAX, &byte, 1), -EFAULT);
	ck_assert_ptr_null(mdl_ram_ptr(ram, BASE + PAGE, UINT64_MAX));
	ck_assert_ptr_null(mdl_ram_ptr(ram, BASE - 1, 1));
	ck_assert_ptr_null(mdl_ram_ptr(ram, BASE + 1, SIZE));
	ck_assert_ptr_nonnull(mdl_ram_ptr(ram, BASE, SIZE));
	mdl_ram_free(ram);
}
END_TEST

START_TEST(bad_geometry_is_refused)
{
	static const uint64_t bad[][2] = {
		{BASE, 0},
		{BASE + 1, PAGE},
		{BASE, PAGE + 1},
		{UINT64_C(1) << 63, PAGE},
		{PAGE, UINT64_C(1) << 63},
		{UINT64_MAX - PAGE + 1, PAGE},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		errno = 0;
		ck_assert_ptr_null(mdl_ram_new(bad[i][0], bad[i][1]));
		ck_assert_int_eq(errno, EINVAL);
	}
	mdl_ram_free(NULL);
}
END_TEST

START_TEST(cas_swaps_only_what_was_expected)
{
	uint64_t old, word;

	set_up();
	ck_assert_int_eq(mdl_ram_cas64(ram, BASE + 8, 0, 0x1122334455667788, &old), 0);
	ck_assert_uint_eq(old, 0);
	ck_assert_int_eq(mdl_ram_cas64(ram, BASE + 8, 0, 1, &old), 0);
	ck_assert_uint_eq(old, 0x1122334455667788);
	mdl_ram_read(ram, BASE + 8, &word, 8);
	ck_assert_uint_eq(word, 0x1122334455667788);
	ck_assert_int_eq(mdl_ram_cas64(ram, BASE + 4, 0, 1, &old), -EINVAL);
	ck_assert_int_eq(mdl_ram_cas64(ram, BASE + SIZE, 0, 1, &old), -EFAULT);
	mdl_ram_free(ram);
}
END_TEST

/*
 *  physical   BASE            BASE+PAGE       BASE+2*PAGE
 *             |---------------|---------------|--
 *  file       0               PAGE            2*PAGE
 *  alias                      |one page, mapped by somebody else|
 */
START_TEST(pages_can_be_mapped_as_aliases)
{
	char *alias;

	set_up();
	alias = mmap(NULL, PAGE, PROT_READ | PROT_WRITE, MAP_SHARED, mdl_ram_fd(ram), PAGE);
	ck_assert_ptr_ne(alias, MAP_FAILED);
	ck_assert_int_eq(mdl_ram_write(ram, BASE + PAGE + 16, "seen", 5), 0);
	ck_assert_str_eq(alias + 16, "seen");
	strcpy(alias, "back");
	ck_assert_str_eq((char *)mdl_ram_ptr(ram, BASE + PAGE, 5), "back");
	munmap(alias, PAGE);
	mdl_ram_free(ram);
}
END_TEST

/* An address range of SIZE bytes that is free now. */
static char *free_range(void)
{
	void *at = mmap(NULL, SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

	ck_assert_ptr_ne(at, MAP_FAILED);
	munmap(at, SIZE);
	return at;
}

START_TEST(maps_at_the_given_address_and_replaces_nothing)
{
	char *at;

	set_up();
	at = free_range();
	ck_assert_int_eq(mdl_ram_map(ram, at), 0);
	mdl_ram_write(ram, BASE + 0x2345, "there", 6);
	ck_assert_str_eq(at + 0x2345, "there");
	ck_assert_int_eq(mdl_ram_map(ram, at + PAGE), -EEXIST);
	ck_assert_int_eq(mdl_ram_map(ram, at + 1), -EINVAL);
	ck_assert_int_eq(mdl_ram_map(ram, NULL), -EINVAL);
	ck_assert_str_eq(at + 0x2345, "there");
	mdl_ram_free(ram);
	/* The view has gone with the RAM: the range is free again. */
	ck_assert_ptr_eq(
		mmap(at, SIZE, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0),
		at);
	munmap(at, SIZE);
}
END_TEST

START_TEST(large_ram_is_committed_lazily)
{
	struct mdl_ram *big = mdl_ram_new(0, UINT64_C(1) << 40);
	uint64_t word = 7;

	ck_assert_ptr_nonnull(big);
	ck_assert_int_eq(mdl_ram_write(big, (UINT64_C(1) << 40) - 8, &word, 8), 0);
	ck_assert_int_eq(mdl_ram_read(big, UINT64_C(1) << 39, &word, 8), 0);
	ck_assert_uint_eq(word, 0);
	mdl_ram_free(big);
}
END_TEST

static bool fail_second(void *ctx, const char *name)
{
	ck_assert_str_eq(name, "ram.read");
	return ++*(int *)ctx == 2;
}

START_TEST(fault_point)
{
	uint8_t byte;
	int asked = 0;

	set_up();
	mdl_ram_set_fault(ram, fail_second, &asked);
	ck_assert_int_eq(mdl_ram_read(ram, BASE, &byte, 1), 0);
	ck_assert_int_eq(mdl_ram_read(ram, BASE, &byte, 1), -EFAULT);
	ck_assert_int_eq(mdl_ram_read(ram, BASE, &byte, 1), 0);
	ck_assert_int_eq(mdl_ram_write(ram, BASE, &byte, 1), 0);
	ck_assert_int_eq(asked, 3);
	mdl_ram_free(ram);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(reads_as_zero_at_first);
	SUITE_CASE(keeps_what_was_written);
	SUITE_CASE(bounds);
	SUITE_CASE(bad_geometry_is_refused);
	SUITE_CASE(cas_swaps_only_what_was_expected);
	SUITE_CASE(pages_can_be_mapped_as_aliases);
	SUITE_CASE(maps_at_the_given_address_and_replaces_nothing);
	SUITE_CASE(large_ram_is_committed_lazily);
	SUITE_CASE(fault_point);
}
