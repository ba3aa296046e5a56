/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/traces/common.h"

enum { RECORDS = 2000 };

static struct trc_comparer *open_recording(void)
{
	struct trc_comparer *comparer;
	char hex[TRC_DIGEST_HEX], *why = NULL;

	test_write_trace(test_path("t"), RECORDS, hex);
	ck_assert_int_eq(trc_comparer_open(&comparer, test_path("t"), &why), 0);
	return comparer;
}

static void feed_equal(struct trc_comparer *comparer, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		struct trc_record record = test_record(i);
		char *text = NULL;

		ck_assert_int_eq(trc_compare(comparer, &record, &text), 0);
	}
}

static void has(const char *text, const char *part)
{
	ck_assert_ptr_nonnull(text);
	ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %s", part, text);
}

START_TEST(equal_runs)
{
	struct trc_comparer *comparer = open_recording();
	char *text;

	feed_equal(comparer, RECORDS);
	ck_assert_int_eq(trc_comparer_close(comparer, &text), 0);
	ck_assert_ptr_null(text);
	test_clean();
}
END_TEST

START_TEST(first_difference_is_told_once)
{
	struct trc_comparer *comparer = open_recording();
	struct trc_record record = test_record(40);
	char *text = NULL;

	feed_equal(comparer, 40);
	/* Kind 20 of 21 is `case`; its time is 40 us. */
	record.time += 3;
	ck_assert_int_eq(trc_compare(comparer, &record, &text), 1);
	has(text, "record 41");
	has(text, "\n- [    0.000040000000] case ");
	has(text, "\n+ [    0.000040000003] case ");
	has(text, "\n  [    0.000039000000] report"); /* what came before */
	free(text);
	text = NULL;
	ck_assert_int_eq(trc_compare(comparer, &record, &text), 0);
	ck_assert_ptr_null(text);
	ck_assert_int_eq(trc_comparer_close(comparer, &text), 1);
	ck_assert_ptr_null(text);
	test_clean();
}
END_TEST

/* Each part of a record counts. */
START_TEST(any_part_may_differ)
{
	for (int part = 0; part < 5; part++) {
		struct trc_comparer *comparer = open_recording();
		struct trc_record record = test_record(5);
		char *text = NULL;

		feed_equal(comparer, 5);
		if (part == 0)
			record.kind = TRC_LOG;
		else if (part == 1)
			record.words[4]++;
		else if (part == 2)
			record.n_words--;
		else if (part == 3)
			record.text_len--;
		else
			record.text = "A text";
		ck_assert_msg(trc_compare(comparer, &record, &text) == 1, "part %d", part);
		free(text);
		ck_assert_int_eq(trc_comparer_close(comparer, &text), 1);
	}
	test_clean();
}
END_TEST

START_TEST(recording_goes_on)
{
	struct trc_comparer *comparer = open_recording();
	char *text;

	feed_equal(comparer, RECORDS - 1);
	ck_assert_int_eq(trc_comparer_close(comparer, &text), 1);
	has(text, "+ this run ends here");
	free(text);
	test_clean();
}
END_TEST

START_TEST(run_goes_on)
{
	struct trc_comparer *comparer = open_recording();
	struct trc_record record = test_record(1);
	char *text = NULL;

	feed_equal(comparer, RECORDS);
	ck_assert_int_eq(trc_compare(comparer, &record, &text), 1);
	has(text, "- the recorded trace ends here");
	free(text);
	ck_assert_int_eq(trc_comparer_close(comparer, &text), 1);
	test_clean();
}
END_TEST

/* The damage lies behind the first frames: the records before it are compared. */
START_TEST(damaged_recording)
{
	struct trc_comparer *comparer;
	char hex[TRC_DIGEST_HEX], *text = NULL;
	unsigned int i = 0;
	uint8_t *file;
	size_t size;
	int ret = 0;

	test_write_trace(test_path("t"), RECORDS, hex);
	file = test_read_file(test_path("t"), &size);
	test_write_file(test_path("t"), file, size - 100);
	free(file);
	ck_assert_int_eq(trc_comparer_open(&comparer, test_path("t"), &text), 0);
	while (ret == 0 && i < RECORDS) {
		struct trc_record record = test_record(i++);

		ret = trc_compare(comparer, &record, &text);
	}
	ck_assert_int_eq(ret, -EBADMSG);
	has(text, "incomplete");
	free(text);
	ck_assert_int_eq(trc_comparer_close(comparer, &text), -EBADMSG);
	ck_assert_ptr_null(text);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(equal_runs);
	SUITE_CASE(first_difference_is_told_once);
	SUITE_CASE(any_part_may_differ);
	SUITE_CASE(recording_goes_on);
	SUITE_CASE(run_goes_on);
	SUITE_CASE(damaged_recording);
}
