/* SPDX-License-Identifier: MIT */
/*
 * Fault points of the platform models.
 *
 * Concepts. At each point a model asks its owner whether the named thing shall
 * fail this time. Without a callback nothing fails and nothing is asked.
 *
 *   ram.read      mdl_ram_read(): the read ends with -EFAULT
 *   bus.access    mdl_bus_ functions: the access is a bus error
 *   pcie.cfg      configuration space: a read gives all ones, a write is lost
 *   dma.drop_irq  DMA test device: a completion sets its status bit, but the
 *                 interrupt is not signalled
 */
#ifndef MODELS_FAULT_H
#define MODELS_FAULT_H

#include <stdbool.h>

/* True: the thing called `name` fails this time. */
typedef bool (*mdl_fault_fn)(void *ctx, const char *name);

extern const char *const mdl_fault_names[]; /* NULL-terminated */

#endif
