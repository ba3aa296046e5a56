/* SPDX-License-Identifier: MIT */
/* What the firmware says of a launch: its measurement and its attestation report. */
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define MEASURE_CONTEXT 4

/* Offsets in the attestation report. */
enum {
	REPORT_MNONCE = 0,
	REPORT_DIGEST = 0x10,
	REPORT_POLICY = 0x30,
	REPORT_USAGE = 0x34, /* the signed bytes end here */
	REPORT_ALGO = 0x38,
	REPORT_RESERVED = 0x3c,
	REPORT_SIG = 0x40,
};

/* From API 0.17 versions enter the measurement, and the measurement enters secrets. */
static bool has_version(struct owner_version version)
{
	return version.major > 0 || version.minor >= 17;
}

void owner_sev_digest(const struct owner_part *plain, size_t n, uint8_t digest[32])
{
	owner_sha256(plain, n, digest);
}

void owner_measure(const struct owner_session *session, struct owner_version version,
		   const uint8_t digest[32], const uint8_t mnonce[16], uint8_t out[32])
{
	uint8_t head[] = {MEASURE_CONTEXT, version.major, version.minor, version.build}, policy[4];

	owner_put32(policy, session->policy);
	owner_hmac(session->tik, 16,
		   OWNER_PARTS({head, has_version(version) ? sizeof(head) : 0}, {policy, 4},
			       {digest, 32}, {mnonce, 16}),
		   out);
}

enum owner_check owner_measure_verify(const struct owner_session *session,
				      struct owner_version version, const uint8_t digest[32],
				      const uint8_t blob[OWNER_MEASURE_SIZE])
{
	uint8_t mac[32];

	owner_measure(session, version, digest, blob + 32, mac);
	return CRYPTO_memcmp(mac, blob, 32) == 0 ? OWNER_OK : OWNER_MEASUREMENT;
}

bool owner_secret_is_bound(struct owner_version version)
{
	return has_version(version);
}

enum owner_check owner_sev_report_verify(const uint8_t report[OWNER_SEV_REPORT_SIZE],
					 const uint8_t pek[OWNER_CERT_SIZE],
					 const struct owner_sev_expect *expect)
{
	EVP_PKEY *key = owner_ec_public(pek + OWNER_CERT_KEY);
	uint8_t digest[32];
	bool right;

	if (!key)
		return OWNER_KEY;
	owner_sha256(OWNER_PARTS({report, REPORT_USAGE}), digest);
	right = owner_ecdsa_verify(key, digest, sizeof(digest), report + REPORT_SIG);
	EVP_PKEY_free(key);
	if (!right)
		return OWNER_SIGNATURE;
	if (owner_get32(report + REPORT_USAGE) != OWNER_USAGE_PEK)
		return OWNER_USAGE;
	if (owner_get32(report + REPORT_ALGO) != OWNER_ALGO_ECDSA_SHA256)
		return OWNER_ALGO;
	if (owner_get32(report + REPORT_RESERVED) != 0)
		return OWNER_RESERVED;
	if (memcmp(report + REPORT_MNONCE, expect->mnonce, 16) != 0)
		return OWNER_NONCE;
	if (memcmp(report + REPORT_DIGEST, expect->digest, 32) != 0)
		return OWNER_DIGEST;
	return owner_get32(report + REPORT_POLICY) == expect->policy ? OWNER_OK : OWNER_POLICY;
}
