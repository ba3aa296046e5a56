/* SPDX-License-Identifier: MIT */
/* Certificates of VCEK and VLEK (57230), and the wrapped VLEK. */
#include <endian.h>
#include <errno.h>

#include <openssl/err.h>

#include "psp/certs/kds_internal.h"

struct vek {
	const uint8_t *hwid; /* VCEK */
	const char *csp;     /* VLEK */
	uint64_t tcb;
	struct psp_ec_key key;
};

static X509 *make_cert(struct psp_kds *kds, const struct kds_subject *s, const struct vek *v)
{
	X509 *x = psp_x509_begin(kds, s);

	if (x && psp_x509_ec_key(x, &v->key) &&
	    psp_x509_amd_extensions(kds, x, v->tcb, v->hwid, v->csp) && psp_x509_sign(kds, s, x))
		return x;
	X509_free(x);
	return NULL;
}

static int certify(struct psp_kds *kds, enum psp_authority which, const struct vek *v, uint8_t *der,
		   size_t room)
{
	const struct kds_subject s = {
		.name = which == PSP_ASK ? "SEV-VCEK" : "SEV-VLEK",
		.unique = v->key.x,
		.unique_len = sizeof(v->key.x),
		.issuer = psp_kds_cert(kds, which),
		.signer = psp_kds_key(kds, which),
	};
	X509 *x;
	int ret;

	if (!s.issuer || !s.signer)
		return -ENOMEM;
	ERR_set_mark();
	x = make_cert(kds, &s, v);
	ret = x ? psp_x509_der(x, der, room) : -ENOMEM;
	X509_free(x);
	ERR_pop_to_mark();
	return ret;
}

int psp_kds_vcek(struct psp_kds *kds, const struct psp_chip *chip, uint64_t tcb, uint8_t *der,
		 size_t room)
{
	struct vek v = {.hwid = chip->id, .tcb = tcb};
	int ret = psp_vcek(kds->crypto, chip, tcb, &v.key);

	return ret ? ret : certify(kds, PSP_ASK, &v, der, room);
}

/* What a provider's material is made from: known to the service alone. */
static void provider_sticks(struct psp_kds *kds, const char *csp, uint64_t tcb,
			    struct psp_sticks *sticks)
{
	const uint64_t seed = htole64(kds->seed);
	uint8_t secret[32];

	psp_kdf(kds->crypto, &seed, sizeof(seed), "vlek-provider", csp, strlen(csp), secret,
		sizeof(secret));
	psp_sticks_make(kds->crypto, secret, sizeof(secret), tcb, sticks);
}

int psp_kds_vlek(struct psp_kds *kds, const char *csp, uint64_t tcb, uint8_t *der, size_t room)
{
	struct vek v = {.csp = csp, .tcb = tcb};
	struct psp_sticks sticks;
	int ret;

	provider_sticks(kds, csp, tcb, &sticks);
	ret = psp_sticks_key(kds->crypto, &sticks, &v.key);
	return ret ? ret : certify(kds, PSP_ASVK, &v, der, room);
}

void psp_kds_wrap_vlek(struct psp_kds *kds, const char *csp, const struct psp_chip *chip,
		       uint64_t tcb, uint8_t blob[PSP_WRAPPED_VLEK_SIZE])
{
	struct psp_sticks sticks;
	uint8_t iv[PSP_GCM_IV];

	provider_sticks(kds, csp, tcb, &sticks);
	/* One key and one payload, one IV. */
	psp_kdf(kds->crypto, sticks.stick, sizeof(sticks.stick), "vlek-iv", chip->id,
		sizeof(chip->id), iv, sizeof(iv));
	psp_vlek_wrap(kds->crypto, chip, &sticks, iv, blob);
}
