/* SPDX-License-Identifier: MIT */
/*
 * evk_core over SystemC 2.3. SystemC runs the loop of time and delta cycles and
 * the coroutines; what is due in a delta, and in which order, is the core's.
 *
 * One SystemC method, the dispatcher, runs in each delta cycle that has work. It
 * has the core take what is due; a thread that is woken is resumed by immediate
 * notification of an event of their own, so that they run in the same evaluation
 * phase in the order of waking. A primitive channel's update, which SystemC calls
 * when all of them have waited again, arms the dispatcher's next run.
 *
 * While the core runs cycles on the stack of a thread that waits, SystemC's time
 * stands still, behind ours.
 *
 * The SystemC context is made once and kept: its time only grows, and evk's time
 * is the distance from `base`. Threads are SystemC threads that never end but go
 * to a pool; one that evk_close() drops in mid-function goes back to the start of
 * its stack by longjmp() when it is used again.
 */
#define SC_DISABLE_API_VERSION_CHECK
#define SC_INCLUDE_DYNAMIC_PROCESSES
#include <systemc>

#include <cerrno>
#include <csetjmp>
#include <cstdlib>
#include <cstring>
#include <new>

#include "sim/evk_core.h"

/* Wanted by SystemC's main(), which this program does not use. */
int sc_main(int, char **)
{
	return 0;
}

namespace
{

constexpr size_t DEFAULT_STACK = 256 * 1024;
constexpr unsigned int MIN_STACK_SHIFT = 15; /* room for the guard page and a printf() */
constexpr unsigned int MAX_STACK_SHIFT = 30; /* SystemC takes an int */

/* A thread of SystemC's, which runs one evk thread after the other. */
struct pooled : evk_thread {
	evk_link pool{};
	pooled *next_made = nullptr;
	sc_core::sc_event *resume = nullptr;
	evk_fn fn = nullptr;
	void *arg = nullptr;
	unsigned int shift = 0; /* log2 of the stack's size */
	bool active = false;	/* within fn */
	bool dropped = false;	/* by evk_close(), within fn */
	jmp_buf start;
};

struct channel : sc_core::sc_prim_channel {
	channel() : sc_core::sc_prim_channel("evk_channel")
	{
	}
	void request()
	{
		request_update();
	}
	void update() override;
};

/* What lasts as long as the process. */
struct {
	bool ready;
	sc_core::sc_event *tick;
	channel *end_of_delta;
	evk_link pool[MAX_STACK_SHIFT + 1];
	pooled *made; /* every thread, in use or not */
	/* SystemC could not make a stack or its guard page, and reports the latter only once. */
	bool exhausted;
} host;

/* What lasts from evk_open() to evk_close(), beside the core. */
struct {
	uint64_t base;
	uint64_t armed; /* SystemC time of the tick's notification, UINT64_MAX: none */
	size_t default_stack;
	evk_stack_bounds stack; /* of the caller of evk_run() */
} kernel;

uint64_t systemc_now()
{
	return sc_core::sc_time_stamp().value();
}

sc_core::sc_time systemc_time(uint64_t ps)
{
	return sc_core::sc_time::from_value(ps);
}

/* Make the tick fire for the first thing that is due, and for nothing else. */
void arm()
{
	uint64_t when = UINT64_MAX;

	if (evk_queue_has_delta(&evk_core.queue))
		when = kernel.base + evk_core.now;
	else if (evk_core.queue.n)
		when = kernel.base + evk_queue_first(&evk_core.queue);
	if (when == kernel.armed)
		return;
	if (kernel.armed != UINT64_MAX)
		host.tick->cancel();
	kernel.armed = when;
	if (when != UINT64_MAX)
		host.tick->notify(systemc_time(when - systemc_now()));
}

void channel::update()
{
	arm();
}

/* Let our time be SystemC's, unless it is ahead. */
void follow()
{
	const uint64_t theirs = systemc_now() - kernel.base;

	if (evk_core.now < theirs)
		evk_core.now = theirs;
}

void dispatch()
{
	kernel.armed = UINT64_MAX;
	evk_stack_restore(&kernel.stack);
	follow();
	evk_core_evaluate();
	host.end_of_delta->request();
}

void retire(pooled *self)
{
	free(self->name);
	self->name = nullptr;
	/* In front: its stack is warm. */
	evk_list_insert(host.pool[self->shift].next, &self->pool);
	evk_queue_unreserve(&evk_core.queue);
}

/* SystemC starts it, and resumes it from the pool, to run fn. */
void pool_thread(pooled *self)
{
	_setjmp(self->start);
	for (;;) {
		self->active = true;
		evk_core_runs(self, evk_fp EVK_FP_INITIAL);
		self->fn(self->arg);
		self->active = false;
		retire(self);
		evk_core.self = nullptr;
		sc_core::wait();
	}
}

/*
 * SystemC makes what a process makes its children, with names as long as the
 * line of descent. In this scope nobody makes it. (The functions of SystemC that
 * set the current process are not exported; what this one points to is no constant.)
 */
class no_parent
{
	sc_core::sc_curr_proc_info *const current = const_cast<sc_core::sc_curr_proc_info *>(
		sc_core::sc_get_curr_simcontext()->get_curr_proc_info());
	const sc_core::sc_curr_proc_info saved = *current;

