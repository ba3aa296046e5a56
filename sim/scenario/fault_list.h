/* SPDX-License-Identifier: MIT */
/* Fault points that whoever starts a run arms: `faultline run --fault LIST`. */
#ifndef SIM_SCENARIO_FAULT_LIST_H
#define SIM_SCENARIO_FAULT_LIST_H

#include "sim/scenario/alloc.h"

/*
 * Arm what `list` names: NAME[:FIRST[:COUNT]][@FUNCTION], with commas between them.
 * FIRST (default 1) counts from the start of the run, COUNT is 1 if it is left out;
 * FUNCTION, for the points of memory alone, must be among the callers. -EINVAL with
 * *why, malloc()ed: no such point, a number that is none, no point of memory.
 */
int scn_fault_list_arm(const char *list, struct sim_faults *faults, struct scn_allocs *allocs,
		       char **why);

/* The points of such a list that have not happened, with commas; malloc()ed, NULL: none. */
char *scn_fault_list_idle(const char *list, const struct sim_faults *faults);

#endif
