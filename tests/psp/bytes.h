/* SPDX-License-Identifier: MIT */
/* Vectors as their publishers print them: text in hexadecimal. */
#ifndef TESTS_PSP_BYTES_H
#define TESTS_PSP_BYTES_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#include <check.h>

/* Up to 512 bytes of hexadecimal, blanks skipped. */
struct bytes {
	size_t len;
	uint8_t p[512];
};

static inline struct bytes unhex(const char *text)
{
	static const char digits[] = "0123456789abcdef";
	struct bytes b = {0};
	unsigned int n = 0;

	for (; *text; text++) {
		const char *d = strchr(digits, *text >= 'A' && *text <= 'F' ? *text + 32 : *text);

		if (*text == ' ')
			continue;
		ck_assert_ptr_nonnull(d);
		ck_assert_uint_lt(n / 2, sizeof(b.p));
		b.p[n / 2] = (uint8_t)(b.p[n / 2] << 4 | (d - digits));
		n++;
	}
	ck_assert_uint_eq(n % 2, 0);
	b.len = n / 2;
	return b;
}

#define ck_assert_bytes(got, text)                                                                 \
	do {                                                                                       \
		const struct bytes want_ = unhex(text);                                            \
		ck_assert_mem_eq(got, want_.p, want_.len);                                         \
	} while (0)

#endif