      public:
	no_parent()
	{
		*current = sc_core::sc_curr_proc_info();
	}
	~no_parent()
	{
		*current = saved;
	}
};

pooled *thread_make(unsigned int shift)
{
	pooled *thread = new (std::nothrow) pooled{};

	if (!thread)
		return nullptr;
	try {
		const no_parent scope;
		sc_core::sc_spawn_options options;

		thread->node.kind = EVK_THREAD_NODE;
		thread->node.owner = static_cast<evk_thread *>(thread);
		thread->pool.owner = thread;
		thread->waiter.owner = static_cast<evk_thread *>(thread);
		thread->shift = shift;
		thread->resume = new sc_core::sc_event;
		options.dont_initialize();
		options.set_sensitivity(thread->resume);
		options.set_stack_size(1 << shift);
		sc_core::sc_spawn([thread] { pool_thread(thread); },
				  sc_core::sc_gen_unique_name("evk"), &options);
	} catch (...) {
		/* SystemC may know the event; it stays with the handle. */
		host.exhausted = true;
		return nullptr;
	}
	thread->next_made = host.made;
	host.made = thread;
	return thread;
}

pooled *thread_get(unsigned int shift)
{
	pooled *thread = static_cast<pooled *>(evk_list_first(&host.pool[shift]));

	if (!thread)
		return host.exhausted ? nullptr : thread_make(shift);
	evk_list_remove(&thread->pool);
	return thread;
}

unsigned int stack_shift(size_t stack)
{
	unsigned int shift = MIN_STACK_SHIFT;

	while (shift <= MAX_STACK_SHIFT && (size_t(1) << shift) < stack)
		shift++;
	return shift;
}

void host_make()
{
	sc_core::sc_spawn_options options;

	sc_core::sc_report_handler::set_actions(sc_core::SC_INFO, sc_core::SC_DO_NOTHING);
	sc_core::sc_report_handler::set_actions(sc_core::SC_WARNING, sc_core::SC_DO_NOTHING);
	sc_core::sc_report_handler::set_actions(sc_core::SC_ID_STACK_SETUP_FAILED_,
						sc_core::SC_WARNING, sc_core::SC_THROW);
	sc_core::sc_set_time_resolution(1, sc_core::SC_PS);
	host.tick = new sc_core::sc_event("evk_tick");
	host.end_of_delta = new channel;
	options.spawn_method();
	options.dont_initialize();
	options.set_sensitivity(host.tick);
	sc_core::sc_spawn(dispatch, "evk_dispatch", &options);
	sc_core::sc_start(sc_core::SC_ZERO_TIME);
	for (evk_link &head : host.pool)
		evk_list_init(&head);
	host.ready = true;
}

bool due_now()
{
	return evk_queue_has_delta(&evk_core.queue) ||
	       evk_queue_first(&evk_core.queue) <= evk_core.now;
}

/* Let SystemC run to a time of ours; one that lies behind its own is where it is already. */
void start_until(uint64_t time, sc_core::sc_starvation_policy policy)
{
	const uint64_t theirs = systemc_now() - kernel.base;

	if (time > theirs)
		sc_core::sc_start(systemc_time(time - theirs), policy);
	follow();
}

/*
 * SystemC returns from a run to a given time before the delta cycles of that
 * time; these are run one by one, so that nothing is left out or comes too early.
 */
int run_until(uint64_t until)
{
	if (until > EVK_TIME_MAX)
		until = EVK_TIME_MAX;
	evk_core.until = until;
	if (evk_core.stopping)
		return EVK_STOPPED;
	arm();
	start_until(until, sc_core::SC_EXIT_ON_STARVATION);
	while (!evk_core.stopping && due_now()) {
		start_until(evk_core.now, sc_core::SC_RUN_TO_TIME);
		sc_core::sc_start(sc_core::SC_ZERO_TIME);
	}
	if (evk_core.stopping)
		return EVK_STOPPED;
	if (!evk_core.queue.n)
		return EVK_IDLE;
	start_until(until, sc_core::SC_RUN_TO_TIME);
	return EVK_REACHED;
}

void drop_threads()
{
	for (pooled *thread = host.made; thread; thread = thread->next_made) {
		if (!thread->name) /* in the pool */
			continue;
		thread->dropped = thread->active;
		thread->active = false;
		evk_list_remove(&thread->waiter);
		evk_queue_remove(&evk_core.queue, &thread->node);
		retire(thread);
	}
}

} /* namespace */

