/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "sim/cli/cli.h"
#include "sim/cli/pool.h"

enum { OUT, ERR, PID, FDS };
enum { GRACE_S = 2, POLL_MS = 200 };

/* A job that runs. */
struct child {
	struct pool_job *job;
	pid_t pid;
	int fds[FDS]; /* two pipes and the process; -1: closed */
	double deadline, kill_at;
};

static volatile sig_atomic_t interrupted;

static void on_signal(int number)
{
	(void)number;
	interrupted = 1;
}

static double now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void exec_job(const struct pool_job *job, int out, int err)
{
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	dup2(null, STDIN_FILENO);
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execv(job->argv[0], job->argv);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", job->argv[0], strerror(errno));
	_exit(CLI_UNTESTABLE);
}

static void child_start(struct child *c, struct pool_job *job, double timeout_s)
{
	int out[2], err[2];

	if (pipe2(out, O_CLOEXEC) < 0 || pipe2(err, O_CLOEXEC) < 0 || (c->pid = fork()) < 0) {
		cli_error("cannot start %s: %s", job->argv[0], strerror(errno));
		exit(CLI_FAIL);
	}
	if (c->pid == 0)
		exec_job(job, out[1], err[1]);
	close(out[1]);
	close(err[1]);
	c->job = job;
	c->fds[OUT] = out[0];
	c->fds[ERR] = err[0];
	c->fds[PID] = pidfd_open(c->pid, 0);
	fcntl(out[0], F_SETFL, O_NONBLOCK);
	fcntl(err[0], F_SETFL, O_NONBLOCK);
	c->deadline = timeout_s > 0 ? now() + timeout_s : 0;
	c->kill_at = 0;
	job->out = cli_alloc(1);
	job->err = cli_alloc(1);
}

/* Take what there is; false at the end of the pipe. */
static bool take(int fd, char **text, size_t *length)
{
	char buf[65536];
	ssize_t n;

	while ((n = read(fd, buf, sizeof(buf))) > 0) {
		*text = cli_realloc(*text, *length + (size_t)n + 1);
		memcpy(*text + *length, buf, (size_t)n);
		*length += (size_t)n;
		(*text)[*length] = '\0';
	}
	return n < 0 && (errno == EAGAIN || errno == EINTR);
}

static void take_output(struct child *c)
{
	if (c->fds[OUT] >= 0 && !take(c->fds[OUT], &c->job->out, &c->job->out_len)) {
		close(c->fds[OUT]);
		c->fds[OUT] = -1;
	}
	if (c->fds[ERR] >= 0 && !take(c->fds[ERR], &c->job->err, &c->job->err_len)) {
		close(c->fds[ERR]);
		c->fds[ERR] = -1;
	}
}

/* The process has ended; what still holds its pipes open is not waited for. */
static void child_end(struct child *c)
{
	take_output(c);
	waitpid(c->pid, &c->job->status, 0);
	kill(-c->pid, SIGKILL);
	for (int i = 0; i < FDS; i++)
		if (c->fds[i] >= 0)
			close(c->fds[i]);
	c->job = NULL;
}

/* First politely: a suite ends its own children then. */
static void child_check_time(struct child *c)
{
	double t = now();

	if (c->kill_at && t >= c->kill_at) {
		kill(-c->pid, SIGKILL);
	} else if (!c->kill_at && c->deadline && t >= c->deadline) {
		c->job->timed_out = true;
		c->kill_at = t + GRACE_S;
		kill(-c->pid, SIGTERM);
	}
}

static bool child_has_ended(const struct child *c)
{
	siginfo_t info = {0};

	return waitid(P_PID, (id_t)c->pid, &info, WEXITED | WNOHANG | WNOWAIT) == 0 &&
	       info.si_pid == c->pid;
}

static void kill_all(struct child *children, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		if (children[i].job)
			kill(-children[i].pid, SIGTERM);
	for (unsigned int i = 0; i < n; i++) {
		for (int ms = 0; children[i].job && !child_has_ended(&children[i]); ms += 10) {
			if (ms >= GRACE_S * 1000)
				kill(-children[i].pid, SIGKILL);
			usleep(10000);
		}
		if (children[i].job)
			child_end(&children[i]);
	}
}

static void wait_for_news(const struct child *children, unsigned int n, struct pollfd *fds)
{
	for (unsigned int i = 0; i < n; i++)
		for (int f = 0; f < FDS; f++)
			fds[i * FDS + f] = (struct pollfd){
				.fd = children[i].job ? children[i].fds[f] : -1, .events = POLLIN};
	poll(fds, n * FDS, POLL_MS);
}

/* Start jobs where there is room; returns the number of the next one. */
static size_t fill(struct child *children, unsigned int parallel, struct pool_job *jobs, size_t n,
		   size_t next, double timeout_s)
{
	for (unsigned int i = 0; i < parallel && next < n; i++)
		if (!children[i].job)
			child_start(&children[i], &jobs[next++], timeout_s);
	return next;
}

static void loop(struct child *children, unsigned int parallel, struct pool_job *jobs, size_t n,
		 double timeout_s, void (*done)(void *arg, size_t index), void *arg)
{
	struct pollfd *fds = cli_alloc(parallel * FDS * sizeof(*fds));
	bool *ended = cli_alloc(n + 1);
	size_t next = 0, told = 0;

	while (told < n && !interrupted) {
		next = fill(children, parallel, jobs, n, next, timeout_s);
		wait_for_news(children, parallel, fds);
		for (unsigned int i = 0; i < parallel; i++) {
			struct child *c = &children[i];

			if (!c->job)
				continue;
			take_output(c);
			child_check_time(c);
			if (child_has_ended(c)) {
				ended[c->job - jobs] = true;
				child_end(c);
			}
		}
		while (told < n && ended[told])
			done(arg, told++);
	}
	free(fds);
	free(ended);
}

bool pool_run(struct pool_job *jobs, size_t n, unsigned int parallel, double timeout_s,
	      void (*done)(void *arg, size_t index), void *arg)
{
	struct child *children = cli_alloc(parallel * sizeof(*children));
	struct sigaction action = {.sa_handler = on_signal};

	interrupted = 0;
	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
	loop(children, parallel, jobs, n, timeout_s, done, arg);
	kill_all(children, parallel);
	free(children);
	return !interrupted;
}
