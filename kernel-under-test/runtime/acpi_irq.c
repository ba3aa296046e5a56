// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts by ACPI: the MADT names the controller, its MSI frame and the CPUs.
 * The structures are those of a GICv3 with an ITS, so numbers are a GIC's too: a
 * GSI is an INTID, and the controller's inputs are shared ones, from 32 on.
 */
#include <linux/acpi.h>

#include "kut.h"

#ifdef CONFIG_ACPI
#include <linux/acpi_iort.h>
#include <linux/irqdomain.h>
#include <asm/smp.h>

#include "intc.h"

static struct fwnode_handle *gsi_domain;
static unsigned int cpus_found;

/* The n-th CPU of the table is the kernel's n-th; its MPIDR is what the hardware calls it. */
static int __init found_cpu(union acpi_subtable_headers *header, const unsigned long end)
{
	struct acpi_madt_generic_interrupt *gicc = (void *)header;

	if (gicc->flags & ACPI_MADT_ENABLED && cpus_found < nr_cpu_ids)
		per_cpu(x86_cpu_to_apicid, cpus_found++) = gicc->arm_mpidr;
	acpi_lapic = 1;
	return 0;
}

static int __init found_controller(union acpi_subtable_headers *header, const unsigned long end)
{
	struct acpi_madt_generic_distributor *gicd = (void *)header;
	phys_addr_t base = gicd->base_address;

	gsi_domain = irq_domain_alloc_fwnode(&base);
	if (!gsi_domain)
		panic("intc: no memory for the interrupt domain");
	kut_intc_start(base, gsi_domain);
	kut_acpi_gsi_init(gsi_domain);
	return 0;
}

static int __init found_msi_frame(union acpi_subtable_headers *header, const unsigned long end)
{
	struct acpi_madt_generic_translator *its = (void *)header;
	phys_addr_t base = its->base_address;
	struct fwnode_handle *fwnode = irq_domain_alloc_fwnode(&base);

	if (!fwnode || iort_register_domain_token(its->translation_id, base, fwnode))
		panic("intc: no memory for the MSI frame");
	kut_intc_msi_start(base, fwnode);
	return 0;
}

void kut_acpi_intc_init(void)
{
	acpi_table_parse_madt(ACPI_MADT_TYPE_GENERIC_INTERRUPT, found_cpu, 0);
	if (acpi_table_parse_madt(ACPI_MADT_TYPE_GENERIC_DISTRIBUTOR, found_controller, 0) != 1)
		panic("intc: the MADT does not have one GICD structure");
	acpi_table_parse_madt(ACPI_MADT_TYPE_GENERIC_TRANSLATOR, found_msi_frame, 0);
}

#endif
