/* SPDX-License-Identifier: MIT */
/*
 * Records gather in a buffer; a full buffer goes into the digest and, if there
 * is a file, becomes a frame. So the digest costs nothing per record.
 */
#define _GNU_SOURCE
#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

#include "traces/codec.h"
#include "traces/error.h"
#include "traces/sha256.h"

struct trc_writer {
	char *path; /* NULL: digest only */
	char *temp; /* NULL: what `path` names is no plain file, and is written to as it is */
	int fd;
	int error; /* the first one of the file, negative errno */
	uint64_t records;
	SHA256_CTX sha;
	uint32_t used, in_frame; /* bytes and records of the buffer */
	uint8_t *packed;
	uLongf packed_size;
	uint8_t buf[TRC_FRAME_FILL + TRC_MAX_RECORD];
};

/* The temporary files of this process, for trc_unlink_unfinished(). */
enum { MAX_OPEN = 8 };
static const char *volatile unfinished[MAX_OPEN];

void trc_unlink_unfinished(void)
{
	for (int i = 0; i < MAX_OPEN; i++)
		if (unfinished[i])
			unlink(unfinished[i]);
}

static void remember(const char *temp)
{
	for (int i = 0; i < MAX_OPEN; i++) {
		if (!unfinished[i]) {
			unfinished[i] = temp;
			return;
		}
	}
}

static void forget(const char *temp)
{
	for (int i = 0; i < MAX_OPEN; i++)
		if (unfinished[i] == temp)
			unfinished[i] = NULL;
}

static void put(struct trc_writer *w, const void *data, size_t size)
{
	const uint8_t *at = data;

	while (size && !w->error) {
		ssize_t n = write(w->fd, at, size);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0) {
			w->error = n < 0 ? -errno : -EIO;
			return;
		}
		at += n;
		size -= (size_t)n;
	}
}

static void put_header(struct trc_writer *w, const struct trc_identity *id)
{
	const char *strings[TRC_STRINGS] = {id->scenario, id->scenario_hash, id->kernel,
					    id->kernel_hash, id->options};
	size_t size = TRC_PREFIX_SIZE + 8;
	uint8_t *header, *at;

	for (int i = 0; i < TRC_STRINGS; i++)
		size += 4 + (strings[i] ? strlen(strings[i]) : 0);
	header = malloc(size + TRC_CRC_SIZE);
	if (!header || size > TRC_MAX_IDENTITY) {
		w->error = header ? -E2BIG : -ENOMEM;
		free(header);
		return;
	}
	memcpy(header, TRC_MAGIC, TRC_MAGIC_SIZE);
	trc_put32(header + 8, TRC_VERSION);
	trc_put32(header + 12, (uint32_t)(size - TRC_PREFIX_SIZE));
	trc_put64(header + TRC_PREFIX_SIZE, id->seed);
	at = header + TRC_PREFIX_SIZE + 8;
	for (int i = 0; i < TRC_STRINGS; i++) {
		uint32_t length = strings[i] ? (uint32_t)strlen(strings[i]) : 0;

		trc_put32(at, length);
		if (length)
			memcpy(at + 4, strings[i], length);
		at += 4 + length;
	}
	trc_put32(at, (uint32_t)crc32(0, header, (uInt)size));
	put(w, header, size + TRC_CRC_SIZE);
	free(header);
}

static void put_frame(struct trc_writer *w, uint32_t tag, const uint8_t *stored, uint32_t size,
		      uint32_t raw, uint32_t records)
{
	uint8_t head[TRC_FRAME_HEAD];
	uLong crc;

	trc_put32(head, tag);
	trc_put32(head + 4, size);
	trc_put32(head + 8, raw);
	trc_put32(head + 12, records);
	crc = crc32(0, head, TRC_FRAME_CRCED);
	trc_put32(head + TRC_FRAME_CRCED, (uint32_t)crc32(crc, stored, size));
	put(w, head, sizeof(head));
	put(w, stored, size);
}

