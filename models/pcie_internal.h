/* SPDX-License-Identifier: MIT */
#ifndef MODELS_PCIE_INTERNAL_H
#define MODELS_PCIE_INTERNAL_H

#include "models/pcie.h"

enum {
	CFG_SIZE = 4096,
	SLOTS = 32,
	FNS = 8,
	BARS = 6,
	MSIX_MAX = 128,
	MSIX_ENTRY = 16,
	MSIX_PBA = MSIX_MAX * MSIX_ENTRY, /* the table is at 0 of the BAR */
	MSIX_BAR_MIN = 4096,
};

/* Header type 0 (PCIe 7.5.1) */
enum {
	CFG_VENDOR = 0x00,
	CFG_DEVICE = 0x02,
	CFG_COMMAND = 0x04,
	CMD_MEMORY = 0x0002,
	CMD_MASTER = 0x0004,
	CMD_PARITY = 0x0040,
	CMD_SERR = 0x0100,
	CMD_INTX_DISABLE = 0x0400,
	CFG_STATUS = 0x06,
	STATUS_CAPABILITIES = 0x0010,
	STATUS_MASTER_ABORT = 0x2000,
	STATUS_W1C = 0xf900,
	CFG_REVISION = 0x08,
	CFG_CLASS = 0x09,
	CFG_CACHE_LINE = 0x0c,
	CFG_HEADER_TYPE = 0x0e,
	HEADER_MULTIFUNCTION = 0x80,
	CFG_BAR0 = 0x10,
	BAR_64BIT = 0x4,
	BAR_PREFETCHABLE = 0x8,
	CFG_SUBSYSTEM_VENDOR = 0x2c,
	CFG_SUBSYSTEM = 0x2e,
	CFG_CAP_POINTER = 0x34,
	CFG_INT_LINE = 0x3c,
};

struct mdl_pcie_fn {
	struct mdl_pcie *pcie;
	struct mdl_pcie_desc desc;
	uint16_t rid;
	uint8_t cfg[CFG_SIZE];
	uint8_t initial[CFG_SIZE]; /* after reset */
	uint8_t rw[CFG_SIZE];	   /* bits that software writes */
	uint8_t w1c[CFG_SIZE];	   /* bits that it clears by writing 1 */
	/* Where each capability is, 0 if it is not there. */
	unsigned int exp, msi, msix, ats, pasid;
	uint8_t msix_table[MSIX_MAX * MSIX_ENTRY];
	uint8_t msix_pending[MSIX_MAX / 8];
};

struct mdl_pcie {
	struct mdl_pcie_config config;
	struct mdl_pcie_ops ops;
	void *ctx;
	struct mdl_pcie_fn *fns[SLOTS * FNS];
};

static inline uint32_t le_get(const uint8_t *at, unsigned int size)
{
	uint32_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		value |= (uint32_t)at[i] << (8 * i);
	return value;
}

static inline void le_put(uint8_t *at, unsigned int size, uint32_t value)
{
	for (unsigned int i = 0; i < size; i++)
		at[i] = (uint8_t)(value >> (8 * i));
}

/* pcie_cfg.c */
void mdl_pcie_build(struct mdl_pcie_fn *fn);
void mdl_pcie_fn_reset(struct mdl_pcie_fn *fn);
/* PCI address of a BAR, and whether `bar` is one (not the upper half of the one before). */
bool mdl_pcie_bar_address(const struct mdl_pcie_fn *fn, unsigned int bar, uint64_t *addr);

/* pcie_msi.c */
void mdl_pcie_msi_unmasked(struct mdl_pcie_fn *fn); /* send what is pending and no longer masked */
void mdl_pcie_msix_reset(struct mdl_pcie_fn *fn);
int mdl_pcie_msix_read(struct mdl_pcie_fn *fn, uint64_t offset, unsigned int size, uint64_t *value);
int mdl_pcie_msix_write(struct mdl_pcie_fn *fn, uint64_t offset, unsigned int size, uint64_t value);

#endif
