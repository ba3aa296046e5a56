/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "sim/cli/cli.h"
#include "sim/cli/help.h"

/* Text for roff: dashes and backslashes are kept, no line begins a request. */
static void print_text(FILE *out, const char *text)
{
	bool start = true;

	for (; *text; text++) {
		if (*text == '\n') {
			fprintf(out, text[1] == '\n' ? "\n.PP\n" : "\n");
			text += strspn(text, "\n") - 1;
			start = true;
			continue;
		}
		if (start && (*text == '.' || *text == '\''))
			fputs("\\&", out);
		if (*text == '-')
			fputs("\\-", out);
		else if (*text == '\\')
			fputs("\\e", out);
		else
			fputc(*text, out);
		start = false;
	}
	fputc('\n', out);
}

static void print_options(FILE *out, const struct cli_option *options)
{
	for (const struct cli_option *o = options; o->name; o++) {
		fprintf(out, ".TP\n");
		if (o->letter)
			fprintf(out, "\\fB\\-%c\\fR, ", o->letter);
		fprintf(out, "\\fB\\-\\-%s\\fR", o->name);
		if (o->arg)
			fprintf(out, " \\fI%s\\fR", o->arg);
		fputc('\n', out);
		print_text(out, o->help);
	}
}

/* Name of a command's page: its words joined by dashes. */
static char *page_name(const struct cli_command *c)
{
	char *name = cli_printf("faultline-%s", c->name);

	for (char *at = name; *at; at++)
		if (*at == ' ')
			*at = '-';
	return name;
}

static void print_head(FILE *out, const char *name, const char *summary)
{
	fprintf(out,
		".\\\" SPDX-License-Identifier: MIT\n"
		".TH %s 1 \"\" \"faultline " FAULTLINE_VERSION "\"\n.SH NAME\n%s \\- ",
		name, name);
	print_text(out, summary);
}

static void print_command_page(FILE *out, const struct cli_command *c)
{
	char *name = page_name(c);

	print_head(out, name, c->summary);
	fprintf(out, ".SH SYNOPSIS\n\\fBfaultline %s\\fR %s%s\n", c->name, c->operands,
		c->options->name ? " [options]" : "");
	if (*c->details) {
		fprintf(out, ".SH DESCRIPTION\n");
		print_text(out, c->details);
	}
	fprintf(out, ".SH OPTIONS\n");
	print_options(out, c->options);
	print_options(out, cli_common_options);
	fprintf(out, ".SH EXIT STATUS\n0 pass, 1 fail, 2 usage, 4 skip, 130 interrupted.\n"
		     ".SH SEE ALSO\n.BR faultline (1)\n");
	free(name);
}

static void print_main_page(FILE *out)
{
	print_head(out, "faultline", "run Linux kernel objects against models of hardware");
	fprintf(out, ".SH SYNOPSIS\n\\fBfaultline\\fR \\fICOMMAND\\fR ...\n.SH COMMANDS\n");
	for (const struct cli_command *c = help_commands(); c->name; c++) {
		fprintf(out, ".TP\n\\fB%s\\fR\n", c->name);
		print_text(out, c->summary);
	}
	fprintf(out, ".SH SEE ALSO\n");
	for (const struct cli_command *c = help_commands(); c->name; c++) {
		char *name = page_name(c);

		fprintf(out, ".BR %s (1)\n", name);
		free(name);
	}
}

static int write_page(const char *dir, const char *name, const struct cli_command *command)
{
	char *path = cli_printf("%s/%s.1", dir, name);
	FILE *out = fopen(path, "we");
	bool failed = !out;

	if (out) {
		if (command)
			print_command_page(out, command);
		else
			print_main_page(out);
		failed = ferror(out);
		failed |= fclose(out) != 0;
	}
	if (failed)
		cli_error("help --man: cannot write %s: %s", path, strerror(errno));
	free(path);
	return failed ? CLI_FAIL : CLI_PASS;
}

int help_man(const char *dir)
{
	int ret;

	if (mkdir(dir, 0777) < 0 && errno != EEXIST) {
		cli_error("help --man: cannot make %s: %s", dir, strerror(errno));
		return CLI_FAIL;
	}
	ret = write_page(dir, "faultline", NULL);
	for (const struct cli_command *c = help_commands(); c->name && !ret; c++) {
		char *name = page_name(c);

		ret = write_page(dir, name, c);
		free(name);
	}
	return ret;
}
