/* SPDX-License-Identifier: MIT */
/*
 * The key distribution service as the library sees it; psp.h has the public part. Bytes of
 * keys and certificates depend on configuration, seed and arguments alone, not on what was
 * asked before. X.509 as 57230 (VCEK certificate and KDS interface) describes it: RSA-PSS with
 * SHA-384 and a salt of 48 bytes, AMD's extensions 1.3.6.1.4.1.3704.1.*. Errors: as there.
 */
#ifndef PSP_KDS_H
#define PSP_KDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "psp/certs/cert.h"
#include "psp/certs/endorse.h"
#include "psp/psp.h"

#define PSP_X509_MAX 2048 /* no X.509 certificate of the service is longer */

/* Sign a chip's CEK certificate with the ASK, in slot 1. */
int psp_kds_sign_cek(struct psp_kds *kds, uint8_t cert[PSP_CERT_SIZE]);

/* The X.509 certificate of a chip's VCEK for a TCB version. Returns its length. */
int psp_kds_vcek(struct psp_kds *kds, const struct psp_chip *chip, uint64_t tcb, uint8_t *der,
		 size_t room);

/* The provider's key material for `tcb`, wrapped for a chip: the blob of SNP_VLEK_LOAD. */
void psp_kds_wrap_vlek(struct psp_kds *kds, const char *csp, const struct psp_chip *chip,
		       uint64_t tcb, uint8_t blob[PSP_WRAPPED_VLEK_SIZE]);

#endif
