/* SPDX-License-Identifier: MIT */
/* Authorities from files: a certificate and its private key, PEM or DER. */
#include <errno.h>
#include <limits.h>

#include <openssl/bio.h>
#include <openssl/decoder.h>
#include <openssl/err.h>
#include <openssl/pem.h>

#include "psp/certs/kds_internal.h"

/* An encrypted key has no passphrase here, and nobody is asked for one. */
static int no_passphrase(char *buf, int size, int writing, void *arg)
{
	(void)buf;
	(void)size;
	(void)writing;
	(void)arg;
	return -1;
}

static bool is_der(const uint8_t *data, size_t len)
{
	return len && data[0] == 0x30; /* SEQUENCE */
}

static X509 *read_cert(OSSL_LIB_CTX *lib, const void *data, size_t len)
{
	BIO *bio = BIO_new_mem_buf(data, (int)len);
	X509 *x = X509_new_ex(lib, NULL);
	X509 *got = NULL;

	if (bio && x)
		got = is_der(data, len) ? d2i_X509_bio(bio, &x)
					: PEM_read_bio_X509(bio, &x, no_passphrase, NULL);
	BIO_free(bio);
	if (!got)
		X509_free(x);
	return got;
}

static EVP_PKEY *read_key(OSSL_LIB_CTX *lib, const void *data, size_t len)
{
	BIO *bio = BIO_new_mem_buf(data, (int)len);
	EVP_PKEY *key = NULL;

	if (bio)
		key = is_der(data, len) ? d2i_PrivateKey_ex_bio(bio, NULL, lib, NULL)
					: PEM_read_bio_PrivateKey_ex(bio, NULL, no_passphrase, NULL,
								     lib, NULL);
	BIO_free(bio);
	return key;
}

static bool key_ok(const EVP_PKEY *key)
{
	const int bits = EVP_PKEY_get_bits(key);

	return EVP_PKEY_is_a(key, "RSA") && (bits == 2048 || bits == 4096);
}

static int check(const struct psp_kds *kds, enum psp_authority which, const struct kds_authority *a)
{
	EVP_PKEY *ark = which == PSP_ARK ? a->key : kds->authority[PSP_ARK].key;

	if (!a->cert || !a->key || !ark || !key_ok(a->key) ||
	    X509_check_private_key(a->cert, a->key) != 1)
		return -EINVAL;
	return X509_verify(a->cert, ark) == 1 ? 0 : -EBADMSG;
}

int psp_kds_load(struct psp_kds *kds, enum psp_authority which, const void *cert, size_t cert_len,
		 const void *key, size_t key_len)
{
	struct kds_authority a;
	int ret;

	if (kds->authority[which].key)
		return -EBUSY;
	if (cert_len > INT_MAX || key_len > INT_MAX)
		return -EINVAL;
	ERR_set_mark();
	a.cert = read_cert(kds->crypto->lib, cert, cert_len);
	a.key = read_key(kds->crypto->lib, key, key_len);
	ret = check(kds, which, &a);
	ERR_pop_to_mark();
	if (ret) {
		X509_free(a.cert);
		EVP_PKEY_free(a.key);
		return ret;
	}
	kds->authority[which] = a;
	return 0;
}
