// SPDX-License-Identifier: GPL-2.0-only
/*
 * Tasks and CPUs. Each CPU runs one task at a time, and a task gives its CPU up
 * only in schedule(), as with PREEMPT_NONE. CPUs run beside each other in
 * simulated time: one lets the others go on whenever it spends time. A task that
 * does not run waits for its `wakeup` event; nothing else notifies that event.
 */
#include <linux/delay.h>
#include <linux/kthread.h>
#include <linux/preempt.h>
#include <linux/sched/debug.h>
#include <linux/sched/task.h>
#include <linux/slab.h>
#include <linux/threads.h>
#include <asm/processor.h>

#include "kut.h"

/* Simulated time a task may keep a CPU, as the kernel's watchdog has it. */
#define LOCKUP_PS	   (22UL * 1000 * 1000 * 1000 * 1000)
#define SPINS_AT_FULL_RATE 4096
#define RESERVED_PIDS	   300 /* below, numbers are given out once only, as in the kernel */
/* How long the way up waits for tasks that never rest. */
#define KUT_SETTLE_PS (10UL * 1000 * 1000 * 1000)

struct kut_cpu kut_cpus[KUT_MAX_CPUS];
LIST_HEAD(kut_tasks);
static unsigned int next_cpu;

struct kut_cpu *kut_this_cpu(void)
{
	return &kut_cpus[raw_smp_processor_id()];
}

void kut_resumed(struct kut_cpu *cpu)
{
	kut_host->set_gs(kut_layout.percpu_copy[cpu->id] - kut_layout.percpu_start);
	kut_time_update();
}

void kut_spend(unsigned long ps)
{
	struct kut_cpu *cpu = kut_this_cpu();

	kut_host->spend(ps);
	kut_resumed(cpu);
}

void kut_check_lockup(struct kut_cpu *cpu)
{
	unsigned long stuck = kut_host->now() - cpu->switch_since;
	char text[96];

	if (likely(stuck <= LOCKUP_PS))
		return;
	kut_check_spinners();
	kut_lockup_text(text, sizeof(text), stuck / 1000000000000UL);
	kut_finding("lockup", "watchdog: %s", text);
	dump_stack();
	kut_show_other_cpus();
	kut_host->stop(KUT_STOP_LOCKUP, text);
}

/*
 * A spin loop makes no progress by itself, so its turns grow longer: a lock that
 * is held for seconds of simulated time does not cost seconds of the host's. One
 * that takes locks on its way looks like progress: its turns grow with the time.
 */
void kut_cpu_relax(void)
{
	struct kut_cpu *cpu = kut_this_cpu();
	unsigned long now = kut_host->now();
	unsigned long cost = KUT_COST_RELAX;

	if (cpu->spins++ == 0) {
		cpu->spin_since = now;
		cpu->spin_ip = _RET_IP_;
	}
	if (cpu->spins > SPINS_AT_FULL_RATE)
		cost *= min(cpu->spins - SPINS_AT_FULL_RATE, 50000UL);
	cost = max(cost, (now - cpu->switch_since) >> 20);
	kut_check_lockup(cpu);
	/* As the tick would: an optimistic spinner on a mutex then goes to sleep. */
	if (now - cpu->spin_since > KUT_PS_PER_JIFFY && cpu->flags & X86_EFLAGS_IF)
		set_tsk_need_resched(current);
	if (cost > KUT_COST_RELAX) {
		kut_busy(cost);
		return;
	}
	kut_spend(cost);
	kut_irq_poll();
}

/* Progress ends the count of a spin loop: a switch, or a poll of a register. */
static void made_progress(struct kut_cpu *cpu)
{
	cpu->spins = 0;
}

void kut_kick(struct kut_cpu *cpu)
{
	if (cpu->idle_waiting || (cpu->delay_waiting && (cpu->line || cpu->softirq)))
		kut_host->event_notify(cpu->attention, 0);
}

/* A task stays on its CPU while it may run there. */
void kut_enqueue(struct kut_task *t)
{
	struct kut_cpu *cpu;

	kut_task_cpu(&t->task) = kut_choose_cpu(t);
	cpu = &kut_cpus[task_cpu(&t->task)];
	list_add_tail(&t->queue, &cpu->queue);
	t->queued = true;
	kut_kick(cpu);
}

static struct kut_task *find_stopper(struct kut_cpu *cpu)
{
	struct kut_task *t;

	list_for_each_entry(t, &cpu->queue, queue)
		if (t->stopper)
			return t;
	return NULL;
}

