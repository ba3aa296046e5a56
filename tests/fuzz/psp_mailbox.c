/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer of the mailbox: an input is a machine's configuration and a program on it
 * (program.h). One in 16 runs twice, and must do the same.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/program.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void fail(const char *text)
{
	fprintf(stderr, "psp_mailbox: %s\n", text);
	abort();
}

/* False: psp_new() refused the machine. */
static bool run(const uint8_t *data, size_t size, uint8_t digest[32])
{
	struct input in = {data, size};
	struct machine m;

	if (!machine_new(&m, &in, fail))
		return false;
	program_run(&m, &in);
	machine_digest(&m, digest);
	machine_free(&m);
	return true;
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t first[32], second[32];

	if (size < 4 || !run(data, size, first) || data[size - 1] % 16)
		return 0;
	run(data, size, second);
	if (memcmp(first, second, sizeof(first)) != 0)
		fail("two runs of one program differ");
	return 0;
}
