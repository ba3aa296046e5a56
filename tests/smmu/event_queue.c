/* SPDX-License-Identifier: MIT */
/* The event queue and stalls: IHI 0070 3.5.1, 3.12.2, 3.18, 4.6, 7.2, 7.4. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1;
static uint64_t cd_pa;

enum { EVENTS = 1 << RIG_LOG2_EVENTS };
enum { OVFLG = 31 };

/* Each makes one C_BAD_STREAMID. */
static void faults(unsigned int n)
{
	while (n--)
		rig_translate(&rig, 100, 0, false);
}

START_TEST(wraps)
{
	uint64_t r[4];

	rig_boot(&rig, NULL);
	for (unsigned int i = 0; i < 5 * EVENTS; i++) {
		faults(1);
		ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), (i + 1) % (2 * EVENTS));
		ck_assert(rig_event(&rig, r));
		ck_assert_uint_eq(r[0], 2 | 100ull << 32);
	}
	rig_close(&rig);
}
END_TEST

START_TEST(overflow)
{
	struct smmu_stats stats;
	uint64_t r[4];

	rig_boot(&rig, NULL);
	faults(EVENTS);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), EVENTS);
	faults(1);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 1u << OVFLG | EVENTS);
	faults(3); /* said once */
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 1u << OVFLG | EVENTS);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 0);
	smmu_get_stats(rig.smmu, &stats);
	ck_assert_uint_eq(stats.events, EVENTS);
	ck_assert_uint_eq(stats.events_lost, 4);
	/* An overflow that is not acknowledged does not stop the queue. */
	ck_assert(rig_event(&rig, r));
	faults(1);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 1u << OVFLG | (EVENTS + 1));
	faults(1); /* full again, still pending */
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 1u << OVFLG | (EVENTS + 1));
	rig_write(&rig, REG_EVENTQ_CONS, 1u << OVFLG | 1);
	faults(1); /* acknowledged: the flag toggles back */
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), EVENTS + 1);
	rig_close(&rig);
}
END_TEST

START_TEST(disabled_queue_loses_without_overflow)
{
	rig_boot(&rig, NULL);
	rig_write(&rig, REG_CR0, CR0_SMMUEN);
	rig_run(&rig);
	faults(20);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 0);
	rig_close(&rig);
}
END_TEST

START_TEST(interrupt_when_it_stops_being_empty)
{
	uint64_t r[4];

	rig_boot(&rig, NULL);
	faults(3);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_EVENTQ], 1);
	while (rig_event(&rig, r))
		;
	faults(1);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_EVENTQ], 2);
	rig_close(&rig);
}
END_TEST

START_TEST(message_interrupt)
{
	rig_boot(&rig, NULL);
	rig_write(&rig, REG_IRQ_CTRL, 0);
	rig_run(&rig);
	faults(1);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_EVENTQ], 0);
	rig_write64(&rig, REG_EVENTQ_IRQ_CFG0, 0x6000);
	rig_write(&rig, REG_EVENTQ_IRQ_CFG1, 0x1234);
	rig_write(&rig, REG_IRQ_CTRL, 4);
	rig_run(&rig);
	ck_assert_uint_eq(rig_get32(&rig, 0x6000), 0); /* nothing from before the enable */
	rig_write(&rig, REG_EVENTQ_CONS, 1);
	faults(1);
	ck_assert_uint_eq(rig_get32(&rig, 0x6000), 0x1234);
	ck_assert_uint_eq(rig.irqs[SMMU_LINE_EVENTQ], 0);
	rig_write(&rig, REG_EVENTQ_CONS, 2);
	rig.abort_first = 0x6000;
	rig.abort_last = 0x6003;
	faults(1);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 1 << 5); /* MSI_EVENTQ_ABT_ERR */
	rig_close(&rig);
}
END_TEST

START_TEST(write_abort)
{
	rig_boot(&rig, NULL);
	rig.abort_first = RIG_EVTQ;
	rig.abort_last = RIG_EVTQ + 31;
	faults(1);
	ck_assert_uint_eq(rig_read(&rig, REG_GERROR), 1 << 2);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 0);
	rig.abort_first = ~0ull;
	faults(1); /* not writable until acknowledged; no overflow */
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 0);
	rig_write(&rig, REG_GERRORN, 1 << 2);
	faults(1);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD), 1);
	rig_close(&rig);
}
END_TEST

static void stalling(void)
{
	uint64_t cd[8];

	rig_boot(&rig, NULL);
	cd_pa = stream_s1(&rig, &s1);
	cd_make(cd, &s1, NULL);
	cd[0] = (cd[0] | 1ull << 44) & ~(1ull << 45); /* S=1, R=0: recorded all the same */
	rig_put(&rig, cd_pa, cd, 8);
}

START_TEST(stall_and_retry)
{
	struct smmu_result r;

	stalling();
	r = rig_translate(&rig, 1, 0x4567, true);
	ck_assert_int_eq(r.status, SMMU_STALL);
	ck_event(&rig, 0x10 | 1ull << 32, 1ull << 31 | 2ull << 40 | r.stag, 0x4567, 0);
	tree_map(&s1, 0x4000, 3, 0x9000, S1_RW);
	rig_cmd(&rig, 0x44 | 1 << 12 | 1ull << 32, r.stag);
	ck_assert_uint_eq(rig.n_resumed, 1);
	ck_assert_uint_eq(rig.resumed[0].stag, r.stag);
	ck_assert(rig.resumed[0].retry && !rig.resumed[0].abort);
	ck_assert_uint_eq(rig_translate(&rig, 1, 0x4567, true).pa, 0x9567);
	rig_close(&rig);
}
END_TEST

