// SPDX-License-Identifier: MIT
/* AML in bytes: ACPI 6.4, 20.2 (encoding) and 6.4 (resource descriptors). */
#include <stdlib.h>
#include <string.h>

#include "firmware/aml.h"

/* 20.2.5 */
enum {
	OP_NAME = 0x08,
	OP_BYTE = 0x0a,
	OP_WORD = 0x0b,
	OP_DWORD = 0x0c,
	OP_STRING = 0x0d,
	OP_QWORD = 0x0e,
	OP_SCOPE = 0x10,
	OP_BUFFER = 0x11,
	OP_METHOD = 0x14,
	OP_EXTENDED = 0x5b,
	OP_DEVICE = 0x82,
	OP_IF = 0xa0,
};

/* 6.4.3: large items */
enum { QWORD_SPACE = 0x8a, WORD_SPACE = 0x88, EXTENDED_INTERRUPT = 0x89, END_TAG = 0x79 };
enum { SPACE_MEMORY = 0, SPACE_BUSES = 2 };
/* 6.4.3.5: general flags */
enum { CONSUMER = 1 << 0, MIN_FIXED = 1 << 2, MAX_FIXED = 1 << 3 };
enum { READ_WRITE = 1 << 0 };
/* 6.4.3.6 */
enum { INT_CONSUMER = 1 << 0, INT_EDGE = 1 << 1 };

/* The length goes in at the end, in front of what begins here. */
static size_t begin(struct fw_bytes *b)
{
	return b->len;
}

/* 20.2.4: PkgLength counts its own bytes; 6 bits in one byte, else 4 and 8 for each more. */
void aml_end(struct fw_bytes *b, size_t at)
{
	size_t len = b->len - at;
	uint8_t bytes[4];
	unsigned int more = 0;

	if (len + 1 < 1U << 6) {
		bytes[0] = (uint8_t)(len + 1);
	} else {
		for (more = 1; len + 1 + more >= 1U << (4 + 8 * more); more++)
			;
		len += 1 + more;
		bytes[0] = (uint8_t)(more << 6 | (len & 0xf));
		for (unsigned int i = 0; i < more; i++)
			bytes[1 + i] = (uint8_t)(len >> (4 + 8 * i));
	}
	fw_insert(b, at, bytes, 1 + more);
}

size_t aml_scope(struct fw_bytes *b, const char *path)
{
	size_t at;

	fw_put8(b, OP_SCOPE);
	at = begin(b);
	fw_put_bytes(b, path, strlen(path));
	return at;
}

size_t aml_device(struct fw_bytes *b, const char *name)
{
	size_t at;

	fw_put8(b, OP_EXTENDED);
	fw_put8(b, OP_DEVICE);
	at = begin(b);
	fw_put_bytes(b, name, 4);
	return at;
}

size_t aml_method(struct fw_bytes *b, const char *name, unsigned int args)
{
	size_t at;

	fw_put8(b, OP_METHOD);
	at = begin(b);
	fw_put_bytes(b, name, 4);
	fw_put8(b, (uint8_t)args);
	return at;
}

size_t aml_if(struct fw_bytes *b)
{
	fw_put8(b, OP_IF);
	return begin(b);
}

void aml_name(struct fw_bytes *b, const char *name)
{
	fw_put8(b, OP_NAME);
	fw_put_bytes(b, name, 4);
}

/* 20.2.3: 0 and 1 have a byte of their own. */
void aml_integer(struct fw_bytes *b, uint64_t value)
{
	if (value > UINT32_MAX) {
		fw_put8(b, OP_QWORD);
		fw_put64(b, value);
	} else if (value > UINT16_MAX) {
		fw_put8(b, OP_DWORD);
		fw_put32(b, (uint32_t)value);
	} else if (value > UINT8_MAX) {
		fw_put8(b, OP_WORD);
		fw_put16(b, (uint16_t)value);
	} else {
		if (value > 1)
			fw_put8(b, OP_BYTE);
		fw_put8(b, (uint8_t)value);
	}
}

void aml_string(struct fw_bytes *b, const char *text)
{
	fw_put8(b, OP_STRING);
	fw_put_bytes(b, text, strlen(text) + 1);
}

void aml_buffer(struct fw_bytes *b, const void *data, size_t len)
{
	size_t at;

	fw_put8(b, OP_BUFFER);
	at = begin(b);
	aml_integer(b, len);
	fw_put_bytes(b, data, len);
	aml_end(b, at);
}

static unsigned int digit(char c)
{
	return c <= '9' ? (unsigned int)(c - '0') : (unsigned int)(c - 'A' + 10);
}

/* 19.3.4: three letters of 5 bits, big endian, then four digits of 4. */
void aml_eisaid(struct fw_bytes *b, const char *id)
{
	unsigned int letters =
		(unsigned int)((id[0] & 0x1f) << 10 | (id[1] & 0x1f) << 5 | (id[2] & 0x1f));

	fw_put8(b, OP_DWORD);
	fw_put8(b, (uint8_t)(letters >> 8));
	fw_put8(b, (uint8_t)letters);
	fw_put8(b, (uint8_t)(digit(id[3]) << 4 | digit(id[4])));
	fw_put8(b, (uint8_t)(digit(id[5]) << 4 | digit(id[6])));
}

/* 6.4.3.5.1 */
void aml_qword_space(struct fw_bytes *res, enum aml_space space, bool consumer, uint64_t first,
		     uint64_t size, uint64_t translation)
{
	fw_put8(res, QWORD_SPACE);
	fw_put16(res, 43);
	fw_put8(res, SPACE_MEMORY);
	fw_put8(res, MIN_FIXED | MAX_FIXED | (consumer ? CONSUMER : 0));
	fw_put8(res, READ_WRITE | space);
	fw_put64(res, 0);
	fw_put64(res, first);
	fw_put64(res, first + size - 1);
	fw_put64(res, translation);
	fw_put64(res, size);
}

/* 6.4.3.5.3 */
void aml_bus_numbers(struct fw_bytes *res, uint16_t first, uint16_t last)
{
	fw_put8(res, WORD_SPACE);
	fw_put16(res, 13);
	fw_put8(res, SPACE_BUSES);
	fw_put8(res, MIN_FIXED | MAX_FIXED);
	fw_put8(res, 0);
	fw_put16(res, 0);
	fw_put16(res, first);
	fw_put16(res, last);
	fw_put16(res, 0);
	fw_put16(res, (uint16_t)(last - first + 1));
}

/* 6.4.3.6 */
void aml_interrupt(struct fw_bytes *res, uint32_t gsi, bool edge)
{
	fw_put8(res, EXTENDED_INTERRUPT);
	fw_put16(res, 6);
	fw_put8(res, INT_CONSUMER | (edge ? INT_EDGE : 0));
	fw_put8(res, 1);
	fw_put32(res, gsi);
}

/* 6.4.2.9; a checksum of 0 is always right */
void aml_crs(struct fw_bytes *b, struct fw_bytes *res)
{
	fw_put8(res, END_TAG);
	fw_put8(res, 0);
	aml_name(b, "_CRS");
	aml_buffer(b, res->data, res->len);
	b->failed |= res->failed;
	free(res->data);
	*res = (struct fw_bytes){0};
}
