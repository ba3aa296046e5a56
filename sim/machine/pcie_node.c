// SPDX-License-Identifier: MIT
/* The PCIe host: root complex, endpoints, and the way of their messages through the SMMU. */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/machine/device.h"

#define CFG_LATENCY (300 * EVK_NS)
#define MEM_LATENCY (200 * EVK_NS)
#define PASID_WIDTH 20

static void send_msi(void *ctx, uint16_t rid, uint64_t addr, uint32_t data)
{
	struct sim_machine *m = ctx;
	struct mdl_dma_access a = {.addr = addr, .len = 4, .write = true, .buf = &data};
	uint64_t latency = 0;
	uint32_t stag;

	for (size_t i = 0; i < m->n_devices; i++) {
		struct sim_device *d = m->devices[i];

		if (d->pcie && mdl_pcie_rid(mdl_pcie_dma_fn(d->pcie)) == rid) {
			sim_device_access(d, &a, &stag, &latency);
			return;
		}
	}
}

static bool fault(void *ctx, const char *name)
{
	struct sim_machine *m = ctx;

	return m->config.hooks.fault && m->config.hooks.fault(m->config.hooks.ctx, name);
}

static const struct mdl_pcie_ops ops = {.msi = send_msi, .fault = fault};

/* iommu-map: <rid-base phandle sid-base length>. */
static uint32_t sid_of(struct sim_machine *m, int host, uint32_t rid)
{
	for (unsigned int i = 0;; i += 4) {
		uint32_t base = sim_dt_cell(m->dtb, host, "iommu-map", i, UINT32_MAX);
		uint32_t sid = sim_dt_cell(m->dtb, host, "iommu-map", i + 2, 0);
		uint32_t len = sim_dt_cell(m->dtb, host, "iommu-map", i + 3, 0);

		if (base == UINT32_MAX || !len)
			return UINT32_MAX;
		if (rid >= base && rid - base < len)
			return sid + (rid - base);
	}
}

static int check_vectors(struct sim_machine *m, int node, const struct mdl_pcie_dma_config *config,
			 char **why)
{
	uint32_t msi = config->msi_vectors;

	if (msi < 1 || msi > FLT_DMA_VECTORS_MAX || (msi & (msi - 1)))
		return sim_dt_error(
			why, m->dtb, node,
			"faultline,msi-vectors is %u: 1, 2, 4, 8, 16 and 32 are possible", msi);
	if (config->msix_vectors > FLT_DMA_VECTORS_MAX)
		return sim_dt_error(why, m->dtb, node,
				    "faultline,msix-vectors is %u: at most %d are possible",
				    config->msix_vectors, FLT_DMA_VECTORS_MAX);
	return 0;
}

static int add_endpoint(struct sim_machine *m, int host, int node, char **why)
{
	uint32_t rid = sim_dt_cell(m->dtb, node, "reg", 0, UINT32_MAX) >> 8;
	struct mdl_pcie_dma_config config = {
		.dma = sim_device_config,
		.msi_vectors = sim_dt_cell(m->dtb, node, "faultline,msi-vectors", 0, 1),
		.msix_vectors = sim_dt_cell(m->dtb, node, "faultline,msix-vectors", 0, 0),
		.ats = sim_dt_cell(m->dtb, node, "faultline,ats", 0, 0),
		.pasid_width = PASID_WIDTH};
	struct sim_device *d;
	int ret;

	if (!sim_dt_compatible(m->dtb, node, "faultline,dma-test"))
		return sim_dt_error(why, m->dtb, node, "only faultline,dma-test endpoints exist");
	if (rid > 0xff)
		return sim_dt_error(why, m->dtb, node, "its reg must name a function of bus 0");
	ret = check_vectors(m, node, &config, why);
	if (ret)
		return ret;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	sim_device_name(m, node, d);
	snprintf(d->kernel_name, sizeof(d->kernel_name), "0000:00:%02x.%x", rid >> 3, rid & 7);
	d->irq = UINT32_MAX;
	d->sid = sid_of(m, host, rid);
	d->translated = d->sid != UINT32_MAX && m->smmu;
	ret = sim_device_add(m, d, why);
	if (ret)
		return ret;
	d->pcie = mdl_pcie_dma_new(m->pcie, rid >> 3, rid & 7, &config, &sim_device_ops, d);
	if (!d->pcie)
		return sim_dt_error(why, m->dtb, node, "a second endpoint at the same address");
	d->dma = d->engine.model = mdl_pcie_dma_engine(d->pcie);
	return 0;
}

/* ranges: <flags pci(2) cpu(2) size(2)>, one window of 32-bit memory. */
static int build_host(struct sim_machine *m, int node, char **why)
{
	struct mdl_pcie_config config = {.cfg_latency = CFG_LATENCY, .mem_latency = MEM_LATENCY};
	uint64_t base, size;

	if (m->pcie)
		return sim_dt_error(why, m->dtb, node, "a second PCIe host; one is supported");
	config.mem_base = (uint64_t)sim_dt_cell(m->dtb, node, "ranges", 3, 0) << 32 |
			  sim_dt_cell(m->dtb, node, "ranges", 4, 0);
	config.mem_size = (uint64_t)sim_dt_cell(m->dtb, node, "ranges", 5, 0) << 32 |
			  sim_dt_cell(m->dtb, node, "ranges", 6, 0);
	m->pcie = mdl_pcie_new(&config, &ops, m);
	if (!m->pcie)
		return sim_dt_error(why, m->dtb, node, "its ranges must give a window of memory");
	if (!sim_dt_reg(m->dtb, node, 0, &base, &size) || size != MDL_PCIE_ECAM_SIZE ||
	    base & 0xffffffff)
		return sim_dt_error(
			why, m->dtb, node,
			"its reg must be 0x%x bytes of ECAM at a multiple of 4 GiB (Linux "
			"on x86 takes the low half of the address for the PCI domain)",
			MDL_PCIE_ECAM_SIZE);
	if (mdl_bus_add(m->bus, "pcie-ecam", base, size, &mdl_pcie_ecam_mmio, m->pcie))
		return sim_dt_overlap(why, m, node, base, size);
	if (mdl_bus_add(m->bus, "pcie-mem", config.mem_base, config.mem_size, &mdl_pcie_mem_mmio,
			m->pcie))
		return sim_dt_overlap(why, m, node, config.mem_base, config.mem_size);
	return 0;
}

int sim_pcie_build(struct sim_machine *m, int node, char **why)
{
	int child, ret = build_host(m, node, why);

	fdt_for_each_subnode(child, m->dtb, node) {
		if (ret)
			break;
		ret = add_endpoint(m, node, child, why);
	}
	return ret;
}
