/* SPDX-License-Identifier: MIT */
/* The TEE mailbox and ring of generations V4 and V6. */
#include <check.h>
#include <string.h>

#include "tests/psp/rig.h"
#include "tests/suite.h"

static struct rig rig;
static uint32_t base; /* of the TEE registers */

enum { RING = 0x40000, ENTRY = 1024 };
#define RESPONSE (1u << 31)

static void begin(enum psp_generation generation)
{
	struct psp_config config;

	psp_config_default(&config);
	config.generation = generation;
	config.tee = true;
	rig_new(&rig, &config);
	base = generation == PSP_V4 ? 0x10544 : 0x10944;
}

static void step(void)
{
	uint64_t latency;

	ck_assert(psp_step(rig.psp, &latency));
	ck_assert_uint_gt(latency, 0);
	psp_complete(rig.psp);
}

static unsigned int command(unsigned int id, uint32_t pa)
{
	ck_assert_uint_eq(psp_mmio_read(rig.psp, base) & RESPONSE, RESPONSE);
	psp_mmio_write(rig.psp, base + 4, pa);
	psp_mmio_write(rig.psp, base + 8, 0);
	psp_mmio_write(rig.psp, base, id << 16);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, base) & RESPONSE, 0);
	step();
	ck_assert_uint_eq(psp_mmio_read(rig.psp, base) & RESPONSE, RESPONSE);
	return psp_mmio_read(rig.psp, base) & 0xffff;
}

static unsigned int ring_init(uint64_t ring, uint32_t size)
{
	put64(rig.ram + RIG_CMD, ring);
	put32(rig.ram + RIG_CMD + 8, size);
	return command(1, RIG_CMD);
}

START_TEST(ready_before_the_first_command)
{
	begin(PSP_V4);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10544), RESPONSE);
	rig_fault(&rig, "psp.busy", 1, 1);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10544), 0);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10544), RESPONSE);
	rig_free(&rig);
}
END_TEST

START_TEST(a_power_cycle_forgets_the_ring)
{
	begin(PSP_V4);
	ck_assert_uint_eq(ring_init(0x20000, 4096), 0);
	ck_assert_uint_eq(ring_init(0x20000, 4096), 0xd); /* there is one */
	psp_reset(rig.psp);
	ck_assert_uint_eq(ring_init(0x20000, 4096), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(no_tee_no_answer)
{
	struct psp_config config;
	uint64_t latency;

	psp_config_default(&config);
	config.generation = PSP_V4;
	rig_new(&rig, &config);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, 0x10544), 0);
	psp_mmio_write(rig.psp, 0x10544, 1u << 16);
	ck_assert(!psp_step(rig.psp, &latency));
	rig_free(&rig);
}
END_TEST

/* Commands in order: state 2 and an error status (nothing runs in the TEE), rptr follows. */
static void ring_of(enum psp_generation generation)
{
	uint64_t latency;

	begin(generation);
	ck_assert_uint_eq(ring_init(RING, 4 * ENTRY), 0);
	for (unsigned int i = 0; i < 6; i++) {
		uint8_t *entry = rig.ram + RING + i % 4 * ENTRY;

		put32(entry, 1);
		put32(entry + 4, 0);
		put32(entry + 8, 0);
		psp_mmio_write(rig.psp, base + 0xc, (i + 1) % 4 * ENTRY);
		ck_assert_uint_eq(get32(entry + 4), 0);
		ck_assert(psp_step(rig.psp, &latency));
		ck_assert_uint_eq(get32(entry + 4), 1);
		psp_complete(rig.psp);
		ck_assert_uint_eq(get32(entry + 4), 2);
		ck_assert_uint_eq(get32(entry + 8), 0xffff000a);
		ck_assert_uint_eq(psp_mmio_read(rig.psp, base + 0x10), (i + 1) % 4 * ENTRY);
	}
	rig_free(&rig);
}