/* The seed decides which of the runnable tasks is next; seed 0 takes the first. */
static struct kut_task *draw(struct kut_cpu *cpu)
{
	struct kut_task *t;
	unsigned long n;

	n = list_is_singular(&cpu->queue) ? 0 : kut_host->choose(kut_list_count(&cpu->queue));
	list_for_each_entry(t, &cpu->queue, queue)
		if (n-- == 0)
			break;
	return t;
}

/* The CPU's stopper goes before all others. */
static struct kut_task *pick_next(struct kut_cpu *cpu)
{
	struct kut_task *t;

	if (list_empty(&cpu->queue))
		return &cpu->idle;
	t = find_stopper(cpu) ?: draw(cpu);
	list_del(&t->queue);
	t->queued = false;
	return t;
}

static void thread_main(void *arg);

static void start_or_wake(struct kut_task *next)
{
	if (next->started) {
		kut_host->event_notify(next->wakeup, KUT_COST_SWITCH);
		return;
	}
	next->started = true;
	next->thread = kut_host->thread_start(next->task.comm, thread_main, next);
}

static void hand_over(struct kut_cpu *cpu, struct kut_task *next)
{
	cpu->running->task.on_cpu = 0;
	cpu->running = next;
	next->task.on_cpu = 1;
	kut_host->trace_switch(cpu->id, next->task.pid, next->task.comm);
	start_or_wake(next);
}

static void take_cpu(struct kut_cpu *cpu, struct kut_task *t)
{
	kut_resumed(cpu);
	kut_set_current(&t->task);
	cpu->switch_since = kut_host->now();
}

/* Interrupts that are off would be on behind it: the kernel says nothing of that. */
static void might_schedule(bool sleeps)
{
	if (preempt_count() == 0 && !(sleeps && irqs_disabled()))
		return;
	kut_finding("scheduling while atomic", "BUG: scheduling while atomic: %s/%d/0x%08x%s",
		    current->comm, current->pid, preempt_count(),
		    irqs_disabled() ? " with interrupts off" : "");
	kut_show_atomic();
}

/* `prev` goes on only if no other may run, and if this CPU is still one of its own. */
static struct kut_task *successor(struct kut_cpu *cpu, struct kut_task *prev, bool runnable)
{
	struct kut_task *next;

	if (runnable && (list_empty(&cpu->queue) || prev->stopper) &&
	    kut_choose_cpu(prev) == cpu->id)
		return prev;
	next = pick_next(cpu);
	if (runnable)
		kut_enqueue(prev);
	return next;
}

/*
 * A task that is preempted stays ready to run, whatever it was about to wait for.
 * Inlined, so that call traces say schedule().
 */
static __always_inline void switch_task(bool preempted)
{
	struct kut_cpu *cpu = kut_this_cpu();
	struct kut_task *prev = cpu->running, *next;
	unsigned long flags = cpu->flags;
	int atomic = preempt_count();
	bool sleeps = !preempted && READ_ONCE(kut_task_state(&prev->task)) != TASK_RUNNING;

	might_schedule(sleeps);
	if (sleeps && prev->wants.task)
		kut_check_deadlock();
	preempt_count_set(0); /* the count is the CPU's: not for the next task */
	clear_tsk_need_resched(current);
	clear_preempt_need_resched();
	made_progress(cpu);
	cpu->switch_since = prev->off_since = kut_host->now();
	kut_rcu_quiescent(cpu);
	if (prev->worker && sleeps)
		kut_worker_sleeps(prev->worker);
	next = successor(cpu, prev, prev != &cpu->idle && !sleeps && !prev->queued);
	if (next != prev) {
		hand_over(cpu, next);
		kut_host->event_wait(prev->wakeup, ~0UL);
		cpu = &kut_cpus[task_cpu(&prev->task)];
		take_cpu(cpu, prev);
		cpu->flags = flags;
	} else if (!sleeps && prev != &cpu->idle) {
		kut_spend(KUT_COST_SWITCH); /* a loop of yields waits for another CPU */
	}
	if (prev->worker && sleeps)
		kut_worker_runs(prev->worker);
	preempt_count_set(atomic);
	kut_irq_poll();
}

void schedule(void)
{
	switch_task(false);
}

void kut_preempt(void)
{
	if (!preempt_count() && !irqs_disabled() && current->pid)
		switch_task(true);
}

void schedule_preempt_disabled(void)
{
	sched_preempt_enable_no_resched();
	schedule();
	preempt_disable();
}

