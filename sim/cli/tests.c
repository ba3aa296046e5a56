/* SPDX-License-Identifier: MIT */
/* Finding the tests: suites beside the program, scenarios in the source tree. */
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "sim/cli/cli.h"
#include "sim/cli/pool.h"
#include "sim/cli/tests.h"

#define SCENARIO_AREA "smmu-host"

enum { LIST_TIMEOUT_S = 60, HEAD_LINES = 10 };

static void add(struct test_units *u, char *name, const char *path, const char *case_name,
		bool is_long)
{
	u->units = cli_realloc(u->units, (u->n + 1) * sizeof(*u->units));
	u->units[u->n++] = (struct test_unit){.name = name,
					      .path = cli_strdup(path),
					      .case_name = case_name ? cli_strdup(case_name) : NULL,
					      .is_long = is_long};
}

static const char *base(const char *path)
{
	const char *slash = strrchr(path, '/');

	return slash ? slash + 1 : path;
}

static int find_suites(glob_t *found)
{
	char *pattern = cli_printf("%s/suites/*", cli_self_dir());
	int ret = glob(pattern, 0, NULL, found);

	free(pattern);
	if (ret == GLOB_NOMATCH)
		found->gl_pathc = 0;
	return ret == 0 || ret == GLOB_NOMATCH ? 0 : CLI_FAIL;
}

/* Where the answers to --list go. */
struct listing {
	struct test_units *units;
	struct pool_job *jobs;
	int status;
};

static void listed(void *arg, size_t index)
{
	struct listing *l = arg;
	struct pool_job *job = &l->jobs[index];
	char *save, *line;

	if (!WIFEXITED(job->status) || WEXITSTATUS(job->status) != 0) {
		cli_error("test: %s --list failed: %s", job->argv[0],
			  job->timed_out ? "no answer" : job->err);
		l->status = CLI_FAIL;
	}
	for (line = strtok_r(job->out, "\n", &save); line; line = strtok_r(NULL, "\n", &save)) {
		char *name = cli_printf("%s.%s", base(job->argv[0]), line);

		add(l->units, name, job->argv[0], line, strstr(name, ".long-") != NULL);
	}
}

static int list_suites(struct test_units *units)
{
	struct listing l = {.units = units};
	glob_t found;

	if (find_suites(&found)) {
		cli_error("test: cannot read %s/suites", cli_self_dir());
		return CLI_FAIL;
	}
	l.jobs = cli_alloc(found.gl_pathc * sizeof(*l.jobs));
	for (size_t i = 0; i < found.gl_pathc; i++) {
		l.jobs[i].argv[0] = found.gl_pathv[i];
		l.jobs[i].argv[1] = "--list";
	}
	if (!pool_run(l.jobs, found.gl_pathc, 2, LIST_TIMEOUT_S, listed, &l))
		l.status = CLI_INTERRUPTED;
	for (size_t i = 0; i < found.gl_pathc; i++) {
		free(l.jobs[i].out);
		free(l.jobs[i].err);
	}
	free(l.jobs);
	if (found.gl_pathc)
		globfree(&found);
	return l.status;
}

/* A line "-- long" among the first ones. */
static bool scenario_is_long(const char *path)
{
	FILE *file = fopen(path, "re");
	bool is_long = false;
	char line[256];

	for (int i = 0; file && i < HEAD_LINES && fgets(line, sizeof(line), file); i++)
		is_long = is_long || strncmp(line, "-- long", 7) == 0;
	if (file)
		fclose(file);
	return is_long;
}

static void list_scenarios(struct test_units *units, const char *folder)
{
	char *pattern;
	glob_t found;

	if (!cli_data_dir())
		return;
	pattern = cli_printf("%s/%s/*.lua", cli_data_dir(), folder);
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++) {
			const char *file = base(found.gl_pathv[i]);

			add(units, cli_printf(SCENARIO_AREA ".%.*s", (int)(strlen(file) - 4), file),
			    found.gl_pathv[i], NULL, scenario_is_long(found.gl_pathv[i]));
		}
		globfree(&found);
	}
	free(pattern);
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct test_unit *)a)->name, ((const struct test_unit *)b)->name);
}

int tests_find(struct test_units *units)
{
	int status;

	*units = (struct test_units){0};
	status = list_suites(units);
	list_scenarios(units, "scenarios");
	list_scenarios(units, "tests/scenarios");
	if (units->n)
		qsort(units->units, units->n, sizeof(*units->units), by_name);
	return status;
}

void tests_free(struct test_units *units)
{
	for (size_t i = 0; i < units->n; i++) {
		free(units->units[i].name);
		free(units->units[i].path);
		free(units->units[i].case_name);
	}
	free(units->units);
}

/* Could `glob` match some text that begins with `prefix`? A [set] is taken to match. */
static bool may_begin(const char *glob, const char *prefix)
{
	const char *end;

	if (!*prefix)
		return true;
	switch (*glob) {
	case '\0':
		return false;
	case '*':
		return may_begin(glob + 1, prefix) || may_begin(glob, prefix + 1);
	case '?':
		return may_begin(glob + 1, prefix + 1);
	case '[':
		end = glob[1] ? strchr(glob + 2, ']') : NULL;
		return may_begin(end ? end + 1 : glob + 1, prefix + 1);
	case '\\':
		return glob[1] == *prefix && may_begin(glob + 2, prefix + 1);
	default:
		return *glob == *prefix && may_begin(glob + 1, prefix + 1);
	}
}

bool tests_may_match(const struct test_unit *unit, const char *glob)
{
	char *prefix;
	bool may;

	if (unit->case_name)
		return fnmatch(glob, unit->name, 0) == 0;
	prefix = cli_printf("%s.", unit->name);
	may = may_begin(glob, prefix) || fnmatch(glob, unit->name, 0) == 0;
	free(prefix);
	return may;
}
