/* SPDX-License-Identifier: MIT */
/* The blob of SNP_VLEK_LOAD. */
#include <endian.h>
#include <string.h>

#include "psp/certs/endorse.h"

struct payload {
	uint8_t stick[PSP_TCB_COMPONENTS][PSP_SHA384_SIZE];
	uint64_t tcb; /* little-endian */
	uint8_t zero[12];
} __attribute__((packed));

struct wrapped {
	uint8_t iv[PSP_GCM_IV];
	uint8_t tag[PSP_GCM_TAG];
	struct payload payload;
} __attribute__((packed));

_Static_assert(sizeof(struct wrapped) == PSP_WRAPPED_VLEK_SIZE, "size of a wrapped VLEK");

static void wrapping_key(struct psp_crypto *c, const struct psp_chip *chip, uint8_t key[32])
{
	psp_kdf(c, chip->secret, sizeof(chip->secret), "vlek-wrap", NULL, 0, key, 32);
}

void psp_vlek_wrap(struct psp_crypto *c, const struct psp_chip *chip,
		   const struct psp_sticks *sticks, const uint8_t iv[PSP_GCM_IV],
		   uint8_t blob[PSP_WRAPPED_VLEK_SIZE])
{
	struct wrapped w = {.payload.tcb = htole64(sticks->tcb)};
	uint8_t key[32];

	memcpy(w.iv, iv, sizeof(w.iv));
	memcpy(w.payload.stick, sticks->stick, sizeof(w.payload.stick));
	wrapping_key(c, chip, key);
	psp_gcm_seal(c, key, w.iv, chip->id, sizeof(chip->id), &w.payload, sizeof(w.payload),
		     &w.payload, w.tag);
	memcpy(blob, &w, sizeof(w));
}

int psp_vlek_unwrap(struct psp_crypto *c, const struct psp_chip *chip,
		    const uint8_t blob[PSP_WRAPPED_VLEK_SIZE], struct psp_sticks *sticks)
{
	struct wrapped w;
	uint8_t key[32];
	int ret;

	memcpy(&w, blob, sizeof(w));
	wrapping_key(c, chip, key);
	ret = psp_gcm_open(c, key, w.iv, chip->id, sizeof(chip->id), &w.payload, sizeof(w.payload),
			   &w.payload, w.tag);
	if (ret)
		return ret;
	sticks->tcb = le64toh(w.payload.tcb);
	memcpy(sticks->stick, w.payload.stick, sizeof(sticks->stick));
	return 0;
}
