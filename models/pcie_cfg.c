/* SPDX-License-Identifier: MIT */
/* A function's configuration space: how it is laid out, and what writes do. */
#include "models/pcie_internal.h"

#include <errno.h>
#include <string.h>

/* PCI Express capability (7.5.3) */
enum {
	CAP_EXP = 0x10,
	EXP_SIZE = 0x3c,
	EXP_FLAGS = 0x02,
	EXP_V2 = 0x0002,
	EXP_DEVCAP = 0x04,
	DEVCAP_ROLE_BASED = 0x00008000,
	DEVCAP_FLR = 0x10000000,
	EXP_DEVCTL = 0x08,
	DEVCTL_RW = 0x78ff,    /* not Extended Tag, Phantom Functions, Aux Power */
	DEVCTL_RESET = 0x2810, /* requests of 512 bytes, No Snoop and Relaxed Ordering allowed */
	DEVCTL_FLR = 0x8000,
	EXP_DEVSTA = 0x0a,
	DEVSTA_W1C = 0x000f,
	EXP_LNKCAP = 0x0c,
	EXP_LNKSTA = 0x12,
	LINK_2G5_X1 = 0x0011,
	EXP_DEVCAP2 = 0x24,
	DEVCAP2_PREFIX = 0x00200000,	 /* End-End TLP Prefix Supported */
	DEVCAP2_ONE_PREFIX = 0x00400000, /* Max End-End TLP Prefixes: 1 */
};

/* Power management (7.5.2) */
enum {
	CAP_PM = 0x01,
	PM_SIZE = 0x08,
	PM_VERSION = 0x0003,
	PM_CONTROL = 0x04,
	PM_STATE = 0x0003,
	PM_D3HOT = 0x0003,
	PM_NO_SOFT_RESET = 0x0008,
};

/* MSI, 64-bit with per-vector masking (7.7.1); MSI-X (7.7.2) */
enum {
	CAP_MSI = 0x05,
	MSI_SIZE = 0x18,
	MSI_64BIT = 0x0080,
	MSI_MASKABLE = 0x0100,
	CAP_MSIX = 0x11,
	MSIX_SIZE = 0x0c,
};

/* A virtual function's IDs are all ones, and of Command it has Bus Master Enable (9.3.4.1). */
static void build_header(struct mdl_pcie_fn *fn)
{
	const struct mdl_pcie_desc *desc = fn->pf ? &fn->pf->desc : &fn->desc;

	cfg_set(fn, CFG_VENDOR, 2, fn->pf ? 0xffff : desc->vendor, 0);
	cfg_set(fn, CFG_DEVICE, 2, fn->pf ? 0xffff : desc->device, 0);
	cfg_set(fn, CFG_COMMAND, 2, 0,
		fn->pf ? CMD_MASTER
		       : CMD_MEMORY | CMD_MASTER | CMD_PARITY | CMD_SERR | CMD_INTX_DISABLE);
	cfg_set(fn, CFG_STATUS, 2, STATUS_CAPABILITIES, 0);
	le_put(fn->w1c + CFG_STATUS, 2, STATUS_W1C);
	cfg_set(fn, CFG_REVISION, 1, desc->revision, 0);
	cfg_set(fn, CFG_CLASS, 3, desc->class_code, 0);
	if (fn->pf) {
		cfg_set(fn, CFG_SUBSYSTEM_VENDOR, 2, desc->subsystem_vendor, 0);
		cfg_set(fn, CFG_SUBSYSTEM, 2, desc->subsystem, 0);
		return;
	}
	cfg_set(fn, CFG_CACHE_LINE, 1, 0, 0xff);
	cfg_set(fn, CFG_INT_LINE, 1, 0, 0xff);
	if (is_port(fn))
		return;
	cfg_set(fn, CFG_SUBSYSTEM_VENDOR, 2, desc->subsystem_vendor, 0);
	cfg_set(fn, CFG_SUBSYSTEM, 2, desc->subsystem, 0);
}

/* Address bits below the size read as zero: so software learns the size (7.5.1.2.1). */
void mdl_pcie_build_bars(struct mdl_pcie_fn *fn, unsigned int at, const struct mdl_pcie_bar *bars,
			 uint64_t least)
{
	for (unsigned int i = 0; i < BARS; i++, at += 4) {
		const struct mdl_pcie_bar *bar = &bars[i];
		uint64_t address_bits = ~((bar->size > least ? bar->size : least) - 1);

		if (!bar->size)
			continue;
		cfg_set(fn, at, 4,
			(bar->is64 ? BAR_64BIT : 0) | (bar->prefetchable ? BAR_PREFETCHABLE : 0),
			(uint32_t)address_bits);
		if (bar->is64)
			cfg_set(fn, at + 4, 4, 0, (uint32_t)(address_bits >> 32));
	}
}

