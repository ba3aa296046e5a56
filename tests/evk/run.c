/* SPDX-License-Identifier: MIT */
/* evk_run() and its reasons, evk_next_time(), closing and opening again. */
#include <errno.h>

#include "tests/evk/seen.h"
#include "tests/suite.h"

static evk_event *event_a;

static void every_ten(void *name)
{
	for (int i = 0; i < 5; i++) {
		evk_wait(10 * EVK_NS);
		see(name);
	}
}

START_TEST(run_reaches_the_time_exactly)
{
	open_kernel();
	evk_thread_new("t", every_ten, "t", 0);
	ck_assert_int_eq(evk_run(25 * EVK_NS), EVK_REACHED);
	ck_assert_uint_eq(evk_now(), 25 * EVK_NS);
	SEEN("t@10 t@20 ");
	ck_assert_int_eq(evk_run(30 * EVK_NS - 1), EVK_REACHED);
	ck_assert_uint_eq(evk_now(), 30 * EVK_NS - 1);
	SEEN("");
	ck_assert_int_eq(evk_run(30 * EVK_NS), EVK_REACHED);
	ck_assert_uint_eq(evk_now(), 30 * EVK_NS);
	SEEN("t@30 ");
	ck_assert_int_eq(evk_run(30 * EVK_NS), EVK_REACHED);
	SEEN("");
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_uint_eq(evk_now(), 50 * EVK_NS);
	SEEN("t@40 t@50 ");
}
END_TEST

static void hundred_deltas(void *arg)
{
	int *deltas = arg;

	evk_wait(EVK_NS);
	for (*deltas = 0; *deltas < 100; ++*deltas)
		evk_wait(0);
	evk_wait(EVK_NS);
}

START_TEST(all_delta_cycles_of_the_last_time_run)
{
	int deltas = -1;

	open_kernel();
	evk_thread_new("t", hundred_deltas, &deltas, 0);
	ck_assert_int_eq(evk_run(EVK_NS), EVK_REACHED);
	ck_assert_int_eq(deltas, 100);
	ck_assert_uint_eq(evk_now(), EVK_NS);
}
END_TEST

START_TEST(idle_leaves_the_time_of_the_last_activity)
{
	open_kernel();
	ck_assert_int_eq(evk_run(10), EVK_IDLE);
	ck_assert_uint_eq(evk_now(), 0);
	event_a = evk_event_new("a");
	evk_method_new("a", see, "a", event_a);
	evk_notify(event_a, 7 * EVK_NS);
	ck_assert_int_eq(evk_run(9 * EVK_NS), EVK_IDLE);
	ck_assert_uint_eq(evk_now(), 7 * EVK_NS);
}
END_TEST

static void wait_long(void *arg)
{
	*(int *)arg = evk_wait_event(event_a, EVK_S);
}

/* A timeout that was not needed leaves no trace in time. */
START_TEST(unneeded_timeout_does_not_move_time)
{
	int result = 1;

	open_kernel();
	event_a = evk_event_new("a");
	evk_thread_new("t", wait_long, &result, 0);
	evk_notify(event_a, EVK_NS);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(result, 0);
	ck_assert_uint_eq(evk_now(), EVK_NS);
}
END_TEST

START_TEST(notification_between_runs_may_come_before_older_ones)
{
	evk_event *early;

	open_kernel();
	event_a = evk_event_new("a");
	early = evk_event_new("early");
	evk_method_new("a", see, "a", event_a);
	evk_method_new("early", see, "early", early);
	evk_notify(event_a, 100 * EVK_NS);
	ck_assert_int_eq(evk_run(10 * EVK_NS), EVK_REACHED);
	evk_notify(early, 5 * EVK_NS);
	ck_assert_int_eq(evk_run(50 * EVK_NS), EVK_REACHED);
	SEEN("early@15 ");
	evk_cancel(event_a);
	evk_notify(event_a, 200 * EVK_NS);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("a@250 ");
}
END_TEST

START_TEST(cancelled_between_runs_leaves_nothing)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_notify(event_a, 100);
	ck_assert_int_eq(evk_run(10), EVK_REACHED);
	evk_cancel(event_a);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_uint_eq(evk_now(), 10);
}
END_TEST

static void stopper(void *name)
{
	evk_wait(EVK_NS);
	evk_stop(42);
	see(name);
	evk_wait(0);
	see(name);
	evk_wait(EVK_NS);
	see(name);
}

START_TEST(stop_ends_the_delta_and_resumes)
{
	open_kernel();
	evk_thread_new("s", stopper, "s", 0);
	evk_thread_new("t", stopper, "t", 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_STOPPED);
	ck_assert_int_eq(evk_stop_code(), 42);
	SEEN("s@1 t@1 ");
	ck_assert_uint_eq(evk_now(), EVK_NS);
	ck_assert_uint_eq(evk_next_time(), EVK_NS);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("s@1 t@1 s@2 t@2 ");
}
END_TEST