START_TEST(stall_and_end)
{
	struct smmu_result a, b;

	stalling();
	a = rig_translate(&rig, 1, 0x1000, false);
	b = rig_translate(&rig, 1, 0x2000, false);
	ck_assert_uint_ne(a.stag, b.stag);
	rig_cmd(&rig, 0x44 | 2ull << 32, a.stag); /* wrong stream: nothing */
	rig_cmd(&rig, 0x44 | 1ull << 32, 0xffff); /* unknown STAG: nothing */
	ck_assert_uint_eq(rig.n_resumed, 0);
	rig_cmd(&rig, 0x44 | 1ull << 32, a.stag);	    /* RAZ/WI */
	rig_cmd(&rig, 0x44 | 1 << 13 | 1ull << 32, b.stag); /* abort */
	ck_assert_uint_eq(rig.n_resumed, 2);
	ck_assert(!rig.resumed[0].retry && !rig.resumed[0].abort);
	ck_assert(!rig.resumed[1].retry && rig.resumed[1].abort);
	rig_cmd(&rig, 0x44 | 1ull << 32, a.stag); /* gone */
	ck_assert_uint_eq(rig.n_resumed, 2);
	rig_close(&rig);
}
END_TEST

START_TEST(stall_termination)
{
	stalling();
	rig_translate(&rig, 1, 0x1000, false);
	rig_translate(&rig, 1, 0x2000, false);
	rig_cmd(&rig, 0x45 | 2ull << 32, 0);
	ck_assert_uint_eq(rig.n_resumed, 0);
	rig_cmd(&rig, 0x45 | 1ull << 32, 0);
	ck_assert_uint_eq(rig.n_resumed, 2);
	ck_assert(rig.resumed[0].abort && rig.resumed[1].abort);
	rig_close(&rig);
}
END_TEST

START_TEST(turning_off_ends_stalls)
{
	stalling();
	rig_translate(&rig, 1, 0x1000, false);
	rig_write(&rig, REG_CR0, CR0_CMDQEN | CR0_EVENTQEN);
	rig_run(&rig);
	ck_assert_uint_eq(rig.n_resumed, 1);
	ck_assert(rig.resumed[0].abort);
	rig_close(&rig);
}
END_TEST

/* A stall record is never lost: it waits for room and is then made afresh. */
START_TEST(stalls_wait_for_room)
{
	struct smmu_result r;
	uint64_t e[4];

	stalling();
	faults(EVENTS);
	r = rig_translate(&rig, 1, 0x1000, false);
	ck_assert_int_eq(r.status, SMMU_STALL);
	ck_assert_uint_eq(rig_read(&rig, REG_EVENTQ_PROD) >> OVFLG, 0); /* no overflow */
	rig_run(&rig);
	ck_assert_uint_eq(rig.n_resumed, 0);
	ck_assert(rig_event(&rig, e)); /* makes room */
	ck_assert_uint_eq(rig.n_resumed, 1);
	ck_assert(rig.resumed[0].retry);
	r = rig_translate(&rig, 1, 0x1000, false);
	for (unsigned int i = 0; i < EVENTS - 1; i++)
		ck_assert(rig_event(&rig, e));
	ck_event(&rig, 0x10 | 1ull << 32, 1ull << 31 | 1ull << 35 | 2ull << 40 | r.stag, 0x1000, 0);
	rig_close(&rig);
}
END_TEST

START_TEST(stall_of_stage2)
{
	struct smmu_result r;
	uint64_t ste[8];
	struct tree s2;

	rig_boot(&rig, NULL);
	stream_s2(&rig, &s2);
	ste_s2(ste, &s2, 5);
	ste[2] = (ste[2] | 1ull << 57) & ~(1ull << 58);
	rig_ste(&rig, 2, ste);
	r = rig_translate(&rig, 2, 0x3000, false);
	ck_assert_int_eq(r.status, SMMU_STALL);
	ck_event(&rig, 0x10 | 2ull << 32,
		 1ull << 31 | 1ull << 35 | 1ull << 39 | 2ull << 40 | r.stag, 0x3000, 0x3000);
	rig_close(&rig);
}
END_TEST

START_TEST(a_thousand_stalls)
{
	unsigned int stalled = 0;

	stalling();
	for (unsigned int i = 0; i < 1025; i++)
		stalled += rig_translate(&rig, 1, 0x1000, false).status == SMMU_STALL;
	ck_assert_uint_eq(stalled, 1024);
	rig_cmd(&rig, 0x45 | 1ull << 32, 0);
	ck_assert_uint_eq(rig.n_resumed, 1024);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(wraps);
	SUITE_CASE(overflow);
	SUITE_CASE(disabled_queue_loses_without_overflow);
	SUITE_CASE(interrupt_when_it_stops_being_empty);
	SUITE_CASE(message_interrupt);
	SUITE_CASE(write_abort);
	SUITE_CASE(stall_and_retry);
	SUITE_CASE(stall_and_end);
	SUITE_CASE(stall_termination);
	SUITE_CASE(turning_off_ends_stalls);
	SUITE_CASE(stalls_wait_for_room);
	SUITE_CASE(stall_of_stage2);
	SUITE_CASE(a_thousand_stalls);
}
