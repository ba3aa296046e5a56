/* SPDX-License-Identifier: MIT */
/*
 * The bytes of a trace file: constants and the canonical form of a record,
 * shared by writer and reader. docs/trace-format.md is the description.
 */
#ifndef TRACES_CODEC_H
#define TRACES_CODEC_H

#include <endian.h>
#include <stdint.h>
#include <string.h>

#include "traces/trace.h"

#define TRC_MAGIC                                                                                  \
	"\x89"                                                                                     \
	"FLTRC\r\n"

enum {
	TRC_MAGIC_SIZE = 8,
	TRC_VERSION = 1,
	TRC_PREFIX_SIZE = 16, /* magic, version, size of the identity */
	TRC_STRINGS = 5,      /* of the identity */
	TRC_MAX_IDENTITY = 1 << 20,
	TRC_CRC_SIZE = 4,
	TRC_FRAME_HEAD = 20, /* tag, stored size, raw size, records, CRC-32 */
	TRC_FRAME_CRCED = 16,
	TRC_FRAME_FILL = 64 * 1024, /* a frame is written once it holds this much */
	TRC_MAX_FRAME = 1 << 20,    /* raw bytes that a reader accepts */
	TRC_END_SIZE = 40,	    /* records, SHA-256 */
	TRC_SHA_SIZE = 32,
	TRC_RECORD_HEAD = 16,
	TRC_MAX_RECORD = TRC_RECORD_HEAD + 8 * TRC_MAX_WORDS + TRC_MAX_TEXT,
};

#define TRC_TAG_FRAME UINT32_C(0x4d415246) /* "FRAM" */
#define TRC_TAG_END   UINT32_C(0x20444e45) /* "END " */

/* Little-endian integers. */
static inline void trc_put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

static inline void trc_put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

uint32_t trc_get32(const uint8_t *at);
uint64_t trc_get64(const uint8_t *at);

/* Canonical bytes of a record; returns their number, at most TRC_MAX_RECORD. */
uint32_t trc_encode(uint8_t *at, const struct trc_record *record);
/* The reverse. Returns the bytes used, 0 if they are not a record. record->text points into `at`.
 */
uint32_t trc_decode(struct trc_record *record, const uint8_t *at, uint32_t size);

void trc_hex(char hex[TRC_DIGEST_HEX], const uint8_t sha[TRC_SHA_SIZE]);

#endif
