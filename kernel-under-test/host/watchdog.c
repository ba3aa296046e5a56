// SPDX-License-Identifier: MIT
/*
 * Limits in the host's time, against runs that would never end: the time limit of
 * the whole run, and a hosted kernel that takes seconds of CPU time while simulated
 * time stands still (an endless loop). Kernel code is ended where it is; within a
 * service, the next one ends it. What cannot be ended in good order ends the process.
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>
#include <unistd.h>

#include "kernel-under-test/host/internal.h"
#include "traces/trace.h"

#define TICK_S	 1
#define STUCK_S	 3
#define GRACE_S	 10 /* of CPU time, for the end in good order */
#define NS_PER_S UINT64_C(1000000000)

static struct timespec deadline;
static uint64_t last_now;     /* simulated time at the last tick */
static uint64_t stuck_since;  /* ns of CPU time */
static uint64_t wanted_since; /* when the end was asked for; 0: not yet */

static uint64_t cpu_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &t);
	return (uint64_t)t.tv_sec * 1000000000 + (uint64_t)t.tv_nsec;
}

static bool past_deadline(const struct kut_kernel *k)
{
	struct timespec now;

	if (k->config.timeout_s <= 0)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > deadline.tv_sec ||
	       (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

void kut_time_limit(struct kut_kernel *k)
{
	char text[80];

	snprintf(text, sizeof(text), "time limit of %g s reached", k->config.timeout_s);
	k->config.hooks.log(k->config.hooks.ctx, 2, text, strlen(text));
	k->config.hooks.finding(k->config.hooks.ctx, "time limit", text);
	kut_set_dead(k, "%s", text);
}

/* trap_sp is set. */
static void end_loop(struct kut_kernel *k, uint64_t ip)
{
	struct kut_fault f = {.kind = KUT_FAULT_LOOP, .ip = ip, .seconds = STUCK_S};
	char at[160];

	kut_image_symbolize(k->image, ip, at, sizeof(at));
	kut_tell_end(k, &f);
	if (k->timed_out)
		kut_set_dead(k, "time limit of %g s reached, at %s", k->config.timeout_s, at);
	else
		kut_set_dead(
			k, "endless loop at %s: %d s of CPU time while simulated time stands still",
			at, STUCK_S);
}

void kut_end_here(struct kut_kernel *k)
{
	k->trap_sp = k->caller_sp;
	if (k->stuck) {
		end_loop(k, k->caller);
	} else {
		kut_time_limit(k);
		kut_backtrace_from(k, k->caller_sp);
	}
	k->trap_sp = 0;
	kut_die();
}

static void give_up(const struct kut_kernel *k)
{
	char text[160];
	int n = snprintf(
		text, sizeof(text),
		"faultline: %s; the run cannot be ended in good order, its trace is lost\n",
		k->timed_out ? "the time limit is reached" : "the kernel is in an endless loop");

	trc_unlink_unfinished();
	_exit(write(2, text, (size_t)n) == n ? 1 : 2);
}

static bool looks_stuck(struct kut_kernel *k)
{
	uint64_t now = evk_now(), cpu = cpu_ns();

	if (now != last_now || !kut_in_kernel(k)) {
		last_now = now;
		stuck_since = cpu;
	}
	return cpu - stuck_since >= STUCK_S * NS_PER_S;
}

static void tick(int sig, siginfo_t *info, void *context)
{
	struct kut_kernel *k = kut_live;
	ucontext_t *uc = context;
	uint64_t ip = (uint64_t)uc->uc_mcontext.gregs[REG_RIP];

	(void)sig;
	(void)info;
	if (!k)
		return;
	if (wanted_since && cpu_ns() - wanted_since >= GRACE_S * NS_PER_S)
		give_up(k);
	if (past_deadline(k) && !k->timed_out) {
		k->timed_out = 1;
		evk_stop(0);
	}
	if (!k->dead && !k->trap_sp && looks_stuck(k))
		k->stuck = 1;
	if ((k->stuck || k->timed_out) && !wanted_since)
		wanted_since = cpu_ns();
	if (!wanted_since || k->dead || k->trap_sp || !kut_in_kernel(k) ||
	    !kut_image_is_text(k->image, ip))
		return;
	k->trap_sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
	end_loop(k, ip);
	k->trap_sp = 0;
	kut_redirect_to_die(k, uc);
}

int kut_watchdog_start(struct kut_kernel *k, char **why)
{
	struct sigaction action = {.sa_sigaction = tick,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
	struct itimerval every = {{TICK_S, 0}, {TICK_S, 0}};

	stuck_since = cpu_ns();
	wanted_since = last_now = 0;
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += (time_t)k->config.timeout_s;
	deadline.tv_nsec += (long)((k->config.timeout_s - floor(k->config.timeout_s)) * 1e9);
	if (deadline.tv_nsec >= 1000000000) {
		deadline.tv_sec++;
		deadline.tv_nsec -= 1000000000;
	}
	if (sigaction(SIGALRM, &action, NULL) || setitimer(ITIMER_REAL, &every, NULL)) {
		*why = strdup("cannot start the watchdog's timer");
		return -errno;
	}
	return 0;
}

void kut_watchdog_stop(void)
{
	struct itimerval off = {{0, 0}, {0, 0}};

	setitimer(ITIMER_REAL, &off, NULL);
	signal(SIGALRM, SIG_DFL);
}
