// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: an input of the controller that no device has is made pending by
 * software, and taken like any other.
 */
#include <linux/cpu.h>
#include <linux/delay.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/sched.h>

#include "services.h"
#include "models/intc_regs.h"

#define INPUT 200

static void __iomem *regs;
static int thread_pid;
static unsigned int handler_cpu;
static char thread_name[TASK_COMM_LEN];
static u64 taken_at;

static irqreturn_t handler(int irq, void *unused)
{
	svc_step(irqs_disabled() && in_hardirq() ? 'h' : '!');
	handler_cpu = raw_smp_processor_id();
	taken_at = ktime_get();
	return IRQ_WAKE_THREAD;
}

static irqreturn_t handler_alone(int irq, void *unused)
{
	handler(irq, unused);
	return IRQ_HANDLED;
}

static irqreturn_t thread(int irq, void *unused)
{
	svc_step(in_interrupt() || irqs_disabled() ? '!' : 't');
	thread_pid = current->pid;
	strscpy(thread_name, current->comm, sizeof(thread_name));
	msleep(1); /* a thread may sleep */
	return IRQ_HANDLED;
}

void svc_irq_raise(void)
{
	writel(BIT(INPUT % 32), regs + FLT_INTC_WORD(FLT_INTC_SET_PENDING, INPUT));
}

int svc_irq_map(void)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, "faultline,intc");
	struct irq_fwspec spec = {.fwnode = of_fwnode_handle(node),
				  .param_count = 3,
				  .param = {0, INPUT, IRQ_TYPE_EDGE_RISING}};

	if (!regs)
		regs = of_iomap(node, 0);
	return irq_create_fwspec_mapping(&spec);
}

/* services.irq: taken at once, not while interrupts are off, nested or not; threaded. */
static long op_irq(const struct kut_op_args *a)
{
	unsigned long outer, inner;
	int irq = svc_irq_map(), ret;

	svc_begin();
	ret = request_threaded_irq(irq, handler, thread, IRQF_ONESHOT, "services", NULL);
	if (ret)
		return ret;
	svc_irq_raise();
	svc_step('1');
	msleep(8);
	local_irq_save(outer);
	svc_irq_raise();
	svc_step('2');
	local_irq_save(inner);
	udelay(10);
	local_irq_restore(inner); /* they were off before */
	udelay(10);
	svc_step('3');
	local_irq_restore(outer);
	svc_step('4');
	msleep(8);
	free_irq(irq, NULL);
	return svc_text_out(a);
}
KUT_OP("services.irq", op_irq);

/* services.irq_thread: the name of its thread in buf -> is it a task of its own. */
static long op_irq_thread(const struct kut_op_args *a)
{
	int irq = svc_irq_map(), ret;

	ret = request_threaded_irq(irq, handler, thread, IRQF_ONESHOT, "services", NULL);
	if (ret)
		return ret;
	svc_irq_raise();
	msleep(8);
	free_irq(irq, NULL);
	snprintf(a->buf, a->buf_len, "%s", thread_name);
	return irq > 0 && thread_pid != current->pid ? irq : 0;
}
KUT_OP("services.irq_thread", op_irq_thread);

static int raise_later(void *unused)
{
	mdelay(1);
	svc_irq_raise();
	return 0;
}

/*
 * services.irq_spin: CPU 0 spins until CPU 1 raises the interrupt -> seen, its CPU;
 * then CPU 0 is in udelay(3000) -> ns from the start to the handler; routed to CPU 1.
 */
static bool seen(void)
{
	return READ_ONCE(svc_steps) > 0;
}

static long op_irq_spin(const struct kut_op_args *a)
{
	struct svc_thread t;
	int irq = svc_irq_map(), ret;
	u64 start;

	ret = request_irq(irq, handler_alone, 0, "services", NULL);
	if (ret)
		return ret;
	irq_set_affinity(irq, cpumask_of(0));
	svc_begin();
	svc_thread_start(&t, 1, raise_later, NULL);
	while (!seen())
		cpu_relax();
	svc_put(a, 0, handler_cpu);
	svc_thread_join(&t);
	svc_thread_start(&t, 1, raise_later, NULL);
	start = ktime_get();
	mdelay(3);
	svc_put(a, 1, taken_at - start);
	svc_thread_join(&t);
	irq_set_affinity(irq, cpumask_of(1));
	svc_irq_raise();
	msleep(4);
	svc_put(a, 2, handler_cpu);
	svc_put(a, 3, svc_steps);
	free_irq(irq, NULL);
	return 0;
}
KUT_OP("services.irq_spin", op_irq_spin);

/* services.irq_hotplug: CPU: where it is handled while routed there, the CPU down, and up. */
static long op_irq_hotplug(const struct kut_op_args *a)
{
	int irq = svc_irq_map(), ret;

	ret = request_irq(irq, handler_alone, 0, "services", NULL);
	if (ret)
		return ret;
	svc_begin();
	irq_set_affinity(irq, cpumask_of(a->arg[0]));
	svc_irq_raise();
	msleep(4);
	svc_put(a, 0, handler_cpu);
	ret = remove_cpu(a->arg[0]);
	svc_irq_raise();
	msleep(4);
	svc_put(a, 1, handler_cpu);
	if (!ret)
		ret = add_cpu(a->arg[0]);
	svc_irq_raise();
	msleep(4);
	svc_put(a, 2, handler_cpu);
	svc_put(a, 3, svc_steps);
	free_irq(irq, NULL);
	return ret;
}
KUT_OP("services.irq_hotplug", op_irq_hotplug);
