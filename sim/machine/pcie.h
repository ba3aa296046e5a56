/* SPDX-License-Identifier: MIT */
/*
 * Between pcie_node.c and the kinds of PCIe functions. A kind is a function that adds
 * what a node describes to m->pcie at its place, with mdl_pcie_add() or
 * mdl_pcie_add_below(), and one line of the table in pcie_node.c.
 */
#ifndef SIM_MACHINE_PCIE_H
#define SIM_MACHINE_PCIE_H

#include "sim/machine/device.h"

struct sim_pcie_place {
	int node;
	struct mdl_pcie_fn *port; /* NULL: bus 0 */
	unsigned int slot, fn;
};

/* The text of an errno of mdl_pcie_add() and its like. */
int sim_pcie_refused(struct sim_machine *m, const struct sim_pcie_place *place, char **why);

/* `d` is the machine's from here on; its model is what _ready() gives it. */
int sim_pcie_device_add(struct sim_machine *m, struct sim_device *d, char **why);
void sim_pcie_device_ready(struct sim_device *d, struct mdl_pcie_dma *pcie);

/* pcie_dma_node.c */
int sim_pcie_dma_build(struct sim_machine *m, const struct sim_pcie_place *place, char **why);

#endif
