/* SPDX-License-Identifier: MIT */
/* `faultline test --kunit`: the kernel's own tests, and what their KTAP says. */
#ifndef SIM_CLI_KUNIT_H
#define SIM_CLI_KUNIT_H

#include <stddef.h>

#include "sim/scenario/scenario.h"

/* How an object set with KUnit is made, for those who have none. */
#define KUNIT_HOW_TO_MAKE                                                                          \
	"faultline kernel add 6.12-kunit --package linux-source-6.12 --target " KUNIT_TARGET
#define KUNIT_TARGET "smmu-kunit"
/* The scenario that runs the suites, below cli_data_dir(). */
#define KUNIT_SCENARIO "scenarios/kunit/suites.lua"

/*
 * Call `found` for each case in KUnit's KTAP: of a suite's line, indented by four, for
 * a suite and a case. `message`: the lines above a failure that explain it, or the
 * reason of a skip; "" of a pass. A suite or a case that a plan announces and that never
 * comes, and a suite that failed without a failed case, is a failed case "run"; of the
 * suite "suites" if no suite is to blame.
 */
typedef void (*kunit_found_fn)(void *arg, const char *suite, const char *name,
			       enum scn_verdict verdict, const char *message);
void kunit_parse(const char *ktap, kunit_found_fn found, void *arg);

#endif