/* Append a capability to the list; `*last` is where the pointer to it goes. */
static unsigned int add_cap(struct mdl_pcie_fn *fn, unsigned int *last, unsigned int *at,
			    uint8_t id, unsigned int size)
{
	unsigned int cap = *at;

	cfg_set(fn, *last, 1, cap, 0);
	cfg_set(fn, cap, 1, id, 0);
	*last = cap + 1;
	*at = (cap + size + 3) & ~3u;
	return cap;
}

/* Device/Port Type (7.5.3.2) */
static uint32_t port_type(enum kind kind)
{
	static const uint8_t types[] = {
		[KIND_ROOT_PORT] = 4,  [KIND_UPSTREAM] = 5, [KIND_DOWNSTREAM] = 6,
		[KIND_INTEGRATED] = 9, [KIND_ENDPOINT] = 0, [KIND_VF] = 0,
	};

	return types[kind];
}

static void build_exp(struct mdl_pcie_fn *fn)
{
	enum kind kind = fn->pf ? fn->pf->kind : fn->kind;
	bool prefixes = is_port(fn) || owner_of(fn)->desc.pasid_width;

	cfg_set(fn, fn->exp + EXP_FLAGS, 2, EXP_V2 | port_type(kind) << 4, 0);
	cfg_set(fn, fn->exp + EXP_DEVCAP, 4, DEVCAP_ROLE_BASED | (is_port(fn) ? 0 : DEVCAP_FLR), 0);
	/* Of a virtual function Device Control is the PF's (9.3.5.4), but for the reset. */
	if (!fn->pf)
		cfg_set(fn, fn->exp + EXP_DEVCTL, 2, DEVCTL_RESET, DEVCTL_RW);
	le_put(fn->w1c + fn->exp + EXP_DEVSTA, 2, DEVSTA_W1C);
	if (kind != KIND_INTEGRATED) {
		cfg_set(fn, fn->exp + EXP_LNKCAP, 4, LINK_2G5_X1, 0);
		if (!fn->pf)
			cfg_set(fn, fn->exp + EXP_LNKSTA, 2, LINK_2G5_X1, 0);
	}
	cfg_set(fn, fn->exp + EXP_DEVCAP2, 4, prefixes ? DEVCAP2_PREFIX | DEVCAP2_ONE_PREFIX : 0,
		0);
}

static uint32_t mask_of(unsigned int vectors)
{
	return vectors == 32 ? UINT32_MAX : (UINT32_C(1) << vectors) - 1;
}

static void build_msi(struct mdl_pcie_fn *fn)
{
	unsigned int vectors = fn->desc.msi_vectors;
	uint32_t log2 = (uint32_t)__builtin_ctz(vectors);

	/* Enable and Multiple Message Enable are writable. */
	cfg_set(fn, fn->msi + 2, 2, MSI_64BIT | MSI_MASKABLE | log2 << 1, 0x0071);
	cfg_set(fn, fn->msi + 0x04, 4, 0, 0xfffffffc);
	cfg_set(fn, fn->msi + 0x08, 4, 0, 0xffffffff);
	cfg_set(fn, fn->msi + 0x0c, 2, 0, 0xffff);
	cfg_set(fn, fn->msi + 0x10, 4, 0, mask_of(vectors));
	cfg_set(fn, fn->msi + 0x14, 4, 0, 0);
}

static void build_msix(struct mdl_pcie_fn *fn)
{
	/* Enable and Function Mask are writable; the size is coded as N - 1. */
	cfg_set(fn, fn->msix + 2, 2, fn->desc.msix_vectors - 1, 0xc000);
	cfg_set(fn, fn->msix + 4, 4, fn->desc.msix_offset | fn->desc.msix_bar, 0);
	cfg_set(fn, fn->msix + 8, 4, mdl_pcie_msix_pba(fn) | fn->desc.msix_bar, 0);
}

