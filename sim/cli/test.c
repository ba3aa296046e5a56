/* SPDX-License-Identifier: MIT */
/* `faultline test`. */
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/kbuild.h"
#include "sim/cli/cli.h"
#include "sim/cli/kunit.h"
#include "sim/cli/pool.h"
#include "sim/cli/report.h"
#include "sim/cli/tests.h"

enum { DEFAULT_TIMEOUT_S = 300, LONG_TIMEOUT_S = 4000, MAX_JOBS = 256 };

#define REQUIRED "FAULTLINE_REQUIRE_KERNELS"

struct session {
	const struct cli_args *args;
	const char *filter;
	bool json, progress, kunit;
	double timeout_s;
	struct test_units units;
	struct pool_job *jobs;
	struct scn_case *cases; /* results, by full name */
	size_t n_cases;
	size_t count[SCN_VERDICTS];
};

/* Takes `name` and `message`. */
static void add_result(struct session *s, char *name, enum scn_verdict verdict, char *message,
		       uint64_t simulated_ns)
{
	s->cases = cli_realloc(s->cases, (s->n_cases + 1) * sizeof(*s->cases));
	s->cases[s->n_cases++] = (struct scn_case){name, verdict, message, simulated_ns};
	s->count[verdict]++;
	if (!s->json && !s->kunit)
		report_ktap_case(s->n_cases, &s->cases[s->n_cases - 1]);
}

/* How a process ended that should have passed. */
static char *describe_end(const struct session *s, const struct pool_job *job)
{
	if (job->timed_out)
		return cli_printf("no end after %g s; output so far:\n%s%s", s->timeout_s, job->out,
				  job->err);
	if (WIFSIGNALED(job->status))
		return cli_printf("ended by signal %d (%s)\n%s%s", WTERMSIG(job->status),
				  strsignal(WTERMSIG(job->status)), job->out, job->err);
	return cli_printf("exit status %d\n%s%s", WEXITSTATUS(job->status), job->out, job->err);
}

/* The comment lines of a suite's output, without their mark. */
static char *comments(const struct pool_job *job)
{
	char *text = cli_alloc(job->out_len + job->err_len + 2);
	char *to = text;

	for (const char *line = job->out; *line;) {
		size_t length = strcspn(line, "\n");

		if (strncmp(line, "# ", 2) == 0)
			to += sprintf(to, "%.*s\n", (int)length - 2, line + 2);
		line += length + (line[length] == '\n');
	}
	strcpy(to, job->err);
	return text;
}

static void suite_result(struct session *s, const struct test_unit *unit,
			 const struct pool_job *job)
{
	const char *skip = strstr(job->out, " # SKIP ");
	char *name = cli_strdup(unit->name);

	if (job->timed_out || !WIFEXITED(job->status) || WEXITSTATUS(job->status) > 1)
		add_result(s, name, SCN_FAIL, describe_end(s, job), 0);
	else if (WEXITSTATUS(job->status) == 1)
		add_result(s, name, SCN_FAIL, comments(job), 0);
	else if (skip)
		add_result(s, name, SCN_SKIP,
			   cli_printf("%.*s", (int)strcspn(skip + 8, "\n"), skip + 8), 0);
	else
		add_result(s, name, SCN_PASS, NULL, 0);
}

static enum scn_verdict verdict_of(json_t *object)
{
	const char *text = json_string_value(json_object_get(object, "verdict"));

	if (text && strcmp(text, "pass") == 0)
		return SCN_PASS;
	if (text && strcmp(text, "xfail") == 0)
		return SCN_XFAIL;
	return text && strcmp(text, "skip") == 0 ? SCN_SKIP : SCN_FAIL;
}

static char *member_text(json_t *object, const char *member)
{
	const char *text = json_string_value(json_object_get(object, member));

	return text ? cli_strdup(text) : NULL;
}

static bool selected(const struct session *s, const char *name)
{
	return !s->filter || fnmatch(s->filter, name, 0) == 0;
}

