/* SPDX-License-Identifier: GPL-2.0-only */
/* What vmap.c and percpu.c tell leak.c of what they have given out. */
#ifndef KUT_VMAP_H
#define KUT_VMAP_H

#include "track.h"

struct kut_area_track {
	unsigned long addr, size; /* bytes, without the guard page */
	struct kut_track allocated, freed;
};

/* Those in use: NULL for the first, NULL behind the last. */
const struct kut_area_track *kut_area_next(const struct kut_area_track *track);
const struct kut_area_track *kut_percpu_next(const struct kut_area_track *track);

#endif
