/* SPDX-License-Identifier: MIT */
/*
 * Concepts. The keys by which a chip is known to AMD, and which the key distribution service
 * (kds.h) can therefore certify. Both sides have the chip's identity: its id, which is public,
 * and a secret that is fused in.
 *
 * CEK: one for the chip's life. VCEK: one for each chip and TCB version. VLEK: one for each cloud
 * provider and TCB version, made of material that SNP_VLEK_LOAD brings, wrapped for the chip.
 *
 * A TCB version (56860) is 8 bytes, each the security patch level (SPL) of a component. How
 * silicon derives keys from it is not public. What is promised: from the material of a TCB
 * version, that of every lower one can be made, and of no other. The model's own way: for each of
 * the 8 components a stick is hashed 255 - SPL times from a seed, so that a lower SPL is only
 * more hashing away; the eight sticks together are the secret of the EC key. Lower means that no
 * component is higher.
 *
 * Errors: 0, -EINVAL: a TCB version that the material does not reach; -EBADMSG: a wrapped blob
 * that is not for this chip, or was changed; -ENOMEM.
 */
#ifndef PSP_ENDORSE_H
#define PSP_ENDORSE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "psp/crypto/crypto.h"

#define PSP_CHIP_ID_SIZE      64
#define PSP_TCB_COMPONENTS    8
#define PSP_WRAPPED_VLEK_SIZE 0x1b0 /* 56860, SNP_VLEK_LOAD */

struct psp_chip {
	uint8_t id[PSP_CHIP_ID_SIZE];
	uint8_t secret[32];
};

/* Key material of a TCB version. */
struct psp_sticks {
	uint64_t tcb;
	uint8_t stick[PSP_TCB_COMPONENTS][PSP_SHA384_SIZE];
};

/* The chip with this serial number. */
void psp_chip_make(uint64_t serial, struct psp_chip *chip);

/* Is no component of `a` higher than that of `b`? */
bool psp_tcb_reaches(uint64_t b, uint64_t a);

/* The sticks of `tcb` from the secret of `len` bytes. */
void psp_sticks_make(struct psp_crypto *c, const void *secret, size_t len, uint64_t tcb,
		     struct psp_sticks *sticks);

/* Go down to `tcb`. -EINVAL: it is not lower, and nothing is changed. */
int psp_sticks_lower(struct psp_sticks *sticks, uint64_t tcb);

int psp_sticks_key(struct psp_crypto *c, const struct psp_sticks *sticks, struct psp_ec_key *key);

int psp_cek(struct psp_crypto *c, const struct psp_chip *chip, struct psp_ec_key *key);
int psp_vcek(struct psp_crypto *c, const struct psp_chip *chip, uint64_t tcb,
	     struct psp_ec_key *key);

/*
 * Wrap material for a chip: 12 bytes IV, 16 bytes tag, and by AES-256-GCM 8 sticks of 48 bytes,
 * the TCB version and 12 bytes of zeros. The key is derived from the chip's secret; its id is
 * authenticated too. The form is the model's own: the real one is not public.
 */
void psp_vlek_wrap(struct psp_crypto *c, const struct psp_chip *chip,
		   const struct psp_sticks *sticks, const uint8_t iv[PSP_GCM_IV],
		   uint8_t blob[PSP_WRAPPED_VLEK_SIZE]);

/* Take it out again. -EBADMSG: not for this chip, or changed. */
int psp_vlek_unwrap(struct psp_crypto *c, const struct psp_chip *chip,
		    const uint8_t blob[PSP_WRAPPED_VLEK_SIZE], struct psp_sticks *sticks);

#endif
