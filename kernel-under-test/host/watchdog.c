// SPDX-License-Identifier: MIT
/*
 * Two limits in the host's time, against runs that would never end: the time
 * limit of the whole run, and a hosted kernel that runs for seconds of CPU time
 * without ever calling the host (an endless loop: simulated time stands still).
 */
#include <errno.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

#include "kernel-under-test/host/internal.h"

#define TICK_S	1
#define STUCK_S 3

static struct timespec deadline;
static unsigned int last_activity;
static uint64_t stuck_since; /* ns of CPU time */

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

static void end_loop(struct kut_kernel *k, ucontext_t *uc)
{
	struct kut_fault f = {.kind = KUT_FAULT_LOOP,
			      .ip = (unsigned long)uc->uc_mcontext.gregs[REG_RIP],
			      .seconds = STUCK_S};
	char at[160];

	kut_image_symbolize(k->image, f.ip, at, sizeof(at));
	k->trap_sp = (uintptr_t)uc->uc_mcontext.gregs[REG_RSP];
	kut_tell_end(k, &f);
	k->trap_sp = 0;
	if (k->timed_out)
		kut_set_dead(k, "time limit of %g s reached, at %s", k->config.timeout_s, at);
	else
		kut_set_dead(
			k, "endless loop at %s: %d s of CPU time while simulated time stands still",
			at, STUCK_S);
	kut_redirect_to_die(k, uc);
}

static void tick(int sig, siginfo_t *info, void *context)
{
	struct kut_kernel *k = kut_live;
	ucontext_t *uc = context;

	(void)sig;
	(void)info;
	if (!k || k->dead || k->trap_sp)
		return;
	if (past_deadline(k) && !k->timed_out) {
		k->timed_out = 1;
		evk_stop(0);
	}
	if (k->activity != last_activity || !kut_in_kernel(k) ||
	    !kut_image_is_text(k->image, (uint64_t)uc->uc_mcontext.gregs[REG_RIP])) {
		last_activity = k->activity;
		stuck_since = cpu_ns();
		return;
	}
	if (cpu_ns() - stuck_since >= STUCK_S * UINT64_C(1000000000) || k->timed_out)
		end_loop(k, uc);
}

int kut_watchdog_start(struct kut_kernel *k, char **why)
{
	struct sigaction action = {.sa_sigaction = tick,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
	struct itimerval every = {{TICK_S, 0}, {TICK_S, 0}};

	stuck_since = cpu_ns();
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
