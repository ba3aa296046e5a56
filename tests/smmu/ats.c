/* SPDX-License-Identifier: MIT */
/* ATS and PRI: IHI 0070 3.9.1, 3.5.3, 7.3.6, 7.3.8, 8. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1, s2;
static uint64_t cd_pa;

enum { F_BAD_ATS_TREQ = 5, F_TRANSL_FORBIDDEN = 7 };
enum { DATA = RIG_ALLOC + 0xf00000 };
#define IPA_DATA (DATA + NESTED_BIAS)

static struct smmu_result ats(int kind, uint32_t sid, uint64_t addr, bool write)
{
	struct smmu_txn txn = {.sid = sid, .addr = addr, .write = write};
	struct smmu_result r;

	txn.ats = kind;
	smmu_translate(rig.smmu, &txn, &r);
	return r;
}

static struct smmu_result request(uint32_t sid, uint64_t addr, bool write)
{
	return ats(SMMU_ATS_REQUEST, sid, addr, write);
}

static struct smmu_result translated(uint32_t sid, uint64_t addr, bool write)
{
	return ats(SMMU_ATS_TRANSLATED, sid, addr, write);
}

static void check_translated_accesses(void)
{
	rig_write(&rig, REG_CR0, CR0_CMDQEN | CR0_EVENTQEN | CR0_PRIQEN | CR0_SMMUEN | CR0_ATSCHK);
	rig_run(&rig);
}

/* Stream 1, stage 1, EATS as given. */
static void boot(unsigned int eats)
{
	uint64_t ste[8];

	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &s1);
	ste_s1(ste, cd_pa, 0);
	ste[1] |= (uint64_t)eats << 28;
	rig_ste(&rig, 1, ste);
	tree_map(&s1, 0x1000, 3, 0x11000, S1_RW);
	tree_map(&s1, 0x2000, 3, 0x12000, S1_RW | S1_RO);
	tree_map(&s1, 0x400000, 2, 0x800000, S1_RW);
}

static void boot_nested(unsigned int eats)
{
	uint64_t ste[8];

	rig_boot(&rig, NULL);
	cd_pa = stream_nested(&rig, &s1, &s2);
	ste_nested(ste, cd_pa + NESTED_BIAS, 0, &s2, 5);
	ste[1] |= (uint64_t)eats << 28;
	rig_ste(&rig, 3, ste);
	tree_map(&s1, 0x1000, 3, IPA_DATA, S1_RW);
	check_translated_accesses();
}

START_TEST(requests_that_succeed)
{
	struct smmu_result r;

	boot(1);
	r = request(1, 0x1000, true);
	ck_assert_int_eq(r.completion, SMMU_ATS_SUCCESS);
	ck_assert_uint_eq(r.pa, 0x11000);
	ck_assert(r.readable && r.writable && !r.executable);
	r = request(1, 0x2000, true); /* less than was asked for */
	ck_assert_int_eq(r.completion, SMMU_ATS_SUCCESS);
	ck_assert(r.readable && !r.writable);
	r = request(1, 0x400000, false);
	ck_assert_uint_eq(r.span, 1 << 21);
	ck_no_event(&rig);
	rig_close(&rig);
}
END_TEST

START_TEST(requests_that_find_nothing)
{
	struct smmu_result r;

	boot(1);
	r = request(1, 0x5000, true);
	ck_assert_int_eq(r.completion, SMMU_ATS_SUCCESS);
	ck_assert(!r.readable && !r.writable);
	ck_assert_uint_eq(r.span, 4096);
	tree_map(&s1, 0x5000, 3, 0x11000, S1_RW & ~S1_AF);
	ck_assert(!request(1, 0x5000, false).readable);
	ck_no_event(&rig);
	rig_close(&rig);
}
END_TEST

