/* SPDX-License-Identifier: MIT */
/* The mailbox: registers of each generation, the protocol, interrupts, ring mode. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "tests/psp/rig.h"
#include "tests/suite.h"

static struct rig rig;

static void begin(enum psp_generation generation)
{
	struct psp_config config;

	psp_config_default(&config);
	config.generation = generation;
	config.tee = generation >= PSP_V4;
	config.bootloader = 0x11223344;
	config.tee_version = 0x55667788;
	rig_new(&rig, &config);
}

enum { CMDRESP = 0x10980, LO = 0x109e0, HI = 0x109e4, INTEN = 0x10690, INTSTS = 0x10694 };
#define RESPONSE (1u << 31)

/* A SEV command as the driver issues it; the answer, once psp_complete() has shown it. */
static uint32_t issue(uint32_t word, uint32_t pa)
{
	uint64_t latency = 0;

	psp_mmio_write(rig.psp, LO, pa);
	psp_mmio_write(rig.psp, HI, 0);
	psp_mmio_write(rig.psp, CMDRESP, word);
	ck_assert(psp_step(rig.psp, &latency));
	ck_assert_uint_gt(latency, 0);
	psp_complete(rig.psp);
	return psp_mmio_read(rig.psp, CMDRESP);
}

/* name, v1, v2, v4, v6: byte offsets in BAR 2; 0: this generation has none. */
static const struct {
	const char *name;
	uint32_t at[4];
} registers[] = {
	{"CmdResp", {0x10580, 0x10980, 0x10980, 0x10980}},
	{"CmdBufAddr_Lo", {0x105e0, 0x109e0, 0x109e0, 0x109e0}},
	{"CmdBufAddr_Hi", {0x105e4, 0x109e4, 0x109e4, 0x109e4}},
	{"feature", {0x105fc, 0x109fc, 0x109fc, 0x109fc}},
	{"inten", {0x10610, 0x10690, 0x10690, 0x10510}},
	{"intsts", {0x10614, 0x10694, 0x10694, 0x10514}},
	{"bootloader_info", {0x105ec, 0x109ec, 0x109ec, 0x109ec}},
	{"tee_CmdResp", {0, 0, 0x10544, 0x10944}},
	{"tee_CmdBufAddr_Lo", {0, 0, 0x10548, 0x10948}},
	{"tee_CmdBufAddr_Hi", {0, 0, 0x1054c, 0x1094c}},
	{"tee_ring_wptr", {0, 0, 0x10550, 0x10950}},
	{"tee_ring_rptr", {0, 0, 0x10554, 0x10954}},
	{"tee_info", {0, 0, 0x109e8, 0x109e8}},
	{"pa_CmdResp", {0, 0x10570, 0, 0}},
	{"doorbell_button", {0, 0x10a24, 0, 0}},
	{"doorbell_cmd", {0, 0x10a40, 0, 0}},
};

START_TEST(registers_of_each_generation)
{
	static const enum psp_generation generations[] = {PSP_V1, PSP_V2, PSP_V4, PSP_V6};

	for (unsigned int g = 0; g < 4; g++) {
		begin(generations[g]);
		for (size_t i = 0; i < sizeof(registers) / sizeof(registers[0]); i++) {
			uint32_t at = registers[i].at[g];

			ck_assert_int_eq(psp_reg_offset(rig.psp, registers[i].name),
					 at ? (int)at : -EINVAL);
			if (at)
				ck_assert_str_eq(psp_reg_name(rig.psp, at), registers[i].name);
		}
		ck_assert_ptr_null(psp_reg_name(rig.psp, 0));
		ck_assert_int_eq(psp_reg_offset(rig.psp, "none"), -EINVAL);
		rig_free(&rig);
	}
}
END_TEST

START_TEST(information_registers)
{
	begin(PSP_V4);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x109ec), 0x11223344);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x109e8), 0x55667788);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x109fc), rig.config.capability);
	psp_mmio_write(rig.psp, 0x109fc, 0);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x109fc), rig.config.capability);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x100), 0);
	psp_mmio_write(rig.psp, 0x100, 1);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x100), 0);
	rig_free(&rig);
}
END_TEST