bool kut_offer(void)
{
	struct kut_cpu *cpu = kut_this_cpu();

	if (preempt_count() || !(cpu->flags & X86_EFLAGS_IF))
		return false;
	cpu->switch_since = kut_host->now();
	kut_rcu_quiescent(cpu);
	kut_irq_poll();
	return false;
}

/* True: others ran meanwhile. */
bool kut_resched(void)
{
	struct kut_cpu *cpu = kut_this_cpu();

	if (preempt_count() || !(cpu->flags & X86_EFLAGS_IF))
		return false;
	if (list_empty(&cpu->queue))
		return kut_offer();
	schedule();
	return true;
}

static void init_task_struct(struct kut_task *t, const char *name, unsigned int cpu,
			     const struct cpumask *allowed)
{
	struct task_struct *p = &t->task;

	kut_task_state(p) = TASK_UNINTERRUPTIBLE;
	p->flags = PF_KTHREAD;
	p->prio = p->static_prio = p->normal_prio = DEFAULT_PRIO;
	refcount_set(&p->usage, 2); /* as fork: one for the task, one for who made it */
	raw_spin_lock_init(&p->pi_lock);
	raw_spin_lock_init(&p->alloc_lock.rlock);
	INIT_LIST_HEAD(&p->tasks);
	strscpy(p->comm, name, sizeof(p->comm));
	p->cpus_ptr = &p->cpus_mask;
	kut_set_allowed(t, allowed);
	t->home = -1;
	p->group_leader = p;
	kut_task_cpu(p) = cpu;
	INIT_LIST_HEAD(&t->queue);
	INIT_LIST_HEAD(&t->all);
	INIT_LIST_HEAD(&t->joiners);
	t->wakeup = kut_host->event_new(name);
}

static bool pid_used(int pid)
{
	struct kut_task *t;

	list_for_each_entry(t, &kut_tasks, all)
		if (t->task.pid == pid)
			return true;
	return false;
}

static int new_pid(void)
{
	static int next = 2;
	static bool around;
	int pid;

	do {
		if (next >= PID_MAX_DEFAULT) {
			next = RESERVED_PIDS;
			around = true;
		}
		pid = next++;
	} while (around && pid_used(pid));
	return pid;
}

struct kut_task *kut_task_create(const char *name, int (*fn)(void *), void *data, int cpu)
{
	/* workers are made where nobody may sleep */
	struct kut_task *t = kzalloc(sizeof(*t), GFP_ATOMIC);

	if (!t)
		return NULL;
	if (cpu < 0)
		cpu = next_cpu++ % kut_layout.cpus;
	init_task_struct(t, name, cpu, cpu_possible_mask);
	t->task.pid = t->task.tgid = new_pid();
	t->fn = fn;
	t->data = data;
	t->off_since = kut_host->now();
	list_add_tail(&t->all, &kut_tasks);
	return t;
}

struct joiner {
	struct list_head node;
	struct task_struct *task;
};

static void task_unused(struct rcu_head *head)
{
	put_task_struct(container_of(head, struct task_struct, rcu));
}

/* Who has kept the pointer waits for the end of the task. */
static void complete_vfork_done(struct task_struct *p)
{
	struct completion *done = p->vfork_done;

	p->vfork_done = NULL;
	if (done)
		complete(done);
}

/* Who looks at the owner of a lock may still see a task that has exited: RCU frees it. */
static void task_exit(struct kut_task *t, int code)
{
	struct kut_cpu *cpu = kut_this_cpu();
	struct joiner *j, *tmp;

	kut_task_works_run(&t->task);
	kut_check_exit(t);
	complete_vfork_done(&t->task);
	t->exit_code = code;
	t->exited = true;
	list_del_init(&t->all);
	WRITE_ONCE(kut_task_state(&t->task), TASK_DEAD);
	list_for_each_entry_safe(j, tmp, &t->joiners, node) {
		list_del_init(&j->node);
		wake_up_process(j->task);
	}
	kut_rcu_quiescent(cpu);
	call_rcu(&t->task.rcu, task_unused);
	hand_over(cpu, pick_next(cpu));
}

/* Not inlined: what calls __builtin_setjmp() shall have no variable in a register. */
static noinline int run_function(struct kut_task *t)
{
	if (__builtin_setjmp(t->leave))
		return t->exit_code;
	if (t->should_park)
		kthread_parkme();
	return t->fn(t->data);
}

void __noreturn kut_task_leave(int code)
{
	struct kut_task *t = kut_task_of(current);

	t->exit_code = code;
	__builtin_longjmp(t->leave, 1);
}

