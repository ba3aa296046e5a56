// SPDX-License-Identifier: GPL-2.0-only
/* CPUs that go down and come up, and what then becomes of what was on them. */
#include <linux/cpu.h>
#include <linux/cpuhotplug.h>
#include <linux/ctype.h>
#include <linux/delay.h>
#include <linux/hrtimer.h>
#include <linux/interrupt.h>
#include <linux/rcupdate.h>
#include <linux/sched.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/smpboot.h>
#include <linux/srcu.h>
#include <linux/timer.h>
#include <linux/workqueue.h>

#include "services.h"

/* services.cpu_down, services.cpu_up: what the CPU's file `online` in sysfs does. */
static long op_cpu_down(const struct kut_op_args *a)
{
	return remove_cpu(a->arg[0]);
}
KUT_OP("services.cpu_down", op_cpu_down);

static long op_cpu_up(const struct kut_op_args *a)
{
	return add_cpu(a->arg[0]);
}
KUT_OP("services.cpu_up", op_cpu_up);

/* services.cpu_device_down: past the check of its device whether the CPU can go at all. */
static long op_cpu_device_down(const struct kut_op_args *a)
{
	return cpu_device_down(get_cpu_device(a->arg[0]));
}
KUT_OP("services.cpu_device_down", op_cpu_device_down);

/* services.cpus -> possible, present, online, active */
static long op_cpus(const struct kut_op_args *a)
{
	svc_put(a, 0, cpumask_bits(cpu_possible_mask)[0]);
	svc_put(a, 1, cpumask_bits(cpu_present_mask)[0]);
	svc_put(a, 2, cpumask_bits(cpu_online_mask)[0]);
	svc_put(a, 3, cpumask_bits(cpu_active_mask)[0]);
	return num_online_cpus();
}
KUT_OP("services.cpus", op_cpus);

static unsigned int refusing;

static char here(unsigned int cpu, char letter)
{
	return raw_smp_processor_id() == cpu ? toupper(letter) : letter;
}

static int prepare_up(unsigned int cpu)
{
	svc_step(here(cpu, 'p'));
	return 0;
}

static int prepare_down(unsigned int cpu)
{
	svc_step(here(cpu, 'q'));
	return 0;
}

static int online_up(unsigned int cpu)
{
	svc_step(here(cpu, 'u'));
	return cpu == refusing ? -EPERM : 0;
}

static int online_down(unsigned int cpu)
{
	svc_step(here(cpu, 'd'));
	return cpu == refusing ? -EPERM : 0;
}

/* Of two dynamic states, one before the CPU runs and one on it. */
static int set_up_states(int *prepare, int *online)
{
	*prepare = cpuhp_setup_state_nocalls(CPUHP_BP_PREPARE_DYN, "services:prepare", prepare_up,
					     prepare_down);
	*online = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "services:online", online_up,
					    online_down);
	return min(*prepare, *online);
}

/*
 * services.hotplug_states: CPU, whether its online state refuses -> steps of taking it
 * down, up, down, up, and up again if need be; in capitals those on the CPU itself;
 * results in digits, 0: none.
 */
static long op_hotplug_states(const struct kut_op_args *a)
{
	int prepare, online;

	if (set_up_states(&prepare, &online) < 0)
		return -EINVAL;
	svc_begin();
	refusing = a->arg[1] == 1 ? a->arg[0] : NR_CPUS;
	svc_step('0' - remove_cpu(a->arg[0]));
	refusing = NR_CPUS;
	if (!cpu_online(a->arg[0]))
		svc_step('0' - add_cpu(a->arg[0]));
	svc_step('|');
	svc_step('0' - remove_cpu(a->arg[0]));
	refusing = a->arg[1] == 2 ? a->arg[0] : NR_CPUS;
	svc_step('0' - add_cpu(a->arg[0]));
	refusing = NR_CPUS;
	if (!cpu_online(a->arg[0])) {
		svc_step('|');
		add_cpu(a->arg[0]);
	}
	cpuhp_remove_state_nocalls(online);
	cpuhp_remove_state_nocalls(prepare);
	return svc_text_out(a);
}
KUT_OP("services.hotplug_states", op_hotplug_states);

static unsigned int refuses_at;

static int refuse(unsigned int cpu)
{
	svc_step('0' + cpu);
	return cpu == refuses_at ? -EBUSY : 0;
}

static int undo(unsigned int cpu)
{
	svc_step('a' + cpu);
	return 0;
}

/* services.hotplug_refuse: a new state refuses on CPU arg0 -> result; steps */
static long op_hotplug_refuse(const struct kut_op_args *a)
{
	int ret;

	svc_begin();
	refuses_at = a->arg[0];
	ret = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "services:refuse", refuse, undo);
	svc_text_out(a);
	if (ret >= 0)
		cpuhp_remove_state_nocalls(ret);
	return ret;
}
KUT_OP("services.hotplug_refuse", op_hotplug_refuse);

/* What is on a CPU that goes down. */
struct load {
	struct timer_list timer;
	struct hrtimer hrtimer;
	struct delayed_work delayed;
	struct work_struct sleeps, waits;
	unsigned int timer_cpu, hrtimer_cpu, delayed_cpu, slept_cpu, waited_cpu, thread_cpu;
	bool stop;
};

