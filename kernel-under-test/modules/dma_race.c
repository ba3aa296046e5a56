// SPDX-License-Identifier: GPL-2.0-only
/*
 * Mapping and unmapping for one device on several CPUs at once, through the DMA
 * API. Each thread holds a mapping for a random time and looks at it: no byte of
 * its bus addresses is another live mapping's, each page is where the tables lead,
 * and the device reaches it. The op's argument alone decides what the threads do.
 */
#include <linux/delay.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/scatterlist.h>
#include <linux/slab.h>
#include <linux/spinlock.h>

#include "dma_test.h"
#include "services.h"

#define MAX_CPUS   8
#define SG_ENTRIES 3
#define TOUCH	   64 /* bytes at the front of each page that the device writes */
#define HISTORY	   64 /* bus addresses that are told to the scenario */

enum kind { RACE_SINGLE, RACE_COHERENT, RACE_SG, RACE_KINDS };

struct segment {
	struct list_head live;
	dma_addr_t iova;
	size_t size;
};

struct mapping {
	enum kind kind;
	size_t size;
	void *va[SG_ENTRIES]; /* [0] alone, but for RACE_SG */
	struct scatterlist sg[SG_ENTRIES];
	struct segment segment[SG_ENTRIES];
	unsigned int segments;
};

struct race {
	unsigned long device, rounds;
	struct device *dev;
	spinlock_t lock; /* live, history, fault */
	struct list_head live;
	u64 history[HISTORY];
	unsigned long ended;
	int fault;
};

struct racer {
	struct race *race;
	u64 random;
	struct svc_thread thread;
};

static u32 chance(struct racer *r, u32 bound)
{
	r->random ^= r->random << 13;
	r->random ^= r->random >> 7;
	r->random ^= r->random << 17;
	return (r->random >> 11) % bound;
}

/* The first thing that went wrong is the verdict. */
static int fault(struct race *race, int error, const char *what, const struct segment *s)
{
	char text[96];

	scnprintf(text, sizeof(text), "%s: 0x%llx, %zu bytes", what, (u64)s->iova, s->size);
	kut_report("dma.race", text, strlen(text));
	spin_lock(&race->lock);
	race->fault = race->fault ?: error;
	spin_unlock(&race->lock);
	return error;
}

/* Beyond 128 KiB the allocator of bus addresses caches nothing. */
static size_t some_size(struct racer *r)
{
	static const size_t sizes[] = {SZ_4K, SZ_4K, SZ_8K, SZ_16K, SZ_64K, SZ_256K};

	return sizes[chance(r, ARRAY_SIZE(sizes))];
}

static bool get_pages(struct mapping *m)
{
	for (unsigned int i = 0; i < (m->kind == RACE_SG ? SG_ENTRIES : 1); i++) {
		m->va[i] = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, get_order(m->size));
		if (!m->va[i])
			return false;
	}
	return true;
}

static void put_pages(struct mapping *m)
{
	for (unsigned int i = 0; i < SG_ENTRIES; i++)
		free_pages((unsigned long)m->va[i], get_order(m->size));
}

static int map_sg(struct device *dev, struct mapping *m)
{
	struct scatterlist *sg;
	unsigned int i;

	sg_init_table(m->sg, SG_ENTRIES);
	for (i = 0; i < SG_ENTRIES; i++)
		sg_set_buf(&m->sg[i], m->va[i], m->size);
	m->segments = dma_map_sg(dev, m->sg, SG_ENTRIES, DMA_BIDIRECTIONAL);
	for_each_sg(m->sg, sg, m->segments, i)
	{
		m->segment[i].iova = sg_dma_address(sg);
		m->segment[i].size = sg_dma_len(sg);
	}
	return m->segments ? 0 : -ENOMEM;
}

static int map(struct device *dev, struct mapping *m)
{
	struct segment *s = &m->segment[0];

	s->size = m->size;
	m->segments = 1;
	if (m->kind == RACE_COHERENT) {
		m->va[0] = dma_alloc_coherent(dev, m->size, &s->iova, GFP_KERNEL);
		return m->va[0] ? 0 : -ENOMEM;
	}
	if (!get_pages(m))
		return -ENOMEM;
	if (m->kind == RACE_SG)
		return map_sg(dev, m);
	s->iova = dma_map_single(dev, m->va[0], m->size, DMA_BIDIRECTIONAL);
	return dma_mapping_error(dev, s->iova);
}

static void unmap(struct device *dev, struct mapping *m)
{
	dma_addr_t iova = m->segment[0].iova;

	if (m->kind == RACE_COHERENT) {
		dma_free_coherent(dev, m->size, m->va[0], iova);
		return;
	}
	if (m->kind == RACE_SG)
		dma_unmap_sg(dev, m->sg, SG_ENTRIES, DMA_BIDIRECTIONAL);
	else
		dma_unmap_single(dev, iova, m->size, DMA_BIDIRECTIONAL);
	put_pages(m);
}

