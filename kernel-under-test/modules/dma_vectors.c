// SPDX-License-Identifier: GPL-2.0-only
/*
 * The interrupts of the DMA test device's driver, and operations that let a
 * scenario use kernel/irq with them. A vector is known by its number from 0.
 */
#include <linux/irq.h>
#include <linux/irqdesc.h>

#include "dma_dev.h"

enum { HANDLER_PLAIN, HANDLER_THREADED, HANDLER_SHARED, HANDLER_DEAF, HANDLER_KINDS };

static u32 take_events(struct dma_vector *v)
{
	struct dma_dev *d = v->owner;
	u32 events = readl(d->regs + FLT_DMA_VECTOR_STATUS) & v->events;

	if (!events)
		return 0;
	writel(events, d->regs + FLT_DMA_VECTOR_STATUS);
	v->hard_cpu = raw_smp_processor_id();
	v->count++;
	return events;
}

static irqreturn_t plain(int irq, void *data)
{
	struct dma_vector *v = data;
	struct dma_dev *d = v->owner;
	u32 status;

	if (!take_events(v))
		return IRQ_NONE;
	status = readl(d->regs + FLT_DMA_IRQ_STATUS);
	d->irq_status |= status;
	if (status & FLT_DMA_IRQ_ERROR)
		writel(FLT_DMA_IRQ_ERROR, d->regs + FLT_DMA_IRQ_STATUS);
	complete(&d->done);
	return IRQ_HANDLED;
}

/* All that the wire, or a message that is alone, can mean: one status register. */
static irqreturn_t single(int irq, void *data)
{
	struct dma_vector *v = data;
	struct dma_dev *d = v->owner;
	u32 status = readl(d->regs + FLT_DMA_IRQ_STATUS);

	if (!status)
		return IRQ_NONE;
	writel(status, d->regs + FLT_DMA_IRQ_STATUS);
	v->hard_cpu = raw_smp_processor_id();
	v->count++;
	d->irq_status |= status;
	complete(&d->done);
	return IRQ_HANDLED;
}

static irqreturn_t wake_thread(int irq, void *data)
{
	return take_events(data) ? IRQ_WAKE_THREAD : IRQ_NONE;
}

static irqreturn_t thread(int irq, void *data)
{
	struct dma_vector *v = data;

	v->threaded++;
	return IRQ_HANDLED;
}

/* The other handler of a shared line: it looks, and it was not for it. */
static irqreturn_t other(int irq, void *data)
{
	u32 *looks = data;

	++*looks;
	return IRQ_NONE;
}

/* It never recognises its device's interrupt. */
static irqreturn_t deaf(int irq, void *data)
{
	struct dma_vector *v = data;

	writel(v->events, v->owner->regs + FLT_DMA_VECTOR_STATUS);
	v->count++;
	return IRQ_NONE;
}

static int request_first(struct dma_vector *v, unsigned int kind)
{
	const char *name = dev_name(v->owner->dev);

	switch (kind) {
	case HANDLER_THREADED:
		return request_threaded_irq(v->irq, wake_thread, thread, 0, name, v);
	case HANDLER_SHARED:
		return request_irq(v->irq, plain, IRQF_SHARED, name, v);
	case HANDLER_DEAF:
		return request_irq(v->irq, deaf, 0, name, v);
	default:
		return request_irq(v->irq, v->owner->n_vectors > 1 ? plain : single, 0, name, v);
	}
}

static int request(struct dma_vector *v, unsigned int kind)
{
	int ret = request_first(v, kind);

	v->is_requested = !ret;
	if (ret || kind != HANDLER_SHARED)
		return ret;
	ret = request_irq(v->irq, other, IRQF_SHARED, dev_name(v->owner->dev), &v->looks);
	v->is_shared = !ret;
	return ret;
}

static void release(struct dma_vector *v)
{
	if (v->is_shared)
		free_irq(v->irq, &v->looks);
	if (v->is_requested)
		free_irq(v->irq, v);
	v->is_requested = v->is_shared = false;
}

static void release_first(struct dma_dev *d, unsigned int n)
{
	while (n--)
		release(&d->vector[n]);
}

/* With fewer messages than the device has, their numbers wrap. */
static u32 events_of(unsigned int vector, unsigned int n)
{
	u32 events = 0;

	for (; vector < FLT_DMA_VECTORS_MAX; vector += n)
		events |= BIT(vector);
	return events;
}

static int request_all(struct dma_dev *d, int (*irq_of)(struct dma_dev *d, unsigned int n))
{
	for (unsigned int i = 0; i < d->n_vectors; i++) {
		int ret;

		d->vector[i] = (struct dma_vector){
			.owner = d,
			.irq = irq_of(d, i),
			.events = events_of(i, d->n_vectors),
			.hard_cpu = U32_MAX,
		};
		ret = request(&d->vector[i], HANDLER_PLAIN);
		if (ret) {
			release_first(d, i);
			return ret;
		}
	}
	return 0;
}

static int message_irq(struct dma_dev *d, unsigned int n)
{
	return pci_irq_vector(to_pci_dev(d->dev), n);
}

