/* SPDX-License-Identifier: MIT */
/* The writer's promises about files and digests. */
#include <errno.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/traces/common.h"

START_TEST(digest_does_not_need_a_file)
{
	char with[TRC_DIGEST_HEX], without[TRC_DIGEST_HEX];

	test_write_trace(test_path("t"), 5000, with);
	test_write_trace(NULL, 5000, without);
	ck_assert_str_eq(with, without);
	test_clean();
}
END_TEST

START_TEST(digest_depends_on_every_part)
{
	static const struct trc_record variants[] = {
		{.time = 1, .kind = TRC_LOG, .n_words = 1, .words = {1}},
		{.time = 2, .kind = TRC_LOG, .n_words = 1, .words = {1}},
		{.time = 1, .kind = TRC_FINDING, .n_words = 1, .words = {1}},
		{.time = 1, .kind = TRC_LOG, .n_words = 1, .words = {2}},
		{.time = 1, .kind = TRC_LOG, .n_words = 0},
		{.time = 1, .kind = TRC_LOG, .n_words = 1, .words = {1}, .text = ""},
		{.time = 1,
		 .kind = TRC_LOG,
		 .n_words = 1,
		 .words = {1},
		 .text = "a",
		 .text_len = 1},
		{.time = 1,
		 .kind = TRC_LOG,
		 .n_words = 1,
		 .words = {1},
		 .text = "b",
		 .text_len = 1},
	};
	enum { N = sizeof(variants) / sizeof(*variants) };
	char hex[N][TRC_DIGEST_HEX];

	for (int i = 0; i < N; i++) {
		struct trc_writer *writer;

		ck_assert_int_eq(trc_writer_open(&writer, NULL, &test_identity, NULL), 0);
		trc_write(writer, &variants[i]);
		trc_writer_digest(writer, hex[i]);
		ck_assert_int_eq(trc_writer_close(writer, NULL), 0);
		for (int j = 0; j < i; j++)
			ck_assert_msg(strcmp(hex[i], hex[j]) != 0, "variants %d and %d", i, j);
	}
}
END_TEST

START_TEST(digest_can_be_asked_in_between)
{
	struct trc_record record = test_record(1);
	char first[TRC_DIGEST_HEX], again[TRC_DIGEST_HEX], later[TRC_DIGEST_HEX];
	struct trc_writer *writer;

	ck_assert_int_eq(trc_writer_open(&writer, NULL, &test_identity, NULL), 0);
	trc_write(writer, &record);
	trc_writer_digest(writer, first);
	trc_writer_digest(writer, again);
	trc_write(writer, &record);
	trc_writer_digest(writer, later);
	ck_assert_str_eq(first, again);
	ck_assert_str_ne(first, later);
	trc_writer_abandon(writer);
}
END_TEST

START_TEST(file_appears_at_close)
{
	struct trc_writer *writer;
	const char *path = test_path("t");

	ck_assert_int_eq(trc_writer_open(&writer, path, &test_identity, NULL), 0);
	ck_assert_int_eq(access(path, F_OK), -1);
	ck_assert_int_eq(trc_writer_close(writer, NULL), 0);
	ck_assert_int_eq(access(path, F_OK), 0);
	ck_assert_uint_eq(test_files(), 1);
	test_clean();
}
END_TEST

START_TEST(abandoned_leaves_nothing)
{
	struct trc_writer *writer;

	ck_assert_int_eq(trc_writer_open(&writer, test_path("t"), &test_identity, NULL), 0);
	ck_assert_uint_eq(test_files(), 1);
	trc_writer_abandon(writer);
	ck_assert_uint_eq(test_files(), 0);
	test_clean();
}
END_TEST

START_TEST(interrupted_leaves_nothing)
{
	struct trc_writer *writer;

	ck_assert_int_eq(trc_writer_open(&writer, test_path("t"), &test_identity, NULL), 0);
	trc_unlink_unfinished();
	ck_assert_uint_eq(test_files(), 0);
	trc_writer_abandon(writer);
	test_clean();
}
END_TEST

