/* SPDX-License-Identifier: MIT */
/* Files against docs/trace-format.md, byte by byte, in both directions. */
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "tests/traces/common.h"

/*
 * One record by the document: time 1000000 ps, kind 2 (mmio-read), 3 words, no
 * text; and one of kind 1 (log), one word, text "hi".
 */
static const uint8_t canonical[] =
	{
		0x40, 0x42, 0x0f, 0, 0, 0, 0, 0, 2,    0,    3,	   0,	 0, 0, 0, 0, /* 16 */
		0x20, 0,    5,	  9, 0, 0, 0, 0, 0xef, 0xbe, 0xad, 0xde, 0, 0, 0, 0,
		4,    0,    0,	  0, 0, 0, 0, 0, 0x41, 0x42, 0x0f, 0,	 0, 0, 0, 0,
		1,    0,    1,	  1, 2, 0, 0, 0, /* 16 */
		6,    0,    0,	  0, 0, 0, 0, 0, 'h',  'i',
};

/* sha256sum of these bytes */
static const uint8_t digest[32] = {0x91, 0x77, 0x52, 0x9a, 0x32, 0x72, 0x04, 0x73, 0x5a, 0x90, 0x6e,
				   0xaf, 0xad, 0xd0, 0x32, 0xd5, 0xf0, 0x28, 0x4b, 0x97, 0x4a, 0x24,
				   0x77, 0x4f, 0xbd, 0xbe, 0x44, 0x52, 0x32, 0x35, 0xf6, 0x94};
static const char digest_hex[] = "9177529a327204735a906eafadd032d5f0284b974a24774fbdbe44523235f694";

static const struct trc_record records[] = {
	{.time = 1000000,
	 .kind = TRC_MMIO_READ,
	 .n_words = 3,
	 .words = {0x09050020, 0xdeadbeef, 4}},
	{.time = 1000001, .kind = TRC_LOG, .n_words = 1, .words = {6}, .text = "hi", .text_len = 2},
};

static uint8_t *put32(uint8_t *at, uint32_t value)
{
	for (int i = 0; i < 4; i++)
		*at++ = (uint8_t)(value >> (8 * i));
	return at;
}