START_TEST(requests_not_supported)
{
	boot(0);
	ck_assert_int_eq(request(1, 0x1000, true).completion, SMMU_ATS_UR);
	/* R, W as asked for in dw1; the input address */
	ck_event(&rig, F_BAD_ATS_TREQ | 1ull << 32, 3ull << 34, 0x1000, 0);
	rig_put64(&rig, RIG_STRTAB + 64, 1 | 4 << 1);
	ck_assert_int_eq(request(1, 0x1000, false).completion, SMMU_ATS_UR);
	ck_event(&rig, F_BAD_ATS_TREQ | 1ull << 32, 1ull << 35, 0x1000, 0);
	rig_put64(&rig, RIG_STRTAB + 64, 1); /* abort: no event */
	ck_assert_int_eq(request(1, 0x1000, false).completion, SMMU_ATS_UR);
	ck_no_event(&rig);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN);
	rig_run(&rig);
	ck_assert_int_eq(request(1, 0x1000, false).completion, SMMU_ATS_UR);
	ck_event(&rig, F_BAD_ATS_TREQ | 1ull << 32, 1ull << 35, 0x1000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(requests_aborted_by_configuration)
{
	boot(1);
	ck_assert_int_eq(request(100, 0, false).completion, SMMU_ATS_CA);
	ck_event(&rig, 2 | 100ull << 32, 0, 0, 0); /* REC_CFG_ATS and RECINVSID are set */
	ck_assert_int_eq(request(9, 0, false).completion, SMMU_ATS_CA);
	ck_event(&rig, 4 | 9ull << 32, 0, 0, 0);
	rig_put64(&rig, cd_pa, 0);
	ck_assert_int_eq(request(1, 0x1000, false).completion, SMMU_ATS_CA);
	ck_event(&rig, 0xa | 1ull << 32, 0, 0, 0);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN);
	rig_run(&rig);
	rig_write(&rig, REG_CR2, 2); /* without REC_CFG_ATS: silent */
	rig_write(&rig, REG_CR0, CR0_EVENTQEN | CR0_SMMUEN);
	rig_run(&rig);
	ck_assert_int_eq(request(9, 0, false).completion, SMMU_ATS_CA);
	ck_no_event(&rig);
	rig_close(&rig);
}
END_TEST

START_TEST(split_stage)
{
	struct smmu_result r;

	boot_nested(2);
	r = request(3, 0x1000, true);
	ck_assert_int_eq(r.completion, SMMU_ATS_SUCCESS);
	ck_assert_uint_eq(r.pa, IPA_DATA); /* an IPA */
	ck_assert(r.readable && r.writable);
	r = translated(3, IPA_DATA + 8, true);
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_uint_eq(r.pa, DATA + 8);
	ck_assert_int_eq(translated(3, 0x1000, false).status, SMMU_ABORT);
	ck_event(&rig, 0x10 | 3ull << 32, 1ull << 35 | 1ull << 39 | 2ull << 40, 0x1000, 0x1000);
	rig_close(&rig);
}
END_TEST

