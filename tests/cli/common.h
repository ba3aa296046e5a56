/* SPDX-License-Identifier: MIT */
/* Running the built program, and a folder of the test's own. */
#ifndef TESTS_CLI_COMMON_H
#define TESTS_CLI_COMMON_H

#include <stdbool.h>
#include <stddef.h>

#include "tests/suite.h"

struct outcome {
	int status; /* exit status; 128 + signal, as a shell says */
	char *out, *err;
};

/* The new folder of this process, and a file in it (in one of few static buffers). */
const char *test_dir(void);
const char *test_file(const char *name);
void test_write(const char *name, const char *text, bool executable);
/* Remove the folder with all that is below it. */
void test_clean(void);

/* Run a shell command. */
struct outcome run_shell(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* Run the program with these arguments. */
struct outcome run_cli(const char *format, ...) __attribute__((format(printf, 1, 2)));
void outcome_free(struct outcome *outcome);

/* With messages that show both. */
void expect_status(const struct outcome *outcome, int status);
void expect_in(const char *text, const char *part);
void expect_not_in(const char *text, const char *part);

#endif
