/* SPDX-License-Identifier: MIT */
/*
 * The commands and options of `faultline`: one table, from which the parser,
 * --help, the man pages, the bash completion and docs/cli.md are made.
 */
#ifndef SIM_CLI_OPTIONS_H
#define SIM_CLI_OPTIONS_H

#include <stdbool.h>
#include <stdint.h>

enum {
	CLI_PASS = 0,
	CLI_FAIL = 1,
	CLI_USAGE = 2,
	CLI_SKIP = 4,
	CLI_UNTESTABLE = 125,
	CLI_INTERRUPTED = 130
};

struct cli_option {
	const char *name; /* without dashes; NULL ends a list */
	char letter;	  /* short form, 0: none */
	const char *arg;  /* name of its argument, NULL: a switch */
	const char *help; /* one line */
};

struct cli_args;

struct cli_command {
	const char *name;     /* one or two words; NULL ends a list */
	const char *summary;  /* one line */
	const char *operands; /* as shown in the usage line, "" if none */
	unsigned int min_operands, max_operands;
	const struct cli_option *options;
	const char *details; /* paragraphs, an empty line between two */
	bool hidden;	     /* for the program's own use */
	int (*run)(const struct cli_args *args);
	/* Instead of `run`: a command that reads its own arguments; argv[0] is its name. */
	int (*main)(int argc, char **argv);
};

extern const struct cli_command cli_commands[];
/* Options that every command has. */
extern const struct cli_option cli_common_options[];

enum { CLI_MAX_OPTIONS = 24, CLI_MAX_OPERANDS = 16 };

struct cli_args {
	const struct cli_command *command;
	const char *
		values[CLI_MAX_OPTIONS]; /* as command->options; "" for a switch; NULL: not given */
	const char *operands[CLI_MAX_OPERANDS];
	unsigned int n_operands;
	bool help;
};

/* Parse what follows the command's name. 0, or CLI_USAGE with the message on stderr. */
int cli_parse(struct cli_args *args, const struct cli_command *command, int argc, char **argv);

/* The option's argument, "" for a switch; NULL if it was not given. */
const char *cli_get(const struct cli_args *args, const char *option);
/* 0, or CLI_USAGE with a message if the argument is not such a number; untouched if not given. */
int cli_get_u64(const struct cli_args *args, const char *option, uint64_t min, uint64_t max,
		uint64_t *value);
int cli_get_seconds(const struct cli_args *args, const char *option, double *value);

/* Find the command that argv[1..] names; *used words. NULL: none, message on stderr. */
const struct cli_command *cli_find_command(int argc, char **argv, int *used);

#endif
