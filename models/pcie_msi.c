/* SPDX-License-Identifier: MIT */
/* Messages: MSI (PCIe 7.7.1) and MSI-X (7.7.2, 6.1.4). */
#include "models/pcie_internal.h"

#include <errno.h>
#include <string.h>

enum {
	MSI_ENABLE = 0x0001,
	MSI_ADDR = 0x04,
	MSI_ADDR_HI = 0x08,
	MSI_DATA = 0x0c,
	MSI_MASK = 0x10,
	MSI_PENDING = 0x14,
	MSIX_ENABLE = 0x8000,
	MSIX_FUNCTION_MASK = 0x4000,
	ENTRY_ADDR = 0,
	ENTRY_ADDR_HI = 4,
	ENTRY_DATA = 8,
	ENTRY_CONTROL = 12,
	ENTRY_MASKED = 1,
};

static uint32_t control(const struct mdl_pcie_fn *fn, unsigned int cap)
{
	return cap ? le_get(fn->cfg + cap + 2, 2) : 0;
}

static enum mdl_pcie_msi_result send(struct mdl_pcie_fn *fn, const uint8_t *addr, uint32_t data)
{
	struct mdl_pcie *pcie = fn->pcie;
	uint64_t target = le_get(addr, 4) | (uint64_t)le_get(addr + 4, 4) << 32;

	if (!mdl_pcie_may_request(fn, false))
		return MDL_PCIE_MSI_OFF;
	pcie->ops.msi(pcie->ctx, mdl_pcie_rid(fn), target, data);
	return MDL_PCIE_MSI_SENT;
}

/* Messages that software has allocated, at most as many as the function asked for. */
static unsigned int allocated(const struct mdl_pcie_fn *fn)
{
	unsigned int n = 1u << ((control(fn, fn->msi) >> 4) & 7);

	return n < fn->desc.msi_vectors ? n : fn->desc.msi_vectors;
}

/* The function puts the vector's number into the low bits of the data (6.1.4.2). */
static enum mdl_pcie_msi_result msi_send(struct mdl_pcie_fn *fn, unsigned int vector)
{
	const uint8_t *cap = fn->cfg + fn->msi;
	uint32_t data = le_get(cap + MSI_DATA, 2);

	return send(fn, cap + MSI_ADDR, (data & ~(allocated(fn) - 1)) | vector);
}

static enum mdl_pcie_msi_result msi(struct mdl_pcie_fn *fn, unsigned int vector)
{
	uint8_t *cap = fn->cfg + fn->msi;
	uint32_t bit = UINT32_C(1) << (vector %= allocated(fn));

	if (!(le_get(cap + MSI_MASK, 4) & bit))
		return msi_send(fn, vector);
	le_put(cap + MSI_PENDING, 4, le_get(cap + MSI_PENDING, 4) | bit);
	return MDL_PCIE_MSI_PENDING;
}

static bool msix_masked(const struct mdl_pcie_fn *fn, unsigned int vector)
{
	const uint8_t *entry = fn->msix_table + vector * MSIX_ENTRY;

	return (control(fn, fn->msix) & MSIX_FUNCTION_MASK) ||
	       (le_get(entry + ENTRY_CONTROL, 4) & ENTRY_MASKED);
}

static enum mdl_pcie_msi_result msix_send(struct mdl_pcie_fn *fn, unsigned int vector)
{
	const uint8_t *entry = fn->msix_table + vector * MSIX_ENTRY;

	return send(fn, entry + ENTRY_ADDR, le_get(entry + ENTRY_DATA, 4));
}

static enum mdl_pcie_msi_result msix(struct mdl_pcie_fn *fn, unsigned int vector)
{
	if (!msix_masked(fn, vector))
		return msix_send(fn, vector);
	fn->msix_pending[vector / 8] |= (uint8_t)(1u << (vector % 8));
	return MDL_PCIE_MSI_PENDING;
}

static enum mdl_pcie_msi_result any(struct mdl_pcie_fn *fn, unsigned int vector)
{
	if (control(fn, fn->msix) & MSIX_ENABLE)
		return vector < fn->desc.msix_vectors ? msix(fn, vector) : MDL_PCIE_MSI_OFF;
	if (control(fn, fn->msi) & MSI_ENABLE)
		return vector < fn->desc.msi_vectors ? msi(fn, vector) : MDL_PCIE_MSI_OFF;
	return MDL_PCIE_MSI_OFF;
}

enum mdl_pcie_msi_result mdl_pcie_msi(struct mdl_pcie_fn *fn, unsigned int vector)
{
	enum mdl_pcie_msi_result result = any(fn, vector);

	fn->pcie->stats.messages_refused += result == MDL_PCIE_MSI_OFF;
	return result;
}