/* The response bit: clear from the write to CmdResp until psp_complete(). */
START_TEST(response_comes_with_complete)
{
	uint64_t latency;

	begin(PSP_V2);
	ck_assert(!psp_step(rig.psp, &latency));
	psp_mmio_write(rig.psp, LO, RIG_CMD);
	psp_mmio_write(rig.psp, CMDRESP, 4u << 16);
	ck_assert_uint_eq(rig.kicks, 1);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, CMDRESP) & RESPONSE, 0);
	ck_assert(psp_step(rig.psp, &latency));
	ck_assert_uint_eq(psp_mmio_read(rig.psp, CMDRESP) & RESPONSE, 0);
	ck_assert(!psp_step(rig.psp, &latency)); /* one at a time */
	psp_complete(rig.psp);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, CMDRESP), RESPONSE);
	ck_assert_uint_eq(rig.ram[RIG_CMD], rig.config.api_major);
	ck_assert_uint_eq(rig.ram[RIG_CMD + 1], rig.config.api_minor);
	rig_free(&rig);
}
END_TEST

START_TEST(status_is_in_the_low_half)
{
	begin(PSP_V2);
	ck_assert_uint_eq(issue(0x7ffu << 16, 0), RESPONSE | 0x11); /* no such command */
	ck_assert_uint_eq(issue(0x00au << 16, 0), RESPONSE | 0x01); /* DF_FLUSH in UNINIT */
	ck_assert_uint_eq(issue(0x004u << 16, RIG_RAM - 4), RESPONSE | 0x09);
	rig_free(&rig);
}
END_TEST

START_TEST(address_has_64_bits)
{
	uint64_t latency;

	begin(PSP_V2);
	psp_mmio_write(rig.psp, LO, RIG_CMD);
	psp_mmio_write(rig.psp, HI, 1);
	psp_mmio_write(rig.psp, CMDRESP, 4u << 16);
	ck_assert(psp_step(rig.psp, &latency));
	psp_complete(rig.psp);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, CMDRESP), RESPONSE | 0x09);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, HI), 1);
	rig_free(&rig);
}
END_TEST

START_TEST(interrupt_only_if_asked_and_enabled)
{
	begin(PSP_V2);
	issue(4u << 16 | 1, RIG_CMD);
	ck_assert_uint_eq(rig.irqs, 0);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, INTSTS), 2);
	psp_mmio_write(rig.psp, INTSTS, ~0u);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, INTSTS), 0);
	psp_mmio_write(rig.psp, INTEN, ~0u);
	issue(4u << 16 | 1, RIG_CMD);
	ck_assert_uint_eq(rig.irqs, 1);
	psp_mmio_write(rig.psp, INTSTS, 2);
	issue(4u << 16, RIG_CMD);
	ck_assert_uint_eq(rig.irqs, 1);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, INTSTS), 0);
	rig_free(&rig);
}
END_TEST

/* A second command while the first works is lost, as is the rest of its word. */
START_TEST(busy_mailbox_loses_writes)
{
	uint64_t latency;

	begin(PSP_V2);
	psp_mmio_write(rig.psp, LO, RIG_CMD);
	psp_mmio_write(rig.psp, CMDRESP, 4u << 16);
	psp_mmio_write(rig.psp, CMDRESP, 0x7ffu << 16);
	ck_assert_int_eq(psp_command(rig.psp, PSP_CMD_PLATFORM_STATUS, RIG_CMD, NULL), -EBUSY);
	ck_assert(psp_step(rig.psp, &latency));
	psp_mmio_write(rig.psp, CMDRESP, 0x7ffu << 16);
	psp_complete(rig.psp);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, CMDRESP), RESPONSE);
	ck_assert(!psp_step(rig.psp, &latency));
	rig_free(&rig);
}
END_TEST

