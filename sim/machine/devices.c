// SPDX-License-Identifier: MIT
/* DMA test devices: found in the devicetree, wired to the SMMU and to interrupts. */
#define _GNU_SOURCE
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/internal.h"
#include "sim/machine/device.h"

static enum mdl_dma_answer finish(struct sim_device *d, const struct mdl_dma_access *a,
				  const struct smmu_result *res, uint64_t *latency)
{
	int err;

	switch (res->status) {
	case SMMU_ABORT:
		return MDL_DMA_ABORT;
	case SMMU_RAZ_WI:
		return MDL_DMA_RAZ_WI;
	case SMMU_STALL:
		return MDL_DMA_STALL;
	default:
		break;
	}
	err = a->write ? mdl_bus_dma_write(d->machine->bus, res->pa, a->buf, a->len, latency)
		       : mdl_bus_dma_read(d->machine->bus, res->pa, a->buf, a->len, latency);
	return err ? MDL_DMA_ABORT : MDL_DMA_OK;
}

/* What the tables in memory say now, beside what the caches answered. */
static void look_fresh(struct sim_device *d, const struct smmu_txn *txn)
{
	struct smmu_result fresh;

	d->machine->looking = true;
	smmu_translate_fresh(d->machine->smmu, txn, &fresh);
	d->machine->looking = false;
	d->last.fresh_fault = fresh.status != SMMU_OK;
	d->last.fresh_pa = fresh.pa;
	d->last.stale =
		d->last.status == SMMU_OK && (d->last.fresh_fault || fresh.pa != d->last.pa);
}

static void record_access(struct sim_device *d, const struct mdl_dma_access *a,
			  enum mdl_dma_answer answer)
{
	struct trc_record r = {.kind = TRC_DMA, .n_words = 6};

	r.words[0] = d->sid;
	r.words[1] = a->has_ssid ? a->ssid : TRC_NO_SSID;
	r.words[2] = a->addr;
	r.words[3] = a->len;
	r.words[4] = a->write;
	r.words[5] = answer;
	sim_record(d->machine, &r);
}

enum mdl_dma_answer sim_device_access(struct sim_device *d, const struct mdl_dma_access *a,
				      uint32_t *stag, uint64_t *latency)
{
	struct smmu_txn txn = {.sid = d->sid,
			       .ssid = a->ssid,
			       .has_ssid = a->has_ssid,
			       .addr = a->addr,
			       .write = a->write,
			       .instruction = a->instruction,
			       .privileged = a->privileged};
	struct smmu_result res = {.status = SMMU_OK, .pa = a->addr};
	enum mdl_dma_answer answer;

	if (d->pcie) {
		sim_pcie_locate(d);
		txn.sid = d->sid;
	}
	if (d->translated)
		smmu_translate(d->machine->smmu, &txn, &res);
	*latency += res.latency;
	*stag = res.stag;
	d->last = (struct sim_access){.addr = a->addr,
				      .pa = res.pa,
				      .ssid = a->ssid,
				      .has_ssid = a->has_ssid,
				      .write = a->write,
				      .status = res.status,
				      .event = res.event,
				      .time = evk_now()};
	if (d->translated)
		look_fresh(d, &txn);
	answer = finish(d, a, &res, latency);
	d->accesses++;
	d->bytes += answer == MDL_DMA_OK ? a->len : 0;
	d->refused += answer != MDL_DMA_OK;
	record_access(d, a, answer);
	return answer;
}

static enum mdl_dma_answer access_cb(void *ctx, const struct mdl_dma_access *a, uint32_t *stag,
				     uint64_t *latency)
{
	return sim_device_access(ctx, a, stag, latency);
}

static void kick(void *ctx)
{
	struct sim_device *d = ctx;

	sim_engine_kick(&d->engine);
}

static void complete(void *ctx, const struct mdl_dma_desc *desc,
		     const struct mdl_dma_result *result)
{
	struct sim_device *d = ctx;

	(void)desc;
	d->result = *result;
	d->complete = true;
	d->result_access = d->last;
	evk_stop(0);
}

static void stalled(void *ctx, const struct mdl_dma_desc *desc, uint64_t addr, uint32_t stag)
{
	struct sim_device *d = ctx;

	(void)addr;
	(void)stag;
	if (desc)
		d->stalled = true;
}

static void wire(void *ctx, bool level)
{
	struct sim_device *d = ctx;

	mdl_intc_input(d->machine->intc, d->irq, level);
}

static bool fault(void *ctx, const char *name)
{
	struct sim_device *d = ctx;
	struct sim_machine *m = d->machine;

	return m->config.hooks.fault && m->config.hooks.fault(m->config.hooks.ctx, name);
}

static bool step(void *dma, uint64_t *latency)
{
	return mdl_dma_step(dma, latency);
}

