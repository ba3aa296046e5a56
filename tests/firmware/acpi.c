// SPDX-License-Identifier: MIT
/* Tables of fixed layout, by offsets of ACPI 6.4 chapter 5.2. */
#include <string.h>

#include "tests/firmware/decode.h"
#include "tests/suite.h"

START_TEST(root_pointer_leads_to_all_tables)
{
	static const char *const names[] = {"XSDT", "FACP", "APIC", "MCFG", "IORT", "DSDT"};
	struct fw_acpi_machine m;
	struct fw_acpi acpi;

	example(&m);
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	ck_assert_mem_eq(acpi.blob, "RSD PTR ", 8);
	ck_assert_uint_eq(acpi.blob[15], 2);
	ck_assert_uint_eq(get(acpi.blob + 20, 4), 36);
	ck_assert_uint_eq(sum(acpi.blob, 20), 0);
	ck_assert_uint_eq(sum(acpi.blob, 36), 0);
	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		struct table t = find_table(&acpi, names[i]);
		const struct fw_acpi_table *listed = fw_acpi_table(&acpi, names[i]);

		ck_assert_uint_eq(sum(t.data, t.len), 0);
		ck_assert_ptr_nonnull(listed);
		ck_assert_ptr_eq(acpi.blob + listed->offset, t.data);
		ck_assert_uint_eq(listed->len, t.len);
	}
	ck_assert_ptr_null(fw_acpi_table(&acpi, "SSDT"));
	fw_acpi_free(&acpi);
}
END_TEST

START_TEST(fadt_is_of_an_arm_server)
{
	struct fw_acpi_machine m;
	struct fw_acpi acpi;
	struct table t;

	example(&m);
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "FACP");
	ck_assert_uint_eq(t.len, 276);
	ck_assert_uint_eq(t.data[8], 6);
	ck_assert_uint_eq(t.data[131] & 0xf, 4);
	ck_assert_uint_eq(get(t.data + 40, 4), 0);	      /* DSDT: X_DSDT is used */
	ck_assert_uint_eq(get(t.data + 112, 4) >> 20 & 1, 1); /* HW_REDUCED_ACPI */
	ck_assert_uint_eq(get(t.data + 129, 2), 1);	      /* PSCI, by SMC */
	for (size_t i = 46; i < 112; i++)		      /* SCI_INT to IAPC_BOOT_ARCH */
		ck_assert_uint_eq(t.data[i], 0);
	fw_acpi_free(&acpi);
}
END_TEST

/* 5.2.12: structures from 44 on, type and length first. */
START_TEST(madt_names_cpus_controller_and_its)
{
	unsigned int cpus = 0, controllers = 0, frames = 0;
	struct fw_acpi_machine m;
	struct fw_acpi acpi;
	struct table t;
	size_t i;

	example(&m);
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "APIC");
	for (i = 44; i < t.len; i += t.data[i + 1]) {
		const uint8_t *s = t.data + i;

		switch (s[0]) {
		case 0xb:
			ck_assert_uint_eq(s[1], 80);
			ck_assert_uint_eq(get(s + 8, 4), cpus);	   /* UID */
			ck_assert_uint_eq(get(s + 12, 4) & 1, 1);  /* enabled */
			ck_assert_uint_eq(get(s + 68, 8), cpus++); /* MPIDR */
			break;
		case 0xc:
			ck_assert_uint_eq(s[1], 24);
			ck_assert_uint_eq(get(s + 8, 8), 0x8000000);
			ck_assert_uint_eq(s[20], 3);
			controllers++;
			break;
		case 0xf:
			ck_assert_uint_eq(s[1], 20);
			ck_assert_uint_eq(get(s + 8, 8), 0x8020000);
			frames++;
			break;
		default:
			ck_abort_msg("structure of type %u", s[0]);
		}
	}
	ck_assert_uint_eq(i, t.len);
	ck_assert_uint_eq(cpus, 3);
	ck_assert_uint_eq(controllers, 1);
	ck_assert_uint_eq(frames, 1);
	fw_acpi_free(&acpi);
}
END_TEST

START_TEST(mcfg_gives_the_ecam_of_bus_0)
{
	struct fw_acpi_machine m;
	struct fw_acpi acpi;
	struct table t;

	example(&m);
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "MCFG");
	ck_assert_uint_eq(t.len, 36 + 8 + 16);
	ck_assert_uint_eq(get(t.data + 44, 8), 0x4000000000);
	ck_assert_uint_eq(get(t.data + 52, 2), 0);
	ck_assert_uint_eq(t.data[54], 0);
	ck_assert_uint_eq(t.data[55], 1);
	fw_acpi_free(&acpi);
}
END_TEST

START_TEST(a_machine_without_pci_has_no_mcfg)
{
	struct fw_acpi_machine m;
	struct fw_acpi acpi;

	example(&m);
	m.has_host = m.has_its = false;
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	ck_assert(!has_table(&acpi, "MCFG"));
	ck_assert(has_table(&acpi, "IORT"));
	fw_acpi_free(&acpi);
}
END_TEST

START_TEST(equal_machines_have_equal_tables)
{
	struct fw_acpi_machine m;
	struct fw_acpi a, b;

	example(&m);
	ck_assert_int_eq(fw_acpi_build(&a, &m, BASE), 0);
	ck_assert_int_eq(fw_acpi_build(&b, &m, BASE), 0);
	ck_assert_uint_eq(a.size, b.size);
	ck_assert_mem_eq(a.blob, b.blob, a.size);
	fw_acpi_free(&a);
	fw_acpi_free(&b);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(root_pointer_leads_to_all_tables);
	SUITE_CASE(fadt_is_of_an_arm_server);
	SUITE_CASE(madt_names_cpus_controller_and_its);
	SUITE_CASE(mcfg_gives_the_ecam_of_bus_0);
	SUITE_CASE(a_machine_without_pci_has_no_mcfg);
	SUITE_CASE(equal_machines_have_equal_tables);
}
