/* SPDX-License-Identifier: MIT */
/*
 * evk.h over SystemC 2.3. SystemC runs the loop of time and delta cycles and
 * the coroutines; what is due in a delta, and in which order, is evk_queue's.
 *
 * One SystemC method, the dispatcher, runs in each delta cycle that has work. It
 * takes what is due, calls evk methods itself and wakes threads by immediate
 * notification of an event of their own, so that they run in the same evaluation
 * phase in the order of waking. A primitive channel's update, which SystemC calls
 * when all of them have waited again, arms the dispatcher's next run.
 *
 * A thread that waits while no other is runnable does the dispatcher's work itself,
 * for as long as only methods are due: SystemC is asked again when another thread
 * is. Its time stands still meanwhile, behind ours; what runs, and when, is the same.
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

#include "sim/evk.h"
#include "sim/evk_caller.h"
#include "sim/evk_list.h"
#include "sim/evk_queue.h"

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

template <typename T> T *first(const evk_link &head)
{
	return static_cast<T *>(evk_list_first(&head));
}

enum node_kind { NODE_EVENT, NODE_THREAD };

} /* namespace */

struct evk_event {
	evk_node node{};
	evk_link all{};
	evk_link waiters{}; /* head; threads */
	evk_link methods{}; /* head */
	char *name = nullptr;
};

struct evk_method {
	evk_link all{};
	evk_link of_event{};
	evk_link ready{};
	evk_fn fn = nullptr;
	void *arg = nullptr;
	char *name = nullptr;
};

struct evk_thread {
	evk_node node{}; /* start, wait or timeout */
	evk_link pool{};
	evk_link waiter{}; /* on an event */
	evk_thread *next_made = nullptr;
	sc_core::sc_event *resume = nullptr;
	evk_fn fn = nullptr;
	void *arg = nullptr;
	char *name = nullptr;
	unsigned int shift = 0; /* log2 of the stack's size */
	int due_result = 0;	/* what the wait returns if its node comes due */
	int result = 0;
	bool active = false;  /* within fn */
	bool dropped = false; /* by evk_close(), within fn */
	evk_fp fp{};
	jmp_buf start;
};

namespace
{

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
	evk_thread *made; /* every thread, in use or not */
	/* SystemC could not make a stack or its guard page, and reports the latter only once. */
	bool exhausted;
} host;

/* What lasts from evk_open() to evk_close(). */
struct {
	bool open, running, stopping;
	int stop_code;
	uint64_t now, base;
	uint64_t until; /* of the run in progress */
	uint64_t armed; /* SystemC time of the tick's notification, UINT64_MAX: none */
	size_t default_stack;
	size_t awake; /* threads woken that have not run yet */
	evk_queue queue;
	evk_link events, methods, ready;
	evk_thread *self;
	evk_thread *cycling; /* waits, and runs the cycles meanwhile */
	evk_observer observer;
	void *observer_arg;
	/* Of the caller of evk_run(), and so of methods. */
	evk_fp fp;
	evk_stack_bounds stack;
} kernel;

uint64_t systemc_now()
{
	return sc_core::sc_time_stamp().value();
}

sc_core::sc_time systemc_time(uint64_t ps)
{
	return sc_core::sc_time::from_value(ps);
}

void observe(const char *name, bool thread)
{
	const evk_activity activity = {kernel.now, name, thread};

	if (kernel.observer)
		kernel.observer(kernel.observer_arg, &activity);
}

