/* SPDX-License-Identifier: MIT */
/*
 * Random programs. The first bytes choose how far the machine is brought before the program
 * begins (program_prologue), then each step takes an opcode's byte and what that needs.
 */
#ifndef TESTS_FUZZ_PROGRAM_H
#define TESTS_FUZZ_PROGRAM_H

#include "tests/fuzz/machine.h"
#include "tests/fuzz/shape.h"

enum program_start {
	START_NOTHING,
	START_SEV,
	START_SEV_LAUNCH,
	START_SEV_RUNNING,
	START_SNP,
	START_SNP_LAUNCH,
	START_SNP_RUNNING,
	START_BOTH,
	START_AGENT, /* an SNP guest that another one in launch is bound to, and a context */
	STARTS,
};

/* INIT, guests ... by commands that a driver would give; a machine that cannot is left. */
void program_prologue(struct machine *m, enum program_start start);

/* One step. Each command's status that was seen is counted in `seen` (may be NULL). */
struct program_seen {
	unsigned int succeeded[0xd6], failed[0xd6];
};
void program_step(struct machine *m, struct input *in, struct program_seen *seen);

/* A command as a driver gives it, or not quite, and back again. */
void program_command(struct machine *m, struct input *in, struct program_seen *seen);
/* What is no command: RMP, memory, MSRs, registers, faults. */
void program_act(struct machine *m, struct input *in);

/* The whole program: prologue, steps until `in` ends, machine_finish(). */
void program_run(struct machine *m, struct input *in);

#endif
