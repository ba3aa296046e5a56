// SPDX-License-Identifier: GPL-2.0-only
/* Counts of pages by what they are used for. There is one node, and its counts are the sums. */
#include <linux/mm.h>
#include <linux/vmstat.h>

atomic_long_t vm_node_stat[NR_VM_NODE_STAT_ITEMS];

void mod_node_page_state(struct pglist_data *node, enum node_stat_item item, long delta)
{
	atomic_long_add(delta, &vm_node_stat[item]);
}
