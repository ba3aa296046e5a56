/* SPDX-License-Identifier: MIT */
/*
 * Every number of the file is checked before it is used, so a damaged file ends
 * in a message with the byte offset at which it stops making sense.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "traces/codec.h"
#include "traces/error.h"
#include "traces/sha256.h"

struct trc_reader {
	FILE *file;
	char *path;
	struct trc_identity identity;
	char *strings[TRC_STRINGS];
	uint64_t offset; /* of the next byte of the file */
	uint64_t records;
	SHA256_CTX sha;
	uint8_t *stored;   /* a frame as it is in the file */
	uint8_t *raw;	   /* and unpacked */
	uint32_t at, size; /* position and end of raw */
	uint32_t left;	   /* records that the frame still holds */
	uint64_t frame_offset;
	int state; /* 1 reading, 0 at the end, negative errno: failed */
	char digest[TRC_DIGEST_HEX];
};

#define ADVICE "record it again with `faultline run ... --trace FILE`"

static int cut_off(struct trc_reader *r, const char *what, char **why)
{
	if (ferror(r->file))
		return trc_error(why, -EIO, "%s: byte %" PRIu64 ": read error: %s", r->path,
				 r->offset, strerror(errno));
	return trc_error(why, -EBADMSG,
			 "%s: byte %" PRIu64 ": the file ends in the middle of %s; the trace is "
			 "incomplete: copy it again or " ADVICE,
			 r->path, r->offset, what);
}

static int damaged(struct trc_reader *r, uint64_t offset, const char *what, char **why)
{
	return trc_error(why, -EBADMSG,
			 "%s: byte %" PRIu64 ": %s; the trace is damaged: copy it again or " ADVICE,
			 r->path, offset, what);
}

/* Read exactly `size` bytes. `offset` moves to the end of the file if it is cut off. */
static bool get(struct trc_reader *r, void *buf, size_t size)
{
	size_t n = fread(buf, 1, size, r->file);

	r->offset += n;
	return n == size;
}

static int read_prefix(struct trc_reader *r, uint8_t prefix[TRC_PREFIX_SIZE], char **why)
{
	uint32_t version;

	if (!get(r, prefix, TRC_PREFIX_SIZE)) {
		if (r->offset < TRC_MAGIC_SIZE || memcmp(prefix, TRC_MAGIC, TRC_MAGIC_SIZE) != 0)
			return trc_error(why, -EBADMSG, "%s: not a faultline trace%s; " ADVICE,
					 r->path, r->offset ? "" : ": the file is empty");
		return cut_off(r, "its header", why);
	}
	if (memcmp(prefix, TRC_MAGIC, TRC_MAGIC_SIZE) != 0)
		return trc_error(why, -EBADMSG,
				 "%s: byte 0: not a faultline trace (it does not begin with the "
				 "magic bytes); " ADVICE,
				 r->path);
	version = trc_get32(prefix + 8);
	if (version != TRC_VERSION)
		return trc_error(why, -EPROTO,
				 "%s: byte 8: trace format version %" PRIu32 "; this program reads "
				 "version %d: use the faultline that recorded it, or " ADVICE,
				 r->path, version, TRC_VERSION);
	return 0;
}

/* The seed and the strings, from bytes whose checksum is right. */
static int parse_identity(struct trc_reader *r, const uint8_t *at, uint32_t size, char **why)
{
	const char **fields[TRC_STRINGS] = {&r->identity.scenario, &r->identity.scenario_hash,
					    &r->identity.kernel, &r->identity.kernel_hash,
					    &r->identity.options};
	uint32_t pos = 8;

	if (size >= 8)
		r->identity.seed = trc_get64(at);
	for (int i = 0; i < TRC_STRINGS; i++) {
		uint32_t length = pos + 4 <= size ? trc_get32(at + pos) : UINT32_MAX;

		if (pos + 4 > size || length > size - pos - 4 || memchr(at + pos + 4, 0, length))
			return damaged(r, TRC_PREFIX_SIZE + pos, "the header makes no sense", why);
		r->strings[i] = strndup((const char *)at + pos + 4, length);
		if (!r->strings[i])
			return trc_error(why, -ENOMEM, "%s: out of memory", r->path);
		*fields[i] = r->strings[i];
		pos += 4 + length;
	}
	if (pos != size)
		return damaged(r, TRC_PREFIX_SIZE + pos, "the header makes no sense", why);
	return 0;
}

static int read_header(struct trc_reader *r, char **why)
{
	uint8_t prefix[TRC_PREFIX_SIZE], *body;
	uint32_t size;
	uLong crc;
	int ret = read_prefix(r, prefix, why);

	if (ret < 0)
		return ret;
	size = trc_get32(prefix + 12);
	if (size > TRC_MAX_IDENTITY)
		return damaged(r, 12, "the header's size is impossible", why);
	body = malloc(size + TRC_CRC_SIZE);
	if (!body)
		return trc_error(why, -ENOMEM, "%s: out of memory", r->path);
	if (!get(r, body, size + TRC_CRC_SIZE)) {
		ret = cut_off(r, "its header", why);
	} else {
		crc = crc32(crc32(0, prefix, sizeof(prefix)), body, size);
		if (trc_get32(body + size) != crc)
			ret = damaged(r, 0, "the header's checksum is wrong", why);
		else
			ret = parse_identity(r, body, size, why);
	}
	free(body);
	return ret;
}

