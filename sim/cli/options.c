/* SPDX-License-Identifier: MIT */
#include "kernel-under-test/kbuild/command.h"
#include "sim/cli/cli.h"

const struct cli_option cli_common_options[] = {
	{"help", 'h', NULL, "print this help and exit"},
	{0},
};

static const struct cli_option none[] = {{0}};

static const struct cli_option run_options[] = {
	{"seed", 's', "N", "seed of every random decision; 0, the default, is first-come order"},
	{"kernel", 'k', "NAME", "run on this kernel instead of the scenario's own"},
	{"trace", 't', "FILE", "record the run"},
	{"acpi-dump", 0, "DIR", "write the machine's ACPI tables to DIR before the kernel boots"},
	{"filter", 'f', "GLOB", "only the cases whose name matches"},
	{"fault", 0, "LIST",
	 "fault points that happen, with commas: NAME[:FIRST[:COUNT]][@FUNCTION], as mem.alloc:12"},
	{"timeout", 0, "S", "fail after S seconds of real time (default 300, 0: never)"},
	{"json", 'j', NULL, "print one JSON object instead of KTAP"},
	{"junit", 0, "FILE", "write a JUnit report as well"},
	{"quiet", 'q', NULL, "no kernel log"},
	{"verbose", 'v', NULL, "print every command, table entry and walk step, decoded"},
	{"bisect", 0, NULL, "for `git bisect run`: status 125 if the run is skipped or impossible"},
	{0},
};

static const struct cli_option replay_options[] = {
	{"timeout", 0, "S", "fail after S seconds of real time (default 300, 0: never)"},
	{"json", 'j', NULL, "print one JSON object instead of KTAP"},
	{"quiet", 'q', NULL, "no kernel log"},
	{"verbose", 'v', NULL, "print every command, table entry and walk step, decoded"},
	{0},
};

static const struct cli_option trace_show_options[] = {
	{"kind", 'k', "GLOB", "only records of these kinds"},
	{"from", 0, "T", "only records at or after T: seconds, or with a unit as in 12.5us"},
	{"to", 0, "T", "only records at or before T"},
	{0},
};

static const struct cli_option test_options[] = {
	{"filter", 'f', "GLOB", "only the tests whose full name matches"},
	{"list", 'l', NULL, "print the names and run nothing"},
	{"kernels", 'k', "LIST", "run scenarios on these of the kernels they name: 5.10,7 or all"},
	{"kunit", 0, NULL,
	 "run the kernels' own KUnit suites instead, on each kernel that has them"},
	{"long", 0, NULL, "run the long tests as well"},
	{"jobs", 'J', "N", "tests at a time (default: one for each core)"},
	{"timeout", 0, "S",
	 "a test fails after S seconds of real time (default 300, with --long 4000)"},
	{"json", 'j', NULL, "print one JSON object instead of KTAP"},
	{"junit", 0, "FILE", "write a JUnit report as well"},
	{0},
};

static const struct cli_option bench_options[] = {
	{"kernel", 'k', "NAME", "kernel to boot in kernel-boot and dma-map"},
	{"json", 'j', NULL, "print one JSON object"},
	{0},
};

static const struct cli_option help_options[] = {
	{"man", 0, "DIR", "write the man pages into DIR"},
	{"markdown", 0, NULL, "print the reference as Markdown"},
	{"bash-completion", 0, NULL, "print a completion script for bash"},
	{0},
};

static const struct cli_option boot_once_options[] = {
	{"kernel", 'k', "NAME", "kernel to boot"},
	{0},
};

static const char run_details[] =
	"Boots the scenario's kernel on the machine that the scenario describes and runs its "
	"cases. The results are KTAP version 1 on stdout, with the kernel's own log lines as "
	"comments; the plan stands at the end, since the cases are known only then. The last "
	"line is a comment with seed, digest, kernel and simulated time.\n\n"
	"The same kernel, scenario and seed give the same run: the digest, a SHA-256 over "
	"everything that happened, is equal on every machine. A run that the host's clock ended "
	"(by the time limit, or in an endless loop of the kernel) has none.\n\n"
	"The JSON object holds verdict (pass, fail or skip; of a case also xfail), seed, digest, "
	"kernel, simulated_ns, cases (name, verdict, message, simulated_ns), stats (the machine's "
	"figures: name to unit and value), idle_faults (points of --fault that have not happened) "
	"and error.";

static const char replay_details[] =
	"Runs the scenario that FILE records again, with its seed and kernel, and stops at the "
	"first difference, which is shown with both sides decoded. The scenario is looked for "
	"under the path that was given when it was recorded.";

