/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * ACPI in the shape that arm64 gives it, for objects that are compiled for x86-64:
 * the hosted kernel's firmware is an Arm server's. Sources with KUT_AS_ARM64 are
 * compiled as arm64's from here on; all that the architecture itself defines has
 * been included by then.
 */
#ifndef KUT_LINUX_ACPI_H
#define KUT_LINUX_ACPI_H

#ifdef CONFIG_ACPI_IORT

#include <linux/errno.h>
#include <linux/device.h>
#include <linux/dma-map-ops.h>
#include <linux/dmi.h>
#include <linux/interrupt.h>
#include <linux/ioport.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/mm.h>
#include <linux/mod_devicetable.h>
#include <linux/module.h>
#include <linux/msi.h>
#include <linux/mutex.h>
#include <linux/node.h>
#include <linux/pci.h>
#include <linux/property.h>
#include <linux/resource_ext.h>
#include <linux/slab.h>
#include <linux/uuid.h>

#include <asm/acpi.h>

#define CONFIG_ARM64 1
#ifdef KUT_AS_ARM64
#undef CONFIG_X86
#undef CONFIG_X86_64
#undef CONFIG_X86_IO_APIC
/* What x86 selects and arm64 does not. */
#undef CONFIG_ACPI_HOTPLUG_CPU
#undef CONFIG_ACPI_HOTPLUG_IOAPIC
#undef CONFIG_ACPI_LPIT
#undef CONFIG_ACPI_SYSTEM_POWER_STATES_SUPPORT
#undef CONFIG_ARCH_MIGHT_HAVE_ACPI_PDC
#endif

#include_next <linux/acpi.h>

#ifdef KUT_AS_ARM64
int acpi_pci_bus_find_domain_nr(struct pci_bus *bus); /* x86 has no generic domains */
#else
#undef CONFIG_ARM64
#endif

#else
#include_next <linux/acpi.h>
#endif

#endif
