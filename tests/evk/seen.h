/* SPDX-License-Identifier: MIT */
/* What happened, as text: "who@ns " for each see(), compared as a whole. */
#ifndef TESTS_EVK_SEEN_H
#define TESTS_EVK_SEEN_H

#include <check.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "sim/evk.h"

static char seen[4096];

static inline void see(void *who)
{
	size_t used = strlen(seen);

	snprintf(seen + used, sizeof(seen) - used, "%s@%" PRIu64 " ", (const char *)who,
		 evk_now() / EVK_NS);
}

#define SEEN(text)                                                                                 \
	do {                                                                                       \
		ck_assert_str_eq(seen, text);                                                      \
		seen[0] = '\0';                                                                    \
	} while (0)

static inline void open_kernel(void)
{
	ck_assert_int_eq(evk_open(NULL), 0);
}

#endif
