/* SPDX-License-Identifier: MIT */
/* SR-IOV: the capability of a physical function (PCIe 9.3.3), and where its VFs are. */
#include "models/pcie_internal.h"

enum {
	SRIOV_CONTROL = 0x08,
	VF_ENABLE = 0x0001,
	VF_MEMORY = 0x0008,
	INITIAL_VFS = 0x0c,
	TOTAL_VFS = 0x0e,
	NUM_VFS = 0x10,
	VF_OFFSET = 0x14,
	VF_STRIDE = 0x16,
	VF_DEVICE = 0x1a,
	PAGE_SIZES = 0x1c,
	PAGE_SIZE = 0x20, /* one bit of the same */
	VF_BAR0 = 0x24,
	MANDATORY_SIZES = 0x553, /* 4, 8, 64, 256 KiB, 1 and 4 MiB (9.3.3.12) */
};

static uint32_t at(const struct mdl_pcie_fn *fn, unsigned int field, unsigned int size)
{
	return cfg_get(fn, fn->sriov + field, size);
}

/* A VF's BARs are as far apart as their size, or the system's page size if that is more. */
static uint64_t page_size(const struct mdl_pcie_fn *fn)
{
	return (uint64_t)at(fn, PAGE_SIZE, 4) << 12;
}

/* The BARs' writable bits follow the page size; what they hold stays where it may. */
void mdl_pcie_sriov_masks(struct mdl_pcie_fn *fn)
{
	unsigned int bars = fn->sriov + VF_BAR0;
	uint32_t held[BARS];

	for (unsigned int i = 0; i < BARS; i++)
		held[i] = cfg_get(fn, bars + 4 * i, 4);
	mdl_pcie_build_bars(fn, bars, fn->desc.sriov.bar, page_size(fn));
	for (unsigned int i = 0; i < BARS; i++) {
		uint32_t rw = le_get(fn->rw + bars + 4 * i, 4);

		le_put(fn->cfg + bars + 4 * i, 4,
		       (cfg_get(fn, bars + 4 * i, 4) & ~rw) | (held[i] & rw));
	}
}

/* Without ARI and migration: their bits of the capability are zero. */
void mdl_pcie_build_sriov(struct mdl_pcie_fn *fn, unsigned int cap)
{
	const struct mdl_pcie_sriov *sriov = &fn->desc.sriov;

	fn->sriov = cap;
	cfg_set(fn, cap + SRIOV_CONTROL, 2, 0, VF_ENABLE | VF_MEMORY);
	cfg_set(fn, cap + INITIAL_VFS, 2, sriov->total, 0);
	cfg_set(fn, cap + TOTAL_VFS, 2, sriov->total, 0);
	cfg_set(fn, cap + NUM_VFS, 2, 0, 0xffff);
	cfg_set(fn, cap + VF_OFFSET, 2, sriov->offset, 0);
	cfg_set(fn, cap + VF_STRIDE, 2, sriov->stride, 0);
	cfg_set(fn, cap + VF_DEVICE, 2, sriov->device, 0);
	cfg_set(fn, cap + PAGE_SIZES, 4, MANDATORY_SIZES, 0);
	cfg_set(fn, cap + PAGE_SIZE, 4, 1, MANDATORY_SIZES);
	mdl_pcie_sriov_masks(fn);
}

bool mdl_pcie_sriov_enabled(const struct mdl_pcie_fn *fn)
{
	return fn->sriov && (at(fn, SRIOV_CONTROL, 2) & VF_ENABLE);
}

bool mdl_pcie_vf_enabled(const struct mdl_pcie_fn *vf)
{
	return mdl_pcie_sriov_enabled(vf->pf) && vf->vf < at(vf->pf, NUM_VFS, 2);
}

bool mdl_pcie_vf_memory(const struct mdl_pcie_fn *vf)
{
	return mdl_pcie_vf_enabled(vf) && (at(vf->pf, SRIOV_CONTROL, 2) & VF_MEMORY) &&
	       !mdl_pcie_d3hot(vf->pf);
}

bool mdl_pcie_vf_bar(const struct mdl_pcie_fn *vf, unsigned int bar, uint64_t *addr)
{
	const struct mdl_pcie_fn *pf = vf->pf;
	const struct mdl_pcie_bar *desc = &pf->desc.sriov.bar[bar];
	uint64_t page = page_size(pf);

	*addr = at(pf, VF_BAR0 + 4 * bar, 4) & ~UINT32_C(0xf);
	if (desc->is64)
		*addr |= (uint64_t)at(pf, VF_BAR0 + 4 * bar + 4, 4) << 32;
	*addr += vf->vf * (desc->size > page ? desc->size : page);
	return true;
}

static void reset_vfs(const struct mdl_pcie_fn *pf)
{
	for (struct mdl_pcie_fn *fn = pf->pcie->first; fn; fn = fn->next)
		if (fn->pf == pf)
			mdl_pcie_fn_reset(fn);
}

/* NumVFs is fixed while VFs are enabled, and what it may not be is 0 (9.3.3.7). */
void mdl_pcie_sriov_written(struct mdl_pcie_fn *fn, bool before)
{
	bool now = mdl_pcie_sriov_enabled(fn);

	if (before != now)
		le_put(fn->rw + fn->sriov + NUM_VFS, 2, now ? 0 : 0xffff);
	if (at(fn, NUM_VFS, 2) > fn->desc.sriov.total)
		le_put(fn->cfg + fn->sriov + NUM_VFS, 2, 0);
	if (!now)
		mdl_pcie_sriov_masks(fn);
	if (before && !now)
		reset_vfs(fn);
}
