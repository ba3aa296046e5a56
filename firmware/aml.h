/* SPDX-License-Identifier: MIT */
/* The few words of AML that a DSDT of ours has: ACPI 6.4 chapter 20, and 6.4 for resources. */
#ifndef FIRMWARE_AML_H
#define FIRMWARE_AML_H

#include "firmware/bytes.h"

/* A package: what stands between begin and end; 20.2.4. Returns what end wants. */
size_t aml_scope(struct fw_bytes *b, const char *path); /* "\\_SB_" */
size_t aml_device(struct fw_bytes *b, const char *name);
size_t aml_method(struct fw_bytes *b, const char *name, unsigned int args);
size_t aml_if(struct fw_bytes *b);
void aml_end(struct fw_bytes *b, size_t begin);

/* Name (NAME, ...): what follows is its value. Names have 4 characters. */
void aml_name(struct fw_bytes *b, const char *name);
void aml_integer(struct fw_bytes *b, uint64_t value);
void aml_string(struct fw_bytes *b, const char *text);
void aml_buffer(struct fw_bytes *b, const void *data, size_t len);
/* "PNP0A08" as an integer; 19.3.4. */
void aml_eisaid(struct fw_bytes *b, const char *id);

/* Operators of 20.2.5; operands follow. */
enum aml_op {
	AML_ARG0 = 0x68,
	AML_ARG3 = 0x6b,
	AML_OR = 0x7d,
	AML_CREATE_DWORD_FIELD = 0x8a,
	AML_LEQUAL = 0x93,
	AML_RETURN = 0xa4,
};

/* Resource descriptors, as bytes of a buffer; 6.4. */
/* 6.4.3.5.5: uncached, or prefetchable */
enum aml_space { AML_MEMORY = 0 << 1, AML_PREFETCHABLE = 3 << 1 };
/* A device's registers (consumer), or what a bridge hands on (not); translation: cpu - pci. */
void aml_qword_space(struct fw_bytes *res, enum aml_space space, bool consumer, uint64_t first,
		     uint64_t size, uint64_t translation);
void aml_bus_numbers(struct fw_bytes *res, uint16_t first, uint16_t last);
void aml_interrupt(struct fw_bytes *res, uint32_t gsi, bool edge);
/* Name (_CRS, ResourceTemplate) of what was gathered, which is freed. */
void aml_crs(struct fw_bytes *b, struct fw_bytes *res);

#endif