static int enter_live(struct race *race, struct mapping *m)
{
	struct segment *s = m->segment, *other, *clash = NULL;

	spin_lock(&race->lock);
	for (; s < m->segment + m->segments; s++) {
		list_for_each_entry(other, &race->live, live)
			if (s->iova < other->iova + other->size && other->iova < s->iova + s->size)
				clash = s;
		list_add(&s->live, &race->live);
	}
	spin_unlock(&race->lock);
	return clash ? fault(race, -EEXIST, "two live mappings overlap", clash) : 0;
}

static void leave_live(struct race *race, struct mapping *m)
{
	struct segment *s = m->segment;

	spin_lock(&race->lock);
	for (; s < m->segment + m->segments; s++) {
		list_del(&s->live);
		race->history[race->ended++ % HISTORY] = s->iova;
	}
	spin_unlock(&race->lock);
}

/* The page at this offset of the whole mapping. */
static void *page_at(const struct mapping *m, size_t offset)
{
	return m->va[offset / m->size] + offset % m->size;
}

/* What the CPU writes by its address is at the physical address of the bus address. */
static int check_page(struct race *race, struct mapping *m, size_t offset, const struct segment *s,
		      size_t in_segment, u64 tag)
{
	struct iommu_domain *domain = iommu_get_domain_for_dev(race->dev);
	phys_addr_t pa = iommu_iova_to_phys(domain, s->iova + in_segment);

	if (!pa)
		return fault(race, -ENXIO, "a live mapping is not in the tables", s);
	WRITE_ONCE(*(u64 *)page_at(m, offset), tag);
	if (READ_ONCE(*(u64 *)phys_to_virt(pa)) != tag)
		return fault(race, -EXDEV, "a live mapping leads to another page", s);
	return 0;
}

static int check(struct racer *r, struct mapping *m)
{
	struct race *race = r->race;
	size_t offset = 0;
	int ret = 0;

	for (unsigned int i = 0; i < m->segments; i++) {
		struct segment *s = &m->segment[i];

		for (size_t at = 0; at < s->size && !ret; at += PAGE_SIZE, offset += PAGE_SIZE)
			ret = check_page(race, m, offset, s, at, r->random + offset);
		if (!ret && dma_test_touch(race->device, s->iova, TOUCH, r->random))
			ret = fault(race, -EFAULT, "the device does not reach a live mapping", s);
	}
	return ret;
}

static int one_round(struct racer *r)
{
	struct mapping m = {.kind = chance(r, RACE_KINDS), .size = some_size(r)};
	int ret = map(r->race->dev, &m);

	if (ret) {
		put_pages(&m);
		return fault(r->race, ret, "no mapping", &m.segment[0]);
	}
	ret = enter_live(r->race, &m);
	ndelay(chance(r, 2000));
	ret = ret ?: check(r, &m);
	ndelay(chance(r, 2000));
	/* Once unmapped, the addresses may be given to another at once. */
	leave_live(r->race, &m);
	unmap(r->race->dev, &m);
	return ret;
}

static int race_thread(void *data)
{
	struct racer *r = data;
	int ret = 0;

	for (unsigned long i = 0; i < r->race->rounds && !ret && !READ_ONCE(r->race->fault); i++) {
		ndelay(chance(r, 2000));
		ret = one_round(r);
	}
	return ret;
}

/*
 * dma.race: device, rounds, CPUs (1 to 8), number that decides what happens -> how
 * many bus addresses buf has got, 8 bytes each: the last ones that were unmapped.
 * None is mapped any more. Negative: what a report on the channel dma.race says.
 */
static long op_race(const struct kut_op_args *a)
{
	unsigned long cpus = a->arg[2];
	struct race race = {.device = a->arg[0], .rounds = a->arg[1]};
	struct racer *racers;
	unsigned long started = 0, told;
	int ret = 0;

	race.dev = dma_test_device(race.device);
	if (!race.dev || !cpus || cpus > MAX_CPUS || cpus > num_online_cpus())
		return -EINVAL;
	racers = kcalloc(cpus, sizeof(*racers), GFP_KERNEL);
	if (!racers)
		return -ENOMEM;
	spin_lock_init(&race.lock);
	INIT_LIST_HEAD(&race.live);
	while (started < cpus && !ret) {
		struct racer *r = &racers[started];

		r->race = &race;
		r->random = (a->arg[3] + 1) * 0x9e3779b97f4a7c15ULL + started + 1;
		ret = svc_thread_start(&r->thread, started, race_thread, r);
		started += !ret;
	}
	while (started)
		svc_thread_join(&racers[--started].thread);
	kfree(racers);
	ret = ret ?: race.fault;
	if (ret)
		return ret;
	told = min3(race.ended, (unsigned long)HISTORY, a->buf_len / 8);
	memcpy(a->buf, race.history, told * 8);
	return told;
}
KUT_OP("dma.race", op_race);
