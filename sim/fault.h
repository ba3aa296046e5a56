/* SPDX-License-Identifier: MIT */
/*
 * Named fault points.
 *
 * Concepts. A fault point is a place where something may be made to go wrong:
 * an allocation that fails, an abort on the bus, a queue that overflows. Whoever
 * owns the place declares its name once and asks at every occurrence whether it
 * shall fail now; a scenario arms points by name. Occurrences are numbered from 1
 * and counted whether the point is armed or not. A point is armed for one range
 * of occurrences; arming it again replaces the range.
 */
#ifndef SIM_FAULT_H
#define SIM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

struct sim_faults; /* the points of a run */
struct sim_fault;  /* one point; lives as long as its sim_faults */

struct sim_faults *sim_faults_new(void); /* NULL: out of memory */
void sim_faults_free(struct sim_faults *faults);

/*
 * Declare a point, `help` in one line. A name declared before is the same point
 * and keeps its help. Both strings are copied. NULL: out of memory, or name is empty.
 */
struct sim_fault *sim_fault_declare(struct sim_faults *faults, const char *name, const char *help);

/* NULL: not declared. */
struct sim_fault *sim_fault_find(const struct sim_faults *faults, const char *name);

/*
 * Fail the occurrences first … first + count - 1; occurrences so far count.
 * -ENOENT: no such point (sim_fault_next() lists them); -EINVAL: first or count is 0.
 */
int sim_fault_arm(struct sim_faults *faults, const char *name, uint64_t first, uint64_t count);

/*
 * Note one occurrence; true: it shall fail. False for a name that is not declared.
 * `name` is a constant: its text must not change as long as the points live.
 */
bool sim_fault_hit(struct sim_faults *faults, const char *name);
/* The same without the look-up. */
bool sim_fault_hit_point(struct sim_fault *point);

/* Disarm every point and set its counters to 0; declarations stay. */
void sim_fault_reset(struct sim_faults *faults);

/* Points in order of declaration: the first for `point` NULL; NULL after the last. */
const struct sim_fault *sim_fault_next(const struct sim_faults *faults,
				       const struct sim_fault *point);
const char *sim_fault_name(const struct sim_fault *point);
const char *sim_fault_help(const struct sim_fault *point);
uint64_t sim_fault_seen(const struct sim_fault *point);	 /* occurrences */
uint64_t sim_fault_fired(const struct sim_fault *point); /* those that failed */
bool sim_fault_armed(const struct sim_fault *point);	 /* some occurrence to come will fail */

#endif
