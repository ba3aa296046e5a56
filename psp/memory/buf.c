/* SPDX-License-Identifier: MIT */
/*
 * Memory as the firmware's commands see it. An address with the C-bit is the host's
 * encrypted view of the address without it while SME is enabled on some core; with SME off
 * the bit is dropped (unverified; the driver passes some addresses with and some without).
 */
#include "psp/memory/memory_state.h"
#include "psp/snp/page.h"

static int host_view(const struct psp *psp, uint64_t pa)
{
	return pa != psp_strip_c_bit(psp, pa) && psp_sme_on(psp) ? 0 : PSP_PLAIN;
}

enum psp_status psp_buf_read(struct psp *psp, uint64_t pa, void *buf, size_t len)
{
	const uint64_t at = psp_strip_c_bit(psp, pa);

	return psp_fabric_read(psp, host_view(psp, pa), at, buf, len) ? PSP_SUCCESS
								      : PSP_INVALID_ADDRESS;
}

static bool page_writable(const struct psp *psp, uint64_t pa)
{
	return !psp_page_kept(psp, pa) &&
	       (!psp->snp_on || psp_page_state(psp, pa) == PSP_PAGE_FIRMWARE);
}

enum psp_status psp_buf_writable(struct psp *psp, uint64_t pa, size_t len)
{
	uint64_t at = psp_strip_c_bit(psp, pa);
	const uint64_t end = at + len;

	if (!psp_is_ram(psp, at, len))
		return PSP_INVALID_ADDRESS;
	if (!psp_rmp_on(psp) || !len)
		return PSP_SUCCESS;
	if (psp->snp_on && psp_fault_hit(psp, "psp.rmp-violation"))
		return PSP_INVALID_PAGE_STATE;
	for (at -= at % PSP_PAGE; at < end; at += PSP_PAGE)
		if (!page_writable(psp, at))
			return PSP_INVALID_PAGE_STATE;
	return PSP_SUCCESS;
}

static enum psp_status write_view(struct psp *psp, int view, uint64_t pa, const void *buf,
				  size_t len)
{
	if (!psp_is_ram(psp, pa, len))
		return PSP_INVALID_ADDRESS;
	return psp_fabric_write(psp, view, pa, buf, len) ? PSP_SUCCESS : PSP_INVALID_ADDRESS;
}

enum psp_status psp_buf_write(struct psp *psp, uint64_t pa, const void *buf, size_t len)
{
	return write_view(psp, host_view(psp, pa), psp_strip_c_bit(psp, pa), buf, len);
}

enum psp_status psp_raw_read(struct psp *psp, uint64_t pa, void *buf, size_t len)
{
	return psp_fabric_read(psp, PSP_PLAIN, psp_strip_c_bit(psp, pa), buf, len)
		       ? PSP_SUCCESS
		       : PSP_INVALID_ADDRESS;
}

enum psp_status psp_raw_write(struct psp *psp, uint64_t pa, const void *buf, size_t len)
{
	return write_view(psp, PSP_PLAIN, psp_strip_c_bit(psp, pa), buf, len);
}

enum psp_status psp_guest_read(struct psp *psp, unsigned int asid, uint64_t pa, void *buf,
			       size_t len)
{
	return psp_fabric_read(psp, (int)asid, psp_strip_c_bit(psp, pa), buf, len)
		       ? PSP_SUCCESS
		       : PSP_INVALID_ADDRESS;
}

enum psp_status psp_guest_write(struct psp *psp, unsigned int asid, uint64_t pa, const void *buf,
				size_t len)
{
	return write_view(psp, (int)asid, psp_strip_c_bit(psp, pa), buf, len);
}

/* Within a page. In place, where there are neither caches between nor a key of the host. */
static bool encrypt_piece(struct psp *psp, unsigned int asid, int view, uint64_t pa, size_t len,
			  psp_plain_fn *plain, void *arg)
{
	bool in_place = view == PSP_PLAIN && !psp->memory->cache;
	void *ram = in_place ? psp_dram(psp, pa, len) : NULL;
	uint8_t page[PSP_PAGE];
	void *data = ram ? ram : page;

	if (!ram && !psp_fabric_read(psp, view, pa, page, len))
		return false;
	if (plain)
		plain(arg, data, len);
	if (!ram)
		return psp_fabric_write(psp, (int)asid, pa, page, len);
	psp_encrypt(psp_key(psp, asid), pa, data, data, len);
	return true;
}

enum psp_status psp_guest_encrypt(struct psp *psp, unsigned int asid, uint64_t pa, size_t len,
				  psp_plain_fn *plain, void *arg)
{
	const int view = host_view(psp, pa);

	pa = psp_strip_c_bit(psp, pa);
	if (!psp_is_ram(psp, pa, len))
		return PSP_INVALID_ADDRESS;
	for (size_t n; len; pa += n, len -= n) {
		n = PSP_PAGE - pa % PSP_PAGE;
		n = n < len ? n : len;
		if (!encrypt_piece(psp, asid, view, pa, n, plain, arg))
			return PSP_INVALID_ADDRESS;
		psp->stats.pages_encrypted++;
	}
	return PSP_SUCCESS;
}
