/* SPDX-License-Identifier: MIT */
/* Symbols, relocations, places and protections of a linked image. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "tests/loader/support.h"

START_TEST(objects_call_each_other)
{
	struct kut_image *image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);

	ck_assert_int_eq(call(image, "count"), 42);
	ck_assert_int_eq(call(image, "count"), 43);
	ck_assert_uint_eq(read32(address(image, "shared_counter")), 43);
	ck_assert_str_eq(((const char *(*)(void))(uintptr_t)address(image, "base_text"))(),
			 "text of base");
	kut_image_free(image);
}
END_TEST

START_TEST(locals_of_one_name_stay_apart)
{
	struct kut_image *image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);

	ck_assert_int_eq(call(image, "base_local"), 1);
	ck_assert_int_eq(call(image, "other_local"), 2);
	kut_image_free(image);
}
END_TEST

START_TEST(a_local_is_found_if_unique)
{
	struct kut_image *image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);

	ck_assert_uint_eq(kut_image_symbol(image, "only_in_other"),
			  read64(address(image, "table_of_other")));
	ck_assert_uint_eq(kut_image_symbol(image, "local_value"), 0);
	ck_assert_uint_eq(kut_image_symbol(image, "never_heard_of"), 0);
	kut_image_free(image);
}
END_TEST

/* In both orders: the strong definition wins. */
START_TEST(strong_beats_weak)
{
	struct kut_image *image = image_of(FRAGMENT("base"), NULL);

	ck_assert_int_eq(call(image, "weak_choice"), 1);
	kut_image_free(image);
	image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);
	ck_assert_int_eq(call(image, "weak_choice"), 2);
	kut_image_free(image);
	image = image_of(FRAGMENT("other"), FRAGMENT("base"), NULL);
	ck_assert_int_eq(call(image, "weak_choice"), 2);
	kut_image_free(image);
}
END_TEST

START_TEST(undefined_weak_is_null)
{
	struct kut_image *image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);

	ck_assert_int_eq(call(image, "weak_is_null"), 1);
	ck_assert_uint_eq(kut_image_symbol(image, "nobody_defines_this"), 0);
	ck_assert_uint_eq(kut_image_imports(image, NULL, 0), 0);
	kut_image_free(image);
}
END_TEST

/* common_block has 40 bytes in one object and 80 in the other. */
START_TEST(commons_merge_to_the_largest)
{
	struct kut_image *image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);
	uint64_t block = address(image, "common_block");
	char text[64];

	for (unsigned int i = 0; i < 20; i++)
		ck_assert_uint_eq(read32(block + 4 * i), 0);
	kut_image_symbolize(image, block + 79, text, sizeof(text));
	ck_assert_str_eq(text, "common_block+0x4f/0x50");
	kut_image_free(image);
}
END_TEST

START_TEST(a_second_strong_definition_names_both_objects)
{
	struct kut_image *image = image_open();
	char *why = NULL;

	image_add(image, FRAGMENT("base"));
	image_add(image, FRAGMENT("duplicate"));
	ck_assert_int_eq(kut_image_link(image, &why), -EEXIST);
	must_name(why, FRAGMENT("base"), FRAGMENT("duplicate"), "shared_counter", NULL);
	free(why);
	kut_image_free(image);
}
END_TEST

/* Psabi, "Relocation Types": S + A, S + A - P; PLT32 reaches the function itself. */
START_TEST(the_five_relocation_types)
{
	struct kut_image *image = image_of(FRAGMENT("relocs"), NULL);
	uint64_t target = address(image, "target"), at;

	ck_assert_uint_eq(read64(address(image, "at_64")), target + 8);
	ck_assert_uint_eq(read32(address(image, "at_32")), (uint32_t)(target + 4));
	ck_assert_uint_eq(read32(address(image, "at_32s")), (uint32_t)(target - 4));
	at = address(image, "at_pc32");
	ck_assert_uint_eq(read32(at), (uint32_t)(target - at));
	at = address(image, "at_plt32");
	ck_assert_uint_eq(read32(at), (uint32_t)(address(image, "far_function") - (at + 4)));
	ck_assert_uint_eq(read64(address(image, "at_abs")), UINT64_C(0x123456789abcdef0));
	kut_image_free(image);
}
END_TEST