/* Who steps only when kicked must be kicked again for what was written meanwhile. */
START_TEST(work_that_waited_kicks_again)
{
	uint64_t latency;

	begin(PSP_V4);
	psp_mmio_write(rig.psp, LO, RIG_CMD);
	psp_mmio_write(rig.psp, CMDRESP, 4u << 16);
	ck_assert(psp_step(rig.psp, &latency));
	psp_mmio_write(rig.psp, 0x10544, 9u << 16); /* TEE: no such command */
	ck_assert(!psp_step(rig.psp, &latency));
	rig.kicks = 0;
	psp_complete(rig.psp);
	ck_assert_uint_eq(rig.kicks, 1);
	ck_assert(psp_step(rig.psp, &latency));
	psp_complete(rig.psp);
	ck_assert_uint_eq(rig.kicks, 1);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10544), RESPONSE | 0x11);
	rig_free(&rig);
}
END_TEST

START_TEST(dead_psp_never_answers)
{
	uint64_t latency = 0;

	begin(PSP_V2);
	rig_fault(&rig, "psp.dead", 2, 2);
	issue(4u << 16, RIG_CMD);
	psp_mmio_write(rig.psp, CMDRESP, 4u << 16 | 1);
	ck_assert(psp_step(rig.psp, &latency));
	ck_assert_uint_eq(latency, PSP_NEVER);
	psp_complete(rig.psp);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, CMDRESP) & RESPONSE, 0);
	psp_mmio_write(rig.psp, CMDRESP, 4u << 16);
	ck_assert(!psp_step(rig.psp, &latency));
	ck_assert_int_eq(psp_command(rig.psp, PSP_CMD_PLATFORM_STATUS, RIG_CMD, NULL), -ETIMEDOUT);
	psp_reset(rig.psp);
	expect_ok(psp_command(rig.psp, PSP_CMD_PLATFORM_STATUS, RIG_CMD, NULL));
	rig_free(&rig);
}
END_TEST

/* The TEE's and the platform access mailbox are of the same processor. */
START_TEST(any_mailbox_finds_a_dead_or_slow_psp)
{
	static const struct {
		enum psp_generation generation;
		uint32_t cmdresp;
	} mailboxes[] = {{PSP_V2, 0x10980}, {PSP_V2, 0x10570}, {PSP_V4, 0x10544}};
	uint64_t latency;

	for (size_t i = 0; i < sizeof(mailboxes) / sizeof(mailboxes[0]); i++) {
		const uint32_t cmdresp = mailboxes[i].cmdresp;

		begin(mailboxes[i].generation);
		rig_fault(&rig, "psp.timeout", 1, 1);
		psp_mmio_write(rig.psp, cmdresp, 9u << 16);
		ck_assert(psp_step(rig.psp, &latency));
		ck_assert_uint_gt(latency, 100ull * 1000000000000);
		psp_complete(rig.psp);
		ck_assert_uint_eq(psp_mmio_read(rig.psp, cmdresp) & RESPONSE, RESPONSE);
		rig_fault(&rig, "psp.dead", 1, 1);
		psp_mmio_write(rig.psp, cmdresp, 9u << 16);
		ck_assert(psp_step(rig.psp, &latency));
		ck_assert_uint_eq(latency, PSP_NEVER);
		psp_complete(rig.psp);
		ck_assert_uint_eq(psp_mmio_read(rig.psp, cmdresp) & RESPONSE, 0);
		ck_assert_int_eq(psp_command(rig.psp, PSP_CMD_NOP, 0, NULL), -ETIMEDOUT);
		rig_free(&rig);
	}
}
END_TEST

START_TEST(late_answer)
{
	uint64_t latency;

	begin(PSP_V2);
	rig_fault(&rig, "psp.timeout", 1, 1);
	expect_ok(psp_command(rig.psp, PSP_CMD_PLATFORM_STATUS, RIG_CMD, &latency));
	ck_assert_uint_gt(latency, 100ull * 1000000000000); /* 100 s, the driver's patience */
	ck_assert_uint_ne(latency, PSP_NEVER);
	rig_free(&rig);
}
END_TEST

