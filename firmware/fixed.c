// SPDX-License-Identifier: MIT
/* Tables of fixed layout: ACPI 6.4 chapter 5.2, and MCFG. */
#include <string.h>

#include "firmware/internal.h"

#define OEM_ID	       "FLTLIN"
#define OEM_TABLE_ID   "VIRTPCIE"
#define CREATOR_ID     "FLTL"
#define OEM_REVISION   1
#define CHECKSUM_AT    9
#define GICC_ENABLED   1
#define GIC_VERSION_3  3
#define FADT_REVISION  6 /* 6.4: 5.2.9 */
#define FADT_MINOR     4
#define FADT_SIZE      276
#define MADT_REVISION  5
#define GICC_SIZE      80
#define PROFILE_SERVER 4 /* enterprise server */

/* FADT flags, 5.2.9 table 5.10 */
#define WBINVD		(1U << 0) /* must be set if the processor has caches that stay coherent */
#define HW_REDUCED_ACPI (1U << 20)
/* 5.2.9.4 */
#define PSCI_COMPLIANT (1U << 0)

/* 5.2.6 */
void fw_table_begin(struct fw_bytes *b, const char *signature, uint8_t revision)
{
	fw_put_bytes(b, signature, 4);
	fw_put32(b, 0); /* length */
	fw_put8(b, revision);
	fw_put8(b, 0); /* checksum */
	fw_put_bytes(b, OEM_ID, 6);
	fw_put_bytes(b, OEM_TABLE_ID, 8);
	fw_put32(b, OEM_REVISION);
	fw_put_bytes(b, CREATOR_ID, 4);
	fw_put32(b, OEM_REVISION);
}

void fw_table_end(struct fw_bytes *b)
{
	if (b->failed)
		return;
	fw_set(b, 4, b->len, 4);
	fw_set(b, CHECKSUM_AT, fw_acpi_checksum(b->data, b->len), 1);
}

/* 5.2.5.3 */
void fw_rsdp(struct fw_bytes *b, uint64_t xsdt)
{
	fw_put_bytes(b, "RSD PTR ", 8);
	fw_put8(b, 0); /* checksum of the first 20 bytes */
	fw_put_bytes(b, OEM_ID, 6);
	fw_put8(b, 2);	/* revision */
	fw_put32(b, 0); /* no RSDT */
	fw_put32(b, 36);
	fw_put64(b, xsdt);
	fw_put8(b, 0); /* checksum of it all */
	fw_put_zeroes(b, 3);
	if (b->failed)
		return;
	fw_set(b, 8, fw_acpi_checksum(b->data, 20), 1);
	fw_set(b, 32, fw_acpi_checksum(b->data, 36), 1);
}

/* 5.2.8 */
void fw_xsdt(struct fw_bytes *b, const uint64_t *tables, size_t n)
{
	fw_table_begin(b, "XSDT", 1);
	for (size_t i = 0; i < n; i++)
		fw_put64(b, tables[i]);
	fw_table_end(b);
}

/* 5.2.9. Hardware-reduced: fields of the fixed hardware are zero. */
void fw_fadt(struct fw_bytes *b, uint64_t dsdt)
{
	fw_table_begin(b, "FACP", FADT_REVISION);
	fw_put_zeroes(b, FADT_SIZE - HEADER_LEN);
	fw_set(b, 45, PROFILE_SERVER, 1);
	fw_set(b, 112, HW_REDUCED_ACPI | WBINVD, 4);
	fw_set(b, 129, PSCI_COMPLIANT, 2);
	fw_set(b, 131, FADT_MINOR, 1);
	fw_set(b, 140, dsdt, 8);
	fw_table_end(b);
}

/* 5.2.12.14. The CPU's MPIDR is its number, in Aff0. */
static void gicc(struct fw_bytes *b, unsigned int cpu)
{
	size_t start = b->len;

	fw_put_zeroes(b, GICC_SIZE);
	fw_set(b, start, 0xb, 1);
	fw_set(b, start + 1, GICC_SIZE, 1);
	fw_set(b, start + 4, cpu, 4);
	fw_set(b, start + 8, cpu, 4); /* _UID in the DSDT */
	fw_set(b, start + 12, GICC_ENABLED, 4);
	fw_set(b, start + 68, cpu, 8);
}

/* 5.2.12.15 */
static void gicd(struct fw_bytes *b, uint64_t base)
{
	fw_put8(b, 0xc);
	fw_put8(b, 24);
	fw_put16(b, 0);
	fw_put32(b, 0); /* ID */
	fw_put64(b, base);
	fw_put32(b, 0);
	fw_put8(b, GIC_VERSION_3);
	fw_put_zeroes(b, 3);
}

/* 5.2.12.18 */
static void its(struct fw_bytes *b, uint64_t base)
{
	fw_put8(b, 0xf);
	fw_put8(b, 20);
	fw_put16(b, 0);
	fw_put32(b, 0); /* ID, as in IORT's ITS group */
	fw_put64(b, base);
	fw_put32(b, 0);
}

/* 5.2.12 */
void fw_madt(struct fw_bytes *b, const struct fw_acpi_machine *m)
{
	fw_table_begin(b, "APIC", MADT_REVISION);
	fw_put32(b, 0); /* address of local interrupt controllers: x86 */
	fw_put32(b, 0);
	for (unsigned int cpu = 0; cpu < m->cpus; cpu++)
		gicc(b, cpu);
	gicd(b, m->intc);
	if (m->has_its)
		its(b, m->its);
	fw_table_end(b);
}

/* PCI Firmware Specification 3.3, 4.1.2 */
void fw_mcfg(struct fw_bytes *b, const struct fw_acpi_machine *m)
{
	fw_table_begin(b, "MCFG", 1);
	fw_put64(b, 0);
	fw_put64(b, m->host.ecam);
	fw_put16(b, m->host.segment);
	fw_put8(b, m->host.first_bus);
	fw_put8(b, m->host.last_bus);
	fw_put32(b, 0);
	fw_table_end(b);
}