/* Make the tick fire for the first thing that is due, and for nothing else. */
void arm()
{
	uint64_t when = UINT64_MAX;

	if (evk_queue_has_delta(&kernel.queue))
		when = kernel.base + kernel.now;
	else if (kernel.queue.n)
		when = kernel.base + evk_queue_first(&kernel.queue);
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

void wake(evk_thread *thread, int result)
{
	evk_list_remove(&thread->waiter);
	evk_queue_remove(&kernel.queue, &thread->node);
	thread->result = result;
	if (thread == kernel.cycling)
		kernel.cycling = nullptr; /* goes on by itself, at the end of cycle() */
	else
		thread->resume->notify();
	kernel.awake++;
}

void fire(evk_event *event)
{
	for (evk_link *l = event->methods.next; l != &event->methods; l = l->next)
		evk_list_insert(&kernel.ready, &static_cast<evk_method *>(l->owner)->ready);
	while (evk_thread *thread = first<evk_thread>(event->waiters))
		wake(thread, 0);
}

void run_methods()
{
	while (evk_method *method = first<evk_method>(kernel.ready)) {
		evk_list_remove(&method->ready);
		evk_fp_write(kernel.fp);
		observe(method->name, false);
		method->fn(method->arg); /* may free the method */
	}
}

/* The thread that a node wakes first; null: none. */
evk_thread *first_woken(const evk_node *node)
{
	if (node->kind == NODE_THREAD)
		return static_cast<evk_thread *>(node->owner);
	return first<evk_thread>(static_cast<evk_event *>(node->owner)->waiters);
}

void evaluate_node(evk_node *node)
{
	if (node->kind == NODE_EVENT) {
		fire(static_cast<evk_event *>(node->owner));
	} else {
		evk_thread *thread = static_cast<evk_thread *>(node->owner);

		wake(thread, thread->due_result);
	}
}

/*
 * One delta cycle, but for the threads that it wakes. False: it is broken off, since
 * a thread comes before the one whose stack this is; the dispatcher goes on with it.
 */
bool evaluate()
{
	evk_queue_collect(&kernel.queue, kernel.now);
	while (evk_node *node = evk_queue_due(&kernel.queue)) {
		const evk_thread *thread = kernel.cycling ? first_woken(node) : nullptr;

		if (thread && thread != kernel.cycling)
			return false;
		evaluate_node(evk_queue_take(&kernel.queue));
	}
	run_methods();
	return true;
}

void dispatch()
{
	const uint64_t now = systemc_now() - kernel.base;

	kernel.armed = UINT64_MAX;
	evk_stack_restore(&kernel.stack);
	if (kernel.now < now)
		kernel.now = now;
	evaluate();
	host.end_of_delta->request();
}

/* Go to the next time at which something is due; false: not in this run. */
bool advance()
{
	if (evk_queue_has_delta(&kernel.queue))
		return true;
	if (evk_queue_first(&kernel.queue) > kernel.until)
		return false;
	kernel.now = evk_queue_first(&kernel.queue);
	return true;
}

/*
 * Run cycles on the stack of a thread that waits, until it is woken. False: others
 * are before it, or the run ends; it has to wait for the dispatcher.
 */
bool cycle(evk_thread *self)
{
	bool whole = true;

	if (kernel.awake)
		return false;
	kernel.cycling = self;
	while (kernel.cycling && whole && !kernel.stopping && advance())
		whole = evaluate();
	if (!kernel.cycling)
		return true;
	kernel.cycling = nullptr;
	if (!whole)
		host.tick->notify();
	return false;
}

/* Give way; returns when the thread is woken. */
void suspend(evk_thread *self)
{
	self->fp = evk_fp_read();
	kernel.self = nullptr;
	if (!cycle(self))
		sc_core::wait();
	if (self->dropped) {
		self->dropped = false;
		_longjmp(self->start, 1);
	}
	kernel.awake--;
	kernel.self = self;
	evk_fp_write(self->fp);
	observe(self->name, true);
}

/* The first run of a thread made anew, or of one that waits in the pool. */
void enter(evk_thread *self)
{
	kernel.awake--;
	kernel.self = self;
	self->active = true;
	evk_fp_write(EVK_FP_INITIAL);
	observe(self->name, true);
}

void retire(evk_thread *self)
{
	free(self->name);
	self->name = nullptr;
	/* In front: its stack is warm. */
	evk_list_insert(host.pool[self->shift].next, &self->pool);
	evk_queue_unreserve(&kernel.queue);
}

void pool_thread(evk_thread *self)
{
	_setjmp(self->start);
	for (;;) {
		enter(self);
		self->fn(self->arg);
		self->active = false;
		retire(self);
		kernel.self = nullptr;
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

evk_thread *thread_make(unsigned int shift)
{
	evk_thread *thread = new (std::nothrow) evk_thread;

	if (!thread)
		return nullptr;
	try {
		const no_parent scope;
		sc_core::sc_spawn_options options;

		thread->node.kind = NODE_THREAD;
		thread->node.owner = thread;
		thread->pool.owner = thread->waiter.owner = thread;
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

evk_thread *thread_get(unsigned int shift)
{
	evk_thread *thread = first<evk_thread>(host.pool[shift]);

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

/* A time that a run can reach; false: it never comes. */
bool time_after(uint64_t delay, uint64_t *time)
{
	if (delay > EVK_TIME_MAX - kernel.now)
		return false;
	*time = kernel.now + delay;
	return true;
}

void queue_in(evk_node *node, uint64_t delay)
{
	uint64_t time;

	if (delay == 0)
		evk_queue_add_delta(&kernel.queue, node);
	else if (time_after(delay, &time))
		evk_queue_add_timed(&kernel.queue, node, time);
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
	return evk_queue_has_delta(&kernel.queue) || evk_queue_first(&kernel.queue) <= kernel.now;
}

/* Let SystemC run to a time of ours; one that lies behind its own is where it is already. */
void start_until(uint64_t time, sc_core::sc_starvation_policy policy)
{
	const uint64_t theirs = systemc_now() - kernel.base;

	if (time > theirs)
		sc_core::sc_start(systemc_time(time - theirs), policy);
	if (kernel.now < systemc_now() - kernel.base)
		kernel.now = systemc_now() - kernel.base;
}

/*
 * SystemC returns from a run to a given time before the delta cycles of that
 * time; these are run one by one, so that nothing is left out or comes too early.
 */
int run_until(uint64_t until)
{
	if (until > EVK_TIME_MAX)
		until = EVK_TIME_MAX;
	kernel.until = until;
	if (kernel.stopping)
		return EVK_STOPPED;
	arm();
	start_until(until, sc_core::SC_EXIT_ON_STARVATION);
	while (!kernel.stopping && due_now()) {
		start_until(kernel.now, sc_core::SC_RUN_TO_TIME);
		sc_core::sc_start(sc_core::SC_ZERO_TIME);
	}
	if (kernel.stopping)
		return EVK_STOPPED;
	if (!kernel.queue.n)
		return EVK_IDLE;
	start_until(until, sc_core::SC_RUN_TO_TIME);
	return EVK_REACHED;
}

void drop_threads()
{
	for (evk_thread *thread = host.made; thread; thread = thread->next_made) {
		if (!thread->name) /* in the pool */
			continue;
		thread->dropped = thread->active;
		thread->active = false;
		evk_list_remove(&thread->waiter);
		evk_queue_remove(&kernel.queue, &thread->node);
		retire(thread);
	}
}

} /* namespace */

int evk_open(const struct evk_config *config)
{
	if (kernel.open)
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
	kernel.running = kernel.stopping = false;
	kernel.stop_code = 0;
	kernel.now = 0;
	kernel.base = systemc_now();
	kernel.armed = UINT64_MAX;
	kernel.awake = 0;
	kernel.self = kernel.cycling = nullptr;
	kernel.observer = nullptr;
	kernel.default_stack = config && config->stack ? config->stack : DEFAULT_STACK;
	evk_queue_init(&kernel.queue);
	evk_list_init(&kernel.events);
	evk_list_init(&kernel.methods);
	evk_list_init(&kernel.ready);
	kernel.open = true;
	return 0;
}

int evk_close(void)
{
	if (!kernel.open || kernel.running)
		return -EINVAL;
	drop_threads();
	while (evk_method *method = first<evk_method>(kernel.methods))
		evk_method_free(method);
	while (evk_event *event = first<evk_event>(kernel.events))
		evk_event_free(event);
	host.tick->cancel();
	evk_queue_fini(&kernel.queue);
	kernel.open = false;
	return 0;
}

int evk_run(uint64_t until)
{
	int reason;

	if (!kernel.open || kernel.running || until < kernel.now)
		return -EINVAL;
	kernel.running = true;
	kernel.fp = evk_fp_read();
	evk_stack_remember(&kernel.stack);
	try {
		reason = run_until(until);
	} catch (...) {
		reason = -EIO;
	}
	evk_stack_restore(&kernel.stack);
	evk_fp_write(kernel.fp);
	kernel.stopping = false;
	kernel.running = false;
	return reason;
}

void evk_stop(int code)
{
	if (!kernel.open)
		return;
	kernel.stop_code = code;
	kernel.stopping = true;
	if (kernel.running)
		sc_core::sc_pause();
}

int evk_stop_code(void)
{
	return kernel.stop_code;
}

uint64_t evk_now(void)
{
	return kernel.now;
}

uint64_t evk_next_time(void)
{
	if (!kernel.open)
		return EVK_FOREVER;
	if (kernel.awake || !evk_list_empty(&kernel.ready) || evk_queue_has_delta(&kernel.queue))
		return kernel.now;
	return evk_queue_first(&kernel.queue);
}

evk_event *evk_event_new(const char *name)
{
	evk_event *event;

	if (!kernel.open || evk_queue_reserve(&kernel.queue))
		return nullptr;
	event = new (std::nothrow) evk_event;
	if (event)
		event->name = strdup(name);
	if (!event || !event->name) {
		delete event;
		evk_queue_unreserve(&kernel.queue);
		return nullptr;
	}
	event->node.kind = NODE_EVENT;
	event->node.owner = event;
	event->all.owner = event;
	evk_list_init(&event->waiters);
	evk_list_init(&event->methods);
	evk_list_insert(&kernel.events, &event->all);
	return event;
}

void evk_event_free(evk_event *event)
{
	if (!event)
		return;
	evk_cancel(event);
	while (evk_thread *thread = first<evk_thread>(event->waiters)) {
		evk_list_remove(&thread->waiter);
		evk_queue_remove(&kernel.queue, &thread->node);
		thread->due_result = -ECANCELED;
		evk_queue_add_delta(&kernel.queue, &thread->node);
	}
	while (evk_method *method = first<evk_method>(event->methods))
		evk_list_remove(&method->of_event);
	evk_list_remove(&event->all);
	evk_queue_unreserve(&kernel.queue);
	free(event->name);
	delete event;
}

void evk_notify(evk_event *event, uint64_t delay)
{
	uint64_t time = 0;

	if (event->node.state == EVK_NODE_LISTED || (delay && !time_after(delay, &time)))
		return;
	if (event->node.state == EVK_NODE_TIMED) {
		if (delay && event->node.time <= time)
			return;
		evk_queue_remove(&kernel.queue, &event->node);
	}
	queue_in(&event->node, delay);
}

void evk_cancel(evk_event *event)
{
	evk_queue_remove(&kernel.queue, &event->node);
}

evk_method *evk_method_new(const char *name, evk_fn fn, void *arg, evk_event *event)
{
	evk_method *method;

	if (!kernel.open || !fn || !event)
		return nullptr;
	method = new (std::nothrow) evk_method;
	if (!method)
		return nullptr;
	method->name = strdup(name);
	if (!method->name) {
		delete method;
		return nullptr;
	}
	method->fn = fn;
	method->arg = arg;
	method->all.owner = method->of_event.owner = method->ready.owner = method;
	evk_list_insert(&kernel.methods, &method->all);
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
	delete method;
}

evk_thread *evk_thread_new(const char *name, evk_fn fn, void *arg, size_t stack)
{
	const unsigned int shift = stack_shift(stack ? stack : kernel.default_stack);
	evk_thread *thread;

	if (!kernel.open || !fn || shift > MAX_STACK_SHIFT || evk_queue_reserve(&kernel.queue))
		return nullptr;
	thread = thread_get(shift);
	if (thread)
		thread->name = strdup(name);
	if (!thread || !thread->name) {
		if (thread)
			evk_list_insert(&host.pool[shift], &thread->pool);
		evk_queue_unreserve(&kernel.queue);
		return nullptr;
	}
	thread->fn = fn;
	thread->arg = arg;
	thread->due_result = 0;
	evk_queue_add_delta(&kernel.queue, &thread->node);
	return thread;
}

evk_thread *evk_thread_self(void)
{
	return kernel.self;
}

int evk_wait(uint64_t ps)
{
	evk_thread *self = kernel.self;

	if (!self)
		return -EINVAL;
	self->due_result = 0;
	queue_in(&self->node, ps);
	suspend(self);
	return self->result;
}

int evk_wait_event(evk_event *event, uint64_t timeout)
{
	evk_thread *self = kernel.self;

	if (!self || !event)
		return -EINVAL;
	self->due_result = -ETIMEDOUT;
	queue_in(&self->node, timeout);
	evk_list_insert(&event->waiters, &self->waiter);
	suspend(self);
	return self->result;
}

void evk_observe(evk_observer observer, void *arg)
{
	kernel.observer = observer;
	kernel.observer_arg = arg;
}