static void add_scenario_case(struct session *s, const struct test_unit *unit, json_t *c)
{
	const char *case_name = json_string_value(json_object_get(c, "name"));
	char *name = cli_printf("%s.%s", unit->name, case_name ? case_name : "?");

	if (selected(s, name))
		add_result(s, name, verdict_of(c), member_text(c, "message"),
			   (uint64_t)json_integer_value(json_object_get(c, "simulated_ns")));
	else
		free(name);
}

/* Why the unit's kernel cannot be booted; malloc()ed, NULL: it can. */
static char *lacks_kernel(const struct test_unit *unit)
{
	struct kut_object_set *set = NULL;
	char *why = NULL, *text = NULL;

	if (!unit->chosen)
		return NULL;
	if (kut_object_set_open(unit->kernel, &set, &why) == 0)
		kut_object_set_close(set);
	else
		text = cli_printf(
			"there is no kernel %s: ./bootstrap kernels prepares it "
			"(docs/kernels.md says from what: packages, or FAULTLINE_MAILS)\n%s",
			unit->kernel, why);
	free(why);
	return text;
}

/* A list with commas. */
static bool requires(const char *kernel)
{
	const char *list = getenv(REQUIRED);

	return list && tests_in_list(list, kernel);
}

/* What is misspelt requires nothing. */
static int check_required(const struct session *s)
{
	const char *list = getenv(REQUIRED);

	return list && !s->kunit
		       ? tests_check_kernels(&s->units, REQUIRED, list, TESTS_KUNIT_KERNEL)
		       : CLI_PASS;
}

static void scenario_result(struct session *s, const struct test_unit *unit,
			    const struct pool_job *job)
{
	json_t *run, *cases, *error, *c;
	char *lack = lacks_kernel(unit);
	size_t i;

	if (lack) {
		add_result(s, cli_printf("%s.run", unit->name),
			   requires(unit->kernel) ? SCN_FAIL : SCN_SKIP, lack, 0);
		return;
	}
	run = json_loads(job->out, 0, NULL);
	cases = json_object_get(run, "cases");
	error = json_object_get(run, "error");
	json_array_foreach(cases, i, c)
		add_scenario_case(s, unit, c);
	/* A run that has no object, or says that more went wrong than its cases show. */
	if (!json_is_object(run) || job->timed_out || !WIFEXITED(job->status))
		add_result(s, cli_printf("%s.run", unit->name), SCN_FAIL, describe_end(s, job), 0);
	else if (json_is_string(error) || !json_array_size(cases))
		add_result(s, cli_printf("%s.run", unit->name), verdict_of(run),
			   member_text(run, "error"), 0);
	json_decref(run);
}

/* What KUnit's cases of one object set become. */
struct kunit_results {
	struct session *s;
	const char *tag; /* behind the names: "" or "@7" */
	bool failed;
};

static void kunit_case(void *arg, const char *suite, const char *name, enum scn_verdict verdict,
		       const char *message)
{
	struct kunit_results *r = arg;
	char *full = cli_printf("kunit.%s.%s%s", suite, name, r->tag);

	r->failed = r->failed || verdict == SCN_FAIL;
	if (selected(r->s, full))
		add_result(r->s, full, verdict, *message ? cli_strdup(message) : NULL, 0);
	else
		free(full);
}

