// SPDX-License-Identifier: MIT
/* The PCIe host: the root complex, what its devicetree nodes describe, and messages. */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/device.h"
#include "sim/machine/pcie.h"

#define CFG_LATENCY (300 * EVK_NS)
#define MEM_LATENCY (200 * EVK_NS)
#define PORT_DEVICE 0x0003 /* numbers of the DMA test device's vendor, assigned to nobody */

enum { RANGE_CELLS = 7, SPACE_32 = 2, SPACE_64 = 3, MAX_BUSES = 256 };

/* An endpoint that is no DMA test device: its messages alone are seen here. */
static void send_from(struct sim_machine *m, uint16_t rid, uint64_t addr, uint32_t data)
{
	struct smmu_txn txn = {.sid = sim_pcie_sid(m, rid), .addr = addr, .write = true};
	struct smmu_result res = {.status = SMMU_OK, .pa = addr};

	if (m->smmu && txn.sid != UINT32_MAX)
		smmu_translate(m->smmu, &txn, &res);
	if (res.status == SMMU_OK)
		mdl_bus_dma_write(m->bus, res.pa, &data, sizeof(data), NULL);
}

static void send_msi(void *ctx, uint16_t rid, uint64_t addr, uint32_t data)
{
	struct sim_machine *m = ctx;
	struct mdl_dma_access a = {.addr = addr, .len = 4, .write = true, .buf = &data};
	uint64_t latency = 0;
	uint32_t stag;

	for (size_t i = 0; i < m->n_devices; i++) {
		struct sim_device *d = m->devices[i];

		if (d->pcie && mdl_pcie_rid(mdl_pcie_dma_fn(d->pcie)) == rid &&
		    mdl_pcie_present(mdl_pcie_dma_fn(d->pcie))) {
			sim_device_access(d, &a, &stag, &latency);
			return;
		}
	}
	send_from(m, rid, addr, data);
}

static bool fault(void *ctx, const char *name)
{
	struct sim_machine *m = ctx;

	return m->config.hooks.fault && m->config.hooks.fault(m->config.hooks.ctx, name);
}

static const struct mdl_pcie_ops ops = {.msi = send_msi, .fault = fault};

/* iommu-map: <rid-base phandle sid-base length>. */
uint32_t sim_pcie_sid(struct sim_machine *m, uint16_t rid)
{
	for (unsigned int i = 0;; i += 4) {
		uint32_t base = sim_dt_cell(m->dtb, m->pcie_node, "iommu-map", i, UINT32_MAX);
		uint32_t sid = sim_dt_cell(m->dtb, m->pcie_node, "iommu-map", i + 2, 0);
		uint32_t len = sim_dt_cell(m->dtb, m->pcie_node, "iommu-map", i + 3, 0);

		if (base == UINT32_MAX || !len)
			return UINT32_MAX;
		if (rid >= base && rid - base < len)
			return sid + (rid - base);
	}
}

void sim_pcie_locate(struct sim_device *d)
{
	const struct mdl_pcie_fn *fn = mdl_pcie_dma_fn(d->pcie);
	uint16_t rid = mdl_pcie_rid(fn);

	d->present = mdl_pcie_present(fn);
	if (d->kernel_name[0] && rid == d->rid)
		return;
	d->rid = rid;
	d->sid = sim_pcie_sid(d->machine, rid);
	d->translated = d->sid != UINT32_MAX && d->machine->smmu;
	snprintf(d->kernel_name, sizeof(d->kernel_name), "0000:%02x:%02x.%x", rid >> 8,
		 rid >> 3 & 0x1f, rid & 7);
}

int sim_pcie_device_add(struct sim_machine *m, struct sim_device *d, char **why)
{
	d->irq = UINT32_MAX;
	return sim_device_add(m, d, why);
}

void sim_pcie_device_ready(struct sim_device *d, struct mdl_pcie_dma *pcie)
{
	d->pcie = pcie;
	d->dma = d->engine.model = mdl_pcie_dma_engine(pcie);
	sim_pcie_locate(d);
}

