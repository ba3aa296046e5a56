/* SPDX-License-Identifier: MIT */
/* Results of cases as KTAP version 1, JSON and JUnit. */
#ifndef SIM_CLI_REPORT_H
#define SIM_CLI_REPORT_H

#include <jansson.h>
#include <stddef.h>

#include "sim/scenario/scenario.h"

void report_ktap_start(void);
/* Lines of text as comments. */
void report_ktap_comment(const char *text);
void report_ktap_case(size_t number, const struct scn_case *c);
/* The plan stands at the end: the number of cases is known only then. */
void report_ktap_plan(size_t n, const char *skip_reason);

const char *report_verdict_name(enum scn_verdict verdict);
/* NULL becomes null; bytes that are not UTF-8 become '?'. */
json_t *report_json_text(const char *text);
json_t *report_json_cases(const struct scn_case *cases, size_t n);
/* One object on stdout; releases it. */
void report_json_print(json_t *object);

/* One flat suite. 0 or CLI_FAIL with a message; the file is whole or not there. */
int report_junit(const char *path, const char *suite, const struct scn_case *cases, size_t n);

#endif