START_TEST(spurious_interrupt)
{
	uint64_t latency;

	begin(PSP_V2);
	psp_mmio_write(rig.psp, INTEN, ~0u);
	rig_fault(&rig, "psp.spurious-irq", 1, 1);
	psp_mmio_write(rig.psp, LO, RIG_CMD);
	psp_mmio_write(rig.psp, CMDRESP, 4u << 16 | 1);
	ck_assert(psp_step(rig.psp, &latency));
	ck_assert_uint_eq(rig.irqs, 1);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, CMDRESP) & RESPONSE, 0);
	psp_complete(rig.psp);
	ck_assert_uint_eq(rig.irqs, 2);
	rig_free(&rig);
}
END_TEST

START_TEST(inaccessible_registers)
{
	begin(PSP_V2);
	rig_fault(&rig, "psp.inaccessible", 1, 1);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x109fc), UINT32_MAX);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x109fc), rig.config.capability);
	rig_free(&rig);
}
END_TEST

/* Ring mode: entered by RING_BUFFER, left by any mailbox command, which is dropped. */
START_TEST(ring_mode_ends_with_a_mailbox_command)
{
	uint8_t ring[0x2c] = {0};

	begin(PSP_V2);
	rig_init(&rig);
	put64(ring, 0x20000);
	put64(ring + 8, 0x21000);
	ring[0x20] = 1;
	expect_ok(rig_cmd(&rig, PSP_CMD_RING_BUFFER, ring, sizeof(ring)));
	expect_status(psp_command(rig.psp, PSP_CMD_SHUTDOWN, 0, NULL), PSP_RING_BUFFER_EXIT);
	expect_ok(psp_command(rig.psp, PSP_CMD_DF_FLUSH, 0, NULL)); /* SHUTDOWN was dropped */
	rig_free(&rig);
}
END_TEST

/* Neither ring mode nor what was written and not yet taken. */
START_TEST(a_power_cycle_forgets_rings_and_work)
{
	uint8_t ring[0x2c] = {0};
	uint64_t latency;

	begin(PSP_V2);
	rig_init(&rig);
	put64(ring, 0x20000);
	put64(ring + 8, 0x21000);
	ring[0x20] = 1;
	expect_ok(rig_cmd(&rig, PSP_CMD_RING_BUFFER, ring, sizeof(ring)));
	psp_mmio_write(rig.psp, CMDRESP, 4u << 16);
	psp_reset(rig.psp);
	ck_assert(!psp_step(rig.psp, &latency));
	ck_assert_uint_eq(psp_mmio_read(rig.psp, CMDRESP), 0);
	expect_ok(psp_command(rig.psp, PSP_CMD_PLATFORM_STATUS, RIG_CMD, NULL));
	rig_free(&rig);
}
END_TEST

START_TEST(ring_mode_refuses_bad_rings)
{
	uint8_t ring[0x2c] = {0};

	begin(PSP_V2);
	rig_init(&rig);
	put64(ring, 0x20000);
	put64(ring + 8, 0x21000);
	ring[0x20] = 2;
	expect_status(rig_cmd(&rig, PSP_CMD_RING_BUFFER, ring, sizeof(ring)), PSP_INVALID_LENGTH);
	ring[0x20] = 1;
	put64(ring + 8, RIG_RAM);
	expect_status(rig_cmd(&rig, PSP_CMD_RING_BUFFER, ring, sizeof(ring)), PSP_INVALID_ADDRESS);
	put64(ring + 8, 0x21008);
	expect_status(rig_cmd(&rig, PSP_CMD_RING_BUFFER, ring, sizeof(ring)), PSP_INVALID_ADDRESS);
	put64(ring + 8, 0x21000);
	ring[0x21] = 1; /* a high-priority ring without addresses in RAM */
	put64(ring + 0x10, RIG_RAM);
	expect_status(rig_cmd(&rig, PSP_CMD_RING_BUFFER, ring, sizeof(ring)), PSP_INVALID_ADDRESS);
	put64(ring + 0x10, 0x22000);
	put64(ring + 0x18, RIG_RAM - 4096);
	ring[0x21] = 2; /* the second page of it */
	expect_status(rig_cmd(&rig, PSP_CMD_RING_BUFFER, ring, sizeof(ring)), PSP_INVALID_ADDRESS);
	put64(ring + 0x18, UINT64_MAX - 4095);
	expect_status(rig_cmd(&rig, PSP_CMD_RING_BUFFER, ring, sizeof(ring)), PSP_INVALID_ADDRESS);
	expect_ok(psp_command(rig.psp, PSP_CMD_DF_FLUSH, 0, NULL));
	rig_free(&rig);
}
END_TEST