int sim_pcie_refused(struct sim_machine *m, const struct sim_pcie_place *place, char **why)
{
	if (errno == EEXIST)
		return sim_dt_error(why, m->dtb, place->node,
				    "a second function at the same address");
	if (errno == EINVAL && place->port && place->slot)
		return sim_dt_error(why, m->dtb, place->node,
				    "behind a port of a link there is device 0 alone");
	if (errno == EINVAL)
		return sim_dt_error(why, m->dtb, place->node,
				    "PCI Express does not allow it here, or as described");
	return -errno;
}

/* Kinds of endpoints; each adds what its node describes. */
static const struct {
	const char *compatible;
	int (*build)(struct sim_machine *m, const struct sim_pcie_place *place, char **why);
} kinds[] = {
	{"faultline,dma-test", sim_pcie_dma_build},
};

static int add_children(struct sim_machine *m, int parent, struct mdl_pcie_fn *port, char **why);

static int add_port(struct sim_machine *m, const struct sim_pcie_place *place, char **why)
{
	struct mdl_pcie_port_desc desc = {.vendor = FLT_DMA_PCI_VENDOR, .device = PORT_DEVICE};
	uint32_t acs = sim_dt_cell(m->dtb, place->node, "faultline,acs", 0, 0);
	struct mdl_pcie_fn *port;

	if (acs & ~(uint32_t)MDL_PCIE_ACS_MASK)
		return sim_dt_error(why, m->dtb, place->node,
				    "faultline,acs is 0x%x; its bits are those of 0x%x", acs,
				    MDL_PCIE_ACS_MASK);
	desc.acs = (uint16_t)acs;
	port = mdl_pcie_add_port(m->pcie, place->port, place->slot, place->fn, &desc);
	if (!port)
		return sim_pcie_refused(m, place, why);
	m->pcie_buses++;
	return add_children(m, place->node, port, why);
}

static int add_node(struct sim_machine *m, int node, struct mdl_pcie_fn *port, char **why)
{
	uint32_t reg = sim_dt_cell(m->dtb, node, "reg", 0, UINT32_MAX) >> 8;
	const struct sim_pcie_place place = {
		.node = node, .port = port, .slot = reg >> 3, .fn = reg & 7};

	if (reg > 0xff)
		return sim_dt_error(why, m->dtb, node,
				    "its reg must name device and function; the bus number in it "
				    "is 0, since the kernel numbers the buses");
	if (sim_dt_compatible(m->dtb, node, "faultline,pcie-port"))
		return add_port(m, &place, why);
	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (sim_dt_compatible(m->dtb, node, kinds[i].compatible))
			return kinds[i].build(m, &place, why);
	return sim_dt_error(why, m->dtb, node,
			    "there is no such PCIe function (known: faultline,dma-test, "
			    "faultline,pcie-port)");
}

static int add_children(struct sim_machine *m, int parent, struct mdl_pcie_fn *port, char **why)
{
	int child, ret = 0;

	fdt_for_each_subnode(child, m->dtb, parent) {
		ret = add_node(m, child, port, why);
		if (ret)
			break;
	}
	return ret;
}

static uint64_t cell64(struct sim_machine *m, int node, const char *name, unsigned int index)
{
	return (uint64_t)sim_dt_cell(m->dtb, node, name, index, 0) << 32 |
	       sim_dt_cell(m->dtb, node, name, index + 1, 0);
}

