/* SPDX-License-Identifier: MIT */
/* Every guest command in every state of its guest: guest.def. */
#include <stdio.h>
#include <string.h>

#include "tests/psp/matrix/matrix.h"
#include "tests/suite.h"

enum { UNREACHABLE_STATE = -1 }; /* as a rule's status */

struct row {
	enum psp_cmd_id id;
	const char *name;
	struct matrix_rule rules[MATRIX_RULES];
};

static const struct state {
	unsigned int set;
	const char *name;
	int number; /* as GUEST_STATUS and SNP_GUEST_STATUS have it; -1: no guest */
} states[] = {
	{G_ABSENT, "no such handle", -1}, {G_GONE, "decommissioned", -1},
	{G_LUPDATE, "LUPDATE", 1},	  {G_LSECRET, "LSECRET", 2},
	{G_RUNNING, "RUNNING", 3},	  {G_SUPDATE, "SUPDATE", 4},
	{G_RUPDATE, "RUPDATE", 5},	  {G_SENT, "SENT", 6},
	{N_ABSENT, "no context", -1},	  {N_INIT, "SNP INIT", 0},
	{N_LAUNCH, "SNP LAUNCH", 1},	  {N_RUNNING, "SNP RUNNING", 2},
};

struct live {
	int state;
	bool bound;
};

static struct live after(const struct state *state, bool bound, enum matrix_next next)
{
	switch (next) {
	case TO_GONE:
		return (struct live){-1, false};
	case TO_BOUND:
		return (struct live){state->number, true};
	case TO_UNBOUND:
		return (struct live){state->number, false};
	case TO_INIT:
		return (struct live){0, bound};
	case TO_LAUNCH:
		return (struct live){1, bound};
	case TO_LSECRET:
		return (struct live){2, bound};
	case TO_RUNNING:
		return (struct live){state->set & N_LIVE ? 2 : 3, bound};
	case TO_SUPDATE:
		return (struct live){4, bound};
	case TO_SENT:
		return (struct live){6, bound};
	default:
		return (struct live){state->number, bound};
	}
}

static void check_guest(struct scene *s, bool snp, struct live live, struct verdict *verdict)
{
	uint32_t asid;
	int got = snp ? snp_guest_state(s, &asid) : guest_state(s, s->handle, &asid);

	if (got != live.state)
		complain(verdict, "guest state %d, expected %d", got, live.state);
	if ((asid != 0) != live.bound)
		complain(verdict, "ASID %u", asid);
}

/* The new guest of a START that shares a key. */
static void check_shared(struct scene *s, enum matrix_next next, struct verdict *verdict)
{
	uint32_t handle = get32(s->buf), asid;
	int want = next == TO_SHARED_LUPDATE ? PSP_G_LUPDATE : PSP_G_RUPDATE, got;

	if (handle == s->handle || handle == 0)
		complain(verdict, "handle %u is no new one", handle);
	got = guest_state(s, handle, &asid);
	if (got != want || asid != 0)
		complain(verdict, "new guest: state %d, ASID %u", got, asid);
}

static void run_cell(struct scene *s, const struct row *row, const struct state *state, bool bound,
		     const struct matrix_rule *rule, struct verdict *verdict)
{
	unsigned int set = state->set | (bound ? G_ACTIVE : 0);
	bool snp = matrix_is_snp(row->id), as_told;
	int status;

	scene_platform(s);
	if (snp) {
		scene_snp_guest(s, set);
	} else {
		scene_working(s);
		scene_guest(s, set, strstr(row->name, "_VMSA") ? 4 : 0, true);
	}
	if (!s->broken[0])
		scene_command(s, row->id);
	if (s->broken[0]) {
		complain(verdict, "%s", s->broken);
		return;
	}
	scene_ready(s);
	status = scene_run(s);
	as_told = status == rule->status;
	if (!as_told)
		complain(verdict, "expected %s, got %s",
			 psp_status_name((unsigned int)rule->status),
			 status < 0 ? "no answer" : psp_status_name((unsigned int)status));
	scene_check(s, status, verdict);
	if (as_told && (rule->next == TO_SHARED_LUPDATE || rule->next == TO_SHARED_RUPDATE))
		check_shared(s, rule->next, verdict);
	check_guest(s, snp, after(state, bound, as_told ? rule->next : SAME), verdict);
}

static bool one_cell(const struct row *row, const struct state *state, bool bound)
{
	bool snp = matrix_is_snp(row->id), live = state->number >= 0;
	const struct matrix_rule *rule =
		matrix_rule(row->rules, state->set, bound ? BOUND : UNBOUND);
	char name[64];
	struct cell cell = {"psp.matrix_guest", row->name, name, -1, false};
	struct verdict verdict = {""};
	struct scene s;

	ck_assert_msg(rule, "no rule for %s, %s", state->name, bound ? "active" : "inactive");
	snprintf(name, sizeof(name), "%s%s", state->name,
		 !live	 ? ""
		 : bound ? ", active"
			 : ", inactive");
	if (rule->status == UNREACHABLE_STATE || (state->set == N_INIT && bound)) {
		cell_unreachable(&cell);
		return true;
	}
	cell.expected = rule->status;
	cell.unsure = rule->unsure;
	scene_new(&s, NULL, snp ? SEV_UNINIT : SEV_WORKING, snp ? SNP_ON : SNP_NONE);
	run_cell(&s, row, state, bound, rule, &verdict);
	scene_free(&s);
	return cell_done(&cell, &verdict);
}

static void run_row(const struct row *row)
{
	unsigned int failed = 0;

	for (size_t i = 0; i < sizeof(states) / sizeof(*states); i++) {
		if (matrix_is_snp(row->id) != (states[i].set >= N_ABSENT))
			continue;
		failed += !one_cell(row, &states[i], false);
		if (states[i].number >= 0)
			failed += !one_cell(row, &states[i], true);
	}
	ck_assert_msg(!failed, "%u cells of %s", failed, row->name);
}

#define ON(set, bound, status, next)                                                               \
	{                                                                                          \
		set, bound, PSP_##status, next, false                                              \
	}
#define UNSURE(set, bound, status, next)                                                           \
	{                                                                                          \
		set, bound, PSP_##status, next, true                                               \
	}
#define UNREACHABLE(set, bound)                                                                    \
	{                                                                                          \
		set, bound, UNREACHABLE_STATE, SAME, false                                         \
	}
#define GUEST(command, ...)                                                                        \
	START_TEST(command)                                                                        \
	{                                                                                          \
		static const struct row row = {PSP_CMD_##command, #command, {__VA_ARGS__}};        \
		run_row(&row);                                                                     \
	}                                                                                          \
	END_TEST
#define SNP_GUEST(command, ...) GUEST(command, __VA_ARGS__)
#include "tests/psp/matrix/guest.def"
#undef GUEST

void suite_cases(void)
{
#define GUEST(command, ...) SUITE_CASE(command);
#include "tests/psp/matrix/guest.def"
}
