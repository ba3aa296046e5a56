/* SPDX-License-Identifier: MIT */
/* SEV and SEV-ES: platform and guests (55766). */
#ifndef PSP_SEV_H
#define PSP_SEV_H

#include "psp/certs/cert.h"
#include "psp/certs/endorse.h"
#include "psp/internal.h"

/* A guest, from LAUNCH_START or RECEIVE_START to DECOMMISSION (55766, 6). */
struct psp_guest {
	uint32_t handle; /* 0: a free slot */
	uint32_t policy;
	enum psp_guest_state state;
	unsigned int asid; /* 0: inactive */
	uint8_t vek[16], tek[16], tik[16];
	struct psp_sha256 digest; /* of what LAUNCH_UPDATE_* took so far */
	uint8_t launch_digest[32], measurement[32];
};

/*
 * The platform (55766, 5). Keys and certificates are there from INIT on. A command that changes
 * them does so on a copy, and psp_sev_commit() puts it in force: pointers are shared.
 */
struct psp_sev {
	enum psp_platform_state state; /* UNINIT or INIT; psp_sev_state() has WORKING */
	struct psp_chip chip;	       /* identity.h */
	bool externally_owned, es;
	struct psp_ec_key cek, oca, pek, pdh; /* oca: zero when externally owned */
	uint8_t cek_cert[PSP_CERT_SIZE], oca_cert[PSP_CERT_SIZE], pek_cert[PSP_CERT_SIZE],
		pdh_cert[PSP_CERT_SIZE];
	uint8_t *nv;		  /* SPI flash, PSP_NV_SIZE */
	uint64_t nv_address;	  /* of INIT_EX; 0: nv above */
	uint64_t tmr_address;	  /* where `es` */
	uint32_t resets;	  /* PLATFORM_RESETs that are known of, nv.h */
	uint32_t power_cycles;	  /* psp_sev_reset()s */
	struct psp_guest *guests; /* config.max_guests slots */
	unsigned int n_guests;	  /* slots in use */
	uint32_t last_handle;
	struct psp_asid_entry *asids; /* 0 .. config.max_asid, asid.c */
};

int psp_sev_new(struct psp *psp);
void psp_sev_free(struct psp *psp);
void psp_sev_reset(struct psp *psp); /* power cycle: UNINIT, no guests; NV stays */

/* WORKING while there is a guest. */
enum psp_platform_state psp_sev_state(const struct psp *psp);
/* NULL: no such handle. */
struct psp_guest *psp_sev_guest(struct psp *psp, uint32_t handle);
/* End every guest: SHUTDOWN. Keys are dropped, ASIDs released (guests.c). */
void psp_sev_end_guests(struct psp *psp);
/*
 * Store keys and ownership of `next` where INIT or INIT_EX said, and make it the platform. What
 * psp_nv_store() says; the platform is then as it was.
 */
enum psp_status psp_sev_commit(struct psp *psp, const struct psp_sev *next);
/* The SEV part of psp_get_info(). */
void psp_sev_info(const struct psp *psp, struct psp_info *info);

#endif
