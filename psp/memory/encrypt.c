/* SPDX-License-Identifier: MIT */
/* The encryption engine: keys, tweaks, blocks. Its mode is described in encrypt.h. */
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <stdlib.h>

#include "psp/crypto/crypto.h"
#include "psp/memory/memory_state.h"

enum { FIRST_BIT = 4, PAGE_BIT = 12, END_BIT = 52 };

/* Fails only for want of memory; as with the hashes of crypto.h, nothing can go on then. */
static void need(bool ok)
{
	if (!ok)
		abort();
}

static EVP_CIPHER_CTX *aes(const struct psp_engine *engine, const uint8_t key[16], bool encrypt)
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();

	need(ctx && EVP_CipherInit_ex2(ctx, engine->aes, key, NULL, encrypt, NULL) == 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	return ctx;
}

/* EVP_Cipher() goes straight to the cipher: 64 bytes cost 15 ns. */
static inline void run(EVP_CIPHER_CTX *ctx, void *out, const void *in, size_t len)
{
	need(EVP_Cipher(ctx, out, in, (unsigned int)len) >= 0);
}

static void add(uint64_t sum[2], const uint64_t a[2], const uint64_t b[2])
{
	sum[0] = a[0] ^ b[0];
	sum[1] = a[1] ^ b[1];
}

/* `n` bits of the address from `bit` on: table[v] is the tweak of value v. */
static void span(uint64_t (*table)[2], EVP_CIPHER_CTX *tweaker, unsigned int bit, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++) {
		uint8_t number[PSP_BLOCK] = {(uint8_t)(bit + i)};
		uint64_t t[2];

		run(tweaker, t, number, sizeof(number));
		for (unsigned int v = 0; v < 1u << i; v++)
			add(table[v | 1u << i], table[v], t);
	}
}

static void make_tables(const struct psp_engine *engine, struct psp_key *key)
{
	static const char label[] = "faultline tweaks";
	EVP_CIPHER_CTX *tweaker;
	uint8_t k2[PSP_BLOCK];

	run(key->enc, k2, label, sizeof(k2));
	tweaker = aes(engine, k2, true);
	span(key->low, tweaker, FIRST_BIT, PAGE_BIT - FIRST_BIT);
	for (unsigned int i = 0; i < (END_BIT - PAGE_BIT) / 4; i++)
		span(key->high[i], tweaker, PAGE_BIT + 4 * i, 4);
	EVP_CIPHER_CTX_free(tweaker);
}

static void open_library(struct psp_engine *engine)
{
	if (engine->lib)
		return;
	engine->lib = OSSL_LIB_CTX_new();
	need(engine->lib);
	engine->aes = EVP_CIPHER_fetch(engine->lib, "AES-128-ECB", NULL);
	need(engine->aes);
}

static void close_key(struct psp_key *key)
{
	EVP_CIPHER_CTX_free(key->enc);
	EVP_CIPHER_CTX_free(key->dec);
}

static struct psp_key *set_key(struct psp_engine *engine, unsigned int asid,
			       const uint8_t bytes[16])
{
	struct psp_key *key = engine->keys[asid];

	open_library(engine);
	if (key)
		close_key(key);
	else
		key = engine->keys[asid] = calloc(1, sizeof(*key));
	need(key);
	memcpy(key->key, bytes, sizeof(key->key));
	key->enc = aes(engine, bytes, true);
	key->dec = aes(engine, bytes, false);
	make_tables(engine, key);
	return key;
}

/* What the chip has in a slot that nobody loaded; in slot 0, the host's key. */
static void chip_key(const struct psp *psp, unsigned int asid, uint8_t key[16])
{
	static const char label[] = "memory key of slot";
	uint8_t in[sizeof(label) + 8 + 2];
	uint8_t digest[PSP_SHA256_SIZE];

	memcpy(in, label, sizeof(label));
	psp_put_le(in + sizeof(label), psp->config.seed, 8);
	psp_put_le(in + sizeof(label) + 8, asid, 2);
	psp_sha256(in, sizeof(in), digest);
	memcpy(key, digest, 16);
}