static void msi_flush(struct mdl_pcie_fn *fn)
{
	uint8_t *cap = fn->cfg + fn->msi;

	for (unsigned int vector = 0; vector < fn->desc.msi_vectors; vector++) {
		uint32_t bit = UINT32_C(1) << vector;
		uint32_t pending = le_get(cap + MSI_PENDING, 4);

		if (!(pending & bit) || (le_get(cap + MSI_MASK, 4) & bit))
			continue;
		if (msi_send(fn, vector) == MDL_PCIE_MSI_SENT)
			le_put(cap + MSI_PENDING, 4, pending & ~bit);
	}
}

static void msix_flush(struct mdl_pcie_fn *fn)
{
	for (unsigned int vector = 0; vector < fn->desc.msix_vectors; vector++) {
		uint8_t bit = (uint8_t)(1u << (vector % 8));

		if (!(fn->msix_pending[vector / 8] & bit) || msix_masked(fn, vector))
			continue;
		if (msix_send(fn, vector) == MDL_PCIE_MSI_SENT)
			fn->msix_pending[vector / 8] &= (uint8_t)~bit;
	}
}

void mdl_pcie_msi_unmasked(struct mdl_pcie_fn *fn)
{
	if (control(fn, fn->msix) & MSIX_ENABLE)
		msix_flush(fn);
	else if (control(fn, fn->msi) & MSI_ENABLE)
		msi_flush(fn);
}

/* Each vector starts out masked (7.7.2.8). */
void mdl_pcie_msix_reset(struct mdl_pcie_fn *fn)
{
	unsigned int vectors = fn->desc.msix_vectors;

	if (!vectors)
		return;
	memset(fn->msix_table, 0, (size_t)vectors * (MSIX_ENTRY + 1));
	for (unsigned int i = 0; i < vectors; i++)
		fn->msix_table[i * MSIX_ENTRY + ENTRY_CONTROL] = ENTRY_MASKED;
}

unsigned int mdl_pcie_msix_pba(const struct mdl_pcie_fn *fn)
{
	return fn->desc.msix_offset + MDL_PCIE_MSIX_SIZE(fn->desc.msix_vectors) - 2048;
}

bool mdl_pcie_msix_claims(const struct mdl_pcie_fn *fn, unsigned int bar, uint64_t offset)
{
	return fn->desc.msix_vectors && bar == fn->desc.msix_bar &&
	       offset >= fn->desc.msix_offset &&
	       offset - fn->desc.msix_offset < MDL_PCIE_MSIX_SIZE(fn->desc.msix_vectors);
}

/* The byte of the table at `offset` of the BAR, NULL if that is no part of it. */
static uint8_t *table_byte(struct mdl_pcie_fn *fn, uint64_t offset)
{
	uint64_t at = offset - fn->desc.msix_offset;

	return offset >= fn->desc.msix_offset && at < (uint64_t)fn->desc.msix_vectors * MSIX_ENTRY
		       ? fn->msix_table + at
		       : NULL;
}

/* The same of the pending bits, of which software sees whole 64-bit words. */
static uint8_t pending_byte(const struct mdl_pcie_fn *fn, uint64_t offset)
{
	uint64_t at = offset - mdl_pcie_msix_pba(fn);

	return offset >= mdl_pcie_msix_pba(fn) && at < (fn->desc.msix_vectors + 7) / 8
		       ? fn->msix_pending[at]
		       : 0;
}

/* The table takes aligned 32- and 64-bit accesses only (7.7.2). */
static bool msix_size(unsigned int size)
{
	return size == 4 || size == 8;
}

int mdl_pcie_msix_read(struct mdl_pcie_fn *fn, uint64_t offset, unsigned int size, uint64_t *value)
{
	if (!msix_size(size))
		return -EFAULT;
	*value = 0;
	for (unsigned int i = 0; i < size; i++) {
		const uint8_t *byte = table_byte(fn, offset + i);

		*value |= (uint64_t)(byte ? *byte : pending_byte(fn, offset + i)) << (8 * i);
	}
	return 0;
}

/* Bits of the table's byte at `offset` that software writes. */
static uint8_t writable(uint64_t offset)
{
	switch (offset % MSIX_ENTRY) {
	case ENTRY_ADDR:
		return 0xfc;
	case ENTRY_CONTROL:
		return ENTRY_MASKED;
	case ENTRY_CONTROL + 1:
	case ENTRY_CONTROL + 2:
	case ENTRY_CONTROL + 3:
		return 0;
	default:
		return 0xff;
	}
}

int mdl_pcie_msix_write(struct mdl_pcie_fn *fn, uint64_t offset, unsigned int size, uint64_t value)
{
	if (!msix_size(size))
		return -EFAULT;
	for (unsigned int i = 0; i < size; i++) {
		uint8_t *byte = table_byte(fn, offset + i);

		if (byte)
			*byte = (uint8_t)(value >> (8 * i)) & writable(offset + i);
	}
	mdl_pcie_msi_unmasked(fn);
	return 0;
}
