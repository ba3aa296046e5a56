/* SPDX-License-Identifier: MIT */
#include <endian.h>
#include <stdlib.h>
#include <string.h>

#include "tests/psp/owner/crypto.h"

const char *owner_check_text(enum owner_check check)
{
	static const char *const text[] = {
#define OWNER_CHECK_TEXT(name, text) [OWNER_##name] = text,
		OWNER_CHECKS(OWNER_CHECK_TEXT)
#undef OWNER_CHECK_TEXT
	};

	return (size_t)check < sizeof(text) / sizeof(text[0]) ? text[check] : "?";
}

void owner_rand_init(struct owner_rand *rand, const char *seed)
{
	owner_sha256(OWNER_PARTS({seed, strlen(seed)}), rand->seed);
	rand->block = 0;
}

void owner_rand_bytes(struct owner_rand *rand, void *out, size_t len)
{
	uint8_t *to = out, block[32], number[8];

	for (size_t done = 0; done < len; done += sizeof(block)) {
		size_t n = len - done < sizeof(block) ? len - done : sizeof(block);

		owner_put64(number, rand->block++);
		owner_sha256(OWNER_PARTS({rand->seed, 32}, {number, 8}), block);
		memcpy(to + done, block, n);
	}
}

uint16_t owner_get16(const uint8_t *at)
{
	uint16_t value;

	memcpy(&value, at, sizeof(value));
	return le16toh(value);
}

uint32_t owner_get32(const uint8_t *at)
{
	uint32_t value;

	memcpy(&value, at, sizeof(value));
	return le32toh(value);
}

uint64_t owner_get64(const uint8_t *at)
{
	uint64_t value;

	memcpy(&value, at, sizeof(value));
	return le64toh(value);
}

void owner_put16(uint8_t *at, uint16_t value)
{
	value = htole16(value);
	memcpy(at, &value, sizeof(value));
}

void owner_put32(uint8_t *at, uint32_t value)
{
	value = htole32(value);
	memcpy(at, &value, sizeof(value));
}

void owner_put64(uint8_t *at, uint64_t value)
{
	value = htole64(value);
	memcpy(at, &value, sizeof(value));
}

bool owner_zero(const uint8_t *at, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (at[i])
			return false;
	return true;
}
