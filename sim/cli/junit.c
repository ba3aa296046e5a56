/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/cli/cli.h"
#include "sim/cli/report.h"

/* XML 1.0 has no way to write most control characters. */
static void print_escaped(FILE *out, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (c < ' ' && c != '\n' && c != '\t')
			fputc('?', out);
		else
			fputc(c, out);
	}
}

/* The first line as attribute, since readers join the lines of one; all of it as text. */
static void print_element(FILE *out, const char *name, const char *message)
{
	size_t first = strcspn(message, "\n");

	fprintf(out, "    <%s message=\"", name);
	print_escaped(out, message, first);
	fprintf(out, "\">");
	print_escaped(out, message, strlen(message));
	fprintf(out, "</%s>\n", name);
}

static void print_case(FILE *out, const char *suite, const struct scn_case *c)
{
	const char *message = c->message ? c->message : "";

	fprintf(out, "  <testcase classname=\"");
	print_escaped(out, suite, strlen(suite));
	fprintf(out, "\" name=\"");
	print_escaped(out, c->name, strlen(c->name));
	if (c->verdict == SCN_PASS) {
		fprintf(out, "\"/>\n");
		return;
	}
	fprintf(out, "\">\n");
	print_element(out, c->verdict == SCN_FAIL ? "failure" : "skipped", message);
	fprintf(out, "  </testcase>\n");
}

static size_t count(const struct scn_case *cases, size_t n, enum scn_verdict verdict)
{
	size_t sum = 0;

	for (size_t i = 0; i < n; i++)
		sum += cases[i].verdict == verdict;
	return sum;
}

static void print_suite(FILE *out, const char *suite, const struct scn_case *cases, size_t n)
{
	fprintf(out, "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuite name=\"");
	print_escaped(out, suite, strlen(suite));
	fprintf(out, "\" tests=\"%zu\" failures=\"%zu\" skipped=\"%zu\">\n", n,
		count(cases, n, SCN_FAIL), count(cases, n, SCN_SKIP));
	for (size_t i = 0; i < n; i++)
		print_case(out, suite, &cases[i]);
	fprintf(out, "</testsuite>\n");
}

int report_junit(const char *path, const char *suite, const struct scn_case *cases, size_t n)
{
	char *temp = cli_printf("%s.%ld.partial", path, (long)getpid());
	FILE *out = fopen(temp, "we");
	bool failed = !out;

	if (out) {
		print_suite(out, suite, cases, n);
		failed = ferror(out);
		failed |= fclose(out) != 0;
		failed = failed || rename(temp, path) != 0;
	}
	if (failed) {
		cli_error("cannot write the JUnit report %s: %s", path, strerror(errno));
		unlink(temp);
	}
	free(temp);
	return failed ? CLI_FAIL : CLI_PASS;
}