START_TEST(stop_at_the_last_time_wins)
{
	open_kernel();
	evk_thread_new("s", stopper, "s", 0);
	ck_assert_int_eq(evk_run(EVK_NS), EVK_STOPPED);
	SEEN("s@1 ");
	ck_assert_int_eq(evk_run(EVK_NS), EVK_REACHED);
	SEEN("s@1 ");
}
END_TEST

START_TEST(stop_outside_a_run_stops_the_next)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_method_new("a", see, "a", event_a);
	evk_notify(event_a, 0);
	evk_stop(1);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_STOPPED);
	SEEN("");
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("a@0 ");
}
END_TEST

static uint64_t next_times[4];

static void look(void *arg)
{
	next_times[(intptr_t)arg] = evk_next_time();
	evk_wait(10);
}

START_TEST(next_time_tells_what_is_due)
{
	open_kernel();
	ck_assert_uint_eq(evk_next_time(), EVK_FOREVER);
	evk_thread_new("first", look, (void *)0, 0);
	evk_thread_new("second", look, (void *)1, 0);
	ck_assert_uint_eq(evk_next_time(), 0);
	event_a = evk_event_new("a");
	evk_notify(event_a, 7);
	ck_assert_int_eq(evk_run(0), EVK_REACHED);
	ck_assert_uint_eq(next_times[0], 0); /* the second is still to run */
	ck_assert_uint_eq(next_times[1], 7);
	ck_assert_uint_eq(evk_next_time(), 7);
	evk_cancel(event_a);
	ck_assert_uint_eq(evk_next_time(), 10);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_uint_eq(evk_next_time(), EVK_FOREVER);
}
END_TEST

static void forever(void *arg)
{
	int *wakes = arg;

	for (;;) {
		evk_wait(EVK_NS);
		++*wakes;
	}
}

static void never(void *arg)
{
	(void)arg;
	evk_wait_event(event_a, EVK_FOREVER);
	ck_abort_msg("an event of a closed kernel woke a thread");
}

/* Threads are dropped where they wait; the next kernel starts at 0 with none of them. */
START_TEST(close_and_open_start_from_zero)
{
	for (int round = 0; round < 200; round++) {
		int wakes = 0;

		open_kernel();
		ck_assert_uint_eq(evk_now(), 0);
		ck_assert_uint_eq(evk_next_time(), EVK_FOREVER);
		event_a = evk_event_new("a");
		evk_thread_new("forever", forever, &wakes, 0);
		evk_thread_new("never", never, NULL, 0);
		ck_assert_int_eq(evk_run(10 * EVK_NS), EVK_REACHED);
		ck_assert_int_eq(wakes, 10);
		ck_assert_uint_eq(evk_now(), 10 * EVK_NS);
		evk_thread_new("unstarted", never, NULL, 0);
		evk_notify(event_a, 1);
		ck_assert_int_eq(evk_close(), 0);
	}
}
END_TEST

START_TEST(time_limit_is_kept)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_method_new("a", see, "a", event_a);
	evk_notify(event_a, EVK_TIME_MAX + 1); /* never */
	ck_assert_uint_eq(evk_next_time(), EVK_FOREVER);
	evk_notify(event_a, EVK_FOREVER);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	evk_notify(event_a, EVK_TIME_MAX);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_uint_eq(evk_now(), EVK_TIME_MAX);
	evk_notify(event_a, 1); /* never, too */
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("a@9223372036854775 ");
	/* A second kernel may use as much; a third has no time left. */
	evk_close();
	open_kernel();
	event_a = evk_event_new("a");
	evk_notify(event_a, EVK_TIME_MAX);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_uint_eq(evk_now(), EVK_TIME_MAX);
	evk_close();
	ck_assert_int_eq(evk_open(NULL), -EOVERFLOW);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(run_reaches_the_time_exactly);
	SUITE_CASE(all_delta_cycles_of_the_last_time_run);
	SUITE_CASE(idle_leaves_the_time_of_the_last_activity);
	SUITE_CASE(unneeded_timeout_does_not_move_time);
	SUITE_CASE(notification_between_runs_may_come_before_older_ones);
	SUITE_CASE(cancelled_between_runs_leaves_nothing);
	SUITE_CASE(stop_ends_the_delta_and_resumes);
	SUITE_CASE(stop_at_the_last_time_wins);
	SUITE_CASE(stop_outside_a_run_stops_the_next);
	SUITE_CASE(next_time_tells_what_is_due);
	SUITE_CASE(close_and_open_start_from_zero);
	SUITE_CASE(time_limit_is_kept);
}
