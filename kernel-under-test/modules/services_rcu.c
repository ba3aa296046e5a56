// SPDX-License-Identifier: GPL-2.0-only
/* RCU and SRCU, CPU hotplug states. */
#include <linux/cpuhotplug.h>
#include <linux/delay.h>
#include <linux/rcupdate.h>
#include <linux/slab.h>
#include <linux/srcu.h>

#include "services.h"

DEFINE_STATIC_SRCU(srcu);

struct object {
	struct rcu_head rcu;
	char letter;
};

static void write_letter(struct rcu_head *head)
{
	svc_step(container_of(head, struct object, rcu)->letter);
}

static bool reading;

static int read_rcu(void *unused)
{
	rcu_read_lock();
	svc_step('(');
	WRITE_ONCE(reading, true);
	mdelay(20);
	svc_step(')');
	rcu_read_unlock();
	return 0;
}

static int read_srcu(void *unused)
{
	int idx = srcu_read_lock(&srcu);

	svc_step('(');
	WRITE_ONCE(reading, true);
	msleep(20);
	svc_step(')');
	srcu_read_unlock(&srcu, idx);
	return 0;
}

static void start_reader(struct svc_thread *t, int (*fn)(void *))
{
	svc_begin();
	WRITE_ONCE(reading, false);
	svc_thread_start(t, 1, fn, NULL);
	while (!READ_ONCE(reading))
		msleep(1);
}

/* services.rcu: callbacks and synchronize_rcu() behind a reader on the other CPU. */
static long op_rcu(const struct kut_op_args *a)
{
	struct object x = {.letter = 'x'}, y = {.letter = 'y'};
	struct svc_thread t;

	start_reader(&t, read_rcu);
	call_rcu(&x.rcu, write_letter);
	synchronize_rcu();
	svc_step('s');
	call_rcu(&y.rcu, write_letter);
	rcu_barrier();
	svc_step('b');
	svc_thread_join(&t);
	return svc_text_out(a);
}
KUT_OP("services.rcu", op_rcu);

/* services.srcu: the same for SRCU, whose reader sleeps; RCU does not wait for it. */
static long op_srcu(const struct kut_op_args *a)
{
	struct object x = {.letter = 'x'};
	struct svc_thread t;

	start_reader(&t, read_srcu);
	synchronize_rcu();
	svc_step('r');
	call_srcu(&srcu, &x.rcu, write_letter);
	synchronize_srcu(&srcu);
	svc_step('s');
	srcu_barrier(&srcu);
	svc_step('b');
	svc_thread_join(&t);
	return svc_text_out(a);
}
KUT_OP("services.srcu", op_srcu);

static int synchronize(void *unused)
{
	synchronize_srcu(&srcu);
	svc_step('s');
	return 0;
}

/* services.srcu_two: two callers of synchronize_srcu() at once, and a reader. */
static long op_srcu_two(const struct kut_op_args *a)
{
	struct svc_thread reader, t[2];

	start_reader(&reader, read_srcu);
	for (unsigned int i = 0; i < 2; i++)
		svc_thread_start(&t[i], i, synchronize, NULL);
	for (unsigned int i = 0; i < 2; i++)
		svc_thread_join(&t[i]);
	svc_thread_join(&reader);
	return svc_text_out(a);
}
KUT_OP("services.srcu_two", op_srcu_two);

/* services.kvfree_rcu: its objects are there for a reader, and come back to the cache. */
static long op_kvfree_rcu(const struct kut_op_args *a)
{
	struct object *o = kmalloc(sizeof(*o), GFP_KERNEL), *p = kmalloc(sizeof(*p), GFP_KERNEL);

	o->letter = 'o';
	kvfree_rcu(o, rcu);
	svc_put(a, 0, o->letter); /* this CPU has not passed a quiescent state */
	kvfree_rcu_mightsleep(p);
	rcu_barrier();
	return 0;
}
KUT_OP("services.kvfree_rcu", op_kvfree_rcu);

static int cpu_up(unsigned int cpu)
{
	svc_step('0' + cpu);
	return 0;
}

static int cpu_down(unsigned int cpu)
{
	svc_step('A' + cpu);
	return 0;
}

/* services.cpuhp: a dynamic state's start-up and teardown on every CPU. */
static long op_cpuhp(const struct kut_op_args *a)
{
	int state;

	svc_begin();
	state = cpuhp_setup_state(CPUHP_AP_ONLINE_DYN, "services:online", cpu_up, cpu_down);
	if (state < 0)
		return state;
	cpuhp_remove_state(state);
	state = cpuhp_setup_state_nocalls(CPUHP_AP_ONLINE_DYN, "services:online", cpu_up, cpu_down);
	svc_step('|');
	cpuhp_remove_state_nocalls(state);
	return svc_text_out(a);
}
KUT_OP("services.cpuhp", op_cpuhp);
