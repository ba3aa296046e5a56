/* SPDX-License-Identifier: MIT */
/*
 * Statistics of a run.
 *
 * Concepts. A figure has a name ("smmu0.tlb.hits"), a unit ("1", "B", "ps") and
 * a source that stays with its owner: a counter is a uint64_t that the owner
 * increments, a gauge is a function called when the figure is read, a level is a
 * quantity that changes in simulated time (the fill of a queue) and has a
 * time-weighted mean. Registering copies name and unit, not the source, which
 * must outlive the registry or its use. Figures come out in the order in which
 * they were registered.
 */
#ifndef SIM_STATS_H
#define SIM_STATS_H

#include <stdint.h>
#include <stdio.h>

#include <jansson.h>

struct sim_stats;

/* Filled by sim_level_init() and sim_level_set() only. Times in ps. */
struct sim_level {
	uint64_t value, min, max;
	uint64_t start, since;	/* of the observation; of the present value */
	unsigned __int128 area; /* sum of value * ps from start to since */
};

enum sim_stat_kind { SIM_STAT_COUNTER, SIM_STAT_GAUGE, SIM_STAT_LEVEL };

struct sim_stat {
	const char *name, *unit;
	enum sim_stat_kind kind;
	uint64_t count;		 /* COUNTER */
	double value;		 /* GAUGE; LEVEL: the mean */
	uint64_t last, min, max; /* LEVEL */
};

typedef double (*sim_stat_gauge)(void *arg);
typedef void (*sim_stat_visit)(void *arg, const struct sim_stat *stat);

struct sim_stats *sim_stats_new(void); /* NULL: out of memory */
void sim_stats_free(struct sim_stats *stats);

/* -EEXIST: the name is taken; -EINVAL: it is empty; -ENOMEM. */
int sim_stats_counter(struct sim_stats *stats, const char *name, const char *unit,
		      const uint64_t *counter);
int sim_stats_gauge(struct sim_stats *stats, const char *name, const char *unit,
		    sim_stat_gauge gauge, void *arg);
int sim_stats_level(struct sim_stats *stats, const char *name, const char *unit,
		    const struct sim_level *level);

/* `now` never decreases from call to call for one level. */
void sim_level_init(struct sim_level *level, uint64_t now, uint64_t value);
void sim_level_set(struct sim_level *level, uint64_t now, uint64_t value);
/* Mean from the start until `now`; the value itself if no time has passed. */
double sim_level_mean(const struct sim_level *level, uint64_t now);

/* Read every figure at simulated time `now`. */
void sim_stats_each(const struct sim_stats *stats, uint64_t now, sim_stat_visit visit, void *arg);

/*
 * An object: name → { "unit", "value" }, for a level { "unit", "mean", "last",
 * "min", "max" }. A gauge that is no number is null. A new reference; NULL: out of memory.
 */
json_t *sim_stats_json(const struct sim_stats *stats, uint64_t now);
/* A line each: "name value unit", the unit "1" left out; 0 or -EIO. */
int sim_stats_text(const struct sim_stats *stats, uint64_t now, FILE *file);

#endif