START_TEST(split_stage_needs_the_check)
{
	boot_nested(2);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN | CR0_SMMUEN);
	rig_run(&rig);
	ck_assert_int_eq(request(3, 0x1000, false).completion, SMMU_ATS_UR);
	ck_event(&rig, F_BAD_ATS_TREQ | 3ull << 32, 1ull << 35, 0x1000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(nested_full)
{
	struct smmu_result r;

	boot_nested(1);
	r = request(3, 0x1000, false);
	ck_assert_uint_eq(r.pa, DATA);
	rig_put64(&rig, tree_slot(&s2, IPA_DATA, 3), 0);
	r = request(3, 0x1000, false);
	ck_assert_int_eq(r.completion, SMMU_ATS_SUCCESS);
	ck_assert(!r.readable);
	ck_no_event(&rig);
	rig_close(&rig);
}
END_TEST

START_TEST(around_stage1)
{
	uint64_t ste[8];
	struct smmu_result r;

	boot(1);
	ste_s1(ste, cd_pa, 1);
	ste[1] |= 1 | 1 << 28; /* S1DSS=01, EATS=01 */
	rig_ste(&rig, 1, ste);
	r = request(1, 0x77000, true);
	ck_assert_int_eq(r.completion, SMMU_ATS_SUCCESS);
	ck_assert_uint_eq(r.pa, 0x77000);
	ck_assert(r.readable && r.writable);
	rig_close(&rig);
}
END_TEST

/* Nested, no PASID, S1DSS=01: stage 2 alone, or its permissions over the IPA itself. */
START_TEST(around_stage1_when_nested)
{
	struct smmu_result r;
	uint64_t ste[8];

	for (unsigned int eats = 1; eats <= 2; eats++) {
		boot_nested(eats);
		ste_nested(ste, cd_pa + NESTED_BIAS, 1, &s2, 5);
		ste[1] |= 1 | (uint64_t)eats << 28;
		rig_ste(&rig, 3, ste);
		tree_map(&s2, IPA_DATA, 3, DATA, S1_AF | S2_R | S2_WB);
		r = request(3, IPA_DATA + 0x10, true);
		ck_assert_int_eq(r.completion, SMMU_ATS_SUCCESS);
		ck_assert_uint_eq(r.pa, (eats == 1 ? DATA : IPA_DATA) + 0x10);
		ck_assert(r.readable && !r.writable);
		r = request(3, 0x1000, true); /* not mapped by stage 2 */
		ck_assert_int_eq(r.completion, SMMU_ATS_SUCCESS);
		ck_assert(!r.readable && !r.writable);
		ck_no_event(&rig);
		rig_close(&rig);
	}
}
END_TEST

START_TEST(translated_accesses)
{
	boot(1);
	/* unchecked: passes, whatever the stream */
	ck_assert_uint_eq(translated(1, 0x99000, true).pa, 0x99000);
	ck_assert_int_eq(translated(9, 0x99000, true).status, SMMU_OK);
	ck_assert_int_eq(translated(1, 1ull << 48, true).status, SMMU_ABORT);
	ck_no_event(&rig);
	check_translated_accesses();
	ck_assert_int_eq(translated(1, 0x99000, true).status, SMMU_OK);
	rig_put64(&rig, RIG_STRTAB + 64 + 8, 0); /* EATS=00 */
	ck_assert_int_eq(translated(1, 0x99000, true).status, SMMU_ABORT);
	ck_event(&rig, F_TRANSL_FORBIDDEN | 1ull << 32, 0, 0x99000, 0);
	rig_put64(&rig, RIG_STRTAB + 64, 1 | 4 << 1);
	ck_assert_int_eq(translated(1, 0x99000, false).status, SMMU_ABORT);
	ck_event(&rig, F_TRANSL_FORBIDDEN | 1ull << 32, 1ull << 35, 0x99000, 0);
	rig_put64(&rig, RIG_STRTAB + 64, 1);
	ck_assert_int_eq(translated(1, 0x99000, false).status, SMMU_ABORT);
	ck_no_event(&rig);
	ck_assert_int_eq(translated(9, 0, false).status, SMMU_ABORT);
	ck_event(&rig, 4 | 9ull << 32, 0, 0, 0);
	rig_write(&rig, REG_CR0, CR0_EVENTQEN);
	rig_run(&rig);
	ck_assert_int_eq(translated(1, 0x99000, true).status, SMMU_ABORT);
	ck_event(&rig, F_TRANSL_FORBIDDEN | 1ull << 32, 0, 0x99000, 0);
	rig_close(&rig);
}
END_TEST

/* ---- PRI ---- */

static struct smmu_page_request ppr(bool last)
{
	return (struct smmu_page_request){
		.sid = 1,
		.ssid = 0x2b,
		.has_ssid = true,
		.read = true,
		.write = true,
		.privileged = true,
		.last = last,
		.addr = 0x123456000,
		.prg_index = 0x155,
	};
}

START_TEST(page_requests_are_queued)
{
	struct smmu_page_request p = ppr(true);
	struct smmu_prg_response answer;

	boot(1);
	ck_assert(!smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(rig_read(&rig, REG_PRIQ_PROD), 1);
	/* SSV, Last, W, R, Priv; SSID; SID */
	ck_assert_uint_eq(rig_get64(&rig, RIG_PRIQ), 0xf400002b00000001);
	ck_assert_uint_eq(rig_get64(&rig, RIG_PRIQ + 8), 0x123456155);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_PRIQ], 1);
	p.has_ssid = false; /* without PASID neither X nor Priv */
	p.exec = true;
	ck_assert(!smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(rig_get64(&rig, RIG_PRIQ + 16), 0x7000000000000001);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_PRIQ], 1);
	rig_close(&rig);
}
END_TEST

