/* SPDX-License-Identifier: MIT */
/* The root complex: its functions, and who answers in the ECAM and in the memory windows. */
#include "models/pcie_internal.h"

#include <errno.h>
#include <stdlib.h>

static bool window_valid(uint64_t base, uint64_t size)
{
	return !size || size - 1 <= UINT64_MAX - base;
}

struct mdl_pcie *mdl_pcie_new(const struct mdl_pcie_config *config, const struct mdl_pcie_ops *ops,
			      void *ctx)
{
	struct mdl_pcie *pcie;

	if (!config->mem_size || !window_valid(config->mem_base, config->mem_size) ||
	    !window_valid(config->mem64_base, config->mem64_size) || config->buses > 256 ||
	    !ops->msi) {
		errno = EINVAL;
		return NULL;
	}
	pcie = calloc(1, sizeof(*pcie));
	if (!pcie)
		return NULL;
	pcie->config = *config;
	if (!config->buses)
		pcie->config.buses = 1;
	pcie->ops = *ops;
	pcie->ctx = ctx;
	pcie->last = &pcie->first;
	return pcie;
}

static void fn_free(struct mdl_pcie_fn *fn)
{
	free(fn->msix_table);
	free(fn->pri);
	free(fn);
}

void mdl_pcie_free(struct mdl_pcie *pcie)
{
	if (!pcie)
		return;
	while (pcie->first) {
		struct mdl_pcie_fn *fn = pcie->first;

		pcie->first = fn->next;
		fn_free(fn);
	}
	free(pcie);
}

static bool bar_valid(const struct mdl_pcie_bar *bars, unsigned int i)
{
	const struct mdl_pcie_bar *bar = &bars[i];

	if (!bar->size)
		return true;
	if (bar->size < 16 || (bar->size & (bar->size - 1)))
		return false;
	if (!bar->is64 && bar->size > UINT64_C(1) << 31)
		return false;
	return !bar->is64 || (i < BARS - 1 && !bars[i + 1].size);
}

static bool msix_valid(const struct mdl_pcie_desc *desc)
{
	if (!desc->msix_vectors)
		return true;
	return desc->msix_vectors <= MSIX_MAX && desc->msix_bar < BARS &&
	       desc->msix_offset % 4096 == 0 &&
	       (uint64_t)desc->msix_offset + MDL_PCIE_MSIX_SIZE(desc->msix_vectors) <=
		       desc->bar[desc->msix_bar].size;
}

static bool bars_valid(const struct mdl_pcie_desc *desc)
{
	for (unsigned int i = 0; i < BARS; i++) {
		bool table = desc->msix_vectors && desc->msix_bar == i;

		if (!bar_valid(desc->bar, i) || (desc->bar[i].size && !table && !desc->bar[i].ops))
			return false;
	}
	return true;
}

static bool sriov_valid(const struct mdl_pcie_sriov *sriov)
{
	for (unsigned int i = 0; i < BARS; i++)
		if (!bar_valid(sriov->bar, i) || (sriov->bar[i].size && sriov->bar[i].size < 4096))
			return false;
	return sriov->total <= VF_MAX && (!sriov->total || sriov->offset) &&
	       (sriov->total < 2 || sriov->stride);
}

static bool desc_valid(const struct mdl_pcie_desc *desc)
{
	unsigned int msi = desc->msi_vectors;

	return msi <= 32 && !(msi & (msi - 1)) && desc->pasid_width <= 20 &&
	       !(desc->class_code >> 24) && desc->pri <= PRG_GROUPS &&
	       !(desc->acs & ~MDL_PCIE_ACS_MASK) && msix_valid(desc) && bars_valid(desc) &&
	       sriov_valid(&desc->sriov);
}

static struct mdl_pcie_fn *find(const struct mdl_pcie *pcie, const struct mdl_pcie_fn *port,
				unsigned int devfn)
{
	for (struct mdl_pcie_fn *fn = pcie->first; fn; fn = fn->next)
		if (fn->port == port && !fn->pf && fn->devfn == devfn)
			return fn;
	return NULL;
}

