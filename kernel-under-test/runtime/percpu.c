// SPDX-License-Identifier: GPL-2.0-only
/*
 * Per-CPU memory. The loader places the static part as a template; every CPU has
 * a copy with room behind it, from which pcpu_alloc takes. A free block is
 * remembered by its size and used again.
 */
#include <linux/percpu.h>
#include <linux/slab.h>
#include <linux/smp.h>

#include "kut.h"

struct chunk {
	struct list_head node;
	unsigned long offset, size;
	bool free;
};

static LIST_HEAD(chunks);
static unsigned long next_offset;

unsigned long __per_cpu_offset[NR_CPUS];

static void *copy_of(unsigned int cpu, unsigned long offset)
{
	return (void *)kut_layout.percpu_copy[cpu] + offset;
}

static struct chunk *chunk_reuse(unsigned long size, unsigned long align)
{
	struct chunk *c;

	list_for_each_entry(c, &chunks, node)
		if (c->free && c->size == size && IS_ALIGNED(c->offset, align))
			return c;
	return NULL;
}

static struct chunk *chunk_new(unsigned long size, unsigned long align)
{
	unsigned long offset = ALIGN(next_offset, align);
	struct chunk *c;

	if (offset + size > kut_layout.percpu_size)
		return NULL;
	c = kzalloc(sizeof(*c), GFP_ATOMIC);
	if (!c)
		return NULL;
	c->offset = offset;
	c->size = size;
	next_offset = offset + size;
	list_add_tail(&c->node, &chunks);
	return c;
}

void __percpu *kut_percpu_alloc(size_t size, size_t align)
{
	struct chunk *c;

	size = ALIGN(max_t(size_t, size, 8), 8);
	align = max_t(size_t, align, 8);
	c = chunk_reuse(size, align) ?: chunk_new(size, align);
	if (!c)
		return NULL;
	c->free = false;
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		memset(copy_of(i, c->offset), 0, size);
	return (void __percpu *)(kut_layout.percpu_start + c->offset);
}

void free_percpu(void __percpu *p)
{
	unsigned long offset = (unsigned long)p - kut_layout.percpu_start;
	struct chunk *c;

	if (!p)
		return;
	list_for_each_entry(c, &chunks, node) {
		if (c->offset == offset && !c->free) {
			c->free = true;
			return;
		}
	}
	kut_finding("bad free", "BUG: free_percpu of an address that is not allocated: %px",
		    (void __force *)p);
	dump_stack();
}

void kut_percpu_init(void)
{
	next_offset = kut_layout.percpu_used;
	for (unsigned int i = 0; i < kut_layout.cpus; i++) {
		unsigned long delta = kut_layout.percpu_copy[i] - kut_layout.percpu_start;

		memcpy(copy_of(i, 0), (void *)kut_layout.percpu_start, kut_layout.percpu_used);
		__per_cpu_offset[i] = delta;
		kut_current_init(i, delta, &kut_cpus[i].idle.task);
	}
}
