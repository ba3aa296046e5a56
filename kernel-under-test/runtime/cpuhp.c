// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU hotplug states. All CPUs are up from the start, so a state's startup
 * function runs for each of them at once, and its teardown when it is removed.
 */
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/list.h>
#include <linux/workqueue.h>

#include "kut.h"

static struct {
	int (*startup)(unsigned int cpu, struct hlist_node *node);
	int (*teardown)(unsigned int cpu, struct hlist_node *node);
	bool multi, used;
	unsigned int instances;
} states[CPUHP_ONLINE];

struct call {
	struct work_struct work;
	int (*fn)(unsigned int cpu, struct hlist_node *node);
	struct hlist_node *node;
	bool multi;
	unsigned int cpu;
	int ret;
};

static void run_call(struct work_struct *work)
{
	struct call *c = container_of(work, struct call, work);

	c->ret = c->multi ? c->fn(c->cpu, c->node) : ((int (*)(unsigned int))(void *)c->fn)(c->cpu);
}

/* Callbacks of states that a CPU passes when it runs already run on that CPU. */
static int call_on(int state, unsigned int cpu, int (*fn)(unsigned int, struct hlist_node *),
		   struct hlist_node *node)
{
	struct call c = {.fn = fn, .node = node, .multi = states[state].multi, .cpu = cpu};

	INIT_WORK_ONSTACK(&c.work, run_call);
	if (state > CPUHP_BRINGUP_CPU && cpu != raw_smp_processor_id()) {
		queue_work_on(cpu, system_wq, &c.work);
		flush_work(&c.work);
	} else {
		run_call(&c.work);
	}
	return c.ret;
}

static void tear_down(int state, unsigned int end, struct hlist_node *node)
{
	for (unsigned int cpu = 0; states[state].teardown && cpu < end; cpu++)
		call_on(state, cpu, states[state].teardown, node);
}

/* When a CPU refuses, those before it are torn down again. */
static int start_up(int state, struct hlist_node *node)
{
	for (unsigned int cpu = 0; states[state].startup && cpu < nr_cpu_ids; cpu++) {
		int ret = call_on(state, cpu, states[state].startup, node);

		if (ret) {
			tear_down(state, cpu, node);
			return ret;
		}
	}
	return 0;
}

static int dynamic_state(enum cpuhp_state first, enum cpuhp_state end)
{
	for (int s = first; s <= (int)end; s++)
		if (!states[s].used)
			return s;
	return -ENOSPC;
}

int __cpuhp_setup_state(enum cpuhp_state state, const char *name, bool invoke_now,
			int (*startup)(unsigned int cpu), int (*teardown)(unsigned int cpu),
			bool multi)
{
	bool dynamic = state == CPUHP_AP_ONLINE_DYN || state == CPUHP_BP_PREPARE_DYN;
	int s = state, ret = 0;

	if (state == CPUHP_AP_ONLINE_DYN)
		s = dynamic_state(CPUHP_AP_ONLINE_DYN, CPUHP_AP_ONLINE_DYN_END);
	else if (state == CPUHP_BP_PREPARE_DYN)
		s = dynamic_state(CPUHP_BP_PREPARE_DYN, CPUHP_BP_PREPARE_DYN_END);
	if (s < 0)
		return s;
	if (states[s].used)
		return -EBUSY;
	states[s].startup = (void *)startup;
	states[s].teardown = (void *)teardown;
	states[s].multi = multi;
	states[s].used = true;
	if (invoke_now && !multi)
		ret = start_up(s, NULL);
	if (ret)
		states[s].used = false;
	return ret ?: dynamic ? s : 0;
}

void __cpuhp_remove_state(enum cpuhp_state state, bool invoke_now)
{
	if (WARN(states[state].instances, "Error: Removing state %d which has instances left.\n",
		 state))
		return;
	if (invoke_now && !states[state].multi)
		tear_down(state, nr_cpu_ids, NULL);
	states[state].used = false;
}

int __cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke_now)
{
	int ret = invoke_now ? start_up(state, node) : 0;

	if (!ret)
		states[state].instances++;
	return ret;
}

int __cpuhp_state_remove_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke_now)
{
	if (invoke_now)
		tear_down(state, nr_cpu_ids, node);
	states[state].instances--;
	return 0;
}
