/* SPDX-License-Identifier: MIT */
/* What the loader makes of a kernel object's special sections; see fragments/tables.S. */
#include "tests/loader/support.h"

/* Order and names of the levels: INIT_CALLS of the kernel's linker script. */
START_TEST(initcalls_come_in_kernel_order)
{
	static const struct {
		const char *level, *name;
	} expected[] = {
		{"early", "earliest"},
		{"0", "pure"},
		{"1s", "core_sync"},
		{"5s", "fs_sync"},
		{"rootfs", "mount_root"},
		{"6", "device_first"},
		{"6", "device_second"},
		{"6", "device_third"},
		{"7", "late"},
		{"7s", "last"},
	};
	struct kut_image *image = image_of(FRAGMENT("tables"), FRAGMENT("tables2"), NULL);
	const struct kut_initcall *calls;

	ck_assert_uint_eq(kut_image_initcalls(image, &calls), 10);
	for (unsigned int i = 0; i < 10; i++) {
		ck_assert_str_eq(calls[i].level, expected[i].level);
		ck_assert_str_eq(calls[i].name, expected[i].name);
		ck_assert_uint_eq(calls[i].fn, address(image, expected[i].name));
	}
	kut_image_free(image);
}
END_TEST

/*
 * start       +8           +16           +64           +72
 * pcpu_page | pcpu_plain | pcpu_second | pcpu_shared | room for pcpu_alloc
 */
START_TEST(percpu_data_lies_together)
{
	struct kut_image *image = image_of(FRAGMENT("tables"), FRAGMENT("tables2"), NULL);
	struct kut_percpu percpu;

	kut_image_percpu(image, &percpu);
	ck_assert_uint_eq(percpu.start % 4096, 0);
	ck_assert_uint_eq(address(image, "__per_cpu_start"), percpu.start);
	ck_assert_uint_eq(address(image, "__per_cpu_end"), percpu.start + percpu.used);
	ck_assert_uint_eq(address(image, "pcpu_page"), percpu.start);
	ck_assert_uint_eq(address(image, "pcpu_plain"), percpu.start + 8);
	ck_assert_uint_eq(address(image, "pcpu_second"), percpu.start + 16);
	ck_assert_uint_eq(address(image, "pcpu_shared"), percpu.start + 64);
	ck_assert_uint_eq(percpu.used, 72);
	ck_assert_uint_eq(percpu.size % 4096, 0);
	ck_assert(percpu.size >= percpu.used + KUT_PERCPU_ROOM);
	ck_assert_uint_eq(read64(address(image, "pcpu_plain")), 3);
	/* The room is there and is zero. */
	ck_assert_uint_eq(read64(percpu.start + percpu.size - 8), 0);
	kut_image_free(image);
}
END_TEST

/* mov %gs:pcpu_plain, %rax is 65 48 8b 04 25 and the template's address. */
START_TEST(percpu_symbols_are_template_addresses)
{
	struct kut_image *image = image_of(FRAGMENT("tables"), NULL);

	ck_assert_uint_eq(read32(address(image, "use_percpu") + 5), address(image, "pcpu_plain"));
	kut_image_free(image);
}
END_TEST

static uint64_t distance(const struct kut_image *image, const char *start, const char *end)
{
	return address(image, end) - address(image, start);
}

START_TEST(bounds_of_a_linker_script)
{
	struct kut_image *image = image_of(FRAGMENT("tables"), FRAGMENT("tables2"), NULL);

	ck_assert_uint_eq(address(image, "__start_pci_fixups_header"),
			  address(image, "fixup_header"));
	ck_assert_uint_eq(distance(image, "__start_pci_fixups_header", "__end_pci_fixups_header"),
			  64);
	ck_assert_uint_eq(address(image, "__start_kut_ops"), address(image, "kut_op"));
	ck_assert_uint_eq(distance(image, "__start_kut_ops", "__stop_kut_ops"), 32);
	ck_assert_uint_eq(address(image, "__lock_text_start"), address(image, "lock_function"));
	ck_assert_uint_eq(distance(image, "__lock_text_start", "__lock_text_end"), 1);
	ck_assert(address(image, "__start_rodata") <= address(image, "my_entry"));
	ck_assert(address(image, "__end_rodata") >= address(image, "my_entry") + 16);
	kut_image_free(image);
}
END_TEST

START_TEST(start_and_stop_of_a_named_section)
{
	struct kut_image *image = image_of(FRAGMENT("tables"), NULL);
	uint64_t bounds = address(image, "set_bounds");

	ck_assert_uint_eq(read64(bounds), address(image, "my_entry"));
	ck_assert_uint_eq(read64(bounds + 8), address(image, "my_entry") + 16);
	kut_image_free(image);
}
END_TEST

