/* SPDX-License-Identifier: MIT */
/* Threads: waits and timeouts, stacks and their pool, the floating point state. */
#include <errno.h>
#include <signal.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>
#include <xmmintrin.h>

#include "tests/evk/seen.h"
#include "tests/suite.h"

static evk_event *event_a;
static int result;

static void wait_five(void *name)
{
	result = evk_wait_event(event_a, 5 * EVK_NS);
	see(name);
}

START_TEST(wait_event_times_out)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_thread_new("t", wait_five, "t", 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(result, -ETIMEDOUT);
	SEEN("t@5 ");
	evk_notify(event_a, 0); /* the thread waits no more */
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("");
}
END_TEST

START_TEST(event_comes_before_the_timeout)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_thread_new("t", wait_five, "t", 0);
	evk_notify(event_a, 3 * EVK_NS);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(result, 0);
	SEEN("t@3 ");
}
END_TEST

START_TEST(event_at_the_time_of_the_timeout)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_notify(event_a, 5 * EVK_NS); /* asked for before the timeout */
	evk_thread_new("t", wait_five, "t", 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(result, 0);
	SEEN("t@5 ");
}
END_TEST

START_TEST(freed_event_wakes_its_waiters)
{
	open_kernel();
	event_a = evk_event_new("a");
	evk_thread_new("t", wait_five, "t", 0);
	ck_assert_int_eq(evk_run(EVK_NS), EVK_REACHED);
	evk_event_free(event_a);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(result, -ECANCELED);
	SEEN("t@1 ");
}
END_TEST

static void count_up(void *arg)
{
	evk_wait(EVK_PS);
	++*(int *)arg;
}

START_TEST(ten_thousand_threads_in_turn)
{
	int ended = 0;

	open_kernel();
	for (int i = 0; i < 100; i++) {
		for (int k = 0; k < 100; k++)
			evk_thread_new("t", count_up, &ended, 0);
		ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	}
	ck_assert_int_eq(ended, 10000);
	ck_assert_uint_eq(evk_now(), 100);
}
END_TEST

START_TEST(ten_thousand_threads_at_once)
{
	int ended = 0;

	open_kernel();
	for (int i = 0; i < 10000; i++)
		ck_assert_ptr_nonnull(evk_thread_new("t", count_up, &ended, 32 * 1024));
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(ended, 10000);
	ck_assert_uint_eq(evk_now(), 1);
}
END_TEST

static evk_thread *expected_self;

static void check_self(void *arg)
{
	(void)arg;
	ck_assert_ptr_eq(evk_thread_self(), expected_self);
	evk_wait(1);
	ck_assert_ptr_eq(evk_thread_self(), expected_self);
	see("self");
}

static void no_self(void *arg)
{
	(void)arg;
	ck_assert_ptr_null(evk_thread_self());
	see("none");
}

