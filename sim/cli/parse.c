/* SPDX-License-Identifier: MIT */
/* Reading a command line by the tables of options.c. */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/cli.h"

static size_t first_word(const char *name)
{
	return strcspn(name, " ");
}

static void list_commands(const char *prefix)
{
	fprintf(stderr, "commands:");
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (!c->hidden && (!prefix || strncmp(c->name, prefix, strlen(prefix)) == 0))
			fprintf(stderr, "%s %s", c == cli_commands || prefix ? "" : ",", c->name);
	fprintf(stderr, "\n");
}

/* Number of words of `command` that argv names, 0 if it is another one. */
static int words_matched(const struct cli_command *command, int argc, char **argv)
{
	size_t first = first_word(command->name);

	if (strlen(argv[1]) != first || strncmp(argv[1], command->name, first) != 0)
		return 0;
	if (!command->name[first])
		return 1;
	return argc > 2 && strcmp(argv[2], command->name + first + 1) == 0 ? 2 : 0;
}

const struct cli_command *cli_find_command(int argc, char **argv, int *used)
{
	const char *group = NULL;

	for (const struct cli_command *c = cli_commands; c->name; c++) {
		size_t first = first_word(c->name);

		*used = words_matched(c, argc, argv);
		if (*used)
			return c;
		if (c->name[first] && strlen(argv[1]) == first &&
		    strncmp(argv[1], c->name, first) == 0)
			group = argv[1];
	}
	if (group && argc > 2)
		cli_error("unknown command '%s %s'", group, argv[2]);
	else if (group)
		cli_error("'%s' needs a second word", group);
	else
		cli_error("unknown command '%s'", argv[1]);
	list_commands(group);
	return NULL;
}

static int unknown_option(const struct cli_command *command, const char *given)
{
	cli_error("%s: unknown option '%s'", command->name, given);
	fprintf(stderr, "options:");
	for (const struct cli_option *o = command->options; o->name; o++)
		fprintf(stderr, " --%s%s%s,", o->name, o->arg ? " " : "", o->arg ? o->arg : "");
	fprintf(stderr, " --help\n");
	return CLI_USAGE;
}

static int find_option(const struct cli_command *command, const char *name, size_t length,
		       char letter)
{
	for (int i = 0; command->options[i].name; i++) {
		const struct cli_option *o = &command->options[i];

		if (letter ? o->letter == letter
			   : strlen(o->name) == length && strncmp(o->name, name, length) == 0)
			return i;
	}
	return -1;
}

/* One option at argv[*i]; *i moves over an argument. */
static int parse_option(struct cli_args *args, int argc, char **argv, int *i)
{
	const char *given = argv[*i], *value = NULL;
	bool is_long = given[1] == '-';
	size_t length = is_long ? strcspn(given + 2, "=") : 1;
	const struct cli_option *option;
	int index;

	if (strcmp(given, "--help") == 0 || strcmp(given, "-h") == 0) {
		args->help = true;
		return 0;
	}
	index = is_long ? find_option(args->command, given + 2, length, 0)
			: find_option(args->command, NULL, 0, given[1]);
	if (index < 0)
		return unknown_option(args->command, given);
	option = &args->command->options[index];
	if (is_long && given[2 + length] == '=')
		value = given + 2 + length + 1;
	else if (!is_long && given[2])
		value = given + 2;
	if (!option->arg && value)
		return cli_usage_error(args->command, "option --%s takes no argument ('%s')",
				       option->name, given);
	if (option->arg && !value) {
		if (*i + 1 >= argc)
			return cli_usage_error(args->command, "option --%s needs an argument: %s",
					       option->name, option->arg);
		value = argv[++*i];
	}
	args->values[index] = value ? value : "";
	return 0;
}

int cli_parse(struct cli_args *args, const struct cli_command *command, int argc, char **argv)
{
	bool only_operands = false;
	int ret;

	*args = (struct cli_args){.command = command};
	for (int i = 0; i < argc; i++) {
		if (!only_operands && strcmp(argv[i], "--") == 0) {
			only_operands = true;
		} else if (!only_operands && argv[i][0] == '-' && argv[i][1]) {
			ret = parse_option(args, argc, argv, &i);
			if (ret)
				return ret;
		} else if (args->n_operands == command->max_operands) {
			return cli_usage_error(command, "unexpected operand '%s'", argv[i]);
		} else {
			args->operands[args->n_operands++] = argv[i];
		}
	}
	if (!args->help && args->n_operands < command->min_operands)
		return cli_usage_error(command, "an operand is missing: %s", command->operands);
	return 0;
}

const char *cli_get(const struct cli_args *args, const char *option)
{
	int index = find_option(args->command, option, strlen(option), 0);

	return index < 0 ? NULL : args->values[index];
}

int cli_get_u64(const struct cli_args *args, const char *option, uint64_t min, uint64_t max,
		uint64_t *value)
{
	const char *text = cli_get(args, option);
	unsigned long long number;
	char *end;

	if (!text)
		return 0;
	errno = 0;
	number = strtoull(text, &end, 0);
	if (errno || end == text || *end || strchr(text, '-') || number < min || number > max)
		return cli_usage_error(args->command,
				       "--%s: '%s' is not a number from %" PRIu64 " to %" PRIu64,
				       option, text, min, max);
	*value = number;
	return 0;
}

int cli_get_seconds(const struct cli_args *args, const char *option, double *value)
{
	const char *text = cli_get(args, option);
	double number;
	char *end;

	if (!text)
		return 0;
	number = strtod(text, &end);
	if (end == text || *end || !isfinite(number) || number < 0 || number > 1e9)
		return cli_usage_error(args->command, "--%s: '%s' is not a number of seconds",
				       option, text);
	*value = number;
	return 0;
}
