/* SPDX-License-Identifier: MIT */
/* Every command in every state of the platform: platform.def. */
#include <stdio.h>
#include <string.h>

#include "tests/psp/matrix/matrix.h"
#include "tests/suite.h"

static const char *const sev_names[] = {
	[SEV_UNINIT] = "UNINIT", [SEV_INIT] = "INIT", [SEV_WORKING] = "WORKING"};
static const char *const snp_names[] = {
	[SNP_NONE] = "no SNP", [SNP_OFF] = "SNP UNINIT", [SNP_ON] = "SNP INIT"};

static void check_states(struct scene *s, enum matrix_next next, struct verdict *verdict)
{
	int sev = s->sev == SEV_UNINIT ? PSP_UNINIT : s->sev == SEV_INIT ? PSP_INIT : PSP_WORKING;
	int snp = s->snp == SNP_ON, got;
	uint32_t guests;

	sev = next == TO_UNINIT	   ? PSP_UNINIT
	      : next == TO_INIT	   ? PSP_INIT
	      : next == TO_WORKING ? PSP_WORKING
				   : sev;
	snp = next == TO_SNP_INIT ? 1 : next == TO_SNP_UNINIT ? 0 : snp;
	got = sev_state(s, &guests);
	if (got != sev)
		complain(verdict, "SEV state %d, expected %d", got, sev);
	if ((guests > 0) != (sev == PSP_WORKING))
		complain(verdict, "%u guests", guests);
	if (s->snp == SNP_NONE)
		return;
	got = snp_state(s);
	if (got != snp)
		complain(verdict, "SNP state %d, expected %d", got, snp);
}

static void run_cell(struct scene *s, const struct matrix_row *row, const struct matrix_rule *rule,
		     struct verdict *verdict)
{
	int status;

	scene_row(s, row, 0);
	if (!s->broken[0])
		scene_command(s, row->id);
	if (s->broken[0]) {
		complain(verdict, "%s", s->broken);
		return;
	}
	scene_ready(s);
	status = scene_run(s);
	if (status != rule->status)
		complain(verdict, "expected %s, got %s",
			 psp_status_name((unsigned int)rule->status),
			 status < 0 ? "no answer" : psp_status_name((unsigned int)status));
	scene_check(s, status, verdict);
	check_states(s, status == rule->status ? rule->next : SAME, verdict);
}

static void run_row(const struct matrix_row *row)
{
	unsigned int failed = 0;

	for (unsigned int sev = SEV_UNINIT; sev <= SEV_WORKING; sev <<= 1) {
		for (unsigned int snp = SNP_NONE; snp <= SNP_ON; snp <<= 1) {
			const struct matrix_rule *rule = matrix_rule(row->rules, sev, snp);
			char state[64];
			struct cell cell = {"psp.matrix_platform", row->name, state, 0, false};
			struct verdict verdict = {""};
			struct scene s;

			ck_assert_msg(rule, "no rule for %s, %s", sev_names[sev], snp_names[snp]);
			snprintf(state, sizeof(state), "%s, %s", sev_names[sev], snp_names[snp]);
			cell.expected = rule->status;
			cell.unsure = rule->unsure;
			scene_new(&s, NULL, sev, snp);
			run_cell(&s, row, rule, &verdict);
			scene_free(&s);
			failed += !cell_done(&cell, &verdict);
		}
	}
	ck_assert_msg(!failed, "%u cells of %s", failed, row->name);
}

#define PLATFORM(number, command, ...)                                                             \
	START_TEST(command)                                                                        \
	{                                                                                          \
		run_row(matrix_row(number));                                                       \
	}                                                                                          \
	END_TEST
#include "tests/psp/matrix/platform.def"
#undef PLATFORM

/* Every other id. */
START_TEST(unknown_commands)
{
	static const uint16_t known[] = {
#define PLATFORM(number, command, ...) number,
#include "tests/psp/matrix/platform.def"
#undef PLATFORM
	};
	const struct cell cell = {"psp.matrix_platform", "all other ids", "UNINIT, SNP UNINIT",
				  PSP_INVALID_COMMAND, false};
	struct verdict verdict = {""};
	struct scene s;
	size_t next = 0;

	scene_new(&s, NULL, SEV_UNINIT, SNP_OFF);
	for (unsigned int id = 0; id < 0x800; id++) {
		int status;

		if (next < sizeof(known) / sizeof(*known) && known[next] == id) {
			next++;
			continue;
		}
		status = psp_command(s.rig.psp, (enum psp_cmd_id)id, RIG_CMD, NULL);
		if (status != PSP_INVALID_COMMAND)
			complain(&verdict, "id %#x gives %d", id, status);
	}
	ck_assert_uint_eq(next, sizeof(known) / sizeof(*known));
	scene_free(&s);
	ck_assert_msg(cell_done(&cell, &verdict), "%s", verdict.text);
}
END_TEST

/* The public names are those of the interface. */
START_TEST(names)
{
#define PLATFORM(number, command, ...)                                                             \
	ck_assert_str_eq(psp_cmd_name(number), #command);                                          \
	ck_assert_int_eq(psp_cmd_number(#command), number);
#include "tests/psp/matrix/platform.def"
#undef PLATFORM
}
END_TEST

void suite_cases(void)
{
#define PLATFORM(number, command, ...) SUITE_CASE(command);
#include "tests/psp/matrix/platform.def"
#undef PLATFORM
	SUITE_CASE(unknown_commands);
	SUITE_CASE(names);
}
