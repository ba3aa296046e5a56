// SPDX-License-Identifier: MIT
/* Building a machine from its devicetree, and CPUs' accesses to it. */
#define _GNU_SOURCE
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/internal.h"

#define RAM_LATENCY  (50 * EVK_NS)
#define INTC_LATENCY (40 * EVK_NS)
#define DTB_ALIGN    4096

static void bus_error(void *ctx, const struct mdl_bus_error *error)
{
	struct sim_machine *m = ctx;
	char text[160];

	if (m->looking)
		return;
	mdl_bus_error_text(text, sizeof(text), error);
	m->config.hooks.bus_error(m->config.hooks.ctx, text);
}

static bool fault(void *ctx, const char *name)
{
	struct sim_machine *m = ctx;

	return !m->looking && m->config.hooks.fault &&
	       m->config.hooks.fault(m->config.hooks.ctx, name);
}

static void cpu_line(void *ctx, unsigned int cpu, bool level)
{
	struct sim_machine *m = ctx;

	m->config.hooks.cpu_line(m->config.hooks.ctx, cpu, level);
}

static int build_ram(struct sim_machine *m, char **why)
{
	int node = fdt_node_offset_by_prop_value(m->dtb, -1, "device_type", "memory", 7);
	uint64_t base, size;

	sim_dt_reg(m->dtb, node, 0, &base, &size);
	m->ram = mdl_ram_new(base, size);
	if (!m->ram)
		return sim_dt_error(why, m->dtb, node, "0x%llx bytes of memory at 0x%llx: %s",
				    (unsigned long long)size, (unsigned long long)base,
				    errno == EINVAL ? "both must be multiples of 0x1000"
						    : strerror(errno));
	mdl_ram_set_fault(m->ram, fault, m);
	if (mdl_bus_add_ram(m->bus, "ram", m->ram, RAM_LATENCY))
		return sim_dt_overlap(why, m, node, base, size);
	return 0;
}

static int place_dtb(struct sim_machine *m, char **why)
{
	uint64_t size = fdt_totalsize(m->dtb), base = mdl_ram_base(m->ram);

	/* At the start of RAM: the kernel's allocator is told to leave it alone. */
	m->dtb_pa = base;
	m->firmware_end = base + size;
	if (size + DTB_ALIGN > mdl_ram_size(m->ram) || mdl_ram_write(m->ram, base, m->dtb, size)) {
		*why = strdup("the memory is too small for the devicetree");
		return -EINVAL;
	}
	return 0;
}

static int build_intc(struct sim_machine *m, char **why)
{
	static const struct mdl_intc_ops intc_ops = {cpu_line};
	int node = fdt_node_offset_by_compatible(m->dtb, -1, "faultline,intc");
	int frame = fdt_node_offset_by_compatible(m->dtb, -1, "faultline,intc-msi");
	uint64_t base, size;

	if (node < 0 || !sim_dt_reg(m->dtb, node, 0, &base, &size) || size < FLT_INTC_SIZE)
		return sim_dt_error(why, m->dtb, node < 0 ? 0 : node,
				    "an interrupt controller (faultline,intc) with 0x%x bytes of "
				    "registers is needed",
				    FLT_INTC_SIZE);
	m->intc = mdl_intc_new(m->config.cpus, INTC_LATENCY, &intc_ops, m);
	if (!m->intc)
		return -errno;
	if (mdl_bus_add(m->bus, "intc", base, FLT_INTC_SIZE, &mdl_intc_mmio, m->intc))
		return sim_dt_overlap(why, m, node, base, FLT_INTC_SIZE);
	if (frame < 0)
		return 0;
	if (!sim_dt_reg(m->dtb, frame, 0, &base, &size))
		return sim_dt_error(why, m->dtb, frame, "its reg is missing");
	if (mdl_bus_add(m->bus, "intc-msi", base, FLT_INTC_MSI_SIZE, &mdl_intc_msi_mmio, m->intc))
		return sim_dt_overlap(why, m, frame, base, FLT_INTC_MSI_SIZE);
	return 0;
}

