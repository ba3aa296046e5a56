/* SPDX-License-Identifier: MIT */
/* Imports that nobody provides: each use of one names it. */
#include <setjmp.h>
#include <signal.h>
#include <string.h>

#include "tests/loader/support.h"

static sigjmp_buf back;
static char missing_name[64];
static uintptr_t missing_frame;
static const struct kut_image *loaded;

/* The ABI wants the stack at a multiple of 16 at a call, so the frame is at one too. */
static void missing(const char *symbol)
{
	missing_frame = (uintptr_t)__builtin_frame_address(0);
	strncpy(missing_name, symbol, sizeof(missing_name) - 1);
	siglongjmp(back, 1);
}

static void fault(int signal, siginfo_t *info, void *context)
{
	const char *name = kut_image_missing_at(loaded, (uintptr_t)info->si_addr);

	(void)signal;
	(void)context;
	strncpy(missing_name, name ? name : "(no import)", sizeof(missing_name) - 1);
	siglongjmp(back, 1);
}

static struct kut_image *load(void)
{
	struct sigaction action = {.sa_sigaction = fault, .sa_flags = SA_SIGINFO};
	struct kut_image *image;
	char *why = NULL;

	sigaction(SIGSEGV, &action, NULL);
	ck_assert_int_eq(kut_image_new(&image, missing, &why), 0);
	image_add(image, FRAGMENT("base"));
	image_add(image, FRAGMENT("missing"));
	image_link(image);
	loaded = image;
	return image;
}

/* Run a function of the image that ends in missing() or in a fault. */
static const char *end_of(const struct kut_image *image, const char *function)
{
	strcpy(missing_name, "(returned)");
	if (sigsetjmp(back, 1) == 0)
		call(image, function);
	return missing_name;
}

START_TEST(a_called_import_names_itself)
{
	struct kut_image *image = load();

	ck_assert_str_eq(end_of(image, "call_even"), "absent_function");
	ck_assert_uint_eq(missing_frame % 16, 0);
	kut_image_free(image);
}
END_TEST

START_TEST(the_stub_realigns_the_stack)
{
	struct kut_image *image = load();

	ck_assert_str_eq(end_of(image, "call_odd"), "absent_function");
	ck_assert_uint_eq(missing_frame % 16, 0);
	kut_image_free(image);
}
END_TEST

START_TEST(data_that_is_read_faults_with_its_name)
{
	struct kut_image *image = load();

	ck_assert_str_eq(end_of(image, "read_data"), "absent_data");
	kut_image_free(image);
}
END_TEST

START_TEST(a_call_through_a_pointer_faults_with_its_name)
{
	struct kut_image *image = load();

	ck_assert_str_eq(end_of(image, "call_callback"), "absent_callback");
	kut_image_free(image);
}
END_TEST

START_TEST(imports_are_listed_with_who_wants_them)
{
	struct kut_image *image = load();
	const char *names[8] = {NULL};

	ck_assert_uint_eq(kut_image_imports(image, names, 8), 3);
	ck_assert_str_eq(names[0], "absent_function");
	ck_assert_str_eq(names[1], "absent_data");
	ck_assert_str_eq(names[2], "absent_callback");
	ck_assert_str_eq(kut_image_import_object(image, "absent_data"), FRAGMENT("missing"));
	ck_assert_ptr_null(kut_image_import_object(image, "not_wanted"));
	ck_assert_uint_eq(kut_image_symbol(image, "absent_function"), 0);
	kut_image_free(image);
}
END_TEST

START_TEST(other_addresses_are_no_imports)
{
	struct kut_image *image = load();

	ck_assert_ptr_null(kut_image_missing_at(image, address(image, "call_even")));
	ck_assert_ptr_null(kut_image_missing_at(image, 0));
	ck_assert_ptr_null(kut_image_missing_at(image, UINT64_MAX));
	kut_image_free(image);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(a_called_import_names_itself);
	SUITE_CASE(the_stub_realigns_the_stack);
	SUITE_CASE(data_that_is_read_faults_with_its_name);
	SUITE_CASE(a_call_through_a_pointer_faults_with_its_name);
	SUITE_CASE(imports_are_listed_with_who_wants_them);
	SUITE_CASE(other_addresses_are_no_imports);
}
