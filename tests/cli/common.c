/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "tests/cli/common.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>

static char folder[256];

const char *test_dir(void)
{
	const char *base = getenv("TMPDIR");

	if (!folder[0]) {
		snprintf(folder, sizeof(folder), "%s/faultline-test-XXXXXX",
			 base ? base : P_tmpdir);
		ck_assert_ptr_nonnull(mkdtemp(folder));
	}
	return folder;
}

const char *test_file(const char *name)
{
	static char paths[4][512];
	static unsigned int next;
	char *path = paths[next++ % 4];

	snprintf(path, sizeof(paths[0]), "%s/%s", test_dir(), name);
	return path;
}

void test_write(const char *name, const char *text, bool executable)
{
	const char *path = test_file(name);
	FILE *file = fopen(path, "w");

	ck_assert_msg(file != NULL, "%s cannot be written", path);
	fputs(text, file);
	ck_assert_int_eq(fclose(file), 0);
	chmod(path, executable ? 0755 : 0644);
}

void test_clean(void)
{
	struct outcome outcome = run_shell("cd / && rm -rf '%s'", test_dir());

	outcome_free(&outcome);
	folder[0] = '\0';
}

static char *read_all(FILE *file)
{
	char *text = NULL;
	size_t size = 0, length = 0;

	do {
		size += 65536;
		text = realloc(text, size);
		length += fread(text + length, 1, size - length - 1, file);
	} while (length == size - 1);
	text[length] = '\0';
	return text;
}

static struct outcome run_command(const char *command)
{
	struct outcome outcome;
	const char *err = test_file("stderr");
	char *line;
	FILE *pipe, *file;
	int status;

	ck_assert_int_gt(asprintf(&line, "{ %s\n} 2>'%s' </dev/null", command, err), 0);
	pipe = popen(line, "r");
	ck_assert_ptr_nonnull(pipe);
	outcome.out = read_all(pipe);
	status = pclose(pipe);
	outcome.status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	file = fopen(err, "r");
	outcome.err = file ? read_all(file) : strdup("");
	if (file)
		fclose(file);
	remove(err);
	free(line);
	return outcome;
}

struct outcome run_shell(const char *format, ...)
{
	struct outcome outcome;
	va_list args;
	char *command;

	va_start(args, format);
	ck_assert_int_gt(vasprintf(&command, format, args), 0);
	va_end(args);
	outcome = run_command(command);
	free(command);
	return outcome;
}

struct outcome run_cli(const char *format, ...)
{
	struct outcome outcome;
	va_list args;
	char *text;

	va_start(args, format);
	ck_assert_int_ge(vasprintf(&text, format, args), 0);
	va_end(args);
	outcome = run_shell("'%s' %s", FAULTLINE, text);
	free(text);
	return outcome;
}

void outcome_free(struct outcome *outcome)
{
	free(outcome->out);
	free(outcome->err);
}

void expect_status(const struct outcome *outcome, int status)
{
	ck_assert_msg(outcome->status == status, "status %d, not %d\nstdout: %s\nstderr: %s",
		      outcome->status, status, outcome->out, outcome->err);
}

void expect_in(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) != NULL, "no '%s' in: %s", part, text);
}

void expect_not_in(const char *text, const char *part)
{
	ck_assert_msg(strstr(text, part) == NULL, "'%s' in: %s", part, text);
}
