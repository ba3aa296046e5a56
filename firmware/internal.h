/* SPDX-License-Identifier: MIT */
/* What the files of the firmware library share. */
#ifndef FIRMWARE_INTERNAL_H
#define FIRMWARE_INTERNAL_H

#include "firmware/acpi.h"
#include "firmware/bytes.h"

enum { HEADER_LEN = 36 };

/* The header that all tables begin with (5.2.6); length and checksum come with the end. */
void fw_table_begin(struct fw_bytes *b, const char *signature, uint8_t revision);
void fw_table_end(struct fw_bytes *b);

/* fixed.c; addresses are physical */
void fw_rsdp(struct fw_bytes *b, uint64_t xsdt);
void fw_xsdt(struct fw_bytes *b, const uint64_t *tables, size_t n);
void fw_fadt(struct fw_bytes *b, uint64_t dsdt);
void fw_madt(struct fw_bytes *b, const struct fw_acpi_machine *m);
void fw_mcfg(struct fw_bytes *b, const struct fw_acpi_machine *m);

void fw_iort(struct fw_bytes *b, const struct fw_acpi_machine *m);
void fw_dsdt(struct fw_bytes *b, const struct fw_acpi_machine *m);

#endif
