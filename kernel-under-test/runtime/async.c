// SPDX-License-Identifier: GPL-2.0-only
/* async_schedule(): each function is a work item; synchronising waits for all. */
#include <linux/async.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/workqueue.h>

#include "kut.h"

struct entry {
	struct work_struct work;
	async_func_t fn;
	void *data;
	async_cookie_t cookie;
};

static async_cookie_t next_cookie = 1;

static void run(struct work_struct *work)
{
	struct entry *e = container_of(work, struct entry, work);

	e->fn(e->data, e->cookie);
	kfree(e);
}

static async_cookie_t schedule_entry(async_func_t fn, void *data)
{
	struct entry *e = kzalloc(sizeof(*e), GFP_ATOMIC);

	if (!e)
		return 0;
	INIT_WORK(&e->work, run);
	e->fn = fn;
	e->data = data;
	e->cookie = next_cookie++;
	queue_work_on(WORK_CPU_UNBOUND, system_unbound_wq, &e->work);
	return e->cookie;
}

/* Without memory the function runs at once, as the kernel does. */
async_cookie_t async_schedule_node(async_func_t fn, void *data, int node)
{
	async_cookie_t cookie = schedule_entry(fn, data);

	if (cookie)
		return cookie;
	cookie = next_cookie++;
	fn(data, cookie);
	return cookie;
}

bool async_schedule_dev_nocall(async_func_t fn, struct device *dev)
{
	return schedule_entry(fn, dev) != 0;
}

void async_synchronize_full(void)
{
	kut_workqueue_flush(system_unbound_wq);
}
