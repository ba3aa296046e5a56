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
	EXP_V2_RC_ENDPOINT = 0x0092,
	EXP_DEVCAP = 0x04,
	DEVCAP_ROLE_BASED = 0x00008000,
	DEVCAP_FLR = 0x10000000,
	EXP_DEVCTL = 0x08,
	DEVCTL_RW = 0x78ff,    /* not Extended Tag, Phantom Functions, Aux Power */
	DEVCTL_RESET = 0x2810, /* requests of 512 bytes, No Snoop and Relaxed Ordering allowed */
	DEVCTL_FLR = 0x8000,
	EXP_DEVSTA = 0x0a,
	DEVSTA_W1C = 0x000f,
	EXP_DEVCAP2 = 0x24,
	DEVCAP2_PREFIX = 0x00200000,	 /* End-End TLP Prefix Supported */
	DEVCAP2_ONE_PREFIX = 0x00400000, /* Max End-End TLP Prefixes: 1 */
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

/* Extended: ATS (10.5.1), PASID (7.8.9) */
enum {
	EXT_START = 0x100,
	EXT_ATS = 0x000f,
	ATS_SIZE = 0x08,
	ATS_PAGE_ALIGNED = 0x0020,
	ATS_ENABLE = 0x8000,
	ATS_STU = 0x001f,
	EXT_PASID = 0x001b,
	PASID_SIZE = 0x08,
	PASID_ENABLE = 0x1,
	PASID_EXEC = 0x2,
	PASID_PRIV = 0x4,
};

static void set(struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size, uint32_t value,
		uint32_t rw)
{
	le_put(fn->cfg + offset, size, value);
	le_put(fn->rw + offset, size, rw);
}

static void build_header(struct mdl_pcie_fn *fn)
{
	const struct mdl_pcie_desc *desc = &fn->desc;

	set(fn, CFG_VENDOR, 2, desc->vendor, 0);
	set(fn, CFG_DEVICE, 2, desc->device, 0);
	set(fn, CFG_COMMAND, 2, 0,
	    CMD_MEMORY | CMD_MASTER | CMD_PARITY | CMD_SERR | CMD_INTX_DISABLE);
	set(fn, CFG_STATUS, 2, STATUS_CAPABILITIES, 0);
	le_put(fn->w1c + CFG_STATUS, 2, STATUS_W1C);
	set(fn, CFG_REVISION, 1, desc->revision, 0);
	set(fn, CFG_CLASS, 3, desc->class_code, 0);
	set(fn, CFG_CACHE_LINE, 1, 0, 0xff);
	set(fn, CFG_SUBSYSTEM_VENDOR, 2, desc->subsystem_vendor, 0);
	set(fn, CFG_SUBSYSTEM, 2, desc->subsystem, 0);
	set(fn, CFG_INT_LINE, 1, 0, 0xff);
}

/* Address bits below the size read as zero: so software learns the size (7.5.1.2.1). */
static void build_bars(struct mdl_pcie_fn *fn)
{
	for (unsigned int i = 0; i < BARS; i++) {
		const struct mdl_pcie_bar *bar = &fn->desc.bar[i];
		unsigned int at = CFG_BAR0 + 4 * i;
		uint64_t address_bits = ~(bar->size - 1);

		if (!bar->size)
			continue;
		set(fn, at, 4,
		    (bar->is64 ? BAR_64BIT : 0) | (bar->prefetchable ? BAR_PREFETCHABLE : 0),
		    (uint32_t)address_bits);
		if (bar->is64)
			set(fn, at + 4, 4, 0, (uint32_t)(address_bits >> 32));
	}
}

/* Append a capability to the list; `*last` is where the pointer to it goes. */
static unsigned int add_cap(struct mdl_pcie_fn *fn, unsigned int *last, unsigned int *at,
			    uint8_t id, unsigned int size)
{
	unsigned int cap = *at;

	set(fn, *last, 1, cap, 0);
	set(fn, cap, 1, id, 0);
	*last = cap + 1;
	*at = (cap + size + 3) & ~3u;
	return cap;
}

static void build_exp(struct mdl_pcie_fn *fn)
{
	set(fn, fn->exp + EXP_FLAGS, 2, EXP_V2_RC_ENDPOINT, 0);
	set(fn, fn->exp + EXP_DEVCAP, 4, DEVCAP_ROLE_BASED | DEVCAP_FLR, 0);
	set(fn, fn->exp + EXP_DEVCTL, 2, DEVCTL_RESET, DEVCTL_RW);
	le_put(fn->w1c + fn->exp + EXP_DEVSTA, 2, DEVSTA_W1C);
	set(fn, fn->exp + EXP_DEVCAP2, 4,
	    fn->desc.pasid_width ? DEVCAP2_PREFIX | DEVCAP2_ONE_PREFIX : 0, 0);
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
	set(fn, fn->msi + 2, 2, MSI_64BIT | MSI_MASKABLE | log2 << 1, 0x0071);
	set(fn, fn->msi + 0x04, 4, 0, 0xfffffffc);
	set(fn, fn->msi + 0x08, 4, 0, 0xffffffff);
	set(fn, fn->msi + 0x0c, 2, 0, 0xffff);
	set(fn, fn->msi + 0x10, 4, 0, mask_of(vectors));
	set(fn, fn->msi + 0x14, 4, 0, 0);
}

