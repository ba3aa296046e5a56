/* SPDX-License-Identifier: MIT */
#ifndef MODELS_PCIE_INTERNAL_H
#define MODELS_PCIE_INTERNAL_H

#include "models/pcie.h"

enum {
	CFG_SIZE = 4096,
	SLOTS = 32,
	FNS = 8,
	BARS = 6,
	VF_MAX = 256,
	MSIX_MAX = 2048,
	MSIX_ENTRY = 16,
	PRG_GROUPS = 512,
};

/* Header (PCIe 7.5.1); of type 0 from BAR 2 on, and of type 1 (7.5.1.3) */
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
	CFG_PRIMARY = 0x18,
	CFG_SECONDARY = 0x19,
	CFG_SUBORDINATE = 0x1a,
};

/* Those of a port come first. */
enum kind {
	KIND_ROOT_PORT,
	KIND_UPSTREAM,
	KIND_DOWNSTREAM,
	KIND_INTEGRATED, /* endpoint of the root complex */
	KIND_ENDPOINT,
	KIND_VF,
};

struct pri_state {
	unsigned int outstanding;
	uint16_t group[PRG_GROUPS]; /* requests outstanding of each */
};

struct mdl_pcie_fn {
	struct mdl_pcie *pcie;
	struct mdl_pcie_fn *port; /* above it; NULL: bus 0 */
	struct mdl_pcie_fn *pf;	  /* of a virtual function */
	struct mdl_pcie_fn *next; /* of the root complex, in order of addition */
	enum kind kind;
	unsigned int devfn, vf; /* of a virtual function: vf instead of devfn */
	unsigned int n_vfs;	/* added to this one */
	struct mdl_pcie_desc desc;
	uint8_t cfg[CFG_SIZE];
	uint8_t initial[CFG_SIZE]; /* after reset */
	uint8_t rw[CFG_SIZE];	   /* bits that software writes */
	uint8_t w1c[CFG_SIZE];	   /* bits that it clears by writing 1 */
	/* Where each capability is, 0 if it is not there. */
	unsigned int pm, exp, msi, msix, ats, pasid, pri_cap, sriov;
	uint8_t *msix_table, *msix_pending; /* one allocation */
	struct pri_state *pri;
};

struct mdl_pcie {
	struct mdl_pcie_config config;
	struct mdl_pcie_ops ops;
	void *ctx;
	struct mdl_pcie_fn *first, **last;
	struct mdl_pcie_stats stats;
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

/* Lay a field out: its value after reset, and the bits that software writes. */
static inline void cfg_set(struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size,
			   uint32_t value, uint32_t rw)
{
	le_put(fn->cfg + offset, size, value);
	le_put(fn->rw + offset, size, rw);
}

static inline uint32_t cfg_get(const struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size)
{
	return le_get(fn->cfg + offset, size);
}

static inline bool is_port(const struct mdl_pcie_fn *fn)
{
	return fn->kind <= KIND_DOWNSTREAM;
}

/* Whose PASID and PRI capabilities are the function's (9.3.7). */
static inline struct mdl_pcie_fn *owner_of(const struct mdl_pcie_fn *fn)
{
	return fn->pf ? fn->pf : (struct mdl_pcie_fn *)fn;
}

/* Does a write at [offset, offset + size) touch byte `at`? */
static inline bool touches(unsigned int offset, unsigned int size, unsigned int at)
{
	return at >= offset && at < offset + size;
}

/* pcie_cfg.c */
void mdl_pcie_build(struct mdl_pcie_fn *fn);
void mdl_pcie_fn_reset(struct mdl_pcie_fn *fn);
bool mdl_pcie_d3hot(const struct mdl_pcie_fn *fn);
void mdl_pcie_build_bars(struct mdl_pcie_fn *fn, unsigned int at, const struct mdl_pcie_bar *bars,
			 uint64_t least);

/* pcie_ext.c */
void mdl_pcie_build_ext(struct mdl_pcie_fn *fn);
bool mdl_pcie_may_request(const struct mdl_pcie_fn *fn, bool has_pasid);

/* pcie_port.c */
void mdl_pcie_build_port(struct mdl_pcie_fn *fn);
/* Bus numbers behind the port reach as far as `bus`; all ports above agree. */
bool mdl_pcie_port_reaches(const struct mdl_pcie_fn *port, unsigned int bus);
/* The port, and all above it, pass an access to this address down; NULL: bus 0. */
bool mdl_pcie_port_passes(const struct mdl_pcie_fn *port, uint64_t addr);
/* The port, and all above it, pass requests up. */
bool mdl_pcie_port_masters(const struct mdl_pcie_fn *port);
/* After a write of configuration space. */
void mdl_pcie_port_written(struct mdl_pcie_fn *port, unsigned int offset, unsigned int size);

/* pcie_sriov.c */
void mdl_pcie_build_sriov(struct mdl_pcie_fn *fn, unsigned int cap);
bool mdl_pcie_vf_enabled(const struct mdl_pcie_fn *vf);
bool mdl_pcie_vf_memory(const struct mdl_pcie_fn *vf);
bool mdl_pcie_vf_bar(const struct mdl_pcie_fn *vf, unsigned int bar, uint64_t *addr);
/* Before and after a write of configuration space: `before` says whether VFs were enabled. */
bool mdl_pcie_sriov_enabled(const struct mdl_pcie_fn *fn);
void mdl_pcie_sriov_written(struct mdl_pcie_fn *fn, bool before);
void mdl_pcie_sriov_masks(struct mdl_pcie_fn *fn);

/* pcie_pri.c */
void mdl_pcie_build_pri(struct mdl_pcie_fn *fn, unsigned int cap);
void mdl_pcie_pri_written(struct mdl_pcie_fn *fn);
void mdl_pcie_pri_reset(struct mdl_pcie_fn *fn);

/* pcie_msi.c */
void mdl_pcie_msi_unmasked(struct mdl_pcie_fn *fn); /* send what is pending and no longer masked */
void mdl_pcie_msix_reset(struct mdl_pcie_fn *fn);
bool mdl_pcie_msix_claims(const struct mdl_pcie_fn *fn, unsigned int bar, uint64_t offset);
int mdl_pcie_msix_read(struct mdl_pcie_fn *fn, uint64_t offset, unsigned int size, uint64_t *value);
int mdl_pcie_msix_write(struct mdl_pcie_fn *fn, uint64_t offset, unsigned int size, uint64_t value);
unsigned int mdl_pcie_msix_pba(const struct mdl_pcie_fn *fn); /* offset in the BAR */

#endif
