/* SPDX-License-Identifier: MIT */
/*
 * Each way in which kernel code goes wrong ends the run in the kernel's own
 * words, with a call trace and status 1. The scenarios are in crash/; their case
 * "crash" goes wrong, their case "later" calls the kernel once more.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"
#include "tests/kernels/set.h"

/* Far more than any of them takes; past it the status is 124. */
#define BOUND "timeout -k 5 45 "

enum after { DEAD, ALIVE };

static struct outcome run_crash(const char *options, const char *scenario)
{
	return run_shell(BOUND "'%s' run %s '%s/tests/kernels/crash/%s.lua'", FAULTLINE, options,
			 SOURCE_DIR, scenario);
}

/* Where `part` ends in `text`; a message of Check's holds only the end of a long text. */
static const char *behind(const char *text, const char *part)
{
	const char *found = strstr(text, part);
	size_t length = strlen(text);

	ck_assert_msg(found != NULL, "no '%s' (here) in: ...%s", part,
		      text + (length > 2000 ? length - 2000 : 0));
	return found + strlen(part);
}

/* The value of a string member in the JSON object of a run. */
static char *member(const char *json, const char *name)
{
	char key[32];
	const char *at;

	snprintf(key, sizeof(key), "\"%s\":", name);
	at = strstr(json, key);
	ck_assert_msg(at != NULL, "no %s in: %s", key, json);
	at = strchr(at + strlen(key), '"') + 1;
	return strndup(at, strcspn(at, "\""));
}

/* The other form of the report says the same. */
static void check_json(const char *scenario, const char *text)
{
	struct outcome outcome = run_crash("--json", scenario);
	char *verdict = member(outcome.out, "verdict"), *digest = member(outcome.out, "digest");
	bool by_clock = strstr(text, "endless loop at ") != NULL;

	expect_status(&outcome, 1);
	ck_assert_str_eq(verdict, "fail");
	ck_assert_uint_eq(strlen(digest), by_clock ? 0 : 64);
	behind(text, by_clock ? " digest none " : digest);
	free(verdict);
	free(digest);
	outcome_free(&outcome);
}

/* What led to the end is recorded whole, and comes about again. */
static void check_trace(const char *trace, const char *finding)
{
	struct outcome shown = run_cli("trace show '%s'", trace);
	struct outcome replayed = run_shell(BOUND "'%s' replay --quiet '%s'", FAULTLINE, trace);

	expect_status(&shown, 0);
	behind(shown.out, finding);
	ck_assert_int_eq(replayed.status, 1);
	ck_assert_msg(strstr(replayed.out, "differ") == NULL, "%s", strstr(replayed.out, "differ"));
	ck_assert_str_eq(replayed.err, "");
	outcome_free(&shown);
	outcome_free(&replayed);
}

/* `lines` stand in the output in this order; the first one is in the trace, too. */
static void check(const char *scenario, enum after after, const char *const *lines)
{
	char *folder = set_folder(), options[600];
	struct outcome outcome;
	const char *at;

	if (!folder)
		return;
	free(folder);
	snprintf(options, sizeof(options), "--trace '%s'", test_file("trace"));
	outcome = run_crash(options, scenario);
	ck_assert_int_eq(outcome.status, 1);
	at = outcome.out;
	for (const char *const *line = lines; *line; line++)
		at = behind(at, *line);
	at = behind(at, "\nnot ok 1 crash\n");
	if (after == ALIVE) {
		behind(at, "ok 2 later\n");
	} else {
		at = behind(at, "the kernel has died before");
		behind(at, "\nnot ok 2 later\n");
	}
	check_json(scenario, outcome.out);
	check_trace(test_file("trace"), lines[0]);
	outcome_free(&outcome);
	test_clean();
}

#define CRASH(name, scenario, after, ...)                                                          \
	START_TEST(name)                                                                           \
	{                                                                                          \
		check(scenario, after, (const char *const[]){__VA_ARGS__, NULL});                  \
	}                                                                                          \
	END_TEST

#define TRACE(function) "Call Trace:", " ? " function "+0x"

CRASH(oops, "oops", DEAD, "BUG: kernel NULL pointer dereference, address: 0000000000000000",
      "#PF: supervisor read access in kernel mode", "#PF: error_code(0x0000) - not-present page",
      "Oops: Oops: 0000 [#1]", "RIP: 0010:read_null+0x", "Comm: crash.oops", TRACE("op_oops"),
      "kernel NULL pointer dereference at read_null+0x")
CRASH(wild, "wild", DEAD, "BUG: unable to handle page fault for address: ffff888012345678",
      "error_code(0x0000)", "RIP: 0010:op_wild+0x", TRACE("run_call"))
CRASH(jump, "jump", DEAD, "BUG: unable to handle page fault for address: ffff888012345678",
      "instruction fetch", "RIP: 0010:0xffff888012345678", TRACE("op_jump"))