/* Each function of several tells that there are others, as 7.5.1.1.9 recommends. */
static void mark_multifunction(struct mdl_pcie *pcie, const struct mdl_pcie_fn *added)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < FNS; i++)
		n += find(pcie, added->port, (added->devfn & ~7u) + i) != NULL;
	for (unsigned int i = 0; i < FNS && n > 1; i++) {
		struct mdl_pcie_fn *fn = find(pcie, added->port, (added->devfn & ~7u) + i);

		if (!fn)
			continue;
		fn->cfg[CFG_HEADER_TYPE] |= HEADER_MULTIFUNCTION;
		fn->initial[CFG_HEADER_TYPE] |= HEADER_MULTIFUNCTION;
	}
}

static struct mdl_pcie_fn *refuse(int err)
{
	errno = err;
	return NULL;
}

static bool place_valid(const struct mdl_pcie_fn *port, unsigned int slot, unsigned int fn)
{
	bool link = port && port->kind != KIND_UPSTREAM;

	return slot < SLOTS && fn < FNS && (!link || !slot);
}

static bool allocate_tables(struct mdl_pcie_fn *fn)
{
	if (fn->desc.msix_vectors) {
		fn->msix_table = calloc(fn->desc.msix_vectors, MSIX_ENTRY + 1);
		fn->msix_pending = fn->msix_table + fn->desc.msix_vectors * MSIX_ENTRY;
	}
	if (fn->desc.pri)
		fn->pri = calloc(1, sizeof(*fn->pri));
	return (!fn->desc.msix_vectors || fn->msix_table) && (!fn->desc.pri || fn->pri);
}

static struct mdl_pcie_fn *fn_new(struct mdl_pcie *pcie, struct mdl_pcie_fn *port, enum kind kind,
				  const struct mdl_pcie_desc *desc)
{
	struct mdl_pcie_fn *fn = calloc(1, sizeof(*fn));

	if (!fn)
		return NULL;
	fn->pcie = pcie;
	fn->port = port;
	fn->kind = kind;
	fn->desc = *desc;
	if (!allocate_tables(fn)) {
		fn_free(fn);
		return refuse(ENOMEM);
	}
	return fn;
}

static struct mdl_pcie_fn *add(struct mdl_pcie_fn *fn)
{
	mdl_pcie_build(fn);
	*fn->pcie->last = fn;
	fn->pcie->last = &fn->next;
	if (!fn->pf)
		mark_multifunction(fn->pcie, fn);
	return fn;
}

static struct mdl_pcie_fn *place(struct mdl_pcie *pcie, struct mdl_pcie_fn *port, enum kind kind,
				 unsigned int devfn, const struct mdl_pcie_desc *desc)
{
	struct mdl_pcie_fn *fn;

	if (find(pcie, port, devfn))
		return refuse(EEXIST);
	fn = fn_new(pcie, port, kind, desc);
	if (!fn)
		return NULL;
	fn->devfn = devfn;
	return add(fn);
}

struct mdl_pcie_fn *mdl_pcie_add(struct mdl_pcie *pcie, unsigned int slot, unsigned int fn,
				 const struct mdl_pcie_desc *desc)
{
	if (!place_valid(NULL, slot, fn) || !desc_valid(desc))
		return refuse(EINVAL);
	return place(pcie, NULL, KIND_INTEGRATED, slot * FNS + fn, desc);
}

/* Behind an upstream port are downstream ports alone. */
struct mdl_pcie_fn *mdl_pcie_add_below(struct mdl_pcie_fn *port, unsigned int slot, unsigned int fn,
				       const struct mdl_pcie_desc *desc)
{
	if (!is_port(port) || port->kind == KIND_UPSTREAM || !place_valid(port, slot, fn) ||
	    !desc_valid(desc))
		return refuse(EINVAL);
	return place(port->pcie, port, KIND_ENDPOINT, slot * FNS + fn, desc);
}

