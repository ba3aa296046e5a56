/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "sim/stats.h"
#include "tests/suite.h"

static struct sim_stats *stats;
static uint64_t hits = 5;
static struct sim_level fill;

static double ratio(void *arg)
{
	return *(double *)arg;
}

/*
 * value  4      +----+
 *        2 -----+    |
 *        0           +----------
 *          0    10   20       100 ps     mean 2*10+4*10 = 60 over 100 ps: 0.6
 */
static void fill_some(void)
{
	sim_level_init(&fill, 0, 2);
	sim_level_set(&fill, 10, 4);
	sim_level_set(&fill, 20, 0);
}

static void register_three(double *gauge)
{
	stats = sim_stats_new();
	fill_some();
	ck_assert_int_eq(sim_stats_counter(stats, "tlb.hits", "1", &hits), 0);
	ck_assert_int_eq(sim_stats_gauge(stats, "tlb.ratio", "%", ratio, gauge), 0);
	ck_assert_int_eq(sim_stats_level(stats, "cmdq.fill", "entries", &fill), 0);
}

START_TEST(level_has_a_time_weighted_mean)
{
	struct sim_level late;

	fill_some();
	ck_assert_double_eq(sim_level_mean(&fill, 100), 0.6);
	ck_assert_uint_eq(fill.max, 4);
	ck_assert_uint_eq(fill.min, 0);
	sim_level_init(&late, 1000, 7);
	ck_assert_double_eq(sim_level_mean(&late, 1000), 7);
	ck_assert_double_eq(sim_level_mean(&late, 2000), 7);
}
END_TEST

START_TEST(level_does_not_overflow)
{
	struct sim_level level;

	sim_level_init(&level, 0, UINT64_MAX);
	sim_level_set(&level, UINT64_C(1) << 62, UINT64_MAX);
	ck_assert_double_eq(sim_level_mean(&level, UINT64_C(1) << 63), 0x1p64);
}
END_TEST

START_TEST(text_has_a_line_each)
{
	double gauge = 12.5;
	char *text = NULL;
	size_t size;
	FILE *file = open_memstream(&text, &size);

	register_three(&gauge);
	hits = 6; /* read when dumped, not when registered */
	ck_assert_int_eq(sim_stats_text(stats, 100, file), 0);
	fclose(file);
	ck_assert_str_eq(text, "tlb.hits 6\n"
			       "tlb.ratio 12.5 %\n"
			       "cmdq.fill 0.6 entries (last 0, min 0, max 4)\n");
	free(text);
	sim_stats_free(stats);
}
END_TEST

static void check_json(const char *want)
{
	json_t *json = sim_stats_json(stats, 100);
	char *text = json_dumps(json, JSON_COMPACT | JSON_REAL_PRECISION(6));

	ck_assert_str_eq(text, want);
	free(text);
	json_decref(json);
}

START_TEST(json_has_a_member_each)
{
	double gauge = 12.5;

	register_three(&gauge);
	hits = 6;
	check_json("{\"tlb.hits\":{\"unit\":\"1\",\"value\":6},"
		   "\"tlb.ratio\":{\"unit\":\"%\",\"value\":12.5},"
		   "\"cmdq.fill\":{\"unit\":\"entries\",\"mean\":0.6,\"last\":0,\"min\":0,"
		   "\"max\":4}}");
	sim_stats_free(stats);
}
END_TEST

START_TEST(json_keeps_numbers_json_can_hold)
{
	double gauge = NAN;

	stats = sim_stats_new();
	sim_stats_gauge(stats, "nan", "1", ratio, &gauge);
	hits = UINT64_C(1) << 63;
	sim_stats_counter(stats, "large", "1", &hits);
	check_json("{\"nan\":{\"unit\":\"1\",\"value\":null},"
		   "\"large\":{\"unit\":\"1\",\"value\":9.22337e18}}");
	sim_stats_free(stats);
}
END_TEST

START_TEST(names_are_unique)
{
	double gauge = 0;

	register_three(&gauge);
	ck_assert_int_eq(sim_stats_counter(stats, "tlb.ratio", "1", &hits), -EEXIST);
	ck_assert_int_eq(sim_stats_counter(stats, "", "1", &hits), -EINVAL);
	sim_stats_free(stats);
}
END_TEST

static void collect(void *arg, const struct sim_stat *stat)
{
	strcat(arg, stat->name);
	strcat(arg, ";");
}

START_TEST(figures_come_in_order_of_registration)
{
	char names[64] = "";
	double gauge = 0;

	register_three(&gauge);
	sim_stats_each(stats, 100, collect, names);
	ck_assert_str_eq(names, "tlb.hits;tlb.ratio;cmdq.fill;");
	sim_stats_free(stats);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(level_has_a_time_weighted_mean);
	SUITE_CASE(level_does_not_overflow);
	SUITE_CASE(text_has_a_line_each);
	SUITE_CASE(json_has_a_member_each);
	SUITE_CASE(json_keeps_numbers_json_can_hold);
	SUITE_CASE(names_are_unique);
	SUITE_CASE(figures_come_in_order_of_registration);
}
