/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <time.h>

#include "sim/evk.h"
#include "tests/bench/evk_bench.h"

enum { ROUNDS = 9, OPERATIONS = 20000, STARTS = 5000, REOPENS = 1000 };

static evk_event *ping, *pong;

static double host_ns(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (double)now.tv_sec * 1e9 + (double)now.tv_nsec;
}

static void wait_often(void *arg)
{
	(void)arg;
	for (int i = 0; i < OPERATIONS; i++)
		evk_wait(EVK_NS);
}

static void serve(void *arg)
{
	(void)arg;
	for (int i = 0; i < OPERATIONS / 2; i++) {
		evk_notify(ping, 0);
		evk_wait_event(pong, EVK_MS);
	}
}

static void answer(void *arg)
{
	(void)arg;
	for (int i = 0; i < OPERATIONS / 2; i++) {
		evk_wait_event(ping, EVK_MS);
		evk_notify(pong, 0);
	}
}

static void start_next(void *arg)
{
	int *left = arg;

	if (--*left > 0)
		evk_thread_new("bench", start_next, left, 0);
}

static int run_to_end(void)
{
	int reason = evk_run(EVK_FOREVER);

	return reason == EVK_IDLE ? 0 : reason < 0 ? reason : -EPROTO;
}

static int time_round_trip(double *ns)
{
	double start = host_ns();
	int err;

	if (!evk_thread_new("bench", wait_often, NULL, 0))
		return -ENOMEM;
	err = run_to_end();
	*ns = (host_ns() - start) / OPERATIONS;
	return err;
}

static int time_switch(double *ns)
{
	double start = host_ns();
	int err;

	if (!evk_thread_new("one", wait_often, NULL, 0) ||
	    !evk_thread_new("other", wait_often, NULL, 0))
		return -ENOMEM;
	err = run_to_end();
	*ns = (host_ns() - start) / (2 * OPERATIONS);
	return err;
}

static int time_notify(double *ns)
{
	double start = host_ns();
	int err;

	/* The one that answers waits first. */
	if (!evk_thread_new("answer", answer, NULL, 0) || !evk_thread_new("serve", serve, NULL, 0))
		return -ENOMEM;
	err = run_to_end();
	*ns = (host_ns() - start) / OPERATIONS;
	return err;
}

static int time_thread_start(double *ns)
{
	int left = STARTS;
	double start = host_ns();
	int err;

	if (!evk_thread_new("bench", start_next, &left, 0))
		return -ENOMEM;
	err = run_to_end();
	*ns = (host_ns() - start) / STARTS;
	return err;
}

static int time_open_close(double *us)
{
	double start = host_ns();

	for (int i = 0; i < REOPENS; i++) {
		int err = evk_close();

		if (!err)
			err = evk_open(NULL);
		if (err)
			return err;
	}
	*us = (host_ns() - start) / 1000 / REOPENS;
	return 0;
}

static int compare(const void *a, const void *b)
{
	const double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

static int median(int (*measure)(double *), double *result)
{
	double values[ROUNDS];

	for (int i = 0; i < ROUNDS; i++) {
		int err = measure(&values[i]);

		if (err)
			return err;
	}
	qsort(values, ROUNDS, sizeof(values[0]), compare);
	*result = values[ROUNDS / 2];
	return 0;
}

static int measure_all(struct evk_bench_result *out, const char **why)
{
	int err;

	*why = "no memory for the events";
	ping = evk_event_new("ping");
	pong = evk_event_new("pong");
	if (!ping || !pong)
		return -ENOMEM;
	*why = "a run with waiting threads did not end";
	err = median(time_round_trip, &out->round_trip_ns);
	if (!err)
		err = median(time_switch, &out->switch_ns);
	if (!err)
		err = median(time_notify, &out->notify_ns);
	if (!err)
		err = median(time_thread_start, &out->thread_start_ns);
	if (err)
		return err;
	*why = "the event kernel did not open again";
	return median(time_open_close, &out->open_close_us);
}

int evk_bench_run(struct evk_bench_result *out, const char **why)
{
	int err = evk_open(NULL);

	*out = (struct evk_bench_result){0};
	*why = err == -EBUSY ? "an event kernel is open" : "the event kernel did not open";
	if (err)
		return err;
	err = measure_all(out, why);
	evk_close();
	if (!err)
		*why = NULL;
	return err;
}
