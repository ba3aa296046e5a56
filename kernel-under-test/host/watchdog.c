// SPDX-License-Identifier: MIT
/*
 * Two limits in the host's time, against runs that would never end: the time
 * limit of the whole run, and a hosted kernel that runs for seconds of CPU time
 * without ever calling the host (an endless loop: simulated time stands still).
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <ucontext.h>

#include "kernel-under-test/host/internal.h"

#define TICK_S	    1
#define STUCK_TICKS 4

static struct timespec deadline;
static unsigned int last_activity;
static int stuck;

static bool past_deadline(const struct kut_kernel *k)
{
	struct timespec now;

	if (k->config.timeout_s <= 0)
		return false;
	clock_gettime(CLOCK_MONOTONIC, &now);
	return now.tv_sec > deadline.tv_sec ||
	       (now.tv_sec == deadline.tv_sec && now.tv_nsec >= deadline.tv_nsec);
}

static void end_loop(struct kut_kernel *k, ucontext_t *uc)
{
	uint64_t ip = uc->uc_mcontext.gregs[REG_RIP];
	greg_t sp = uc->uc_mcontext.gregs[REG_RSP];
	char at[160];

	kut_image_symbolize(k->image, ip, at, sizeof(at));
	k->trap_sp = sp;
	k->entry->oops("endless loop", ip, ip);
	k->trap_sp = 0;
	kut_set_dead(k, "endless loop at %s", at);
	uc->uc_mcontext.gregs[REG_RSP] = ((sp - 256) & -16) - 8;
	uc->uc_mcontext.gregs[REG_RIP] = (greg_t)kut_die;
}

static void tick(int sig, siginfo_t *info, void *context)
{
	struct kut_kernel *k = kut_live;
	ucontext_t *uc = context;

	(void)sig;
	(void)info;
	if (!k || k->dead)
		return;
	if (past_deadline(k))
		k->timed_out = 1;
	if (k->activity != last_activity || !k->running ||
	    !kut_image_is_text(k->image, uc->uc_mcontext.gregs[REG_RIP])) {
		last_activity = k->activity;
		stuck = 0;
		return;
	}
	if (++stuck >= STUCK_TICKS || k->timed_out)
		end_loop(k, uc);
}

int kut_watchdog_start(struct kut_kernel *k, char **why)
{
	struct sigaction action = {.sa_sigaction = tick,
				   .sa_flags = SA_SIGINFO | SA_ONSTACK | SA_RESTART};
	struct itimerval every = {{TICK_S, 0}, {TICK_S, 0}};

	stuck = 0;
	clock_gettime(CLOCK_MONOTONIC, &deadline);
	deadline.tv_sec += (time_t)k->config.timeout_s;
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
