/* SPDX-License-Identifier: MIT */
/* `faultline run` and `faultline replay`: one scenario, in this process. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/cli.h"
#include "sim/cli/report.h"
#include "traces/trace.h"

enum { DEFAULT_TIMEOUT_S = 300 };

/* Where the run's events go; KTAP begins with the first of them. */
struct output {
	bool json, quiet, started;
};

static void start(struct output *o)
{
	if (!o->started)
		report_ktap_start();
	o->started = true;
}

static void on_log(void *arg, uint64_t time_ps, int level, const char *text, size_t length)
{
	struct output *o = arg;
	uint64_t us = time_ps / 1000000;

	(void)level;
	if (o->json || o->quiet)
		return;
	start(o);
	printf("# [%5" PRIu64 ".%06" PRIu64 "] %.*s\n", us / 1000000, us % 1000000, (int)length,
	       text);
}

static void on_verbose(void *arg, const char *line)
{
	struct output *o = arg;

	if (o->json)
		return;
	start(o);
	report_ktap_comment(line);
}

static void on_case(void *arg, unsigned int number, const struct scn_case *c)
{
	struct output *o = arg;

	if (o->json)
		return;
	start(o);
	report_ktap_case(number, c);
}

/* What went wrong outside the cases becomes one more, so that no reader of the report misses it. */
static void add_run_case(struct scn_result *result)
{
	size_t n = result->n_cases;

	if (!result->error || result->verdict != SCN_FAIL)
		return;
	result->cases = cli_realloc(result->cases, (n + 1) * sizeof(*result->cases));
	result->cases[n] = (struct scn_case){.name = cli_strdup("run"),
					     .verdict = SCN_FAIL,
					     .message = cli_strdup(result->error),
					     .simulated_ns = result->simulated_ns};
	result->n_cases++;
}

static void print_ktap(struct output *o, const struct scn_result *result, size_t told)
{
	start(o);
	for (size_t i = told; i < result->n_cases; i++)
		report_ktap_case(i + 1, &result->cases[i]);
	report_ktap_plan(result->n_cases, result->error);
	printf("# seed %" PRIu64 " digest %s kernel %s simulated %.3f ms\n", result->seed,
	       *result->digest ? result->digest : "none", result->kernel ? result->kernel : "none",
	       (double)result->simulated_ns / 1e6);
	if (result->idle_faults)
		printf("# --fault: has not happened: %s\n", result->idle_faults);
}

static void print_json(const struct scn_result *result, size_t n_cases)
{
	report_json_print(json_pack(
		"{s:s, s:I, s:s, s:o, s:I, s:o, s:O?, s:o, s:o}", "verdict",
		report_verdict_name(result->verdict), "seed", (json_int_t)result->seed, "digest",
		result->digest, "kernel", report_json_text(result->kernel), "simulated_ns",
		(json_int_t)result->simulated_ns, "cases",
		report_json_cases(result->cases, n_cases), "stats", result->stats, "idle_faults",
		report_json_text(result->idle_faults), "error", report_json_text(result->error)));
}

/* The run was impossible: the message, and in JSON a failed run. */
static int impossible(const struct cli_args *args, struct output *o, struct scn_result *result,
		      int error)
{
	if (!result->error)
		result->error = cli_printf("the run failed: %s", strerror(-error));
	cli_error("%s", result->error);
	result->verdict = SCN_FAIL;
	if (o->json)
		print_json(result, 0);
	if (cli_get(args, "bisect"))
		return CLI_UNTESTABLE;
	return error == -EINVAL ? CLI_USAGE : CLI_FAIL;
}

static int status_of(enum scn_verdict verdict)
{
	static const int status[] = {CLI_PASS, CLI_FAIL, CLI_SKIP, CLI_PASS};

	return status[verdict];
}

static int run(const struct cli_args *args, const struct scn_request *request)
{
	struct output output = {.json = cli_get(args, "json"), .quiet = request->quiet};
	struct scn_sink sink = {&output, on_log, on_verbose, on_case};
	struct scn_result result = {.seed = request->seed};
	const char *junit = cli_get(args, "junit");
	size_t told;
	int status, ret;

	cli_catch_interrupts();
	setvbuf(stdout, NULL, _IOLBF, 0);
	ret = scn_run(request, &sink, &result);
	if (ret < 0) {
		status = impossible(args, &output, &result, ret);
	} else {
		told = result.n_cases;
		add_run_case(&result);
		if (output.json)
			print_json(&result, told);
		else
			print_ktap(&output, &result, told);
		status = status_of(result.verdict);
		if (junit && report_junit(junit, request->path, result.cases, result.n_cases))
			status = CLI_FAIL;
	}
	scn_result_free(&result);
	return status;
}

static int common_options(const struct cli_args *args, struct scn_request *request)
{
	request->verbose = cli_get(args, "verbose");
	request->quiet = cli_get(args, "quiet");
	request->timeout_s = DEFAULT_TIMEOUT_S;
	return cli_get_seconds(args, "timeout", &request->timeout_s);
}

int cli_run(const struct cli_args *args)
{
	struct scn_request request = {.path = args->operands[0],
				      .kernel = cli_get(args, "kernel"),
				      .trace_path = cli_get(args, "trace"),
				      .acpi_dump = cli_get(args, "acpi-dump"),
				      .filter = cli_get(args, "filter"),
				      .faults = cli_get(args, "fault")};
	int status = common_options(args, &request);

	if (!status)
		status = cli_get_u64(args, "seed", 0, INT64_MAX, &request.seed);
	if (status)
		return status;
	if (access(request.path, R_OK) < 0) {
		cli_error("run: cannot read the scenario %s: %s", request.path, strerror(errno));
		return cli_get(args, "bisect") ? CLI_UNTESTABLE : CLI_USAGE;
	}
	status = run(args, &request);
	return status == CLI_SKIP && cli_get(args, "bisect") ? CLI_UNTESTABLE : status;
}

/* Read the whole trace first: a damaged one should not look like a difference. */
static int check_trace(const char *path)
{
	struct trc_reader *reader;
	struct trc_record record;
	char *why = NULL;
	int ret = trc_reader_open(&reader, path, &why);

	if (ret == 0) {
		do
			ret = trc_read(reader, &record, &why);
		while (ret == 1);
		trc_reader_close(reader);
	}
	if (ret < 0)
		cli_error("replay: %s", why ? why : strerror(-ret));
	free(why);
	return ret < 0 ? CLI_USAGE : 0;
}

int cli_replay(const struct cli_args *args)
{
	struct scn_request request = {.replay_path = args->operands[0]};
	const struct trc_identity *identity;
	struct trc_reader *reader;
	int status = common_options(args, &request);

	if (!status)
		status = check_trace(request.replay_path);
	if (status)
		return status;
	if (trc_reader_open(&reader, request.replay_path, NULL) < 0)
		return CLI_USAGE;
	identity = trc_reader_identity(reader);
	request.path = identity->scenario;
	request.seed = identity->seed;
	request.kernel = *identity->kernel ? identity->kernel : NULL;
	if (access(request.path, R_OK) < 0) {
		cli_error("replay: %s records the scenario %s, which cannot be read from here: %s",
			  request.replay_path, request.path, strerror(errno));
		status = CLI_USAGE;
	} else {
		status = run(args, &request);
	}
	trc_reader_close(reader);
	return status;
}
