/* SPDX-License-Identifier: MIT */
/* `faultline trace show`. */
#include <errno.h>
#include <fnmatch.h>
#include <inttypes.h>
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/cli.h"
#include "traces/trace.h"

/* Kinds that --kind selects. 0 or CLI_USAGE. */
static int select_kinds(const struct cli_args *args, bool selected[TRC_KINDS])
{
	const char *glob = cli_get(args, "kind");
	bool any = false;

	for (int k = 1; k < TRC_KINDS; k++) {
		selected[k] = !glob || fnmatch(glob, trc_kind_name(k), 0) == 0;
		any = any || selected[k];
	}
	if (any)
		return 0;
	cli_error("trace show: unknown kind '%s'", glob);
	fprintf(stderr, "kinds:");
	for (int k = 1; k < TRC_KINDS; k++)
		fprintf(stderr, " %s", trc_kind_name(k));
	fprintf(stderr, "\n");
	return CLI_USAGE;
}

/* A time with a unit, seconds without one, into picoseconds. */
static int get_time(const struct cli_args *args, const char *option, uint64_t *ps)
{
	static const struct {
		const char *name;
		double ps;
	} units[] = {{"", 1e12}, {"s", 1e12}, {"ms", 1e9}, {"us", 1e6}, {"ns", 1e3}, {"ps", 1}};
	const char *text = cli_get(args, option);
	double number;
	char *end;

	if (!text)
		return 0;
	number = strtod(text, &end);
	for (size_t i = 0; end != text && i < sizeof(units) / sizeof(*units); i++) {
		if (strcmp(end, units[i].name) == 0 && number >= 0 && number * units[i].ps < 1e19) {
			*ps = (uint64_t)llround(number * units[i].ps);
			return 0;
		}
	}
	return cli_usage_error(args->command, "--%s: '%s' is not a time, as 0.0125 or 12.5ms",
			       option, text);
}

static void print_identity(const struct trc_identity *id)
{
	printf("# scenario %s (%s)\n# kernel %s (%s)\n# seed %" PRIu64 "\n", id->scenario,
	       id->scenario_hash, id->kernel, id->kernel_hash, id->seed);
	if (*id->options)
		printf("# options %s\n", id->options);
}

static void print_record(const struct trc_record *record)
{
	static char *line;
	static size_t size;
	size_t need = (size_t)trc_format(line, size, record) + 1;

	if (need > size) {
		line = cli_realloc(line, need);
		size = need;
		trc_format(line, size, record);
	}
	puts(line);
}

int cli_trace_show(const struct cli_args *args)
{
	uint64_t from = 0, to = UINT64_MAX;
	bool selected[TRC_KINDS] = {false};
	struct trc_reader *reader;
	struct trc_record record;
	char *why = NULL;
	int ret, status = select_kinds(args, selected);

	if (!status)
		status = get_time(args, "from", &from);
	if (!status)
		status = get_time(args, "to", &to);
	if (status)
		return status;
	ret = trc_reader_open(&reader, args->operands[0], &why);
	if (ret == 0) {
		print_identity(trc_reader_identity(reader));
		while ((ret = trc_read(reader, &record, &why)) == 1)
			if (selected[record.kind] && record.time >= from && record.time <= to)
				print_record(&record);
		if (ret == 0)
			printf("# digest %s\n", trc_reader_digest(reader));
		trc_reader_close(reader);
	}
	if (ret < 0) {
		fflush(stdout);
		cli_error("trace show: %s", why ? why : strerror(-ret));
	}
	free(why);
	return ret < 0 ? CLI_USAGE : CLI_PASS;
}
