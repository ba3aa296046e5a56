/* SPDX-License-Identifier: MIT */
/*
 * The event kernel's benchmark: the host time of its basic operations, as
 * medians of several rounds. No kernel may be open.
 */
#ifndef TESTS_BENCH_EVK_BENCH_H
#define TESTS_BENCH_EVK_BENCH_H

struct evk_bench_result {
	double round_trip_ns;	/* one thread: evk_wait() of a nanosecond, back to itself */
	double switch_ns;	/* two threads in turns: evk_wait(), until the other runs */
	double notify_ns;	/* one thread notifies, another wakes from evk_wait_event() */
	double thread_start_ns; /* evk_thread_new() on a pooled stack, to its end */
	double open_close_us;	/* evk_close() and evk_open(), the first open left out */
};

/* 0, or negative errno with `*why` a constant text. */
int evk_bench_run(struct evk_bench_result *out, const char **why);

#endif
