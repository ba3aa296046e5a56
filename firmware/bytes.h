/* SPDX-License-Identifier: MIT */
/* A table while it is written: bytes at the end, little endian. */
#ifndef FIRMWARE_BYTES_H
#define FIRMWARE_BYTES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct fw_bytes {
	uint8_t *data; /* malloc()ed */
	size_t len, room;
	bool failed; /* out of memory: what was added since is lost */
};

/* `size` bytes of value, 1 to 8. */
void fw_put(struct fw_bytes *b, uint64_t value, unsigned int size);
void fw_put_bytes(struct fw_bytes *b, const void *data, size_t len);
void fw_put_zeroes(struct fw_bytes *b, size_t len);
/* Behind `at` the rest moves up. */
void fw_insert(struct fw_bytes *b, size_t at, const void *data, size_t len);
/* Over what stands there already. */
void fw_set(struct fw_bytes *b, size_t at, uint64_t value, unsigned int size);

static inline void fw_put8(struct fw_bytes *b, uint8_t value)
{
	fw_put(b, value, 1);
}

static inline void fw_put16(struct fw_bytes *b, uint16_t value)
{
	fw_put(b, value, 2);
}

static inline void fw_put32(struct fw_bytes *b, uint32_t value)
{
	fw_put(b, value, 4);
}

static inline void fw_put64(struct fw_bytes *b, uint64_t value)
{
	fw_put(b, value, 8);
}

#endif