static void timer_fn(struct timer_list *t)
{
	container_of(t, struct load, timer)->timer_cpu = raw_smp_processor_id();
}

static enum hrtimer_restart hrtimer_fn(struct hrtimer *t)
{
	container_of(t, struct load, hrtimer)->hrtimer_cpu = raw_smp_processor_id();
	return HRTIMER_NORESTART;
}

static void delayed_fn(struct work_struct *work)
{
	container_of(work, struct load, delayed.work)->delayed_cpu = raw_smp_processor_id();
}

static void sleeps_fn(struct work_struct *work)
{
	msleep(60);
	container_of(work, struct load, sleeps)->slept_cpu = raw_smp_processor_id();
}

static void waits_fn(struct work_struct *work)
{
	container_of(work, struct load, waits)->waited_cpu = raw_smp_processor_id();
}

static int thread_fn(void *data)
{
	struct load *l = data;

	while (!READ_ONCE(l->stop)) {
		l->thread_cpu = raw_smp_processor_id();
		msleep(4);
	}
	return 0;
}

static void start_hrtimer(void *data)
{
	struct load *l = data;

	hrtimer_start(&l->hrtimer, ms_to_ktime(50), HRTIMER_MODE_REL_PINNED_HARD);
}

static struct load load;

/*
 * services.hotplug_move: CPU: a timer, an hrtimer, a delayed work, a work that sleeps,
 * one queued while the CPU is down, and a thread that is bound to it -> result, where
 * each ran in the end, and the thread while the CPU is down and after that.
 */
static long op_hotplug_move(const struct kut_op_args *a)
{
	unsigned int cpu = a->arg[0];
	struct svc_thread t;
	struct load *l = &load;

	*l = (struct load){.timer_cpu = 99, .hrtimer_cpu = 99, .delayed_cpu = 99, .slept_cpu = 99};
	timer_setup(&l->timer, timer_fn, 0);
	kut_hrtimer_setup(&l->hrtimer, hrtimer_fn, CLOCK_MONOTONIC, HRTIMER_MODE_REL_PINNED_HARD);
	INIT_DELAYED_WORK(&l->delayed, delayed_fn);
	INIT_WORK(&l->sleeps, sleeps_fn);
	INIT_WORK(&l->waits, waits_fn);
	svc_thread_start(&t, cpu, thread_fn, l);
	l->timer.expires = jiffies + msecs_to_jiffies(50);
	add_timer_on(&l->timer, cpu);
	smp_call_function_single(cpu, start_hrtimer, l, 1);
	queue_delayed_work_on(cpu, system_wq, &l->delayed, msecs_to_jiffies(50));
	queue_work_on(cpu, system_wq, &l->sleeps);
	msleep(8);
	svc_put(a, 0, remove_cpu(cpu));
	queue_work_on(cpu, system_wq, &l->waits);
	flush_work(&l->waits);
	msleep(100);
	svc_put(a, 1, l->timer_cpu);
	svc_put(a, 2, l->hrtimer_cpu);
	svc_put(a, 3, l->delayed_cpu);
	svc_put(a, 4, l->slept_cpu);
	svc_put(a, 5, l->waited_cpu);
	svc_put(a, 6, l->thread_cpu);
	add_cpu(cpu);
	queue_work_on(cpu, system_wq, &l->waits);
	flush_work(&l->waits);
	svc_put(a, 7, l->waited_cpu);
	WRITE_ONCE(l->stop, true);
	svc_thread_join(&t);
	return cpu_online(cpu);
}
KUT_OP("services.hotplug_move", op_hotplug_move);

static struct rcu_head head;
static bool called_back;

static void call_back(struct rcu_head *unused)
{
	WRITE_ONCE(called_back, true);
}

static int read_long(void *data)
{
	rcu_read_lock();
	WRITE_ONCE(*(bool *)data, true);
	mdelay(40);
	WRITE_ONCE(*(bool *)data, false);
	rcu_read_unlock();
	return 0;
}

DEFINE_STATIC_SRCU(hotplug_srcu);

/*
 * services.hotplug_rcu: CPU: while it is down: ns of synchronize_rcu(), whether a
 * callback came, ns of synchronize_srcu(); up again with a reader on it: whether
 * synchronize_rcu() came back before the reader had left.
 */
static long op_hotplug_rcu(const struct kut_op_args *a)
{
	bool reading = false;
	struct svc_thread t;
	s64 start;
	int idx, ret = remove_cpu(a->arg[0]);

	if (ret)
		return ret;
	start = ktime_get();
	synchronize_rcu();
	svc_put(a, 0, ktime_get() - start);
	WRITE_ONCE(called_back, false);
	call_rcu(&head, call_back);
	rcu_barrier();
	svc_put(a, 1, READ_ONCE(called_back));
	idx = srcu_read_lock(&hotplug_srcu);
	srcu_read_unlock(&hotplug_srcu, idx);
	start = ktime_get();
	synchronize_srcu(&hotplug_srcu);
	svc_put(a, 2, ktime_get() - start);
	ret = add_cpu(a->arg[0]);
	svc_thread_start(&t, a->arg[0], read_long, &reading);
	while (!READ_ONCE(reading))
		msleep(1);
	synchronize_rcu();
	svc_put(a, 3, READ_ONCE(reading));
	svc_thread_join(&t);
	return ret;
}
KUT_OP("services.hotplug_rcu", op_hotplug_rcu);