static int link_range(const char *path, uint64_t limit, char **why)
{
	struct kut_image *image = image_open();
	int error;

	image_add(image, path);
	ck_assert_int_eq(kut_image_define(image, "limit", limit, why), 0);
	error = kut_image_link(image, why);
	kut_image_free(image);
	return error;
}

START_TEST(values_that_do_not_fit_are_errors)
{
	char *why = NULL;

	ck_assert_int_eq(link_range(FRAGMENT("range-unsigned"), 0xffffffff, &why), 0);
	ck_assert_int_eq(link_range(FRAGMENT("range-unsigned"), 0x100000000, &why), -ENOEXEC);
	must_name(why, FRAGMENT("range-unsigned"), ".data+0x8", "limit", "R_X86_64_32", NULL);
	free(why);
	ck_assert_int_eq(link_range(FRAGMENT("range-unsigned"), UINT64_C(0xffffffff80000000), &why),
			 -ENOEXEC);
	free(why);
	ck_assert_int_eq(link_range(FRAGMENT("range-signed"), 0x7fffffff, &why), 0);
	ck_assert_int_eq(link_range(FRAGMENT("range-signed"), UINT64_C(0xffffffff80000000), &why),
			 0);
	ck_assert_int_eq(link_range(FRAGMENT("range-signed"), 0x80000000, &why), -ENOEXEC);
	must_name(why, FRAGMENT("range-signed"), ".text+0x6", "limit", "R_X86_64_32S", NULL);
	free(why);
}
END_TEST

START_TEST(an_unsupported_relocation_is_named)
{
	struct kut_image *image = image_open();
	char *why = NULL;

	ck_assert_int_eq(kut_image_add(image, FRAGMENT("unsupported"), &why), -ENOEXEC);
	must_name(why, FRAGMENT("unsupported"), ".data+0x4", "24", NULL);
	free(why);
	kut_image_free(image);
}
END_TEST

START_TEST(aliases_have_the_value_of_their_target)
{
	struct kut_image *image = image_open();
	char *why = NULL;

	image_add(image, FRAGMENT("base"));
	ck_assert_int_eq(kut_image_alias(image, "other_name", "shared_counter", &why), 0);
	ck_assert_int_eq(kut_image_define(image, "fixed", 0x1234, &why), 0);
	image_link(image);
	ck_assert_uint_eq(address(image, "other_name"), address(image, "shared_counter"));
	ck_assert_uint_eq(address(image, "fixed"), 0x1234);
	kut_image_free(image);
}
END_TEST

START_TEST(an_alias_without_target_is_an_error)
{
	struct kut_image *image = image_open();
	char *why = NULL;

	image_add(image, FRAGMENT("base"));
	ck_assert_int_eq(kut_image_alias(image, "other_name", "never_heard_of", &why), 0);
	ck_assert_int_eq(kut_image_link(image, &why), -ENOENT);
	must_name(why, "other_name", "never_heard_of", NULL);
	free(why);
	kut_image_free(image);
}
END_TEST

START_TEST(definitions_must_not_collide)
{
	struct kut_image *image = image_open();
	char *why = NULL;

	image_add(image, FRAGMENT("base"));
	ck_assert_int_eq(kut_image_define(image, "shared_counter", 1, &why), 0);
	ck_assert_int_eq(kut_image_define(image, "shared_counter", 2, &why), -EEXIST);
	must_name(why, "shared_counter", NULL);
	free(why);
	ck_assert_int_eq(kut_image_link(image, &why), -EEXIST);
	must_name(why, "shared_counter", FRAGMENT("base"), NULL);
	free(why);
	kut_image_free(image);
}
END_TEST

/* The letters of the mapping that holds `addr`. */
static void mapping(uint64_t addr, char protection[5])
{
	FILE *maps = fopen("/proc/self/maps", "r");
	char line[512];

	ck_assert(maps != NULL);
	strcpy(protection, "none");
	while (fgets(line, sizeof(line), maps)) {
		uint64_t low, high;
		char letters[5];

		ck_assert(sscanf(line, "%" SCNx64 "-%" SCNx64 " %4s", &low, &high, letters) == 3);
		if (addr >= low && addr < high)
			strcpy(protection, letters);
	}
	fclose(maps);
}