struct mdl_pcie_fn *mdl_pcie_add_port(struct mdl_pcie *pcie, struct mdl_pcie_fn *port,
				      unsigned int slot, unsigned int fn,
				      const struct mdl_pcie_port_desc *desc)
{
	enum kind kind = !port			       ? KIND_ROOT_PORT
			 : port->kind == KIND_UPSTREAM ? KIND_DOWNSTREAM
						       : KIND_UPSTREAM;
	const struct mdl_pcie_desc as_function = {
		.vendor = desc->vendor,
		.device = desc->device,
		.class_code = 0x060400, /* PCI-to-PCI bridge */
		.acs = desc->acs,
	};

	if ((port && !is_port(port)) || !place_valid(port, slot, fn) || !desc_valid(&as_function) ||
	    (kind == KIND_UPSTREAM && desc->acs))
		return refuse(EINVAL);
	return place(pcie, port, kind, slot * FNS + fn, &as_function);
}

static bool vf_valid(const struct mdl_pcie_fn *pf, unsigned int n, const struct mdl_pcie_desc *desc)
{
	const struct mdl_pcie_sriov *sriov = &pf->desc.sriov;

	if (pf->pf || n != pf->n_vfs || n >= sriov->total || !desc_valid(desc) || desc->pri ||
	    desc->pasid_width || desc->sriov.total ||
	    pf->devfn + sriov->offset + n * sriov->stride > 0xffff)
		return false;
	for (unsigned int i = 0; i < BARS; i++)
		if (desc->bar[i].size != sriov->bar[i].size ||
		    desc->bar[i].is64 != sriov->bar[i].is64)
			return false;
	return true;
}

struct mdl_pcie_fn *mdl_pcie_add_vf(struct mdl_pcie_fn *pf, unsigned int n,
				    const struct mdl_pcie_desc *desc)
{
	struct mdl_pcie_fn *vf;

	if (!vf_valid(pf, n, desc))
		return refuse(EINVAL);
	vf = fn_new(pf->pcie, pf->port, KIND_VF, desc);
	if (!vf)
		return NULL;
	vf->pf = pf;
	vf->vf = n;
	pf->n_vfs++;
	return add(vf);
}

uint16_t mdl_pcie_rid(const struct mdl_pcie_fn *fn)
{
	const struct mdl_pcie_fn *pf = owner_of(fn);
	unsigned int bus = pf->port ? pf->port->cfg[CFG_SECONDARY] : 0, rid = bus << 8 | pf->devfn;

	if (fn->pf)
		rid += pf->desc.sriov.offset + fn->vf * pf->desc.sriov.stride;
	return (uint16_t)rid;
}

bool mdl_pcie_present(const struct mdl_pcie_fn *fn)
{
	unsigned int bus = mdl_pcie_rid(fn) >> 8;

	if (fn->pf && !mdl_pcie_vf_enabled(fn))
		return false;
	return fn->port ? mdl_pcie_port_reaches(fn->port, bus) : bus == 0;
}

static struct mdl_pcie_fn *by_rid(const struct mdl_pcie *pcie, unsigned int rid)
{
	for (struct mdl_pcie_fn *fn = pcie->first; fn; fn = fn->next)
		if (mdl_pcie_rid(fn) == rid && mdl_pcie_present(fn))
			return fn;
	return NULL;
}

static bool fault_point(struct mdl_pcie *pcie)
{
	return pcie->ops.fault && pcie->ops.fault(pcie->ctx, "pcie.cfg");
}

static bool ecam_valid(const struct mdl_pcie *pcie, uint64_t offset, unsigned int size)
{
	return size <= 4 && offset < (uint64_t)pcie->config.buses * MDL_PCIE_ECAM_SIZE;
}

static int ecam_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		     uint64_t *latency)
{
	struct mdl_pcie *pcie = ctx;
	const struct mdl_pcie_fn *fn;

	if (!ecam_valid(pcie, offset, size))
		return -EFAULT;
	*latency += pcie->config.cfg_latency;
	fn = by_rid(pcie, (unsigned int)(offset / CFG_SIZE));
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

	if (!ecam_valid(pcie, offset, size))
		return -EFAULT;
	*latency += pcie->config.cfg_latency;
	fn = by_rid(pcie, (unsigned int)(offset / CFG_SIZE));
	if (fn && !fault_point(pcie))
		mdl_pcie_cfg_write(fn, offset % CFG_SIZE, size, (uint32_t)value);
	return 0;
}

