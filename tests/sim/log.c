/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/log.h"
#include "tests/suite.h"

static char seen[4096];

static void remember(void *arg, const struct sim_log_message *message)
{
	size_t used = strlen(seen);

	(void)arg;
	snprintf(seen + used, sizeof(seen) - used, "%" PRIu64 " %s %s %s\n", message->time,
		 sim_log_level_name(message->level), message->source, message->text);
}

static uint64_t now(void)
{
	return UINT64_C(1234567890); /* ps */
}

START_TEST(sink_gets_time_level_source_and_text)
{
	sim_log_set_sink(remember, NULL);
	sim_log(SIM_LOG_WARNING, "smmu0", "%s at %#x", "abort", 0x10);
	sim_log_set_clock(now);
	sim_log(SIM_LOG_ERROR, "loader", "no file");
	ck_assert_str_eq(seen, "0 warning smmu0 abort at 0x10\n"
			       "1234567890 error loader no file\n");
}
END_TEST

START_TEST(level_drops_what_is_above)
{
	sim_log_set_sink(remember, NULL);
	sim_log(SIM_LOG_DEBUG, "a", "dropped at start");
	sim_log_set_level(SIM_LOG_DEBUG);
	sim_log(SIM_LOG_DEBUG, "a", "kept");
	sim_log_set_level(SIM_LOG_ERROR);
	sim_log(SIM_LOG_WARNING, "a", "dropped");
	sim_log(SIM_LOG_ERROR, "a", "error");
	ck_assert_str_eq(seen, "0 debug a kept\n0 error a error\n");
}
END_TEST

START_TEST(long_text_is_whole)
{
	for (int length = 510; length < 515; length++) {
		char text[600];

		seen[0] = '\0';
		memset(text, 'x', (size_t)length);
		text[length] = '\0';
		sim_log_set_sink(remember, NULL);
		sim_log(SIM_LOG_INFO, "a", "%s.", text);
		ck_assert_uint_eq(strlen(seen), strlen("0 info a .\n") + (size_t)length);
		ck_assert_ptr_nonnull(strstr(seen, "x.\n"));
	}
}
END_TEST

static FILE *redirect_stderr(void)
{
	FILE *file = tmpfile();

	fflush(stderr);
	dup2(fileno(file), STDERR_FILENO);
	return file;
}

static void expect_stderr(FILE *file, const char *want)
{
	char text[512];
	size_t length;

	fflush(stderr);
	rewind(file);
	length = fread(text, 1, sizeof(text) - 1, file);
	text[length] = '\0';
	ck_assert_str_eq(text, want);
}

START_TEST(default_sink_is_stderr)
{
	FILE *file = redirect_stderr();

	sim_log(SIM_LOG_INFO, "loader", "no clock");
	sim_log_set_clock(now);
	sim_log(SIM_LOG_INFO, "loader", "three objects");
	sim_log(SIM_LOG_ERROR, "loader", "no objects");
	expect_stderr(file, "loader: no clock\n"
			    "[    0.001234] loader: three objects\n"
			    "[    0.001234] error: loader: no objects\n");
}
END_TEST

static void sink_that_logs(void *arg, const struct sim_log_message *message)
{
	remember(arg, message);
	sim_log(SIM_LOG_ERROR, "sink", "disk full");
}

START_TEST(sink_that_logs_does_not_recurse)
{
	FILE *file = redirect_stderr();

	sim_log_set_sink(sink_that_logs, NULL);
	sim_log(SIM_LOG_INFO, "a", "one");
	sim_log(SIM_LOG_INFO, "a", "two");
	ck_assert_str_eq(seen, "0 info a one\n0 info a two\n");
	expect_stderr(file, "error: sink: disk full\nerror: sink: disk full\n");
}
END_TEST

/* Seconds right-aligned in five columns, six digits of microseconds. */
START_TEST(kernel_lines_look_like_the_kernels)
{
	char line[64];

	sim_log_kernel_line(line, sizeof(line), UINT64_C(1234000000), "text");
	ck_assert_str_eq(line, "[    0.001234] text");
	sim_log_kernel_line(line, sizeof(line), 0, "text");
	ck_assert_str_eq(line, "[    0.000000] text");
	sim_log_kernel_line(line, sizeof(line), UINT64_C(1999999), "rounded down");
	ck_assert_str_eq(line, "[    0.000001] rounded down");
	sim_log_kernel_line(line, sizeof(line), UINT64_C(9000000000000000000), "late");
	ck_assert_str_eq(line, "[9000000.000000] late");
	ck_assert_int_eq(sim_log_kernel_line(line, 4, 0, "cut"), 18);
	ck_assert_str_eq(line, "[  ");
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(sink_gets_time_level_source_and_text);
	SUITE_CASE(level_drops_what_is_above);
	SUITE_CASE(long_text_is_whole);
	SUITE_CASE(default_sink_is_stderr);
	SUITE_CASE(sink_that_logs_does_not_recurse);
	SUITE_CASE(kernel_lines_look_like_the_kernels);
}
