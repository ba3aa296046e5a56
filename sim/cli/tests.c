/* SPDX-License-Identifier: MIT */
/* Finding the tests: suites beside the program, scenarios in the source tree. */
#include <fnmatch.h>
#include <glob.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>

#include "kernel-under-test/kbuild/kbuild.h"
#include "sim/cli/cli.h"
#include "sim/cli/kunit.h"
#include "sim/cli/pool.h"
#include "sim/cli/tests.h"

#define SCENARIO_AREA "smmu-host"

enum { LIST_TIMEOUT_S = 60, HEAD_LINES = 10 };

static struct test_unit *add(struct test_units *u, char *name, const char *path,
			     const char *case_name, bool is_long)
{
	u->units = cli_realloc(u->units, (u->n + 1) * sizeof(*u->units));
	u->units[u->n++] = (struct test_unit){.name = name,
					      .path = cli_strdup(path),
					      .case_name = case_name ? cli_strdup(case_name) : NULL,
					      .is_long = is_long};
	return &u->units[u->n - 1];
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

bool tests_in_list(const char *list, const char *name)
{
	size_t n = strlen(name);

	for (; *list; list += *list == ',') {
		size_t length = strcspn(list, ",");

		if (length == n && strncmp(list, name, n) == 0)
			return true;
		list += length;
	}
	return false;
}

/* The text behind "kernel {"; NULL: the scenario boots none. */
static char *kernel_text(const char *path)
{
	FILE *file = fopen(path, "re");
	char line[512], *found = NULL;

	while (file && !found && fgets(line, sizeof(line), file)) {
		char *at = strstr(line, "kernel {");

		if (at && strncmp(line, "--", 2) != 0)
			found = cli_strdup(at + strlen("kernel {"));
	}
	if (file)
		fclose(file);
	return found;
}

static void note_kernel(struct test_units *units, const char *kernel)
{
	units->kernels =
		cli_realloc(units->kernels, (units->n_kernels + 1) * sizeof(*units->kernels));
	units->kernels[units->n_kernels++] = cli_strdup(kernel);
}

/* One unit for each kernel of the words `names`, up to a "}", that is wanted. */
static void add_for_kernels(struct test_units *units, const char *name, const char *path,
			    bool is_long, char *names, bool several, const char *wanted)
{
	char *save, *kernel = strtok_r(names, " \t,\"", &save);
	bool all = wanted && strcmp(wanted, "all") == 0;

	for (bool first = true; kernel && *kernel != '}'; first = false) {
		note_kernel(units, kernel);
		if (wanted ? all || tests_in_list(wanted, kernel) : first) {
			char *full = first ? cli_strdup(name) : cli_printf("%s@%s", name, kernel);
			struct test_unit *unit = add(units, full, path, NULL, is_long);

			unit->kernel = cli_strdup(kernel);
			unit->chosen = several;
		}
		kernel = several ? strtok_r(NULL, " \t,\"", &save) : NULL;
	}
}

static void add_scenario(struct test_units *units, const char *path, const char *wanted)
{
	const char *file = base(path);
	char *name = cli_printf(SCENARIO_AREA ".%.*s", (int)(strlen(file) - 4), file);
	char *text = kernel_text(path), *names = text;
	bool is_long = scenario_is_long(path);

	if (names)
		names += strspn(names, " \t");
	if (names && *names == '{')
		add_for_kernels(units, name, path, is_long, names + 1, true, wanted);
	else if (names && *names == '"')
		add_for_kernels(units, name, path, is_long, names, false, wanted);
	else
		add(units, cli_strdup(name), path, NULL, is_long);
	free(name);
	free(text);
}

static void list_scenarios(struct test_units *units, const char *folder, const char *wanted)
{
	char *pattern;
	glob_t found;

	if (!cli_data_dir())
		return;
	pattern = cli_printf("%s/%s/*.lua", cli_data_dir(), folder);
	if (glob(pattern, 0, NULL, &found) == 0) {
		for (size_t i = 0; i < found.gl_pathc; i++)
			add_scenario(units, found.gl_pathv[i], wanted);
		globfree(&found);
	}
	free(pattern);
}

static bool names_kernel(const struct test_units *units, const char *name)
{
	for (size_t i = 0; i < units->n_kernels; i++)
		if (strcmp(units->kernels[i], name) == 0)
			return true;
	return false;
}

/* A kernel that no scenario names is a slip. */
int tests_check_kernels(const struct test_units *units, const char *what, const char *list,
			const char *also)
{
	char *copy = cli_strdup(list), *save, *name = strtok_r(copy, ",", &save);
	int status = CLI_PASS;

	for (; name && !status; name = strtok_r(NULL, ",", &save)) {
		if (names_kernel(units, name) || (also && strcmp(name, also) == 0))
			continue;
		cli_error("test: %s: no scenario names kernel '%s'", what, name);
		status = CLI_USAGE;
	}
	free(copy);
	return status;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(((const struct test_unit *)a)->name, ((const struct test_unit *)b)->name);
}

int tests_find(struct test_units *units, const char *kernels)
{
	int status;

	*units = (struct test_units){0};
	status = list_suites(units);
	list_scenarios(units, "scenarios", kernels);
	list_scenarios(units, "tests/scenarios", kernels);
	if (!status && kernels && strcmp(kernels, "all") != 0)
		status = tests_check_kernels(units, "--kernels", kernels, NULL);
	if (units->n)
		qsort(units->units, units->n, sizeof(*units->units), by_name);
	return status;
}

/* "" of 6.12-kunit; "@7" of 7-kunit. */
static char *kunit_tag(const char *set)
{
	size_t length = strlen(set);

	if (strcmp(set, TESTS_KUNIT_KERNEL) == 0)
		return cli_strdup("");
	if (length > 6 && strcmp(set + length - 6, "-kunit") == 0)
		length -= 6;
	return cli_printf("@%.*s", (int)length, set);
}

int tests_find_kunit(struct test_units *units)
{
	char **sets = NULL, *why = NULL;
	size_t n = 0;

	*units = (struct test_units){0};
	if (kut_kernels_of_target(NULL, KUNIT_TARGET, &sets, &n, &why) < 0) {
		cli_error("test: %s", why ? why : "no object sets");
		free(why);
		return CLI_FAIL;
	}
	for (size_t i = 0; i < n; i++) {
		char *tag = kunit_tag(sets[i]);
		struct test_unit *unit =
			add(units, cli_printf("kunit%s", tag), KUNIT_SCENARIO, NULL, false);

		unit->kunit = true;
		unit->kernel = sets[i];
		free(tag);
	}
	free(sets);
	if (n == 0)
		add(units, cli_strdup("kunit"), KUNIT_SCENARIO, NULL, false)->kunit = true;
	if (units->n)
		qsort(units->units, units->n, sizeof(*units->units), by_name);
	return CLI_PASS;
}

void tests_free(struct test_units *units)
{
	for (size_t i = 0; i < units->n; i++) {
		free(units->units[i].name);
		free(units->units[i].path);
		free(units->units[i].case_name);
		free(units->units[i].kernel);
	}
	free(units->units);
	for (size_t i = 0; i < units->n_kernels; i++)
		free(units->kernels[i]);
	free(units->kernels);
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
	prefix = unit->kunit ? cli_strdup("kunit.") : cli_printf("%s.", unit->name);
	may = may_begin(glob, prefix) || fnmatch(glob, unit->name, 0) == 0;
	free(prefix);
	return may;
}
