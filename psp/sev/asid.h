/* SPDX-License-Identifier: MIT */
/*
 * ASIDs and the flush rules (55766, 5.11 and 6.2; 56860, 8.9): an ASID that was released
 * cannot be bound again before WBINVD on every core and then DF_FLUSH.
 */
#ifndef PSP_ASID_H
#define PSP_ASID_H

#include "psp/internal.h"

enum psp_asid_kind { PSP_ASID_FREE, PSP_ASID_SEV, PSP_ASID_SEV_ES, PSP_ASID_SNP };

/*
 * Kinds have ranges (55766, 6.2): SEV from config.min_sev_asid to max_asid, SEV-ES and SNP
 * below; with ciphertext hiding SNP up to max_snp_asid and SEV-ES above it.
 */

struct psp_asid_entry;

/* No ASID bound, none to be flushed; of config.max_asid + 1 entries, by free(). NULL: memory. */
struct psp_asid_entry *psp_asid_table(const struct psp_config *config);
void psp_asid_reset(struct psp *psp);

/*
 * INVALID_ASID: out of the range of its kind; ASID_OWNED: bound to another guest (owner: the
 * handle or the context page); DF_FLUSH_REQUIRED: released since the last flush. Does not load
 * the key. Binding again what the guest has succeeds.
 */
enum psp_status psp_asid_bind(struct psp *psp, unsigned int asid, enum psp_asid_kind kind,
			      uint64_t owner);
/* Drops the key, too, and clears the "WBINVD done" indication of the cores. */
void psp_asid_release(struct psp *psp, unsigned int asid);
/* DF_FLUSH and SNP_DF_FLUSH. WBINVD_REQUIRED: a core has not done it. */
enum psp_status psp_asid_flush(struct psp *psp);
/*
 * The list of ACTIVATE_EX and SNP_ACTIVATE_EX: n ids of 4 bytes. Unverified: an id is that of a
 * core here, 0 .. config.cpus - 1, there is at least one, and at most all; else INVALID_PARAM.
 */
enum psp_status psp_asid_cores(struct psp *psp, uint64_t pa, uint64_t n);
/* Some ASID waits for a flush. */
bool psp_asid_unflushed(const struct psp *psp);

#endif
