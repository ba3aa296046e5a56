/* SPDX-License-Identifier: MIT */
/* The start of a process up to a probed driver, as its parent sees it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/cli/bench.h"
#include "sim/cli/cli.h"
#include "sim/scenario/scenario.h"

enum { RUNS = 21 };

static const char booted[] = "booted\n";

int cli_bench_boot_once(const struct cli_args *args)
{
	char *why = NULL;
	int ret = scn_boot_once(cli_get(args, "kernel"), &why);

	if (ret < 0) {
		cli_error("bench: %s", why ? why : strerror(-ret));
		free(why);
		return CLI_FAIL;
	}
	/* At once, so that what comes after the boot is not measured. */
	return write(STDOUT_FILENO, booted, sizeof(booted) - 1) < 0 ? CLI_FAIL : CLI_PASS;
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

static void exec_once(const char *kernel, int out)
{
	char *argv[] = {(char *)cli_self(), "bench-boot-once", kernel ? "--kernel" : NULL,
			(char *)kernel, NULL};

	dup2(out, STDOUT_FILENO);
	execv(argv[0], argv);
	_exit(CLI_UNTESTABLE);
}

/* One process. The child has told the reason on stderr if it failed. */
static int boot_once(const char *kernel, double *ms, double *rss_mib)
{
	struct rusage usage;
	char answer[sizeof(booted)] = "";
	double start = now_ms();
	int fds[2], status;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) < 0 || (pid = fork()) < 0) {
		cli_error("bench: cannot start a process: %s", strerror(errno));
		return CLI_FAIL;
	}
	if (pid == 0)
		exec_once(kernel, fds[1]);
	close(fds[1]);
	while (read(fds[0], answer, sizeof(answer) - 1) < 0 && errno == EINTR)
		;
	*ms = now_ms() - start;
	close(fds[0]);
	while (wait4(pid, &status, 0, &usage) < 0 && errno == EINTR)
		;
	*rss_mib = (double)usage.ru_maxrss / 1024;
	if (strcmp(answer, booted) == 0 && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	if (!WIFEXITED(status) || WEXITSTATUS(status) == CLI_UNTESTABLE)
		cli_error("bench: the process that boots the kernel ended by itself");
	return CLI_FAIL;
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return (x > y) - (x < y);
}

int bench_kernel_boot(const char *kernel, struct bench_figures *figures)
{
	double ms[RUNS], rss;

	*figures = (struct bench_figures){.runs = RUNS};
	for (int i = 0; i < RUNS; i++) {
		int status = boot_once(kernel, &ms[i], &rss);

		if (status)
			return status;
		if (rss > figures->rss_mib)
			figures->rss_mib = rss;
	}
	qsort(ms, RUNS, sizeof(*ms), by_value);
	figures->median_ms = ms[RUNS / 2];
	return 0;
}
