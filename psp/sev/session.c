/* SPDX-License-Identifier: MIT */
/*
 * Sessions (55766, 2): Diffie-Hellman between our PDH and the other side's, a key for
 * encryption and one for integrity from the secret and a nonce, and with these the
 * transport keys in a blob. The nonce and both MACs are the other side's proof.
 */
#include "psp/sev/guest.h"

#include <errno.h>

#include "psp/sev/platform_certs.h"

static int peer_point(const uint8_t *cert, uint8_t x[PSP_P384_SIZE], uint8_t y[PSP_P384_SIZE])
{
	uint32_t algo = psp_get_le(cert + PSP_CERT_algo, 4);

	if (psp_get_le(cert + PSP_CERT_version, 4) != 1 || psp_cert_usage(cert) != PSP_USAGE_PDH ||
	    (algo != PSP_ALGO_ECDH_SHA256 && algo != PSP_ALGO_ECDH_SHA384))
		return -EINVAL;
	return psp_cert_point(cert, x, y);
}

void psp_session_keys(struct psp_crypto *c, const void *z, size_t z_len, const uint8_t nonce[16],
		      struct psp_wrap *wrap)
{
	uint8_t master[16];

	psp_kdf(c, z, z_len, "sev-master-secret", nonce, 16, master, 16);
	psp_kdf(c, master, 16, "sev-kek", NULL, 0, wrap->kek, 16);
	psp_kdf(c, master, 16, "sev-kik", NULL, 0, wrap->kik, 16);
}

static int agree(struct psp *psp, const uint8_t *cert, const uint8_t *blob, struct psp_wrap *wrap)
{
	uint8_t x[PSP_P384_SIZE], y[PSP_P384_SIZE], z[PSP_P384_SIZE];
	int error = peer_point(cert, x, y);

	if (!error)
		error = psp_ecdh(psp->crypto, &psp->sev->pdh, x, y, z);
	if (!error)
		psp_session_keys(psp->crypto, z, sizeof(z), blob + PSP_SESSION_nonce, wrap);
	return error;
}

static void policy_mac(struct psp_crypto *c, uint32_t policy, const uint8_t tik[16],
		       uint8_t mac[32])
{
	uint8_t raw[4];

	psp_put_le(raw, policy, 4);
	psp_hmac(c, tik, 16, &(struct iovec){raw, 4}, 1, mac);
}

static void wrap_mac(struct psp_crypto *c, const uint8_t *blob, const uint8_t kik[16],
		     uint8_t mac[32])
{
	struct iovec wrapped = {(void *)(blob + PSP_SESSION_wrapped), 32};

	psp_hmac(c, kik, 16, &wrapped, 1, mac);
}

enum psp_status psp_session_open(struct psp *psp, const uint8_t cert[PSP_CERT_SIZE],
				 const uint8_t blob[PSP_SESSION_SIZE], uint32_t policy,
				 struct psp_transport *keys)
{
	struct psp_wrap wrap;
	uint8_t mac[32];
	int error = agree(psp, cert, blob, &wrap);

	if (error)
		return psp_cert_status(error);
	wrap_mac(psp->crypto, blob, wrap.kik, mac);
	if (!psp_equal(mac, blob + PSP_SESSION_wrap_mac, 32))
		return PSP_BAD_MEASUREMENT;
	psp_aes_ctr(psp->crypto, wrap.kek, blob + PSP_SESSION_wrap_iv, blob + PSP_SESSION_wrapped,
		    keys, sizeof(*keys));
	policy_mac(psp->crypto, policy, keys->tik, mac);
	if (!psp_equal(mac, blob + PSP_SESSION_policy_mac, 32))
		return PSP_BAD_MEASUREMENT;
	return PSP_SUCCESS;
}

void psp_session_seal(struct psp_crypto *c, const struct psp_wrap *wrap, uint32_t policy,
		      const struct psp_transport *keys, uint8_t blob[PSP_SESSION_SIZE])
{
	psp_aes_ctr(c, wrap->kek, blob + PSP_SESSION_wrap_iv, keys, blob + PSP_SESSION_wrapped,
		    sizeof(*keys));
	wrap_mac(c, blob, wrap->kik, blob + PSP_SESSION_wrap_mac);
	policy_mac(c, policy, keys->tik, blob + PSP_SESSION_policy_mac);
}

enum psp_status psp_session_make(struct psp *psp, const uint8_t cert[PSP_CERT_SIZE],
				 uint32_t policy, const struct psp_transport *keys,
				 uint8_t blob[PSP_SESSION_SIZE])
{
	struct psp_wrap wrap;
	int error;

	psp_random(psp->crypto, blob + PSP_SESSION_nonce, 16);
	psp_random(psp->crypto, blob + PSP_SESSION_wrap_iv, 16);
	error = agree(psp, cert, blob, &wrap);
	if (error)
		return psp_cert_status(error);
	psp_session_seal(psp->crypto, &wrap, policy, keys, blob);
	return PSP_SUCCESS;
}
