/* SPDX-License-Identifier: MIT */
/*
 * Certificates of SEV (55766): the chip's and the owner's (0x824 bytes), and
 * AMD's for ARK and ASK (832 or 1600 bytes).
 *
 *   PDH <- PEK <- OCA <- OCA         "<-": is signed by
 *           ^- CEK <- ASK <- ARK <- ARK
 */
#ifndef TESTS_PSP_OWNER_CERT_H
#define TESTS_PSP_OWNER_CERT_H

#define OWNER_CERT_SIZE	 0x824
#define OWNER_CHAIN_SIZE 0x186c /* PEK, OCA, CEK */

#define OWNER_KEY_SIZE	 0x404 /* curve u32, x 72 bytes, y 72 bytes, little-endian */
#define OWNER_CURVE_P256 1
#define OWNER_CURVE_P384 2

enum owner_usage {
	OWNER_USAGE_ARK = 0,
	OWNER_USAGE_ASK = 0x13,
	OWNER_USAGE_NONE = 0x1000,
	OWNER_USAGE_OCA,
	OWNER_USAGE_PEK,
	OWNER_USAGE_PDH,
	OWNER_USAGE_CEK,
};

enum owner_algo {
	OWNER_ALGO_NONE = 0,
	OWNER_ALGO_RSA_SHA256 = 1,
	OWNER_ALGO_ECDSA_SHA256 = 2,
	OWNER_ALGO_ECDH_SHA256 = 3,
	OWNER_ALGO_RSA_SHA384 = 0x101,
};

/* Offsets in a SEV certificate; the signed bytes end where the signatures begin. */
enum owner_cert_field {
	OWNER_CERT_VERSION = 0,
	OWNER_CERT_API_MAJOR = 4,
	OWNER_CERT_API_MINOR = 5,
	OWNER_CERT_RESERVED = 6,
	OWNER_CERT_USAGE = 8,
	OWNER_CERT_ALGO = 0xc,
	OWNER_CERT_KEY = 0x10,
	OWNER_CERT_SIG1 = 0x414, /* usage u32, algorithm u32, 0x200 bytes */
	OWNER_CERT_SIG2 = 0x61c,
};
#define OWNER_CERT_SIGNED OWNER_CERT_SIG1

/* A P-384 key pair; numbers are big-endian. */
struct owner_ec_key {
	uint8_t scalar[48], x[48], y[48];
};

void owner_ec_generate(struct owner_ec_key *key, struct owner_rand *rand);
/* The public half in the 0x404-byte form that certificates and ID pages use. */
void owner_ec_export(const struct owner_ec_key *key, uint8_t out[OWNER_KEY_SIZE]);

/* What a platform shows: `cek` is the chain's CEK with the ASK's signature. */
struct owner_platform {
	const uint8_t *pdh;   /* OWNER_CERT_SIZE */
	const uint8_t *chain; /* OWNER_CHAIN_SIZE */
	const uint8_t *cek;   /* OWNER_CERT_SIZE; NULL: the chain's own is signed */
	const uint8_t *ask, *ark;
	size_t ask_size, ark_size;
};

/* The first link that does not hold, from the root downwards. */
enum owner_check owner_platform_verify(const struct owner_platform *platform);

/* A certificate with both signatures empty. */
void owner_cert_make(uint8_t cert[OWNER_CERT_SIZE], const uint8_t api[2], enum owner_usage usage,
		     enum owner_algo algo, const struct owner_ec_key *key);
/* Fill a signature slot (OWNER_CERT_SIG1 or 2) by ECDSA-SHA256. */
void owner_cert_sign(uint8_t cert[OWNER_CERT_SIZE], enum owner_cert_field slot,
		     enum owner_usage signer, const struct owner_ec_key *key);

/* The certificate of an external OCA, signed by itself. */
void owner_oca_make(uint8_t oca[OWNER_CERT_SIZE], const uint8_t api[2],
		    const struct owner_ec_key *key);
/*
 * Sign the CSR of a platform's PEK for PEK_CERT_IMPORT. OWNER_PEK_FORM if it is no
 * CSR: a PEK's certificate with both signatures empty.
 */
enum owner_check owner_pek_import(uint8_t pek[OWNER_CERT_SIZE], const uint8_t csr[OWNER_CERT_SIZE],
				  const struct owner_ec_key *oca);

#endif