static void build_caps(struct mdl_pcie_fn *fn)
{
	unsigned int last = CFG_CAP_POINTER, at = 0x40;

	fn->exp = add_cap(fn, &last, &at, CAP_EXP, EXP_SIZE);
	build_exp(fn);
	if (fn->desc.msi_vectors) {
		fn->msi = add_cap(fn, &last, &at, CAP_MSI, MSI_SIZE);
		build_msi(fn);
	}
	if (fn->desc.msix_vectors) {
		fn->msix = add_cap(fn, &last, &at, CAP_MSIX, MSIX_SIZE);
		build_msix(fn);
	}
	if (fn->desc.pm) {
		fn->pm = add_cap(fn, &last, &at, CAP_PM, PM_SIZE);
		cfg_set(fn, fn->pm + 2, 2, PM_VERSION, 0);
		cfg_set(fn, fn->pm + PM_CONTROL, 2, PM_NO_SOFT_RESET, PM_STATE);
	}
}

void mdl_pcie_build(struct mdl_pcie_fn *fn)
{
	build_header(fn);
	if (is_port(fn))
		mdl_pcie_build_port(fn);
	else if (!fn->pf)
		mdl_pcie_build_bars(fn, CFG_BAR0, fn->desc.bar, 0);
	build_caps(fn);
	mdl_pcie_build_ext(fn);
	memcpy(fn->initial, fn->cfg, CFG_SIZE);
	mdl_pcie_msix_reset(fn);
}

void mdl_pcie_fn_reset(struct mdl_pcie_fn *fn)
{
	bool had_vfs = mdl_pcie_sriov_enabled(fn);

	memcpy(fn->cfg, fn->initial, CFG_SIZE);
	mdl_pcie_msix_reset(fn);
	mdl_pcie_pri_reset(fn);
	if (fn->sriov) {
		mdl_pcie_sriov_masks(fn);
		mdl_pcie_sriov_written(fn, had_vfs);
	}
	if (fn->desc.reset)
		fn->desc.reset(fn->desc.ctx);
}

bool mdl_pcie_d3hot(const struct mdl_pcie_fn *fn)
{
	return fn->pm && (cfg_get(fn, fn->pm + PM_CONTROL, 2) & PM_STATE) == PM_D3HOT;
}

uint32_t mdl_pcie_cfg_read(const struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size)
{
	return cfg_get(fn, offset, size);
}

static void store(struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size, uint32_t value)
{
	for (unsigned int i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(value >> (8 * i)), rw = fn->rw[offset + i];
		uint8_t old = fn->cfg[offset + i];

		fn->cfg[offset + i] =
			(uint8_t)(((old & ~rw) | (byte & rw)) & ~(byte & fn->w1c[offset + i]));
	}
}

/* D1 and D2 are not there: a write of them is ignored (7.5.2.2). */
static void check_power_state(struct mdl_pcie_fn *fn, uint32_t before)
{
	uint32_t now = cfg_get(fn, fn->pm + PM_CONTROL, 2) & PM_STATE;

	if (now && now != PM_D3HOT)
		le_put(fn->cfg + fn->pm + PM_CONTROL, 2,
		       (cfg_get(fn, fn->pm + PM_CONTROL, 2) & ~(uint32_t)PM_STATE) |
			       (before & PM_STATE));
}

static bool starts_reset(const struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size,
			 uint32_t value)
{
	unsigned int at = fn->exp + EXP_DEVCTL + 1;

	return !is_port(fn) && touches(offset, size, at) &&
	       value >> (8 * (at - offset)) & DEVCTL_FLR >> 8;
}

void mdl_pcie_cfg_write(struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size,
			uint32_t value)
{
	uint32_t power = fn->pm ? cfg_get(fn, fn->pm + PM_CONTROL, 2) : 0;
	bool had_vfs = mdl_pcie_sriov_enabled(fn);

	if (starts_reset(fn, offset, size, value)) {
		mdl_pcie_fn_reset(fn);
		return;
	}
	store(fn, offset, size, value);
	if (fn->pm)
		check_power_state(fn, power);
	if (is_port(fn))
		mdl_pcie_port_written(fn, offset, size);
	if (fn->sriov)
		mdl_pcie_sriov_written(fn, had_vfs);
	if (fn->pri)
		mdl_pcie_pri_written(fn);
	mdl_pcie_msi_unmasked(fn);
}

bool mdl_pcie_bus_master(const struct mdl_pcie_fn *fn)
{
	return cfg_get(fn, CFG_COMMAND, 2) & CMD_MASTER;
}