CRASH(warn, "warn", ALIVE, "------------[ cut here ]------------",
      "WARNING: CPU: 0 PID: ", "modules/crash.c:", " op_warn+0x", TRACE("run_call"),
      "---[ end trace", "not expected, but came:", "WARNING at modules/crash.c:")
CRASH(bug, "bug", DEAD, "kernel BUG at modules/crash.c:", "Oops: invalid opcode: 0000 [#1]",
      "RIP: 0010:op_bug+0x", TRACE("run_call"))
CRASH(panic, "panic", DEAD, "Kernel panic - not syncing: on purpose, number 7", TRACE("op_panic"),
      "---[ end Kernel panic - not syncing: on purpose, number 7 ]---")
CRASH(loop, "loop", DEAD, "watchdog: BUG: soft lockup - CPU#0 stuck for ", "RIP: 0010:op_loop+0x",
      TRACE("run_call"), "endless loop at op_loop+0x")
CRASH(spin, "spin", DEAD, "BUG: deadlock: crash.spin:", " waits for spinlock never_released",
      ", which it holds itself", TRACE("op_spin"))
CRASH(poll, "poll", DEAD,
      "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [crash.poll:", TRACE("kut_cpu_relax"),
      " ? op_poll+0x")
CRASH(stop_machine, "stop-machine", DEAD,
      "watchdog: BUG: soft lockup - CPU#1 stuck for 22s! [spin/1:", TRACE("kut_check_lockup"),
      " ? spin+0x")
CRASH(call_deaf, "call-deaf", DEAD, "watchdog: Watchdog detected hard LOCKUP on cpu 1",
      "Comm: deaf/1", TRACE("kut_check_lockup"), " ? irqs_off+0x", "NMI backtrace for cpu 0",
      "Comm: crash.call_deaf", TRACE("smp_call_function_single"), " ? op_call_deaf+0x")
CRASH(delay, "delay", DEAD,
      "watchdog: BUG: soft lockup - CPU#0 stuck for 22s! [crash.delay:", TRACE("kut_check_lockup"),
      " ? op_delay+0x")
CRASH(deadlock, "deadlock", DEAD,
      "BUG: deadlock: crash-other:", " waits for mutex mutex_a held by ",
      "crash.deadlock:", ", which waits for mutex mutex_b held by ", TRACE("mutex_lock"),
      " ? other_order+0x", TRACE("mutex_lock"), " ? op_deadlock+0x")
CRASH(hang, "hang", DEAD, "INFO: task crash.hang:", " blocked for more than 120 seconds.",
      "state:D", TRACE("schedule"), " ? op_hang+0x")
CRASH(hang_soon, "hang-soon", DEAD, "INFO: task crash.hang:", " blocked for more than 2 seconds.",
      "hung: crash.hang has not ended after 2 s of simulated time")
CRASH(hang_behind, "hang-behind", ALIVE,
      "INFO: task crash-holder:", " blocked for more than 120 seconds.", "state:D",
      TRACE("schedule"), " ? hold_and_wait+0x",
      "INFO: task crash-waiter:", " blocked for more than 120 seconds.", "state:D",
      TRACE("schedule"), " ? mutex_lock+0x")
CRASH(atomic, "atomic", ALIVE, "BUG: scheduling while atomic: crash.atomic/", "/0x00000200",
      TRACE("schedule"), " ? op_atomic+0x")
CRASH(double_free, "double-free", ALIVE, "BUG kmalloc-64 (Not tainted): Object already free",
      "Allocated in op_double_free+0x", "Freed in op_double_free+0x", TRACE("op_double_free"))
CRASH(write_after_free, "write-after-free", ALIVE,
      "BUG kmalloc-64 (Not tainted): Poison overwritten, at offset 16: 0x01 instead of 0x6b",
      "Allocated in op_use_after_free+0x", "Freed in op_use_after_free+0x")
CRASH(guard_overflow, "guard-overflow", DEAD,
      "BUG: unable to handle page fault for address: ", "RIP: 0010:op_kept_read+0x",
      "Allocated in op_keep+0x", " of cache kmalloc-64, size 64, asked for 64, @offset=64")
CRASH(guard_freed, "guard-freed", DEAD,
      "BUG: unable to handle page fault for address: ", "RIP: 0010:op_kept_read+0x",
      "Allocated in op_keep+0x", "Freed in op_kept_free+0x",
      " of cache kmalloc-64, size 64, asked for 64, @offset=8, free")
CRASH(guard_page_overflow, "guard-page-overflow", DEAD,
      "BUG: unable to handle page fault for address: ", "RIP: 0010:op_kept_write+0x",
      "Allocated in op_keep_pages+0x")
