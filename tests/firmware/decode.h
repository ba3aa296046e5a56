/* SPDX-License-Identifier: MIT */
/*
 * A reader of ACPI tables, written against the specifications and knowing nothing
 * of the library under test but where the blob is: it starts at the RSDP and follows
 * physical addresses.
 */
#ifndef TESTS_FIRMWARE_DECODE_H
#define TESTS_FIRMWARE_DECODE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "firmware/acpi.h"

#define BASE UINT64_C(0x40000000)

struct table {
	const uint8_t *data;
	size_t len;
};

/* Little endian, `size` bytes. */
uint64_t get(const uint8_t *at, unsigned int size);
uint8_t sum(const uint8_t *data, size_t len);
/* By way of RSDP and XSDT, "DSDT" of the FADT; fails the test if it is not there. */
struct table find_table(const struct fw_acpi *acpi, const char *signature);
bool has_table(const struct fw_acpi *acpi, const char *signature);

/* An SMMU, an ITS, a host and two devices; see decode.c for the numbers. */
void example(struct fw_acpi_machine *m);

#endif
