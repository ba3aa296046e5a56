// SPDX-License-Identifier: MIT
/* See alloc.h. */
#include <errno.h>
#include <string.h>

#include "sim/scenario/alloc.h"

/* In the order of enum kut_alloc_kind; the last one is about all. */
static const struct {
	const char *name, *help;
} points[SCN_ALLOC_POINTS] = {
	{"mem.slab", "kmalloc() or kmem_cache_alloc() fails"},
	{"mem.pages", "an allocation of pages fails"},
	{"mem.vmalloc", "vmalloc() fails"},
	{"mem.percpu", "an allocation of per-CPU memory fails"},
	{"mem.alloc", "an allocation of any of these kinds fails"},
};
enum { ANY = SCN_ALLOC_POINTS - 1 };

void scn_allocs_no_filter(struct scn_alloc_filter *filter)
{
	*filter = (struct scn_alloc_filter){.may_sleep = -1};
}

int scn_allocs_declare(struct scn_allocs *allocs, struct sim_faults *faults)
{
	for (int i = 0; i < SCN_ALLOC_POINTS; i++) {
		scn_allocs_no_filter(&allocs->filter[i]);
		allocs->point[i] = sim_fault_declare(faults, points[i].name, points[i].help);
		if (!allocs->point[i])
			return -ENOMEM;
	}
	return 0;
}

struct scn_alloc_filter *scn_allocs_filter(struct scn_allocs *allocs, const char *name)
{
	for (int i = 0; i < SCN_ALLOC_POINTS; i++)
		if (strcmp(points[i].name, name) == 0)
			return &allocs->filter[i];
	return NULL;
}

static bool fits(const struct scn_alloc_filter *f, struct kut_kernel *kernel,
		 const struct kut_alloc *alloc)
{
	if (f->may_sleep >= 0 && f->may_sleep != alloc->may_sleep)
		return false;
	if (alloc->size < f->min_size || (f->max_size && alloc->size > f->max_size))
		return false;
	if (f->caller[0] && !kut_kernel_called_by(kernel, f->caller))
		return false;
	return !f->except[0] || !kut_kernel_called_by(kernel, f->except);
}

static bool hit(struct scn_allocs *allocs, int i, struct kut_kernel *kernel,
		const struct kut_alloc *alloc)
{
	return fits(&allocs->filter[i], kernel, alloc) && sim_fault_hit_point(allocs->point[i]);
}

const char *scn_allocs_hit(struct scn_allocs *allocs, struct kut_kernel *kernel,
			   const struct kut_alloc *alloc)
{
	bool kind = hit(allocs, (int)alloc->kind, kernel, alloc);
	bool any = hit(allocs, ANY, kernel, alloc);

	return kind ? points[alloc->kind].name : any ? points[ANY].name : NULL;
}
