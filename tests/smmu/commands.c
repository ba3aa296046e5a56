/* SPDX-License-Identifier: MIT */
/* The command queue and its commands: IHI 0070 chapter 4, 7.1. */
#include "tests/smmu/rig.h"
#include "tests/suite.h"

enum { ILL = 1, ABT = 2, ATC_INV_SYNC = 3 };

START_TEST(consumes_and_wraps)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	for (unsigned int i = 1; i <= 40; i++) {
		rig_cmd(&rig, 0x46, 0);
		/* 16 entries: index in 3:0, wrap in bit 4 */
		ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), i % 32);
	}
	rig_close(&rig);
}
END_TEST

START_TEST(one_command_a_step)
{
	uint64_t latency = 0;
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_put64(&rig, RIG_CMDQ, 0x46);
	rig_put64(&rig, RIG_CMDQ + 16, 0x30);
	rig_write(&rig, REG_CMDQ_PROD, 2);
	ck_assert(smmu_step(rig.smmu, &latency));
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 1);
	ck_assert_uint_eq(latency, rig.config.latency.cmd + rig.config.latency.cmd_sync);
	ck_assert(smmu_step(rig.smmu, &latency));
	ck_assert_uint_eq(latency, rig.config.latency.cmd);
	ck_assert(!smmu_step(rig.smmu, &latency));
	rig_close(&rig);
}
END_TEST

START_TEST(a_full_queue_is_consumed)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	for (unsigned int i = 0; i < 16; i++)
		rig_put64(&rig, RIG_CMDQ + 16 * i, 0x46);
	rig_write(&rig, REG_CMDQ_PROD, 16); /* same index, other wrap */
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 16);
	rig_close(&rig);
}
END_TEST

START_TEST(a_queue_of_one_entry)
{
	struct rig rig;

	rig_open(&rig, NULL);
	rig_write64(&rig, REG_CMDQ_BASE, RIG_CMDQ);
	rig_write(&rig, REG_CR0, CR0_CMDQEN);
	rig_put64(&rig, RIG_CMDQ, 0x46);
	rig_write(&rig, REG_CMDQ_PROD, 1);
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 1);
	rig_write(&rig, REG_CMDQ_PROD, 0);
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(inconsistent_indices_stop_it)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_write(&rig, REG_CMDQ_PROD, 20); /* four more than there are entries */
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 0);
	ck_assert_uint_eq(rig_cmd_error(&rig), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(base_is_aligned_to_the_queue)
{
	struct rig rig;

	rig_open(&rig, NULL);
	rig_write64(&rig, REG_CMDQ_BASE, (RIG_CMDQ + 0x20) | 4);
	rig_write(&rig, REG_CR0, CR0_CMDQEN);
	rig_put64(&rig, RIG_CMDQ, 0x46);
	rig_write(&rig, REG_CMDQ_PROD, 1);
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 1);
	rig_close(&rig);
}
END_TEST

static void illegal_with(const struct smmu_config *c, uint64_t dw0, uint64_t dw1, bool illegal)
{
	struct rig rig;

	rig_boot(&rig, c);
	rig_cmd(&rig, dw0, dw1);
	ck_assert_msg(rig_cmd_error(&rig) == (illegal ? ILL : 0), "command %#llx: error %u",
		      (unsigned long long)dw0, rig_cmd_error(&rig));
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS) & 0xfffff, illegal ? 0 : 1);
	rig_close(&rig);
}

START_TEST(every_opcode)
{
	static const uint8_t legal[] = {0x01, 0x02, 0x03, 0x04, 0x05, 0x06, 0x10, 0x11,
					0x12, 0x13, 0x20, 0x21, 0x22, 0x23, 0x28, 0x2a,
					0x30, 0x40, 0x41, 0x44, 0x45, 0x46};
	unsigned int next = 0;

	for (unsigned int op = 0; op < 256; op++) {
		bool known = next < sizeof(legal) && legal[next] == op;

		illegal_with(NULL, op, 0, !known);
		next += known;
	}
}
END_TEST