static void print_indented(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		printf("    %.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

/* KTAP: the kernel's own below a result of the object set. The cases are counted. */
static void kunit_result(struct session *s, const struct test_unit *unit, size_t number,
			 const struct pool_job *job)
{
	struct kunit_results r = {.s = s, .tag = unit->name + strlen("kunit")};
	struct scn_case set = {.name = unit->name, .verdict = SCN_PASS};

	if (!unit->kernel) {
		set.verdict = requires(TESTS_KUNIT_KERNEL) ? SCN_FAIL : SCN_SKIP;
		set.message = "no kernel has KUnit; made by: " KUNIT_HOW_TO_MAKE;
		add_result(s, cli_strdup("kunit.run"), set.verdict, cli_strdup(set.message), 0);
	} else {
		kunit_parse(job->out, kunit_case, &r);
		if (job->timed_out || !WIFEXITED(job->status) || WEXITSTATUS(job->status) != 0) {
			set.message = describe_end(s, job);
			add_result(s, cli_printf("kunit.run%s", r.tag), SCN_FAIL, set.message, 0);
			r.failed = true;
		}
		set.verdict = r.failed ? SCN_FAIL : SCN_PASS;
	}
	if (s->json)
		return;
	print_indented(job->out);
	report_ktap_case(number, &set);
}

static void show_progress(const struct session *s, size_t done)
{
	if (s->progress)
		fprintf(stderr, "\r%zu of %zu\033[K%s", done, s->units.n,
			done == s->units.n ? "\r\033[K" : "");
}

static void unit_done(void *arg, size_t index)
{
	struct session *s = arg;
	struct pool_job *job = &s->jobs[index];

	if (s->progress)
		fprintf(stderr, "\r\033[K");
	if (s->units.units[index].kunit)
		kunit_result(s, &s->units.units[index], index + 1, job);
	else if (s->units.units[index].case_name)
		suite_result(s, &s->units.units[index], job);
	else
		scenario_result(s, &s->units.units[index], job);
	fflush(stdout);
	show_progress(s, index + 1);
}

static void prepare(struct pool_job *job, const struct test_unit *unit)
{
	char **argv = job->argv, *lack = lacks_kernel(unit);

	if (lack || (unit->kunit &&
		     !unit->kernel)) { /* nothing to run, but a place in the order of the results */
		free(lack);
		*argv++ = "/bin/true";
		return;
	}

	if (unit->kunit) {
		*argv++ = (char *)cli_self();
		*argv++ = "kunit-once";
		*argv++ = unit->kernel;
	} else if (unit->case_name) {
		*argv++ = unit->path;
		*argv++ = "--filter";
		*argv++ = unit->case_name;
	} else {
		*argv++ = (char *)cli_self();
		*argv++ = "run";
		*argv++ = unit->path;
		*argv++ = "--json";
		*argv++ = "--quiet";
		*argv++ = "--timeout=0"; /* ours counts */
		if (unit->chosen) {
			*argv++ = "--kernel";
			*argv++ = unit->kernel;
		}
	}
}

/* Keep the units that are wanted. 0 or CLI_USAGE. */
static int select_units(struct session *s)
{
	bool with_long = cli_get(s->args, "long");
	size_t kept = 0, left_out = 0;

	for (size_t i = 0; i < s->units.n; i++) {
		struct test_unit unit = s->units.units[i];
		bool match = !s->filter || tests_may_match(&unit, s->filter);
		bool wanted = match && (with_long || !unit.is_long);

		left_out += match && !wanted;
		s->units.units[i] = s->units.units[kept];
		s->units.units[kept] = unit;
		kept += wanted;
	}
	for (size_t i = kept; i < s->units.n; i++) {
		free(s->units.units[i].name);
		free(s->units.units[i].path);
		free(s->units.units[i].case_name);
		free(s->units.units[i].kernel);
	}
	s->units.n = kept;
	if (kept)
		return 0;
	if (left_out)
		return cli_usage_error(s->args->command, "only long tests match '%s': add --long",
				       s->filter);
	return cli_usage_error(s->args->command,
			       "no test matches '%s'; `faultline test --list` prints the names",
			       s->filter ? s->filter : "*");
}

static int list(const struct session *s)
{
	for (size_t i = 0; i < s->units.n; i++) {
		const struct test_unit *unit = &s->units.units[i];

		if (unit->kunit)
			printf("kunit.*%s\n", unit->name + strlen("kunit"));
		else
			printf("%s%s\n", unit->name, unit->case_name ? "" : ".*");
	}
	return CLI_PASS;
}

/* Known failures are told of only where there are some. */
static void print_counts(const struct session *s, FILE *out)
{
	fprintf(out, "%zu passed, %zu failed, %zu skipped", s->count[SCN_PASS], s->count[SCN_FAIL],
		s->count[SCN_SKIP]);
	if (s->count[SCN_XFAIL])
		fprintf(out, ", %zu failed as known", s->count[SCN_XFAIL]);
	fputc('\n', out);
}

static int summary(struct session *s)
{
	const char *junit = cli_get(s->args, "junit");
	bool passed = s->count[SCN_PASS] || s->count[SCN_XFAIL];
	int status = s->count[SCN_FAIL] ? CLI_FAIL : passed ? CLI_PASS : CLI_SKIP;

	if (!s->n_cases)
		return cli_usage_error(s->args->command, "no case of a scenario matches '%s'",
				       s->filter);
	if (junit && report_junit(junit, "faultline", s->cases, s->n_cases))
		status = CLI_FAIL;
	if (s->json)
		report_json_print(json_pack(
			"{s:I, s:I, s:I, s:I, s:o}", "passed", (json_int_t)s->count[SCN_PASS],
			"failed", (json_int_t)s->count[SCN_FAIL], "skipped",
			(json_int_t)s->count[SCN_SKIP], "xfailed", (json_int_t)s->count[SCN_XFAIL],
			"cases", report_json_cases(s->cases, s->n_cases)));
	else
		report_ktap_plan(s->kunit ? s->units.n : s->n_cases, NULL);
	print_counts(s, s->json ? stderr : stdout);
	return status;
}

static int run_all(struct session *s, unsigned int parallel)
{
	bool finished;
	int status;

	s->jobs = cli_alloc(s->units.n * sizeof(*s->jobs));
	for (size_t i = 0; i < s->units.n; i++)
		prepare(&s->jobs[i], &s->units.units[i]);
	if (!s->json)
		report_ktap_start();
	fflush(stdout);
	finished = pool_run(s->jobs, s->units.n, parallel, s->timeout_s, unit_done, s);
	status = finished ? summary(s) : CLI_INTERRUPTED;
	for (size_t i = 0; i < s->n_cases; i++) {
		free(s->cases[i].name);
		free(s->cases[i].message);
	}
	for (size_t i = 0; i < s->units.n; i++) {
		free(s->jobs[i].out);
		free(s->jobs[i].err);
	}
	free(s->cases);
	free(s->jobs);
	return status;
}

int cli_test(const struct cli_args *args)
{
	struct session s = {.args = args,
			    .filter = cli_get(args, "filter"),
			    .json = cli_get(args, "json"),
			    .kunit = cli_get(args, "kunit"),
			    .progress = isatty(STDERR_FILENO),
			    .timeout_s =
				    cli_get(args, "long") ? LONG_TIMEOUT_S : DEFAULT_TIMEOUT_S};
	uint64_t parallel = (uint64_t)sysconf(_SC_NPROCESSORS_ONLN);
	int status = cli_get_u64(args, "jobs", 1, MAX_JOBS, &parallel);

	if (parallel > MAX_JOBS)
		parallel = MAX_JOBS;
	if (!status)
		status = cli_get_seconds(args, "timeout", &s.timeout_s);
	if (status)
		return status;
	if (s.kunit && cli_get(args, "kernels"))
		return cli_usage_error(args->command, "--kernels is for scenarios; --kunit runs on "
						      "every kernel that has KUnit");
	status = s.kunit ? tests_find_kunit(&s.units)
			 : tests_find(&s.units, cli_get(args, "kernels"));
	if (!status)
		status = check_required(&s);
	if (!status)
		status = select_units(&s);
	if (!status)
		status = cli_get(args, "list") ? list(&s) : run_all(&s, (unsigned int)parallel);
	tests_free(&s.units);
	return status;
}
