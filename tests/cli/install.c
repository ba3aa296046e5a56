/* SPDX-License-Identifier: MIT */
/* The installed libraries, used by a small program outside the tree. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"

/* Uses two libraries, one of which needs others of the system. */
static const char program[] = "#include <smmu/smmu.h>\n"
			      "#include <traces/trace.h>\n"
			      "#include <stdio.h>\n"
			      "int main(void)\n"
			      "{\n"
			      "	struct trc_identity identity = { 0 };\n"
			      "	struct trc_writer *writer;\n"
			      "	char hex[TRC_DIGEST_HEX];\n"
			      "	if (trc_writer_open(&writer, NULL, &identity, NULL) < 0)\n"
			      "		return 1;\n"
			      "	trc_writer_digest(writer, hex);\n"
			      "	trc_writer_close(writer, NULL);\n"
			      "	printf(\"%s %.8s\\n\", smmu_event_name(0x10), hex);\n"
			      "	return 0;\n"
			      "}\n";

/* F_TRANSLATION is event 0x10 (IHI 0070, 7.3); e3b0c442 begins the SHA-256 of nothing. */
static const char answer[] = "F_TRANSLATION e3b0c442\n";

static const char project[] = "cmake_minimum_required(VERSION 3.25)\n"
			      "project(outside C)\n"
			      "find_package(Faultline 0.1 REQUIRED)\n"
			      "add_executable(outside outside.c)\n"
			      "target_link_libraries(outside Faultline::smmu Faultline::traces)\n";

static void install(void)
{
	struct outcome outcome =
		run_shell("'%s' --install '%s' --prefix '%s/usr'", CMAKE, BUILD_DIR, test_dir());

	expect_status(&outcome, 0);
	outcome_free(&outcome);
	test_write("outside.c", program, false);
}

static void expect_answer(const char *path)
{
	struct outcome outcome = run_shell("'%s'", path);

	expect_status(&outcome, 0);
	ck_assert_str_eq(outcome.out, answer);
	outcome_free(&outcome);
}

START_TEST(found_by_cmake)
{
	struct outcome outcome;

	install();
	test_write("CMakeLists.txt", project, false);
	outcome = run_shell("cd '%s' && '%s' -S . -B b -DCMAKE_PREFIX_PATH=$PWD/usr "
			    "-DCMAKE_EXE_LINKER_FLAGS='%s' && '%s' --build b",
			    test_dir(), CMAKE, LINK_FLAGS, CMAKE);
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	expect_answer(test_file("b/outside"));
	test_clean();
}
END_TEST

START_TEST(found_by_pkg_config)
{
	struct outcome outcome;

	install();
	outcome = run_shell("cd '%s' && export PKG_CONFIG_PATH=$(dirname $(find usr -name "
			    "faultline.pc)) && cc %s $(pkg-config --cflags faultline) outside.c "
			    "-o outside $(pkg-config --libs faultline)",
			    test_dir(), LINK_FLAGS);
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	expect_answer(test_file("outside"));
	test_clean();
}
END_TEST

/* The example of the SEV firmware needs nothing but what is installed. */
START_TEST(firmware_example_builds_outside)
{
	struct outcome outcome;

	install();
	outcome = run_shell("cd '%s' && export PKG_CONFIG_PATH=$(dirname $(find usr -name "
			    "faultline.pc)) && cc %s $(pkg-config --cflags faultline) "
			    "'%s/psp/examples/launch.c' -o launch $(pkg-config --libs faultline) "
			    "&& ./launch",
			    test_dir(), LINK_FLAGS, SOURCE_DIR);
	expect_status(&outcome, 0);
	ck_assert_ptr_nonnull(strstr(outcome.out, "the guest reads \"Hello, guest!\""));
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(program_and_data_are_installed)
{
	static const char *const files[] = {
		"bin/faultline",
		"share/man/man1/faultline-run.1",
		"share/bash-completion/completions/faultline",
		"share/faultline/scenarios/nested.lua",
		"share/faultline/machines/virt-pcie.dtb",
		"share/faultline/kernel-under-test/runtime/host_ops.h",
		"share/faultline/kernel-under-test/series/6.12-smmuv3-nested",
		"include/faultline/smmu/smmu.h",
		"include/faultline/psp/psp.h",
		"include/faultline/traces/trace.h",
		"include/faultline/sim/evk.h",
	};
	struct outcome outcome;

	install();
	for (size_t i = 0; i < sizeof(files) / sizeof(*files); i++) {
		outcome = run_shell("test -e '%s/usr/%s'", test_dir(), files[i]);
		ck_assert_msg(outcome.status == 0, "%s is not installed", files[i]);
		outcome_free(&outcome);
	}
	outcome = run_shell("'%s/usr/bin/faultline' version", test_dir());
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(found_by_cmake);
	SUITE_CASE(found_by_pkg_config);
	SUITE_CASE(firmware_example_builds_outside);
	SUITE_CASE(program_and_data_are_installed);
}
