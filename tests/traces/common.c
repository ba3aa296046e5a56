/* SPDX-License-Identifier: MIT */
#include "tests/traces/common.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

const struct trc_identity test_identity = {
	.scenario = "scenarios/x.lua",
	.scenario_hash = "aa",
	.kernel = "6.12",
	.kernel_hash = "bb",
	.options = "",
	.seed = 7,
};

static char folder[256];

const char *test_path(const char *name)
{
	static char path[512];

	if (!folder[0]) {
		const char *base = getenv("TMPDIR");

		snprintf(folder, sizeof(folder), "%s/faultline-test-XXXXXX",
			 base ? base : P_tmpdir);
		ck_assert_ptr_nonnull(mkdtemp(folder));
	}
	snprintf(path, sizeof(path), "%s/%s", folder, name);
	return path;
}

static unsigned int each_file(bool remove)
{
	DIR *dir = opendir(folder);
	struct dirent *entry;
	unsigned int n = 0;

	ck_assert_ptr_nonnull(dir);
	while ((entry = readdir(dir))) {
		if (entry->d_name[0] == '.')
			continue;
		n++;
		if (remove)
			unlinkat(dirfd(dir), entry->d_name, 0);
	}
	closedir(dir);
	return n;
}

unsigned int test_files(void)
{
	return each_file(false);
}

void test_clean(void)
{
	each_file(true);
	rmdir(folder);
	folder[0] = '\0';
}

uint8_t *test_read_file(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *data;
	long end;

	ck_assert_msg(file != NULL, "%s cannot be opened", path);
	fseek(file, 0, SEEK_END);
	end = ftell(file);
	rewind(file);
	data = malloc((size_t)end + 1);
	*size = fread(data, 1, (size_t)end, file);
	ck_assert_uint_eq(*size, (size_t)end);
	fclose(file);
	return data;
}

void test_write_file(const char *path, const void *data, size_t size)
{
	FILE *file = fopen(path, "wb");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(data, 1, size, file), size);
	ck_assert_int_eq(fclose(file), 0);
}

struct trc_record test_record(unsigned int n)
{
	static const char text[] = "a text\0with a NUL and \xc3\xa9";
	struct trc_record record = {
		.time = 1000000ull * n,
		.kind = 1 + n % (TRC_KINDS - 1),
		.n_words = n % (TRC_MAX_WORDS + 1),
	};

	for (unsigned int i = 0; i < record.n_words; i++)
		record.words[i] = 0x0123456789abcdefull * (n + i);
	if (n % 3) {
		record.text = text;
		record.text_len = n % sizeof(text);
	}
	return record;
}

void test_write_trace(const char *path, unsigned int n, char digest[TRC_DIGEST_HEX])
{
	struct trc_writer *writer;
	char *why = NULL;

	ck_assert_int_eq(trc_writer_open(&writer, path, &test_identity, &why), 0);
	for (unsigned int i = 0; i < n; i++) {
		struct trc_record record = test_record(i);

		trc_write(writer, &record);
	}
	trc_writer_digest(writer, digest);
	ck_assert_uint_eq(trc_writer_records(writer), n);
	ck_assert_int_eq(trc_writer_close(writer, &why), 0);
}