static uint32_t get32(const uint8_t *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

static uint8_t *put_text(uint8_t *at, const char *text)
{
	at = put32(at, (uint32_t)strlen(text));
	memcpy(at, text, strlen(text));
	return at + strlen(text);
}

/* The header of test_identity. */
static uint8_t *put_header(uint8_t *start)
{
	static const uint8_t magic[8] = {0x89, 'F', 'L', 'T', 'R', 'C', '\r', '\n'};
	uint8_t *at = start + 16;

	memcpy(start, magic, 8);
	put32(start + 8, 1);
	at = put32(at, 7);
	at = put32(at, 0);
	at = put_text(at, test_identity.scenario);
	at = put_text(at, test_identity.scenario_hash);
	at = put_text(at, test_identity.kernel);
	at = put_text(at, test_identity.kernel_hash);
	at = put_text(at, test_identity.options);
	put32(start + 12, (uint32_t)(at - start - 16));
	return put32(at, (uint32_t)crc32(0, start, (uInt)(at - start)));
}

static uint8_t *put_frame(uint8_t *start, const char *tag, const uint8_t *stored, uint32_t size,
			  uint32_t raw, uint32_t n)
{
	uint8_t *at = start + 4;

	memcpy(start, tag, 4);
	at = put32(at, size);
	at = put32(at, raw);
	at = put32(at, n);
	put32(at, (uint32_t)crc32(crc32(0, start, 16), stored, size));
	memcpy(at + 4, stored, size);
	return at + 4 + size;
}

static void check_records(const char *path)
{
	struct trc_reader *reader;
	struct trc_record r;
	char *why = NULL;

	ck_assert_int_eq(trc_reader_open(&reader, path, &why), 0);
	ck_assert_uint_eq(trc_reader_identity(reader)->seed, 7);
	ck_assert_str_eq(trc_reader_identity(reader)->scenario, "scenarios/x.lua");
	ck_assert_str_eq(trc_reader_identity(reader)->kernel_hash, "bb");
	ck_assert_str_eq(trc_reader_identity(reader)->options, "");
	ck_assert_int_eq(trc_read(reader, &r, &why), 1);
	ck_assert_uint_eq(r.time, 1000000);
	ck_assert_int_eq(r.kind, TRC_MMIO_READ);
	ck_assert_uint_eq(r.words[1], 0xdeadbeef);
	ck_assert_ptr_null(r.text);
	ck_assert_int_eq(trc_read(reader, &r, &why), 1);
	ck_assert_uint_eq(r.time, 1000001);
	ck_assert_uint_eq(r.n_words, 1);
	ck_assert_uint_eq(r.text_len, 2);
	ck_assert_int_eq(memcmp(r.text, "hi", 2), 0);
	ck_assert_int_eq(trc_read(reader, &r, &why), 0);
	ck_assert_str_eq(trc_reader_digest(reader), digest_hex);
	ck_assert_int_eq(trc_read(reader, &r, &why), 0);
	trc_reader_close(reader);
}

START_TEST(reads_a_file_made_by_the_document)
{
	static uint8_t file[4096], packed[1024], end[40];
	uLongf size = sizeof(packed);
	uint8_t *at = put_header(file);

	/* A record in a frame of its own each: how they are cut must not matter. */
	ck_assert_int_eq(compress2(packed, &size, canonical, 40, 9), Z_OK);
	at = put_frame(at, "FRAM", packed, (uint32_t)size, 40, 1);
	size = sizeof(packed);
	ck_assert_int_eq(compress2(packed, &size, canonical + 40, sizeof(canonical) - 40, 0), Z_OK);
	at = put_frame(at, "FRAM", packed, (uint32_t)size, sizeof(canonical) - 40, 1);
	put32(end, 2);
	memcpy(end + 8, digest, 32);
	at = put_frame(at, "END ", end, 40, 40, 0);
	test_write_file(test_path("t"), file, (size_t)(at - file));
	check_records(test_path("t"));
	test_clean();
}
END_TEST

START_TEST(writes_what_the_document_says)
{
	uint8_t header[512], raw[256], *file, *frame, *end;
	struct trc_writer *writer;
	size_t size, header_size;
	uLongf raw_size = sizeof(raw);
	char *why = NULL;

	ck_assert_int_eq(trc_writer_open(&writer, test_path("t"), &test_identity, &why), 0);
	trc_write(writer, &records[0]);
	trc_write(writer, &records[1]);
	ck_assert_int_eq(trc_writer_close(writer, &why), 0);
	file = test_read_file(test_path("t"), &size);
	header_size = (size_t)(put_header(header) - header);
	ck_assert_uint_gt(size, header_size + 20 + 60);
	ck_assert_mem_eq(file, header, header_size);
	frame = file + header_size;
	ck_assert_mem_eq(frame, "FRAM", 4);
	ck_assert_uint_eq(get32(frame + 8), sizeof(canonical));
	ck_assert_uint_eq(get32(frame + 12), 2);
	ck_assert_int_eq(uncompress(raw, &raw_size, frame + 20, get32(frame + 4)), Z_OK);
	ck_assert_uint_eq(raw_size, sizeof(canonical));
	ck_assert_mem_eq(raw, canonical, sizeof(canonical));
	end = frame + 20 + get32(frame + 4);
	ck_assert_uint_eq(size, (size_t)(end - file) + 60);
	ck_assert_mem_eq(end, "END ", 4);
	ck_assert_uint_eq(get32(end + 20), 2);
	ck_assert_mem_eq(end + 28, digest, 32);
	check_records(test_path("t"));
	free(file);
	test_clean();
}
END_TEST

static bool same(const struct trc_record *a, const struct trc_record *b)
{
	return a->time == b->time && a->kind == b->kind && a->n_words == b->n_words &&
	       memcmp(a->words, b->words, 8 * a->n_words) == 0 && !a->text == !b->text &&
	       a->text_len == b->text_len &&
	       (!a->text || memcmp(a->text, b->text, a->text_len) == 0);
}

/* Some hundred frames. */
START_TEST(many_records_come_back)
{
	enum { N = 50000 };
	char hex[TRC_DIGEST_HEX];
	struct trc_reader *reader;
	struct trc_record r;
	char *why = NULL;

	test_write_trace(test_path("t"), N, hex);
	ck_assert_int_eq(trc_reader_open(&reader, test_path("t"), &why), 0);
	for (unsigned int i = 0; i < N; i++) {
		struct trc_record expected = test_record(i);

		ck_assert_int_eq(trc_read(reader, &r, &why), 1);
		ck_assert_msg(same(&r, &expected), "record %u is another one", i);
	}
	ck_assert_int_eq(trc_read(reader, &r, &why), 0);
	ck_assert_str_eq(trc_reader_digest(reader), hex);
	trc_reader_close(reader);
	test_clean();
}
END_TEST

START_TEST(empty_trace_is_whole)
{
	char hex[TRC_DIGEST_HEX];
	struct trc_reader *reader;
	struct trc_record r;
	char *why = NULL;

	test_write_trace(test_path("t"), 0, hex);
	/* FIPS 180-4: SHA-256 of nothing */
	ck_assert_str_eq(hex, "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	ck_assert_int_eq(trc_reader_open(&reader, test_path("t"), &why), 0);
	ck_assert_int_eq(trc_read(reader, &r, &why), 0);
	trc_reader_close(reader);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(reads_a_file_made_by_the_document);
	SUITE_CASE(writes_what_the_document_says);
	SUITE_CASE(many_records_come_back);
	SUITE_CASE(empty_trace_is_whole);
}
