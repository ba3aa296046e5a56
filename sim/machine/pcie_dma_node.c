// SPDX-License-Identifier: MIT
/* A faultline,dma-test node below a PCIe host, and its virtual functions. */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/pcie.h"

enum { FNS = 8, VF_MAX = 64, PASID_BITS = 20, NEXT_BUS = 0x100 };

static uint32_t number(struct sim_machine *m, int node, const char *name, uint32_t fallback)
{
	return sim_dt_cell(m->dtb, node, name, 0, fallback);
}

/* Is there a sibling node for this device and function? */
static bool taken(struct sim_machine *m, int parent, unsigned int devfn)
{
	int child;

	fdt_for_each_subnode(child, m->dtb, parent)
		if (sim_dt_cell(m->dtb, child, "reg", 0, UINT32_MAX) >> 8 == devfn)
			return true;
	return false;
}

/*
 * VFs take the functions behind their PF's; if those do not suffice, behind a port, the
 * next bus.
 */
static int place_vfs(struct sim_machine *m, const struct sim_pcie_place *place,
		     struct mdl_pcie_dma_config *config, char **why)
{
	unsigned int free = FNS - 1 - place->fn, devfn = place->slot * FNS + place->fn;
	int parent = fdt_parent_offset(m->dtb, place->node);

	config->vf_stride = 1;
	if (config->vfs > VF_MAX || (config->vfs > free && !place->port))
		return sim_dt_error(why, m->dtb, place->node,
				    "faultline,vfs is %u: at most %u are possible%s", config->vfs,
				    place->port ? VF_MAX : free,
				    place->port ? "" : " behind this function on bus 0");
	if (config->vfs > free) {
		config->vf_offset = (uint16_t)(NEXT_BUS - devfn);
		m->pcie_buses++;
		return 0;
	}
	config->vf_offset = 1;
	for (unsigned int i = 1; i <= config->vfs; i++)
		if (taken(m, parent, devfn + i))
			return sim_dt_error(why, m->dtb, place->node,
					    "its virtual functions need function %u, which another "
					    "node has",
					    place->fn + i);
	return 0;
}

static int check_memory(struct sim_machine *m, int node, uint64_t size, char **why)
{
	uint64_t window = m->pcie_window64 ? m->pcie_window64 : m->pcie_window;

	if (size && (size < 4096 || (size & (size - 1))))
		return sim_dt_error(why, m->dtb, node,
				    "faultline,memory is 0x%llx bytes: a power of two from 4096 "
				    "on is wanted",
				    (unsigned long long)size);
	if (size > window)
		return sim_dt_error(why, m->dtb, node,
				    "faultline,memory is 0x%llx bytes, more than the host's "
				    "window of 0x%llx",
				    (unsigned long long)size, (unsigned long long)window);
	return 0;
}

static int check_numbers(struct sim_machine *m, int node, char **why)
{
	static const struct {
		const char *name;
		uint32_t max, fallback;
		bool power;
	} limits[] = {
		{"faultline,msi-vectors", FLT_DMA_VECTORS_MAX, 1, true},
		{"faultline,msix-vectors", FLT_DMA_VECTORS_MAX, 0, false},
		{"faultline,pasid-bits", 20, PASID_BITS, false},
		{"faultline,pri", 512, 0, false},
		{"faultline,acs", MDL_PCIE_ACS_MASK, 0, false},
	};

	for (size_t i = 0; i < sizeof(limits) / sizeof(limits[0]); i++) {
		uint32_t n = number(m, node, limits[i].name, limits[i].fallback);

		if (n > limits[i].max || (limits[i].power && (!n || (n & (n - 1)))))
			return sim_dt_error(why, m->dtb, node, "%s is %u, %s %u is possible",
					    limits[i].name, n,
					    limits[i].power ? "a power of two up to" : "at most",
					    limits[i].max);
	}
	return 0;
}

static int read_config(struct sim_machine *m, const struct sim_pcie_place *place,
		       struct mdl_pcie_dma_config *config, char **why)
{
	int node = place->node, ret = check_numbers(m, node, why);

	*config = (struct mdl_pcie_dma_config){
		.dma = sim_device_config,
		.msi_vectors = number(m, node, "faultline,msi-vectors", 1),
		.msix_vectors = number(m, node, "faultline,msix-vectors", 0),
		.ats = number(m, node, "faultline,ats", 0),
		.pm = number(m, node, "faultline,pm", 0),
		.pasid_width = number(m, node, "faultline,pasid-bits", PASID_BITS),
		.pri = number(m, node, "faultline,pri", 0),
		.acs = (uint16_t)number(m, node, "faultline,acs", 0),
		.memory = (uint64_t)sim_dt_cell(m->dtb, node, "faultline,memory", 0, 0) << 32 |
			  sim_dt_cell(m->dtb, node, "faultline,memory", 1, 0),
		.vfs = number(m, node, "faultline,vfs", 0),
	};
	if (!ret)
		ret = check_memory(m, node, config->memory, why);
	if (!ret && config->vfs)
		ret = place_vfs(m, place, config, why);
	return ret;
}

static int add_vfs(struct sim_machine *m, const struct sim_pcie_place *place, struct sim_device *pf,
		   unsigned int vfs, char **why)
{
	for (unsigned int i = 0; i < vfs; i++) {
		struct sim_device *d = calloc(1, sizeof(*d));
		struct mdl_pcie_dma *pcie;
		int ret;

		if (!d)
			return -ENOMEM;
		snprintf(d->name, sizeof(d->name), "%.19svf%u", pf->name, i);
		ret = sim_pcie_device_add(m, d, why);
		if (ret)
			return ret;
		pcie = mdl_pcie_dma_new_vf(pf->pcie, i, &sim_device_ops, d);
		if (!pcie)
			return sim_pcie_refused(m, place, why);
		sim_pcie_device_ready(d, pcie);
	}
	return 0;
}

int sim_pcie_dma_build(struct sim_machine *m, const struct sim_pcie_place *place, char **why)
{
	struct mdl_pcie_dma_config config;
	struct mdl_pcie_dma *pcie;
	struct sim_device *d;
	int ret = read_config(m, place, &config, why);

	if (ret)
		return ret;
	d = calloc(1, sizeof(*d));
	if (!d)
		return -ENOMEM;
	sim_device_name(m, place->node, d);
	ret = sim_pcie_device_add(m, d, why);
	if (ret)
		return ret;
	pcie = mdl_pcie_dma_new(m->pcie, place->port, place->slot, place->fn, &config,
				&sim_device_ops, d);
	if (!pcie)
		return sim_pcie_refused(m, place, why);
	sim_pcie_device_ready(d, pcie);
	return add_vfs(m, place, d, config.vfs, why);
}
