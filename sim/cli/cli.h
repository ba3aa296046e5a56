/* SPDX-License-Identifier: MIT */
/* What the files of the command line share. */
#ifndef SIM_CLI_CLI_H
#define SIM_CLI_CLI_H

#include <stddef.h>
#include <stdint.h>

#include "sim/cli/options.h"

int cli_run(const struct cli_args *args);
int cli_replay(const struct cli_args *args);
int cli_trace_show(const struct cli_args *args);
int cli_test(const struct cli_args *args);
int cli_bench(const struct cli_args *args);
int cli_bench_boot_once(const struct cli_args *args);
int cli_kunit_once(const struct cli_args *args);
int cli_help(const struct cli_args *args);
int cli_version(const struct cli_args *args);

/* "faultline: " and the message on stderr, a newline behind it. */
void cli_error(const char *format, ...) __attribute__((format(printf, 1, 2)));
/* The same with the command's name, and how to get help. Returns CLI_USAGE. */
int cli_usage_error(const struct cli_command *command, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Memory that must be there: ends the program with a message otherwise. */
void *cli_alloc(size_t size);
void *cli_realloc(void *old, size_t size);
char *cli_strdup(const char *text);
char *cli_printf(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* SIGINT and SIGTERM remove unfinished files and end the program with status 130. */
void cli_catch_interrupts(void);

/* Path of the running program. */
const char *cli_self(void);
/* Folder of the running program. */
const char *cli_self_dir(void);
/* Folder that holds scenarios/: the source tree, or share/faultline of an installation. NULL: none.
 */
const char *cli_data_dir(void);

#endif