static DEFINE_PER_CPU(struct task_struct *, boot_task);
static unsigned int step_cpu;

static void mark(unsigned int cpu, char letter)
{
	if (cpu == step_cpu)
		svc_step(letter);
}

static int nothing_to_do(unsigned int cpu)
{
	return 0;
}

static void run_once(unsigned int cpu)
{
}

static void boot_create(unsigned int cpu)
{
	mark(cpu, 'c');
}

static void boot_setup(unsigned int cpu)
{
	mark(cpu, here(cpu, 's'));
}

static void boot_cleanup(unsigned int cpu, bool online)
{
	mark(cpu, online ? 'e' : 'E');
}

static void boot_park(unsigned int cpu)
{
	mark(cpu, here(cpu, 'k'));
}

static void boot_unpark(unsigned int cpu)
{
	mark(cpu, here(cpu, 'r'));
}

static struct smp_hotplug_thread boot_thread = {
	.store = &boot_task,
	.thread_should_run = nothing_to_do,
	.thread_fn = run_once,
	.thread_comm = "svcboot/%u",
	.create = boot_create,
	.setup = boot_setup,
	.cleanup = boot_cleanup,
	.park = boot_park,
	.unpark = boot_unpark,
};

/* services.smpboot: CPU: a thread on each, the CPU down and up -> the steps of its thread. */
static long op_smpboot(const struct kut_op_args *a)
{
	int ret;

	svc_begin();
	step_cpu = a->arg[0];
	ret = smpboot_register_percpu_thread(&boot_thread);
	if (ret)
		return ret;
	msleep(1);
	svc_step('|');
	remove_cpu(step_cpu);
	svc_step('|');
	add_cpu(step_cpu);
	msleep(1);
	svc_step('|');
	smpboot_unregister_percpu_thread(&boot_thread);
	return svc_text_out(a);
}
KUT_OP("services.smpboot", op_smpboot);

static int parks(void *data)
{
	unsigned int *turns = data;

	while (!kthread_should_stop()) {
		if (kthread_should_park()) {
			svc_step('p');
			kthread_parkme();
			svc_step('u');
		}
		++*turns;
		msleep(1);
	}
	return 3;
}

/* services.kthread_park: steps, and turns that a parked thread made -> its result */
static long op_kthread_park(const struct kut_op_args *a)
{
	unsigned int turns = 0, before;
	struct task_struct *p = kthread_create(parks, &turns, "parks");
	int ret;

	if (IS_ERR(p))
		return PTR_ERR(p);
	svc_begin();
	wake_up_process(p);
	msleep(8);
	svc_put(a, 0, turns > 0);
	kthread_park(p);
	before = turns;
	wake_up_process(p); /* does not wake it */
	msleep(8);
	svc_put(a, 1, turns - before);
	kthread_unpark(p);
	msleep(8);
	svc_put(a, 2, turns > before);
	kthread_park(p);
	ret = kthread_stop(p); /* unparks it */
	svc_put(a, 3, svc_steps);
	return ret;
}
KUT_OP("services.kthread_park", op_kthread_park);

static unsigned long storm_rounds;
static atomic_t wrong;

static void count_one(void *count)
{
	atomic_inc(count);
}

/* No CPU comes or goes between the lock and the unlock. */
static int storm(void *unused)
{
	for (unsigned long i = 0; i < storm_rounds; i++) {
		atomic_t calls = ATOMIC_INIT(0);

		cpus_read_lock();
		on_each_cpu(count_one, &calls, 1);
		if (atomic_read(&calls) != num_online_cpus())
			atomic_inc(&wrong);
		cpus_read_unlock();
		usleep_range(10, 500);
	}
	return 0;
}

/*
 * services.hotplug_storm: rounds: all CPUs but 0 go down and up while two tasks call
 * all that are up -> results that were not 0, wrong numbers of calls
 */
static long op_hotplug_storm(const struct kut_op_args *a)
{
	unsigned int failed = 0;
	struct svc_thread t[2];

	storm_rounds = a->arg[0];
	atomic_set(&wrong, 0);
	for (unsigned int i = 0; i < 2; i++)
		svc_thread_start(&t[i], i, storm, NULL);
	for (unsigned long i = 0; i < storm_rounds; i++) {
		unsigned int cpu = 1 + i % (num_possible_cpus() - 1);

		failed += remove_cpu(cpu) != 0;
		failed += add_cpu(cpu) != 0;
	}
	for (unsigned int i = 0; i < 2; i++)
		svc_thread_join(&t[i]);
	svc_put(a, 0, failed);
	svc_put(a, 1, atomic_read(&wrong));
	return num_online_cpus();
}
KUT_OP("services.hotplug_storm", op_hotplug_storm);
