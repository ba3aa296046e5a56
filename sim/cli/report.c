/* SPDX-License-Identifier: MIT */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/cli.h"
#include "sim/cli/report.h"

void report_ktap_start(void)
{
	puts("KTAP version 1");
}

void report_ktap_comment(const char *text)
{
	while (*text) {
		size_t length = strcspn(text, "\n");

		printf("# %.*s\n", (int)length, text);
		text += length + (text[length] == '\n');
	}
}

/* '#' would begin a directive, a newline end the line. */
static void print_name(const char *name)
{
	for (; *name; name++) {
		if (*name == '#')
			putchar('\\');
		putchar(*name == '\n' ? ' ' : *name);
	}
}

void report_ktap_case(size_t number, const struct scn_case *c)
{
	const char *message = c->message ? c->message : "";

	if (c->verdict != SCN_SKIP)
		report_ktap_comment(message);
	printf("%sok %zu ", c->verdict == SCN_FAIL ? "not " : "", number);
	print_name(c->name);
	if (c->verdict == SCN_SKIP || c->verdict == SCN_XFAIL)
		printf(" # %s %.*s", c->verdict == SCN_SKIP ? "SKIP" : "XFAIL",
		       (int)strcspn(message, "\n"), message);
	putchar('\n');
}

void report_ktap_plan(size_t n, const char *skip_reason)
{
	printf("1..%zu", n);
	if (!n && skip_reason)
		printf(" # SKIP %.*s", (int)strcspn(skip_reason, "\n"), skip_reason);
	putchar('\n');
}

const char *report_verdict_name(enum scn_verdict verdict)
{
	static const char *const names[] = {"pass", "fail", "skip", "xfail"};

	return names[verdict];
}

json_t *report_json_text(const char *text)
{
	json_t *string;
	char *ascii;

	if (!text)
		return json_null();
	string = json_string(text);
	if (string)
		return string;
	ascii = cli_strdup(text);
	for (char *at = ascii; *at; at++)
		if (*at & 0x80)
			*at = '?';
	string = json_string(ascii);
	free(ascii);
	return string;
}

json_t *report_json_cases(const struct scn_case *cases, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++) {
		const struct scn_case *c = &cases[i];

		json_array_append_new(array, json_pack("{s:o, s:s, s:o, s:I}", "name",
						       report_json_text(c->name), "verdict",
						       report_verdict_name(c->verdict), "message",
						       report_json_text(c->message), "simulated_ns",
						       (json_int_t)c->simulated_ns));
	}
	return array;
}

void report_json_print(json_t *object)
{
	json_dumpf(object, stdout, JSON_INDENT(2) | JSON_REAL_PRECISION(10));
	putchar('\n');
	json_decref(object);
}
