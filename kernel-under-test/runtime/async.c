// SPDX-License-Identifier: GPL-2.0-only
/*
 * async_schedule(): each function is a work item of its own queue, and stays in
 * the list, in the order of the cookies, until it has returned.
 */
#include <linux/async.h>
#include <linux/device.h>
#include <linux/slab.h>
#include <linux/wait.h>
#include <linux/workqueue.h>

#include "kut.h"

struct entry {
	struct work_struct work;
	struct list_head node;
	struct async_domain *domain; /* NULL: the default one */
	async_func_t fn;
	void *data;
	async_cookie_t cookie;
};

static async_cookie_t next_cookie = 1;
static LIST_HEAD(entries);
static DECLARE_WAIT_QUEUE_HEAD(ended);
static struct workqueue_struct *queue;

static void run(struct work_struct *work)
{
	struct entry *e = container_of(work, struct entry, work);

	e->fn(e->data, e->cookie);
	list_del(&e->node);
	kfree(e);
	wake_up_all(&ended);
}

static async_cookie_t schedule_entry(async_func_t fn, void *data, struct async_domain *domain)
{
	struct entry *e = kzalloc(sizeof(*e), GFP_ATOMIC);

	if (!e)
		return 0;
	INIT_WORK(&e->work, run);
	e->fn = fn;
	e->data = data;
	e->domain = domain;
	e->cookie = next_cookie++;
	list_add_tail(&e->node, &entries);
	queue_work(queue, &e->work);
	return e->cookie;
}

/* Without memory the function runs at once, as the kernel does. */
async_cookie_t async_schedule_node_domain(async_func_t fn, void *data, int node,
					  struct async_domain *domain)
{
	async_cookie_t cookie = schedule_entry(fn, data, domain);

	if (cookie)
		return cookie;
	cookie = next_cookie++;
	fn(data, cookie);
	return cookie;
}

async_cookie_t async_schedule_node(async_func_t fn, void *data, int node)
{
	return async_schedule_node_domain(fn, data, node, NULL);
}

bool async_schedule_dev_nocall(async_func_t fn, struct device *dev)
{
	return schedule_entry(fn, dev, NULL) != 0;
}

static bool in_progress(async_cookie_t below, const struct async_domain *domain)
{
	struct entry *e;

	list_for_each_entry(e, &entries, node)
		if (e->domain == domain && e->cookie < below)
			return true;
	return false;
}

static bool registered_in_progress(void)
{
	struct entry *e;

	list_for_each_entry(e, &entries, node)
		if (!e->domain || e->domain->registered)
			return true;
	return false;
}

void async_synchronize_full(void)
{
	wait_event(ended, !registered_in_progress());
}

void async_synchronize_full_domain(struct async_domain *domain)
{
	wait_event(ended, !in_progress(~(async_cookie_t)0, domain));
}

void async_synchronize_cookie(async_cookie_t cookie)
{
	wait_event(ended, !in_progress(cookie, NULL));
}

void async_synchronize_cookie_domain(async_cookie_t cookie, struct async_domain *domain)
{
	wait_event(ended, !in_progress(cookie, domain));
}

void kut_async_init(void)
{
	queue = alloc_workqueue("async", WQ_UNBOUND, 0);
}
