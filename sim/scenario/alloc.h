/* SPDX-License-Identifier: MIT */
/* Fault points of the hosted kernel's memory: which allocations they are about. */
#ifndef SIM_SCENARIO_ALLOC_H
#define SIM_SCENARIO_ALLOC_H

#include "kernel-under-test/host/kernel.h"
#include "sim/fault.h"

enum { SCN_ALLOC_POINTS = 5, SCN_ALLOC_CALLER = 64 };

/* Only allocations that fit are occurrences of the point. */
struct scn_alloc_filter {
	char caller[SCN_ALLOC_CALLER]; /* a function that has called; "": any */
	char except[SCN_ALLOC_CALLER]; /* one that has not; "": none */
	uint64_t min_size, max_size;   /* bytes; max 0: no limit */
	int may_sleep;		       /* 1 yes, 0 no, -1 both */
};

struct scn_allocs {
	struct sim_fault *point[SCN_ALLOC_POINTS];
	struct scn_alloc_filter filter[SCN_ALLOC_POINTS];
};

int scn_allocs_declare(struct scn_allocs *allocs, struct sim_faults *faults);
/* The filter of a point, to be changed; NULL: it is no point of memory. */
struct scn_alloc_filter *scn_allocs_filter(struct scn_allocs *allocs, const char *name);
void scn_allocs_no_filter(struct scn_alloc_filter *filter);
/* Note an allocation; the name of the point that wants it to fail, or NULL. */
const char *scn_allocs_hit(struct scn_allocs *allocs, struct kut_kernel *kernel,
			   const struct kut_alloc *alloc);

#endif