/* A limit on the size of files stands for a full disk: write() fails in the middle. */
START_TEST(full_disk_is_told_and_leaves_nothing)
{
	struct rlimit limit = {20000, 20000};
	struct trc_writer *writer;
	char hex[TRC_DIGEST_HEX], full[TRC_DIGEST_HEX], *why = NULL;

	test_write_trace(NULL, 30000, full);
	signal(SIGXFSZ, SIG_IGN);
	ck_assert_int_eq(trc_writer_open(&writer, test_path("t"), &test_identity, &why), 0);
	ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);
	for (unsigned int i = 0; i < 30000; i++) {
		struct trc_record record = test_record(i);

		trc_write(writer, &record);
	}
	trc_writer_digest(writer, hex);
	ck_assert_str_eq(hex, full);
	ck_assert_int_eq(trc_writer_close(writer, &why), -EFBIG);
	ck_assert_ptr_nonnull(strstr(why, test_path("t")));
	ck_assert_ptr_nonnull(strstr(why, "File too large"));
	ck_assert_uint_eq(test_files(), 0);
	free(why);
	test_clean();
}
END_TEST

/* Renaming a finished file over a device would remove the device. */
START_TEST(what_is_no_plain_file_stays)
{
	struct trc_writer *writer;
	struct stat st;
	char hex[TRC_DIGEST_HEX], *why = NULL;

	ck_assert_int_eq(symlink("/dev/null", test_path("null")), 0);
	test_write_trace(test_path("null"), 10, hex);
	ck_assert_int_eq(lstat(test_path("null"), &st), 0);
	ck_assert(S_ISLNK(st.st_mode));

	ck_assert_int_eq(symlink("/dev/full", test_path("full")), 0);
	ck_assert_int_eq(trc_writer_open(&writer, test_path("full"), &test_identity, &why), 0);
	ck_assert_int_eq(trc_writer_close(writer, &why), -ENOSPC);
	ck_assert_ptr_nonnull(strstr(why, test_path("full")));
	ck_assert_uint_eq(test_files(), 2);
	free(why);
	why = NULL;

	ck_assert_int_eq(trc_writer_open(&writer, "/", &test_identity, &why), -EISDIR);
	free(why);
	test_clean();
}
END_TEST

START_TEST(missing_folder_is_told)
{
	struct trc_writer *writer;
	char *why = NULL;

	ck_assert_int_eq(trc_writer_open(&writer, test_path("no/t"), &test_identity, &why),
			 -ENOENT);
	ck_assert_ptr_nonnull(strstr(why, "no/t"));
	free(why);
	test_clean();
}
END_TEST

START_TEST(long_text_is_cut_off)
{
	struct trc_record record = {.kind = TRC_FINDING}, back;
	struct trc_writer *writer;
	struct trc_reader *reader;
	char *text = malloc(100000);

	memset(text, 'x', 100000);
	record.text = text;
	record.text_len = 100000;
	ck_assert_int_eq(trc_writer_open(&writer, test_path("t"), &test_identity, NULL), 0);
	trc_write(writer, &record);
	trc_write(writer, &record);
	ck_assert_int_eq(trc_writer_close(writer, NULL), 0);
	ck_assert_int_eq(trc_reader_open(&reader, test_path("t"), NULL), 0);
	ck_assert_int_eq(trc_read(reader, &back, NULL), 1);
	ck_assert_uint_eq(back.text_len, 65535);
	ck_assert_int_eq(trc_read(reader, &back, NULL), 1);
	ck_assert_int_eq(trc_read(reader, &back, NULL), 0);
	trc_reader_close(reader);
	free(text);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(digest_does_not_need_a_file);
	SUITE_CASE(digest_depends_on_every_part);
	SUITE_CASE(digest_can_be_asked_in_between);
	SUITE_CASE(file_appears_at_close);
	SUITE_CASE(abandoned_leaves_nothing);
	SUITE_CASE(interrupted_leaves_nothing);
	SUITE_CASE(full_disk_is_told_and_leaves_nothing);
	SUITE_CASE(what_is_no_plain_file_stays);
	SUITE_CASE(missing_folder_is_told);
	SUITE_CASE(long_text_is_cut_off);
}
