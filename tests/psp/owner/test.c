/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "tests/psp/owner/test.h"

void bytes_from(const char *hex, uint8_t *out, size_t len)
{
	ck_assert_uint_eq(strlen(hex), 2 * len);
	for (size_t i = 0; i < len; i++) {
		char digits[3] = {hex[2 * i], hex[2 * i + 1], '\0'}, *end;

		out[i] = (uint8_t)strtoul(digits, &end, 16);
		ck_assert_ptr_eq(end, digits + 2);
	}
}

void number_from(const char *hex, uint8_t *out, size_t len)
{
	size_t n = strlen(hex) / 2;
	uint8_t bytes[128];

	ck_assert_uint_le(n, len);
	ck_assert_uint_le(n, sizeof(bytes));
	bytes_from(hex, bytes, n);
	memset(out, 0, len);
	for (size_t i = 0; i < n; i++)
		out[i] = bytes[n - 1 - i];
}

void bytes_are(const void *got, const char *hex, size_t len)
{
	uint8_t want[128];

	ck_assert_uint_le(len, sizeof(want));
	bytes_from(hex, want, len);
	ck_assert_mem_eq(got, want, len);
}

void suite_cases(void)
{
	crypto_cases();
	cert_cases();
	session_cases();
	digest_cases();
	report_cases();
	msg_cases();
}
