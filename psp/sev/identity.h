/* SPDX-License-Identifier: MIT */
/*
 * Who this chip is: psp->sev->chip, made from config.seed. A part that is not fused
 * (config.fused) is another chip after each power cycle. The id of a Turin has 8 bytes, as VCEKs
 * show it, and zeros after them wherever there is room for 64 (unverified for GET_ID).
 */
#ifndef PSP_IDENTITY_H
#define PSP_IDENTITY_H

#include "psp/certs/cert.h"
#include "psp/certs/endorse.h"
#include "psp/internal.h"

/* Read the fuses: at psp_new() and at each power cycle. */
void psp_identity_load(struct psp *psp);

/* What GET_ID gives and reports carry. */
void psp_chip_id(const struct psp *psp, uint8_t out[PSP_CHIP_ID_SIZE]);

/* A key of the chip's own: one for each label, in no relation to those of other labels. */
void psp_chip_secret(struct psp *psp, const char *label, uint8_t out[32]);

/*
 * The CEK and its certificate, of API 0.14 as on chips, without the ASK's signature, which only
 * AMD can give. 0 or a negative errno.
 */
int psp_chip_cek(struct psp *psp, struct psp_ec_key *key, uint8_t cert[PSP_CERT_SIZE]);

#endif
