/* SPDX-License-Identifier: MIT */
/*
 * A platform that the owner plays: an AMD root of its own and a chip below it, so
 * that it can be the other end of a migration, and has chains to break in tests.
 */
#ifndef TESTS_PSP_OWNER_CHIP_H
#define TESTS_PSP_OWNER_CHIP_H

#include <openssl/evp.h>

#include "tests/psp/owner/owner.h"

#define OWNER_AMD_CERT_MAX 1600

/* Fixed keys: for ARK and ASK of the size. */
enum owner_root_key {
	OWNER_ARK_2048,
	OWNER_ASK_2048,
	OWNER_ARK_4096,
	OWNER_ASK_4096,
};
/* The key pair, to be freed by the caller. */
EVP_PKEY *owner_root_key(enum owner_root_key which);

/*
 * AMD's certificate for `key`, signed by `signer`, both of one size; the bytes of
 * the ids count up from the given ones. `cert` has OWNER_AMD_CERT_MAX bytes.
 */
void owner_amd_cert_make(uint8_t *cert, EVP_PKEY *key, EVP_PKEY *signer, enum owner_usage usage,
			 uint8_t id, uint8_t certifier);

struct owner_chip {
	struct owner_ec_key cek_key, oca_key, pek_key, pdh_key;
	uint8_t pdh[OWNER_CERT_SIZE], chain[OWNER_CHAIN_SIZE];
	uint8_t ask[OWNER_AMD_CERT_MAX], ark[OWNER_AMD_CERT_MAX];
	size_t amd_size; /* of ask and of ark */
};

/*
 * A self-owned chip with keys from `rand`; `bits` of its root is 2048 (RSA-SHA256,
 * as Naples has) or 4096 (RSA-SHA384, Rome). The CEK in the chain is signed.
 */
void owner_chip_make(struct owner_chip *chip, struct owner_rand *rand, unsigned int bits);
/* The certificates as a platform shows them. */
struct owner_platform owner_chip_platform(const struct owner_chip *chip);

#endif
