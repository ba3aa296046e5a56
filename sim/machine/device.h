/* SPDX-License-Identifier: MIT */
/* Between devices.c and pcie_node.c. */
#ifndef SIM_MACHINE_DEVICE_H
#define SIM_MACHINE_DEVICE_H

#include "sim/machine/internal.h"

/* Name from the node's label. */
void sim_device_name(struct sim_machine *m, int node, struct sim_device *d);
/* `d` is the machine's from here on; its engine runs, its model is the caller's to make. */
int sim_device_add(struct sim_machine *m, struct sim_device *d, char **why);
/* How its model meets the machine; ctx is the struct sim_device. */
extern const struct mdl_dma_ops sim_device_ops;
extern const struct mdl_dma_config sim_device_config;
/* One access on its way through the SMMU. */
enum mdl_dma_answer sim_device_access(struct sim_device *d, const struct mdl_dma_access *a,
				      uint32_t *stag, uint64_t *latency);

#endif
