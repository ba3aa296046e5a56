/* SPDX-License-Identifier: MIT */
#include <errno.h>

#include "sim/fault.h"
#include "tests/suite.h"

static struct sim_faults *faults;

static void declare_three(void)
{
	faults = sim_faults_new();
	sim_fault_declare(faults, "ram.alloc", "no memory");
	sim_fault_declare(faults, "bus.abort", "the bus answers with an abort");
	sim_fault_declare(faults, "evtq.full", "the event queue has no room");
}

START_TEST(fires_at_first_for_count)
{
	const bool want[] = {false, false, true, true, false, false};

	declare_three();
	ck_assert_int_eq(sim_fault_arm(faults, "bus.abort", 3, 2), 0);
	for (int i = 0; i < 6; i++)
		ck_assert_int_eq(sim_fault_hit(faults, "bus.abort"), want[i]);
	ck_assert(!sim_fault_hit(faults, "ram.alloc"));
	sim_faults_free(faults);
}
END_TEST

START_TEST(counters_tell_seen_and_fired)
{
	struct sim_fault *point;

	declare_three();
	point = sim_fault_find(faults, "bus.abort");
	sim_fault_hit_point(point); /* counted before it is armed */
	ck_assert(!sim_fault_armed(point));
	ck_assert_int_eq(sim_fault_arm(faults, "bus.abort", 2, 1), 0);
	ck_assert(sim_fault_armed(point));
	ck_assert(sim_fault_hit_point(point));
	ck_assert(!sim_fault_armed(point));
	sim_fault_hit_point(point);
	ck_assert_uint_eq(sim_fault_seen(point), 3);
	ck_assert_uint_eq(sim_fault_fired(point), 1);
	sim_faults_free(faults);
}
END_TEST

START_TEST(a_range_without_end)
{
	declare_three();
	ck_assert_int_eq(sim_fault_arm(faults, "evtq.full", 2, UINT64_MAX), 0);
	ck_assert(!sim_fault_hit(faults, "evtq.full"));
	for (int i = 0; i < 100; i++)
		ck_assert(sim_fault_hit(faults, "evtq.full"));
	ck_assert(sim_fault_armed(sim_fault_find(faults, "evtq.full")));
	sim_faults_free(faults);
}
END_TEST

START_TEST(arming_again_replaces)
{
	declare_three();
	ck_assert_int_eq(sim_fault_arm(faults, "ram.alloc", 1, 5), 0);
	ck_assert(sim_fault_hit(faults, "ram.alloc"));
	ck_assert_int_eq(sim_fault_arm(faults, "ram.alloc", 3, 1), 0);
	ck_assert(!sim_fault_hit(faults, "ram.alloc"));
	ck_assert(sim_fault_hit(faults, "ram.alloc"));
	sim_faults_free(faults);
}
END_TEST

START_TEST(bad_requests_are_refused)
{
	declare_three();
	ck_assert_int_eq(sim_fault_arm(faults, "ram.aloc", 1, 1), -ENOENT);
	ck_assert_int_eq(sim_fault_arm(faults, "ram.alloc", 0, 1), -EINVAL);
	ck_assert_int_eq(sim_fault_arm(faults, "ram.alloc", 1, 0), -EINVAL);
	ck_assert(!sim_fault_hit(faults, "ram.alloc"));
	ck_assert(!sim_fault_hit(faults, "ram.aloc"));
	ck_assert_ptr_null(sim_fault_find(faults, "ram.aloc"));
	ck_assert_ptr_null(sim_fault_declare(faults, "", "no name"));
	sim_faults_free(faults);
}
END_TEST

START_TEST(points_are_listed_in_order_of_declaration)
{
	const char *const want[] = {"ram.alloc", "bus.abort", "evtq.full"};
	const struct sim_fault *point = NULL;

	declare_three();
	ck_assert_ptr_eq(sim_fault_declare(faults, "bus.abort", "again"),
			 sim_fault_find(faults, "bus.abort"));
	for (int i = 0; i < 3; i++) {
		point = sim_fault_next(faults, point);
		ck_assert_str_eq(sim_fault_name(point), want[i]);
	}
	ck_assert_str_eq(sim_fault_help(point), "the event queue has no room");
	ck_assert_ptr_null(sim_fault_next(faults, point));
	ck_assert_str_eq(sim_fault_help(sim_fault_find(faults, "bus.abort")),
			 "the bus answers with an abort");
	sim_faults_free(faults);
}
END_TEST

START_TEST(reset_disarms_and_clears)
{
	struct sim_fault *point;

	declare_three();
	point = sim_fault_find(faults, "ram.alloc");
	ck_assert_int_eq(sim_fault_arm(faults, "ram.alloc", 1, 9), 0);
	sim_fault_hit_point(point);
	sim_fault_reset(faults);
	ck_assert_uint_eq(sim_fault_seen(point), 0);
	ck_assert_uint_eq(sim_fault_fired(point), 0);
	ck_assert(!sim_fault_hit_point(point));
	sim_faults_free(faults);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(fires_at_first_for_count);
	SUITE_CASE(counters_tell_seen_and_fired);
	SUITE_CASE(a_range_without_end);
	SUITE_CASE(arming_again_replaces);
	SUITE_CASE(bad_requests_are_refused);
	SUITE_CASE(points_are_listed_in_order_of_declaration);
	SUITE_CASE(reset_disarms_and_clears);
}
