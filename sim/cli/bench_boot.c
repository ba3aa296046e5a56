/* SPDX-License-Identifier: MIT */
/* The start of a process up to a probed driver, as its parent sees it. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <spawn.h>
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

static void tell(void)
{
	if (write(STDOUT_FILENO, booted, sizeof(booted) - 1) < 0)
		_exit(CLI_FAIL);
}

int cli_bench_boot_once(const struct cli_args *args)
{
	char *why = NULL;
	int ret = scn_boot_once(cli_get(args, "kernel"), tell, &why);

	if (ret < 0) {
		cli_error("bench: %s", why ? why : strerror(-ret));
		free(why);
		return CLI_FAIL;
	}
	return CLI_PASS;
}

static double now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec * 1e3 + (double)ts.tv_nsec / 1e6;
}

/* 0 or an errno. */
static int start_once(const char *kernel, int out, pid_t *pid)
{
	char *argv[] = {(char *)cli_self(), "bench-boot-once", kernel ? "--kernel" : NULL,
			(char *)kernel, NULL};
	posix_spawn_file_actions_t actions;
	int ret = posix_spawn_file_actions_init(&actions);

	if (ret)
		return ret;
	ret = posix_spawn_file_actions_adddup2(&actions, out, STDOUT_FILENO);
	if (!ret)
		ret = posix_spawn(pid, argv[0], &actions, NULL, argv, environ);
	posix_spawn_file_actions_destroy(&actions);
	return ret;
}

/* One process. The child has told the reason on stderr if it failed. */
static int boot_once(const char *kernel, double *ms, double *rss_mib)
{
	struct rusage usage;
	char answer[sizeof(booted)] = "";
	double start = now_ms();
	int fds[2], status, error;
	pid_t pid;

	error = pipe2(fds, O_CLOEXEC) < 0 ? errno : start_once(kernel, fds[1], &pid);
	if (error) {
		cli_error("bench: cannot start a process: %s", strerror(error));
		return CLI_FAIL;
	}
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
	if (!WIFEXITED(status))
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