START_TEST(platform_access_refuses)
{
	uint64_t latency;

	begin(PSP_V2);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10570), RESPONSE);
	psp_mmio_write(rig.psp, 0x10570, 0x14u << 16);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10570) & RESPONSE, 0);
	ck_assert(psp_step(rig.psp, &latency));
	psp_complete(rig.psp);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10570) & RESPONSE, RESPONSE);
	ck_assert_uint_ne(psp_mmio_read(rig.psp, 0x10570) & 0xffff, 0);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10a40), RESPONSE);
	psp_mmio_write(rig.psp, 0x10a24, 1);
	ck_assert_uint_ne(psp_mmio_read(rig.psp, 0x10a40) & 0xffff, 0);
	rig_fault(&rig, "psp.busy", 1, 1);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10570) & RESPONSE, 0);
	rig_free(&rig);
}
END_TEST

START_TEST(latency_follows_the_parameters)
{
	struct psp_config config;
	uint64_t latency;

	psp_config_default(&config);
	memset(config.latency.by_command, 0, sizeof(config.latency.by_command));
	config.latency.command = 7;
	config.latency.by_command[0].id = PSP_CMD_GET_ID;
	config.latency.by_command[0].ps = 1234;
	rig_new(&rig, &config);
	psp_command(rig.psp, PSP_CMD_PLATFORM_STATUS, RIG_CMD, &latency);
	ck_assert_uint_eq(latency, 7);
	psp_command(rig.psp, PSP_CMD_GET_ID, RIG_CMD, &latency);
	ck_assert_uint_eq(latency, 1234);
	rig_free(&rig);
}
END_TEST

START_TEST(statistics_count)
{
	struct psp_stats stats;

	begin(PSP_V2);
	psp_mmio_write(rig.psp, INTEN, ~0u);
	issue(4u << 16 | 1, RIG_CMD);
	issue(0x7ffu << 16, 0);
	psp_get_stats(rig.psp, &stats);
	ck_assert_uint_eq(stats.commands, 2);
	ck_assert_uint_eq(stats.failed, 1);
	ck_assert_uint_eq(stats.interrupts, 1);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(registers_of_each_generation);
	SUITE_CASE(information_registers);
	SUITE_CASE(response_comes_with_complete);
	SUITE_CASE(status_is_in_the_low_half);
	SUITE_CASE(address_has_64_bits);
	SUITE_CASE(interrupt_only_if_asked_and_enabled);
	SUITE_CASE(busy_mailbox_loses_writes);
	SUITE_CASE(work_that_waited_kicks_again);
	SUITE_CASE(dead_psp_never_answers);
	SUITE_CASE(any_mailbox_finds_a_dead_or_slow_psp);
	SUITE_CASE(late_answer);
	SUITE_CASE(spurious_interrupt);
	SUITE_CASE(inaccessible_registers);
	SUITE_CASE(ring_mode_ends_with_a_mailbox_command);
	SUITE_CASE(a_power_cycle_forgets_rings_and_work);
	SUITE_CASE(ring_mode_refuses_bad_rings);
	SUITE_CASE(platform_access_refuses);
	SUITE_CASE(latency_follows_the_parameters);
	SUITE_CASE(statistics_count);
}
