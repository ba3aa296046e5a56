/* SPDX-License-Identifier: MIT */
/*
 * Metadata entries: what the firmware must know of a page that was swapped out, to bring
 * it back (56860, 4.1 and 8). They lie in Metadata pages; the one of the topmost Metadata
 * page, when that is swapped out itself, in the guest's context. The fields and their
 * places are sev-tool's; unverified: the address of the guest's context page as the GPA
 * in the RMP entry of its Metadata pages, and what is authenticated.
 */
#ifndef PSP_SNP_MDATA_H
#define PSP_SNP_MDATA_H

#include "psp/snp/snp.h"
#include "psp/snp/page.h"

struct psp_mdata {
	uint64_t software_data; /* the host's own */
	uint64_t iv;
	uint8_t tag[PSP_GCM_TAG];
	uint64_t flags; /* enum psp_mdata_flag, GPA in bits 63:12 */
	uint8_t perms[4], perms_zero[4];
	uint8_t zero[16];
};
_Static_assert(sizeof(struct psp_mdata) == 64, "no padding");

enum psp_mdata_flag {
	PSP_MDATA_VALID = 1 << 0,
	PSP_MDATA_VALIDATED = 1 << 1,
	PSP_MDATA_VMSA = 1 << 2,
	PSP_MDATA_METADATA = 1 << 3,
	PSP_MDATA_2M = 1 << 4,
};

/* Where an entry is: in a Metadata page or, the root's, in the guest's context. */
struct psp_mdata_at {
	struct psp_snp_guest *guest;
	bool root;
	uint64_t pa;
};

/*
 * Find and read the entry; `root`: that of the context. INVALID_ADDRESS: not aligned to 64
 * bytes; INVALID_PAGE_STATE, INVALID_PAGE_OWNER, INVALID_PAGE_SIZE: not in a Metadata page
 * of this guest.
 */
enum psp_status psp_mdata_get(struct psp *psp, struct psp_snp_guest *guest, uint64_t pa, bool root,
			      struct psp_mdata_at *at, struct psp_mdata *entry);
enum psp_status psp_mdata_put(struct psp *psp, const struct psp_mdata_at *at,
			      const struct psp_mdata *entry);

/* The Metadata page at pa, if it is the guest's. */
enum psp_status psp_mdata_page(struct psp *psp, const struct psp_snp_guest *guest, uint64_t pa,
			       struct psp_page *page);
/* Turn a Firmware page into a Metadata page of the guest. */
void psp_mdata_own(struct psp *psp, const struct psp_snp_guest *guest, struct psp_page *page);

/*
 * IVs of an offline encryption key: a guest that comes to another platform with its key goes
 * on with other ones than the guest that it was, whatever a host does with that (unverified).
 */
enum { PSP_OEK_PAGES_BITS = 48 };
#define PSP_OEK_PAGES	   ((1ull << PSP_OEK_PAGES_BITS) - 1)
#define PSP_OEK_MIGRATIONS 0xffffull

/*
 * Encrypt or decrypt a page's bytes by the guest's offline encryption key, in place. Sealing
 * fills IV and tag; everything else in the entry is authenticated. AEAD_OFLOW: all IVs are
 * used; BAD_MEASUREMENT: page and entry do not belong together; RESOURCE_LIMIT.
 */
enum psp_status psp_mdata_seal(struct psp *psp, struct psp_snp_guest *guest,
			       struct psp_mdata *entry, uint8_t *data, size_t len);
enum psp_status psp_mdata_open(struct psp *psp, const struct psp_snp_guest *guest,
			       const struct psp_mdata *entry, uint8_t *data, size_t len);

#endif
