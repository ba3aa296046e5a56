/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forced in front of drivers/pci/probe.c. The sysdata of a bus is a host's configuration
 * window, as on arm64; x86 would read the MSI domain of one of its own structures there.
 */
#include <linux/pci.h>

#undef pci_root_bus_fwnode
#define pci_root_bus_fwnode(bus) NULL
