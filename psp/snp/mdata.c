/* SPDX-License-Identifier: MIT */
#include "psp/snp/mdata.h"

#include "psp/memory/memory.h"

enum psp_status psp_mdata_page(struct psp *psp, const struct psp_snp_guest *guest, uint64_t pa,
			       struct psp_page *page)
{
	enum psp_status status = psp_page_find(psp, pa, false, page);

	if (status)
		return status;
	if (page->state != PSP_PAGE_METADATA)
		return PSP_INVALID_PAGE_STATE;
	return page->entry.gpa == guest->gctx ? PSP_SUCCESS : PSP_INVALID_PAGE_OWNER;
}

void psp_mdata_own(struct psp *psp, const struct psp_snp_guest *guest, struct psp_page *page)
{
	psp_page_disown(psp, page, true);
	page->entry.gpa = guest->gctx;
	psp_page_put(psp, page);
}

enum psp_status psp_mdata_get(struct psp *psp, struct psp_snp_guest *guest, uint64_t pa, bool root,
			      struct psp_mdata_at *at, struct psp_mdata *entry)
{
	struct psp_page page;
	enum psp_status status;

	*at = (struct psp_mdata_at){.guest = guest, .root = root};
	if (root) {
		memcpy(entry, guest->root_mdata, sizeof(*entry));
		return PSP_SUCCESS;
	}
	at->pa = psp_strip_c_bit(psp, pa);
	if (at->pa % sizeof(*entry))
		return PSP_INVALID_ADDRESS;
	status = psp_mdata_page(psp, guest, at->pa - at->pa % PSP_PAGE, &page);
	return status == PSP_SUCCESS ? psp_raw_read(psp, at->pa, entry, sizeof(*entry)) : status;
}

enum psp_status psp_mdata_put(struct psp *psp, const struct psp_mdata_at *at,
			      const struct psp_mdata *entry)
{
	if (!at->root)
		return psp_raw_write(psp, at->pa, entry, sizeof(*entry));
	memcpy(at->guest->root_mdata, entry, sizeof(*entry));
	return PSP_SUCCESS;
}

/* The entry without its tag is authenticated; the IV is its counter and four zero bytes. */
static void bind(const struct psp_mdata *entry, struct psp_mdata *aad, uint8_t iv[PSP_GCM_IV])
{
	*aad = *entry;
	memset(aad->tag, 0, sizeof(aad->tag));
	memset(iv, 0, PSP_GCM_IV);
	psp_put_le(iv, entry->iv, 8);
}

enum psp_status psp_mdata_seal(struct psp *psp, struct psp_snp_guest *guest,
			       struct psp_mdata *entry, uint8_t *data, size_t len)
{
	struct psp_crypto *c = psp_crypto(psp);
	struct psp_mdata aad;
	uint8_t iv[PSP_GCM_IV];

	if (!c)
		return PSP_RESOURCE_LIMIT;
	if ((guest->oek_count & PSP_OEK_PAGES) == PSP_OEK_PAGES)
		return PSP_AEAD_OFLOW;
	entry->iv = ++guest->oek_count;
	bind(entry, &aad, iv);
	psp_gcm_seal(c, guest->oek, iv, &aad, sizeof(aad), data, len, data, entry->tag);
	return PSP_SUCCESS;
}

enum psp_status psp_mdata_open(struct psp *psp, const struct psp_snp_guest *guest,
			       const struct psp_mdata *entry, uint8_t *data, size_t len)
{
	struct psp_crypto *c = psp_crypto(psp);
	struct psp_mdata aad;
	uint8_t iv[PSP_GCM_IV];

	if (!c)
		return PSP_RESOURCE_LIMIT;
	bind(entry, &aad, iv);
	if (psp_gcm_open(c, guest->oek, iv, &aad, sizeof(aad), data, len, data, entry->tag))
		return PSP_BAD_MEASUREMENT;
	return PSP_SUCCESS;
}
