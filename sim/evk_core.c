/* SPDX-License-Identifier: MIT */
/*
 * Events, methods, and the waits of threads. A thread that waits while no other is
 * runnable runs the delta cycles itself, for as long as only methods are due; the
 * host is asked again when another thread is. What runs, and when, is the same.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/evk_core.h"

struct evk_event {
	struct evk_node node;
	struct evk_link all;
	struct evk_link waiters; /* head; threads */
	struct evk_link methods; /* head */
	char *name;
};

struct evk_method {
	struct evk_link all;
	struct evk_link of_event;
	struct evk_link ready;
	evk_fn fn;
	void *arg;
	char *name;
};

struct evk_core evk_core;

static void observe(const char *name, bool thread)
{
	const struct evk_activity activity = {evk_core.now, name, thread};

	if (evk_core.observer)
		evk_core.observer(evk_core.observer_arg, &activity);
}

/* ---- a delta cycle ---- */

static void wake(struct evk_thread *thread, int result)
{
	evk_list_remove(&thread->waiter);
	evk_queue_remove(&evk_core.queue, &thread->node);
	thread->result = result;
	if (thread == evk_core.cycling)
		evk_core.cycling = NULL; /* goes on by itself, at the end of cycle() */
	else
		evk_host_resume(thread);
	evk_core.awake++;
}

static void fire(struct evk_event *event)
{
	struct evk_thread *thread;

	for (struct evk_link *l = event->methods.next; l != &event->methods; l = l->next)
		evk_list_insert(&evk_core.ready, &((struct evk_method *)l->owner)->ready);
	while ((thread = evk_list_first(&event->waiters)))
		wake(thread, 0);
}

static void run_methods(void)
{
	struct evk_method *method;

	while ((method = evk_list_first(&evk_core.ready))) {
		evk_list_remove(&method->ready);
		evk_fp_write(evk_core.fp);
		observe(method->name, false);
		method->fn(method->arg); /* may free the method */
	}
}

/* The thread that a node wakes first; NULL: none. */
static const struct evk_thread *first_woken(const struct evk_node *node)
{
	if (node->kind == EVK_THREAD_NODE)
		return node->owner;
	return evk_list_first(&((const struct evk_event *)node->owner)->waiters);
}

static void evaluate_node(struct evk_node *node)
{
	struct evk_thread *thread = node->owner;

	if (node->kind == EVK_EVENT_NODE)
		fire(node->owner);
	else
		wake(thread, thread->due_result);
}

bool evk_core_evaluate(void)
{
	struct evk_node *node;

	evk_queue_collect(&evk_core.queue, evk_core.now);
	while ((node = evk_queue_due(&evk_core.queue))) {
		const struct evk_thread *thread = evk_core.cycling ? first_woken(node) : NULL;

		if (thread && thread != evk_core.cycling)
			return false;
		evaluate_node(evk_queue_take(&evk_core.queue));
	}
	run_methods();
	return true;
}

/* ---- waiting ---- */

/* Go to the next time at which something is due; false: not in this run. */
static bool advance(void)
{
	if (evk_queue_has_delta(&evk_core.queue))
		return true;
	if (evk_queue_first(&evk_core.queue) > evk_core.until)
		return false;
	evk_core.now = evk_queue_first(&evk_core.queue);
	return true;
}

/*
 * Run cycles on the stack of a thread that waits, until it is woken. False: others
 * are before it, or the run ends; it has to wait for the host.
 */
static bool cycle(struct evk_thread *self)
{
	bool whole = true;

	if (evk_core.awake)
		return false;
	evk_core.cycling = self;
	while (evk_core.cycling && whole && !evk_core.stopping && advance())
		whole = evk_core_evaluate();
	if (!evk_core.cycling)
		return true;
	evk_core.cycling = NULL;
	if (!whole)
		evk_host_dispatch();
	return false;
}

void evk_core_runs(struct evk_thread *thread, struct evk_fp fp)
{
	evk_core.awake--;
	evk_core.self = thread;
	evk_fp_write(fp);
	observe(thread->name, true);
}

/* Give way; returns when the thread is woken. */
static int suspend(struct evk_thread *self)
{
	self->fp = evk_fp_read();
	evk_core.self = NULL;
	if (!cycle(self))
		evk_host_wait(self);
	evk_core_runs(self, self->fp);
	return self->result;
}

/* A time that a run can reach; false: it never comes. */
static bool time_after(uint64_t delay, uint64_t *time)
{
	if (delay > EVK_TIME_MAX - evk_core.now)
		return false;
	*time = evk_core.now + delay;
	return true;
}

static void queue_in(struct evk_node *node, uint64_t delay)
{
	uint64_t time;

	if (delay == 0)
		evk_queue_add_delta(&evk_core.queue, node);
	else if (time_after(delay, &time))
		evk_queue_add_timed(&evk_core.queue, node, time);
}

