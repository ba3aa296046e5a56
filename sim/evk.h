/* SPDX-License-Identifier: MIT */
/*
 * evk: the event kernel, SystemC behind a C interface.
 *
 * Concepts. There is at most one live kernel in a process. Time is a uint64_t
 * of picoseconds since evk_open(). An event is something that can be notified;
 * a method is a function that runs, without a stack of its own, each time its
 * event fires; a thread is a function with its own stack that may wait. A method may
 * run on the stack of a thread that waits, which needs room for it. All of
 * them run in the one OS thread that calls evk_run(), one at a time, and each
 * runs until it returns or waits: nothing is preempted. A notification is never
 * immediate: with delay 0 it fires in the next delta cycle, so the order of
 * execution is defined by the order of the calls alone. Within a delta cycle
 * methods run before threads, each in the order in which they became due; what
 * is due at the same time becomes due in the order of the calls that asked for it.
 *
 * Errors are negative errno. C++ exceptions never cross this interface. MXCSR
 * and the x87 control word belong to a thread and are kept across its waits.
 */
#ifndef SIM_EVK_H
#define SIM_EVK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct evk_event evk_event;
typedef struct evk_method evk_method;
typedef struct evk_thread evk_thread;
typedef void (*evk_fn)(void *arg);

#define EVK_FOREVER UINT64_MAX
/* The last time that can come (106 days); what would be due later never happens. */
#define EVK_TIME_MAX ((uint64_t)INT64_MAX)

#define EVK_PS UINT64_C(1)
#define EVK_NS (1000 * EVK_PS)
#define EVK_US (1000 * EVK_NS)
#define EVK_MS (1000 * EVK_US)
#define EVK_S  (1000 * EVK_MS)

enum evk_reason {
	EVK_REACHED = 1, /* the time given to evk_run() has come */
	EVK_IDLE = 2,	 /* nothing is left that could happen by itself */
	EVK_STOPPED = 3, /* evk_stop() was called */
};

/* What evk_observe() reports: the start of each activity, for tests and traces. */
struct evk_activity {
	uint64_t now; /* ps */
	const char *name;
	bool thread;
};
typedef void (*evk_observer)(void *arg, const struct evk_activity *activity);

struct evk_config {
	size_t stack; /* bytes of a thread's stack when evk_thread_new() gets 0; 0: 256 KiB */
};

/*
 * -EBUSY: a kernel is open already. -ENOMEM. -EIO: SystemC failed. -EOVERFLOW:
 * all kernels that this process had have used more than EVK_TIME_MAX together.
 * `config` may be NULL.
 */
int evk_open(const struct evk_config *config);

/*
 * Ends the kernel: every method and event is freed, threads that have not
 * returned are dropped where they wait, without unwinding. evk_open() may follow
 * and starts at time 0. -EINVAL: none is open, or called from inside evk_run().
 */
int evk_close(void);

/*
 * Run until simulated time `until` (absolute, ps; EVK_FOREVER: no limit), or
 * until nothing is left to do, or evk_stop(). Returns an evk_reason, or
 * -EINVAL: not open, called from a thread or method, or `until` is in the past.
 * With EVK_REACHED the time is exactly `until`, and what is due at `until` has run.
 */
int evk_run(uint64_t until);

/*
 * Ask evk_run() to return EVK_STOPPED at the end of the current delta cycle;
 * outside evk_run(): the next one returns at once.
 */
void evk_stop(int code);
/* The code of the last evk_stop(). */
int evk_stop_code(void);

uint64_t evk_now(void);
/* Time of the next thing that is due (may be now), EVK_FOREVER if none. */
uint64_t evk_next_time(void);

/* `name` is copied. NULL: out of memory or no kernel. Freeing a pending event cancels it. */
evk_event *evk_event_new(const char *name);
void evk_event_free(evk_event *event);

/*
 * Fire in `delay` ps. An event holds one pending notification: the earlier of
 * the old and the new one stays, as in SystemC.
 */
void evk_notify(evk_event *event, uint64_t delay);
/* Too late for a notification that is due in the delta cycle that runs. */
void evk_cancel(evk_event *event);

/* Run fn(arg) each time `event` fires; not at start. NULL: out of memory, no fn, event or kernel.
 */
evk_method *evk_method_new(const char *name, evk_fn fn, void *arg, evk_event *event);
void evk_method_free(evk_method *method);

/*
 * Start fn(arg) on a stack of its own in the next delta cycle. When it returns,
 * the thread and its handle are gone; stacks are pooled. `stack` in bytes, 0:
 * the default, at most 1 GiB; pooled stacks are at least that large. Below a
 * stack lies a page that cannot be accessed: an overflow is a SIGSEGV. NULL: out
 * of memory or mappings (from then on only pooled stacks serve), `stack` too
 * large, or no kernel.
 */
evk_thread *evk_thread_new(const char *name, evk_fn fn, void *arg, size_t stack);
/* The running thread, NULL in a method or outside evk_run(). */
evk_thread *evk_thread_self(void);

/* From a thread only (-EINVAL otherwise). 0 ps: one delta cycle. */
int evk_wait(uint64_t ps);
/*
 * 0: the event fired; -ETIMEDOUT: `timeout` ps passed (0: the next delta cycle;
 * EVK_FOREVER: never); -ECANCELED: the event was freed. Of what is due in the same
 * delta cycle, the one asked for first decides.
 */
int evk_wait_event(evk_event *event, uint64_t timeout);

/* One observer; NULL removes it. Called before each thread or method runs. */
void evk_observe(evk_observer observer, void *arg);

#ifdef __cplusplus
}
#endif

#endif
