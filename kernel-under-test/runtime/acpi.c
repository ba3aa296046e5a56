// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the architecture gives the kernel's own ACPI code (drivers/acpi): where the
 * tables are, memory to read them by, configuration accesses by number, and the
 * way up to the interpreter, in the order that arm64 has.
 */
#include <linux/acpi.h>

#include "kut.h"

#ifdef CONFIG_ACPI
#include <linux/io.h>
#include <linux/pci.h>

/* Of an x86 machine's; arm64 has the same names. */
int acpi_disabled = 1, acpi_pci_disabled = 1, acpi_noirq = 1, acpi_strict;
int acpi_lapic; /* CPUs are in the MADT */

static bool in_ram(phys_addr_t pa, unsigned long size)
{
	return pa >= kut_layout.ram_base && size <= kut_layout.ram_size &&
	       pa - kut_layout.ram_base <= kut_layout.ram_size - size;
}

u64 kut_acpi_root_pointer(void);
u64 kut_acpi_root_pointer(void)
{
	return kut_layout.rsdp;
}

void __iomem *__acpi_map_table(unsigned long phys, unsigned long size)
{
	return in_ram(phys, size) ? (void __iomem *)__va(phys) : NULL;
}

/* Tables are memory, and read as such; an operation region may be registers. */
void __iomem *ioremap_cache(resource_size_t phys, unsigned long size)
{
	return __acpi_map_table(phys, size) ?: ioremap(phys, size);
}

int raw_pci_read(unsigned int domain, unsigned int bus, unsigned int devfn, int reg, int len,
		 u32 *val)
{
	struct pci_bus *b = pci_find_bus(domain, bus);

	return b ? b->ops->read(b, devfn, reg, len, val) : PCIBIOS_DEVICE_NOT_FOUND;
}

int raw_pci_write(unsigned int domain, unsigned int bus, unsigned int devfn, int reg, int len,
		  u32 val)
{
	struct pci_bus *b = pci_find_bus(domain, bus);

	return b ? b->ops->write(b, devfn, reg, len, val) : PCIBIOS_DEVICE_NOT_FOUND;
}

/* arm64 takes ACPI from 5.1 on, without the fixed hardware of a PC. NULL, or what is wrong. */
static const char *wrong_fadt(const struct acpi_table_header *table)
{
	const struct acpi_table_fadt *fadt = (const void *)table;

	if (table->revision < 5 || (table->revision == 5 && fadt->minor_revision < 1))
		return "the FADT is older than ACPI 5.1";
	if (!(fadt->flags & ACPI_FADT_HW_REDUCED))
		return "the FADT does not say that the hardware is reduced";
	return NULL;
}

static const char *wrong_tables(void)
{
	struct acpi_table_header *fadt;
	const char *wrong;

	if (acpi_table_init())
		return "they are not found from the root pointer on";
	if (ACPI_FAILURE(acpi_get_table(ACPI_SIG_FADT, 0, &fadt)))
		return "there is no FADT";
	wrong = wrong_fadt(fadt);
	acpi_put_table(fadt);
	return wrong;
}

/* The tables are found and held. Without them there is nothing else to boot by. */
void kut_acpi_tables_init(void)
{
	const char *wrong;

	if (!kut_layout.rsdp)
		return;
	acpi_disabled = acpi_pci_disabled = acpi_noirq = 0;
	wrong = wrong_tables();
	if (wrong) {
		disable_acpi();
		panic("the firmware's ACPI tables cannot be used: %s", wrong);
	}
}

void kut_acpi_init(void)
{
	acpi_early_init();
	acpi_subsystem_init();
}

#endif