static void flush(struct trc_writer *w)
{
	uLongf size = w->packed_size;

	if (!w->used)
		return;
	SHA256_Update(&w->sha, w->buf, w->used);
	if (w->path && !w->error) {
		/* Fails only if `packed` is smaller than compressBound(). */
		if (compress2(w->packed, &size, w->buf, w->used, Z_BEST_SPEED) != Z_OK)
			abort();
		put_frame(w, TRC_TAG_FRAME, w->packed, (uint32_t)size, w->used, w->in_frame);
	}
	w->used = 0;
	w->in_frame = 0;
}

static void writer_free(struct trc_writer *w)
{
	free(w->packed);
	free(w->path);
	free(w->temp);
	free(w);
}

/* A device, a pipe or a link must not be replaced by the finished file. */
static bool replaceable(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 || S_ISREG(st.st_mode);
}

static int open_file(struct trc_writer *w, const char *path, char **why)
{
	w->packed_size = compressBound(sizeof(w->buf));
	w->packed = malloc(w->packed_size);
	w->path = strdup(path);
	if (!w->packed || !w->path ||
	    (replaceable(path) && asprintf(&w->temp, "%s.%ld.partial", path, (long)getpid()) < 0))
		return trc_error(why, -ENOMEM, "%s: out of memory", path);
	w->fd = open(w->temp ? w->temp : path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0666);
	if (w->fd < 0)
		return trc_error(why, -errno, "%s: cannot write the trace: %s", path,
				 strerror(errno));
	if (w->temp)
		remember(w->temp);
	return 0;
}

int trc_writer_open(struct trc_writer **out, const char *path, const struct trc_identity *identity,
		    char **why)
{
	struct trc_writer *w = calloc(1, sizeof(*w));
	int ret = 0;

	if (!w)
		return trc_error(why, -ENOMEM, "out of memory for a trace");
	SHA256_Init(&w->sha);
	if (path)
		ret = open_file(w, path, why);
	if (ret < 0) {
		writer_free(w);
		return ret;
	}
	if (path)
		put_header(w, identity);
	*out = w;
	return 0;
}

void trc_write(struct trc_writer *w, const struct trc_record *record)
{
	assert(record->n_words <= TRC_MAX_WORDS && record->kind > 0 && record->kind < TRC_KINDS);
	w->used += trc_encode(w->buf + w->used, record);
	w->in_frame++;
	w->records++;
	if (w->used >= TRC_FRAME_FILL)
		flush(w);
}

static void digest(struct trc_writer *w, uint8_t sha[TRC_SHA_SIZE])
{
	SHA256_CTX copy = w->sha;

	SHA256_Update(&copy, w->buf, w->used);
	SHA256_Final(sha, &copy);
}

void trc_writer_digest(struct trc_writer *w, char hex[TRC_DIGEST_HEX])
{
	uint8_t sha[TRC_SHA_SIZE];

	digest(w, sha);
	trc_hex(hex, sha);
}

uint64_t trc_writer_records(const struct trc_writer *w)
{
	return w->records;
}

static void put_end(struct trc_writer *w)
{
	uint8_t end[TRC_END_SIZE];

	trc_put64(end, w->records);
	digest(w, end + 8);
	put_frame(w, TRC_TAG_END, end, sizeof(end), sizeof(end), 0);
}

/* Removes nothing once the file has its own name. */
static void drop_temp(struct trc_writer *w)
{
	if (!w->temp)
		return;
	unlink(w->temp);
	forget(w->temp);
}

static int finish_file(struct trc_writer *w, char **why)
{
	put_end(w);
	if (close(w->fd) < 0 && !w->error)
		w->error = -errno;
	if (!w->error && w->temp && rename(w->temp, w->path) < 0)
		w->error = -errno;
	if (w->error)
		trc_error(why, w->error, "%s: the trace could not be written%s: %s", w->path,
			  w->temp ? " and is not kept" : "", strerror(-w->error));
	drop_temp(w);
	return w->error;
}

int trc_writer_close(struct trc_writer *w, char **why)
{
	int ret = 0;

	flush(w);
	if (w->path)
		ret = finish_file(w, why);
	writer_free(w);
	return ret;
}

void trc_writer_abandon(struct trc_writer *w)
{
	if (w->path) {
		close(w->fd);
		drop_temp(w);
	}
	writer_free(w);
}
