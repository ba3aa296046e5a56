/* SPDX-License-Identifier: MIT */
/* Files that are not what they should be: one message, with the place; never a crash. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <zlib.h>

#include "tests/traces/common.h"

enum { RECORDS = 3000 };

/* Read the file through. 0 or the error, with the message in *why. */
static int read_all(const char *path, char **why)
{
	struct trc_reader *reader;
	struct trc_record record;
	int ret;

	*why = NULL;
	ret = trc_reader_open(&reader, path, why);
	if (ret < 0)
		return ret;
	do
		ret = trc_read(reader, &record, why);
	while (ret == 1);
	if (ret < 0) {
		char *second = NULL;

		ck_assert_int_eq(trc_read(reader, &record, &second), ret);
		ck_assert_ptr_null(second);
	}
	trc_reader_close(reader);
	return ret;
}

/* The file must be refused, with its name and `part` in the message. */
static void refused(const void *data, size_t size, const char *part)
{
	const char *path = test_path("t");
	char *why;

	test_write_file(path, data, size);
	ck_assert_int_lt(read_all(path, &why), 0);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strncmp(why, path, strlen(path)) == 0, "no path: %s", why);
	ck_assert_msg(strstr(why, part) != NULL, "no '%s': %s", part, why);
	ck_assert_msg(strchr(why, '\n') == NULL, "more than a line: %s", why);
	free(why);
}

static uint8_t *good_file(size_t *size)
{
	char hex[TRC_DIGEST_HEX];

	test_write_trace(test_path("t"), RECORDS, hex);
	return test_read_file(test_path("t"), size);
}

static void put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

START_TEST(foreign_files)
{
	static const char lua[] = "-- a Lua file is not a trace\n";
	static const char png[] = "\x89PNG\r\n\x1a\n and much more of it";

	refused("", 0, "empty");
	refused("hello", 5, "not a faultline trace");
	refused(lua, sizeof(lua) - 1, "byte 0");
	refused(png, sizeof(png) - 1, "not a faultline trace");
	test_clean();
}
END_TEST

START_TEST(missing_file)
{
	char *why;

	ck_assert_int_eq(read_all(test_path("none"), &why), -ENOENT);
	ck_assert_ptr_nonnull(strstr(why, "none"));
	free(why);
	test_clean();
}
END_TEST

START_TEST(newer_version)
{
	size_t size;
	uint8_t *file = good_file(&size);

	file[8] = 2;
	refused(file, size, "version 2");
	refused(file, size, "byte 8");
	free(file);
	test_clean();
}
END_TEST

/* Every length that cuts a header, frame head or frame is told with the length as offset. */
START_TEST(cut_off_at_every_byte_of_the_header)
{
	size_t size;
	uint8_t *file = good_file(&size);
	size_t header = 16 + get32(file + 12) + 4;

	for (size_t cut = 8; cut <= header + 20; cut++) {
		char offset[32];

		snprintf(offset, sizeof(offset), "byte %zu:", cut);
		refused(file, cut, offset);
		refused(file, cut, "incomplete");
	}
	free(file);
	test_clean();
}
END_TEST

START_TEST(missing_end)
{
	size_t size;
	uint8_t *file = good_file(&size);

	refused(file, size - 60, "incomplete"); /* the end frame is 60 bytes */
	refused(file, size - 1, "incomplete");
	free(file);
	test_clean();
}
END_TEST

START_TEST(bytes_behind_the_end)
{
	size_t size;
	uint8_t *file = good_file(&size);

	file = realloc(file, size + 1);
	file[size] = 0;
	refused(file, size + 1, "follow the end");
	free(file);
	test_clean();
}
END_TEST

/* A frame that is left out: every checksum is right, and the end must notice. */
START_TEST(missing_frame)
{
	size_t size;
	uint8_t *file = good_file(&size);
	size_t header = 16 + get32(file + 12) + 4;
	size_t frame = 20 + get32(file + header + 4);

	memmove(file + header, file + header + frame, size - header - frame);
	refused(file, size - frame, "frames are missing");
	free(file);
	test_clean();
}
END_TEST

/* Sizes that would make a careless reader allocate or overrun. */
START_TEST(impossible_sizes)
{
	size_t size;
	uint8_t *file = good_file(&size);
	size_t header = 16 + get32(file + 12) + 4;
	uint32_t stored = get32(file + header + 4);

	put32(file + header + 4, 0xffffffff);
	refused(file, size, "not the head of a frame");
	put32(file + header + 4, stored);
	put32(file + header + 8, 0xffffffff);
	refused(file, size, "not the head of a frame");
	put32(file + 12, 0xffffffff);
	refused(file, size, "byte 12");
	free(file);
	test_clean();
}
END_TEST

