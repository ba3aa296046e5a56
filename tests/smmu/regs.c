/* SPDX-License-Identifier: MIT */
/* Registers: IHI 0070 chapter 6. */
#include <errno.h>

#include "tests/smmu/rig.h"
#include "tests/suite.h"

START_TEST(id_registers_of_a_known_machine)
{
	/* Values that Linux's driver was probed with. */
	struct smmu_config c;
	struct rig rig;

	smmu_config_default(&c);
	c.aidr = 0;
	c.had = false;
	c.xnx = false;
	c.stt = false;
	c.bbml = 0;
	c.gran = 1;
	rig_open(&rig, &c);
	ck_assert_uint_eq(rig_read(&rig, REG_IDR0), 0x094d341b);
	ck_assert_uint_eq(rig_read(&rig, REG_IDR1) & 0x3ffffff,
			  8 << 21 | 7 << 16 | 6 << 11 | 10 << 6 | 16);
	ck_assert_uint_eq(rig_read(&rig, REG_IDR3), 0x400);
	ck_assert_uint_eq(rig_read(&rig, REG_IDR5), 0x15);
	ck_assert_uint_eq(rig_read(&rig, REG_AIDR), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(id_registers_follow_the_configuration)
{
	struct smmu_config c = rig_config();
	struct rig rig;

	c.oas = 52;
	rig_open(&rig, &c);
	ck_assert_uint_eq(rig_read(&rig, REG_IDR0) >> 24 & 3, 0); /* stall and terminate */
	ck_assert_uint_eq(rig_read(&rig, REG_IDR0) >> 6 & 3, 2);  /* HTTU */
	ck_assert_uint_eq(rig_read(&rig, REG_IDR0) >> 9 & 1, 1);  /* HYP */
	ck_assert_uint_eq(rig_read(&rig, REG_IDR5) & 0x77, 0x76);
	ck_assert_uint_eq(rig_read(&rig, REG_AIDR), 3);
	/* 3.3: HAD, XNX, FWB, STT, RIL, BBML 2, E0PD, PTWNNC */
	ck_assert_uint_eq(rig_read(&rig, REG_IDR3), 1 << 2 | 1 << 4 | 1 << 8 | 1 << 9 | 1 << 10 |
							    2 << 11 | 1 << 13 | 1 << 14);
	rig_close(&rig);
}
END_TEST

static void refused(void (*change)(struct smmu_config *))
{
	struct smmu_ops ops = {0};
	struct smmu_config c = rig_config();
	struct smmu *smmu;

	change(&c);
	ck_assert_int_eq(smmu_new(&smmu, &c, &ops, NULL), -EINVAL);
	ck_assert_ptr_null(smmu);
}

static void no_stage(struct smmu_config *c)
{
	c->s1p = false;
	c->s2p = false;
}

static void linear_only(struct smmu_config *c)
{
	c->st2l = false;
}

static void oas_53(struct smmu_config *c)
{
	c->oas = 53;
}

static void oas_52_without_64k(struct smmu_config *c)
{
	c->oas = 52;
	c->gran = 3;
}

static void pri_without_ats(struct smmu_config *c)
{
	c->ats = false;
}

static void hyp_without_stage_2(struct smmu_config *c)
{
	c->s2p = false;
}

static void v3_2_without_ril(struct smmu_config *c)
{
	c->ril = false;
}

static void v3_1_without_had(struct smmu_config *c)
{
	c->aidr = 1;
	c->had = false;
}

static void big_queue(struct smmu_config *c)
{
	c->cmdqs = 20;
}

START_TEST(forbidden_configurations)
{
	refused(no_stage);
	refused(linear_only);
	refused(oas_53);
	refused(oas_52_without_64k);
	refused(pri_without_ats);
	refused(hyp_without_stage_2);
	refused(v3_2_without_ril);
	refused(v3_1_without_had);
	refused(big_queue);
}
END_TEST

START_TEST(cr0_is_acknowledged_later)
{
	struct rig rig;

	rig_open(&rig, NULL);
	ck_assert_uint_eq(rig.kicks, 0);
	rig_write(&rig, REG_CR0, CR0_CMDQEN | CR0_EVENTQEN);
	ck_assert_uint_eq(rig_read(&rig, REG_CR0), 0xc);
	ck_assert_uint_eq(rig_read(&rig, REG_CR0ACK), 0);
	ck_assert_uint_eq(rig.kicks, 1);
	ck_assert(smmu_step(rig.smmu, NULL));
	ck_assert_uint_eq(rig_read(&rig, REG_CR0ACK), 0xc);
	ck_assert(!smmu_step(rig.smmu, NULL));
	rig_close(&rig);
}
END_TEST

START_TEST(cr0_reserved_bits_read_as_zero)
{
	struct smmu_config c = rig_config();
	struct rig rig;

	c.pri = false;
	c.ats = false;
	rig_open(&rig, &c);
	rig_write(&rig, REG_CR0, 0xfffffffe);
	ck_assert_uint_eq(rig_read(&rig, REG_CR0), 0xc);
	rig_close(&rig);
}
END_TEST

START_TEST(irq_ctrl_is_acknowledged_later)
{
	struct rig rig;

	rig_open(&rig, NULL);
	rig_write(&rig, REG_IRQ_CTRL, 5);
	ck_assert_uint_eq(rig_read(&rig, REG_IRQ_CTRLACK), 0);
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_IRQ_CTRLACK), 5);
	rig_close(&rig);
}
END_TEST