struct psp_key *psp_key(struct psp *psp, unsigned int asid)
{
	struct psp_engine *engine = &psp->memory->engine;
	uint8_t bytes[16];

	if (engine->keys[asid])
		return engine->keys[asid];
	chip_key(psp, asid, bytes);
	return set_key(engine, asid, bytes);
}

void psp_key_load(struct psp *psp, unsigned int asid, const uint8_t bytes[16])
{
	struct psp_engine *engine = &psp->memory->engine;
	struct psp_key *key = engine->keys[asid];

	if (key && key->loaded && !memcmp(key->key, bytes, sizeof(key->key)))
		return;
	set_key(engine, asid, bytes)->loaded = true;
	engine->epoch[asid]++;
	psp_trace(psp, PSP_TRACE_KEY, (uint16_t)asid, 1, 0, NULL, 0);
}

void psp_key_drop(struct psp *psp, unsigned int asid)
{
	struct psp_engine *engine = &psp->memory->engine;
	uint8_t bytes[16];

	if (!psp_key_loaded(psp, asid))
		return;
	chip_key(psp, asid, bytes);
	set_key(engine, asid, bytes)->loaded = false;
	engine->epoch[asid]++;
	psp_trace(psp, PSP_TRACE_KEY, (uint16_t)asid, 0, 0, NULL, 0);
}

bool psp_key_loaded(const struct psp *psp, unsigned int asid)
{
	const struct psp_key *key = psp->memory->engine.keys[asid];

	return key && key->loaded;
}

void psp_engine_reset(struct psp_engine *engine)
{
	for (unsigned int asid = 0; asid <= PSP_MAX_ASID; asid++) {
		if (!engine->keys[asid])
			continue;
		close_key(engine->keys[asid]);
		free(engine->keys[asid]);
		engine->keys[asid] = NULL;
	}
}

void psp_engine_free(struct psp_engine *engine)
{
	psp_engine_reset(engine);
	EVP_CIPHER_free(engine->aes);
	OSSL_LIB_CTX_free(engine->lib);
}

static inline psp_block page_tweak(const struct psp_key *key, uint64_t pa)
{
	psp_block tweak = {0, 0};

	for (unsigned int i = 0; i < (END_BIT - PAGE_BIT) / 4; i++)
		tweak ^= *(const psp_block *)key->high[i][pa >> (PAGE_BIT + 4 * i) & 15];
	return tweak;
}

/* Within a page. */
static inline void xex(const struct psp_key *key, EVP_CIPHER_CTX *ctx, uint64_t pa, const void *in,
		       void *out, size_t len)
{
	const psp_block *low = (const psp_block *)key->low[pa / PSP_BLOCK % 256];
	const psp_block page = page_tweak(key, pa);
	const size_t n = len / PSP_BLOCK;
	const psp_block *from = in;
	psp_block *to = out;

	for (size_t i = 0; i < n; i++)
		to[i] = from[i] ^ page ^ low[i];
	run(ctx, out, out, len);
	for (size_t i = 0; i < n; i++)
		to[i] ^= page ^ low[i];
}

static void by_page(const struct psp_key *key, EVP_CIPHER_CTX *ctx, uint64_t pa, const uint8_t *in,
		    uint8_t *out, size_t len)
{
	for (size_t n; len; pa += n, in += n, out += n, len -= n) {
		n = PSP_PAGE - pa % PSP_PAGE;
		n = n < len ? n : len;
		xex(key, ctx, pa, in, out, n);
	}
}

void psp_encrypt(const struct psp_key *key, uint64_t pa, const void *in, void *out, size_t len)
{
	by_page(key, key->enc, pa, in, out, len);
}

void psp_decrypt(const struct psp_key *key, uint64_t pa, const void *in, void *out, size_t len)
{
	by_page(key, key->dec, pa, in, out, len);
}
