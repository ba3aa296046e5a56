/* SPDX-License-Identifier: MIT */
/* One kernel's KUnit suites in this process; stdout is their KTAP, as the kernel wrote it. */
#define _GNU_SOURCE
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/cli.h"
#include "sim/cli/kunit.h"

static void on_log(void *arg, uint64_t time_ps, int level, const char *text, size_t length)
{
	static const char first[] = "KTAP version ";
	bool *begun = arg;

	(void)time_ps;
	(void)level;
	if (length >= sizeof(first) - 1 && memcmp(text, first, sizeof(first) - 1) == 0)
		*begun = true;
	if (*begun)
		printf("%.*s\n", (int)length, text);
}

static void on_verbose(void *arg, const char *line)
{
	(void)arg;
	(void)line;
}

static void on_case(void *arg, unsigned int number, const struct scn_case *c)
{
	(void)arg;
	(void)number;
	if (c->verdict != SCN_PASS)
		fprintf(stderr, "%s\n", c->message ? c->message : c->name);
}

int cli_kunit_once(const struct cli_args *args)
{
	struct scn_request request = {.kernel = args->operands[0]};
	struct scn_result result = {0};
	bool begun = false;
	struct scn_sink sink = {&begun, on_log, on_verbose, on_case};
	char *path;
	int ret;

	if (!cli_data_dir()) {
		cli_error("test: the folder with " KUNIT_SCENARIO " is not found");
		return CLI_FAIL;
	}
	path = cli_printf("%s/" KUNIT_SCENARIO, cli_data_dir());
	request.path = path;
	ret = scn_run(&request, &sink, &result);
	if (result.error)
		fprintf(stderr, "%s\n", result.error);
	if (ret == 0)
		ret = result.verdict == SCN_PASS ? 0 : -1;
	scn_result_free(&result);
	free(path);
	return ret == 0 ? CLI_PASS : CLI_FAIL;
}
