/* SPDX-License-Identifier: MIT */
/*
 * Memory as the firmware uses it: buffers of the host, guest pages by key, the RMP.
 * Ranges may cross pages. The status functions give SUCCESS, INVALID_ADDRESS for what
 * is not RAM, and what they say beside.
 */
#ifndef PSP_MEMORY_H
#define PSP_MEMORY_H

#include "psp/internal.h"

int psp_memory_new(struct psp *psp);
void psp_memory_free(struct psp *psp);
void psp_memory_reset(struct psp *psp); /* power cycle: no keys, MSRs 0, caches empty */

/* A host address as commands give it, with or without the C-bit (see encrypt.c). */
uint64_t psp_strip_c_bit(const struct psp *psp, uint64_t pa);

/* Host buffers, in the view that the address' C-bit asks for. */
enum psp_status psp_buf_read(struct psp *psp, uint64_t pa, void *buf, size_t len);
/*
 * INVALID_PAGE_STATE: the firmware keeps a page (psp_page_kept()), or SNP is initialised and it
 * is not in Firmware state.
 */
enum psp_status psp_buf_writable(struct psp *psp, uint64_t pa, size_t len);
/* Looks at no page states: who calls has asked psp_buf_writable(), or knows whose the page is. */
enum psp_status psp_buf_write(struct psp *psp, uint64_t pa, const void *buf, size_t len);

/* DRAM bytes as they are (coherent with the modelled caches). */
enum psp_status psp_raw_read(struct psp *psp, uint64_t pa, void *buf, size_t len);
enum psp_status psp_raw_write(struct psp *psp, uint64_t pa, const void *buf, size_t len);

/* Keys of the memory controller. ASID 0 is the host's (SME), made at reset. */
void psp_key_load(struct psp *psp, unsigned int asid, const uint8_t key[16]);
void psp_key_drop(struct psp *psp, unsigned int asid);
bool psp_key_loaded(const struct psp *psp, unsigned int asid);

/* Guest memory by the key of an ASID; pa and len multiples of 16. */
enum psp_status psp_guest_read(struct psp *psp, unsigned int asid, uint64_t pa, void *buf,
			       size_t len);
enum psp_status psp_guest_write(struct psp *psp, unsigned int asid, uint64_t pa, const void *buf,
				size_t len);
/*
 * Encrypt in place what the host has there, in the view that the address' C-bit asks for;
 * `plain` (may be NULL) sees it piece by piece, in order.
 */
typedef void psp_plain_fn(void *arg, const void *plain, size_t len);
enum psp_status psp_guest_encrypt(struct psp *psp, unsigned int asid, uint64_t pa, size_t len,
				  psp_plain_fn *plain, void *arg);

/* The RMP exists and is enforced: SYSCFG.SNP_EN on some core. */
bool psp_rmp_on(const struct psp *psp);
/* The RMP covers this address. */
bool psp_rmp_covers(const struct psp *psp, uint64_t spa);
/* The page holds a part of the table itself, or of its segments. */
bool psp_rmp_own(const struct psp *psp, uint64_t spa);
/*
 * Write a 4 KiB page's own entry (with page_2m: that of the whole 2 MiB), without checks.
 * The one in force is psp_rmp_lookup()'s.
 */
void psp_rmp_set(struct psp *psp, uint64_t spa, const struct psp_rmp_entry *entry);
/* (Subpage counts keep themselves; 4 KiB written into a 2 MiB page split that.) */
/*
 * SNP_INIT: zero the table and put its own pages in Firmware state. INVALID_CONFIG: cores
 * disagree on the MSRs, SNP_EN, VMPL_EN or MFDM is missing, VM_HSAVE_PA is not 0, or the
 * table is missing, misplaced or too small; RMP_INITIALIZATION_FAILED: it is not RAM.
 */
enum psp_status psp_rmp_init(struct psp *psp);
/* Its INVALID_CONFIG conditions alone, for SNP_INIT_EX that keeps the table. */
enum psp_status psp_rmp_ready(const struct psp *psp);
/*
 * SNP_SHUTDOWN: all pages that RMPUPDATE cannot change, but those of the table itself, become
 * Reclaim or, if they are HV-fixed, Hypervisor pages (unverified), so that none is lost.
 */
void psp_rmp_release(struct psp *psp);
/* SNP_SHUTDOWN_EX with x86 shutdown: SYSCFG.SNP_EN off on all cores, table released. */
void psp_rmp_shutdown(struct psp *psp);
/*
 * HV-fixed range of SNP_INIT_EX and SNP_PAGE_SET_STATE: entries with only the immutable bit
 * set. Pages outside of the table and the table's own are passed over. INVALID_ADDRESS: not
 * page aligned; INVALID_PAGE_STATE: a page is assigned; then nothing changes.
 */
enum psp_status psp_rmp_fix(struct psp *psp, uint64_t base, uint64_t pages);

/* Every core did WBINVD since the last psp_wbinvd_require(), which a reset is, too. */
bool psp_wbinvd_done(const struct psp *psp);
void psp_wbinvd_require(struct psp *psp);
/* The data fabric's write buffers are empty from here on (DF_FLUSH). */
void psp_fabric_flush(struct psp *psp);

#endif
