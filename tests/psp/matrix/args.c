/* SPDX-License-Identifier: MIT */
/* Bad arguments of every command: args.def. */
#include <stdio.h>
#include <string.h>

#include "tests/psp/matrix/matrix.h"
#include "tests/suite.h"

enum op {
	SET,
	ADD,
	FLIP,
	HOST,
	BUFFER,	    /* the command's buffer is at `value` */
	BUFFER_HOST /* the command's buffer is not the firmware's */
};

struct arg {
	enum psp_cmd_id id;
	const char *what;
	enum op op;
	unsigned int where, bytes;
	uint64_t value;
	int status;
	bool unsure, snp;
};

#define ARG(command, what, op, where, bytes, value, status)                                        \
	{PSP_CMD_##command, what, op, where, bytes, value, PSP_##status, false, false},
#define ARG_UNSURE(command, what, op, where, bytes, value, status)                                 \
	{PSP_CMD_##command, what, op, where, bytes, value, PSP_##status, true, false},
#define SNP_ARG(command, what, op, where, bytes, value, status)                                    \
	{PSP_CMD_##command, what, op, where, bytes, value, PSP_##status, false, true},
#define SNP_ARG_UNSURE(command, what, op, where, bytes, value, status)                             \
	{PSP_CMD_##command, what, op, where, bytes, value, PSP_##status, true, true},
#define RESERVED(command, offset, bit)                                                             \
	{PSP_CMD_##command, "reserved bit " #bit " at " #offset,  ADD,	offset, 4, 1u << (bit),    \
	 PSP_INVALID_PARAM, PSP_CMD_##command < PSP_CMD_SNP_INIT, false},
#define BUFFERLESS(command)
#define POLICY(command, policy, status)
#define START(command, policy, status)
#define TWICE(command, status)
#define RELEASED(command, status)
#define NEEDS(command, offset, bytes)
static const struct arg args[] = {
#include "tests/psp/matrix/args.def"
};
#undef ARG
#undef ARG_UNSURE
#undef SNP_ARG
#undef SNP_ARG_UNSURE
#undef RESERVED
#define ARG(...)
#define ARG_UNSURE(...)
#define SNP_ARG(...)
#define SNP_ARG_UNSURE(...)
#define RESERVED(...)

#undef BUFFERLESS
#define BUFFERLESS(command) PSP_CMD_##command,
static const enum psp_cmd_id bufferless[] = {
#include "tests/psp/matrix/args.def"
};
#undef BUFFERLESS
#define BUFFERLESS(command)

static const struct policy {
	enum psp_cmd_id id;
	uint32_t policy;
	int status;
	bool start;
} policies[] = {
#undef POLICY
#undef START
#define POLICY(command, policy, status) {PSP_CMD_##command, policy, PSP_##status, false},
#define START(command, policy, status)	{PSP_CMD_##command, policy, PSP_##status, true},
#include "tests/psp/matrix/args.def"
#undef POLICY
#undef START
#define POLICY(command, policy, status)
#define START(command, policy, status)
};

static const struct history {
	enum psp_cmd_id id;
	int status;
	bool released; /* an ASID; else: the command itself came before */
} histories[] = {
#undef TWICE
#undef RELEASED
#define TWICE(command, status)	  {PSP_CMD_##command, PSP_##status, false},
#define RELEASED(command, status) {PSP_CMD_##command, PSP_##status, true},
#include "tests/psp/matrix/args.def"
#undef TWICE
#undef RELEASED
#define TWICE(command, status)
#define RELEASED(command, status)
};

static const struct need {
	enum psp_cmd_id id;
	unsigned int offset;
	uint32_t bytes;
} needs[] = {
#undef NEEDS
#define NEEDS(command, offset, bytes) {PSP_CMD_##command, offset, bytes},
#include "tests/psp/matrix/args.def"
#undef NEEDS
};

#define COUNT(array) (sizeof(array) / sizeof(*(array)))

static bool takes_buffer(enum psp_cmd_id id)
{
	for (size_t i = 0; i < COUNT(bufferless); i++)
		if (bufferless[i] == id)
			return false;
	return true;
}

/* States in which the command is legal; false: there are none. */
static bool legal(const struct matrix_row *row, bool snp, unsigned int *sev, unsigned int *with)
{
	static const unsigned int order[] = {SEV_WORKING, SEV_INIT, SEV_UNINIT};

	for (unsigned int state = matrix_is_snp(row->id) ? SNP_OFF : SNP_NONE; state <= SNP_ON;
	     state <<= 1) {
		if (snp && state != SNP_ON)
			continue;
		for (size_t i = 0; i < COUNT(order); i++) {
			const struct matrix_rule *rule = matrix_rule(row->rules, order[i], state);

			if (!rule || rule->status != PSP_SUCCESS)
				continue;
			*sev = order[i];
			*with = state;
			return true;
		}
	}
	return false;
}

static void spoil(struct scene *s, const struct arg *arg)
{
	uint64_t value = 0;

	switch (arg->op) {
	case SET:
		memcpy(s->buf + arg->where, &arg->value, arg->bytes);
		break;
	case ADD:
		memcpy(&value, s->buf + arg->where, arg->bytes);
		value += arg->value;
		memcpy(s->buf + arg->where, &value, arg->bytes);
		break;
	case FLIP:
		s->rig.ram[SLOT(arg->where) + arg->value] ^= 1;
		break;
	case HOST:
		rig_to_host(&s->rig, SLOT(arg->where), 1);
		break;
	default:
		s->misplaced = true;
		s->buffer = arg->value;
		break;
	}
}

static void judge(struct scene *s, int status, int want, struct verdict *verdict)
{
	if (status != want)
		complain(verdict, "expected %s, got %s", psp_status_name((unsigned int)want),
			 status < 0 ? "no answer" : psp_status_name((unsigned int)status));
	scene_check(s, status, verdict);
}

/* Up to the valid command. */
static bool set_up(struct scene *s, const struct matrix_row *row, bool snp, uint32_t policy)
{
	unsigned int sev, with;

	if (!legal(row, snp, &sev, &with))
		return false;
	scene_new(s, NULL, sev, with);
	scene_row(s, row, policy);
	return true;
}

static bool finish(struct scene *s, const struct cell *cell, struct verdict *verdict)
{
	if (s->broken[0])
		complain(verdict, "%s", s->broken);
	scene_free(s);
	return cell_done(cell, verdict);
}

static bool bad_argument(const struct arg *arg)
{
	const struct matrix_row *row = matrix_row(arg->id);
	bool snp = arg->snp || (matrix_is_snp(arg->id) && arg->id != PSP_CMD_SNP_INIT_EX);
	char what[96];
	struct cell cell = {"psp.matrix_args", row->name, what, arg->status, arg->unsure};
	struct verdict verdict = {""};
	struct scene s;

	snprintf(what, sizeof(what), "%s%s", arg->what, arg->snp ? ", SNP INIT" : "");
	if (!set_up(&s, row, snp, 0)) {
		cell_unreachable(&cell);
		return true;
	}
	if (arg->status == PSP_ASID_OWNED && matrix_is_snp(arg->id))
		scene_snp_bystander(&s);
	else if (arg->status == PSP_ASID_OWNED)
		scene_bystander(&s);
	if (!s.broken[0])
		scene_command(&s, arg->id);
	if (!s.broken[0]) {
		scene_ready(&s);
		spoil(&s, arg);
		judge(&s, scene_run(&s), arg->status, &verdict);
	}
	return finish(&s, &cell, &verdict);
}

static bool short_length(const struct need *need)
{
	const struct matrix_row *row = matrix_row(need->id);
	char what[64];
	struct cell cell = {"psp.matrix_args", row->name, what, PSP_INVALID_LENGTH, false};
	struct verdict verdict = {""};
	struct scene s;

	snprintf(what, sizeof(what), "query of the length at %#x", need->offset);
	ck_assert(set_up(&s, row, false, 0));
	if (!s.broken[0])
		scene_command(&s, need->id);
	if (!s.broken[0]) {
		put32(s.buf + need->offset, 0);
		judge(&s, scene_run(&s), PSP_INVALID_LENGTH, &verdict);
		if (get32(s.buf + need->offset) != need->bytes)
			complain(&verdict, "told %#x, expected %#x", get32(s.buf + need->offset),
				 need->bytes);
	}
	return finish(&s, &cell, &verdict);
}

static bool forbidden(const struct policy *policy)
{
	const struct matrix_row *row = matrix_row(policy->id);
	char what[64];
	struct cell cell = {"psp.matrix_args", row->name, what, policy->status, false};
	struct verdict verdict = {""};
	struct scene s;

	snprintf(what, sizeof(what), "policy %#x", policy->policy);
	ck_assert(set_up(&s, row, false, policy->start ? 0 : policy->policy));
	s.start_policy = policy->start ? policy->policy : 0;
	if (!s.broken[0])
		scene_command(&s, policy->id);
	if (!s.broken[0])
		judge(&s, scene_run(&s), policy->status, &verdict);
	return finish(&s, &cell, &verdict);
}

/* A guest comes, gets the ASID of other commands and gives it back. */
static void release(struct scene *s)
{
	uint8_t buf[8];

	if (!s->handle)
		scene_guest(s, G_LUPDATE, 0, false);
	put32(buf, s->handle);
	put32(buf + 4, SEV_ASID);
	scene_step(s, PSP_CMD_ACTIVATE, buf, 8);
	scene_step(s, PSP_CMD_DEACTIVATE, buf, 4);
}

static bool after(const struct history *history)
{
	const struct matrix_row *row = matrix_row(history->id);
	struct cell cell = {"psp.matrix_args", row->name,
			    history->released ? "an ASID released, nothing flushed"
					      : "a second time",
			    history->status, false};
	struct verdict verdict = {""};
	struct scene s;

	ck_assert(set_up(&s, row, false, 0));
	if (!s.broken[0])
		scene_command(&s, history->id);
	if (history->released)
		release(&s);
	else
		scene_step(&s, history->id, s.buf, s.len);
	if (!s.broken[0])
		judge(&s, scene_run(&s), history->status, &verdict);
	return finish(&s, &cell, &verdict);
}

static void run_command(unsigned int id)
{
	const struct matrix_row *row = matrix_row(id);
	bool buffer = takes_buffer(row->id);
	const struct arg outside = {
		row->id, buffer ? "buffer outside of memory" : "an address", BUFFER, 0,	   0,
		OUTSIDE, buffer ? PSP_INVALID_ADDRESS : PSP_SUCCESS,	     true,   false};
	const struct arg host = {row->id, "buffer not the firmware's", BUFFER_HOST, 0,	 0,
				 RIG_CMD, PSP_INVALID_PAGE_STATE,      true,	    true};
	unsigned int failed = !bad_argument(&outside);

	if (matrix_writes(row->id))
		failed += !bad_argument(&host);
	for (size_t i = 0; i < COUNT(args); i++)
		if (args[i].id == id)
			failed += !bad_argument(&args[i]);
	for (size_t i = 0; i < COUNT(needs); i++)
		if (needs[i].id == id)
			failed += !short_length(&needs[i]);
	for (size_t i = 0; i < COUNT(policies); i++)
		if (policies[i].id == id)
			failed += !forbidden(&policies[i]);
	for (size_t i = 0; i < COUNT(histories); i++)
		if (histories[i].id == id)
			failed += !after(&histories[i]);
	ck_assert_msg(!failed, "%u cells of %s", failed, row->name);
}

#define PLATFORM(number, command, ...)                                                             \
	START_TEST(command)                                                                        \
	{                                                                                          \
		run_command(number);                                                               \
	}                                                                                          \
	END_TEST
#include "tests/psp/matrix/platform.def"
#undef PLATFORM

void suite_cases(void)
{
#define PLATFORM(number, command, ...) SUITE_CASE(command);
#include "tests/psp/matrix/platform.def"
#undef PLATFORM
}