/* The frame `raw` with right checksums, in place of all records. */
static void with_frame(const uint8_t *raw, uint32_t raw_size, uint32_t records, const char *part)
{
	static uint8_t out[4096];
	size_t size;
	uint8_t *file = good_file(&size);
	size_t header = 16 + get32(file + 12) + 4;
	uint8_t *frame = out + header;
	uLongf stored = sizeof(out) - header - 20;

	memcpy(out, file, header);
	memcpy(frame, "FRAM", 4);
	ck_assert_int_eq(compress(frame + 20, &stored, raw, raw_size), Z_OK);
	put32(frame + 4, (uint32_t)stored);
	put32(frame + 8, raw_size);
	put32(frame + 12, records);
	put32(frame + 16, (uint32_t)crc32(crc32(0, frame, 16), frame + 20, (uInt)stored));
	refused(out, header + 20 + stored, part);
	free(file);
	test_clean();
}

START_TEST(bytes_that_are_no_record)
{
	uint8_t raw[64] = {[8] = 1, [10] = 1};

	with_frame(raw, 24, 2, "no record");   /* the second is missing */
	with_frame(raw, 30, 1, "do not fill"); /* bytes are left over */
	raw[8] = 0;
	with_frame(raw, 24, 1, "no record"); /* kind 0 */
	raw[8] = 200;
	with_frame(raw, 24, 1, "no record"); /* unknown kind */
	raw[8] = 1;
	raw[10] = 13;
	with_frame(raw, 24, 1, "no record"); /* 13 words */
	raw[10] = 0;
	raw[12] = 1;
	with_frame(raw, 24, 1, "no record"); /* a length, but no text */
	raw[11] = 1;
	raw[13] = 1;
	with_frame(raw, 24, 1, "no record"); /* text beyond the frame */
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 7;
	*state ^= *state << 17;
	return *state;
}

static uint64_t property_seed(void)
{
	const char *given = getenv("FAULTLINE_TEST_SEED");

	return given ? strtoull(given, NULL, 0) : (uint64_t)time(NULL) * 2654435761u + 1;
}

/* One bit anywhere: checksums cover every byte, so each is found. */
START_TEST(any_flipped_bit_is_found)
{
	uint64_t seed = property_seed(), state = seed;
	size_t size;
	uint8_t *file = good_file(&size);

	for (int i = 0; i < 400; i++) {
		size_t at = next_random(&state) % size;
		uint8_t bit = (uint8_t)(1 << next_random(&state) % 8);
		char *why;

		file[at] ^= bit;
		test_write_file(test_path("t"), file, size);
		ck_assert_msg(read_all(test_path("t"), &why) < 0,
			      "seed %llu: flipping %#x at byte %zu passes",
			      (unsigned long long)seed, bit, at);
		ck_assert_ptr_nonnull(why);
		free(why);
		file[at] ^= bit;
	}
	free(file);
	test_clean();
}
END_TEST

START_TEST(any_truncation_is_found)
{
	uint64_t seed = property_seed(), state = seed;
	size_t size;
	uint8_t *file = good_file(&size);

	for (int i = 0; i < 200; i++) {
		size_t cut = next_random(&state) % size;
		char *why;

		test_write_file(test_path("t"), file, cut);
		ck_assert_msg(read_all(test_path("t"), &why) < 0,
			      "seed %llu: cut to %zu bytes passes", (unsigned long long)seed, cut);
		ck_assert_ptr_nonnull(why);
		free(why);
	}
	free(file);
	test_clean();
}
END_TEST

/* Random bytes in a frame whose checksum is right: anything but a crash. */
START_TEST(any_record_bytes_are_survived)
{
	uint64_t seed = property_seed(), state = seed;
	uint8_t raw[128];

	for (int i = 0; i < 200; i++) {
		for (size_t b = 0; b < sizeof(raw); b++)
			raw[b] = (uint8_t)next_random(&state) & (b % 16 < 8 ? 0xff : 0x03);
		with_frame(raw, 1 + next_random(&state) % sizeof(raw), 1 + next_random(&state) % 4,
			   "byte ");
	}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(foreign_files);
	SUITE_CASE(missing_file);
	SUITE_CASE(newer_version);
	SUITE_CASE(cut_off_at_every_byte_of_the_header);
	SUITE_CASE(missing_end);
	SUITE_CASE(bytes_behind_the_end);
	SUITE_CASE(missing_frame);
	SUITE_CASE(impossible_sizes);
	SUITE_CASE(bytes_that_are_no_record);
	SUITE_CASE(any_flipped_bit_is_found);
	SUITE_CASE(any_truncation_is_found);
	SUITE_CASE(any_record_bytes_are_survived);
}
