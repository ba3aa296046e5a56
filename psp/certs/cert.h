/* SPDX-License-Identifier: MIT */
/*
 * Concepts. A SEV certificate (55766) is 0x824 bytes: a header, one public key, and two slots
 * for signatures over everything before the first slot (0x414 bytes). AMD's certificates (ARK,
 * ASK) have another form, with an RSA key of 2048 or 4096 bits. Both are little-endian; a
 * signature of RSA-PSS is stored with its bytes reversed.
 *
 * Certificates are plain byte arrays here; cert.def has their layout. The rules for each usage:
 *
 *	usage	key		slot 1		slot 2
 *	CEK	ECDSA, P-384	ASK or none	none
 *	OCA	ECDSA, P-384	OCA itself	none
 *	PEK	ECDSA, P-384	OCA or none	CEK or none
 *	PDH	ECDH, P-384	PEK		none
 *
 * Chips sign with ECDSA and SHA-256 (algorithm 2) in all of these, also on P-384; SHA-384
 * (0x102) is accepted in a certificate of another's making. "None" has usage 0x1000 and
 * algorithm 0.
 *
 * Errors: 0, -EINVAL: the structure is wrong, or its key is no point of the curve (for a command:
 * INVALID_CERTIFICATE); -EBADMSG: the signature does not fit (BAD_SIGNATURE); -ENOENT: the slot
 * has none of the wanted usage.
 */
#ifndef PSP_CERT_H
#define PSP_CERT_H

#include <stddef.h>
#include <stdint.h>

#include "psp/crypto/crypto.h"

#define PSP_CERT_SIZE	0x824
#define PSP_CERT_BODY	0x414 /* what a signature covers */
#define PSP_PUBKEY_SIZE 0x404
#define PSP_SIG_SIZE	0x200
#define PSP_CHAIN_SIZE	(3 * PSP_CERT_SIZE) /* PEK, OCA, CEK, as PDH_CERT_EXPORT gives them */

#define PSP_AMD_CERT_MAX 0x640 /* 4096 bits; 0x340 with 2048 */

enum psp_cert_offset {
#define FIELD(structure, name, offset, bytes) PSP_##structure##_##name = (offset),
#include "psp/certs/cert.def"
#undef FIELD
};

enum psp_usage {
	PSP_USAGE_ARK = 0,
	PSP_USAGE_ASK = 0x13,
	PSP_USAGE_NONE = 0x1000,
	PSP_USAGE_OCA = 0x1001,
	PSP_USAGE_PEK = 0x1002,
	PSP_USAGE_PDH = 0x1003,
	PSP_USAGE_CEK = 0x1004,
};

enum psp_algo {
	PSP_ALGO_NONE = 0,
	PSP_ALGO_RSA_SHA256 = 1,
	PSP_ALGO_ECDSA_SHA256 = 2,
	PSP_ALGO_ECDH_SHA256 = 3,
	PSP_ALGO_RSA_SHA384 = 0x101,
	PSP_ALGO_ECDSA_SHA384 = 0x102,
	PSP_ALGO_ECDH_SHA384 = 0x103,
};

enum psp_curve {
	PSP_CURVE_P256 = 1,
	PSP_CURVE_P384 = 2,
};

/*
 * Fill `cert` for the public half of `key`, both slots empty: ECDH-SHA256 for PDH, else
 * ECDSA-SHA256. That is also the form of a signing request (PEK_CSR).
 */
void psp_cert_build(uint8_t cert[PSP_CERT_SIZE], uint8_t api_major, uint8_t api_minor,
		    enum psp_usage usage, const struct psp_ec_key *key);

/* Sign with the key of the issuer, ECDSA-SHA256, into slot 1 or 2. */
int psp_cert_sign(struct psp_crypto *c, uint8_t cert[PSP_CERT_SIZE], unsigned int slot,
		  enum psp_usage issuer, const struct psp_ec_key *key);

/* Put a signature made elsewhere into a slot: `sig` is 0x200 bytes in the certificate's form. */
void psp_cert_put_signature(uint8_t cert[PSP_CERT_SIZE], unsigned int slot, enum psp_usage issuer,
			    enum psp_algo algo, const uint8_t sig[PSP_SIG_SIZE]);

/* Empty a slot. */
void psp_cert_clear_signature(uint8_t cert[PSP_CERT_SIZE], unsigned int slot);

enum psp_usage psp_cert_usage(const uint8_t cert[PSP_CERT_SIZE]);

/*
 * Is it a well-formed certificate for `usage`: version, usage, algorithm, curve, point on the
 * curve, reserved bytes zero, slots as in the table above? Signatures are not verified.
 */
int psp_cert_check(struct psp_crypto *c, const uint8_t cert[PSP_CERT_SIZE], enum psp_usage usage);

/*
 * Verify the signature that `issuer`, a SEV certificate, has made in one of the two slots of
 * `cert`. -ENOENT: no slot is of the issuer's usage; -EINVAL: the slot's algorithm is none that
 * the issuer's key can sign with, or the issuer's key is no P-384 point.
 */
int psp_cert_verify(struct psp_crypto *c, const uint8_t cert[PSP_CERT_SIZE],
		    const uint8_t issuer[PSP_CERT_SIZE]);

/* The point of an EC certificate. -EINVAL: not P-384, or too large a number. */
int psp_cert_point(const uint8_t cert[PSP_CERT_SIZE], uint8_t x[PSP_P384_SIZE],
		   uint8_t y[PSP_P384_SIZE]);

/* The same between a point and a public key structure alone (0x404 bytes: ID_AUTH of 56860). */
void psp_pubkey_build(uint8_t pubkey[PSP_PUBKEY_SIZE], const uint8_t x[PSP_P384_SIZE],
		      const uint8_t y[PSP_P384_SIZE]);
int psp_pubkey_point(const uint8_t pubkey[PSP_PUBKEY_SIZE], uint8_t x[PSP_P384_SIZE],
		     uint8_t y[PSP_P384_SIZE]);

/* ---- Signatures of the ASK, and AMD's own certificates. ---- */

struct evp_pkey_st; /* EVP_PKEY, RSA */

/* Sign a CEK in slot 1: 2048 bits with SHA-256, 4096 bits with SHA-384. */
int psp_cert_sign_rsa(struct psp_crypto *c, uint8_t cert[PSP_CERT_SIZE], unsigned int slot,
		      enum psp_usage issuer, struct evp_pkey_st *key);

/* Verify the signature that the ASK of `amd`, an AMD certificate, has made in a slot. */
int psp_cert_verify_amd(struct psp_crypto *c, const uint8_t cert[PSP_CERT_SIZE], const uint8_t *amd,
			size_t amd_len);

/*
 * Make the AMD certificate of `key`, signed by `issuer_key`, at most PSP_AMD_CERT_MAX bytes.
 * Returns its length or a negative errno. `key_id` and `certifying_id` are 16 bytes each.
 */
int psp_amd_cert_build(struct psp_crypto *c, uint8_t *cert, enum psp_usage usage,
		       const uint8_t key_id[16], struct evp_pkey_st *key,
		       const uint8_t certifying_id[16], struct evp_pkey_st *issuer_key);

/* Well-formed for `usage` (ARK, ASK), and signed by `issuer`, an AMD certificate (ARK: itself)? */
int psp_amd_cert_verify(struct psp_crypto *c, const uint8_t *cert, size_t len, enum psp_usage usage,
			const uint8_t *issuer, size_t issuer_len);

#endif