/* What the host gives away while it is in the ring is not written any more. */
START_TEST(ring_in_a_guest_page)
{
	const struct psp_rmp_entry guest = {.assigned = true, .asid = 1, .gpa = 0x1000};
	uint8_t before[RIG_PAGE];
	uint64_t latency;

	begin(PSP_V4);
	rig_snp_init(&rig);
	ck_assert_uint_eq(ring_init(RING, 4 * ENTRY), 0);
	ck_assert_int_eq(psp_rmpupdate(rig.psp, 0, RING, &guest), PSP_RMP_OK);
	memcpy(before, rig.ram + RING, sizeof(before));
	psp_mmio_write(rig.psp, base + 0xc, ENTRY);
	ck_assert(psp_step(rig.psp, &latency));
	psp_complete(rig.psp);
	ck_assert_mem_eq(rig.ram + RING, before, sizeof(before));
	rig_free(&rig);
}
END_TEST

START_TEST(ring_v4)
{
	ring_of(PSP_V4);
}
END_TEST

START_TEST(ring_v6)
{
	ring_of(PSP_V6);
}
END_TEST

START_TEST(several_entries_at_once)
{
	begin(PSP_V4);
	ck_assert_uint_eq(ring_init(RING, 4 * ENTRY), 0);
	psp_mmio_write(rig.psp, base + 0xc, 3 * ENTRY);
	for (int i = 0; i < 3; i++)
		step();
	for (int i = 0; i < 3; i++)
		ck_assert_uint_eq(get32(rig.ram + RING + i * ENTRY + 4), 2);
	ck_assert_uint_eq(get32(rig.ram + RING + 3 * ENTRY + 4), 0);
	rig_free(&rig);
}
END_TEST

/* Status 0xd: the driver destroys the ring and tries again. */
START_TEST(second_ring_is_refused_until_destroyed)
{
	begin(PSP_V4);
	ck_assert_uint_eq(ring_init(RING, 4 * ENTRY), 0);
	ck_assert_uint_eq(ring_init(RING, 4 * ENTRY), 0xd);
	ck_assert_uint_eq(command(2, 0), 0);
	ck_assert_uint_eq(ring_init(RING, 4 * ENTRY), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(bad_rings_are_refused)
{
	begin(PSP_V4);
	ck_assert_uint_ne(ring_init(RING, 0), 0);
	ck_assert_uint_ne(ring_init(RING, ENTRY + 8), 0);
	ck_assert_uint_ne(ring_init(0, ENTRY), 0);
	ck_assert_uint_ne(ring_init(RING + 4, ENTRY), 0);
	ck_assert_uint_ne(ring_init(RIG_RAM - ENTRY, 2 * ENTRY), 0);
	ck_assert_uint_ne(ring_init(UINT64_MAX - 1023, ENTRY), 0);
	ck_assert_uint_ne(command(1, RIG_RAM), 0);
	ck_assert_uint_ne(command(9, 0), 0);
	ck_assert_uint_eq(ring_init(RING, ENTRY), 0);
	rig_free(&rig);
}
END_TEST

START_TEST(write_pointer_outside_is_ignored)
{
	begin(PSP_V4);
	psp_mmio_write(rig.psp, base + 0xc, ENTRY); /* no ring */
	step();
	ck_assert_uint_eq(ring_init(RING, 4 * ENTRY), 0);
	psp_mmio_write(rig.psp, base + 0xc, 4 * ENTRY);
	step();
	psp_mmio_write(rig.psp, base + 0xc, 100);
	step();
	ck_assert_uint_eq(psp_mmio_read(rig.psp, base + 0x10), 0);
	for (int i = 0; i < 4; i++)
		ck_assert_uint_eq(get32(rig.ram + RING + i * ENTRY + 4), 0);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(ready_before_the_first_command);
	SUITE_CASE(a_power_cycle_forgets_the_ring);
	SUITE_CASE(no_tee_no_answer);
	SUITE_CASE(ring_v4);
	SUITE_CASE(ring_in_a_guest_page);
	SUITE_CASE(ring_v6);
	SUITE_CASE(several_entries_at_once);
	SUITE_CASE(second_ring_is_refused_until_destroyed);
	SUITE_CASE(bad_rings_are_refused);
	SUITE_CASE(write_pointer_outside_is_ignored);
}
