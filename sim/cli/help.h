/* SPDX-License-Identifier: MIT */
/* The four forms in which the tables of options.c are shown. */
#ifndef SIM_CLI_HELP_H
#define SIM_CLI_HELP_H

#include <stdio.h>

#include "sim/cli/options.h"

/* What can be typed, without the hidden; ends with a NULL name. */
const struct cli_command *help_commands(void);

void help_overview(FILE *out);
void help_command(FILE *out, const struct cli_command *command);
void help_markdown(FILE *out);
void help_bash_completion(FILE *out);
/* Write faultline.1 and faultline-COMMAND.1 into `dir`. 0 or an exit status, message on stderr. */
int help_man(const char *dir);

#endif