static void build_msix(struct mdl_pcie_fn *fn)
{
	/* Enable and Function Mask are writable; the size is coded as N - 1. */
	set(fn, fn->msix + 2, 2, fn->desc.msix_vectors - 1, 0xc000);
	set(fn, fn->msix + 4, 4, fn->desc.msix_bar, 0);
	set(fn, fn->msix + 8, 4, MSIX_PBA | fn->desc.msix_bar, 0);
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
}

/* Header: ID, version 1, next (7.6.3). `*last` is the header before, 0 if there is none. */
static unsigned int add_ext(struct mdl_pcie_fn *fn, unsigned int *last, unsigned int *at,
			    uint16_t id, unsigned int size)
{
	unsigned int cap = *at;

	if (*last)
		set(fn, *last, 4, le_get(fn->cfg + *last, 4) | cap << 20, 0);
	set(fn, cap, 4, id | 1u << 16, 0);
	*last = cap;
	*at = cap + size;
	return cap;
}

static void build_ext(struct mdl_pcie_fn *fn)
{
	const struct mdl_pcie_desc *desc = &fn->desc;
	unsigned int last = 0, at = EXT_START;
	uint32_t can;

	if (desc->ats) {
		fn->ats = add_ext(fn, &last, &at, EXT_ATS, ATS_SIZE);
		/* Invalidate Queue Depth 0 means 32. */
		set(fn, fn->ats + 4, 2, ATS_PAGE_ALIGNED, 0);
		set(fn, fn->ats + 6, 2, 0, ATS_ENABLE | ATS_STU);
	}
	if (desc->pasid_width) {
		can = (desc->pasid_exec ? PASID_EXEC : 0) | (desc->pasid_priv ? PASID_PRIV : 0);
		fn->pasid = add_ext(fn, &last, &at, EXT_PASID, PASID_SIZE);
		set(fn, fn->pasid + 4, 2, can | desc->pasid_width << 8, 0);
		set(fn, fn->pasid + 6, 2, 0, PASID_ENABLE | can);
	}
}

void mdl_pcie_build(struct mdl_pcie_fn *fn)
{
	build_header(fn);
	build_bars(fn);
	build_caps(fn);
	build_ext(fn);
	memcpy(fn->initial, fn->cfg, CFG_SIZE);
	mdl_pcie_msix_reset(fn);
}

void mdl_pcie_fn_reset(struct mdl_pcie_fn *fn)
{
	memcpy(fn->cfg, fn->initial, CFG_SIZE);
	mdl_pcie_msix_reset(fn);
	if (fn->desc.reset)
		fn->desc.reset(fn->desc.ctx);
}

bool mdl_pcie_bar_address(const struct mdl_pcie_fn *fn, unsigned int bar, uint64_t *addr)
{
	const struct mdl_pcie_bar *desc = &fn->desc.bar[bar];
	const uint8_t *at = fn->cfg + CFG_BAR0 + 4 * bar;

	if (!desc->size)
		return false;
	*addr = le_get(at, 4) & ~UINT32_C(0xf);
	if (desc->is64)
		*addr |= (uint64_t)le_get(at + 4, 4) << 32;
	return true;
}

uint32_t mdl_pcie_cfg_read(const struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size)
{
	return le_get(fn->cfg + offset, size);
}

/* Does a write at [offset, offset + size) touch byte `at`? */
static bool touches(unsigned int offset, unsigned int size, unsigned int at)
{
	return at >= offset && at < offset + size;
}

void mdl_pcie_cfg_write(struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size,
			uint32_t value)
{
	for (unsigned int i = 0; i < size; i++) {
		uint8_t byte = (uint8_t)(value >> (8 * i)), rw = fn->rw[offset + i];
		uint8_t old = fn->cfg[offset + i];

		fn->cfg[offset + i] =
			(uint8_t)(((old & ~rw) | (byte & rw)) & ~(byte & fn->w1c[offset + i]));
	}
	if (touches(offset, size, fn->exp + EXP_DEVCTL + 1) &&
	    value >> (8 * (fn->exp + EXP_DEVCTL + 1 - offset)) & DEVCTL_FLR >> 8)
		mdl_pcie_fn_reset(fn);
	else
		mdl_pcie_msi_unmasked(fn);
}

static uint32_t control(const struct mdl_pcie_fn *fn, unsigned int cap)
{
	return cap ? le_get(fn->cfg + cap + 6, 2) : 0;
}

bool mdl_pcie_bus_master(const struct mdl_pcie_fn *fn)
{
	return le_get(fn->cfg + CFG_COMMAND, 2) & CMD_MASTER;
}

bool mdl_pcie_ats_enabled(const struct mdl_pcie_fn *fn)
{
	return control(fn, fn->ats) & ATS_ENABLE;
}

bool mdl_pcie_pasid_enabled(const struct mdl_pcie_fn *fn)
{
	return control(fn, fn->pasid) & PASID_ENABLE;
}

int mdl_pcie_request(struct mdl_pcie_fn *fn, struct mdl_pcie_prefix *prefix)
{
	uint32_t status = le_get(fn->cfg + CFG_STATUS, 2);
	uint32_t pasid = control(fn, fn->pasid);

	if (!mdl_pcie_bus_master(fn) || (prefix->has_pasid && !(pasid & PASID_ENABLE))) {
		le_put(fn->cfg + CFG_STATUS, 2, status | STATUS_MASTER_ABORT);
		return -EACCES;
	}
	prefix->privileged &= prefix->has_pasid && (pasid & PASID_PRIV);
	prefix->execute &= prefix->has_pasid && (pasid & PASID_EXEC);
	return 0;
}