START_TEST(commands_of_absent_features)
{
	static const uint8_t el2[] = {0x20, 0x21, 0x22, 0x23},
			     s1[] = {5, 6, 0x10, 0x11, 0x12, 0x13};
	static const uint8_t s2[] = {0x28, 0x2a}, stall[] = {0x44, 0x45};
	struct smmu_config c = rig_config();

	c.hyp = false;
	for (unsigned int i = 0; i < sizeof(el2); i++)
		illegal_with(&c, el2[i], 0, true);
	c.s1p = false;
	for (unsigned int i = 0; i < sizeof(s1); i++)
		illegal_with(&c, s1[i], 0, true);
	illegal_with(&c, 0x30, 0, false); /* NSNH_ALL always is */
	c.s1p = true;
	c.s2p = false;
	for (unsigned int i = 0; i < sizeof(s2); i++)
		illegal_with(&c, s2[i], 0, true);
	c.pri = false;
	illegal_with(&c, 0x41, 0, true);
	c.ats = false;
	illegal_with(&c, 0x40, 0, true);
	c.stall = false;
	for (unsigned int i = 0; i < sizeof(stall); i++)
		illegal_with(&c, stall[i], 0, true);
}
END_TEST

START_TEST(illegal_fields)
{
	illegal_with(NULL, 0x46 | 3 << 12, 0, true);	   /* SYNC CS=3 */
	illegal_with(NULL, 0x41, 3 << 12, true);	   /* PRI_RESP Resp=3 */
	illegal_with(NULL, 0x30 | 1 << 10, 0, true);	   /* SSec on this queue */
	illegal_with(NULL, 0x12, 1 << 10, true);	   /* TG without NUM, SCALE, TTL */
	illegal_with(NULL, 0x12, 1 << 10 | 3 << 8, false); /* TTL 3 */
	illegal_with(NULL, 0x12, 2 << 10 | 1 << 8, true);  /* 16K: TTL 1 counts as 0 */
	illegal_with(NULL, 0x12 | 1 << 12, 1 << 10, false);
	illegal_with(NULL, 0x12 | 1 << 20, 1 << 10, false);
}
END_TEST

START_TEST(without_ril_range_fields_are_ignored)
{
	struct smmu_config c = rig_config();

	c.aidr = 1;
	c.ril = false;
	illegal_with(&c, 0x12, 1 << 10, false);
}
END_TEST

START_TEST(stop_and_resume)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_cmd(&rig, 0x46, 0);
	rig_cmd(&rig, 0xff, 0);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 1 | ILL << 24);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 1);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_GERROR], 1);
	rig_cmd(&rig, 0x46, 0); /* not looked at */
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS) & 0xff, 1);
	rig_put64(&rig, RIG_CMDQ + 16, 0x46); /* repaired in place, no PROD write */
	rig.kicks = 0;
	rig_write(&rig, REG_GERRORN, 1);
	ck_assert_uint_gt(rig.kicks, 0);
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS) & 0xff, 3);
	/* The next error toggles back. */
	rig_cmd(&rig, 0xff, 0);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 0);
	ck_assert_uint_eq(rig_read(&rig, REG_GERRORN), 1);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_GERROR], 2);
	rig_close(&rig);
}
END_TEST

START_TEST(fetch_abort)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig.abort_first = RIG_CMDQ;
	rig.abort_last = RIG_CMDQ + 15;
	rig_cmd(&rig, 0x46, 0);
	ck_assert_uint_eq(rig_cmd_error(&rig), ABT);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS) & 0xff, 0);
	rig.abort_first = ~0ull;
	rig_write(&rig, REG_GERRORN, 1);
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS) & 0xff, 1);
	rig.fault = "smmu.cmd-fetch-abort";
	rig_cmd(&rig, 0x46, 0);
	ck_assert_uint_eq(rig_cmd_error(&rig), ABT);
	rig_close(&rig);
}
END_TEST

START_TEST(sync_without_signal)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_cmd(&rig, 0x46 | 0xabcdull << 32, 0x5000);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_CMD_SYNC], 0);
	ck_assert_uint_eq(rig.sevs, 0);
	ck_assert_uint_eq(rig_get32(&rig, 0x5000), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(sync_by_wire_event_and_message)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_cmd(&rig, 0x46 | 1 << 12, 0);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_CMD_SYNC], 1);
	rig_cmd(&rig, 0x46 | 2 << 12, 0);
	ck_assert_uint_eq(rig.sevs, 1);
	/* MSI: MSH inner, MSIAttr WB-WB, as Linux writes it into the command's own slot. */
	rig_put64(&rig, 0x5000, 0x1111111122222222);
	rig_cmd(&rig, 0x46 | 1 << 12 | 3 << 22 | 0xf << 24 | 0xcafe0001ull << 32, 0x5004);
	ck_assert_uint_eq(rig_get32(&rig, 0x5004), 0xcafe0001);
	ck_assert_uint_eq(rig_get32(&rig, 0x5000), 0x22222222); /* 32 bits only */
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_CMD_SYNC], 1);
	ck_assert_uint_eq(rig.last_write.memtype, 0xff);
	ck_assert_uint_eq(rig.last_write.sh, 3);
	rig_close(&rig);
}
END_TEST