START_TEST(memory_is_protected)
{
	struct kut_image *image =
		image_of(FRAGMENT("base"), FRAGMENT("other"), FRAGMENT("missing"), NULL);
	struct kut_percpu percpu;
	char letters[5];

	kut_image_percpu(image, &percpu);
	mapping(address(image, "count"), letters);
	ck_assert_str_eq(letters, "r-xp");
	mapping(address(image, "table_of_other"), letters);
	ck_assert_str_eq(letters, "r--p");
	mapping(address(image, "shared_counter"), letters);
	ck_assert_str_eq(letters, "rw-p");
	mapping(address(image, "common_block"), letters);
	ck_assert_str_eq(letters, "rw-p");
	mapping(percpu.start + percpu.size - 1, letters);
	ck_assert_str_eq(letters, "rw-p");
	kut_image_free(image);
	mapping(KUT_IMAGE_BASE, letters);
	ck_assert_str_eq(letters, "none");
}
END_TEST

START_TEST(addresses_are_the_same_each_time)
{
	struct kut_image *image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);
	uint64_t first = address(image, "count"), data = address(image, "shared_counter");

	ck_assert(first >= KUT_IMAGE_BASE && data < UINT64_C(0x80000000));
	ck_assert(kut_image_contains(image, first) && kut_image_is_text(image, first));
	ck_assert(kut_image_contains(image, data) && !kut_image_is_text(image, data));
	ck_assert(!kut_image_contains(image, KUT_IMAGE_BASE - 1));
	kut_image_free(image);
	image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);
	ck_assert_uint_eq(address(image, "count"), first);
	ck_assert_uint_eq(address(image, "shared_counter"), data);
	kut_image_free(image);
}
END_TEST

START_TEST(an_occupied_place_is_an_error)
{
	void *wall = mmap((void *)(uintptr_t)(KUT_IMAGE_BASE + 0x1000), 4096, PROT_READ,
			  MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
	struct kut_image *image = image_open();
	char *why = NULL;

	ck_assert(wall == (void *)(uintptr_t)(KUT_IMAGE_BASE + 0x1000));
	image_add(image, FRAGMENT("base"));
	ck_assert_int_eq(kut_image_link(image, &why), -EADDRINUSE);
	must_name(why, "0x20000000", "0x20001000-0x20002000", NULL);
	free(why);
	kut_image_free(image);
	munmap(wall, 4096);
}
END_TEST

START_TEST(a_linked_image_is_closed)
{
	struct kut_image *image = image_of(FRAGMENT("base"), NULL);
	char *why = NULL;

	ck_assert_int_eq(kut_image_add(image, FRAGMENT("other"), &why), -EINVAL);
	free(why);
	ck_assert_int_eq(kut_image_define(image, "name", 1, &why), -EINVAL);
	free(why);
	ck_assert_int_eq(kut_image_link(image, &why), -EINVAL);
	free(why);
	kut_image_free(image);
}
END_TEST

START_TEST(addresses_become_text)
{
	struct kut_image *image = image_of(FRAGMENT("tables"), NULL);
	uint64_t late = address(image, "late");
	char text[64];

	kut_image_symbolize(image, late, text, sizeof(text));
	ck_assert_str_eq(text, "late+0x0/0x1");
	kut_image_symbolize(image, KUT_IMAGE_BASE - 16, text, sizeof(text));
	ck_assert_str_eq(text, "0x1ffffff0");
	ck_assert_int_eq(kut_image_symbolize(image, late, text, 5), (int)strlen("late+0x0/0x1"));
	ck_assert_str_eq(text, "late");
	kut_image_free(image);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(objects_call_each_other);
	SUITE_CASE(locals_of_one_name_stay_apart);
	SUITE_CASE(a_local_is_found_if_unique);
	SUITE_CASE(strong_beats_weak);
	SUITE_CASE(undefined_weak_is_null);
	SUITE_CASE(commons_merge_to_the_largest);
	SUITE_CASE(a_second_strong_definition_names_both_objects);
	SUITE_CASE(the_five_relocation_types);
	SUITE_CASE(values_that_do_not_fit_are_errors);
	SUITE_CASE(an_unsupported_relocation_is_named);
	SUITE_CASE(aliases_have_the_value_of_their_target);
	SUITE_CASE(an_alias_without_target_is_an_error);
	SUITE_CASE(definitions_must_not_collide);
	SUITE_CASE(memory_is_protected);
	SUITE_CASE(addresses_are_the_same_each_time);
	SUITE_CASE(an_occupied_place_is_an_error);
	SUITE_CASE(a_linked_image_is_closed);
	SUITE_CASE(addresses_become_text);
}
