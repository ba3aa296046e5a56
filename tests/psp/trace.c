/* SPDX-License-Identifier: MIT */
/* Records of commands, and the decoders that make a line of text of them. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/psp/rig.h"
#include "tests/suite.h"

enum { RAM = 1 << 20, CMD = 0x1000, MAX_RECORDS = 8, DATA_BYTES = 0x60, LINE = 512 };
#define C_BIT (1ull << 51)

struct record {
	struct psp_trace trace;
	uint8_t data[DATA_BYTES];
};

static struct {
	uint8_t ram[RAM];
	struct psp *psp;
	struct record records[MAX_RECORDS];
	unsigned int n;
} world;

static int ram_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	(void)ctx;
	if (pa > RAM || len > RAM - pa)
		return -EFAULT;
	memcpy(buf, world.ram + pa, len);
	return 0;
}

static int ram_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	(void)ctx;
	if (pa > RAM || len > RAM - pa)
		return -EFAULT;
	memcpy(world.ram + pa, buf, len);
	return 0;
}

static void on_trace(void *ctx, const struct psp_trace *trace)
{
	struct record *r = &world.records[world.n];

	(void)ctx;
	ck_assert_uint_lt(world.n, MAX_RECORDS);
	ck_assert_uint_le(trace->len, sizeof(r->data));
	r->trace = *trace;
	if (trace->len)
		memcpy(r->data, trace->data, trace->len);
	r->trace.data = r->data;
	world.n++;
}

static void start(bool listen, uint32_t caches)
{
	const struct psp_ops ops = {
		.read = ram_read, .write = ram_write, .trace = listen ? on_trace : NULL};
	struct psp_config config;

	memset(&world, 0, sizeof(world));
	psp_config_default(&config);
	config.memory_end = RAM;
	config.caches = caches;
	ck_assert_int_eq(psp_new(&world.psp, &config, &ops, NULL, NULL), 0);
}

static void expect_record(unsigned int n, enum psp_trace_kind kind, uint16_t id, uint16_t status,
			  uint64_t address, size_t len)
{
	const struct psp_trace *t = &world.records[n].trace;

	ck_assert_int_eq(t->kind, kind);
	ck_assert_uint_eq(t->id, id);
	ck_assert_uint_eq(t->status, status);
	ck_assert_uint_eq(t->address, address);
	ck_assert_uint_eq(t->len, len);
}

START_TEST(command_and_response_have_the_buffer)
{
	start(true, 0);
	memset(world.ram + CMD, 0xee, 0x10);
	expect_ok(psp_command(world.psp, PSP_CMD_PLATFORM_STATUS, CMD, NULL));
	ck_assert_uint_eq(world.n, 2);
	expect_record(0, PSP_TRACE_COMMAND, 4, 0, CMD, 0xc);
	expect_record(1, PSP_TRACE_RESPONSE, 4, 0, CMD, 0xc);
	for (unsigned int i = 0; i < 0xc; i++)
		ck_assert_uint_eq(world.records[0].data[i], 0xee);
	ck_assert_mem_eq(world.records[1].data, world.ram + CMD, 0xc);
	ck_assert_uint_eq(world.records[1].data[1], 55);
	ck_assert_uint_eq(world.ram[CMD + 0xc], 0xee);
	psp_free(world.psp);
}
END_TEST

START_TEST(what_cannot_be_read_is_not_shown)
{
	start(true, 0);
	expect_status(psp_command(world.psp, PSP_CMD_PLATFORM_STATUS, RAM - 4, NULL),
		      PSP_INVALID_ADDRESS);
	expect_record(0, PSP_TRACE_COMMAND, 4, 0, RAM - 4, 0);
	expect_record(1, PSP_TRACE_RESPONSE, 4, 0x09, RAM - 4, 0);
	expect_status(psp_command(world.psp, (enum psp_cmd_id)0x7ff, 0, NULL), PSP_INVALID_COMMAND);
	expect_record(2, PSP_TRACE_COMMAND, 0x7ff, 0, 0, 0);
	expect_record(3, PSP_TRACE_RESPONSE, 0x7ff, 0x11, 0, 0);
	psp_free(world.psp);
}
END_TEST

/* The command that ends ring mode is dropped, and seen to be. */
START_TEST(dropped_command_is_shown)
{
	uint8_t ring[0x2c] = {[0x20] = 1};

	start(true, 0);
	expect_ok(psp_command(world.psp, PSP_CMD_INIT, CMD, NULL));
	put64(ring, 0x20000);
	put64(ring + 8, 0x21000);
	memcpy(world.ram + CMD, ring, sizeof(ring));
	expect_ok(psp_command(world.psp, PSP_CMD_RING_BUFFER, CMD, NULL));
	world.n = 0;
	expect_status(psp_command(world.psp, PSP_CMD_SHUTDOWN, 0, NULL), PSP_RING_BUFFER_EXIT);
	ck_assert_uint_eq(world.n, 2);
	expect_record(0, PSP_TRACE_COMMAND, 2, 0, 0, 0);
	expect_record(1, PSP_TRACE_RESPONSE, 2, 0x1f, 0, 0);
	psp_free(world.psp);
}
END_TEST

