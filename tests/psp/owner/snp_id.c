/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define ALGO_ECDSA_P384_SHA384 1

/* ID block */
enum {
	BLOCK_LD = 0,
	BLOCK_FAMILY_ID = 0x30,
	BLOCK_IMAGE_ID = 0x40,
	BLOCK_VERSION = 0x50,
	BLOCK_GUEST_SVN = 0x54,
	BLOCK_POLICY = 0x58,
};

/* ID authentication page */
enum {
	AUTH_ID_ALGO = 0,
	AUTH_AUTHOR_ALGO = 4,
	AUTH_BLOCK_SIG = 0x40,
	AUTH_ID_KEY = 0x240,
	AUTH_ID_KEY_SIG = 0x680,
	AUTH_AUTHOR_KEY = 0x880,
};

static void sign(const struct owner_ec_key *key, const void *data, size_t len, uint8_t *sig)
{
	uint8_t digest[48];

	owner_sha384(data, len, digest);
	owner_ecdsa_sign(key, digest, sizeof(digest), sig);
}

void owner_id_block_make(const struct owner_id_block *block, uint8_t out[OWNER_ID_BLOCK_SIZE])
{
	memcpy(out + BLOCK_LD, block->ld, sizeof(block->ld));
	memcpy(out + BLOCK_FAMILY_ID, block->family_id, sizeof(block->family_id));
	memcpy(out + BLOCK_IMAGE_ID, block->image_id, sizeof(block->image_id));
	owner_put32(out + BLOCK_VERSION, 1);
	owner_put32(out + BLOCK_GUEST_SVN, block->guest_svn);
	owner_put64(out + BLOCK_POLICY, block->policy);
}

void owner_id_auth_make(const uint8_t block[OWNER_ID_BLOCK_SIZE], const struct owner_ec_key *id,
			const struct owner_ec_key *author, uint8_t out[OWNER_ID_AUTH_SIZE])
{
	memset(out, 0, OWNER_ID_AUTH_SIZE);
	owner_put32(out + AUTH_ID_ALGO, ALGO_ECDSA_P384_SHA384);
	sign(id, block, OWNER_ID_BLOCK_SIZE, out + AUTH_BLOCK_SIG);
	owner_ec_export(id, out + AUTH_ID_KEY);
	if (!author)
		return;
	owner_put32(out + AUTH_AUTHOR_ALGO, ALGO_ECDSA_P384_SHA384);
	sign(author, out + AUTH_ID_KEY, OWNER_KEY_SIZE, out + AUTH_ID_KEY_SIG);
	owner_ec_export(author, out + AUTH_AUTHOR_KEY);
}

void owner_key_digest(const struct owner_ec_key *key, uint8_t digest[48])
{
	uint8_t bytes[OWNER_KEY_SIZE];

	owner_ec_export(key, bytes);
	owner_sha384(bytes, sizeof(bytes), digest);
}