START_TEST(bounds_without_a_section_are_equal)
{
	static const char *const pairs[][2] = {
		{"__start_pci_fixups_early", "__end_pci_fixups_early"},
		{"__start_pci_fixups_header", "__end_pci_fixups_header"},
		{"__start_pci_fixups_final", "__end_pci_fixups_final"},
		{"__start_pci_fixups_enable", "__end_pci_fixups_enable"},
		{"__start_pci_fixups_resume", "__end_pci_fixups_resume"},
		{"__start_pci_fixups_resume_early", "__end_pci_fixups_resume_early"},
		{"__start_pci_fixups_suspend", "__end_pci_fixups_suspend"},
		{"__start_pci_fixups_suspend_late", "__end_pci_fixups_suspend_late"},
		{"__kunit_suites_start", "__kunit_suites_end"},
		{"__start_kut_ops", "__stop_kut_ops"},
	};
	struct kut_image *image = image_of(FRAGMENT("base"), NULL);

	for (unsigned int i = 0; i < sizeof(pairs) / sizeof(pairs[0]); i++)
		ck_assert_uint_eq(distance(image, pairs[i][0], pairs[i][1]), 0);
	kut_image_free(image);
}
END_TEST

/* The kernel walks 200-byte entries from the table's start up to the sentinel. */
START_TEST(a_devicetree_table_ends_at_its_sentinel)
{
	struct kut_image *image = image_of(FRAGMENT("tables"), NULL);
	uint64_t start = address(image, "__reservedmem_of_table");

	ck_assert_uint_eq(start, address(image, "first_match"));
	ck_assert_uint_eq(address(image, "sentinel") - start, 200);
	ck_assert_uint_eq(address(image, "sentinel") % 32, 0);
	kut_image_free(image);
	image = image_of(FRAGMENT("tables"), FRAGMENT("tables2"), NULL);
	start = address(image, "__reservedmem_of_table");
	ck_assert_uint_eq(address(image, "sentinel") - start, 400);
	ck_assert_uint_eq(read64(start + 200), UINT64_C(0x2222222222222222));
	kut_image_free(image);
}
END_TEST

START_TEST(bugs_are_found_by_address)
{
	struct kut_image *image = image_of(FRAGMENT("bugs12"), FRAGMENT("base"), NULL);
	struct kut_bug bug;

	ck_assert(kut_image_bug(image, address(image, "bug12_first"), &bug));
	ck_assert_str_eq(bug.file, "drivers/test.c");
	ck_assert_uint_eq(bug.line, 10);
	ck_assert_uint_eq(bug.flags, 0);
	ck_assert(kut_image_bug(image, address(image, "bug12_second"), &bug));
	ck_assert_str_eq(bug.file, "drivers/test.c");
	ck_assert_uint_eq(bug.line, 65535);
	ck_assert_uint_eq(bug.flags, 0x901);
	ck_assert(!kut_image_bug(image, address(image, "bug12_second") + 1, &bug));
	ck_assert(!kut_image_bug(image, address(image, "add_numbers"), &bug));
	kut_image_free(image);
}
END_TEST

START_TEST(bugs_without_file_and_with_format)
{
	struct kut_image *image =
		image_of(FRAGMENT("bugs8"), FRAGMENT("bugs12"), FRAGMENT("bugs16"), NULL);
	struct kut_bug bug;

	ck_assert(kut_image_bug(image, address(image, "bug8_third"), &bug));
	ck_assert_ptr_null(bug.file);
	ck_assert_uint_eq(bug.line, 0);
	ck_assert_uint_eq(bug.flags, 3);
	ck_assert(kut_image_bug(image, address(image, "bug16_second"), &bug));
	ck_assert_str_eq(bug.file, "drivers/test.c");
	ck_assert_uint_eq(bug.line, 65535);
	ck_assert_uint_eq(bug.flags, 0x901);
	ck_assert(kut_image_bug(image, address(image, "bug12_third"), &bug));
	ck_assert_uint_eq(bug.line, 30);
	kut_image_free(image);
}
END_TEST

START_TEST(faults_have_fixups)
{
	struct kut_image *image = image_of(FRAGMENT("tables"), NULL);
	uint64_t fixup;
	uint32_t type;

	ck_assert(kut_image_fixup(image, address(image, "fault_here"), &fixup, &type));
	ck_assert_uint_eq(fixup, address(image, "fault_fixup"));
	ck_assert_uint_eq(type, 0x30005);
	ck_assert(kut_image_fixup(image, address(image, "fault_fixup"), &fixup, &type));
	ck_assert_uint_eq(type, 1);
	ck_assert(!kut_image_fixup(image, address(image, "late"), &fixup, &type));
	ck_assert(kut_image_fixup(image, address(image, "fault_old"), &fixup, &type));
	ck_assert_uint_eq(fixup, address(image, "fault_fixup"));
	ck_assert_str_eq(kut_image_fixup_handler(image, address(image, "fault_old")),
			 "ex_handler_copy");
	ck_assert_ptr_null(kut_image_fixup_handler(image, address(image, "fault_here")));
	ck_assert_ptr_null(kut_image_fixup_handler(image, address(image, "late")));
	kut_image_free(image);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(initcalls_come_in_kernel_order);
	SUITE_CASE(percpu_data_lies_together);
	SUITE_CASE(percpu_symbols_are_template_addresses);
	SUITE_CASE(bounds_of_a_linker_script);
	SUITE_CASE(start_and_stop_of_a_named_section);
	SUITE_CASE(bounds_without_a_section_are_equal);
	SUITE_CASE(a_devicetree_table_ends_at_its_sentinel);
	SUITE_CASE(bugs_are_found_by_address);
	SUITE_CASE(bugs_without_file_and_with_format);
	SUITE_CASE(faults_have_fixups);
}
