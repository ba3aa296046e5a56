/* SPDX-License-Identifier: MIT */
/*
 * Concepts. What the firmware computes with: libcrypto behind a small interface of the sizes
 * that SEV uses, and random numbers that come from a seed.
 *
 * A struct psp_crypto is a library context of libcrypto of its own. It has the default provider
 * and one that is built in, whose only algorithm is a random number generator: everything that
 * libcrypto draws in this context (nonces of ECDSA, salts of PSS, primes, blinding) comes from
 * the seed. The process's default context is neither used nor changed, nor is its error queue.
 * Two contexts share nothing; one context is for one thread at a time.
 *
 * Random numbers are AES-256-CTR key streams with a key hashed from seed and label. psp_random()
 * has a stream of its own, so that its numbers do not depend on how often libcrypto drew.
 *
 * Numbers of curve P-384 are 48 bytes big-endian, as libcrypto has them; only signatures have
 * the form of SEV's structures (72 + 72 bytes, little-endian). Certificates: cert.h.
 *
 * Errors: 0 or a negative errno. -EINVAL: an argument that cannot be right (a point off the
 * curve, a key out of range); -EBADMSG: a signature or tag that does not fit; -ENOMEM: libcrypto
 * refused what it can only refuse for want of memory. Hashes cannot fail. Should libcrypto refuse
 * a MAC, a cipher or a random number, the result is zero and psp_crypto_failed() tells so ever
 * after: the caller need not look but once, before it answers a command.
 */
#ifndef PSP_CRYPTO_H
#define PSP_CRYPTO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/uio.h>

#define OPENSSL_SUPPRESS_DEPRECATED
#include <openssl/sha.h>

#define PSP_SHA256_SIZE 32
#define PSP_SHA384_SIZE 48
#define PSP_GCM_IV	12
#define PSP_GCM_TAG	16
#define PSP_P384_SIZE	48
#define PSP_ECDSA_FIELD 72 /* r or s of a signature, as x or y of a public key in a certificate */
#define PSP_ECDSA_SIZE	(2 * PSP_ECDSA_FIELD)

struct psp_crypto;

/* A context for `seed`. NULL: out of memory. Costs as much as a signature: create it when needed.
 */
struct psp_crypto *psp_crypto_new(uint64_t seed);
void psp_crypto_free(struct psp_crypto *c);

/* Has libcrypto ever refused what cannot be refused? For a command: HWERROR_PLATFORM. */
bool psp_crypto_failed(const struct psp_crypto *c);

/* The next `len` bytes of the seed's stream. */
void psp_random(struct psp_crypto *c, void *buf, size_t len);

/*
 * Begin a new stream for what libcrypto draws: the one of seed, `label` and the `len` bytes of
 * `context`. After it, an operation's bytes do not depend on the operations before.
 */
void psp_crypto_stream(struct psp_crypto *c, const char *label, const void *context, size_t len);

/* ---- Hashes. Streaming states are plain structs and may be copied by assignment. ---- */

struct psp_sha256 {
	SHA256_CTX state;
};

struct psp_sha384 {
	SHA512_CTX state;
};

void psp_sha256_init(struct psp_sha256 *h);
void psp_sha256_update(struct psp_sha256 *h, const void *data, size_t len);
void psp_sha256_final(struct psp_sha256 *h, uint8_t out[PSP_SHA256_SIZE]);
void psp_sha256(const void *data, size_t len, uint8_t out[PSP_SHA256_SIZE]);

void psp_sha384_init(struct psp_sha384 *h);
void psp_sha384_update(struct psp_sha384 *h, const void *data, size_t len);
void psp_sha384_final(struct psp_sha384 *h, uint8_t out[PSP_SHA384_SIZE]);
void psp_sha384(const void *data, size_t len, uint8_t out[PSP_SHA384_SIZE]);

/* ---- Symmetric. ---- */

/* HMAC-SHA-256 over the `n` pieces of `parts` as one message. */
void psp_hmac(struct psp_crypto *c, const void *key, size_t key_len, const struct iovec *parts,
	      unsigned int n, uint8_t out[PSP_SHA256_SIZE]);

/* Are the `len` bytes equal? Takes the same time for each answer. */
bool psp_equal(const void *a, const void *b, size_t len);

/*
 * The key derivation of 55766 (SP 800-108, counter mode, HMAC-SHA-256; counter and length in
 * bits are little-endian dwords): `len` bytes from `key`, `label` and `context`.
 */
void psp_kdf(struct psp_crypto *c, const void *key, size_t key_len, const char *label,
	     const void *context, size_t context_len, void *out, size_t len);

/* AES-128-CTR, both directions; `iv` is the first counter block. `in` may be `out`. */
void psp_aes_ctr(struct psp_crypto *c, const uint8_t key[16], const uint8_t iv[16], const void *in,
		 void *out, size_t len);

/* AES-256-GCM. `in` may be `out`. */
void psp_gcm_seal(struct psp_crypto *c, const uint8_t key[32], const uint8_t iv[PSP_GCM_IV],
		  const void *aad, size_t aad_len, const void *in, size_t len, void *out,
		  uint8_t tag[PSP_GCM_TAG]);
/* -EBADMSG: the tag is wrong, and `out` is zero. */
int psp_gcm_open(struct psp_crypto *c, const uint8_t key[32], const uint8_t iv[PSP_GCM_IV],
		 const void *aad, size_t aad_len, const void *in, size_t len, void *out,
		 const uint8_t tag[PSP_GCM_TAG]);

/* ---- Curve P-384. ---- */

struct psp_ec_key {
	uint8_t d[PSP_P384_SIZE];
	uint8_t x[PSP_P384_SIZE];
	uint8_t y[PSP_P384_SIZE];
};

enum psp_digest {
	PSP_SHA256,
	PSP_SHA384,
};

/* A key from psp_random(). */
int psp_ec_generate(struct psp_crypto *c, struct psp_ec_key *key);

/* The key of `secret`: equal secrets, equal keys, whatever the seed. */
int psp_ec_derive(struct psp_crypto *c, const void *secret, size_t len, struct psp_ec_key *key);

/* Sign the digest of `data`: `sig` = r, s, each 72 bytes little-endian. */
int psp_ec_sign(struct psp_crypto *c, const struct psp_ec_key *key, enum psp_digest digest,
		const void *data, size_t len, uint8_t sig[PSP_ECDSA_SIZE]);

/* -EINVAL: (x, y) is no point of the curve; -EBADMSG: not this key's signature of `data`. */
int psp_ec_verify(struct psp_crypto *c, const uint8_t x[PSP_P384_SIZE],
		  const uint8_t y[PSP_P384_SIZE], enum psp_digest digest, const void *data,
		  size_t len, const uint8_t sig[PSP_ECDSA_SIZE]);

/* The x coordinate of the shared point. -EINVAL: the peer's is no point of the curve. */
int psp_ecdh(struct psp_crypto *c, const struct psp_ec_key *key, const uint8_t x[PSP_P384_SIZE],
	     const uint8_t y[PSP_P384_SIZE], uint8_t z[PSP_P384_SIZE]);

#endif
