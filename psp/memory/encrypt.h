/* SPDX-License-Identifier: MIT */
/*
 * The encryption engine of the memory controller. A view is what an access uses: the key of
 * an ASID (0: the host's, SME), or PSP_PLAIN for DRAM as it is.
 *
 * AES-128 in XEX mode by blocks of 16 bytes: C = E_K(P ^ T(pa)) ^ T(pa), pa the system
 * physical address of the block without the C-bit. The tweak is this model's own, for that
 * of silicon is not public: K2 = E_K("faultline tweaks"), t_i = E_K2(i as 16 bytes
 * little-endian), T(pa) = xor of t_i over the bits i of pa that are set, 4 <= i < 52. So any
 * block can be reached alone, equal plaintext differs by address, and what is moved breaks.
 *
 * An ASID without a key is not an error: its slot holds a key that belongs to the chip (from
 * the seed), so reads of anything give stable noise.
 */
#ifndef PSP_ENCRYPT_H
#define PSP_ENCRYPT_H

#include <openssl/types.h>

#include "psp/internal.h"

enum { PSP_PLAIN = -1, PSP_BLOCK = 16 };

/* 16 bytes at any address. */
typedef uint64_t psp_block __attribute__((vector_size(16), aligned(1), may_alias));

struct psp_key {
	bool loaded;
	uint8_t key[16];
	EVP_CIPHER_CTX *enc, *dec;
	uint64_t low[256][2];	  /* tweaks by address bits 11:4 */
	uint64_t high[10][16][2]; /* and by each four of bits 51:12 */
};

struct psp_engine {
	OSSL_LIB_CTX *lib; /* made with the first key */
	EVP_CIPHER *aes;
	struct psp_key *keys[PSP_MAX_ASID + 1]; /* made when first used */
	uint32_t epoch[PSP_MAX_ASID + 1];	/* changes with the key */
};

/* The key behind an ASID's view. */
struct psp_key *psp_key(struct psp *psp, unsigned int asid);

/* Whole blocks; in may be out. */
void psp_encrypt(const struct psp_key *key, uint64_t pa, const void *in, void *out, size_t len);
void psp_decrypt(const struct psp_key *key, uint64_t pa, const void *in, void *out, size_t len);

void psp_engine_reset(struct psp_engine *engine); /* forget the keys */
void psp_engine_free(struct psp_engine *engine);

#endif
