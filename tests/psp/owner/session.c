/* SPDX-License-Identifier: MIT */
#include <openssl/crypto.h>
#include <string.h>

#include "tests/psp/owner/crypto.h"

/* Offsets in the session blob. */
enum {
	BLOB_NONCE = 0,
	BLOB_WRAPPED = 0x10, /* TEK, TIK */
	BLOB_IV = 0x30,
	BLOB_WRAP_MAC = 0x40,
	BLOB_POLICY_MAC = 0x60,
};

static void policy_mac(const struct owner_session *session, uint8_t mac[32])
{
	uint8_t policy[4];

	owner_put32(policy, session->policy);
	owner_hmac(session->tik, 16, OWNER_PARTS({policy, 4}), mac);
}

void owner_session_keys(struct owner_session *session, const uint8_t *z, size_t z_len,
			const uint8_t nonce[16])
{
	uint8_t master[16];

	owner_kdf(z, z_len, "sev-master-secret", nonce, 16, master, 16);
	owner_kdf(master, 16, "sev-kek", NULL, 0, session->kek, 16);
	owner_kdf(master, 16, "sev-kik", NULL, 0, session->kik, 16);
}

void owner_session_seal(const struct owner_session *session, const uint8_t nonce[16],
			const uint8_t iv[16], uint8_t blob[OWNER_SESSION_SIZE])
{
	uint8_t keys[32];

	memcpy(keys, session->tek, 16);
	memcpy(keys + 16, session->tik, 16);
	memcpy(blob + BLOB_NONCE, nonce, 16);
	memcpy(blob + BLOB_IV, iv, 16);
	owner_ctr(session->kek, iv, keys, blob + BLOB_WRAPPED, 32);
	owner_hmac(session->kik, 16, OWNER_PARTS({blob + BLOB_WRAPPED, 32}), blob + BLOB_WRAP_MAC);
	policy_mac(session, blob + BLOB_POLICY_MAC);
}

void owner_dh_make(uint8_t cert[OWNER_CERT_SIZE], const uint8_t peer_pdh[OWNER_CERT_SIZE],
		   const struct owner_ec_key *dh)
{
	owner_cert_make(cert, peer_pdh + OWNER_CERT_API_MAJOR, OWNER_USAGE_PDH,
			OWNER_ALGO_ECDH_SHA256, dh);
}

enum owner_check owner_session_start(struct owner_session *session, struct owner_rand *rand,
				     const struct owner_ec_key *dh,
				     const uint8_t peer_pdh[OWNER_CERT_SIZE], uint32_t policy,
				     uint8_t blob[OWNER_SESSION_SIZE])
{
	enum owner_check bad;
	uint8_t z[48], nonce[16], iv[16];

	bad = owner_ecdh(dh, peer_pdh + OWNER_CERT_KEY, z);
	if (bad)
		return bad;
	owner_rand_bytes(rand, session->tek, 16);
	owner_rand_bytes(rand, session->tik, 16);
	owner_rand_bytes(rand, nonce, 16);
	owner_rand_bytes(rand, iv, 16);
	session->policy = policy;
	owner_session_keys(session, z, sizeof(z), nonce);
	owner_session_seal(session, nonce, iv, blob);
	return OWNER_OK;
}

enum owner_check owner_session_open(struct owner_session *session, const struct owner_ec_key *pdh,
				    const uint8_t peer[OWNER_CERT_SIZE], uint32_t policy,
				    const uint8_t blob[OWNER_SESSION_SIZE])
{
	uint8_t z[48], keys[32], mac[32];
	enum owner_check bad;

	bad = owner_ecdh(pdh, peer + OWNER_CERT_KEY, z);
	if (bad)
		return bad;
	owner_session_keys(session, z, sizeof(z), blob + BLOB_NONCE);
	owner_hmac(session->kik, 16, OWNER_PARTS({blob + BLOB_WRAPPED, 32}), mac);
	if (CRYPTO_memcmp(mac, blob + BLOB_WRAP_MAC, 32) != 0)
		return OWNER_WRAP_MAC;
	owner_ctr(session->kek, blob + BLOB_IV, blob + BLOB_WRAPPED, keys, 32);
	memcpy(session->tek, keys, 16);
	memcpy(session->tik, keys + 16, 16);
	session->policy = policy;
	policy_mac(session, mac);
	return CRYPTO_memcmp(mac, blob + BLOB_POLICY_MAC, 32) == 0 ? OWNER_OK : OWNER_POLICY_MAC;
}
