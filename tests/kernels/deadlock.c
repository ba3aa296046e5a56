/* SPDX-License-Identifier: MIT */
/*
 * Deadlocks on purpose (modules/crash_lock.c), on each kernel that is prepared: the
 * report names the circle, says for each task what it waits for and what it holds,
 * both with their places, and has a call trace of each. The same operation done in
 * the right way is no finding.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"
#include "tests/kernels/set.h"

static const char *const kernels[] = {"6.12", "5.10", "7"};

/* One operation, wrong or right; the second case tells whether the kernel lives on. */
static void write_scenario(const char *op, bool right)
{
	char text[400];

	snprintf(text, sizeof(text),
		 "machine { cpus = 2, ram = \"64M\" }\n"
		 "local k = kernel { { \"6.12\", \"5.10\", \"7\" } }\n"
		 "case(\"crash\", function() k:call(\"crash.%s\", nil, %d) end)\n"
		 "case(\"later\", function() k:call(\"crash.warn\", nil, 1) end)\n",
		 op, right);
	test_write("deadlock.lua", text, false);
}

static bool prepared(const char *kernel)
{
	struct outcome outcome = run_cli("kernel show %s", kernel);
	bool there = outcome.status == 0;

	outcome_free(&outcome);
	return there;
}

static struct outcome run_op(const char *kernel, const char *op, bool right)
{
	write_scenario(op, right);
	return run_cli("run '%s' --kernel %s", test_file("deadlock.lua"), kernel);
}

/* Where `part` ends in `text`; a message of Check's holds only the end of a long text. */
static const char *behind(const char *text, const char *part)
{
	const char *found = strstr(text, part);
	size_t length = strlen(text);

	ck_assert_msg(found != NULL, "no '%s' (here) in: ...%s", part,
		      text + (length > 3000 ? length - 3000 : 0));
	return found + strlen(part);
}

static void check(const char *op, const char *const *lines)
{
	char *folder = set_folder();

	if (!folder)
		return;
	free(folder);
	for (size_t i = 0; i < sizeof(kernels) / sizeof(kernels[0]); i++) {
		struct outcome outcome;
		const char *at;

		if (!prepared(kernels[i]))
			continue;
		outcome = run_op(kernels[i], op, false);
		expect_status(&outcome, 1);
		at = behind(outcome.out, "BUG: deadlock: ");
		for (const char *const *line = lines; *line; line++)
			at = behind(at, *line);
		at = behind(at, "\nnot ok 1 crash\n");
		behind(at, "the kernel has died before: deadlock: ");
		outcome_free(&outcome);
		outcome = run_op(kernels[i], op, true);
		expect_status(&outcome, 0);
		outcome_free(&outcome);
	}
	test_clean();
}

