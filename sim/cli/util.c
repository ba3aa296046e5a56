/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <libgen.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/cli.h"
#include "traces/trace.h"

void cli_error(const char *format, ...)
{
	va_list args;

	fputs("faultline: ", stderr);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fputc('\n', stderr);
}

int cli_usage_error(const struct cli_command *command, const char *format, ...)
{
	va_list args;

	fprintf(stderr, "faultline: %s: ", command->name);
	va_start(args, format);
	vfprintf(stderr, format, args);
	va_end(args);
	fprintf(stderr, "\n`faultline %s --help` describes the command\n", command->name);
	return CLI_USAGE;
}

void *cli_realloc(void *old, size_t size)
{
	void *memory = realloc(old, size ? size : 1);

	if (!memory) {
		cli_error("out of memory (%zu bytes)", size);
		exit(CLI_FAIL);
	}
	return memory;
}

void *cli_alloc(size_t size)
{
	return memset(cli_realloc(NULL, size), 0, size);
}

char *cli_strdup(const char *text)
{
	size_t size = strlen(text) + 1;

	return memcpy(cli_realloc(NULL, size), text, size);
}

char *cli_printf(const char *format, ...)
{
	va_list args;
	char *text;
	int n;

	va_start(args, format);
	n = vasprintf(&text, format, args);
	va_end(args);
	if (n < 0) {
		cli_error("out of memory");
		exit(CLI_FAIL);
	}
	return text;
}

static void interrupted(int number)
{
	(void)number;
	trc_unlink_unfinished();
	_exit(CLI_INTERRUPTED);
}

void cli_catch_interrupts(void)
{
	struct sigaction action = {.sa_handler = interrupted, .sa_flags = SA_ONSTACK};

	sigaction(SIGINT, &action, NULL);
	sigaction(SIGTERM, &action, NULL);
}

const char *cli_self(void)
{
	static char path[PATH_MAX];
	ssize_t n;

	if (path[0])
		return path;
	n = readlink("/proc/self/exe", path, sizeof(path) - 1);
	if (n < 0) {
		cli_error("cannot find out the program's own path: is /proc mounted?");
		exit(CLI_FAIL);
	}
	path[n] = '\0';
	return path;
}

const char *cli_self_dir(void)
{
	static char dir[PATH_MAX];

	if (!dir[0]) {
		snprintf(dir, sizeof(dir), "%s", cli_self());
		dirname(dir);
	}
	return dir;
}

/* The build writes the path of its source tree beside the program. */
static bool read_source_dir(char *dir, size_t size)
{
	char *name = cli_printf("%s/source-dir", cli_self_dir());
	FILE *file = fopen(name, "re");
	bool found = file && fgets(dir, (int)size, file);

	if (file)
		fclose(file);
	free(name);
	if (found)
		dir[strcspn(dir, "\n")] = '\0';
	return found;
}

const char *cli_data_dir(void)
{
	static char dir[PATH_MAX];

	if (dir[0] || read_source_dir(dir, sizeof(dir)))
		return dir;
	if (snprintf(dir, sizeof(dir), "%s/../share/faultline", cli_self_dir()) < PATH_MAX &&
	    access(dir, R_OK) == 0)
		return dir;
	dir[0] = '\0';
	return NULL;
}
