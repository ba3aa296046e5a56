// SPDX-License-Identifier: GPL-2.0-only
/*
 * CPU hotplug states. All CPUs are up from the start, so a state's startup
 * function runs for each of them at once, and its teardown when it is removed.
 */
#include <linux/cpuhotplug.h>
#include <linux/cpumask.h>
#include <linux/list.h>

#include "kut.h"

static struct {
	int (*startup)(unsigned int cpu, struct hlist_node *node);
	int (*teardown)(unsigned int cpu, struct hlist_node *node);
	bool multi, used;
} states[CPUHP_ONLINE];

static int invoke(int (*fn)(unsigned int, struct hlist_node *), bool multi, struct hlist_node *node)
{
	unsigned int cpu;
	int ret;

	if (!fn)
		return 0;
	for_each_online_cpu(cpu) {
		ret = multi ? fn(cpu, node) : ((int (*)(unsigned int))(void *)fn)(cpu);
		if (ret)
			return ret;
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
	int s = state, ret = 0;

	if (state == CPUHP_AP_ONLINE_DYN)
		s = dynamic_state(CPUHP_AP_ONLINE_DYN, CPUHP_AP_ONLINE_DYN_END);
	else if (state == CPUHP_BP_PREPARE_DYN)
		s = dynamic_state(CPUHP_BP_PREPARE_DYN, CPUHP_BP_PREPARE_DYN_END);
	if (s < 0)
		return s;
	states[s].startup = (void *)startup;
	states[s].teardown = (void *)teardown;
	states[s].multi = multi;
	states[s].used = true;
	if (invoke_now && !multi)
		ret = invoke(states[s].startup, false, NULL);
	return ret ?: s == (int)state ? 0 : s;
}

void __cpuhp_remove_state(enum cpuhp_state state, bool invoke_now)
{
	if (invoke_now && !states[state].multi)
		invoke(states[state].teardown, false, NULL);
	states[state].used = false;
}

int __cpuhp_state_add_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke_now)
{
	return invoke_now ? invoke(states[state].startup, true, node) : 0;
}

int __cpuhp_state_remove_instance(enum cpuhp_state state, struct hlist_node *node, bool invoke_now)
{
	return invoke_now ? invoke(states[state].teardown, true, node) : 0;
}
