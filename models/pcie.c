/* SPDX-License-Identifier: MIT */
/* The root complex: who answers in the ECAM and in the memory window. */
#include "models/pcie_internal.h"

#include <errno.h>
#include <stdlib.h>

struct mdl_pcie *mdl_pcie_new(const struct mdl_pcie_config *config, const struct mdl_pcie_ops *ops,
			      void *ctx)
{
	struct mdl_pcie *pcie;

	if (!config->mem_size || config->mem_size - 1 > UINT64_MAX - config->mem_base ||
	    !ops->msi) {
		errno = EINVAL;
		return NULL;
	}
	pcie = calloc(1, sizeof(*pcie));
	if (!pcie)
		return NULL;
	pcie->config = *config;
	pcie->ops = *ops;
	pcie->ctx = ctx;
	return pcie;
}

void mdl_pcie_free(struct mdl_pcie *pcie)
{
	if (!pcie)
		return;
	for (unsigned int i = 0; i < SLOTS * FNS; i++)
		free(pcie->fns[i]);
	free(pcie);
}

static bool bars_valid(const struct mdl_pcie_desc *desc)
{
	for (unsigned int i = 0; i < BARS; i++) {
		const struct mdl_pcie_bar *bar = &desc->bar[i];
		bool own = desc->msix_vectors && desc->msix_bar == i;

		if (!bar->size)
			continue;
		if (bar->size < 16 || (bar->size & (bar->size - 1)) || (!own && !bar->ops))
			return false;
		if (!bar->is64 && bar->size > UINT64_C(1) << 31)
			return false;
		if (bar->is64 && (i == BARS - 1 || desc->bar[i + 1].size))
			return false;
	}
	return true;
}

static bool desc_valid(const struct mdl_pcie_desc *desc)
{
	unsigned int msi = desc->msi_vectors;

	if (msi > 32 || (msi & (msi - 1)) || desc->pasid_width > 20 || desc->class_code >> 24)
		return false;
	if (desc->msix_vectors > MSIX_MAX ||
	    (desc->msix_vectors &&
	     (desc->msix_bar >= BARS || desc->bar[desc->msix_bar].size < MSIX_BAR_MIN ||
	      desc->bar[desc->msix_bar].ops)))
		return false;
	return bars_valid(desc);
}

/* Function 0 tells that there are others (7.5.1.1.9). */
static void mark_multifunction(struct mdl_pcie *pcie, unsigned int slot)
{
	struct mdl_pcie_fn *first = pcie->fns[slot * FNS];
	bool others = false;

	for (unsigned int fn = 1; fn < FNS; fn++)
		others |= pcie->fns[slot * FNS + fn] != NULL;
	if (first && others) {
		first->cfg[CFG_HEADER_TYPE] |= HEADER_MULTIFUNCTION;
		first->initial[CFG_HEADER_TYPE] |= HEADER_MULTIFUNCTION;
	}
}

struct mdl_pcie_fn *mdl_pcie_add(struct mdl_pcie *pcie, unsigned int slot, unsigned int fn,
				 const struct mdl_pcie_desc *desc)
{
	struct mdl_pcie_fn *added;

	if (slot >= SLOTS || fn >= FNS || !desc_valid(desc)) {
		errno = EINVAL;
		return NULL;
	}
	if (pcie->fns[slot * FNS + fn]) {
		errno = EEXIST;
		return NULL;
	}
	added = calloc(1, sizeof(*added));
	if (!added)
		return NULL;
	added->pcie = pcie;
	added->desc = *desc;
	added->rid = (uint16_t)(slot * FNS + fn);
	mdl_pcie_build(added);
	pcie->fns[added->rid] = added;
	mark_multifunction(pcie, slot);
	return added;
}

uint16_t mdl_pcie_rid(const struct mdl_pcie_fn *fn)
{
	return fn->rid;
}

static bool fault_point(struct mdl_pcie *pcie)
{
	return pcie->ops.fault && pcie->ops.fault(pcie->ctx, "pcie.cfg");
}

static int ecam_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		     uint64_t *latency)
{
	struct mdl_pcie *pcie = ctx;
	const struct mdl_pcie_fn *fn;

	if (size > 4 || offset >= MDL_PCIE_ECAM_SIZE)
		return -EFAULT;
	*latency += pcie->config.cfg_latency;
	fn = pcie->fns[offset / CFG_SIZE];
	if (!fn || fault_point(pcie))
		*value = UINT64_MAX >> (64 - 8 * size);
	else
		*value = mdl_pcie_cfg_read(fn, offset % CFG_SIZE, size);
	return 0;
}

static int ecam_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		      uint64_t *latency)
{
	struct mdl_pcie *pcie = ctx;
	struct mdl_pcie_fn *fn;

	if (size > 4 || offset >= MDL_PCIE_ECAM_SIZE)
		return -EFAULT;
	*latency += pcie->config.cfg_latency;
	fn = pcie->fns[offset / CFG_SIZE];
	if (fn && !fault_point(pcie))
		mdl_pcie_cfg_write(fn, offset % CFG_SIZE, size, (uint32_t)value);
	return 0;
}

const struct mdl_mmio_ops mdl_pcie_ecam_mmio = {.read = ecam_read, .write = ecam_write};

/* Who claims this PCI address; the lowest function if several do. */
static struct mdl_pcie_fn *claim(struct mdl_pcie *pcie, uint64_t addr, unsigned int *bar,
				 uint64_t *offset)
{
	for (unsigned int i = 0; i < SLOTS * FNS; i++) {
		struct mdl_pcie_fn *fn = pcie->fns[i];
		uint64_t base;

		if (!fn || !(le_get(fn->cfg + CFG_COMMAND, 2) & CMD_MEMORY))
			continue;
		for (*bar = 0; *bar < BARS; ++*bar) {
			if (!mdl_pcie_bar_address(fn, *bar, &base))
				continue;
			*offset = addr - base;
			if (addr >= base && *offset < fn->desc.bar[*bar].size)
				return fn;
		}
	}
	return NULL;
}

static int mem_access(struct mdl_pcie *pcie, uint64_t offset, unsigned int size, bool write,
		      uint64_t *value, uint64_t *latency)
{
	unsigned int bar;
	uint64_t in_bar;
	struct mdl_pcie_fn *fn = claim(pcie, pcie->config.mem_base + offset, &bar, &in_bar);
	const struct mdl_pcie_bar *target;

	*latency += pcie->config.mem_latency;
	if (!fn)
		return -EFAULT;
	target = &fn->desc.bar[bar];
	if (fn->desc.msix_vectors && fn->desc.msix_bar == bar)
		return write ? mdl_pcie_msix_write(fn, in_bar, size, *value)
			     : mdl_pcie_msix_read(fn, in_bar, size, value);
	return write ? target->ops->write(target->ctx, in_bar, size, *value, latency)
		     : target->ops->read(target->ctx, in_bar, size, value, latency);
}

static int mem_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		    uint64_t *latency)
{
	return mem_access(ctx, offset, size, false, value, latency);
}

static int mem_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		     uint64_t *latency)
{
	return mem_access(ctx, offset, size, true, &value, latency);
}

const struct mdl_mmio_ops mdl_pcie_mem_mmio = {.read = mem_read, .write = mem_write};
