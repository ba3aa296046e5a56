/* SPDX-License-Identifier: MIT */
/* The machine's ACPI tables: made from its devicetree, put into its memory. */
#ifndef SIM_MACHINE_ACPI_H
#define SIM_MACHINE_ACPI_H

#include "firmware/acpi.h"
#include "sim/machine/internal.h"

/* A description that points into itself. */
struct sim_acpi {
	struct fw_acpi_machine machine;
	struct fw_acpi_device devices[32];
	uint32_t sids[32][8];
	struct fw_acpi_window windows[8];
	struct fw_acpi_map maps[16];
};

/* acpi_node.c: what the devicetree says, or why ACPI has no words for it. */
int sim_acpi_describe(struct sim_machine *m, struct sim_acpi *a, char **why);
/* acpi_devices.c: the parts below. `node` is in m->dtb. */
int sim_acpi_host(struct sim_machine *m, int node, struct sim_acpi *a, char **why);
int sim_acpi_device(struct sim_machine *m, int node, struct sim_acpi *a, char **why);
/*
 * GSI of the interrupt called `name` (NULL: the first), FW_GSI_NONE without one, and
 * whether it is an edge.
 */
int sim_acpi_gsi(struct sim_machine *m, int node, const char *name, uint32_t *gsi, bool *edge,
		 char **why);

#endif
