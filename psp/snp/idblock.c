/* SPDX-License-Identifier: MIT */
/*
 * The ID block: a guest owner's word on what may be launched, signed by its ID key, and
 * that by its author key (56860, 8, SNP_LAUNCH_FINISH). Unverified: the order of the
 * checks, INVALID_PARAM for a version or an algorithm, INVALID_KEY for a malformed key.
 */
#include <errno.h>

#include "psp/certs/cert.h"
#include "psp/snp/guest.h"

enum { ID_BLOCK_SIZE = 0x60, ID_BLOCK_VERSION = 1, ALGO_P384_SHA384 = 1 };

/* Is `sig` the signature of the key over these bytes? */
static enum psp_status verify(struct psp_crypto *crypto, const uint8_t *pubkey, const void *data,
			      size_t len, const uint8_t *sig)
{
	uint8_t x[PSP_P384_SIZE], y[PSP_P384_SIZE];
	int ret = psp_pubkey_point(pubkey, x, y);

	if (!ret)
		ret = psp_ec_verify(crypto, x, y, PSP_SHA384, data, len, sig);
	switch (ret) {
	case 0:
		return PSP_SUCCESS;
	case -EBADMSG:
		return PSP_BAD_SIGNATURE;
	case -ENOMEM:
		return PSP_HWERROR_PLATFORM;
	default:
		return PSP_INVALID_KEY;
	}
}

static enum psp_status check_block(const struct psp_snp_guest *guest, const uint8_t *block)
{
	if (ID_BLOCK_version(block) != ID_BLOCK_VERSION)
		return PSP_INVALID_PARAM;
	if (memcmp(ID_BLOCK_ld(block), guest->ld, sizeof(guest->ld)) != 0)
		return PSP_BAD_MEASUREMENT;
	return ID_BLOCK_policy(block) == guest->policy ? PSP_SUCCESS : PSP_POLICY_FAILURE;
}

static enum psp_status check_auth(struct psp_crypto *crypto, const uint8_t *block,
				  const uint8_t *auth, bool author_key)
{
	enum psp_status status;

	if (ID_AUTH_id_key_algo(auth) != ALGO_P384_SHA384 ||
	    (author_key && ID_AUTH_author_key_algo(auth) != ALGO_P384_SHA384))
		return PSP_INVALID_PARAM;
	status = verify(crypto, ID_AUTH_id_key(auth), block, ID_BLOCK_SIZE,
			ID_AUTH_id_block_sig(auth));
	if (status == PSP_SUCCESS && author_key)
		status = verify(crypto, ID_AUTH_author_key(auth), ID_AUTH_id_key(auth),
				ID_AUTH_id_key_SIZE, ID_AUTH_id_key_sig(auth));
	return status;
}

static void take_over(struct psp_snp_guest *guest, const uint8_t *block, const uint8_t *auth,
		      bool author_key)
{
	guest->id_block = true;
	guest->author_key = author_key;
	guest->guest_svn = (uint32_t)ID_BLOCK_guest_svn(block);
	memcpy(guest->family_id, ID_BLOCK_family_id(block), sizeof(guest->family_id));
	memcpy(guest->image_id, ID_BLOCK_image_id(block), sizeof(guest->image_id));
	psp_sha384(ID_AUTH_id_key(auth), ID_AUTH_id_key_SIZE, guest->id_key_digest);
	if (author_key)
		psp_sha384(ID_AUTH_author_key(auth), ID_AUTH_author_key_SIZE,
			   guest->author_key_digest);
}

enum psp_status psp_snp_id_block(struct psp *psp, struct psp_snp_guest *guest, uint64_t block_pa,
				 uint64_t auth_pa, bool author_key)
{
	uint8_t block[ID_BLOCK_SIZE], auth[PSP_PAGE];
	enum psp_status status;

	status = psp_buf_read(psp, block_pa, block, sizeof(block));
	if (status == PSP_SUCCESS)
		status = psp_buf_read(psp, auth_pa, auth, sizeof(auth));
	if (status == PSP_SUCCESS)
		status = check_block(guest, block);
	if (status == PSP_SUCCESS)
		status = check_auth(psp_crypto(psp), block, auth, author_key);
	if (status == PSP_SUCCESS)
		take_over(guest, block, auth, author_key);
	return status;
}
