// SPDX-License-Identifier: GPL-2.0-only
/*
 * Per-CPU memory. The loader places the static part as a template; every CPU has
 * a copy with room behind it, from which pcpu_alloc takes. Behind each allocation
 * is a redzone; what was freed is poison.
 */
#include <linux/percpu.h>
#include <linux/poison.h>
#include <linux/slab.h>
#include <linux/smp.h>
#include <linux/string.h>

#include "memory.h"
#include "vmap.h"

#define REDZONE 8U /* bytes at least: up to 7 more where the size is no multiple of 8 */

struct chunk {
	struct list_head node; /* by offset; together they are all of the room */
	unsigned long offset, size;
	bool free;
	struct kut_area_track track;
};

static LIST_HEAD(chunks);
static struct chunk everything;
static unsigned long fresh; /* from this offset on nothing was ever allocated, and all is 0 */

unsigned long __per_cpu_offset[NR_CPUS];

static void *copy_of(unsigned int cpu, unsigned long offset)
{
	return (void *)kut_layout.percpu_copy[cpu] + offset;
}

static void paint(unsigned long from, unsigned long to, u8 byte)
{
	for (unsigned int i = 0; i < kut_layout.cpus; i++)
		memset(copy_of(i, from), byte, to - from);
}

/* In which CPU's copy, and where, a byte is not what it was painted; NULL: none. */
static u8 *damaged(unsigned long from, unsigned long to, u8 byte, unsigned int *cpu)
{
	for (*cpu = 0; *cpu < kut_layout.cpus; ++*cpu) {
		u8 *bad = memchr_inv(copy_of(*cpu, from), byte, to - from);

		if (bad)
			return bad;
	}
	return NULL;
}

static void log_tracks(const struct chunk *c)
{
	kut_track_log("Allocated", &c->track.allocated);
	kut_track_log("Freed", &c->track.freed);
}

static void check_redzone(const struct chunk *c)
{
	unsigned long from = c->offset + c->track.size, to = c->offset + c->size;
	unsigned int cpu;
	u8 *bad = damaged(from, to, SLUB_RED_ACTIVE, &cpu);

	if (!bad)
		return;
	kut_finding("overflow",
		    "BUG percpu: Right Redzone overwritten on CPU %u, %ld bytes behind %lu: "
		    "0x%02x instead of 0x%02x",
		    cpu, (long)(bad - (u8 *)copy_of(cpu, from)) + 1, c->track.size, *bad,
		    SLUB_RED_ACTIVE);
	log_tracks(c);
	dump_stack();
	paint(from, to, SLUB_RED_ACTIVE);
}

static void check_poison(const struct chunk *c)
{
	unsigned long to = min(c->offset + c->size, fresh);
	unsigned int cpu;
	u8 *bad = to > c->offset ? damaged(c->offset, to, POISON_FREE, &cpu) : NULL;

	if (!bad)
		return;
	kut_finding("use after free",
		    "BUG percpu: Poison overwritten on CPU %u: 0x%02x instead of 0x%02x", cpu, *bad,
		    POISON_FREE);
	log_tracks(c);
	dump_stack();
	paint(c->offset, to, POISON_FREE);
}

void kut_percpu_check(void)
{
	struct chunk *c;

	list_for_each_entry(c, &chunks, node)
		c->free ? check_poison(c) : check_redzone(c);
}

/* Leave only the first `size` bytes in `c`; what is behind them becomes a chunk. */
static bool split(struct chunk *c, unsigned long size)
{
	struct chunk *rest;

	if (c->size == size)
		return true;
	rest = kzalloc(sizeof(*rest), GFP_ATOMIC);
	if (!rest)
		return false;
	kut_not_leak(rest);
	rest->offset = c->offset + size;
	rest->size = c->size - size;
	rest->free = true;
	c->size = size;
	list_add(&rest->node, &c->node);
	return true;
}

/* First fit. */
static struct chunk *take(unsigned long size, unsigned long align)
{
	struct chunk *c;

	list_for_each_entry(c, &chunks, node) {
		unsigned long skip = ALIGN(c->offset, align) - c->offset;

		if (!c->free || c->size < skip + size)
			continue;
		if (skip) {
			if (!split(c, skip))
				return NULL;
			c = list_next_entry(c, node);
		}
		return split(c, size) ? c : NULL;
	}
	return NULL;
}