/* Hazards of a command whose buffer the host wrote by the other view. */
static uint64_t hazards_of_a_command(bool listen)
{
	struct psp_access a = {.agent = PSP_HOST, .pa = CMD, .write = true};
	struct psp_stats stats;
	uint64_t zero = 0;

	start(listen, 1024);
	ck_assert_int_eq(psp_wrmsr(world.psp, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
	ck_assert_int_eq(psp_access(world.psp, &a, &zero, sizeof(zero), NULL), PSP_ACCESS_OK);
	psp_command(world.psp, PSP_CMD_INIT, CMD | C_BIT, NULL);
	psp_get_stats(world.psp, &stats);
	psp_free(world.psp);
	return stats.hazards;
}

START_TEST(listening_changes_nothing)
{
	uint64_t hazards = hazards_of_a_command(false);

	ck_assert_uint_gt(hazards, 0);
	ck_assert_uint_eq(hazards_of_a_command(true), hazards);
}
END_TEST

START_TEST(commands_as_text)
{
	uint8_t activate[8] = {1, 0, 0, 0, 200};
	char line[LINE];

	ck_assert_int_eq(psp_decode_command(line, sizeof(line), 0x21, activate, sizeof(activate)),
			 (int)strlen("ACTIVATE handle=0x1 asid=0xc8"));
	ck_assert_str_eq(line, "ACTIVATE handle=0x1 asid=0xc8");
	psp_decode_command(line, sizeof(line), 0x21, activate, 4); /* what there is of it */
	ck_assert_str_eq(line, "ACTIVATE handle=0x1");
	psp_decode_command(line, sizeof(line), 0x0a, NULL, 0);
	ck_assert_str_eq(line, "DF_FLUSH");
	psp_decode_command(line, sizeof(line), 0x7ff, NULL, 0);
	ck_assert_str_eq(line, "command 0x7ff");
	/* Too small: cut, terminated, and the length that was needed. */
	ck_assert_int_eq(psp_decode_command(line, 4, 0x0a, NULL, 0), 8);
	ck_assert_str_eq(line, "DF_");
	ck_assert_int_eq(psp_decode_command(NULL, 0, 0x0a, NULL, 0), 8);
}
END_TEST

struct seen {
	unsigned int n;
	uint64_t last;
};

static void see(void *arg, const char *name, uint64_t value)
{
	struct seen *seen = arg;

	if (strcmp(name, "mnonce") != 0)
		return;
	seen->n++;
	seen->last = value;
}

START_TEST(arrays_come_in_pieces_of_8_bytes)
{
	uint8_t attestation[0x24] = {0};
	struct seen seen = {0};

	put64(attestation + 0x18, 0x1122334455667788);
	psp_cmd_fields(0x36, attestation, sizeof(attestation), see, &seen);
	ck_assert_uint_eq(seen.n, 2);
	ck_assert_uint_eq(seen.last, 0x1122334455667788);
}
END_TEST

START_TEST(records_as_text)
{
	static const uint64_t entry[2] = {0x8000000000000001, 0xff};
	const struct psp_fault fault = {PSP_ACCESS_PF, 0x80000001, "a rule"};
	static const uint8_t handle[4] = {7};
	const struct psp_trace records[] = {
		{PSP_TRACE_COMMAND, 0x20, 0, CMD, handle, 4},
		{PSP_TRACE_RESPONSE, 0x20, 0x10, CMD, handle, 4},
		{PSP_TRACE_RESPONSE, 0x20, 0x7777, CMD, NULL, 0},
		{PSP_TRACE_RMP, 0, 0, 0x5000, entry, 16},
		{PSP_TRACE_FAULT, 0, PSP_ACCESS_PF, 0x6000, &fault, sizeof(fault)},
		{PSP_TRACE_KEY, 5, 1, 0, NULL, 0},
		{PSP_TRACE_KEY, 5, 0, 0, NULL, 0},
	};
	static const char *const want[] = {
		"DECOMMISSION handle=0x7",
		"DECOMMISSION INVALID_GUEST",
		"DECOMMISSION status 0x7777",
		"RMP 0x5000 = 0x8000000000000001 0x00000000000000ff",
		"fault 0x6000 error code 0x80000001: a rule",
		"key of ASID 5 loaded",
		"key of ASID 5 removed",
	};
	char line[LINE];

	for (size_t i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		ck_assert_int_eq(psp_decode_trace(line, sizeof(line), &records[i]),
				 (int)strlen(want[i]));
		ck_assert_str_eq(line, want[i]);
	}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(command_and_response_have_the_buffer);
	SUITE_CASE(what_cannot_be_read_is_not_shown);
	SUITE_CASE(dropped_command_is_shown);
	SUITE_CASE(listening_changes_nothing);
	SUITE_CASE(commands_as_text);
	SUITE_CASE(arrays_come_in_pieces_of_8_bytes);
	SUITE_CASE(records_as_text);
}