START_TEST(gbpa_update_handshake)
{
	struct rig rig;

	rig_open(&rig, NULL);
	ck_assert_uint_eq(rig_read(&rig, REG_GBPA), 0x1000);
	rig_write(&rig, REG_GBPA, 1 << 20); /* without UPDATE: ignored */
	ck_assert_uint_eq(rig_read(&rig, REG_GBPA), 0x1000);
	rig_write(&rig, REG_GBPA, 1u << 31 | 1 << 20);
	ck_assert_uint_eq(rig_read(&rig, REG_GBPA) >> 31, 1);
	rig_write(&rig, REG_GBPA, 1u << 31); /* during the update: ignored */
	rig_run(&rig);
	ck_assert_uint_eq(rig_read(&rig, REG_GBPA), 1 << 20);
	rig_close(&rig);
}
END_TEST

START_TEST(smmuen_guards_the_stream_table)
{
	struct rig rig;

	rig_open(&rig, NULL);
	rig_write64(&rig, REG_STRTAB_BASE, 1ull << 62 | 0x12345678900);
	rig_write(&rig, REG_STRTAB_BASE_CFG, 8);
	rig_write(&rig, REG_CR0, CR0_SMMUEN);
	/* Guarded from the write on, not from its acknowledgement. */
	rig_write64(&rig, REG_STRTAB_BASE, 0);
	rig_write(&rig, REG_STRTAB_BASE_CFG, 0);
	rig_write(&rig, REG_CR2, 7);
	rig_write(&rig, REG_CR1, 0xfff);
	rig_run(&rig);
	rig_write(&rig, REG_CR0, 0);
	rig_write64(&rig, REG_STRTAB_BASE, 0); /* still guarded: not yet acknowledged */
	ck_assert_uint_eq(rig_read64(&rig, REG_STRTAB_BASE), 1ull << 62 | 0x12345678900);
	ck_assert_uint_eq(rig_read(&rig, REG_STRTAB_BASE_CFG), 8);
	ck_assert_uint_eq(rig_read(&rig, REG_CR2), 0);
	ck_assert_uint_eq(rig_read(&rig, REG_CR1), 0x03f); /* queue half is free */
	rig_run(&rig);
	rig_write64(&rig, REG_STRTAB_BASE, 0);
	ck_assert_uint_eq(rig_read64(&rig, REG_STRTAB_BASE), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(queue_enables_guard_their_queues)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	rig_write64(&rig, REG_CMDQ_BASE, 0);
	rig_write(&rig, REG_CMDQ_CONS, 3);
	rig_write64(&rig, REG_EVENTQ_BASE, 0);
	rig_write(&rig, REG_EVENTQ_PROD, 3);
	rig_write64(&rig, REG_PRIQ_BASE, 0);
	rig_write(&rig, REG_PRIQ_PROD, 3);
	ck_assert_uint_eq(rig_read64(&rig, REG_CMDQ_BASE), RIG_CMDQ | RIG_LOG2_CMDS);
	ck_assert_uint_eq(rig_read(&rig, REG_CMDQ_CONS), 0);
	ck_assert_uint_eq(rig_read64(&rig, REG_EVENTQ_BASE), RIG_EVTQ | RIG_LOG2_EVENTS);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 0);
	ck_assert_uint_eq(rig_read64(&rig, REG_PRIQ_BASE), RIG_PRIQ | RIG_LOG2_PRIS);
	ck_assert_uint_eq(rig_read(&rig, REG_PRIQ_PROD), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(irq_enables_guard_their_configuration)
{
	struct rig rig;

	rig_open(&rig, NULL);
	rig_write64(&rig, REG_EVENTQ_IRQ_CFG0, 0x8000);
	rig_write64(&rig, REG_GERROR_IRQ_CFG0, 0x9000);
	rig_write(&rig, REG_IRQ_CTRL, 4);
	rig_write64(&rig, REG_EVENTQ_IRQ_CFG0, 0);
	rig_write64(&rig, REG_GERROR_IRQ_CFG0, 0xa000);
	ck_assert_uint_eq(rig_read64(&rig, REG_EVENTQ_IRQ_CFG0), 0x8000);
	ck_assert_uint_eq(rig_read64(&rig, REG_GERROR_IRQ_CFG0), 0xa000);
	rig_close(&rig);
}
END_TEST

START_TEST(msi_registers_without_msi_are_reserved)
{
	struct smmu_config c = rig_config();
	struct rig rig;

	c.msi = false;
	rig_open(&rig, &c);
	rig_write64(&rig, REG_EVENTQ_IRQ_CFG0, 0x8000);
	rig_write(&rig, REG_PRIQ_IRQ_CFG2, 0xffffffff);
	ck_assert_uint_eq(rig_read64(&rig, REG_EVENTQ_IRQ_CFG0), 0);
	ck_assert_uint_eq(rig_read(&rig, REG_PRIQ_IRQ_CFG2), 1u << 31); /* LO remains */
	rig_close(&rig);
}
END_TEST

START_TEST(halves_of_64_bit_registers)
{
	struct rig rig;

	rig_open(&rig, NULL);
	rig_write(&rig, REG_STRTAB_BASE, 0xffffffff);
	rig_write(&rig, REG_STRTAB_BASE + 4, 0xffffffff);
	ck_assert_uint_eq(rig_read64(&rig, REG_STRTAB_BASE), 0x40ffffffffffffc0);
	ck_assert_uint_eq(rig_read(&rig, REG_STRTAB_BASE), 0xffffffc0);
	ck_assert_uint_eq(rig_read(&rig, REG_STRTAB_BASE + 4), 0x40ffffff);
	rig_close(&rig);
}
END_TEST

START_TEST(undefined_places_read_as_zero)
{
	struct rig rig;

	rig_open(&rig, NULL);
	for (uint32_t offset = 0x100; offset < 0xe00; offset += 4) {
		rig_write(&rig, offset, 0xffffffff);
		ck_assert_uint_eq(rig_read(&rig, offset), 0);
	}
	rig_write(&rig, 0xa8, 0xffffffff); /* page-0 place of EVENTQ_PROD */
	ck_assert_uint_eq(rig_read(&rig, 0xa8), 0);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 0);
	ck_assert_uint_eq(rig_read64(&rig, REG_CR0), 0); /* wrong size */
	ck_assert_uint_eq(smmu_mmio_read(rig.smmu, REG_IDR0 + 1, 4, NULL), 0);
	ck_assert_uint_eq(rig_read(&rig, 0xff0), 0x0d);
	ck_assert_uint_eq(rig_read(&rig, 0xff4), 0xf0);
	ck_assert_uint_eq(rig_read(&rig, 0xff8), 0x05);
	ck_assert_uint_eq(rig_read(&rig, 0xffc), 0xb1);
	rig_close(&rig);
}
END_TEST

START_TEST(id_registers_ignore_writes)
{
	struct rig rig;
	uint64_t idr0;

	rig_open(&rig, NULL);
	idr0 = rig_read(&rig, REG_IDR0);
	rig_write(&rig, REG_IDR0, ~idr0);
	rig_write(&rig, REG_CR0ACK, 0xf);
	rig_write(&rig, REG_GERROR, 0xf);
	ck_assert_uint_eq(rig_read(&rig, REG_IDR0), idr0);
	ck_assert_uint_eq(rig_read(&rig, REG_CR0ACK), 0);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(reset_brings_everything_back)
{
	struct rig rig;

	rig_boot(&rig, NULL);
	smmu_reset(rig.smmu);
	ck_assert_uint_eq(rig_read(&rig, REG_CR0), 0);
	ck_assert_uint_eq(rig_read(&rig, REG_CR0ACK), 0);
	ck_assert_uint_eq(rig_read64(&rig, REG_STRTAB_BASE), 0);
	ck_assert_uint_eq(rig_read(&rig, REG_GBPA), 0x1000);
	rig_close(&rig);
}
END_TEST

START_TEST(names_of_registers)
{
	ck_assert_str_eq(smmu_reg_name(0x20), "CR0");
	ck_assert_str_eq(smmu_reg_name(0x98), "CMDQ_PROD");
	ck_assert_str_eq(smmu_reg_name(0x100a8), "EVENTQ_PROD");
	ck_assert_ptr_null(smmu_reg_name(0x300));
}
END_TEST

START_TEST(gbpa_when_translation_is_off)
{
	struct smmu_result r;
	struct rig rig;

	rig_open(&rig, NULL);
	r = rig_translate(&rig, 12345, 0x123456789, false);
	ck_assert_int_eq(r.status, SMMU_OK);
	ck_assert_uint_eq(r.pa, 0x123456789);
	ck_assert_uint_eq(r.attr.memtype, 0xff);
	ck_assert_uint_eq(r.attr.sh, 0);
	/* Beyond the output size: abort, no event. */
	ck_assert_int_eq(rig_translate(&rig, 1, 1ull << 48, false).status, SMMU_ABORT);
	/* MTCFG, MemAttr nGnRE */
	rig_write(&rig, REG_GBPA, 1u << 31 | 1 << 4 | 1);
	rig_run(&rig);
	r = rig_translate(&rig, 1, 0x1000, true);
	ck_assert_uint_eq(r.attr.memtype, 0x04);
	ck_assert_uint_eq(r.attr.sh, 2);
	rig_write(&rig, REG_GBPA, 1u << 31 | 1 << 20);
	rig_run(&rig);
	ck_assert_int_eq(rig_translate(&rig, 1, 0x1000, false).status, SMMU_ABORT);
	ck_assert_uint_eq(rig.reads, 0);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(id_registers_of_a_known_machine);
	SUITE_CASE(id_registers_follow_the_configuration);
	SUITE_CASE(forbidden_configurations);
	SUITE_CASE(cr0_is_acknowledged_later);
	SUITE_CASE(cr0_reserved_bits_read_as_zero);
	SUITE_CASE(irq_ctrl_is_acknowledged_later);
	SUITE_CASE(gbpa_update_handshake);
	SUITE_CASE(smmuen_guards_the_stream_table);
	SUITE_CASE(queue_enables_guard_their_queues);
	SUITE_CASE(irq_enables_guard_their_configuration);
	SUITE_CASE(msi_registers_without_msi_are_reserved);
	SUITE_CASE(halves_of_64_bit_registers);
	SUITE_CASE(undefined_places_read_as_zero);
	SUITE_CASE(id_registers_ignore_writes);
	SUITE_CASE(reset_brings_everything_back);
	SUITE_CASE(names_of_registers);
	SUITE_CASE(gbpa_when_translation_is_off);
}
