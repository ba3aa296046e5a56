/* SPDX-License-Identifier: GPL-2.0-only */
/* How vmap.c, iomap.c and percpu.c keep in mind what they have given out. */
#ifndef KUT_VMAP_H
#define KUT_VMAP_H

#include "track.h"

struct kut_area_track {
	unsigned long addr, size; /* bytes, without the guard page */
	struct kut_track allocated, freed;
};

/* The areas of one kind that were freed last. */
#define KUT_AREAS_GONE 16

struct kut_areas_gone {
	struct kut_area_track track[KUT_AREAS_GONE];
	unsigned int n;
};

void kut_area_gone(struct kut_areas_gone *gone, const struct kut_area_track *track);
/* Log who made and who freed what lay at the address. */
void kut_area_describe(const struct kut_areas_gone *gone, unsigned long addr);
/* `what`, a function, was called for an area that there is not. */
void kut_area_bad_free(const struct kut_areas_gone *gone, const void *addr, const char *what);

/* The same of the vmalloc area, and of ioremap(). */
void kut_vmap_describe(unsigned long addr);
void kut_io_describe(unsigned long addr);

/* Those in use: NULL for the first, NULL behind the last. */
const struct kut_area_track *kut_area_next(const struct kut_area_track *track);
const struct kut_area_track *kut_io_next(const struct kut_area_track *track);
const struct kut_area_track *kut_percpu_next(const struct kut_area_track *track);

#endif
