// SPDX-License-Identifier: MIT
/* Machines that ACPI has no words for, tables that are not there, kernels without ACPI. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/scenario/common.h"

#define CHECK(endings) check_endings(endings, sizeof(endings) / sizeof((endings)[0]))
#define ACPI	       "local m = machine { firmware = 'acpi' } "

START_TEST(firmware_is_one_of_two)
{
	static const struct ending endings[] = {
		{"machine { firmware = 'bios' }", 2,
		 "s.lua:1: machine: firmware is \"devicetree\" or \"acpi\", not bios"},
		{"machine { firmware = true }", 2, "or \"acpi\", not true"},
		{"machine {}:acpi_table 'IORT'", 1,
		 "s.lua:1: no IORT: the machine's firmware is a devicetree; say machine { "
		 "firmware = \"acpi\" }"},
		{"machine {}:acpi_write('IORT', 0, 'x')", 1, "s.lua:1: no IORT: the machine's"},
	};

	CHECK(endings);
}
END_TEST

START_TEST(tables_have_names_and_ends)
{
	static const struct ending endings[] = {
		{ACPI "m:acpi_table 'SSDT'", 1,
		 "s.lua:1: the machine has no ACPI table SSDT (RSDP XSDT FACP APIC MCFG IORT "
		 "DSDT)"},
		{ACPI "m:acpi_table ''", 1, "s.lua:1: the machine has no ACPI table  ("},
		{ACPI "m:acpi_table()", 2, "s.lua:1: "},
		{ACPI "m:acpi_write('RSDP', 36, 'x')", 2,
		 "s.lua:1: ACPI table RSDP has 36 bytes: 1 at offset 36 are not in it"},
		{ACPI "m:acpi_write('RSDP', 35, 'xy')", 2, "2 at offset 35 are not in it"},
		{ACPI "m:acpi_write('RSDP', -1, 'x')", 2, "s.lua:1: "},
		{ACPI "m:acpi_write('RSDP', 0, 'x', { checksum = 'none' })", 2,
		 "s.lua:1: acpi_write: checksum may be \"keep\""},
		{ACPI "m:acpi_write('RSDP', 0, 'x', { sum = 1 })", 2,
		 "unknown option \"sum\" (known: checksum)"},
	};

	CHECK(endings);
}
END_TEST

/* 5.2.5.3, 5.2.6: what a scenario writes has a right checksum, unless it asks for another. */
START_TEST(checksums_follow_what_is_written)
{
	static const char sum[] =
		"local function sum(t) local s = 0 for i = 1, #t do s = s + t:byte(i) end "
		"return s & 255 end " ACPI "case('a', function()\n"
		"  m:acpi_write('IORT', 24, 'abcd')\n"
		"  m:acpi_write('RSDP', 9, 'abcdef')\n"
		"  expect.equal(m:acpi_table('IORT'):sub(25, 28), 'abcd')\n"
		"  expect.equal(sum(m:acpi_table 'IORT'), 0)\n"
		"  expect.equal(sum(m:acpi_table 'RSDP'), 0)\n"
		"  expect.equal(sum(m:acpi_table('RSDP'):sub(1, 20)), 0)\n"
		"  m:acpi_write('IORT', 24, 'e', { checksum = 'keep' })\n"
		"  expect.equal(sum(m:acpi_table 'IORT'), 4)\n"
		"end)";
	static const struct ending endings[] = {{sum, 0, "ok 1 a"}};

	CHECK(endings);
}
END_TEST

/* virt-pcie with a change, in the words of the devicetree. */
static struct outcome run_changed(const char *change)
{
	struct outcome outcome;
	char *text;

	ck_assert_int_gt(
		asprintf(&text, "/include/ \"" SOURCE_DIR "/scenarios/machines/virt-pcie.dts\"\n%s",
			 change),
		0);
	test_write("m.dts", text, false);
	free(text);
	outcome = run_lua("machine { dts = './m.dts', firmware = 'acpi' }", "");
	return outcome;
}

#define SMMU "&{/soc/iommu@9050000}"
#define DMA0 "&{/soc/dma@a000000}"
#define PCIE "&{/soc/pcie@4000000000}"

