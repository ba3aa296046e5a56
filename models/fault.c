/* SPDX-License-Identifier: MIT */
#include "models/fault.h"

#include <stddef.h>

const char *const mdl_fault_names[] = {"ram.read", "bus.access", "pcie.cfg", "dma.drop_irq", NULL};
