// SPDX-License-Identifier: GPL-2.0-only
/*
 * ioremap(). A cookie is io_base + physical address and is never mapped: register
 * accessors turn it back (mmio.c), if it belongs to a mapping that there is.
 */
#include <linux/io.h>
#include <linux/list.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "memory.h"
#include "vmap.h"

struct mapping {
	struct list_head node;
	struct kut_area_track track; /* whole pages */
};

static LIST_HEAD(mappings);
static struct mapping *recent; /* where the last access was */
static struct kut_areas_gone gone;

static bool covers(const struct mapping *m, unsigned long addr)
{
	return addr - m->track.addr < m->track.size;
}

bool kut_io_mapped(const volatile void __iomem *io)
{
	unsigned long addr = (unsigned long)io;
	struct mapping *m;

	if (recent && covers(recent, addr))
		return true;
	list_for_each_entry(m, &mappings, node) {
		if (!covers(m, addr))
			continue;
		recent = m;
		return true;
	}
	return false;
}

void kut_io_describe(unsigned long addr)
{
	kut_area_describe(&gone, addr);
}

/* The record is no allocation that a fault point could want to fail. */
static void __iomem *map(resource_size_t phys, unsigned long size, const unsigned long *frame)
{
	unsigned long addr = kut_layout.io_base + phys;
	struct mapping *m;

	BUG_ON(kut_vmap_forbidden());
	might_sleep();
	if (!size || phys + size < phys || phys + size > KUT_IO_SIZE)
		return NULL;
	m = kut_alloc(sizeof(*m), GFP_ATOMIC | __GFP_NOFAIL | __GFP_ZERO, frame);
	kut_not_leak(m);
	m->track.addr = addr & PAGE_MASK;
	m->track.size = PAGE_ALIGN(addr + size) - m->track.addr;
	kut_track_take(&m->track.allocated, frame);
	list_add(&m->node, &mappings);
	return (void __iomem *)addr;
}

void __iomem *ioremap(resource_size_t phys, unsigned long size)
{
	return map(phys, size, KUT_FRAME);
}

void __iomem *ioremap_uc(resource_size_t phys, unsigned long size)
{
	return map(phys, size, KUT_FRAME);
}

void __iomem *ioremap_wc(resource_size_t phys, unsigned long size)
{
	return map(phys, size, KUT_FRAME);
}

/* As generic_iounmap(): what ioremap() can never have given is left alone. */
void iounmap(volatile void __iomem *io)
{
	unsigned long addr = (unsigned long)io & PAGE_MASK;
	struct mapping *m;

	BUG_ON(in_interrupt());
	might_sleep();
	if (addr - kut_layout.io_base >= KUT_IO_SIZE)
		return;
	list_for_each_entry(m, &mappings, node) {
		if (m->track.addr != addr)
			continue;
		list_del(&m->node);
		if (recent == m)
			recent = NULL;
		kut_track_take(&m->track.freed, KUT_FRAME);
		kut_area_gone(&gone, &m->track);
		kfree(m);
		return;
	}
	kut_area_bad_free(&gone, (const void __force *)io, "iounmap");
}

const struct kut_area_track *kut_io_next(const struct kut_area_track *track)
{
	struct mapping *m = track ? container_of(track, struct mapping, track) : NULL;

	m = m ? list_next_entry(m, node) : list_first_entry(&mappings, struct mapping, node);
	return list_entry_is_head(m, &mappings, node) ? NULL : &m->track;
}
