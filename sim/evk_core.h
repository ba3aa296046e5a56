/* SPDX-License-Identifier: MIT */
/*
 * What the halves of the event kernel share: evk_core.c says what is due, and in
 * which order; evk_systemc.cpp has the stacks, SystemC's loop and its time. Private.
 */
#ifndef SIM_EVK_CORE_H
#define SIM_EVK_CORE_H

#include "sim/evk.h"
#include "sim/evk_caller.h"
#include "sim/evk_list.h"
#include "sim/evk_queue.h"

#ifdef __cplusplus
extern "C" {
#endif

enum evk_node_kind { EVK_EVENT_NODE, EVK_THREAD_NODE };

/* As far as the core knows it; the host has more behind it. */
struct evk_thread {
	struct evk_node node;	/* start, wait or timeout */
	struct evk_link waiter; /* on an event */
	char *name;
	int due_result; /* what the wait returns if its node comes due */
	int result;
	struct evk_fp fp;
};

/* What lasts from evk_open() to evk_close(). */
struct evk_core {
	bool open, running, stopping;
	int stop_code;
	uint64_t now;
	uint64_t until; /* of the run in progress */
	size_t awake;	/* threads woken that have not run yet */
	struct evk_queue queue;
	struct evk_link events, methods, ready;
	struct evk_thread *self;
	struct evk_thread *cycling; /* waits, and runs the cycles meanwhile */
	evk_observer observer;
	void *observer_arg;
	struct evk_fp fp; /* of the caller of evk_run(), and so of methods */
};
extern struct evk_core evk_core;

/* Everything is as at time 0. */
void evk_core_open(void);
/* Frees the events and methods that are left. */
void evk_core_close(void);
/*
 * One delta cycle at evk_core.now, but for the threads that it wakes. False: it is
 * broken off, since a thread comes before the one whose stack this is.
 */
bool evk_core_evaluate(void);
/* A thread that was woken begins to run. */
void evk_core_runs(struct evk_thread *thread, struct evk_fp fp);

/* The host's: run the thread in this evaluation, behind those that were resumed before. */
void evk_host_resume(struct evk_thread *thread);
/* Give way until resumed. */
void evk_host_wait(struct evk_thread *self);
/* Go on with a broken-off cycle once the running thread has given way. */
void evk_host_dispatch(void);
/* End the run behind this delta cycle. */
void evk_host_pause(void);

#ifdef __cplusplus
}
#endif

#endif
