/* SPDX-License-Identifier: MIT */
/* Calls that are refused, calls without a kernel, and silence on stdout and stderr. */
#include <errno.h>
#include <fcntl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/evk/seen.h"
#include "tests/suite.h"

static evk_event *event_a;

static void nothing(void *arg)
{
	(void)arg;
}

START_TEST(second_kernel_is_busy)
{
	open_kernel();
	ck_assert_int_eq(evk_open(NULL), -EBUSY);
	ck_assert_int_eq(evk_close(), 0);
	ck_assert_int_eq(evk_open(NULL), 0);
}
END_TEST

START_TEST(without_a_kernel_calls_are_refused)
{
	ck_assert_int_eq(evk_close(), -EINVAL);
	ck_assert_int_eq(evk_run(EVK_FOREVER), -EINVAL);
	ck_assert_ptr_null(evk_event_new("a"));
	ck_assert_ptr_null(evk_thread_new("t", nothing, NULL, 0));
	ck_assert_int_eq(evk_wait(1), -EINVAL);
	ck_assert_uint_eq(evk_next_time(), EVK_FOREVER);
	evk_stop(0);
	open_kernel();
	ck_assert_int_eq(evk_close(), 0);
	ck_assert_int_eq(evk_close(), -EINVAL);
}
END_TEST

START_TEST(run_into_the_past_is_refused)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_notify(event_a, 10);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(evk_run(9), -EINVAL);
	ck_assert_uint_eq(evk_now(), 10);
}
END_TEST

static void call_from_inside(void *arg)
{
	ck_assert_int_eq(evk_run(EVK_FOREVER), -EINVAL);
	ck_assert_int_eq(evk_close(), -EINVAL);
	ck_assert_int_eq(evk_open(NULL), -EBUSY);
	if (arg) {
		ck_assert_int_eq(evk_wait(1), -EINVAL);
		ck_assert_int_eq(evk_wait_event(event_a, 1), -EINVAL);
	}
	see("called");
}

START_TEST(kernel_calls_from_inside_are_refused)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_method_new("m", call_from_inside, "method", event_a);
	evk_thread_new("t", call_from_inside, NULL, 0);
	evk_notify(event_a, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("called@0 called@0 ");
	ck_assert_int_eq(evk_wait(1), -EINVAL);
	ck_assert_int_eq(evk_wait_event(event_a, 1), -EINVAL);
}
END_TEST

static void wait_for_nothing(void *arg)
{
	(void)arg;
	ck_assert_int_eq(evk_wait_event(NULL, 1), -EINVAL);
	see("refused");
}

START_TEST(missing_arguments_are_refused)
{
	open_kernel();
	event_a = evk_event_new("a");
	ck_assert_ptr_null(evk_method_new("m", NULL, NULL, event_a));
	ck_assert_ptr_null(evk_method_new("m", nothing, NULL, NULL));
	ck_assert_ptr_null(evk_thread_new("t", NULL, NULL, 0));
	ck_assert_ptr_null(evk_thread_new("t", nothing, NULL, SIZE_MAX));
	evk_event_free(NULL);
	evk_method_free(NULL);
	evk_thread_new("t", wait_for_nothing, NULL, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("refused@0 ");
}
END_TEST

static void sleeper(void *arg)
{
	(void)arg;
	evk_wait(10);
}

static void whole_life(void)
{
	for (int i = 0; i < 3; i++) {
		evk_open(NULL);
		evk_run(0);
		evk_run(0);
		event_a = evk_event_new("same name");
		evk_event_new("same name");
		evk_method_new("same name", nothing, NULL, event_a);
		evk_notify(event_a, 5);
		evk_thread_new("same name", sleeper, NULL, 0);
		evk_run(5);
		evk_stop(0);
		evk_run(EVK_FOREVER);
		evk_run(EVK_FOREVER);
		evk_thread_new("left", sleeper, NULL, 0);
		evk_run(EVK_FOREVER - 1);
		evk_close();
	}
}

/* SystemC greets and warns on both streams if one lets it. */
START_TEST(nothing_is_printed)
{
	int pipe_ends[2], status;
	char text[256];
	pid_t child;
	ssize_t length;

	ck_assert_int_eq(pipe(pipe_ends), 0);
	child = fork();
	if (child == 0) {
		dup2(pipe_ends[1], STDOUT_FILENO);
		dup2(pipe_ends[1], STDERR_FILENO);
		close(pipe_ends[1]);
		whole_life();
		fflush(NULL);
		_exit(0);
	}
	close(pipe_ends[1]);
	length = read(pipe_ends[0], text, sizeof(text) - 1);
	ck_assert_int_ge(length, 0);
	text[length] = '\0';
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_str_eq(text, "");
	ck_assert_int_eq(status, 0);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(second_kernel_is_busy);
	SUITE_CASE(without_a_kernel_calls_are_refused);
	SUITE_CASE(run_into_the_past_is_refused);
	SUITE_CASE(kernel_calls_from_inside_are_refused);
	SUITE_CASE(missing_arguments_are_refused);
	SUITE_CASE(nothing_is_printed);
}