/* ranges: <flags pci(2) cpu(2) size(2)>: a window of 32-bit memory, one of 64-bit memory or not. */
static int read_ranges(struct sim_machine *m, int node, struct mdl_pcie_config *config, char **why)
{
	for (unsigned int i = 0;; i += RANGE_CELLS) {
		uint32_t space = sim_dt_cell(m->dtb, node, "ranges", i, 0) >> 24 & 3;
		uint64_t pci = cell64(m, node, "ranges", i + 1);
		uint64_t cpu = cell64(m, node, "ranges", i + 3);
		uint64_t *size = space == SPACE_64 ? &config->mem64_size : &config->mem_size;

		if (sim_dt_cell(m->dtb, node, "ranges", i + RANGE_CELLS - 1, UINT32_MAX) ==
		    UINT32_MAX)
			return 0;
		if (space < SPACE_32 || *size)
			return sim_dt_error(
				why, m->dtb, node,
				"its ranges may have a window of 32-bit memory and one of "
				"64-bit memory; there is no I/O space");
		if (pci != cpu)
			return sim_dt_error(why, m->dtb, node,
					    "its ranges must give windows the same PCI and CPU "
					    "address");
		*size = cell64(m, node, "ranges", i + 5);
		*(space == SPACE_64 ? &config->mem64_base : &config->mem_base) = cpu;
	}
}

static int add_windows(struct sim_machine *m, int node, const struct mdl_pcie_config *config,
		       char **why)
{
	if (mdl_bus_add(m->bus, "pcie-mem", config->mem_base, config->mem_size, &mdl_pcie_mem_mmio,
			m->pcie))
		return sim_dt_overlap(why, m, node, config->mem_base, config->mem_size);
	if (config->mem64_size && mdl_bus_add(m->bus, "pcie-mem64", config->mem64_base,
					      config->mem64_size, &mdl_pcie_mem64_mmio, m->pcie))
		return sim_dt_overlap(why, m, node, config->mem64_base, config->mem64_size);
	return 0;
}

static int build_host(struct sim_machine *m, int node, struct mdl_pcie_config *config, char **why)
{
	uint32_t first = sim_dt_cell(m->dtb, node, "bus-range", 0, 0);
	uint32_t last = sim_dt_cell(m->dtb, node, "bus-range", 1, MAX_BUSES - 1);
	uint64_t base, size;
	int ret;

	if (m->pcie)
		return sim_dt_error(why, m->dtb, node, "a second PCIe host; one is supported");
	if (first || last >= MAX_BUSES)
		return sim_dt_error(why, m->dtb, node,
				    "its bus-range must begin with 0 and end "
				    "with 255 at most");
	ret = read_ranges(m, node, config, why);
	if (ret)
		return ret;
	config->buses = last + 1;
	m->pcie = mdl_pcie_new(config, &ops, m);
	if (!m->pcie)
		return sim_dt_error(why, m->dtb, node,
				    "its ranges must give a window of 32-bit memory");
	m->pcie_node = node;
	m->pcie_buses = 1;
	if (!sim_dt_reg(m->dtb, node, 0, &base, &size) ||
	    size != (uint64_t)config->buses * MDL_PCIE_ECAM_SIZE || base & 0xffffffff)
		return sim_dt_error(
			why, m->dtb, node,
			"its reg must be 0x%llx bytes of ECAM, 1 MiB for each bus of bus-range, at "
			"a multiple of 4 GiB (Linux on x86 takes the low half of the address for "
			"the PCI domain)",
			(unsigned long long)config->buses * MDL_PCIE_ECAM_SIZE);
	if (mdl_bus_add(m->bus, "pcie-ecam", base, size, &mdl_pcie_ecam_mmio, m->pcie))
		return sim_dt_overlap(why, m, node, base, size);
	return add_windows(m, node, config, why);
}

int sim_pcie_build(struct sim_machine *m, int node, char **why)
{
	struct mdl_pcie_config config = {.cfg_latency = CFG_LATENCY, .mem_latency = MEM_LATENCY};
	int ret = build_host(m, node, &config, why);

	m->pcie_window = config.mem_size;
	m->pcie_window64 = config.mem64_size;
	if (!ret)
		ret = add_children(m, node, NULL, why);
	if (!ret && m->pcie_buses > config.buses)
		return sim_dt_error(
			why, m->dtb, node,
			"its ports and virtual functions need %u buses, bus-range has %u",
			m->pcie_buses, config.buses);
	return ret;
}
