// SPDX-License-Identifier: MIT
/* The tables put together: where each lies, and who points at whom. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "firmware/internal.h"

#define ALIGN 16

static size_t place(struct fw_bytes *blob)
{
	fw_put_zeroes(blob, -blob->len % ALIGN);
	return blob->len;
}

/* Append a table that was made, and list it; its offset. */
static size_t add(struct fw_acpi *acpi, struct fw_bytes *blob, const char *signature,
		  struct fw_bytes *table)
{
	struct fw_acpi_table *t = &acpi->tables[acpi->n_tables++];

	memcpy(t->signature, signature, 5);
	t->offset = place(blob);
	t->len = table->len;
	fw_put_bytes(blob, table->data, table->len);
	blob->failed |= table->failed;
	free(table->data);
	*table = (struct fw_bytes){0};
	return t->offset;
}

/* The RSDP stands first, and points at what is not placed yet: it is written at the end. */
static void set_root(struct fw_bytes *blob, uint64_t xsdt)
{
	struct fw_bytes rsdp = {0};

	fw_rsdp(&rsdp, xsdt);
	blob->failed |= rsdp.failed;
	if (!blob->failed)
		memcpy(blob->data, rsdp.data, rsdp.len);
	free(rsdp.data);
}

int fw_acpi_build(struct fw_acpi *acpi, const struct fw_acpi_machine *m, uint64_t base)
{
	struct fw_bytes blob = {0}, t = {0};
	uint64_t listed[FW_ACPI_TABLES];
	size_t n = 0;

	*acpi = (struct fw_acpi){0};
	fw_rsdp(&t, 0);
	add(acpi, &blob, "RSDP", &t);
	fw_dsdt(&t, m);
	fw_fadt(&t, base + add(acpi, &blob, "DSDT", &t));
	listed[n++] = base + add(acpi, &blob, "FACP", &t);
	fw_madt(&t, m);
	listed[n++] = base + add(acpi, &blob, "APIC", &t);
	if (m->has_host) {
		fw_mcfg(&t, m);
		listed[n++] = base + add(acpi, &blob, "MCFG", &t);
	}
	fw_iort(&t, m);
	listed[n++] = base + add(acpi, &blob, "IORT", &t);
	fw_xsdt(&t, listed, n);
	set_root(&blob, base + add(acpi, &blob, "XSDT", &t));
	if (blob.failed) {
		free(blob.data);
		return -ENOMEM;
	}
	acpi->blob = blob.data;
	acpi->size = blob.len;
	return 0;
}

void fw_acpi_free(struct fw_acpi *acpi)
{
	free(acpi->blob);
	*acpi = (struct fw_acpi){0};
}

const struct fw_acpi_table *fw_acpi_table(const struct fw_acpi *acpi, const char *signature)
{
	for (size_t i = 0; i < acpi->n_tables; i++)
		if (strcmp(acpi->tables[i].signature, signature) == 0)
			return &acpi->tables[i];
	return NULL;
}

uint8_t fw_acpi_checksum(const uint8_t *data, size_t len)
{
	uint8_t sum = 0;

	for (size_t i = 0; i < len; i++)
		sum += data[i];
	return (uint8_t)-sum;
}
