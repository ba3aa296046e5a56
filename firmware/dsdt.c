// SPDX-License-Identifier: MIT
/* DSDT: processors, the PCIe host bridge and the devices of the platform bus. */
#include <stdio.h>
#include <string.h>

#include "firmware/aml.h"
#include "firmware/internal.h"

#define DSDT_REVISION 2 /* 64-bit integers: 5.2.11.1 */

/* 8.4: the CPU whose GICC structure has this UID. */
static void processor(struct fw_bytes *b, unsigned int cpu)
{
	char name[5];
	size_t device;

	snprintf(name, sizeof(name), "CP%02X", cpu & 0xff);
	device = aml_device(b, name);
	aml_name(b, "_HID");
	aml_string(b, "ACPI0007");
	aml_name(b, "_UID");
	aml_integer(b, cpu);
	aml_end(b, device);
}

/*
 * PCI Firmware Specification 3.3, 4.5.1: the operating system may have all that it
 * asks for. Bit 2 of the first word: that is not the interface that was asked.
 */
static void osc(struct fw_bytes *b)
{
	/* 33db4d5b-1ff7-401c-9657-7441c03dd766 */
	static const uint8_t uuid[] = {0x5b, 0x4d, 0xdb, 0x33, 0xf7, 0x1f, 0x1c, 0x40,
				       0x96, 0x57, 0x74, 0x41, 0xc0, 0x3d, 0xd7, 0x66};
	size_t method = aml_method(b, "_OSC", 4), branch = aml_if(b);

	fw_put8(b, AML_LEQUAL);
	fw_put8(b, AML_ARG0);
	aml_buffer(b, uuid, sizeof(uuid));
	fw_put8(b, AML_RETURN);
	fw_put8(b, AML_ARG3);
	aml_end(b, branch);
	fw_put8(b, AML_CREATE_DWORD_FIELD);
	fw_put8(b, AML_ARG3);
	aml_integer(b, 0);
	fw_put_bytes(b, "CDW1", 4);
	fw_put8(b, AML_OR);
	fw_put_bytes(b, "CDW1", 4);
	aml_integer(b, 4);
	fw_put_bytes(b, "CDW1", 4);
	fw_put8(b, AML_RETURN);
	fw_put8(b, AML_ARG3);
	aml_end(b, method);
}

static void windows(struct fw_bytes *b, const struct fw_acpi_host *h)
{
	struct fw_bytes res = {0};

	aml_bus_numbers(&res, h->first_bus, h->last_bus);
	for (size_t i = 0; i < h->n_windows; i++) {
		const struct fw_acpi_window *w = &h->windows[i];

		aml_qword_space(&res, w->prefetchable ? AML_PREFETCHABLE : AML_MEMORY, false,
				w->pci, w->size, w->cpu - w->pci);
	}
	aml_crs(b, &res);
}

/* There is no _PRT: no function has an INTx line. */
static void host_bridge(struct fw_bytes *b, const struct fw_acpi_host *h)
{
	size_t device = aml_device(b, "PCI0");

	aml_name(b, "_HID");
	aml_eisaid(b, "PNP0A08");
	aml_name(b, "_CID");
	aml_eisaid(b, "PNP0A03");
	aml_name(b, "_UID");
	aml_integer(b, 0);
	aml_name(b, "_SEG");
	aml_integer(b, h->segment);
	aml_name(b, "_BBN");
	aml_integer(b, h->first_bus);
	aml_name(b, "_CCA");
	aml_integer(b, h->coherent);
	windows(b, h);
	osc(b);
	aml_end(b, device);
}

/* PCI Firmware Specification 3.3, 4.1.2: ECAM is reserved by a motherboard resource. */
static void reserve_ecam(struct fw_bytes *b, const struct fw_acpi_host *h)
{
	struct fw_bytes res = {0};
	size_t device = aml_device(b, "RES0");
	uint64_t buses = h->last_bus - h->first_bus + 1U;

	aml_name(b, "_HID");
	aml_eisaid(b, "PNP0C02");
	aml_name(b, "_UID");
	aml_integer(b, 0);
	aml_qword_space(&res, AML_MEMORY, true, h->ecam + ((uint64_t)h->first_bus << 20),
			buses << 20, 0);
	aml_crs(b, &res);
	aml_end(b, device);
}

static void platform_device(struct fw_bytes *b, const struct fw_acpi_device *d)
{
	struct fw_bytes res = {0};
	size_t device = aml_device(b, d->name);

	aml_name(b, "_HID");
	aml_string(b, d->hid);
	aml_name(b, "_UID");
	aml_integer(b, d->uid);
	aml_name(b, "_CCA");
	aml_integer(b, d->coherent);
	aml_qword_space(&res, AML_MEMORY, true, d->base, d->size, 0);
	if (d->gsi != FW_GSI_NONE)
		aml_interrupt(&res, d->gsi, d->edge);
	aml_crs(b, &res);
	aml_end(b, device);
}

void fw_dsdt(struct fw_bytes *b, const struct fw_acpi_machine *m)
{
	size_t scope;

	fw_table_begin(b, "DSDT", DSDT_REVISION);
	scope = aml_scope(b, "\\_SB_");
	for (unsigned int cpu = 0; cpu < m->cpus; cpu++)
		processor(b, cpu);
	for (size_t i = 0; i < m->n_devices; i++)
		platform_device(b, &m->devices[i]);
	if (m->has_host) {
		host_bridge(b, &m->host);
		reserve_ecam(b, &m->host);
	}
	aml_end(b, scope);
	fw_table_end(b);
}
