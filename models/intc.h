/* SPDX-License-Identifier: MIT */
/*
 * Interrupt controller with wired inputs and an MSI doorbell.
 *
 * Concepts. 1023 inputs, each edge- or level-triggered, enabled or not, and
 * routed to one of up to 8 CPUs. Inputs below 256 are for wires, the others for
 * messages. A CPU's output is high as long as there is an input that its IAR
 * would give. The register map is models/intc_regs.h. There are no priorities.
 */
#ifndef MODELS_INTC_H
#define MODELS_INTC_H

#include <stdbool.h>
#include <stdint.h>

#include "models/intc_regs.h"
#include "models/mmio.h"

struct mdl_intc;

struct mdl_intc_ops {
	/* A CPU's output changed. The model is consistent: registers may be accessed from here. */
	void (*cpu_line)(void *ctx, unsigned int cpu, bool level);
};

/* cpus 1..8; latency: ps of a register access. NULL with errno: EINVAL, ENOMEM. */
struct mdl_intc *mdl_intc_new(unsigned int cpus, uint64_t latency, const struct mdl_intc_ops *ops,
			      void *ctx);
void mdl_intc_free(struct mdl_intc *intc);

/* The wires keep their levels; everything else as after mdl_intc_new(). */
void mdl_intc_reset(struct mdl_intc *intc);

/* Drive wired input n, 0..1022. Others are ignored. */
void mdl_intc_input(struct mdl_intc *intc, unsigned int n, bool level);

/* For mdl_bus_add() with a struct mdl_intc as ctx: FLT_INTC_SIZE and FLT_INTC_MSI_SIZE bytes. */
extern const struct mdl_mmio_ops mdl_intc_mmio;
extern const struct mdl_mmio_ops mdl_intc_msi_mmio;

struct mdl_intc_stats {
	uint64_t taken;	      /* inputs that an IAR gave */
	uint64_t msi;	      /* messages accepted */
	uint64_t msi_ignored; /* writes to the message frame without effect */
};
void mdl_intc_get_stats(const struct mdl_intc *intc, struct mdl_intc_stats *stats);

#endif