START_TEST(self_is_the_running_thread)
{
	open_kernel();
	ck_assert_ptr_null(evk_thread_self());
	event_a = evk_event_new("a");
	evk_method_new("m", no_self, NULL, event_a);
	evk_notify(event_a, 1);
	expected_self = evk_thread_new("t", check_self, NULL, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("none@0 self@0 ");
}
END_TEST

static uint16_t read_x87(void)
{
	uint16_t x87;

	__asm__ volatile("fnstcw %0" : "=m"(x87));
	return x87;
}

static void set_fp(unsigned int mxcsr, uint16_t x87)
{
	_mm_setcsr(mxcsr);
	__asm__ volatile("fldcw %0" : : "m"(x87));
}

/* Reset values after the x86-64 psABI: MXCSR 1f80h, x87 control word 37fh. */
enum { MXCSR_RESET = 0x1f80, X87_RESET = 0x037f };

static void keep_fp(void *arg)
{
	/* Rounding control, bits 14:13 of MXCSR and 11:10 of the control word. */
	unsigned int mode = (uintptr_t)arg;
	unsigned int mxcsr = MXCSR_RESET | mode << 13;
	uint16_t x87 = X87_RESET | mode << 10;

	ck_assert_uint_eq(_mm_getcsr(), MXCSR_RESET);
	ck_assert_uint_eq(read_x87(), X87_RESET);
	set_fp(mxcsr, x87);
	for (int i = 0; i < 10; i++) {
		evk_wait(i % 2);
		ck_assert_uint_eq(_mm_getcsr(), mxcsr);
		ck_assert_uint_eq(read_x87(), x87);
	}
	see("kept");
}

static void plain_fp(void *arg)
{
	(void)arg;
	ck_assert_uint_eq(_mm_getcsr(), MXCSR_RESET | 1 << 15);
	ck_assert_uint_eq(read_x87(), X87_RESET);
}

/* MXCSR bit 15 (flush to zero) marks the caller of evk_run(); methods run as he does. */
START_TEST(floating_point_control_is_kept)
{
	open_kernel();
	set_fp(MXCSR_RESET | 1 << 15, X87_RESET);
	event_a = evk_event_new("a");
	evk_method_new("m", plain_fp, NULL, event_a);
	evk_notify(event_a, 1);
	for (uintptr_t mode = 0; mode < 4; mode++)
		evk_thread_new("t", keep_fp, (void *)mode, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_uint_eq(_mm_getcsr(), MXCSR_RESET | 1 << 15);
	ck_assert_uint_eq(read_x87(), X87_RESET);
	SEEN("kept@0 kept@0 kept@0 kept@0 ");
}
END_TEST

static void use_stack(void *arg)
{
	volatile char bytes[900 * 1024];

	for (size_t i = 0; i < sizeof(bytes); i += 1024)
		bytes[i] = 1;
	*(int *)arg = bytes[0];
}

START_TEST(stack_is_as_large_as_asked)
{
	int used = 0;

	open_kernel();
	ck_assert_ptr_nonnull(evk_thread_new("t", use_stack, &used, 1024 * 1024));
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(used, 1);
}
END_TEST

START_TEST(default_stack_comes_from_the_configuration)
{
	const struct evk_config config = {.stack = 1024 * 1024};
	int used = 0;

	ck_assert_int_eq(evk_open(&config), 0);
	evk_thread_new("t", use_stack, &used, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(used, 1);
}
END_TEST

static int recurse(volatile char *above)
{
	volatile char frame[512];

	frame[0] = *above; /* 0, but the compiler does not know */
	return frame[0] ? 0 : recurse(frame) + frame[0];
}

static void overflow(void *arg)
{
	volatile char start = 0;

	(void)arg;
	_exit(recurse(&start) & 1);
}

/* The signal handler has a stack of its own and tells the signal by the exit status. */
static void exit_with_signal(int signal)
{
	_exit(100 + signal);
}

static void overflow_in_child(void)
{
	static char handler_stack[64 * 1024];
	const stack_t stack = {.ss_sp = handler_stack, .ss_size = sizeof(handler_stack)};
	struct sigaction action = {.sa_handler = exit_with_signal, .sa_flags = SA_ONSTACK};

	sigaltstack(&stack, NULL);
	sigaction(SIGSEGV, &action, NULL);
	evk_thread_new("below", overflow, NULL, 0);
	evk_thread_new("t", overflow, NULL, 0);
	evk_run(EVK_FOREVER);
	_exit(1);
}

START_TEST(stack_overflow_is_a_segmentation_fault)
{
	int status;
	pid_t child;

	open_kernel();
	child = fork();
	if (child == 0)
		overflow_in_child();
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert(WIFEXITED(status));
	ck_assert_int_eq(WEXITSTATUS(status), 100 + SIGSEGV);
}
END_TEST

static void make_another(void *name)
{
	see(name);
	if (evk_now() < 3 * EVK_NS) {
		evk_wait(EVK_NS);
		evk_thread_new("next", make_another, name, 0);
	}
}

#ifndef __SANITIZE_ADDRESS__ /* needs the address space itself */
START_TEST(threads_without_memory_are_refused)
{
	const struct rlimit limit = {.rlim_cur = 1 << 30, .rlim_max = 1 << 30};
	int made = 0, ended = 0;

	open_kernel();
	ck_assert_int_eq(setrlimit(RLIMIT_AS, &limit), 0);
	while (made < 100 && evk_thread_new("t", count_up, &ended, 64 * 1024 * 1024))
		made++;
	ck_assert_int_gt(made, 3);
	ck_assert_int_lt(made, 17);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(ended, made);
	/* Those in the pool go on serving. */
	ck_assert_ptr_nonnull(evk_thread_new("t", count_up, &ended, 64 * 1024 * 1024));
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(ended, made + 1);
}
END_TEST
#endif

struct chain {
	int made, ended;
};

static void make_and_live_on(void *arg)
{
	struct chain *chain = arg;

	if (++chain->made < 10000)
		ck_assert_ptr_nonnull(evk_thread_new("t", make_and_live_on, chain, 32 * 1024));
	evk_wait(EVK_NS);
	chain->ended++;
}

/*
 * Each thread is made by the one before. If SystemC took them for children of
 * each other, their names alone would have more than a GiB.
 */
START_TEST(long_line_of_descent_stays_small)
{
	struct chain chain = {0};
	struct rusage usage;

	open_kernel();
	evk_thread_new("t", make_and_live_on, &chain, 32 * 1024);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	ck_assert_int_eq(chain.ended, 10000);
	getrusage(RUSAGE_SELF, &usage);
	ck_assert_int_lt(usage.ru_maxrss, 400 * 1024); /* KiB */
}
END_TEST

static void fork_in_thread(void *arg)
{
	evk_wait(EVK_NS);
	*(pid_t *)arg = fork();
	evk_wait(EVK_NS);
	see("t");
}

/* The child goes on from where the parent is, and both see the same. */
START_TEST(fork_is_a_checkpoint)
{
	pid_t child = -1;
	int status;

	open_kernel();
	evk_thread_new("t", fork_in_thread, &child, 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	if (child == 0)
		_exit(strcmp(seen, "t@2 ") != 0);
	ck_assert_int_eq(waitpid(child, &status, 0), child);
	ck_assert_int_eq(status, 0);
	SEEN("t@2 ");
}
END_TEST

START_TEST(threads_make_threads)
{
	open_kernel();
	evk_thread_new("t", make_another, "t", 0);
	ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
	SEEN("t@0 t@1 t@2 t@3 ");
}
END_TEST

static void sleeps_in_frames(int depth)
{
	volatile char frame[1000];

	frame[0] = 1;
	if (depth)
		sleeps_in_frames(depth - 1);
	else
		evk_wait(EVK_S);
	frame[1] = frame[0];
}

static void deep_sleeper(void *arg)
{
	(void)arg;
	sleeps_in_frames(100);
}

/* A stack dropped deep in calls serves again from its start: 100 rounds need one. */
START_TEST(dropped_stacks_are_used_again)
{
	for (int i = 0; i < 100; i++) {
		int used = 0;

		open_kernel();
		evk_thread_new("deep", deep_sleeper, NULL, 0);
		ck_assert_int_eq(evk_run(EVK_NS), EVK_REACHED);
		evk_close();
		open_kernel();
		evk_thread_new("t", count_up, &used, 0);
		ck_assert_int_eq(evk_run(EVK_FOREVER), EVK_IDLE);
		ck_assert_int_eq(used, 1);
		evk_close();
	}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(wait_event_times_out);
	SUITE_CASE(event_comes_before_the_timeout);
	SUITE_CASE(event_at_the_time_of_the_timeout);
	SUITE_CASE(freed_event_wakes_its_waiters);
	SUITE_CASE(ten_thousand_threads_in_turn);
	SUITE_CASE(ten_thousand_threads_at_once);
	SUITE_CASE(self_is_the_running_thread);
	SUITE_CASE(floating_point_control_is_kept);
	SUITE_CASE(stack_is_as_large_as_asked);
	SUITE_CASE(default_stack_comes_from_the_configuration);
	SUITE_CASE(stack_overflow_is_a_segmentation_fault);
#ifndef __SANITIZE_ADDRESS__
	SUITE_CASE(threads_without_memory_are_refused);
#endif
	SUITE_CASE(threads_make_threads);
	SUITE_CASE(long_line_of_descent_stays_small);
	SUITE_CASE(fork_is_a_checkpoint);
	SUITE_CASE(dropped_stacks_are_used_again);
}