static const char trace_show_details[] =
	"Prints the records of a trace, a line each: simulated time in seconds, kind, and the "
	"values by name. docs/trace-format.md describes the file.";

static const char test_details[] =
	"Runs every suite of the build and every scenario in scenarios/ and tests/scenarios/, "
	"each in a process of its own. A test's full name is area.suite.case, for a scenario "
	"smmu-host.FILE.CASE. The order of the results does not depend on --jobs. The last line "
	"is \"N passed, N failed, N skipped\"; with --json it goes to stderr. Cases that failed as "
	"their scenario says they do (xfail) are counted apart: \", N failed as known\".\n\n"
	"A filter that matches nothing is a usage error, so that a green run never means that "
	"nothing ran. Long tests, whose suite is called long-... or whose scenario begins with "
	"a line \"-- long\", need --long. With --list a scenario is one line, "
	"smmu-host.FILE.*, since its cases are known only when it runs.\n\n"
	"A scenario that names several kernels runs on its first one. With --kernels it runs on "
	"each of its kernels that the list has, under the name smmu-host.FILE@KERNEL.CASE if it "
	"is not the first, and scenarios that name none of the list are left out. A kernel that "
	"is not prepared is a SKIP with the reason; if FAULTLINE_REQUIRE_KERNELS, a list with "
	"commas, has it, a failure.\n\n"
	"With --kunit the tests are the KUnit suites of every kernel made for the target "
	"smmu-kunit, each kernel in a process. KUnit's own KTAP is passed on as the subtests of "
	"one result for the kernel; the summary, --json and --junit count its cases under the "
	"names kunit.SUITE.CASE on 6.12-kunit, and kunit.SUITE.CASE@NAME on a kernel NAME-kunit. "
	"If no kernel has KUnit, there is a SKIP that tells how to make one.";

static const char bench_details[] =
	"kernel-boot: from the start of a process to a probed SMMU driver, median of 21 "
	"processes (median_ms), and the largest resident set (rss_mib).\n\n"
	"dma-map: pairs of dma_map_single() and dma_unmap_single() of 4 KiB a second of one "
	"core's time (map_unmap_per_s), by a PCI device's driver with strict invalidation "
	"through the real SMMU driver, the whole model and the trace; the best of three runs.\n\n"
	"smmu: the SMMU model alone, translations a second: TLB hits (hit_per_s), stage-1 walks "
	"(s1_walk_per_s) and nested walks (nested_walk_per_s) with every cache off.\n\n"
	"evk: the event kernel: a wait of a thread that is alone (round_trip_ns), one that another "
	"thread runs in (switch_ns), notify and wake (notify_ns), a thread's start "
	"(thread_start_ns), close and open (open_close_us).\n\n"
	"psp: the SEV firmware alone: mailbox commands without cryptography a second "
	"(commands_model_per_s); MB a second of LAUNCH_UPDATE_DATA (launch_update_mb_s) and "
	"SNP_LAUNCH_UPDATE (snp_launch_update_mb_s), page by page; of an SNP guest's scattered "
	"accesses to its encrypted memory, 64 bytes (encrypted_mb_s) and a page "
	"(encrypted_page_mb_s) at a time; RMP checks a second (rmp_check_per_s).";

static const char help_details[] =
	"Without an operand: the list of commands. With one: that command's help.";

const struct cli_command cli_commands[] = {
	{"run", "run a scenario", "SCENARIO.lua", 1, 1, run_options, run_details, false, cli_run,
	 NULL},
	{"replay", "run a recorded run again and compare", "FILE", 1, 1, replay_options,
	 replay_details, false, cli_replay, NULL},
	{"trace show", "print a recorded trace", "FILE", 1, 1, trace_show_options,
	 trace_show_details, false, cli_trace_show, NULL},
	{"kernel", "build and manage kernels under test", "add|list|show|remove ...", 0, 0, none,
	 "", false, NULL, kut_kernel_main},
	{"test", "run the project's suites and scenarios", "", 0, 0, test_options, test_details,
	 false, cli_test, NULL},
	{"bench", "measure", "kernel-boot|dma-map|smmu|evk|psp", 1, 1, bench_options, bench_details,
	 false, cli_bench, NULL},
	{"kunit-once", "run a kernel's KUnit suites", "KERNEL", 1, 1, none, "", true,
	 cli_kunit_once, NULL},
	{"bench-boot-once", "boot a kernel and exit", "", 0, 0, boot_once_options, "", true,
	 cli_bench_boot_once, NULL},
	{"help", "print help", "[COMMAND]", 0, 2, help_options, help_details, false, cli_help,
	 NULL},
	{"version", "print the version", "", 0, 0, none, "", false, cli_version, NULL},
	{0},
};