const struct mdl_dma_ops sim_device_ops = {
	.access = access_cb,
	.kick = kick,
	.complete = complete,
	.stalled = stalled,
	.irq = wire,
	.fault = fault,
};

const struct mdl_dma_config sim_device_config = {.access_latency = 20 * EVK_NS,
						 .mmio_latency = 100 * EVK_NS};

int sim_device_add(struct sim_machine *m, struct sim_device *d, char **why)
{
	struct sim_device **more = realloc(m->devices, (m->n_devices + 1) * sizeof(*more));

	if (!more) {
		free(d);
		return -ENOMEM;
	}
	d->machine = m;
	m->devices = more;
	m->devices[m->n_devices++] = d;
	if (sim_machine_device(m, d->name) != d) {
		if (asprintf(why, "devicetree: two devices are called %s", d->name) < 0)
			*why = NULL;
		return -EINVAL;
	}
	return sim_engine_start(&d->engine, d->name, step, NULL);
}

void sim_device_name(struct sim_machine *m, int node, struct sim_device *d)
{
	const char *label = sim_dt_text(m->dtb, node, "label");

	snprintf(d->name, sizeof(d->name), "%s", label ? label : fdt_get_name(m->dtb, node, NULL));
}

static int build_platform(struct sim_machine *m, int node, char **why)
{
	struct sim_device *d = calloc(1, sizeof(*d));
	const char *node_name = fdt_get_name(m->dtb, node, NULL);
	uint64_t base, size;
	int ret;

	if (!d)
		return -ENOMEM;
	sim_device_name(m, node, d);
	d->sid = sim_dt_cell(m->dtb, node, "iommus", 1, UINT32_MAX);
	d->translated = d->sid != UINT32_MAX && m->smmu;
	d->irq = sim_dt_interrupt(m->dtb, node, NULL);
	d->present = true;
	if (!sim_dt_reg(m->dtb, node, 0, &base, &size)) {
		free(d);
		return sim_dt_error(why, m->dtb, node, "its reg is missing");
	}
	if (m->config.firmware == SIM_ACPI) /* _HID, and a number in the order of the DSDT */
		snprintf(d->kernel_name, sizeof(d->kernel_name), "FLTL0001:%02zx", m->n_devices);
	else
		snprintf(d->kernel_name, sizeof(d->kernel_name), "%llx.%.*s",
			 (unsigned long long)base, (int)strcspn(node_name, "@"), node_name);
	ret = sim_device_add(m, d, why);
	if (ret)
		return ret;
	d->dma = d->engine.model = mdl_dma_new(&sim_device_config, &sim_device_ops, d);
	if (!d->dma)
		return -ENOMEM;
	if (mdl_bus_add(m->bus, d->name, base, FLT_DMA_SIZE, &mdl_dma_mmio, d->dma))
		return sim_dt_overlap(why, m, node, base, FLT_DMA_SIZE);
	return 0;
}

/* At any depth: behind ports, too. */
static bool below_pcie(const void *dtb, int node)
{
	while ((node = fdt_parent_offset(dtb, node)) >= 0)
		if (sim_dt_compatible(dtb, node, "pci-host-ecam-generic"))
			return true;
	return false;
}

int sim_devices_build(struct sim_machine *m, char **why)
{
	static const char dma[] = "faultline,dma-test", pcie[] = "pci-host-ecam-generic";
	int node, ret = 0;

	for (node = fdt_node_offset_by_compatible(m->dtb, -1, dma); !ret && node >= 0;
	     node = fdt_node_offset_by_compatible(m->dtb, node, dma))
		if (!below_pcie(m->dtb, node))
			ret = build_platform(m, node, why);
	for (node = fdt_node_offset_by_compatible(m->dtb, -1, pcie); !ret && node >= 0;
	     node = fdt_node_offset_by_compatible(m->dtb, node, pcie))
		ret = sim_pcie_build(m, node, why);
	return ret;
}

void sim_devices_free(struct sim_machine *m)
{
	for (size_t i = 0; i < m->n_devices; i++) {
		if (m->devices[i]->pcie)
			mdl_pcie_dma_free(m->devices[i]->pcie);
		else
			mdl_dma_free(m->devices[i]->dma);
		free(m->devices[i]->responses);
		free(m->devices[i]);
	}
	free(m->devices);
}

void sim_device_locate(struct sim_device *d)
{
	if (d->pcie)
		sim_pcie_locate(d);
}

size_t sim_machine_devices(struct sim_machine *m, struct sim_device ***devices)
{
	*devices = m->devices;
	return m->n_devices;
}

struct sim_device *sim_machine_device(struct sim_machine *m, const char *name)
{
	for (size_t i = 0; i < m->n_devices; i++)
		if (strcmp(m->devices[i]->name, name) == 0)
			return m->devices[i];
	return NULL;
}
