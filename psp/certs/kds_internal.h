/* SPDX-License-Identifier: MIT */
/* What kds*.c share. */
#ifndef PSP_KDS_INTERNAL_H
#define PSP_KDS_INTERNAL_H

#include <openssl/evp.h>
#include <openssl/x509.h>

#include "psp/certs/cert_internal.h"
#include "psp/certs/kds.h"

enum {
	KDS_AUTHORITIES = 3,
	KDS_NAME = 64,
};

struct psp_kds {
	struct psp_crypto *crypto;
	uint64_t seed;
	unsigned int rsa_bits;
	bool turin;
	char product[32];
	char product_name[KDS_NAME];
	struct kds_authority {
		EVP_PKEY *key;
		X509 *cert;
	} authority[KDS_AUTHORITIES];
};

/* Key and certificate, made when first needed; NULL: libcrypto failed. Both stay the service's. */
EVP_PKEY *psp_kds_key(struct psp_kds *kds, enum psp_authority which);
X509 *psp_kds_cert(struct psp_kds *kds, enum psp_authority which);

/* The hash of a key's modulus: ids are the beginning of it, the model's own choice. */
bool psp_kds_key_id(EVP_PKEY *key, uint8_t id[PSP_SHA256_SIZE]);

/* What a certificate is about. */
struct kds_subject {
	const char *name;   /* CN */
	const void *unique; /* with the name it is the certificate's serial number and salt */
	size_t unique_len;
	X509 *issuer; /* NULL: itself */
	EVP_PKEY *signer;
};

/* A certificate without key and extensions; NULL: libcrypto failed. */
X509 *psp_x509_begin(struct psp_kds *kds, const struct kds_subject *s);
bool psp_x509_ec_key(X509 *x, const struct psp_ec_key *key);
bool psp_x509_rsa_key(X509 *x, EVP_PKEY *key);
bool psp_x509_sign(struct psp_kds *kds, const struct kds_subject *s, X509 *x);
/* DER into a buffer: its length, or -ENOSPC. */
int psp_x509_der(X509 *x, uint8_t *der, size_t room);

/* AMD's extensions for a VCEK (`hwid` of a chip) or a VLEK (`csp`); the other one is NULL. */
bool psp_x509_amd_extensions(const struct psp_kds *kds, X509 *x, uint64_t tcb, const uint8_t *hwid,
			     const char *csp);
/* Those of an authority. */
bool psp_x509_ca_extensions(X509 *x, EVP_PKEY *key, X509 *issuer);

#endif