int dma_vectors_get(struct dma_dev *d, unsigned int min, unsigned int max, unsigned int flags)
{
	struct pci_dev *pdev = to_pci_dev(d->dev);
	struct irq_affinity error_apart = {.post_vectors = max > 1};
	int ret = pci_alloc_irq_vectors_affinity(pdev, min, max, flags,
						 flags & PCI_IRQ_AFFINITY ? &error_apart : NULL);

	if (ret < 0)
		return ret;
	d->n_vectors = ret;
	ret = request_all(d, message_irq);
	if (ret) {
		d->n_vectors = 0;
		pci_free_irq_vectors(pdev);
		return ret;
	}
	writel(d->n_vectors - 1, d->regs + FLT_DMA_ERROR_VECTOR);
	return 0;
}

void dma_vectors_put(struct dma_dev *d)
{
	release_first(d, d->n_vectors);
	d->n_vectors = 0;
	if (dev_is_pci(d->dev))
		pci_free_irq_vectors(to_pci_dev(d->dev));
}

static int wire_irq(struct dma_dev *d, unsigned int n)
{
	return d->vector[n].irq;
}

int dma_vectors_wire(struct dma_dev *d, int irq)
{
	int ret;

	d->vector[0].irq = irq;
	d->n_vectors = 1;
	ret = request_all(d, wire_irq);
	if (ret)
		d->n_vectors = 0;
	return ret;
}

static struct dma_vector *vector_arg(const struct kut_op_args *a)
{
	struct dma_dev *d = dma_dev_of(a->arg[0]);

	return d && a->arg[1] < d->n_vectors ? &d->vector[a->arg[1]] : NULL;
}

/*
 * irq.vectors: device, min, max, PCI_IRQ_ flags -> how many it has now. Those it had
 * are given back first; if the new ones are refused, it has none.
 */
static long op_vectors(const struct kut_op_args *a)
{
	struct dma_dev *d = dma_dev_of(a->arg[0]);
	int ret;

	if (!d || !dev_is_pci(d->dev) || a->arg[2] > FLT_DMA_VECTORS_MAX)
		return -EINVAL;
	dma_vectors_put(d);
	ret = dma_vectors_get(d, a->arg[1], a->arg[2], a->arg[3]);
	return ret ? ret : (long)d->n_vectors;
}
KUT_OP("irq.vectors", op_vectors);

/*
 * irq.state: device, vector; buf gets 32-bit words: the kernel's interrupt number, the
 * CPU that the handler ran on last, times it was for the handler, runs of its thread,
 * looks of the other handler of a shared line, effective affinity (a mask), 1 if it is
 * masked in kernel/irq's eyes, the number's affinity mask.
 */
static long op_state(const struct kut_op_args *a)
{
	struct dma_vector *v = vector_arg(a);
	struct irq_data *data = v ? irq_get_irq_data(v->irq) : NULL;
	u32 *out = a->buf;

	if (!data || a->buf_len < 8 * sizeof(u32))
		return -EINVAL;
	out[0] = v->irq;
	out[1] = v->hard_cpu;
	out[2] = v->count;
	out[3] = v->threaded;
	out[4] = v->looks;
	out[5] = cpumask_bits(irq_data_get_effective_affinity_mask(data))[0];
	out[6] = irqd_irq_masked(data);
	out[7] = cpumask_bits(irq_data_get_affinity_mask(data))[0];
	return 0;
}
KUT_OP("irq.state", op_state);

/* irq.affinity: device, vector, CPU: irq_set_affinity(). */
static long op_affinity(const struct kut_op_args *a)
{
	struct dma_vector *v = vector_arg(a);

	if (!v || a->arg[2] >= nr_cpu_ids)
		return -EINVAL;
	return irq_set_affinity(v->irq, cpumask_of(a->arg[2]));
}
KUT_OP("irq.affinity", op_affinity);

/* irq.disable, irq.enable: device, vector. */
static long op_disable(const struct kut_op_args *a)
{
	struct dma_vector *v = vector_arg(a);

	if (!v)
		return -EINVAL;
	disable_irq(v->irq);
	return 0;
}
KUT_OP("irq.disable", op_disable);

static long op_enable(const struct kut_op_args *a)
{
	struct dma_vector *v = vector_arg(a);

	if (!v)
		return -EINVAL;
	enable_irq(v->irq);
	return 0;
}
KUT_OP("irq.enable", op_enable);

/* irq.handler: device, vector, kind (0 plain, 1 threaded, 2 shared, 3 deaf). */
static long op_handler(const struct kut_op_args *a)
{
	struct dma_vector *v = vector_arg(a);

	if (!v || a->arg[2] >= HANDLER_KINDS)
		return -EINVAL;
	release(v);
	v->count = v->threaded = v->looks = 0;
	return request(v, a->arg[2]);
}
KUT_OP("irq.handler", op_handler);

/* irq.trigger: device, vector of the device's, times: it sends that many interrupts. */
static long op_trigger(const struct kut_op_args *a)
{
	struct dma_dev *d = dma_dev_of(a->arg[0]);

	if (!d || a->arg[1] >= FLT_DMA_VECTORS_MAX)
		return -EINVAL;
	for (unsigned long i = 0; i < a->arg[2]; i++)
		writel(a->arg[1], d->regs + FLT_DMA_TRIGGER);
	return 0;
}
KUT_OP("irq.trigger", op_trigger);
