// SPDX-License-Identifier: MIT
/*
 * A reader that others wrote: iasl takes a table apart, and what it puts together again from
 * its own text has the same bytes. IORT is left out: Debian 12's iasl knows an older revision.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"
#include "tests/firmware/decode.h"

static bool no_iasl(void)
{
	struct outcome outcome = run_shell("command -v iasl");
	bool none = outcome.status != 0;

	outcome_free(&outcome);
	if (none) {
		printf("# no iasl # SKIP there is no iasl: the package acpica-tools has it\n");
		fflush(stdout);
	}
	return none;
}

static void save(struct table t)
{
	FILE *file = fopen(test_file("t.dat"), "w");

	ck_assert_ptr_nonnull(file);
	ck_assert_uint_eq(fwrite(t.data, 1, t.len, file), t.len);
	ck_assert_int_eq(fclose(file), 0);
}

/* 5.2.6: the checksum, and who made the table by which version, are iasl's own. */
static bool is_makers(size_t at)
{
	return at == 9 || (at >= 28 && at < 36);
}

static void compare(struct table t, const char *signature)
{
	uint8_t *made = calloc(1, t.len + 1);
	FILE *file = fopen(test_file("t.aml"), "r");

	ck_assert_ptr_nonnull(made);
	ck_assert_ptr_nonnull(file);
	ck_assert_msg(fread(made, 1, t.len + 1, file) == t.len, "%s: another length", signature);
	fclose(file);
	for (size_t i = 0; i < t.len; i++)
		ck_assert_msg(made[i] == t.data[i] || is_makers(i),
			      "%s: byte %zu is 0x%x, and iasl makes 0x%x of it", signature, i,
			      t.data[i], made[i]);
	free(made);
}

/* -oa: the bytes of the text, not shorter ones that mean the same. */
static void there_and_back(struct table t, const char *signature)
{
	struct outcome outcome;

	save(t);
	outcome = run_shell("cd %s && iasl -d t.dat && iasl -oa t.dsl", test_dir());
	ck_assert_msg(outcome.status == 0 && strstr(outcome.out, " 0 Errors, 0 Warnings"),
		      "%s: %s%s", signature, outcome.out, outcome.err);
	outcome_free(&outcome);
	compare(t, signature);
}

static void all_tables(const struct fw_acpi_machine *m)
{
	static const char *const names[] = {"XSDT", "FACP", "APIC", "MCFG", "DSDT"};
	struct fw_acpi acpi;

	ck_assert_int_eq(fw_acpi_build(&acpi, m, BASE), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (has_table(&acpi, names[i]))
			there_and_back(find_table(&acpi, names[i]), names[i]);
	fw_acpi_free(&acpi);
}

START_TEST(iasl_reads_the_tables_and_makes_the_same_of_its_text)
{
	struct fw_acpi_machine m;

	if (no_iasl())
		return;
	example(&m);
	all_tables(&m);
	test_clean();
}
END_TEST

/* Lengths of packages and names need more bytes, and some parts are not there. */
START_TEST(iasl_reads_a_large_machine_and_a_bare_one)
{
	static struct fw_acpi_device devices[32];
	struct fw_acpi_machine m;

	if (no_iasl())
		return;
	example(&m);
	for (unsigned int i = 0; i < 32; i++) {
		devices[i] = m.devices[i % 2];
		snprintf(devices[i].name, sizeof(devices[i].name), "X%03u", i);
		devices[i].uid = i;
		devices[i].base += UINT64_C(0x100000000) * i;
	}
	m.cpus = 8;
	m.devices = devices;
	m.n_devices = 32;
	all_tables(&m);
	all_tables(&(struct fw_acpi_machine){.cpus = 1, .intc = 0x8000000});
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(iasl_reads_the_tables_and_makes_the_same_of_its_text);
	SUITE_CASE(iasl_reads_a_large_machine_and_a_bare_one);
}
