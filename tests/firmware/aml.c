// SPDX-License-Identifier: MIT
/* AML against ACPI 6.4: package lengths, and a DSDT read back (golden bytes by hand). */
#include <stdlib.h>
#include <string.h>

#include "firmware/aml.h"
#include "firmware/internal.h"
#include "tests/suite.h"

/* 20.2.4: the top two bits are the number of bytes that follow. */
static size_t pkg_length(const uint8_t *p)
{
	unsigned int more = p[0] >> 6;
	size_t len = more ? p[0] & 0xf : p[0] & 0x3f;

	for (unsigned int i = 0; i < more; i++)
		len |= (size_t)p[1 + i] << (4 + 8 * i);
	return len;
}

START_TEST(package_lengths_count_themselves)
{
	static const struct {
		size_t body;
		unsigned int bytes;
	} cases[] = {{0, 1}, {62, 1}, {63, 2}, {4093, 2}, {4094, 3}, {1048572, 3}, {1048573, 4}};

	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct fw_bytes b = {0};
		size_t at = aml_if(&b);

		fw_put_zeroes(&b, cases[i].body);
		aml_end(&b, at);
		ck_assert(!b.failed);
		ck_assert_uint_eq(b.len, 1 + cases[i].bytes + cases[i].body);
		ck_assert_uint_eq(b.data[1] >> 6, cases[i].bytes - 1);
		ck_assert_uint_eq(pkg_length(b.data + 1), cases[i].bytes + cases[i].body);
		free(b.data);
	}
}
END_TEST

START_TEST(integers_take_the_shortest_form)
{
	/* Zero, One, BytePrefix, WordPrefix, DWordPrefix, QWordPrefix */
	static const uint8_t golden[] = {0x00, 0x01, 0x0a, 0x02, 0x0a, 0xff, 0x0b, 0x00,
					 0x01, 0x0c, 0x00, 0x00, 0x01, 0x00, 0x0e, 0x00,
					 0x00, 0x00, 0x00, 0x01, 0x00, 0x00, 0x00};
	struct fw_bytes b = {0};

	aml_integer(&b, 0);
	aml_integer(&b, 1);
	aml_integer(&b, 2);
	aml_integer(&b, 0xff);
	aml_integer(&b, 0x100);
	aml_integer(&b, 0x10000);
	aml_integer(&b, 0x100000000);
	ck_assert_uint_eq(b.len, sizeof(golden));
	ck_assert_mem_eq(b.data, golden, sizeof(golden));
	free(b.data);
}
END_TEST

START_TEST(eisa_ids_are_compressed)
{
	static const uint8_t golden[] = {0x0c, 0x41, 0xd0, 0x0a, 0x08};
	struct fw_bytes b = {0};

	aml_eisaid(&b, "PNP0A08");
	ck_assert_mem_eq(b.data, golden, sizeof(golden));
	free(b.data);
}
END_TEST

/* 6.4.3.6, 6.4.3.5.1: an edge, active high, exclusive; a window of memory. */
START_TEST(resources_are_as_the_descriptors_say)
{
	static const uint8_t interrupt[] = {0x89, 6, 0, 0x03, 1, 0x70, 0, 0, 0};
	static const uint8_t window[] = {
		0x8a, 0x2b, 0,	  0,	0x0c, 0x07, 0, 0, 0, 0, 0, 0, 0, 0, /* granularity */
		0,    0,    0,	  0,	0x40, 0,    0, 0,		    /* first: PCI's */
		0xff, 0xff, 0xff, 0x3f, 0x40, 0,    0, 0,		    /* last */
		0,    0,    0,	  0,	0x40, 0,    0, 0,		    /* CPU's - PCI's */
		0,    0,    0,	  0x40, 0,    0,    0, 0};
	struct fw_bytes b = {0};

	aml_interrupt(&b, 112, true);
	ck_assert_uint_eq(b.len, sizeof(interrupt));
	ck_assert_mem_eq(b.data, interrupt, sizeof(interrupt));
	b.len = 0;
	aml_qword_space(&b, AML_PREFETCHABLE, false, 0x4000000000, 0x40000000, 0x4000000000);
	ck_assert_uint_eq(b.len, sizeof(window));
	ck_assert_mem_eq(b.data, window, sizeof(window));
	free(b.data);
}
END_TEST

/* Scope (\_SB) { Device ... } fills the table, and has each name once. */
START_TEST(dsdt_has_a_device_for_each)
{
	static const struct fw_acpi_device devices[] = {
		{.name = "AAAA", .hid = "TEST0001", .base = 0x1000, .size = 0x1000},
		{.name = "BBBB", .hid = "TEST0001", .base = 0x2000, .size = 0x1000},
	};
	const struct fw_acpi_machine m = {.cpus = 2, .devices = devices, .n_devices = 2};
	static const char *const names[] = {"CP00", "CP01", "AAAA", "BBBB"};
	struct fw_bytes b = {0};
	const uint8_t *at, *end;

	fw_dsdt(&b, &m);
	ck_assert_uint_eq(b.data[36], 0x10);
	ck_assert_uint_eq(37 + pkg_length(b.data + 37), b.len);
	end = b.data + b.len;
	at = b.data + 37 + 1 + (b.data[37] >> 6);
	ck_assert_mem_eq(at, "\\_SB_", 5);
	at += 5;
	for (size_t i = 0; i < 4; i++) {
		ck_assert_uint_eq(at[0], 0x5b);
		ck_assert_uint_eq(at[1], 0x82);
		ck_assert_mem_eq(at + 3 + (at[2] >> 6), names[i], 4);
		at += 2 + pkg_length(at + 2);
	}
	ck_assert_ptr_eq(at, end);
	free(b.data);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(package_lengths_count_themselves);
	SUITE_CASE(integers_take_the_shortest_form);
	SUITE_CASE(eisa_ids_are_compressed);
	SUITE_CASE(resources_are_as_the_descriptors_say);
	SUITE_CASE(dsdt_has_a_device_for_each);
}