static void thread_main(void *arg)
{
	struct kut_task *t = arg;
	struct kut_cpu *cpu = &kut_cpus[task_cpu(&t->task)];

	t->stack_top = (unsigned long)__builtin_frame_address(0);
	take_cpu(cpu, t);
	cpu->flags = X86_EFLAGS_IF;
	kut_irq_poll();
	/* As kthread(): who is stopped before it has begun never begins. */
	task_exit(t, t->should_stop ? -EINTR : run_function(t));
}

int kut_task_join(struct kut_task *t)
{
	struct joiner j = {.task = current};
	struct kut_held outer;

	might_sleep();
	outer = kut_wait_begin(t, _RET_IP_, KUT_TASK_END);
	INIT_LIST_HEAD(&j.node);
	if (!t->exited)
		list_add_tail(&j.node, &t->joiners);
	while (!t->exited) {
		set_current_state(TASK_UNINTERRUPTIBLE);
		if (!t->exited)
			schedule();
		__set_current_state(TASK_RUNNING);
	}
	kut_wait_end(&outer);
	return t->exit_code;
}

void __put_task_struct(struct task_struct *p)
{
	struct kut_task *t = kut_task_of(p);

	list_del(&t->all);
	kut_host->event_free(t->wakeup);
	kfree(t);
}

static void idle_wait(struct kut_cpu *cpu)
{
	cpu->idle_waiting = true;
	kut_host->event_wait(cpu->attention, kut_vector_wait(cpu));
	cpu->idle_waiting = false;
	take_cpu(cpu, &cpu->idle);
}

static void idle_loop(void *arg)
{
	struct kut_cpu *cpu = arg;

	cpu->idle.stack_top = (unsigned long)__builtin_frame_address(0);
	take_cpu(cpu, &cpu->idle);
	if (cpu->id)
		kut_cpu_starts(cpu);
	cpu->flags = X86_EFLAGS_IF;
	for (;;) {
		kut_irq_poll();
		kut_rcu_quiescent(cpu);
		if (!list_empty(&cpu->queue))
			schedule();
		else if (unlikely(!cpu_online(cpu->id)))
			kut_cpu_dies(cpu);
		else if (!cpu->line && !cpu->softirq)
			idle_wait(cpu);
	}
}

void kut_idle_start(unsigned int id)
{
	struct kut_cpu *cpu = &kut_cpus[id];

	if (cpu->idle.started)
		return;
	cpu->idle.started = true;
	cpu->idle.thread = kut_host->thread_start(cpu->idle.task.comm, idle_loop, cpu);
}

void kut_sched_init(void)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++) {
		struct kut_cpu *cpu = &kut_cpus[i];
		char name[TASK_COMM_LEN] = "swapper/0";

		name[8] += i;
		cpu->id = i;
		INIT_LIST_HEAD(&cpu->queue);
		cpu->attention = kut_host->event_new("attention");
		kut_vectors_reset(cpu);
		init_task_struct(&cpu->idle, name, i, cpumask_of(i));
		kut_task_state(&cpu->idle.task) = TASK_RUNNING;
		cpu->idle.task.pid = 0;
		cpu->running = &cpu->idle;
	}
}

void kut_settle(void)
{
	unsigned long limit = kut_host->now() + KUT_SETTLE_PS;
	bool busy;

	do {
		busy = false;
		for (unsigned int i = 0; i < kut_layout.cpus; i++) {
			struct kut_cpu *cpu = &kut_cpus[i];

			if (!cpu_online(i))
				continue;
			busy |= !list_empty(&cpu->queue) || cpu->softirq || cpu->line;
			busy |= kut_vector_sent(cpu);
			busy |= cpu->running != &cpu->idle && &cpu->running->task != current;
		}
		if (busy) {
			kut_resched();
			kut_cpu_relax();
			made_progress(kut_this_cpu());
		}
	} while (busy && kut_host->now() < limit);
}

/* All tasks have equal rights here. */
void sched_set_fifo(struct task_struct *p)
{
	p->policy = SCHED_FIFO;
}

void io_schedule(void)
{
	schedule();
}

int io_schedule_prepare(void)
{
	int old = current->in_iowait;

	current->in_iowait = 1;
	return old;
}

void io_schedule_finish(int token)
{
	current->in_iowait = token;
}

long io_schedule_timeout(long timeout)
{
	int token = io_schedule_prepare();
	long left = schedule_timeout(timeout);

	io_schedule_finish(token);
	return left;
}
