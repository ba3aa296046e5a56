/* SPDX-License-Identifier: MIT */
/* The rows of platform.def, and machines for them. */
#include "tests/psp/matrix/matrix.h"

#include <check.h>
#include <string.h>

#define ON(sev, snp, status, next)                                                                 \
	{                                                                                          \
		sev, snp, PSP_##status, next, false                                                \
	}
#define UNSURE(sev, snp, status, next)                                                             \
	{                                                                                          \
		sev, snp, PSP_##status, next, true                                                 \
	}
/* Not before SNP_INIT, and not at all without SNP. */
#define SNP_INIT_ONLY                                                                              \
	UNSURE(SEV_ANY, SNP_NONE, INVALID_COMMAND, SAME),                                          \
		ON(SEV_ANY, SNP_OFF, INVALID_PLATFORM_STATE, SAME),                                \
		ON(SEV_ANY, SNP_ON, SUCCESS, SAME)
#define TIO_ABSENT                                                                                 \
	UNSURE(SEV_ANY, SNP_NONE, INVALID_COMMAND, SAME),                                          \
		UNSURE(SEV_ANY, SNP_OFF | SNP_ON, UNSUPPORTED, SAME)
#define PLATFORM(number, command, guest, ...)                                                      \
	{(enum psp_cmd_id)(number), #command, guest, {__VA_ARGS__}},

static const struct matrix_row rows[] = {
#include "tests/psp/matrix/platform.def"
};

const struct matrix_row *matrix_row(unsigned int id)
{
	for (size_t i = 0; i < sizeof(rows) / sizeof(*rows); i++)
		if (rows[i].id == id)
			return &rows[i];
	ck_abort_msg("platform.def has no command %#x", id);
	return NULL;
}

const struct matrix_rule *matrix_rule(const struct matrix_rule *rules, unsigned int a,
				      unsigned int b)
{
	for (unsigned int i = 0; i < MATRIX_RULES && rules[i].a; i++)
		if ((rules[i].a & a) && (rules[i].b & b))
			return &rules[i];
	return NULL;
}

void scene_row(struct scene *s, const struct matrix_row *row, uint32_t policy)
{
	enum { POLICY_ES = 4 };
	bool of_snp = row->guest & (N_ABSENT | N_LIVE), of_sev = row->guest && !of_snp;

	scene_platform(s);
	if (of_snp && s->snp == SNP_ON)
		scene_snp_guest(s, row->guest);
	if (s->sev == SEV_WORKING && of_sev)
		scene_guest(s, row->guest, policy | (strstr(row->name, "_VMSA") ? POLICY_ES : 0),
			    true);
	else if (s->sev == SEV_WORKING)
		scene_working(s);
	if (of_sev && s->sev != SEV_WORKING)
		s->handle = 1;
}