static void join_next(struct chunk *c)
{
	struct chunk *next = list_next_entry(c, node);

	if (list_entry_is_head(next, &chunks, node) || !next->free || !c->free)
		return;
	c->size += next->size;
	if (next->track.freed.when > c->track.freed.when)
		c->track = next->track;
	list_del(&next->node);
	kfree(next);
}

static void use(struct chunk *c, unsigned long size)
{
	check_poison(c);
	if (fresh < c->offset) /* what alignment has left out is free, and no longer fresh */
		paint(fresh, c->offset, POISON_FREE);
	fresh = max(fresh, c->offset + c->size);
	c->free = false;
	c->track = (struct kut_area_track){c->offset, size};
	paint(c->offset, c->offset + size, 0);
	paint(c->offset + size, c->offset + c->size, SLUB_RED_ACTIVE);
}

void __percpu *kut_percpu_alloc(size_t size, size_t align, gfp_t gfp, const unsigned long *frame)
{
	unsigned long room = ALIGN(size, 8) + REDZONE;
	struct chunk *c;

	align = max_t(size_t, align, 8);
	if (!size || size > PCPU_MIN_UNIT_SIZE || align > PAGE_SIZE || !is_power_of_2(align)) {
		WARN(!(gfp & __GFP_NOWARN),
		     "illegal size (%zu) or align (%zu) for percpu allocation\n", size, align);
		return NULL;
	}
	gfp = kut_gfp_enter(gfp);
	if (kut_alloc_fails(KUT_ALLOC_PERCPU, size, gfp, frame))
		return NULL;
	c = take(room, align);
	if (!c) {
		if (!(gfp & __GFP_NOWARN))
			pr_warn("percpu: allocation failed, size=%zu align=%zu\n", size, align);
		return NULL;
	}
	use(c, size);
	kut_track_take(&c->track.allocated, frame);
	return (void __percpu *)(kut_layout.percpu_start + c->offset);
}

static void give(struct chunk *c)
{
	struct chunk *prev = list_prev_entry(c, node);

	c->free = true;
	paint(c->offset, c->offset + c->size, POISON_FREE);
	join_next(c);
	if (!list_entry_is_head(prev, &chunks, node))
		join_next(prev);
}

static void bad_free(const void __percpu *p, unsigned long offset)
{
	struct chunk *c;
	char at[64];

	kut_finding("bad free", "BUG: free_percpu of an address that is not allocated: %s",
		    kut_address((const void __force *)p, at, sizeof(at)));
	list_for_each_entry(c, &chunks, node) {
		if (offset < c->offset || offset - c->offset >= c->size)
			continue;
		log_tracks(c);
	}
	dump_stack();
}

void free_percpu(void __percpu *p)
{
	unsigned long offset = (unsigned long)p - kut_layout.percpu_start;
	struct chunk *c;

	if (!p)
		return;
	list_for_each_entry(c, &chunks, node) {
		if (c->offset != offset || c->free)
			continue;
		check_redzone(c);
		kut_track_take(&c->track.freed, KUT_FRAME);
		give(c);
		return;
	}
	bad_free(p, offset);
}

const struct kut_area_track *kut_percpu_next(const struct kut_area_track *track)
{
	struct chunk *c = track ? container_of(track, struct chunk, track) : NULL;

	c = c ? list_next_entry(c, node) : list_first_entry(&chunks, struct chunk, node);
	list_for_each_entry_from(c, &chunks, node) if (!c->free) return &c->track;
	return NULL;
}

void kut_percpu_init(void)
{
	everything.offset = kut_layout.percpu_used;
	everything.size = kut_layout.percpu_size - kut_layout.percpu_used;
	everything.free = true;
	fresh = everything.offset;
	list_add(&everything.node, &chunks);
	for (unsigned int i = 0; i < kut_layout.cpus; i++) {
		unsigned long delta = kut_layout.percpu_copy[i] - kut_layout.percpu_start;

		memcpy(copy_of(i, 0), (void *)kut_layout.percpu_start, kut_layout.percpu_used);
		__per_cpu_offset[i] = delta;
		kut_current_init(i, delta, &kut_cpus[i].idle.task);
	}
}
