/* SPDX-License-Identifier: MIT */
/* Who runs before whom: delta cycles, equal times, methods, notification rules. */
#include "tests/evk/seen.h"
#include "tests/suite.h"

static evk_event *event_a, *event_b;

START_TEST(delta_notifications_fire_in_call_order)
{
	evk_event *event[4];
	char *name[] = {"a", "b", "c", "d"};
	const int call[] = {2, 0, 3, 1};

	open_kernel();
	for (int i = 0; i < 4; i++) {
		event[i] = evk_event_new(name[i]);
		evk_method_new(name[i], see, name[i], event[i]);
	}
	for (int i = 0; i < 4; i++)
		evk_notify(event[call[i]], 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("c@0 a@0 d@0 b@0 ");
}
END_TEST

START_TEST(equal_times_fire_in_call_order)
{
	evk_event *event[26];
	char name[26][2];
	char want[200] = "";

	open_kernel();
	for (int i = 0; i < 26; i++) {
		snprintf(name[i], sizeof(name[i]), "%c", 'a' + i);
		event[i] = evk_event_new(name[i]);
		evk_method_new(name[i], see, name[i], event[i]);
	}
	/* 7 and 26 have no common divisor: each event once, in an order of no use to a heap. */
	for (int i = 0; i < 26; i++) {
		int k = i * 7 % 26;

		evk_notify(event[k], 5 * EVK_NS);
		snprintf(want + strlen(want), sizeof(want) - strlen(want), "%s@5 ", name[k]);
	}
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN(want);
}
END_TEST

START_TEST(times_fire_in_time_order)
{
	evk_event *event[5];
	char *name[] = {"a", "b", "c", "d", "e"};
	const uint64_t at[] = {40, 10, 50, 20, 30};

	open_kernel();
	for (int i = 0; i < 5; i++) {
		event[i] = evk_event_new(name[i]);
		evk_method_new(name[i], see, name[i], event[i]);
		evk_notify(event[i], at[i] * EVK_NS);
	}
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("b@10 d@20 e@30 a@40 c@50 ");
}
END_TEST

static void two_deltas(void *name)
{
	see(name);
	evk_wait(0);
	see(name);
}

START_TEST(threads_start_and_wait_in_call_order)
{
	open_kernel();
	evk_thread_new("a", two_deltas, "a", 0);
	evk_thread_new("b", two_deltas, "b", 0);
	evk_thread_new("c", two_deltas, "c", 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("a@0 b@0 c@0 a@0 b@0 c@0 ");
}
END_TEST

static void waiter(void *name)
{
	ck_assert_int_eq(evk_wait_event(event_a, EVK_FOREVER), 0);
	see(name);
}

START_TEST(waiters_wake_in_order_of_waiting_and_after_methods)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_thread_new("t1", waiter, "t1", 0);
	evk_thread_new("t2", waiter, "t2", 0);
	evk_method_new("m1", see, "m1", event_a);
	evk_method_new("m2", see, "m2", event_a);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	evk_notify(event_a, EVK_NS);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("m1@1 m2@1 t1@1 t2@1 ");
}
END_TEST

static void notify_b_now(void *name)
{
	see(name);
	evk_notify(event_b, 0);
}

/* A notification made in a delta cycle never fires in the same one. */
START_TEST(notification_is_never_immediate)
{
	open_kernel();
	event_a = evk_event_new("a");
	event_b = evk_event_new("b");
	evk_method_new("first", notify_b_now, "first", event_a);
	evk_method_new("second", see, "second", event_a);
	evk_method_new("b", see, "b", event_b);
	evk_notify(event_a, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("first@0 second@0 b@0 ");
}
END_TEST

START_TEST(earlier_notification_wins)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_method_new("a", see, "a", event_a);
	evk_notify(event_a, 10 * EVK_NS);
	evk_notify(event_a, 20 * EVK_NS); /* later: ignored */
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	evk_notify(event_a, 10 * EVK_NS);
	evk_notify(event_a, 5 * EVK_NS); /* earlier: replaces */
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	evk_notify(event_a, 10 * EVK_NS);
	evk_notify(event_a, 0);
	evk_notify(event_a, 1); /* the delta cycle is earlier than any time */
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("a@10 a@15 a@15 ");
	ck_assert_uint_eq(evk_now(), 15 * EVK_NS);
}
END_TEST

START_TEST(cancelled_notification_does_not_fire)
{
	open_kernel();
	event_a = evk_event_new("a");
	event_b = evk_event_new("b");
	evk_method_new("a", see, "a", event_a);
	evk_method_new("b", see, "b", event_b);
	evk_notify(event_a, 0);
	evk_cancel(event_a);
	evk_notify(event_b, EVK_NS);
	evk_cancel(event_b);
	evk_cancel(event_b);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_uint_eq(evk_now(), 0);
	evk_notify(event_b, 0); /* not spoilt for later */
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("b@0 ");
}
END_TEST

static void cancel_b(void *name)
{
	see(name);
	evk_cancel(event_b);
}

/* b is due in the same delta as a, whose method cancels it: too late, it has fired. */
START_TEST(cancel_in_the_same_delta_is_too_late)
{
	open_kernel();
	event_a = evk_event_new("a");
	event_b = evk_event_new("b");
	evk_method_new("a", cancel_b, "a", event_a);
	evk_method_new("b", see, "b", event_b);
	evk_notify(event_a, 0);
	evk_notify(event_b, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("a@0 b@0 ");
}
END_TEST

static evk_method *victim;

static void free_victim(void *name)
{
	see(name);
	evk_method_free(victim);
}

START_TEST(freed_method_does_not_run)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_method_new("killer", free_victim, "killer", event_a);
	victim = evk_method_new("victim", see, "victim", event_a);
	evk_notify(event_a, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("killer@0 ");
}
END_TEST

static void free_itself(void *name)
{
	see(name);
	evk_method_free(victim);
	evk_event_free(event_a);
}

START_TEST(method_may_free_itself_and_its_event)
{
	open_kernel();
	event_a = evk_event_new("a");
	victim = evk_method_new("self", free_itself, "self", event_a);
	evk_notify(event_a, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("self@0 ");
}
END_TEST

static void record(void *arg, const struct evk_activity *activity)
{
	char text[64];

	(void)arg;
	snprintf(text, sizeof(text), "%s%s", activity->thread ? "t:" : "m:", activity->name);
	see(text);
	ck_assert_uint_eq(activity->now, evk_now());
}

static void sleep_two(void *arg)
{
	(void)arg;
	evk_wait(2 * EVK_NS);
}

static void nothing(void *arg)
{
	(void)arg;
}

START_TEST(observer_sees_every_activity)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_method_new("m", nothing, NULL, event_a);
	evk_thread_new("t", sleep_two, NULL, 0);
	evk_notify(event_a, EVK_NS);
	evk_observe(record, NULL);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("t:t@0 m:m@1 t:t@2 ");
	evk_observe(NULL, NULL);
	evk_notify(event_a, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("");
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(delta_notifications_fire_in_call_order);
	SUITE_CASE(equal_times_fire_in_call_order);
	SUITE_CASE(times_fire_in_time_order);
	SUITE_CASE(threads_start_and_wait_in_call_order);
	SUITE_CASE(waiters_wake_in_order_of_waiting_and_after_methods);
	SUITE_CASE(notification_is_never_immediate);
	SUITE_CASE(earlier_notification_wins);
	SUITE_CASE(cancelled_notification_does_not_fire);
	SUITE_CASE(cancel_in_the_same_delta_is_too_late);
	SUITE_CASE(freed_method_does_not_run);
	SUITE_CASE(method_may_free_itself_and_its_event);
	SUITE_CASE(observer_sees_every_activity);
}
