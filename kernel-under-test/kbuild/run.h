/* SPDX-License-Identifier: MIT */
/*
 * Child processes: an argument vector, never a shell. Children get a small
 * environment of ours, so that the user's MAKEFLAGS, ARCH or TAR_OPTIONS change
 * nothing, a closed stdin, and a process group of their own, which is killed
 * when a signal ends the work.
 */
#ifndef KUT_KBUILD_RUN_H
#define KUT_KBUILD_RUN_H

#include "kernel-under-test/kbuild/text.h"

struct kut_run {
	struct kut_list argv;
	const char *cwd; /* NULL: ours */
	/* Called for each line of stdout, which is then not kept; or NULL. */
	void (*line)(void *arg, const char *line);
	void *arg;

	int status; /* exit status; 128 + signal for a killed child */
	struct kut_text out, err;

	int pid, out_fd, err_fd; /* between start and finish */
};

/* Append arguments; the last one is NULL. */
void kut_run_args(struct kut_run *run, ...) __attribute__((sentinel));
/* 0 when the child ran, whatever its status; -EINTR after SIGINT or SIGTERM. */
int kut_run(struct kut_run *run, char **why);
/*
 * The two halves of kut_run, to have several children at once; a child that was
 * started must be finished. One not yet finished must write little to stdout.
 */
enum { KUT_RUN_MAX = 64 };
int kut_run_start(struct kut_run *run, char **why);
int kut_run_finish(struct kut_run *run, char **why);
void kut_run_free(struct kut_run *run);

/* Between these two, SIGINT and SIGTERM end the child and are remembered. */
void kut_signals_hold(void);
void kut_signals_release(void);
/* -EINTR and a message when a signal came since hold. */
int kut_interrupted(char **why);

/* The number of children worth having at once. */
unsigned int kut_run_cores(void);
/* The program is in PATH, and may be executed. */
bool kut_program_exists(const char *name);

#endif
