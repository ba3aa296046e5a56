/* SPDX-License-Identifier: MIT */
/* The bytes that a random program is made of. After the last there are zeros. */
#ifndef TESTS_FUZZ_INPUT_H
#define TESTS_FUZZ_INPUT_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

struct input {
	const uint8_t *at;
	size_t left;
};

static inline uint64_t input_number(struct input *in, size_t bytes)
{
	size_t n = bytes < in->left ? bytes : in->left;
	uint64_t value = 0;

	memcpy(&value, in->at, n);
	in->at += n;
	in->left -= n;
	return value;
}

static inline unsigned int input_byte(struct input *in)
{
	return (unsigned int)input_number(in, 1);
}

/* 0 .. n - 1 */
static inline unsigned int input_below(struct input *in, unsigned int n)
{
	return input_byte(in) % n;
}

static inline void fuzz_put(void *p, uint64_t value, size_t bytes)
{
	memcpy(p, &value, bytes);
}

static inline uint64_t fuzz_get(const void *p, size_t bytes)
{
	uint64_t value = 0;

	memcpy(&value, p, bytes);
	return value;
}

#endif
