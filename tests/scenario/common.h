/* SPDX-License-Identifier: MIT */
/* Running small scenarios with the built program. */
#ifndef TESTS_SCENARIO_COMMON_H
#define TESTS_SCENARIO_COMMON_H

#include "tests/cli/common.h"

/* Line 1 of a scenario that needs a booted kernel; its cases begin on line 2. */
#define BOOT "local m = machine {} local k = kernel { '6.12' } local d = m:device 'dma0'\n"

/* A scenario and how its run must end. */
struct ending {
	const char *lua;
	int status;
	const char *message; /* part of what comes, on stdout or stderr */
};

/* Without a kernel of this name: say SKIP, and return true. */
bool no_kernel(const char *name);

/*
 * Several CPUs map and unmap for one device: tests/scenarios/SCENARIO.lua passes with
 * each of the seeds 1 to `seeds`.
 */
void check_seeds(const char *scenario, const char *kernel, unsigned int seeds);

/* Write s.lua into the test's folder and run it there, within half a minute. */
struct outcome run_lua(const char *lua, const char *options);
/* Run each; a message that is missing names the scenario. */
void check_endings(const struct ending *endings, size_t n);

#endif
