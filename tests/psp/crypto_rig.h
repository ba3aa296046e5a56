/* SPDX-License-Identifier: MIT */
/* A context for a test, which leaves neither a failure nor a libcrypto error behind. */
#ifndef TESTS_PSP_CRYPTO_RIG_H
#define TESTS_PSP_CRYPTO_RIG_H

#include <check.h>
#include <openssl/err.h>

#include "psp/crypto/crypto.h"

static inline struct psp_crypto *open_crypto(void)
{
	struct psp_crypto *c = psp_crypto_new(1);

	ck_assert_ptr_nonnull(c);
	return c;
}

static inline void close_crypto(struct psp_crypto *c)
{
	ck_assert(!psp_crypto_failed(c));
	ck_assert_uint_eq(ERR_peek_error(), 0);
	psp_crypto_free(c);
}

#endif
