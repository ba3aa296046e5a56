/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "sim/cli/cli.h"
#include "sim/cli/report.h"

/* Bytes of the UTF-8 character at `text`, 0 if there is none. */
static size_t utf8_length(const char *text, size_t left)
{
	const unsigned char *c = (const unsigned char *)text;
	size_t n = c[0] < 0x80 ? 1 : c[0] < 0xc2 ? 0 : c[0] < 0xe0 ? 2 : c[0] < 0xf0 ? 3 : 4;

	if (n > left || c[0] > 0xf4)
		return 0;
	for (size_t i = 1; i < n; i++)
		if ((c[i] & 0xc0) != 0x80)
			return 0;
	/* Overlong forms, surrogates, what is beyond U+10FFFF. */
	if ((c[0] == 0xe0 && c[1] < 0xa0) || (c[0] == 0xed && c[1] > 0x9f) ||
	    (c[0] == 0xf0 && c[1] < 0x90) || (c[0] == 0xf4 && c[1] > 0x8f))
		return 0;
	return n;
}

/* XML 1.0 has no way to write most control characters, nor bytes that are no text. */
static void print_escaped(FILE *out, const char *text, size_t length)
{
	size_t n;

	for (size_t i = 0; i < length; i += n ? n : 1) {
		unsigned char c = (unsigned char)text[i];

		n = utf8_length(text + i, length - i);
		if (c == '<')
			fputs("&lt;", out);
		else if (c == '>')
			fputs("&gt;", out);
		else if (c == '&')
			fputs("&amp;", out);
		else if (c == '"')
			fputs("&quot;", out);
		else if (!n || (c < ' ' && c != '\n' && c != '\t'))
			fputc('?', out);
		else
			fwrite(text + i, 1, n, out);
	}
}

/*
 * The first line as attribute, since readers join the lines of one; all of it as text.
 * JUnit has no expected failures: as pytest does, they are skipped, with a type.
 */
static void print_element(FILE *out, const struct scn_case *c)
{
	const char *message = c->message ? c->message : "";
	const char *name = c->verdict == SCN_FAIL ? "failure" : "skipped";
	size_t first = strcspn(message, "\n");

	fprintf(out, "    <%s%s message=\"", name,
		c->verdict == SCN_XFAIL ? " type=\"xfail\"" : "");
	print_escaped(out, message, first);
	fprintf(out, "\">");
	print_escaped(out, message, strlen(message));
	fprintf(out, "</%s>\n", name);
}

static void print_case(FILE *out, const char *suite, const struct scn_case *c)
{
	fprintf(out, "  <testcase classname=\"");
	print_escaped(out, suite, strlen(suite));
	fprintf(out, "\" name=\"");
	print_escaped(out, c->name, strlen(c->name));
	if (c->verdict == SCN_PASS) {
		fprintf(out, "\"/>\n");
		return;
	}
	fprintf(out, "\">\n");
	print_element(out, c);
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
		count(cases, n, SCN_FAIL), count(cases, n, SCN_SKIP) + count(cases, n, SCN_XFAIL));
	for (size_t i = 0; i < n; i++)
		print_case(out, suite, &cases[i]);
	fprintf(out, "</testsuite>\n");
}

/* A device, a pipe or a link must not be replaced by the finished file. */
static bool replaceable(const char *path)
{
	struct stat st;

	return lstat(path, &st) < 0 || S_ISREG(st.st_mode);
}

int report_junit(const char *path, const char *suite, const struct scn_case *cases, size_t n)
{
	char *temp = replaceable(path) ? cli_printf("%s.%ld.partial", path, (long)getpid()) : NULL;
	FILE *out = fopen(temp ? temp : path, "we");
	bool failed = !out;

	if (out) {
		print_suite(out, suite, cases, n);
		failed = ferror(out);
		failed |= fclose(out) != 0;
		failed = failed || (temp && rename(temp, path) != 0);
	}
	if (failed) {
		cli_error("cannot write the JUnit report %s: %s", path, strerror(errno));
		if (temp)
			unlink(temp);
	}
	free(temp);
	return failed ? CLI_FAIL : CLI_PASS;
}
