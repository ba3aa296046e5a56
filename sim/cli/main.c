/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/cli.h"
#include "sim/cli/help.h"

/* `faultline --help` and `faultline --version` are the commands of that name. */
static void accept_dashes(char **argv)
{
	if (strcmp(argv[1], "--help") == 0 || strcmp(argv[1], "-h") == 0)
		argv[1] = "help";
	else if (strcmp(argv[1], "--version") == 0 || strcmp(argv[1], "-V") == 0)
		argv[1] = "version";
}

static int finish_output(int status)
{
	if (fflush(stdout) == 0 && !ferror(stdout))
		return status;
	cli_error("cannot write the output: disk full, or closed");
	return status ? status : CLI_FAIL;
}

/*
 * A file opened under the number of a closed standard stream would be written to as
 * that stream. What stands in for it can be used for neither.
 */
static void hold_standard_streams(void)
{
	for (int fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (fcntl(fd, F_GETFD) < 0)
			open("/dev/null", fd == STDIN_FILENO ? O_WRONLY : O_RDONLY);
}

int main(int argc, char **argv)
{
	const struct cli_command *command;
	struct cli_args args;
	int used, ret;

	hold_standard_streams();
	if (argc < 2) {
		help_overview(stderr);
		return CLI_USAGE;
	}
	accept_dashes(argv);
	command = cli_find_command(argc, argv, &used);
	if (!command)
		return CLI_USAGE;
	if (command->main)
		return finish_output(command->main(argc - used, argv + used));
	ret = cli_parse(&args, command, argc - used - 1, argv + used + 1);
	if (ret)
		return ret;
	if (args.help) {
		help_command(stdout, command);
		return finish_output(CLI_PASS);
	}
	return finish_output(command->run(&args));
}