int evk_wait(uint64_t ps)
{
	struct evk_thread *self = evk_core.self;

	if (!self)
		return -EINVAL;
	self->due_result = 0;
	queue_in(&self->node, ps);
	return suspend(self);
}

int evk_wait_event(evk_event *event, uint64_t timeout)
{
	struct evk_thread *self = evk_core.self;

	if (!self || !event)
		return -EINVAL;
	self->due_result = -ETIMEDOUT;
	queue_in(&self->node, timeout);
	evk_list_insert(&event->waiters, &self->waiter);
	return suspend(self);
}

evk_thread *evk_thread_self(void)
{
	return evk_core.self;
}

/* ---- events ---- */

evk_event *evk_event_new(const char *name)
{
	struct evk_event *event;

	if (!evk_core.open || evk_queue_reserve(&evk_core.queue))
		return NULL;
	event = calloc(1, sizeof(*event));
	if (event)
		event->name = strdup(name);
	if (!event || !event->name) {
		free(event);
		evk_queue_unreserve(&evk_core.queue);
		return NULL;
	}
	event->node.kind = EVK_EVENT_NODE;
	event->node.owner = event;
	event->all.owner = event;
	evk_list_init(&event->waiters);
	evk_list_init(&event->methods);
	evk_list_insert(&evk_core.events, &event->all);
	return event;
}

void evk_event_free(evk_event *event)
{
	struct evk_thread *thread;
	struct evk_method *method;

	if (!event)
		return;
	evk_cancel(event);
	while ((thread = evk_list_first(&event->waiters))) {
		evk_list_remove(&thread->waiter);
		evk_queue_remove(&evk_core.queue, &thread->node);
		thread->due_result = -ECANCELED;
		evk_queue_add_delta(&evk_core.queue, &thread->node);
	}
	while ((method = evk_list_first(&event->methods)))
		evk_list_remove(&method->of_event);
	evk_list_remove(&event->all);
	evk_queue_unreserve(&evk_core.queue);
	free(event->name);
	free(event);
}

void evk_notify(evk_event *event, uint64_t delay)
{
	uint64_t time = 0;

	if (event->node.state == EVK_NODE_LISTED || (delay && !time_after(delay, &time)))
		return;
	if (event->node.state == EVK_NODE_TIMED) {
		if (delay && event->node.time <= time)
			return;
		evk_queue_remove(&evk_core.queue, &event->node);
	}
	queue_in(&event->node, delay);
}

void evk_cancel(evk_event *event)
{
	evk_queue_remove(&evk_core.queue, &event->node);
}

/* ---- methods ---- */

evk_method *evk_method_new(const char *name, evk_fn fn, void *arg, evk_event *event)
{
	struct evk_method *method;

	if (!evk_core.open || !fn || !event)
		return NULL;
	method = calloc(1, sizeof(*method));
	if (!method)
		return NULL;
	method->name = strdup(name);
	if (!method->name) {
		free(method);
		return NULL;
	}
	method->fn = fn;
	method->arg = arg;
	method->all.owner = method->of_event.owner = method->ready.owner = method;
	evk_list_insert(&evk_core.methods, &method->all);
	evk_list_insert(&event->methods, &method->of_event);
	return method;
}

void evk_method_free(evk_method *method)
{
	if (!method)
		return;
	evk_list_remove(&method->all);
	evk_list_remove(&method->of_event);
	evk_list_remove(&method->ready);
	free(method->name);
	free(method);
}

/* ---- the kernel as a whole ---- */

void evk_core_open(void)
{
	evk_core = (struct evk_core){.open = true};
	evk_queue_init(&evk_core.queue);
	evk_list_init(&evk_core.events);
	evk_list_init(&evk_core.methods);
	evk_list_init(&evk_core.ready);
}

void evk_core_close(void)
{
	struct evk_method *method;
	struct evk_event *event;

	while ((method = evk_list_first(&evk_core.methods)))
		evk_method_free(method);
	while ((event = evk_list_first(&evk_core.events)))
		evk_event_free(event);
	evk_queue_fini(&evk_core.queue);
	evk_core.open = false;
}

void evk_stop(int code)
{
	if (!evk_core.open)
		return;
	evk_core.stop_code = code;
	evk_core.stopping = true;
	if (evk_core.running)
		evk_host_pause();
}

int evk_stop_code(void)
{
	return evk_core.stop_code;
}

uint64_t evk_now(void)
{
	return evk_core.now;
}

uint64_t evk_next_time(void)
{
	if (!evk_core.open)
		return EVK_FOREVER;
	if (evk_core.awake || !evk_list_empty(&evk_core.ready) ||
	    evk_queue_has_delta(&evk_core.queue))
		return evk_core.now;
	return evk_queue_first(&evk_core.queue);
}

void evk_observe(evk_observer observer, void *arg)
{
	evk_core.observer = observer;
	evk_core.observer_arg = arg;
}
