// SPDX-License-Identifier: MIT
#include <string.h>

#include "tests/firmware/decode.h"
#include "tests/suite.h"

uint64_t get(const uint8_t *at, unsigned int size)
{
	uint64_t value = 0;

	while (size-- > 0)
		value = value << 8 | at[size];
	return value;
}

uint8_t sum(const uint8_t *data, size_t len)
{
	uint8_t total = 0;

	for (size_t i = 0; i < len; i++)
		total += data[i];
	return total;
}

static const uint8_t *at(const struct fw_acpi *acpi, uint64_t pa, size_t len)
{
	ck_assert_uint_ge(pa, BASE);
	ck_assert_uint_le(pa - BASE + len, acpi->size);
	return acpi->blob + (pa - BASE);
}

/* ACPI 6.4, 5.2.6: signature at 0, length at 4. */
static struct table table_at(const struct fw_acpi *acpi, uint64_t pa)
{
	struct table t = {at(acpi, pa, 36), 0};

	t.len = get(t.data + 4, 4);
	at(acpi, pa, t.len);
	return t;
}

/* 5.2.5.3: XsdtAddress at 24. 5.2.8: entries from 36 on. 5.2.9: X_DSDT at 140. */
static bool look(const struct fw_acpi *acpi, const char *signature, struct table *found)
{
	struct table xsdt = table_at(acpi, get(acpi->blob + 24, 8));

	if (strcmp(signature, "XSDT") == 0) {
		*found = xsdt;
		return true;
	}
	for (size_t i = 36; i + 8 <= xsdt.len; i += 8) {
		struct table t = table_at(acpi, get(xsdt.data + i, 8));

		if (memcmp(t.data, signature, 4) == 0) {
			*found = t;
			return true;
		}
		if (memcmp(t.data, "FACP", 4) == 0 && strcmp(signature, "DSDT") == 0) {
			*found = table_at(acpi, get(t.data + 140, 8));
			return memcmp(found->data, "DSDT", 4) == 0;
		}
	}
	return false;
}

struct table find_table(const struct fw_acpi *acpi, const char *signature)
{
	struct table t = {0};

	ck_assert_msg(look(acpi, signature, &t), "no table %s", signature);
	return t;
}

bool has_table(const struct fw_acpi *acpi, const char *signature)
{
	struct table t;

	return look(acpi, signature, &t);
}

void example(struct fw_acpi_machine *m)
{
	static const uint32_t sids[] = {0x10, 0x23};
	static const struct fw_acpi_device devices[] = {
		{.name = "DEV0",
		 .hid = "TEST0001",
		 .uid = 0,
		 .base = 0xa000000,
		 .size = 0x1000,
		 .gsi = 112,
		 .edge = true,
		 .coherent = true,
		 .stall = true,
		 .pasid_bits = 8,
		 .translated = true,
		 .sids = sids,
		 .n_sids = 2},
		{.name = "DEV1", .hid = "TEST0001", .uid = 1, .base = 0xb000000, .size = 0x2000},
	};
	static const struct fw_acpi_window windows[] = {
		{.cpu = 0x10000000, .pci = 0x10000000, .size = 0x10000000},
		{.cpu = 0x8000000000,
		 .pci = 0x4000000000,
		 .size = 0x40000000,
		 .prefetchable = true},
	};
	static const struct fw_acpi_map maps[] = {{.in = 0, .count = 8, .out = 0x100},
						  {.in = 0x10, .count = 0xf0, .out = 0x200}};

	*m = (struct fw_acpi_machine){
		.cpus = 3,
		.intc = 0x8000000,
		.has_its = true,
		.its = 0x8020000,
		.has_smmu = true,
		.smmu = {.base = 0x9050000,
			 .model = 2,
			 .coherent = true,
			 .msi = true,
			 .events = 106,
			 .gerror = 109,
			 .sync = 107,
			 .sid_bits = 16},
		.devices = devices,
		.n_devices = 2,
		.has_host = true,
		.host = {.first_bus = 0,
			 .last_bus = 1,
			 .ecam = 0x4000000000,
			 .windows = windows,
			 .n_windows = 2,
			 .coherent = true,
			 .ats = true,
			 .msi = true,
			 .maps = maps,
			 .n_maps = 2},
	};
}
