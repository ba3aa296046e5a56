/* SPDX-License-Identifier: MIT */
/* The example, run as its reader would. */
#include <check.h>
#include <stdio.h>
#include <string.h>

#include "tests/suite.h"

START_TEST(launches_a_guest)
{
	FILE *out = popen(EXAMPLE, "r");
	char text[4096];
	size_t n;

	ck_assert_ptr_nonnull(out);
	n = fread(text, 1, sizeof(text) - 1, out);
	text[n] = '\0';
	ck_assert_int_eq(pclose(out), 0);
	ck_assert_msg(strstr(text, "LAUNCH_MEASURE     SUCCESS\n"), "%s", text);
	ck_assert_msg(strstr(text, "the guest reads \"Hello, guest!\"; DRAM holds "), "%s", text);
	ck_assert_msg(!strstr(text, "48656c6c"), "DRAM has the plaintext: %s", text);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(launches_a_guest);
}
