// SPDX-License-Identifier: MIT
/* The machine as ACPI describes it: the interrupt controller, the SMMU, what goes together. */
#include <errno.h>
#include <libfdt.h>

#include "sim/machine/acpi.h"

#define FIRST_SPI 32 /* INTID of a GIC's shared interrupt 0 */

int sim_acpi_gsi(struct sim_machine *m, int node, const char *name, uint32_t *gsi, bool *edge,
		 char **why)
{
	int i = name ? fdt_stringlist_search(m->dtb, node, "interrupt-names", name) : 0;
	uint32_t number =
		i < 0 ? UINT32_MAX : sim_dt_cell(m->dtb, node, "interrupts", 3 * i + 1, UINT32_MAX);
	uint32_t type;

	*gsi = FW_GSI_NONE;
	*edge = true;
	if (number == UINT32_MAX)
		return 0;
	type = sim_dt_cell(m->dtb, node, "interrupts", 3 * i + 2, 0);
	if (sim_dt_cell(m->dtb, node, "interrupts", 3 * i, UINT32_MAX) != 0 ||
	    (type != 1 && type != 4))
		return sim_dt_error(why, m->dtb, node,
				    "ACPI: interrupts must be shared ones (first cell 0), rising "
				    "edges (1) or high levels (4)");
	*gsi = FIRST_SPI + number;
	*edge = type == 1;
	return 0;
}

static int smmu_gsis(struct sim_machine *m, int node, struct fw_acpi_smmu *s, char **why)
{
	const struct {
		const char *name;
		uint32_t *gsi;
	} lines[] = {{"eventq", &s->events},
		     {"priq", &s->pri},
		     {"gerror", &s->gerror},
		     {"cmdq-sync", &s->sync}};
	bool edge;

	for (size_t i = 0; i < sizeof(lines) / sizeof(lines[0]); i++) {
		int ret = sim_acpi_gsi(m, node, lines[i].name, lines[i].gsi, &edge, why);

		if (ret)
			return ret;
		if (!edge)
			return sim_dt_error(why, m->dtb, node,
					    "ACPI: %s is a level, and IORT's interrupts are edges",
					    lines[i].name);
	}
	return 0;
}

/* What the driver's devicetree path has a property for, IORT has a model for. */
static uint32_t smmu_model(const void *dtb, int node)
{
	if (fdt_getprop(dtb, node, "hisilicon,broken-prefetch-cmd", NULL))
		return 1;
	return fdt_getprop(dtb, node, "cavium,cn9900-broken-page1-regspace", NULL) ? 2 : 0;
}

static int describe_smmu(struct sim_machine *m, int node, struct fw_acpi_smmu *s, char **why)
{
	struct smmu_config config;
	uint64_t size;

	smmu_config_default(&config);
	if (sim_dt_cell(m->dtb, node, "#iommu-cells", 0, 0) != 1)
		return sim_dt_error(why, m->dtb, node, "ACPI: #iommu-cells must be 1");
	sim_dt_reg(m->dtb, node, 0, &s->base, &size);
	s->model = smmu_model(m->dtb, node);
	s->coherent = fdt_getprop(m->dtb, node, "dma-coherent", NULL) != NULL;
	s->msi = fdt_getprop(m->dtb, node, "msi-parent", NULL) != NULL;
	s->sid_bits = sim_dt_cell(m->dtb, node, "faultline,sidsize", 0, config.sidsize);
	return smmu_gsis(m, node, s, why);
}

static int describe_intc(struct sim_machine *m, struct fw_acpi_machine *a, char **why)
{
	int node = fdt_node_offset_by_compatible(m->dtb, -1, "faultline,intc");
	int frame = fdt_node_offset_by_compatible(m->dtb, -1, "faultline,intc-msi");
	uint64_t size;

	sim_dt_reg(m->dtb, node, 0, &a->intc, &size);
	a->has_its = frame >= 0 && sim_dt_reg(m->dtb, frame, 0, &a->its, &size);
	if (frame >= 0 && fdt_node_offset_by_compatible(m->dtb, frame, "faultline,intc-msi") >= 0)
		return sim_dt_error(why, m->dtb, frame, "ACPI: one MSI frame is possible");
	return 0;
}

/* Memory that a device reaches without being told is an RMR node of IORT: not made. */
static int check_reserved(struct sim_machine *m, char **why)
{
	int node = fdt_path_offset(m->dtb, "/reserved-memory");

	if (node >= 0 && fdt_first_subnode(m->dtb, node) >= 0)
		return sim_dt_error(why, m->dtb, node,
				    "ACPI: reserved memory is not described in IORT (RMR nodes)");
	return 0;
}

static int each(struct sim_machine *m, const char *compatible, struct sim_acpi *a,
		int (*fn)(struct sim_machine *m, int node, struct sim_acpi *a, char **why),
		char **why)
{
	int node = fdt_node_offset_by_compatible(m->dtb, -1, compatible), ret = 0;

	for (; !ret && node >= 0; node = fdt_node_offset_by_compatible(m->dtb, node, compatible))
		ret = fn(m, node, a, why);
	return ret;
}

int sim_acpi_describe(struct sim_machine *m, struct sim_acpi *a, char **why)
{
	int smmu = fdt_node_offset_by_compatible(m->dtb, -1, "arm,smmu-v3");
	int ret = describe_intc(m, &a->machine, why);

	a->machine.cpus = m->config.cpus;
	a->machine.devices = a->devices;
	a->machine.has_smmu = smmu >= 0;
	if (!ret && smmu >= 0)
		ret = describe_smmu(m, smmu, &a->machine.smmu, why);
	if (!ret)
		ret = check_reserved(m, why);
	if (!ret)
		ret = each(m, "faultline,dma-test", a, sim_acpi_device, why);
	if (!ret)
		ret = each(m, "pci-host-ecam-generic", a, sim_acpi_host, why);
	return ret;
}
