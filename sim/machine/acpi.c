// SPDX-License-Identifier: MIT
/* The tables in the machine's memory: where a devicetree would be, and as long as it lives. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/acpi.h"

#define CHECKSUM_AT 9

int sim_acpi_place(struct sim_machine *m, char **why)
{
	uint64_t base = mdl_ram_base(m->ram);
	struct sim_acpi *a = calloc(1, sizeof(*a));
	int ret = a ? sim_acpi_describe(m, a, why) : -ENOMEM;

	if (!ret)
		ret = fw_acpi_build(&m->acpi, &a->machine, base);
	free(a);
	if (ret)
		return ret;
	m->rsdp = base;
	m->firmware_end = base + m->acpi.size;
	if (m->acpi.size > mdl_ram_size(m->ram) ||
	    mdl_ram_write(m->ram, base, m->acpi.blob, m->acpi.size)) {
		*why = strdup("the memory is too small for the ACPI tables");
		return -EINVAL;
	}
	return 0;
}

static const struct fw_acpi_table *find(struct sim_machine *m, const char *signature, char **why)
{
	const struct fw_acpi_table *t = fw_acpi_table(&m->acpi, signature);

	if (t)
		return t;
	if (asprintf(why,
		     m->rsdp ? "the machine has no ACPI table %s (RSDP XSDT FACP APIC MCFG IORT "
			       "DSDT)"
			     : "no %s: the machine's firmware is a devicetree; say machine { "
			       "firmware = \"acpi\" }",
		     signature) < 0)
		*why = NULL;
	return NULL;
}

void *sim_machine_acpi(struct sim_machine *m, const char *signature, size_t *len, char **why)
{
	const struct fw_acpi_table *t = find(m, signature, why);

	if (!t)
		return NULL;
	*len = t->len;
	return mdl_ram_ptr(m->ram, m->rsdp + t->offset, t->len);
}

int sim_machine_acpi_write(struct sim_machine *m, const char *signature, size_t offset,
			   const void *data, size_t len, bool keep_checksum, char **why)
{
	size_t size;
	uint8_t *table = sim_machine_acpi(m, signature, &size, why);

	if (!table)
		return -ENOENT;
	if (offset > size || len > size - offset) {
		if (asprintf(why, "ACPI table %s has %zu bytes: %zu at offset %zu are not in it",
			     signature, size, len, offset) < 0)
			*why = NULL;
		return -EINVAL;
	}
	memcpy(table + offset, data, len);
	if (keep_checksum)
		return 0;
	if (strcmp(signature, "RSDP") == 0) {
		table[8] = (uint8_t)(table[8] + fw_acpi_checksum(table, 20));
		table[32] = (uint8_t)(table[32] + fw_acpi_checksum(table, size));
	} else {
		table[CHECKSUM_AT] = (uint8_t)(table[CHECKSUM_AT] + fw_acpi_checksum(table, size));
	}
	return 0;
}

/* Names as acpixtract gives: "iort.dat". */
static int dump_one(const struct sim_machine *m, const struct fw_acpi_table *t, const char *dir,
		    char **why)
{
	char name[5], *path;
	FILE *f;
	bool ok;

	for (int i = 0; i < 5; i++)
		name[i] = t->signature[i] >= 'A' ? (char)(t->signature[i] | 0x20) : t->signature[i];
	if (asprintf(&path, "%s/%s.dat", dir, name) < 0)
		return -ENOMEM;
	f = fopen(path, "wbe");
	ok = f && fwrite(mdl_ram_ptr(m->ram, m->rsdp + t->offset, t->len), t->len, 1, f) == 1;
	if (f)
		ok = fclose(f) == 0 && ok;
	if (!ok && asprintf(why, "cannot write %s: %s", path, strerror(errno)) < 0)
		*why = NULL;
	free(path);
	return ok ? 0 : -EIO;
}

int sim_machine_acpi_dump(struct sim_machine *m, const char *dir, char **why)
{
	int ret = 0;

	if (!m->rsdp) {
		*why = strdup("there are no ACPI tables to dump: the machine's firmware is a "
			      "devicetree; say machine { firmware = \"acpi\" }");
		return -EINVAL;
	}
	for (size_t i = 0; !ret && i < m->acpi.n_tables; i++)
		ret = dump_one(m, &m->acpi.tables[i], dir, why);
	return ret;
}
