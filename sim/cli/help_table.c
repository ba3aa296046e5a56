/* SPDX-License-Identifier: MIT */
/* The commands as the help shows them: `kernel` in its parts, none that is hidden. */
#include <stdio.h>
#include <string.h>

#include "kernel-under-test/kbuild/command.h"
#include "sim/cli/cli.h"
#include "sim/cli/help.h"

enum { MAX_COMMANDS = 32, MAX_PARTS = 8 };

/* A part of `kernel` in the form of our own table. */
struct part {
	char name[32], operands[64];
	struct cli_option options[CLI_MAX_OPTIONS];
};

static void convert(struct part *part, struct cli_command *command,
		    const struct kut_subcommand *from)
{
	const char *rest = strstr(from->args, " [OPTION]");
	int length = rest ? (int)(rest - from->args) : (int)strlen(from->args);
	int n = 0;

	snprintf(part->name, sizeof(part->name), "kernel %s", from->name);
	snprintf(part->operands, sizeof(part->operands), "%.*s", length, from->args);
	for (const struct kut_option *o = from->options; o->name && n < CLI_MAX_OPTIONS - 1; o++)
		if (strcmp(o->name, "help") != 0)
			part->options[n++] = (struct cli_option){o->name, 0, o->arg, o->help};
	*command = (struct cli_command){.name = part->name,
					.summary = from->help,
					.operands = part->operands,
					.options = part->options,
					.details = ""};
}

const struct cli_command *help_commands(void)
{
	static struct cli_command commands[MAX_COMMANDS + 1];
	static struct part parts[MAX_PARTS];
	const struct kut_subcommand *sub = kut_kernel_subcommands;
	int n = 0;

	if (commands[0].name)
		return commands;
	for (const struct cli_command *c = cli_commands; c->name; c++) {
		if (c->main == kut_kernel_main)
			for (int i = 0; sub[i].name && i < MAX_PARTS && n < MAX_COMMANDS; i++)
				convert(&parts[i], &commands[n++], &sub[i]);
		else if (!c->hidden && n < MAX_COMMANDS)
			commands[n++] = *c;
	}
	return commands;
}
