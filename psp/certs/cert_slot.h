/* SPDX-License-Identifier: MIT */
/* One of the two signatures of a SEV certificate. */
#ifndef PSP_CERT_SLOT_H
#define PSP_CERT_SLOT_H

#include "psp/certs/cert.h"

struct psp_slot {
	uint32_t usage; /* of the signer */
	uint32_t algo;
	const uint8_t *sig;
};

/* Slot 1 or 2. */
struct psp_slot psp_slot_of(const uint8_t cert[PSP_CERT_SIZE], unsigned int slot);

/* ECDSA, with nothing but zeros behind the two numbers? */
bool psp_slot_is_ecdsa(const struct psp_slot *slot);

#endif
