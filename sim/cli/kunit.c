/* SPDX-License-Identifier: MIT */
/* Reading KUnit's KTAP: suites at the left margin, their cases indented by four. */
#include <ctype.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/cli.h"
#include "sim/cli/kunit.h"

enum { CASE_INDENT = 4 };

struct parser {
	kunit_found_fn found;
	void *arg;
	char *suite;	    /* whose cases come; NULL: none */
	char *remarks;	    /* since the last result */
	long suites, cases; /* that are announced and have not come; -1: no plan yet */
	bool failed;	    /* a case of the suite has */
};

static void tell(struct parser *p, const char *name, enum scn_verdict verdict, const char *message)
{
	p->failed = p->failed || verdict == SCN_FAIL;
	p->found(p->arg, p->suite ? p->suite : "suites", name, verdict, message);
}

static void forget_remarks(struct parser *p)
{
	free(p->remarks);
	p->remarks = cli_strdup("");
}

static void remark(struct parser *p, const char *line)
{
	char *longer = cli_printf("%s%s\n", p->remarks, line);

	free(p->remarks);
	p->remarks = longer;
}

/* What its plan has announced, and has not come by now, will not come. */
static void end_plan(struct parser *p, long *left, const char *what)
{
	char *message;

	if (*left > 0) {
		message = cli_printf("ended with %ld %s to come", *left, what);
		tell(p, "run", SCN_FAIL, message);
		free(message);
	}
	*left = -1;
}

static void begin_suite(struct parser *p, const char *name)
{
	free(p->suite);
	p->suite = cli_strdup(name);
	p->cases = -1;
	p->failed = false;
	forget_remarks(p);
}

static void end_suite(struct parser *p, const char *name, enum scn_verdict verdict)
{
	if (!p->suite) { /* it has not begun */
		p->suite = cli_strdup(name);
		p->failed = false;
	}
	end_plan(p, &p->cases, "cases");
	if (verdict == SCN_FAIL && !p->failed)
		tell(p, "run", SCN_FAIL, *p->remarks ? p->remarks : "the suite failed");
	free(p->suite);
	p->suite = NULL;
	p->suites -= p->suites > 0;
	forget_remarks(p);
}

static const char *explain(const struct parser *p, enum scn_verdict verdict, const char *skip)
{
	if (verdict == SCN_SKIP)
		return skip + strspn(skip, " ");
	return verdict == SCN_FAIL ? p->remarks : "";
}

/* "ok 3 name", "not ok 3 name", either with " # SKIP reason". */
static bool result(struct parser *p, size_t indent, char *line)
{
	bool failed = strncmp(line, "not ok ", 7) == 0;
	enum scn_verdict verdict = failed ? SCN_FAIL : SCN_PASS;
	char *name, *comment, *skip;

	if (!failed && strncmp(line, "ok ", 3) != 0)
		return false;
	name = line + (failed ? 7 : 3);
	name += strspn(name, "0123456789");
	name += strspn(name, " -");
	comment = strstr(name, " # ");
	skip = comment && strncmp(comment, " # SKIP", 7) == 0 ? comment + 7 : NULL;
	if (comment)
		*comment = '\0';
	if (skip && !failed)
		verdict = SCN_SKIP;
	if (indent == 0) {
		end_suite(p, name, verdict);
		return true;
	}
	tell(p, name, verdict, explain(p, verdict, skip));
	p->cases -= p->cases > 0;
	forget_remarks(p);
	return true;
}

static void read_line(struct parser *p, char *line)
{
	size_t indent = strspn(line, " ");
	char *text = line + indent;

	if (indent == CASE_INDENT && strncmp(text, "# Subtest: ", 11) == 0)
		begin_suite(p, text + 11);
	else if (indent == CASE_INDENT && strncmp(text, "1..", 3) == 0)
		p->cases = strtol(text + 3, NULL, 10);
	else if (indent == 0 && strncmp(text, "1..", 3) == 0)
		p->suites = strtol(text + 3, NULL, 10);
	else if (strncmp(text, "KTAP version ", 13) == 0)
		; /* once for each level */
	else if ((indent != 0 && indent != CASE_INDENT) || !result(p, indent, text))
		remark(p, text);
}

void kunit_parse(const char *ktap, kunit_found_fn found, void *arg)
{
	struct parser p = {
		.found = found, .arg = arg, .remarks = cli_strdup(""), .suites = -1, .cases = -1};
	char *copy = cli_strdup(ktap), *rest = copy, *line;

	while ((line = strsep(&rest, "\n")))
		read_line(&p, line);
	end_plan(&p, &p.cases, "cases");
	free(p.suite);
	p.suite = NULL;
	end_plan(&p, &p.suites, "suites");
	free(p.remarks);
	free(copy);
}