extern "C" {

void evk_host_resume(evk_thread *thread)
{
	static_cast<pooled *>(thread)->resume->notify();
}

void evk_host_wait(evk_thread *thread)
{
	pooled *self = static_cast<pooled *>(thread);

	sc_core::wait();
	if (self->dropped) {
		self->dropped = false;
		_longjmp(self->start, 1);
	}
}

void evk_host_dispatch()
{
	host.tick->notify();
}

void evk_host_pause()
{
	sc_core::sc_pause();
}

int evk_open(const struct evk_config *config)
{
	if (evk_core.open)
		return -EBUSY;
	try {
		if (!host.ready)
			host_make();
	} catch (const std::bad_alloc &) {
		return -ENOMEM;
	} catch (...) {
		return -EIO;
	}
	if (systemc_now() > EVK_TIME_MAX)
		return -EOVERFLOW;
	evk_core_open();
	kernel.base = systemc_now();
	kernel.armed = UINT64_MAX;
	kernel.default_stack = config && config->stack ? config->stack : DEFAULT_STACK;
	return 0;
}

int evk_close(void)
{
	if (!evk_core.open || evk_core.running)
		return -EINVAL;
	drop_threads();
	host.tick->cancel();
	evk_core_close();
	return 0;
}

int evk_run(uint64_t until)
{
	int reason;

	if (!evk_core.open || evk_core.running || until < evk_core.now)
		return -EINVAL;
	evk_core.running = true;
	evk_core.fp = evk_fp_read();
	evk_stack_remember(&kernel.stack);
	try {
		reason = run_until(until);
	} catch (...) {
		reason = -EIO;
	}
	evk_stack_restore(&kernel.stack);
	evk_fp_write(evk_core.fp);
	evk_core.stopping = false;
	evk_core.running = false;
	return reason;
}

evk_thread *evk_thread_new(const char *name, evk_fn fn, void *arg, size_t stack)
{
	const unsigned int shift = stack_shift(stack ? stack : kernel.default_stack);
	pooled *thread;

	if (!evk_core.open || !fn || shift > MAX_STACK_SHIFT || evk_queue_reserve(&evk_core.queue))
		return nullptr;
	thread = thread_get(shift);
	if (thread)
		thread->name = strdup(name);
	if (!thread || !thread->name) {
		if (thread)
			evk_list_insert(&host.pool[shift], &thread->pool);
		evk_queue_unreserve(&evk_core.queue);
		return nullptr;
	}
	thread->fn = fn;
	thread->arg = arg;
	thread->due_result = 0;
	evk_queue_add_delta(&evk_core.queue, &thread->node);
	return thread;
}

} /* extern "C" */
