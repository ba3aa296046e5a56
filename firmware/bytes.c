// SPDX-License-Identifier: MIT
#include <stdlib.h>
#include <string.h>

#include "firmware/bytes.h"

void fw_insert(struct fw_bytes *b, size_t at, const void *data, size_t len)
{
	if (b->len + len > b->room) {
		size_t room = 2 * (b->len + len);
		uint8_t *more = realloc(b->data, room);

		if (!more) {
			b->failed = true;
			return;
		}
		b->data = more;
		b->room = room;
	}
	if (!len)
		return;
	memmove(b->data + at + len, b->data + at, b->len - at);
	memcpy(b->data + at, data, len);
	b->len += len;
}

void fw_put_bytes(struct fw_bytes *b, const void *data, size_t len)
{
	fw_insert(b, b->len, data, len);
}

void fw_put_zeroes(struct fw_bytes *b, size_t len)
{
	for (size_t i = 0; i < len; i++)
		fw_put8(b, 0);
}

static void encode(uint8_t *to, uint64_t value, unsigned int size)
{
	for (unsigned int i = 0; i < size; i++)
		to[i] = (uint8_t)(value >> 8 * i);
}

void fw_put(struct fw_bytes *b, uint64_t value, unsigned int size)
{
	uint8_t bytes[8];

	encode(bytes, value, size);
	fw_put_bytes(b, bytes, size);
}

void fw_set(struct fw_bytes *b, size_t at, uint64_t value, unsigned int size)
{
	if (!b->failed)
		encode(b->data + at, value, size);
}
