/* SPDX-License-Identifier: MIT */
/* The chip's identity, its CEK and VCEK, and the hash sticks. */
#include <endian.h>
#include <errno.h>
#include <string.h>

#include "psp/certs/endorse.h"

enum {
	SPL_MAX = 255,
};

static uint8_t spl(uint64_t tcb, unsigned int component)
{
	return (uint8_t)(tcb >> 8 * component);
}

/* By plain hashes, so that a chip costs no cryptographic context. */
static void derive(const char *label, uint64_t serial, uint8_t n, uint8_t out[PSP_SHA256_SIZE])
{
	const uint64_t key = htole64(serial);
	struct psp_sha256 hash;

	psp_sha256_init(&hash);
	psp_sha256_update(&hash, label, strlen(label));
	psp_sha256_update(&hash, &key, sizeof(key));
	psp_sha256_update(&hash, &n, 1);
	psp_sha256_final(&hash, out);
}

void psp_chip_make(uint64_t serial, struct psp_chip *chip)
{
	derive("chip-id", serial, 0, chip->id);
	derive("chip-id", serial, 1, chip->id + PSP_SHA256_SIZE);
	derive("chip-secret", serial, 0, chip->secret);
}

bool psp_tcb_reaches(uint64_t b, uint64_t a)
{
	for (unsigned int i = 0; i < PSP_TCB_COMPONENTS; i++)
		if (spl(a, i) > spl(b, i))
			return false;
	return true;
}

static void hash_on(uint8_t stick[PSP_SHA384_SIZE], unsigned int times)
{
	while (times--)
		psp_sha384(stick, PSP_SHA384_SIZE, stick);
}

void psp_sticks_make(struct psp_crypto *c, const void *secret, size_t len, uint64_t tcb,
		     struct psp_sticks *sticks)
{
	sticks->tcb = tcb;
	for (unsigned int i = 0; i < PSP_TCB_COMPONENTS; i++) {
		const uint8_t component = (uint8_t)i;

		psp_kdf(c, secret, len, "tcb-stick", &component, 1, sticks->stick[i],
			PSP_SHA384_SIZE);
		hash_on(sticks->stick[i], SPL_MAX - spl(tcb, i));
	}
}

int psp_sticks_lower(struct psp_sticks *sticks, uint64_t tcb)
{
	if (!psp_tcb_reaches(sticks->tcb, tcb))
		return -EINVAL;
	for (unsigned int i = 0; i < PSP_TCB_COMPONENTS; i++)
		hash_on(sticks->stick[i], spl(sticks->tcb, i) - spl(tcb, i));
	sticks->tcb = tcb;
	return 0;
}

int psp_sticks_key(struct psp_crypto *c, const struct psp_sticks *sticks, struct psp_ec_key *key)
{
	return psp_ec_derive(c, sticks->stick, sizeof(sticks->stick), key);
}

int psp_cek(struct psp_crypto *c, const struct psp_chip *chip, struct psp_ec_key *key)
{
	uint8_t secret[PSP_SHA384_SIZE];

	psp_kdf(c, chip->secret, sizeof(chip->secret), "cek", NULL, 0, secret, sizeof(secret));
	return psp_ec_derive(c, secret, sizeof(secret), key);
}

int psp_vcek(struct psp_crypto *c, const struct psp_chip *chip, uint64_t tcb,
	     struct psp_ec_key *key)
{
	struct psp_sticks sticks;

	psp_sticks_make(c, chip->secret, sizeof(chip->secret), tcb, &sticks);
	return psp_sticks_key(c, &sticks, key);
}
