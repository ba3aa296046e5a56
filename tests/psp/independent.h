/* SPDX-License-Identifier: MIT */
/*
 * Signatures in AMD's little-endian form, verified through EVP in the default context: by other
 * code than psp/'s, from the bytes alone.
 */
#ifndef TESTS_PSP_INDEPENDENT_H
#define TESTS_PSP_INDEPENDENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* x, y: 72 bytes; sig: r, s of 72 bytes. `hash`: "SHA256" or "SHA384". */
bool ind_ecdsa_ok(const uint8_t *x, const uint8_t *y, const char *hash, const void *data,
		  size_t len, const uint8_t *sig);

/* RSA-PSS; modulus, exponent and signature of `bytes` each. The salt is as long as the hash. */
bool ind_pss_ok(const uint8_t *modulus, const uint8_t *exponent, size_t bytes, const char *hash,
		const void *data, size_t len, const uint8_t *sig);

#endif