#define DEADLOCK(op, ...)                                                                          \
	START_TEST(op)                                                                             \
	{                                                                                          \
		check(#op, (const char *const[]){__VA_ARGS__, NULL});                              \
	}                                                                                          \
	END_TEST

/* Of each task: what it waits for, what keeps it out, what it holds, its call trace. */
#define WAITS(what, where)   " waits for " what " at " where "+0x"
#define HELD(what, where)    " held by ", ", taken at " where "+0x"
#define HOLDS(what, where)   " holds " what ", taken at " where "+0x"
#define TRACE(function)	     "Call Trace:", " ? " function "+0x"
#define FIRST(task, what)    task, " waits for " what
#define AND(how, task, what) " " how " " task, ", which waits for " what

DEADLOCK(spin_abba, FIRST("services/1:", "spinlock spin_a"),
	 AND("held by", "services/0:", "spinlock spin_b"),
	 " held by services/1:", WAITS("spinlock spin_a", "spin_both"), HELD("spin_a", "spin_both"),
	 HOLDS("spinlock spin_b", "spin_both"), TRACE("spin_both"), " ? spin_ba+0x",
	 WAITS("spinlock spin_b", "spin_both"), HELD("spin_b", "spin_both"),
	 HOLDS("spinlock spin_a", "spin_both"), TRACE("spin_both"), " ? spin_ab+0x")
DEADLOCK(mutex_twice, FIRST("crash.mutex_twi:", "mutex mutex_a, which it holds itself"),
	 WAITS("mutex mutex_a", "op_mutex_twice"), HELD("mutex_a", "op_mutex_twice"),
	 TRACE("op_mutex_twice"))
DEADLOCK(three, "waits for rwsem (read) rwsem_a held by ",
	 ", which waits for mutex mutex_b held by ", ", which waits for mutex mutex_a held by ",
	 WAITS("rwsem (read) rwsem_a", "mutex_then_read"), HELD("rwsem_a", "write_then_mutex"),
	 TRACE("mutex_then_read"), WAITS("mutex mutex_b", "write_then_mutex"),
	 HELD("mutex_b", "mutex_then_mutex"), TRACE("write_then_mutex"),
	 WAITS("mutex mutex_a", "mutex_then_mutex"), HELD("mutex_a", "mutex_then_read"),
	 TRACE("mutex_then_mutex"))
DEADLOCK(read_twice, FIRST("services/0:", "rwsem (read) rwsem_b"),
	 AND("behind", "services/1:", "rwsem (write) rwsem_b"),
	 " held by services/0:", WAITS("rwsem (read) rwsem_b", "read_twice"), TRACE("read_twice"),
	 WAITS("rwsem (write) rwsem_b", "write_once"), HELD("rwsem_b", "read_twice"),
	 TRACE("write_once"))
DEADLOCK(upgrade, FIRST("crash.upgrade:", "rwlock (write) rwlock_a, which it holds itself"),
	 WAITS("rwlock (write) rwlock_a", "op_upgrade"), HELD("rwlock_a", "op_upgrade"),
	 HOLDS("rwlock (read) rwlock_a", "op_upgrade"), TRACE("op_upgrade"))
DEADLOCK(softirq_lock,
	 " waits for spinlock spin_a, which the code that this interrupt came into holds",
	 WAITS("spinlock spin_a", "take_in_timer"), HELD("spin_a", "op_softirq_lock"),
	 TRACE("take_in_timer"), " ? op_softirq_lock+0x")
DEADLOCK(irq_lock, " waits for spinlock spin_b, which the code that this interrupt came into holds",
	 WAITS("spinlock spin_b", "take_in_handler"), HELD("spin_b", "op_irq_lock"),
	 TRACE("take_in_handler"), " ? op_irq_lock+0x")
DEADLOCK(flush_locked, FIRST("kworker/", "mutex mutex_a"),
	 AND("held by", "crash.flush_loc:", "the end of work item taking_work"), " run by kworker/",
	 WAITS("mutex mutex_a", "item_takes"), HELD("mutex_a", "op_flush_locked"),
	 TRACE("item_takes"), WAITS("the end of work item taking_work", "op_flush_locked"),
	 TRACE("op_flush_locked"))
DEADLOCK(delete_locked, " waits for spinlock spin_a",
	 AND("held by", "crash.delete_lo:", "the end of timer slow_timer"), " run by ",
	 WAITS("spinlock spin_a", "timer_takes"), HELD("spin_a", "op_delete_locked"),
	 TRACE("timer_takes"), WAITS("the end of timer slow_timer", "op_delete_locked"),
	 TRACE("op_delete_locked"))
DEADLOCK(stop_locked, FIRST("crash-stopped:", "mutex mutex_b"),
	 AND("held by", "crash.stop_lock:", "the end of task crash-stopped:"),
	 WAITS("mutex mutex_b", "stopped_takes"), HELD("mutex_b", "op_stop_locked"),
	 TRACE("stopped_takes"),
	 " waits for the end of task crash-stopped:", TRACE("op_stop_locked"))
DEADLOCK(call_locked, FIRST("crash.call_lock:", "the end of a call to CPU 1"),
	 AND("behind", "services/1:", "spinlock spin_a"),
	 " held by crash.call_lock:", " waits for the end of a call to CPU 1 at ",
	 "smp_call_function_single+0x", HOLDS("spinlock spin_a", "op_call_locked"),
	 TRACE("op_call_locked"), WAITS("spinlock spin_a", "spin_deaf"),
	 HELD("spin_a", "op_call_locked"), TRACE("spin_deaf"))
DEADLOCK(hrtimer_itself, "the end of hrtimer cancelled_timer, which is up to itself",
	 WAITS("the end of hrtimer cancelled_timer", "hrtimer_cancel"), TRACE("hrtimer_cancel"),
	 " ? cancel_itself+0x")
DEADLOCK(queue_locked, FIRST("kworker/", "mutex mutex_a"),
	 AND("held by", "crash.queue_loc:", "the end of queue crash run by kworker/"),
	 WAITS("mutex mutex_a", "item_takes"), HELD("mutex_a", "op_queue_locked"),
	 TRACE("item_takes"), WAITS("the end of queue crash", "op_queue_locked"),
	 TRACE("op_queue_locked"))
DEADLOCK(flush_later, FIRST("kworker/", "the end of work item later_work, which is up to itself"),
	 WAITS("the end of work item later_work", "item_flushes"), " behind kworker/",
	 TRACE("item_flushes"))

void suite_cases(void)
{
	SUITE_CASE(spin_abba);
	SUITE_CASE(mutex_twice);
	SUITE_CASE(three);
	SUITE_CASE(read_twice);
	SUITE_CASE(upgrade);
	SUITE_CASE(softirq_lock);
	SUITE_CASE(irq_lock);
	SUITE_CASE(flush_locked);
	SUITE_CASE(delete_locked);
	SUITE_CASE(stop_locked);
	SUITE_CASE(call_locked);
	SUITE_CASE(hrtimer_itself);
	SUITE_CASE(queue_locked);
	SUITE_CASE(flush_later);
}