START_TEST(sync_message_abort)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig.abort_first = 0x5000;
	rig.abort_last = 0x5fff;
	rig_cmd(&rig, 0x46 | 1 << 12, 0x5000);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 1 << 4); /* MSI_CMDQ_ABT_ERR */
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 1);   /* the SYNC is done */
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_GERROR], 1);
	rig_close(&rig);
}
END_TEST

START_TEST(gerror_message_abort_does_not_repeat)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_write(&rig, REG_IRQ_CTRL, 0);
	rig_run(&rig);
	rig_write64(&rig, REG_GERROR_IRQ_CFG0, 0x5000);
	rig_write(&rig, REG_GERROR_IRQ_CFG1, 77);
	rig_write(&rig, REG_IRQ_CTRL, 1);
	rig_run(&rig);
	rig_cmd(&rig, 0xff, 0);
	ck_assert_uint_eq(rig_get32(&rig, 0x5000), 77);
	rig_write(&rig, REG_GERRORN, 1);
	rig.abort_first = 0x5000;
	rig.abort_last = 0x5003;
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 0 | 1 << 7);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_GERROR], 0);
	rig_close(&rig);
}
END_TEST

START_TEST(atc_invalidation)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_cmd(&rig, 0x40 | 1 << 11 | 0x2bull << 12 | 7ull << 32, 0xabc000 | 3);
	ck_assert_uint_eq(rig.n_atc, 1);
	ck_assert_uint_eq(rig.atc[0].sid, 7);
	ck_assert_uint_eq(rig.atc[0].ssid, 0x2b);
	ck_assert(rig.atc[0].has_ssid);
	ck_assert_uint_eq(rig.atc[0].addr, 0xabc000);
	ck_assert_uint_eq(rig.atc[0].size_log2, 3);
	rig.atc_times_out = true;
	rig_cmd(&rig, 0x40, 0);
	ck_assert_uint_eq(rig_cmd_error(&rig), 0);
	rig_cmd(&rig, 0x46, 0);
	ck_assert_uint_eq(rig_cmd_error(&rig), ATC_INV_SYNC);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS) & 0xff, 2);
	rig_write(&rig, REG_GERRORN, 1);
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS) & 0xff, 3);
	rig_close(&rig);
}
END_TEST

START_TEST(ignored_while_translation_is_off)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_write(&rig, REG_CR0, CR0_CMDQEN);
	rig_run(&rig);
	rig_cmd(&rig, 0x40, 0);
	rig_cmd(&rig, 0x41, 0);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 2);
	ck_assert_uint_eq(rig.n_atc + rig.n_prg, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(page_request_responses)
{
	static const uint8_t code[] = {15, 1, 0};
	struct rig rig;

	rig_boot(&rig, NULL);
	for (unsigned int resp = 0; resp < 3; resp++)
		rig_cmd(&rig, 0x41 | 9ull << 32, resp << 12 | 0x155);
	ck_assert_uint_eq(rig.n_prg, 3);
	for (unsigned int resp = 0; resp < 3; resp++) {
		ck_assert_uint_eq(rig.prg[resp].code, code[resp]);
		ck_assert_uint_eq(rig.prg[resp].sid, 9);
		ck_assert_uint_eq(rig.prg[resp].prg_index, 0x155);
		ck_assert(!rig.prg[resp].has_ssid);
	}
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(consumes_and_wraps);
	SUITE_CASE(one_command_a_step);
	SUITE_CASE(a_full_queue_is_consumed);
	SUITE_CASE(a_queue_of_one_entry);
	SUITE_CASE(inconsistent_indices_stop_it);
	SUITE_CASE(base_is_aligned_to_the_queue);
	SUITE_CASE(every_opcode);
	SUITE_CASE(commands_of_absent_features);
	SUITE_CASE(illegal_fields);
	SUITE_CASE(without_ril_range_fields_are_ignored);
	SUITE_CASE(stop_and_resume);
	SUITE_CASE(fetch_abort);
	SUITE_CASE(sync_without_signal);
	SUITE_CASE(sync_by_wire_event_and_message);
	SUITE_CASE(sync_message_abort);
	SUITE_CASE(gerror_message_abort_does_not_repeat);
	SUITE_CASE(atc_invalidation);
	SUITE_CASE(ignored_while_translation_is_off);
	SUITE_CASE(page_request_responses);
}
