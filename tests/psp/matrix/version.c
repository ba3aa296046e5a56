/* SPDX-License-Identifier: MIT */
/* What depends on the API's version and on the generation of registers: version.def. */
#include <stdio.h>
#include <string.h>

#include "tests/psp/matrix/matrix.h"
#include "tests/psp/owner/crypto.h"
#include "tests/suite.h"

static struct psp_config of_version(unsigned int major, unsigned int minor)
{
	struct psp_config config;

	psp_config_default(&config);
	config.api_major = (uint8_t)major;
	config.api_minor = (uint8_t)minor;
	return config;
}

static bool version_cell(unsigned int major, unsigned int minor, enum psp_cmd_id id, int want,
			 bool unsure)
{
	const struct psp_config config = of_version(major, minor);
	const struct matrix_row *row = matrix_row(id);
	bool snp = matrix_is_snp(id);
	char what[32];
	struct cell cell = {"psp.matrix_version", row->name, what, want, unsure};
	struct verdict verdict = {""};
	struct scene s;
	int status;

	snprintf(what, sizeof(what), "API %u.%02u", major, minor);
	/* What is refused is refused in every state: UNINIT needs no command on the way. */
	scene_new(&s, &config,
		  want == PSP_SUCCESS && row->guest && !snp ? SEV_WORKING
		  : want == PSP_SUCCESS &&
				  matrix_rule(row->rules, SEV_INIT, SNP_NONE)->status == PSP_SUCCESS
			  ? SEV_INIT
			  : SEV_UNINIT,
		  !snp ? SNP_NONE
		  : want == PSP_SUCCESS && id != PSP_CMD_SNP_INIT && id != PSP_CMD_SNP_INIT_EX
			  ? SNP_ON
			  : SNP_OFF);
	scene_row(&s, row, 0);
	if (!s.broken[0])
		scene_command(&s, id);
	if (!s.broken[0]) {
		scene_ready(&s);
		status = scene_run(&s);
		if (status != want)
			complain(&verdict, "expected %s, got %s",
				 psp_status_name((unsigned int)want),
				 status < 0 ? "no answer" : psp_status_name((unsigned int)status));
		scene_check(&s, status, &verdict);
	} else {
		complain(&verdict, "%s", s.broken);
	}
	scene_free(&s);
	return cell_done(&cell, &verdict);
}