const struct mdl_mmio_ops mdl_pcie_ecam_mmio = {.read = ecam_read, .write = ecam_write};

static bool memory_enabled(const struct mdl_pcie_fn *fn)
{
	if (mdl_pcie_d3hot(fn))
		return false;
	return fn->pf ? mdl_pcie_vf_memory(fn) : cfg_get(fn, CFG_COMMAND, 2) & CMD_MEMORY;
}

static bool bar_address(const struct mdl_pcie_fn *fn, unsigned int bar, uint64_t *addr)
{
	const uint8_t *at = fn->cfg + CFG_BAR0 + 4 * bar;

	if (!fn->desc.bar[bar].size)
		return false;
	if (fn->pf)
		return mdl_pcie_vf_bar(fn, bar, addr);
	*addr = le_get(at, 4) & ~UINT32_C(0xf);
	if (fn->desc.bar[bar].is64)
		*addr |= (uint64_t)le_get(at + 4, 4) << 32;
	return true;
}

/* Who claims this PCI address; the first that was added, if several do. */
static struct mdl_pcie_fn *claim(struct mdl_pcie *pcie, uint64_t addr, unsigned int *bar,
				 uint64_t *offset)
{
	for (struct mdl_pcie_fn *fn = pcie->first; fn; fn = fn->next) {
		uint64_t base;

		if (is_port(fn) || !memory_enabled(fn))
			continue;
		for (*bar = 0; *bar < BARS; ++*bar) {
			if (!bar_address(fn, *bar, &base))
				continue;
			*offset = addr - base;
			if (addr >= base && *offset < fn->desc.bar[*bar].size &&
			    mdl_pcie_port_passes(fn->port, addr))
				return fn;
		}
	}
	return NULL;
}

static int mem_access(struct mdl_pcie *pcie, uint64_t addr, unsigned int size, bool write,
		      uint64_t *value, uint64_t *latency)
{
	unsigned int bar;
	uint64_t in_bar;
	struct mdl_pcie_fn *fn = claim(pcie, addr, &bar, &in_bar);
	const struct mdl_pcie_bar *target;

	*latency += pcie->config.mem_latency;
	if (!fn)
		return -EFAULT;
	target = &fn->desc.bar[bar];
	if (mdl_pcie_msix_claims(fn, bar, in_bar) || !target->ops)
		return write ? mdl_pcie_msix_write(fn, in_bar, size, *value)
			     : mdl_pcie_msix_read(fn, in_bar, size, value);
	return write ? target->ops->write(target->ctx, in_bar, size, *value, latency)
		     : target->ops->read(target->ctx, in_bar, size, value, latency);
}

static int mem_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		    uint64_t *latency)
{
	struct mdl_pcie *pcie = ctx;

	return mem_access(pcie, pcie->config.mem_base + offset, size, false, value, latency);
}

static int mem_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		     uint64_t *latency)
{
	struct mdl_pcie *pcie = ctx;

	return mem_access(pcie, pcie->config.mem_base + offset, size, true, &value, latency);
}

static int mem64_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		      uint64_t *latency)
{
	struct mdl_pcie *pcie = ctx;

	return mem_access(pcie, pcie->config.mem64_base + offset, size, false, value, latency);
}

static int mem64_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		       uint64_t *latency)
{
	struct mdl_pcie *pcie = ctx;

	return mem_access(pcie, pcie->config.mem64_base + offset, size, true, &value, latency);
}

const struct mdl_mmio_ops mdl_pcie_mem_mmio = {.read = mem_read, .write = mem_write};
const struct mdl_mmio_ops mdl_pcie_mem64_mmio = {.read = mem64_read, .write = mem64_write};

void mdl_pcie_get_stats(const struct mdl_pcie *pcie, struct mdl_pcie_stats *stats)
{
	*stats = pcie->stats;
}
