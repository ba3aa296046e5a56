/* SPDX-License-Identifier: MIT */
#include <stdlib.h>
#include <string.h>

#include "sim/cli/cli.h"
#include "sim/cli/help.h"

enum { WIDTH = 80, OPTION_COLUMN = 24 };

/* Fill lines of `text` up to WIDTH columns; an empty line stays one. */
static void wrap(FILE *out, const char *text, unsigned int indent)
{
	unsigned int column = 0;

	while (*text) {
		size_t word = strcspn(text, " \n");

		if (column && column + 1 + word > WIDTH) {
			fputc('\n', out);
			column = 0;
		}
		if (!column)
			column = (unsigned int)fprintf(out, "%*s", (int)indent, "");
		else
			column += (unsigned int)fprintf(out, " ");
		column += (unsigned int)fwrite(text, 1, word, out);
		text += word;
		if (*text == '\n') {
			size_t lines = strspn(text, "\n");

			fputs(lines > 1 ? "\n\n" : "\n", out);
			column = 0;
			text += lines;
		} else if (*text) {
			text++;
		}
	}
	fputc('\n', out);
}

static void print_option(FILE *out, const struct cli_option *o)
{
	int n = o->letter ? fprintf(out, "  -%c, --%s", o->letter, o->name)
			  : fprintf(out, "      --%s", o->name);

	if (o->arg)
		n += fprintf(out, " %s", o->arg);
	if (n >= OPTION_COLUMN - 1)
		n = fprintf(out, "\n") - 1;
	fprintf(out, "%*s%s\n", OPTION_COLUMN - n, "", o->help);
}

void help_overview(FILE *out)
{
	fprintf(out, "usage: faultline COMMAND ...\n\n");
	wrap(out,
	     "Runs real Linux kernel objects against models of hardware, deterministically, in "
	     "one process.",
	     0);
	fprintf(out, "\nCommands:\n");
	for (const struct cli_command *c = cli_commands; c->name; c++)
		if (!c->hidden)
			fprintf(out, "  %-12s  %s\n", c->name, c->summary);
	fprintf(out, "\nExit status: 0 pass, 1 fail, 2 usage, 4 skip.\n"
		     "`faultline COMMAND --help` describes a command.\n");
}

void help_command(FILE *out, const struct cli_command *command)
{
	fprintf(out, "usage: faultline %s%s%s%s\n\n", command->name, *command->operands ? " " : "",
		command->operands, command->options->name ? " [options]" : "");
	fprintf(out, "%s\n\nOptions:\n", command->summary);
	for (const struct cli_option *o = command->options; o->name; o++)
		print_option(out, o);
	for (const struct cli_option *o = cli_common_options; o->name; o++)
		print_option(out, o);
	if (*command->details) {
		fputc('\n', out);
		wrap(out, command->details, 0);
	}
}

/* The command, or each command that begins with this word. */
static int print_named(const struct cli_args *args)
{
	const char *first = args->operands[0], *second = args->operands[1];
	char *name = second ? cli_printf("%s %s", first, second) : cli_strdup(first);
	char *words[3] = {NULL, (char *)first, (char *)second};
	size_t length = strlen(name);
	int used, found = 0;

	for (const struct cli_command *c = help_commands(); c->name; c++) {
		if (strncmp(c->name, name, length) != 0 ||
		    (c->name[length] && c->name[length] != ' '))
			continue;
		if (found++)
			putchar('\n');
		help_command(stdout, c);
	}
	/* cli_find_command() says what there is instead. */
	if (!found && cli_find_command(1 + (int)args->n_operands, words, &used))
		cli_error("unknown command '%s'", name);
	free(name);
	return found ? CLI_PASS : CLI_USAGE;
}

int cli_help(const struct cli_args *args)
{
	if (cli_get(args, "man"))
		return help_man(cli_get(args, "man"));
	if (args->n_operands)
		return print_named(args);
	if (cli_get(args, "markdown"))
		help_markdown(stdout);
	else if (cli_get(args, "bash-completion"))
		help_bash_completion(stdout);
	else
		help_overview(stdout);
	return CLI_PASS;
}

int cli_version(const struct cli_args *args)
{
	(void)args;
	puts("faultline " FAULTLINE_VERSION);
	return CLI_PASS;
}