static int unpack(struct trc_reader *r, const uint8_t head[TRC_FRAME_HEAD], char **why)
{
	uint32_t stored = trc_get32(head + 4), raw = trc_get32(head + 8);
	uLongf size = raw;

	if (uncompress(r->raw, &size, r->stored, stored) != Z_OK || size != raw)
		return damaged(r, r->frame_offset, "the frame does not unpack", why);
	SHA256_Update(&r->sha, r->raw, raw);
	r->at = 0;
	r->size = raw;
	r->left = trc_get32(head + 12);
	return 1;
}

static int read_end(struct trc_reader *r, char **why)
{
	uint8_t sha[TRC_SHA_SIZE];

	if (trc_get64(r->stored) != r->records)
		return damaged(r, r->frame_offset, "frames are missing before the end", why);
	SHA256_Final(sha, &r->sha);
	if (memcmp(sha, r->stored + 8, TRC_SHA_SIZE) != 0)
		return damaged(r, r->frame_offset, "the digest does not match the records", why);
	if (getc(r->file) != EOF)
		return damaged(r, r->offset, "more bytes follow the end frame", why);
	trc_hex(r->digest, sha);
	return 0;
}

/* 1: the next frame is unpacked; 0: it was the end frame. */
static int next_frame(struct trc_reader *r, char **why)
{
	uint8_t head[TRC_FRAME_HEAD];
	uint32_t tag, stored, raw;
	uLong crc;

	r->frame_offset = r->offset;
	if (!get(r, head, sizeof(head)))
		return cut_off(r, r->offset == r->frame_offset ? "the records" : "a frame", why);
	tag = trc_get32(head);
	stored = trc_get32(head + 4);
	raw = trc_get32(head + 8);
	if ((tag != TRC_TAG_FRAME && tag != TRC_TAG_END) || raw > TRC_MAX_FRAME ||
	    stored > compressBound(TRC_MAX_FRAME) || (tag == TRC_TAG_END && stored != TRC_END_SIZE))
		return damaged(r, r->frame_offset, "this is not the head of a frame", why);
	if (!get(r, r->stored, stored))
		return cut_off(r, "a frame", why);
	crc = crc32(crc32(0, head, TRC_FRAME_CRCED), r->stored, stored);
	if (crc != trc_get32(head + TRC_FRAME_CRCED))
		return damaged(r, r->frame_offset, "the frame's checksum is wrong", why);
	return tag == TRC_TAG_END ? read_end(r, why) : unpack(r, head, why);
}

static int read_record(struct trc_reader *r, struct trc_record *record, char **why)
{
	uint32_t used;

	while (r->left == 0) {
		int ret;

		if (r->at != r->size)
			return damaged(r, r->frame_offset, "the frame's records do not fill it",
				       why);
		ret = next_frame(r, why);
		if (ret <= 0)
			return ret;
	}
	used = trc_decode(record, r->raw + r->at, r->size - r->at);
	if (!used)
		return damaged(r, r->frame_offset, "the frame holds bytes that are no record", why);
	r->at += used;
	r->left--;
	r->records++;
	return 1;
}

int trc_read(struct trc_reader *r, struct trc_record *record, char **why)
{
	if (r->state == 1)
		r->state = read_record(r, record, why);
	return r->state;
}

int trc_reader_open(struct trc_reader **out, const char *path, char **why)
{
	struct trc_reader *r = calloc(1, sizeof(*r));
	int ret;

	if (!r)
		return trc_error(why, -ENOMEM, "%s: out of memory", path);
	r->path = strdup(path);
	r->stored = malloc(compressBound(TRC_MAX_FRAME));
	r->raw = malloc(TRC_MAX_FRAME);
	SHA256_Init(&r->sha);
	r->state = 1;
	if (!r->path || !r->stored || !r->raw) {
		ret = trc_error(why, -ENOMEM, "%s: out of memory", path);
	} else {
		r->file = fopen(path, "rbe");
		if (r->file)
			ret = read_header(r, why);
		else
			ret = trc_error(why, -errno, "%s: cannot open the trace: %s", path,
					strerror(errno));
	}
	if (ret < 0) {
		trc_reader_close(r);
		return ret;
	}
	*out = r;
	return 0;
}

const struct trc_identity *trc_reader_identity(const struct trc_reader *r)
{
	return &r->identity;
}

const char *trc_reader_digest(const struct trc_reader *r)
{
	return r->digest;
}

void trc_reader_close(struct trc_reader *r)
{
	if (!r)
		return;
	if (r->file)
		fclose(r->file);
	for (int i = 0; i < TRC_STRINGS; i++)
		free(r->strings[i]);
	free(r->stored);
	free(r->raw);
	free(r->path);
	free(r);
}