static int build(struct sim_machine *m, char **why)
{
	static const struct mdl_bus_ops bus_ops = {bus_error, fault};
	int smmu, ret;

	m->bus = mdl_bus_new(&bus_ops, m);
	if (!m->bus)
		return -ENOMEM;
	ret = build_ram(m, why);
	if (!ret)
		ret = m->config.firmware == SIM_ACPI ? 0 : place_dtb(m, why);
	if (!ret)
		ret = build_intc(m, why);
	smmu = fdt_node_offset_by_compatible(m->dtb, -1, "arm,smmu-v3");
	for (; !ret && smmu >= 0; smmu = fdt_node_offset_by_compatible(m->dtb, smmu, "arm,smmu-v3"))
		ret = sim_smmu_build(m, smmu, why);
	if (!ret)
		ret = sim_devices_build(m, why);
	if (!ret && m->config.firmware == SIM_ACPI)
		ret = sim_acpi_place(m, why);
	return ret;
}

int sim_machine_new(struct sim_machine **out, const struct sim_machine_config *config, char **why)
{
	struct sim_machine *m;
	int ret;

	if (config->cpus < 1 || config->cpus > FLT_INTC_CPUS) {
		if (asprintf(why, "%u CPUs: from 1 to %d are possible", config->cpus,
			     FLT_INTC_CPUS) < 0)
			*why = NULL;
		return -EINVAL;
	}
	m = calloc(1, sizeof(*m));
	if (!m)
		return -ENOMEM;
	m->config = *config;
	ret = sim_dtb_edit(&m->dtb, config, why);
	if (!ret)
		ret = build(m, why);
	if (ret) {
		sim_machine_free(m);
		return ret;
	}
	*out = m;
	return 0;
}

void sim_machine_free(struct sim_machine *m)
{
	if (!m)
		return;
	sim_devices_free(m);
	mdl_pcie_free(m->pcie);
	smmu_free(m->smmu);
	mdl_intc_free(m->intc);
	mdl_bus_free(m->bus);
	mdl_ram_free(m->ram);
	fw_acpi_free(&m->acpi);
	free(m->dtb);
	free(m);
}

struct mdl_ram *sim_machine_ram(const struct sim_machine *m)
{
	return m->ram;
}

unsigned int sim_machine_cpus(const struct sim_machine *m)
{
	return m->config.cpus;
}

uint64_t sim_machine_dtb(const struct sim_machine *m)
{
	return m->dtb_pa;
}

uint64_t sim_machine_rsdp(const struct sim_machine *m)
{
	return m->rsdp;
}

uint64_t sim_machine_firmware_end(const struct sim_machine *m)
{
	return m->firmware_end;
}

/* What is accessed, for readers of the trace: the SMMU's register, or the region. */
static void name_register(struct sim_machine *m, struct trc_record *r, uint64_t pa)
{
	uint64_t offset;
	const char *region = mdl_bus_name(m->bus, pa, &offset), *name = region;

	if (region && strcmp(region, "smmu") == 0 && smmu_reg_name((uint32_t)offset))
		name = smmu_reg_name((uint32_t)offset);
	r->text = name;
	r->text_len = name ? strlen(name) : 0;
}

uint64_t sim_machine_mmio_read(struct sim_machine *m, uint64_t pa, unsigned int size,
			       uint64_t *latency)
{
	uint64_t value = mdl_bus_read(m->bus, pa, size, latency);
	struct trc_record r = {.kind = TRC_MMIO_READ, .n_words = 3, .words = {pa, value, size}};

	m->mmio_reads++;
	name_register(m, &r, pa);
	sim_record(m, &r);
	return value;
}

void sim_machine_mmio_write(struct sim_machine *m, uint64_t pa, unsigned int size, uint64_t value,
			    uint64_t *latency)
{
	struct trc_record r = {.kind = TRC_MMIO_WRITE, .n_words = 3, .words = {pa, value, size}};

	m->mmio_writes++;
	name_register(m, &r, pa);
	sim_record(m, &r);
	mdl_bus_write(m->bus, pa, size, value, latency);
}
