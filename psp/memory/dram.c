/* SPDX-License-Identifier: MIT */
/* DRAM through the world's functions, plain and in the view of a key. */
#include "psp/memory/memory_state.h"

static size_t piece(uint64_t pa, size_t len, size_t unit)
{
	const size_t rest = unit - pa % unit;

	return rest < len ? rest : len;
}

bool psp_is_ram(const struct psp *psp, uint64_t pa, size_t len)
{
	if (!len || psp_dram(psp, pa, len))
		return true;
	if (pa + len < pa)
		return false;
	for (size_t n; len; pa += n, len -= n) {
		uint8_t byte;

		n = piece(pa, len, PSP_PAGE);
		if (psp->ops.read(psp->ctx, pa, &byte, 1) ||
		    psp->ops.read(psp->ctx, pa + n - 1, &byte, 1))
			return false;
	}
	return true;
}

bool psp_dram_read(const struct psp *psp, uint64_t pa, void *buf, size_t len)
{
	uint8_t *to = buf;

	for (size_t n; len; pa += n, to += n, len -= n) {
		n = piece(pa, len, PSP_PAGE_2M);
		if (psp->ops.read(psp->ctx, pa, to, n))
			return false;
	}
	return true;
}

bool psp_dram_write(struct psp *psp, uint64_t pa, const void *buf, size_t len)
{
	const uint8_t *from = buf;

	for (size_t n; len; pa += n, from += n, len -= n) {
		n = piece(pa, len, PSP_PAGE_2M);
		if (psp->ops.write(psp->ctx, pa, from, n))
			return false;
	}
	return true;
}

/* Blocks within a page. */
static bool read_blocks(const struct psp *psp, const struct psp_key *key, uint64_t pa, void *buf,
			size_t len)
{
	const void *ram = psp_dram(psp, pa, len);

	if (!ram && psp->ops.read(psp->ctx, pa, buf, len))
		return false;
	psp_decrypt(key, pa, ram ? ram : buf, buf, len);
	return true;
}

static bool write_blocks(struct psp *psp, const struct psp_key *key, uint64_t pa, const void *buf,
			 size_t len)
{
	void *ram = psp_dram(psp, pa, len);
	uint8_t cipher[PSP_PAGE];

	psp_encrypt(key, pa, buf, ram ? ram : cipher, len);
	return ram || !psp->ops.write(psp->ctx, pa, cipher, len);
}

/* The blocks that cover `len` bytes within a page. */
static size_t cover(uint64_t pa, size_t len)
{
	return (pa % PSP_BLOCK + len + PSP_BLOCK - 1) / PSP_BLOCK * PSP_BLOCK;
}

static bool read_part(const struct psp *psp, const struct psp_key *key, uint64_t pa, void *buf,
		      size_t len)
{
	const size_t skip = pa % PSP_BLOCK;
	uint8_t plain[PSP_PAGE];

	if (!skip && len % PSP_BLOCK == 0)
		return read_blocks(psp, key, pa, buf, len);
	if (!read_blocks(psp, key, pa - skip, plain, cover(pa, len)))
		return false;
	memcpy(buf, plain + skip, len);
	return true;
}

static bool write_part(struct psp *psp, const struct psp_key *key, uint64_t pa, const void *buf,
		       size_t len)
{
	const size_t skip = pa % PSP_BLOCK;
	uint8_t plain[PSP_PAGE];

	if (!skip && len % PSP_BLOCK == 0)
		return write_blocks(psp, key, pa, buf, len);
	if (!read_blocks(psp, key, pa - skip, plain, cover(pa, len)))
		return false;
	memcpy(plain + skip, buf, len);
	return write_blocks(psp, key, pa - skip, plain, cover(pa, len));
}

bool psp_view_read(struct psp *psp, int view, uint64_t pa, void *buf, size_t len)
{
	const struct psp_key *key;
	uint8_t *to = buf;

	if (view == PSP_PLAIN)
		return psp_dram_read(psp, pa, buf, len);
	key = psp_key(psp, (unsigned int)view);
	for (size_t n; len; pa += n, to += n, len -= n) {
		n = piece(pa, len, PSP_PAGE);
		if (!read_part(psp, key, pa, to, n))
			return false;
	}
	return true;
}

bool psp_view_write(struct psp *psp, int view, uint64_t pa, const void *buf, size_t len)
{
	const struct psp_key *key;
	const uint8_t *from = buf;

	if (view == PSP_PLAIN)
		return psp_dram_write(psp, pa, buf, len);
	key = psp_key(psp, (unsigned int)view);
	for (size_t n; len; pa += n, from += n, len -= n) {
		n = piece(pa, len, PSP_PAGE);
		if (!write_part(psp, key, pa, from, n))
			return false;
	}
	return true;
}
