/* SPDX-License-Identifier: MIT */
/* Child processes, a few at a time, their output kept, their results in order. */
#ifndef SIM_CLI_POOL_H
#define SIM_CLI_POOL_H

#include <stdbool.h>
#include <stddef.h>

struct pool_job {
	char *argv[10]; /* NULL-terminated */
	/* Filled when the job has ended: */
	char *out, *err; /* terminated */
	size_t out_len, err_len;
	int status; /* as waitpid() gives it */
	bool timed_out;
};

/*
 * Run all jobs, `parallel` at a time, each for at most `timeout_s` real seconds
 * (0: no limit). done() is called for each in the order of the array. A job has
 * no standard input. False: SIGINT or SIGTERM came; all children are gone.
 */
bool pool_run(struct pool_job *jobs, size_t n, unsigned int parallel, double timeout_s,
	      void (*done)(void *arg, size_t index), void *arg);

#endif
