/* SPDX-License-Identifier: MIT */
/*
 * Running a scenario: what a front end asks for and what it gets back.
 *
 * Concepts. A scenario is a Lua file; running it gives a verdict for each of its
 * cases. What happens on the way (kernel log, decoded records) goes to a sink as
 * it happens. A run never prints and never exits. Only one run at a time in a
 * process. Simulated time in a sink is in picoseconds, in results in nanoseconds.
 */
#ifndef SIM_SCENARIO_SCENARIO_H
#define SIM_SCENARIO_SCENARIO_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <jansson.h>

/* SCN_XFAIL: failed as it is known to, for a reason that the scenario names. */
enum scn_verdict { SCN_PASS, SCN_FAIL, SCN_SKIP, SCN_XFAIL, SCN_VERDICTS };

struct scn_request {
	const char *path;	 /* of the Lua file; NULL with replay_path: the recorded one */
	uint64_t seed;		 /* ignored with replay_path */
	const char *kernel;	 /* object set to use instead of the scenario's; NULL */
	const char *trace_path;	 /* record here; NULL: no file */
	const char *acpi_dump;	 /* folder for the ACPI tables; NULL */
	const char *replay_path; /* compare with this trace, and take its identity; NULL */
	const char *filter;	 /* glob on the cases' names; NULL: all */
	const char *faults;	 /* armed from the start, see fault_list.h; NULL */
	bool verbose;		 /* send decoded records to sink->verbose */
	bool quiet;		 /* nobody reads sink->log */
	double timeout_s;	 /* host seconds after which the run fails; 0: no limit */
};

struct scn_case {
	char *name;
	enum scn_verdict verdict;
	char *message; /* why it failed, also as known, or was skipped; maybe several lines; NULL */
	uint64_t simulated_ns;
};

struct scn_result {
	enum scn_verdict verdict;
	uint64_t seed;
	char digest[65]; /* SHA-256 of the trace, hex; "": nothing ran, or the clock ended it */
	char *kernel;	 /* object set that ran, NULL */
	uint64_t simulated_ns;
	struct scn_case *cases;
	size_t n_cases;
	json_t *stats;	   /* the machine's figures (sim/stats.h); NULL: there was no machine */
	char *idle_faults; /* points of request->faults that have not happened, NULL */
	char *error;	   /* a failure outside the cases (findings, replay difference ...), NULL */
};

/* Where a run tells what happens; called in order, never nested. No member is NULL. */
struct scn_sink {
	void *arg;
	/* A line of kernel log; level 0..7. */
	void (*log)(void *arg, uint64_t time_ps, int level, const char *text, size_t length);
	/* A record of the trace, decoded; only with request->verbose. */
	void (*verbose)(void *arg, const char *line);
	/* A case has ended; `number` counts from 1. */
	void (*finished)(void *arg, unsigned int number, const struct scn_case *c);
};

/*
 * Run. 0: *out holds the verdict. -EINVAL: the request or the scenario's text is
 * wrong (no such file, Lua error, nothing matches the filter ...); another
 * negative errno: it could not be run (kernel not built, object damaged ...).
 * Then out->error says what, where and what to do, and no file is left.
 * *out is to be freed in each case.
 */
int scn_run(const struct scn_request *request, const struct scn_sink *sink, struct scn_result *out);
void scn_result_free(struct scn_result *result);

/*
 * Boot `kernel` (NULL: the default) on the default machine up to a probed SMMU
 * driver, for the benchmark of the start: then `booted` is called, and all is torn down.
 * 0 or negative errno with *why, malloc()ed.
 */
int scn_boot_once(const char *kernel, void (*booted)(void), char **why);

/*
 * Boot `kernel` with one CPU and strict invalidation, and let the driver of a PCI device
 * map and unmap a page of 4 KiB `rounds` times by the DMA API. *seconds: of CPU time
 * of the host for the rounds alone. Errors as above; -EIO: the unmaps did not each
 * invalidate.
 */
int scn_map_unmap(const char *kernel, uint64_t rounds, double *seconds, char **why);

#endif
