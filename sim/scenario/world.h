/* SPDX-License-Identifier: MIT */
/*
 * The world of one run: its machine, its hosted kernel, its trace, and what has
 * happened so far that a scenario may ask about. Not a public header.
 */
#ifndef SIM_SCENARIO_WORLD_H
#define SIM_SCENARIO_WORLD_H

#include "kernel-under-test/host/kernel.h"
#include "kernel-under-test/kbuild/kbuild.h"
#include "sim/fault.h"
#include "sim/machine/machine.h"
#include "sim/rng.h"
#include "sim/scenario/alloc.h"
#include "sim/scenario/scenario.h"
#include "traces/trace.h"

/* Something that happened and that a scenario may look for. */
struct scn_item {
	uint64_t time; /* ps */
	char *kind;    /* report: its channel; finding: its kind */
	char *text;    /* text_len bytes and a NUL */
	size_t text_len;
	uint64_t words[8];
	bool taken; /* an expectation has matched it */
};

struct scn_list {
	struct scn_item *items;
	size_t n, room;
};

enum { SCN_HISTORY = 24 }; /* records that a failure message looks back on */

/* What kut_kernel_memory_mark() has remembered: for expect.no_leak, and for the run's end. */
enum { SCN_MARK_CASE, SCN_MARK_RUN };

struct scn_world {
	const struct scn_request *request;
	const struct scn_sink *sink;
	char *scenario_hash;
	struct sim_machine *machine;
	struct kut_kernel *kernel;
	struct kut_object_set *set;
	char *wanted; /* path of the set's wanted.txt */
	struct sim_faults *faults;
	struct scn_allocs allocs;
	bool leak_check;	 /* what has come since SCN_MARK_RUN shall be freed at the end */
	struct sim_stats *stats; /* of the machine; NULL before there is one */
	struct sim_rng rng;
	struct trc_writer *writer;
	struct trc_comparer *comparer;
	char *difference; /* of a replay; ends the run */
	bool evk_open;
	bool watches_commands;
	struct scn_list commands;		/* words: the 2 dwords; text: an STE, or empty */
	struct scn_list events;			/* words: address (0: lost), the 4 dwords */
	struct scn_list reports;		/* kind: channel, text: bytes */
	struct scn_list findings;		/* kind, text */
	struct scn_list log;			/* words[0]: level */
	struct trc_record history[SCN_HISTORY]; /* commands and table fetches */
	unsigned int history_next;
};

int scn_world_open(struct scn_world *w, const struct scn_request *request,
		   const struct scn_sink *sink, const char *scenario_hash, char **why);
/* 0, or what went wrong with the trace file: *why. */
int scn_world_close(struct scn_world *w, bool keep_trace, char digest[TRC_DIGEST_HEX], char **why);

struct scn_machine_wish {
	const char *dts; /* name of a machine, or path of a .dts or .dtb file */
	unsigned int cpus;
	uint64_t ram_size;
	bool acpi; /* the kernel gets tables instead of the devicetree */
	const struct sim_machine_prop *props;
	size_t n_props;
};
int scn_world_machine(struct scn_world *w, const struct scn_machine_wish *wish, char **why);
/* Open the object set and load it; scn_world_boot() runs it up to its last initcall. */
int scn_world_kernel(struct scn_world *w, const char *name, const char *cmdline, bool guard,
		     char **why);
int scn_world_boot(struct scn_world *w, char **why);

/* Into the trace; also for cases, which scenario.c records. */
void scn_world_record(void *world, const struct trc_record *record);
void scn_world_finding(void *world, const char *kind, const char *text);

/* The last commands and table reads, decoded, for a message; malloc()ed. */
char *scn_world_history(const struct scn_world *w, uint32_t sid);

#endif