CRASH(guard_page_freed, "guard-page-freed", DEAD,
      "BUG: unable to handle page fault for address: ", "RIP: 0010:op_kept_read+0x",
      "Allocated in op_keep_pages+0x", "Freed in op_kept_pages_free+0x")
CRASH(guard_coherent, "guard-coherent", DEAD,
      "BUG: unable to handle page fault for address: ", "RIP: 0010:op_coherent+0x",
      " ? op_coherent+0x")
CRASH(io_read, "io-read", DEAD,
      "BUG: unable to handle page fault for address: ", "RIP: 0010:kut_mmio_read+0x",
      "Allocated in op_io_after_unmap+0x", "Freed in op_io_after_unmap+0x")
CRASH(io_write, "io-write", DEAD,
      "BUG: unable to handle page fault for address: ", "RIP: 0010:kut_mmio_write+0x",
      "Allocated in op_io_after_unmap+0x", "Freed in op_io_after_unmap+0x")
CRASH(vmalloc_freed, "vmalloc-freed", DEAD,
      "BUG: unable to handle page fault for address: ", "RIP: 0010:op_write_after_vfree+0x",
      "Allocated in op_write_after_vfree+0x", "Freed in op_write_after_vfree+0x")
CRASH(use_after_free, "use-after-free", DEAD, "Oops: general protection fault",
      "RIP: 0010:op_use_after_free+0x", TRACE("run_call"))
CRASH(divide, "divide", DEAD, "Oops: divide error: 0000 [#1]", "RIP: 0010:op_divide+0x",
      TRACE("run_call"))
CRASH(stack, "stack", DEAD, "BUG: TASK stack guard page was hit", "Oops: stack guard page",
      "RIP: 0010:deeper+0x", TRACE("deeper"), " ...", " ? run_call+0x",
      "stack overflow at deeper+0x")
CRASH(bad_service, "bad-service", DEAD,
      "BUG: unable to handle page fault for address: ffff888012345678",
      "RIP: 0010:op_bad_service+0x", TRACE("op_bad_service"), "in a service that it called")
CRASH(bad_string, "bad-string", DEAD,
      "BUG: unable to handle page fault for address: ffff888012345678", TRACE("vsnprintf"),
      " ? _printk+0x", " ? op_bad_string+0x")
CRASH(irq_oops, "irq-oops", DEAD, "BUG: kernel NULL pointer dereference", "RIP: 0010:read_null+0x",
      TRACE("kut_timers_run"), "Kernel panic - not syncing: Fatal exception in interrupt")
CRASH(leak_irq, "leak-irq", ALIVE, "WARNING: crash.leak_irq returned with disabled interrupts")

/* With leak_check what is in use at the end, and was not before, fails the run. */
START_TEST(leaks_are_reported_at_the_end)
{
	static const char *const lines[] = {
		"BUG kmalloc-64: 1 not freed, 40 bytes, allocated in op_leak+0x",
		"Allocated in op_leak+0x",
		"BUG pages: 1 not freed, 8192 bytes, allocated in op_leak+0x",
		"BUG vmalloc: 1 not freed, 12288 bytes, allocated in op_leak+0x",
		"BUG percpu: 1 not freed, 24 bytes, allocated in op_leak+0x",
	};
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_crash("", "leak-at-end");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "ok 4 per-CPU memory");
	for (unsigned int i = 0; i < sizeof(lines) / sizeof(*lines); i++)
		expect_in(outcome.out, lines[i]);
	outcome_free(&outcome);
	outcome = run_crash("", "no-leak-at-end");
	expect_status(&outcome, 0);
	expect_not_in(outcome.out, "not freed");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* Without it what was allocated after the boot is told, and no fault. */
START_TEST(what_is_left_at_the_end_is_told)
{
	char *folder = set_folder();
	struct outcome outcome;
	const char *at;

	if (!folder)
		return;
	free(folder);
	outcome = run_crash("", "left-at-end");
	expect_status(&outcome, 0);
	at = behind(outcome.out, "memory: 3 objects of 16424 bytes, allocated since the boot, are "
				 "in use; 2 of 16384 bytes (pages) from op_leak+0x");
	behind(behind(at, "Allocated in op_leak+0x"), " ? run_call+0x");
	outcome_free(&outcome);
	outcome = run_crash("", "leak-at-end");
	expect_not_in(outcome.out, "are in use");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(death_at_boot_is_a_failed_run)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_crash("", "boot");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "BUG: kernel NULL pointer dereference");
	expect_in(outcome.out, "RIP: 0010:read_null+0x");
	expect_in(outcome.out, " ? kernel_init+0x");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(time_limit_ends_a_loop_in_the_kernel)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_crash("--timeout 1", "loop");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "time limit of 1 s reached, at op_loop+0x");
	expect_in(outcome.out, "RIP: 0010:op_loop+0x");
	expect_in(outcome.out, " digest none kernel ");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(time_limit_ends_a_loop_in_the_scenario)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_crash("--timeout 1", "lua-loop");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "time limit of 1");
	expect_in(outcome.out, "not ok 1 crash\n");
	expect_in(outcome.out, " digest none kernel ");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* Where such a loop is when its time is over is not the same in every run: no digest. */
