/* SPDX-License-Identifier: MIT */
/*
 * ACPI tables of an Arm server: made from a description of the machine.
 *
 * Concepts. fw_acpi_build() writes RSDP, XSDT, FADT, MADT, MCFG, IORT and DSDT into
 * one blob that is to lie at a given physical address. Layouts: ACPI 6.4 (chapter
 * 5.2, 6.4 and 20), PCI Firmware Specification 3.3 (4.1.2, MCFG), Arm DEN 0049E.e
 * (IORT). The profile is hardware-reduced. The interrupt controller is described as
 * a GICv3 with one ITS, because ACPI has a name for no other that an SMMUv3 stands
 * beside; a GSI is therefore a GIC's INTID. This library knows neither devicetrees
 * nor kernels, and the tables hold nothing that differs between two runs.
 */
#ifndef FIRMWARE_ACPI_H
#define FIRMWARE_ACPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* No interrupt. 0 is what IORT has for it (DEN 0049E.e 3.1.1.2). */
#define FW_GSI_NONE 0

/* IDs from `in` on, `count` of them, become those from `out` on. */
struct fw_acpi_map {
	uint32_t in, count, out;
};

struct fw_acpi_smmu {
	uint64_t base;
	uint32_t model; /* DEN 0049E.e 3.1.1.2: 0 generic, 1 HiSilicon Hi161x, 2 Cavium CN99xx */
	bool coherent;	/* COHACC override */
	bool msi;	/* its own messages go to the ITS */
	uint32_t events, pri, gerror, sync; /* GSIs */
	unsigned int sid_bits;
};

/* A device on the platform bus, \_SB_.NAME. */
struct fw_acpi_device {
	char name[5];	 /* an ACPI name: 4 of A to Z, 0 to 9, _ */
	const char *hid; /* 8 characters: "FLTL0001" */
	uint32_t uid;
	uint64_t base, size; /* registers */
	uint32_t gsi;
	bool edge; /* otherwise a level, high */
	bool coherent;
	bool stall;		 /* its accesses can be stalled */
	unsigned int pasid_bits; /* 0..20 */
	bool translated;	 /* by the SMMU, with these StreamIDs */
	const uint32_t *sids;
	size_t n_sids;
};

struct fw_acpi_window {
	uint64_t cpu, pci, size;
	bool prefetchable;
};

/* A PCIe host bridge, \_SB_.PCI0. */
struct fw_acpi_host {
	uint16_t segment;
	uint8_t first_bus, last_bus;
	uint64_t ecam; /* of bus 0, whichever the first one is */
	const struct fw_acpi_window *windows;
	size_t n_windows;
	bool coherent, ats;
	bool msi; /* messages of its functions go to the ITS, translated or not */
	const struct fw_acpi_map *maps; /* requester IDs to StreamIDs */
	size_t n_maps;
};

struct fw_acpi_machine {
	unsigned int cpus;
	uint64_t intc; /* GICD */
	bool has_its;
	uint64_t its;
	bool has_smmu;
	struct fw_acpi_smmu smmu;
	const struct fw_acpi_device *devices;
	size_t n_devices;
	bool has_host;
	struct fw_acpi_host host;
};

struct fw_acpi_table {
	char signature[5]; /* "RSDP" stands for the root pointer */
	size_t offset, len;
};

enum { FW_ACPI_TABLES = 8 };

struct fw_acpi {
	uint8_t *blob; /* malloc()ed */
	size_t size;
	struct fw_acpi_table tables[FW_ACPI_TABLES]; /* the first is the RSDP, at offset 0 */
	size_t n_tables;
};

/*
 * `base`: physical address of the blob, a multiple of 16. 0 or -ENOMEM. The caller
 * sees to it that names differ and that the description is possible.
 */
int fw_acpi_build(struct fw_acpi *acpi, const struct fw_acpi_machine *machine, uint64_t base);
void fw_acpi_free(struct fw_acpi *acpi);

/* What to add to any one byte, so that all sum up to zero, modulo 256. */
uint8_t fw_acpi_checksum(const uint8_t *data, size_t len);

/* NULL: there is no such table. */
const struct fw_acpi_table *fw_acpi_table(const struct fw_acpi *acpi, const char *signature);

#endif