START_TEST(machines_that_acpi_cannot_describe)
{
	static const struct {
		const char *change, *message;
	} bad[] = {
		{SMMU "{ interrupts = <0 74 4>, <0 75 1>, <0 77 1>; };",
		 "node /soc/iommu@9050000: ACPI: eventq is a level, and IORT's interrupts are "
		 "edges"},
		{SMMU "{ interrupts = <1 10 1>, <0 75 1>, <0 77 1>; };",
		 "node /soc/iommu@9050000: ACPI: interrupts must be shared ones (first cell 0)"},
		{DMA0 "{ interrupts = <0 80 8>; };",
		 "node /soc/dma@a000000: ACPI: interrupts must be shared ones (first cell 0), "
		 "rising edges (1) or high levels (4)"},
		{DMA0 "{ pasid-num-bits = <21>; };",
		 "node /soc/dma@a000000: ACPI: pasid-num-bits is 21, at most 20"},
		{DMA0 "{ iommus = <&smmu 1>, <&smmu 2>, <&smmu 3>, <&smmu 4>, <&smmu 5>, "
		      "<&smmu 6>, <&smmu 7>, <&smmu 8>, <&smmu 9>; };",
		 "node /soc/dma@a000000: ACPI: at most 8 StreamIDs for a device"},
		{PCIE "{ linux,pci-domain = <1>; };",
		 "node /soc/pcie@4000000000: ACPI: the PCI domain must be 0"},
		{PCIE "{ msi-map = <0 &msi 0 0x100>; };",
		 "node /soc/pcie@4000000000: ACPI: msi-map and iommu-map-mask are not translated "
		 "to IORT"},
		{"/ { reserved-memory { #address-cells = <2>; #size-cells = <2>; ranges; "
		 "r@41000000 { reg = <0 0x41000000 0 0x1000>; }; }; };",
		 "node /reserved-memory: ACPI: reserved memory is not described in IORT (RMR "
		 "nodes)"},
	};

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct outcome outcome = run_changed(bad[i].change);

		ck_assert_msg(outcome.status == 2 && strstr(outcome.err, bad[i].message) &&
				      strstr(outcome.err, "s.lua:1: "),
			      "%s: status %d, no '%s' in %s", bad[i].change, outcome.status,
			      bad[i].message, outcome.err);
		outcome_free(&outcome);
	}
	test_clean();
}
END_TEST

START_TEST(kernel_without_acpi_is_refused)
{
	static const struct ending endings[] = {
		{"machine { firmware = 'acpi' }\nkernel { '6.12' }", 2,
		 "s.lua:2: the machine's firmware is ACPI, and this object set was built without "
		 "it: make a set of the target smmu-acpi (faultline kernel add "},
	};

	if (!no_kernel("6.12"))
		CHECK(endings);
}
END_TEST

/* A kernel that has no firmware that it can use says why, in its own words, and dies. */
START_TEST(tables_that_no_arm_server_has_are_refused_by_the_kernel)
{
	static const struct ending endings[] = {
		{ACPI "m:acpi_write('FACP', 112, string.pack('<I4', 1))\nkernel { '6.12-acpi' }", 1,
		 "ACPI tables cannot be used: the FADT does not say that the hardware is reduced"},
		{ACPI "m:acpi_write('FACP', 8, '\\4')\nkernel { '6.12-acpi' }", 1,
		 "ACPI tables cannot be used: the FADT is older than ACPI 5.1"},
		{ACPI "m:acpi_write('XSDT', 36, string.pack('<I8', 0))\nkernel { '6.12-acpi' }", 1,
		 "ACPI tables cannot be used: there is no FADT"},
	};

	if (!no_kernel("6.12-acpi"))
		CHECK(endings);
}
END_TEST

START_TEST(tables_are_written_to_a_folder)
{
	static const char *const names[] = {"rsdp", "xsdt", "facp", "apic", "mcfg", "iort", "dsdt"};
	static const char lua[] = ACPI "kernel { '6.12-acpi' } case('a', function() end)";
	struct outcome outcome;

	if (no_kernel("6.12-acpi"))
		return;
	outcome = run_lua(lua, "--acpi-dump .");
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		outcome = run_shell("test -s %s/%s.dat", test_dir(), names[i]);
		expect_status(&outcome, 0);
		outcome_free(&outcome);
	}
	outcome = run_lua(lua, "--acpi-dump ./nix");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "s.lua:1: cannot write ./nix/rsdp.dat: No such file or directory");
	outcome_free(&outcome);
	outcome = run_lua("machine {} kernel { '6.12-acpi' }", "--acpi-dump .");
	expect_status(&outcome, 2);
	expect_in(outcome.err, "there are no ACPI tables to dump");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(firmware_is_one_of_two);
	SUITE_CASE(tables_have_names_and_ends);
	SUITE_CASE(checksums_follow_what_is_written);
	SUITE_CASE(machines_that_acpi_cannot_describe);
	SUITE_CASE(kernel_without_acpi_is_refused);
	SUITE_CASE(tables_that_no_arm_server_has_are_refused_by_the_kernel);
	SUITE_CASE(tables_are_written_to_a_folder);
}
