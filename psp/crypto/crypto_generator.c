/* SPDX-License-Identifier: MIT */
/*
 * A provider of libcrypto with one algorithm: a random number generator that reads a stream of
 * the seed. All generators that a library context makes (its seed source, the primary one and
 * those for public and private numbers) read the same stream: what is drawn depends on the order
 * of the calls alone. There is no reseeding: fresh entropy has no place in a run.
 */
#include <openssl/core_dispatch.h>
#include <openssl/core_names.h>
#include <openssl/params.h>
#include <openssl/provider.h>
#include <openssl/rand.h>

#include "psp/crypto/crypto_internal.h"

#define NAME	   "PSP-SEEDED"
#define PROPERTIES "provider=psp"

enum {
	STRENGTH = 256,
	MAX_REQUEST = 1 << 30,
};

/* The provider's context; each generator of libcrypto is a pointer to it. */
struct source {
	struct psp_stream *stream;
	int state;
};

static OSSL_FUNC_rand_newctx_fn generator_new;
static OSSL_FUNC_rand_freectx_fn generator_free;
static OSSL_FUNC_rand_instantiate_fn generator_instantiate;
static OSSL_FUNC_rand_uninstantiate_fn generator_uninstantiate;
static OSSL_FUNC_rand_generate_fn generator_generate;
static OSSL_FUNC_rand_enable_locking_fn generator_enable_locking;
static OSSL_FUNC_rand_get_ctx_params_fn generator_get;
static OSSL_FUNC_provider_query_operation_fn provider_query;
static OSSL_FUNC_provider_teardown_fn provider_teardown;
static OSSL_provider_init_fn provider_init;

static void *generator_new(void *provider, void *parent, const OSSL_DISPATCH *calls)
{
	(void)parent;
	(void)calls;
	return provider;
}

static void generator_free(void *ctx)
{
	(void)ctx;
}

static int generator_instantiate(void *ctx, unsigned int strength, int resistance,
				 const unsigned char *extra, size_t len, const OSSL_PARAM params[])
{
	struct source *source = ctx;

	(void)strength;
	(void)resistance;
	(void)extra;
	(void)len;
	(void)params;
	source->state = EVP_RAND_STATE_READY;
	return 1;
}

static int generator_uninstantiate(void *ctx)
{
	(void)ctx;
	return 1;
}

static int generator_generate(void *ctx, unsigned char *out, size_t len, unsigned int strength,
			      int resistance, const unsigned char *extra, size_t extra_len)
{
	const struct source *source = ctx;

	(void)strength;
	(void)resistance;
	(void)extra;
	(void)extra_len;
	return psp_stream_read(source->stream, out, len);
}

/* One thread at a time has a context (crypto.h). */
static int generator_enable_locking(void *ctx)
{
	(void)ctx;
	return 1;
}

static int generator_get(void *ctx, OSSL_PARAM params[])
{
	const struct source *source = ctx;
	OSSL_PARAM *p;

	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STATE);
	if (p && !OSSL_PARAM_set_int(p, source->state))
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_STRENGTH);
	if (p && !OSSL_PARAM_set_uint(p, STRENGTH))
		return 0;
	p = OSSL_PARAM_locate(params, OSSL_RAND_PARAM_MAX_REQUEST);
	return !p || OSSL_PARAM_set_size_t(p, MAX_REQUEST);
}

#define CALL(id, fn)                                                                               \
	{                                                                                          \
		id, (void (*)(void))fn                                                             \
	}

static const OSSL_ALGORITHM *provider_query(void *provider, int operation, int *no_cache)
{
	static const OSSL_DISPATCH generator[] = {
		CALL(OSSL_FUNC_RAND_NEWCTX, generator_new),
		CALL(OSSL_FUNC_RAND_FREECTX, generator_free),
		CALL(OSSL_FUNC_RAND_INSTANTIATE, generator_instantiate),
		CALL(OSSL_FUNC_RAND_UNINSTANTIATE, generator_uninstantiate),
		CALL(OSSL_FUNC_RAND_GENERATE, generator_generate),
		CALL(OSSL_FUNC_RAND_ENABLE_LOCKING, generator_enable_locking),
		CALL(OSSL_FUNC_RAND_GET_CTX_PARAMS, generator_get),
		{0, NULL},
	};
	static const OSSL_ALGORITHM algorithms[] = {
		{NAME, PROPERTIES, generator, "key stream of a seed"},
		{NULL, NULL, NULL, NULL},
	};

	(void)provider;
	*no_cache = 0;
	return operation == OSSL_OP_RAND ? algorithms : NULL;
}

static void provider_teardown(void *provider)
{
	OPENSSL_free(provider);
}

static int provider_init(const OSSL_CORE_HANDLE *handle, const OSSL_DISPATCH *in,
			 const OSSL_DISPATCH **out, void **provider)
{
	static const OSSL_DISPATCH calls[] = {
		CALL(OSSL_FUNC_PROVIDER_QUERY_OPERATION, provider_query),
		CALL(OSSL_FUNC_PROVIDER_TEARDOWN, provider_teardown),
		{0, NULL},
	};

	(void)handle;
	(void)in;
	*out = calls;
	*provider = OPENSSL_zalloc(sizeof(struct source));
	return *provider != NULL;
}

OSSL_PROVIDER *psp_generator_load(OSSL_LIB_CTX *lib, struct psp_stream *drawn)
{
	OSSL_PROVIDER *p;
	struct source *source;

	if (OSSL_PROVIDER_add_builtin(lib, "psp", provider_init) != 1)
		return NULL;
	p = OSSL_PROVIDER_load(lib, "psp");
	if (!p)
		return NULL;
	source = OSSL_PROVIDER_get0_provider_ctx(p);
	source->stream = drawn;
	if (RAND_set_DRBG_type(lib, NAME, PROPERTIES, NULL, NULL) != 1 ||
	    RAND_set_seed_source_type(lib, NAME, PROPERTIES) != 1) {
		OSSL_PROVIDER_unload(p);
		return NULL;
	}
	return p;
}