START_TEST(commands)
{
	unsigned int failed = 0;

#define VERSION(major, minor, command, status)                                                     \
	failed += !version_cell(major, minor, PSP_CMD_##command, PSP_##status, false);
#define VERSION_UNSURE(major, minor, command, status)                                              \
	failed += !version_cell(major, minor, PSP_CMD_##command, PSP_##status, true);
#define INIT_LIST(...)
#define INIT_LIST_UNSURE(...)
#define ANNOUNCED(...)
#define MEASURE(...)
#define GENERATION(...)
#include "tests/psp/matrix/version.def"
#undef VERSION
#undef VERSION_UNSURE
	ck_assert_msg(!failed, "%u cells", failed);
}
END_TEST

static bool list_cell(unsigned int major, unsigned int minor, int want, bool unsure)
{
	const struct psp_config config = of_version(major, minor);
	char what[48];
	struct cell cell = {"psp.matrix_version", "SNP_INIT_EX", what, want, unsure};
	struct verdict verdict = {""};
	struct scene s;
	uint8_t *list;
	int status;

	snprintf(what, sizeof(what), "range list, API %u.%02u", major, minor);
	scene_new(&s, &config, SEV_UNINIT, SNP_OFF);
	scene_command(&s, PSP_CMD_SNP_INIT_EX);
	list = s.rig.ram + SLOT(SLOT_LIST);
	put32(list, 1);
	put64(list + 8, GUEST_LARGE);
	put32(list + 0x10, 16);
	put32(s.buf, 3);
	put64(s.buf + 8, SLOT(SLOT_LIST));
	status = scene_run(&s);
	if (status != want)
		complain(&verdict, "expected %s, got %s", psp_status_name((unsigned int)want),
			 status < 0 ? "no answer" : psp_status_name((unsigned int)status));
	for (uint64_t page = 0; page < 16; page++)
		if ((psp_page_state(s.rig.psp, GUEST_LARGE + page * RIG_PAGE) ==
		     PSP_PAGE_HV_FIXED) != (status == PSP_SUCCESS))
			complain(&verdict, "page %u is not in its state", (unsigned int)page);
	scene_free(&s);
	return cell_done(&cell, &verdict);
}

START_TEST(range_lists)
{
	unsigned int failed = 0;

#define VERSION(...)
#define VERSION_UNSURE(...)
#undef INIT_LIST
#undef INIT_LIST_UNSURE
#define INIT_LIST(major, minor, status) failed += !list_cell(major, minor, PSP_##status, false);
#define INIT_LIST_UNSURE(major, minor, status)                                                     \
	failed += !list_cell(major, minor, PSP_##status, true);
#include "tests/psp/matrix/version.def"
#undef INIT_LIST
#undef INIT_LIST_UNSURE
	ck_assert_msg(!failed, "%u cells", failed);
}
END_TEST

static bool announced_cell(unsigned int major, unsigned int minor, bool *exists)
{
	enum { FLAGS = 8, FEATURE_INFO = 1 << 3 };
	const struct psp_config config = of_version(major, minor);
	char what[48];
	struct cell cell = {"psp.matrix_version", "SNP_PLATFORM_STATUS", what, PSP_SUCCESS, false};
	struct verdict verdict = {""};
	struct scene s;
	int status;

	snprintf(what, sizeof(what), "SNP_FEATURE_INFO told of, API %u.%02u", major, minor);
	scene_new(&s, &config, SEV_UNINIT, SNP_OFF);
	if (snp_state(&s) != 0)
		complain(&verdict, "no status");
	scene_command(&s, PSP_CMD_SNP_FEATURE_INFO);
	status = scene_run(&s);
	*exists = status != PSP_INVALID_COMMAND;
	if (((get32(s.rig.ram + SLOT(SLOT_STATUS) + FLAGS) & FEATURE_INFO) != 0) != *exists)
		complain(&verdict, "the flag is %s", *exists ? "clear" : "set");
	scene_free(&s);
	return cell_done(&cell, &verdict);
}

START_TEST(feature_info)
{
	unsigned int failed = 0, n = 0, n_exist = 0;
	bool exists;

#define INIT_LIST(...)
#define INIT_LIST_UNSURE(...)
#undef ANNOUNCED
#define ANNOUNCED(major, minor)                                                                    \
	failed += !announced_cell(major, minor, &exists);                                          \
	n_exist += exists;                                                                         \
	n++;
#include "tests/psp/matrix/version.def"
#undef ANNOUNCED
#define ANNOUNCED(...)
	ck_assert_msg(!failed, "%u cells", failed);
	/* Both answers were seen. */
	ck_assert_uint_gt(n_exist, 0);
	ck_assert_uint_lt(n_exist, n);
}
END_TEST

enum form { SHORT, LONG };

/* HMAC-SHA-256(TIK, [04, version,] policy, digest, nonce), from the session's key. */
static void expected_mac(const struct scene *s, enum form form, const uint8_t mnonce[16],
			 uint8_t mac[32])
{
	const struct psp_config *c = &s->rig.config;
	const uint8_t head[4] = {4, c->api_major, c->api_minor, c->build}, policy[4] = {0};
	uint8_t digest[32];
	const struct owner_part parts[] = {{head, form == LONG ? sizeof(head) : 0},
					   {policy, sizeof(policy)},
					   {digest, sizeof(digest)},
					   {mnonce, 16}};

	owner_sev_digest(NULL, 0, digest);
	owner_hmac(s->session.tik, sizeof(s->session.tik), parts, 4, mac);
}

static bool measure_cell(unsigned int major, unsigned int minor, enum form form)
{
	const struct psp_config config = of_version(major, minor);
	char what[48];
	struct cell cell = {"psp.matrix_version", "LAUNCH_MEASURE", what, PSP_SUCCESS, false};
	struct verdict verdict = {""};
	struct scene s;
	uint8_t mac[32];

	snprintf(what, sizeof(what), "%s form, API %u.%02u", form == LONG ? "long" : "short", major,
		 minor);
	scene_new(&s, &config, SEV_WORKING, SNP_NONE);
	scene_platform(&s);
	scene_guest(&s, G_LSECRET, 0, true);
	if (s.broken[0])
		complain(&verdict, "%s", s.broken);
	expected_mac(&s, form, s.rig.ram + SLOT(SLOT_OUT) + 32, mac);
	if (memcmp(s.rig.ram + SLOT(SLOT_OUT), mac, sizeof(mac)) != 0)
		complain(&verdict, "another measurement");
	scene_free(&s);
	return cell_done(&cell, &verdict);
}

START_TEST(measurements)
{
	unsigned int failed = 0;

#undef MEASURE
#define MEASURE(major, minor, form) failed += !measure_cell(major, minor, form);
#include "tests/psp/matrix/version.def"
#undef MEASURE
	ck_assert_msg(!failed, "%u cells", failed);
}
END_TEST

struct registers {
	uint32_t cmd, lo, hi, capability, inten, intsts;
};

/* PLATFORM_STATUS as a driver issues it, with an interrupt at its end. */
static void by_registers(struct rig *rig, const struct registers *r, struct verdict *verdict)
{
	uint64_t latency;

	if (!(psp_mmio_read(rig->psp, r->capability) & 1))
		complain(verdict, "the capability register tells of no SEV");
	psp_mmio_write(rig->psp, r->inten, 0xffffffff);
	psp_mmio_write(rig->psp, r->lo, RIG_CMD);
	psp_mmio_write(rig->psp, r->hi, 0);
	psp_mmio_write(rig->psp, r->cmd, 4u << 16 | 1);
	if (!psp_step(rig->psp, &latency))
		complain(verdict, "nothing to step");
	if (psp_mmio_read(rig->psp, r->cmd) & 1u << 31)
		complain(verdict, "an answer before its time");
	psp_complete(rig->psp);
	if ((psp_mmio_read(rig->psp, r->cmd) & 0x8000ffff) != 1u << 31)
		complain(verdict, "CmdResp %#x", psp_mmio_read(rig->psp, r->cmd));
	if (psp_mmio_read(rig->psp, r->intsts) != 2 || rig->irqs != 1)
		complain(verdict, "interrupt status %#x, %u interrupts",
			 psp_mmio_read(rig->psp, r->intsts), rig->irqs);
	psp_mmio_write(rig->psp, r->intsts, 2);
	if (psp_mmio_read(rig->psp, r->intsts) != 0)
		complain(verdict, "the interrupt status stays");
	if (rig->ram[RIG_CMD] != rig->config.api_major ||
	    rig->ram[RIG_CMD + 1] != rig->config.api_minor)
		complain(verdict, "API %u.%u", rig->ram[RIG_CMD], rig->ram[RIG_CMD + 1]);
}

static bool generation_cell(enum psp_generation generation, const struct registers *registers,
			    const char *what)
{
	const struct cell cell = {"psp.matrix_version", "PLATFORM_STATUS", what, PSP_SUCCESS,
				  false};
	struct verdict verdict = {""};
	struct psp_config config;
	struct rig rig;

	psp_config_default(&config);
	config.generation = generation;
	if (generation == PSP_V1) {
		config.product = PSP_NAPLES;
		config.snp = false;
		config.api_major = 0;
		config.api_minor = 17;
	}
	rig_new(&rig, &config);
	by_registers(&rig, registers, &verdict);
	rig_free(&rig);
	return cell_done(&cell, &verdict);
}

START_TEST(generations)
{
	unsigned int failed = 0;

#define MEASURE(...)
#undef GENERATION
#define GENERATION(name, ...)                                                                      \
	failed += !generation_cell(PSP_##name, &(const struct registers){__VA_ARGS__},             \
				   "registers of " #name);
#include "tests/psp/matrix/version.def"
	ck_assert_msg(!failed, "%u cells", failed);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(commands);
	SUITE_CASE(range_lists);
	SUITE_CASE(feature_info);
	SUITE_CASE(measurements);
	SUITE_CASE(generations);
}