START_TEST(clock_that_stands_still)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_crash("", "clock");
	expect_status(&outcome, 1);
	behind(outcome.out, "watchdog: BUG: soft lockup - CPU#0 stuck for ");
	behind(outcome.out, " ? run_call+0x");
	behind(outcome.out, " s of CPU time while simulated time stands still");
	expect_in(outcome.out, " digest none kernel ");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(flood_of_log_lines)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_crash("--quiet", "flood");
	expect_status(&outcome, 1);
	behind(outcome.out, "the kernel has logged more than 1000000 lines\nnot ok 1 crash\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* A signal that no kernel code raised: the scenario's own loop runs. */
START_TEST(fault_of_the_simulator_is_told)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_shell("cd '%s' && timeout --preserve-status -s SEGV 1 '%s' run --trace t "
			    "'%s/tests/kernels/crash/lua-loop.lua'; echo \"status $?\"; ls",
			    test_dir(), FAULTLINE, SOURCE_DIR);
	ck_assert_str_eq(behind(outcome.out, "status 1\n"), "stderr\n");
	behind(outcome.err,
	       "faultline: internal error: signal 11 outside the hosted kernel, at 0x");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* The interrupt comes while the kernel loops; the file is there until then. */
START_TEST(interrupt_leaves_no_trace)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_shell("cd '%s' && timeout --preserve-status -s INT 1 '%s' run --trace t "
			    "'%s/tests/kernels/crash/loop.lua'; echo \"status $?\"; ls",
			    test_dir(), FAULTLINE, SOURCE_DIR);
	ck_assert_str_eq(behind(outcome.out, "status 130\n"), "stderr\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* A function of Lua's library cannot be interrupted: the process ends by itself. */
START_TEST(time_limit_ends_what_cannot_be_ended)
{
	char *folder = set_folder();
	struct outcome outcome;

	if (!folder)
		return;
	free(folder);
	outcome = run_shell("cd '%s' && " BOUND "'%s' run --timeout 1 --trace t "
			    "'%s/tests/kernels/crash/lua-pattern.lua'; echo \"status $?\"; ls",
			    test_dir(), FAULTLINE, SOURCE_DIR);
	ck_assert_str_eq(behind(outcome.out, "status 1\n"), "stderr\n");
	behind(outcome.err, "faultline: the time limit is reached; the run cannot be ended");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(oops);
	SUITE_CASE(wild);
	SUITE_CASE(jump);
	SUITE_CASE(warn);
	SUITE_CASE(bug);
	SUITE_CASE(panic);
	SUITE_CASE(loop);
	SUITE_CASE(spin);
	SUITE_CASE(poll);
	SUITE_CASE(stop_machine);
	SUITE_CASE(call_deaf);
	SUITE_CASE(delay);
	SUITE_CASE(deadlock);
	SUITE_CASE(hang);
	SUITE_CASE(hang_soon);
	SUITE_CASE(hang_behind);
	SUITE_CASE(atomic);
	SUITE_CASE(double_free);
	SUITE_CASE(guard_overflow);
	SUITE_CASE(guard_freed);
	SUITE_CASE(guard_page_overflow);
	SUITE_CASE(guard_page_freed);
	SUITE_CASE(guard_coherent);
	SUITE_CASE(io_read);
	SUITE_CASE(io_write);
	SUITE_CASE(vmalloc_freed);
	SUITE_CASE(write_after_free);
	SUITE_CASE(use_after_free);
	SUITE_CASE(divide);
	SUITE_CASE(stack);
	SUITE_CASE(bad_service);
	SUITE_CASE(bad_string);
	SUITE_CASE(irq_oops);
	SUITE_CASE(leak_irq);
	SUITE_CASE(leaks_are_reported_at_the_end);
	SUITE_CASE(what_is_left_at_the_end_is_told);
	SUITE_CASE(death_at_boot_is_a_failed_run);
	SUITE_CASE(time_limit_ends_a_loop_in_the_kernel);
	SUITE_CASE(time_limit_ends_a_loop_in_the_scenario);
	SUITE_CASE(clock_that_stands_still);
	SUITE_CASE(flood_of_log_lines);
	SUITE_CASE(fault_of_the_simulator_is_told);
	SUITE_CASE(interrupt_leaves_no_trace);
	suite_add("long-time_limit_ends_what_cannot_be_ended",
		  time_limit_ends_what_cannot_be_ended);
}