START_TEST(page_requests_when_it_is_off)
{
	struct smmu_page_request p = ppr(false);
	struct smmu_prg_response answer;

	boot(1);
	rig_write(&rig, REG_CR0, CR0_SMMUEN);
	rig_run(&rig);
	ck_assert(smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(answer.code, 15);
	ck_assert(!answer.has_ssid);
	ck_assert_uint_eq(answer.prg_index, 0x155);
	rig_close(&rig);
}
END_TEST

/* 8.1: a stop marker has a PASID and Last alone of L, R, W; it is queued, never answered. */
START_TEST(stop_markers_are_never_answered)
{
	struct smmu_page_request p = ppr(true);
	struct smmu_prg_response answer;

	boot(1);
	p.read = false;
	p.write = false;
	p.privileged = false;
	ck_assert(!smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(rig_get64(&rig, RIG_PRIQ), 0xc000002b00000001);
	rig_write(&rig, REG_CR0, CR0_SMMUEN);
	rig_run(&rig);
	ck_assert(!smmu_page_request(rig.smmu, &p, &answer));
	p.has_ssid = false; /* without a PASID it is a request like others */
	ck_assert(smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(answer.code, 15);
	rig_close(&rig);
}
END_TEST

START_TEST(page_request_overflow)
{
	struct smmu_page_request p = ppr(false);
	struct smmu_prg_response answer;

	boot(1);
	for (unsigned int i = 0; i < 1 << RIG_LOG2_PRIS; i++)
		ck_assert(!smmu_page_request(rig.smmu, &p, &answer));
	ck_assert(!smmu_page_request(rig.smmu, &p, &answer)); /* dropped */
	ck_assert_uint_eq(rig_read(&rig, REG_PRIQ_PROD), 1u << 31 | 4);
	p.last = true;
	ck_assert(smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(answer.code, 0);
	ck_assert(!answer.has_ssid); /* PPAR=0 */
	/* Room alone does not help: the overflow must be acknowledged. */
	rig_write(&rig, REG_PRIQ_CONS, 4);
	ck_assert(smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(rig_read(&rig, REG_PRIQ_PROD), 1u << 31 | 4);
	rig_put64(&rig, RIG_STRTAB + 72, rig_get64(&rig, RIG_STRTAB + 72) | 1 << 18); /* PPAR */
	ck_assert(smmu_page_request(rig.smmu, &p, &answer));
	ck_assert(answer.has_ssid);
	ck_assert_uint_eq(answer.ssid, 0x2b);
	p.sid = 9; /* an illegal STE: Failure, with an event for REC_CFG_ATS */
	ck_assert(smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(answer.code, 15);
	ck_event(&rig, 4 | 1 << 11 | 0x2b << 12 | 9ull << 32, 0, 0, 0);
	rig_write(&rig, REG_PRIQ_CONS, 1u << 31 | 4);
	ck_assert(!smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(rig_read(&rig, REG_PRIQ_PROD), 1u << 31 | 5);
	rig_close(&rig);
}
END_TEST

START_TEST(page_request_interrupt_on_last)
{
	struct smmu_page_request p = ppr(false);
	struct smmu_prg_response answer;

	boot(1);
	rig_write(&rig, REG_IRQ_CTRL, 0);
	rig_run(&rig);
	rig_write(&rig, REG_PRIQ_IRQ_CFG2, 1u << 31);
	rig_write(&rig, REG_IRQ_CTRL, 2);
	rig_run(&rig);
	smmu_page_request(rig.smmu, &p, &answer);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_PRIQ], 0);
	p.last = true;
	smmu_page_request(rig.smmu, &p, &answer);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_PRIQ], 1);
	rig_close(&rig);
}
END_TEST

START_TEST(page_request_write_abort)
{
	struct smmu_page_request p = ppr(false);
	struct smmu_prg_response answer;

	boot(1);
	rig.abort_first = RIG_PRIQ;
	rig.abort_last = RIG_PRIQ + 63;
	ck_assert(smmu_page_request(rig.smmu, &p, &answer));
	ck_assert_uint_eq(answer.code, 15);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 1 << 3);
	rig.abort_first = ~0ull;
	ck_assert(smmu_page_request(rig.smmu, &p, &answer)); /* until acknowledged */
	rig_write(&rig, REG_GERRORN, 1 << 3);
	ck_assert(!smmu_page_request(rig.smmu, &p, &answer));
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(requests_that_succeed);
	SUITE_CASE(requests_that_find_nothing);
	SUITE_CASE(requests_not_supported);
	SUITE_CASE(requests_aborted_by_configuration);
	SUITE_CASE(split_stage);
	SUITE_CASE(split_stage_needs_the_check);
	SUITE_CASE(nested_full);
	SUITE_CASE(around_stage1);
	SUITE_CASE(around_stage1_when_nested);
	SUITE_CASE(translated_accesses);
	SUITE_CASE(page_requests_are_queued);
	SUITE_CASE(page_requests_when_it_is_off);
	SUITE_CASE(stop_markers_are_never_answered);
	SUITE_CASE(page_request_overflow);
	SUITE_CASE(page_request_interrupt_on_last);
	SUITE_CASE(page_request_write_abort);
}
