/* SPDX-License-Identifier: MIT */
#include "psp/sev/identity.h"

#include <errno.h>

#include "psp/sev/sev.h"

enum { ID_TURIN = 8 };

static uint64_t serial(const struct psp *psp)
{
	uint8_t part[12], hash[PSP_SHA256_SIZE];

	if (psp->config.fused)
		return psp->config.seed;
	psp_put_le(part, psp->config.seed, 8);
	psp_put_le(part + 8, psp->sev->power_cycles, 4);
	psp_sha256(part, sizeof(part), hash);
	return psp_get_le(hash, 8);
}

void psp_identity_load(struct psp *psp)
{
	struct psp_chip *chip = &psp->sev->chip;

	psp_chip_make(serial(psp), chip);
	if (psp->config.product == PSP_TURIN)
		memset(chip->id + ID_TURIN, 0, sizeof(chip->id) - ID_TURIN);
}

void psp_chip_id(const struct psp *psp, uint8_t out[PSP_CHIP_ID_SIZE])
{
	memcpy(out, psp->sev->chip.id, PSP_CHIP_ID_SIZE);
}

void psp_chip_secret(struct psp *psp, const char *label, uint8_t out[32])
{
	const struct psp_chip *chip = &psp->sev->chip;

	psp_kdf(psp_crypto(psp), chip->secret, sizeof(chip->secret), label, NULL, 0, out, 32);
}

int psp_chip_cek(struct psp *psp, struct psp_ec_key *key, uint8_t cert[PSP_CERT_SIZE])
{
	int ret = psp_crypto(psp) ? psp_cek(psp->crypto, &psp->sev->chip, key) : -ENOMEM;

	if (!ret)
		psp_cert_build(cert, 0, 14, PSP_USAGE_CEK, key);
	return ret;
}
