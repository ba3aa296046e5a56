/* SPDX-License-Identifier: MIT */
/*
 * A world that gives no pointers into its RAM, and listens: the table is read and written by
 * its functions, and what happens to keys, entries and accesses is traced.
 */
#include "psp/memory/memory.h"
#include "tests/psp/rig.h"
#include "tests/suite.h"

#include <errno.h>
#include <string.h>

/* 4 MiB of RAM; the table is the last MiB of it. */
enum { RAM = 4 << 20, RMP = 3 << 20, PAGE = 0x200000, MAX_RECORDS = 8 };

struct record {
	struct psp_trace trace;
	uint8_t data[32];
};

static struct {
	uint8_t ram[RAM];
	struct psp *psp;
	struct psp_config config;
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

static void nothing(void *ctx)
{
	(void)ctx;
}

static void on_trace(void *ctx, const struct psp_trace *trace)
{
	struct record *r = &world.records[world.n];

	(void)ctx;
	ck_assert_uint_lt(world.n, MAX_RECORDS);
	r->trace = *trace;
	ck_assert_uint_le(trace->len, sizeof(r->data));
	if (trace->len)
		memcpy(r->data, trace->data, trace->len);
	world.n++;
}

static void setup(void)
{
	static const struct psp_ops ops = {.read = ram_read,
					   .write = ram_write,
					   .irq = nothing,
					   .kick = nothing,
					   .trace = on_trace};

	psp_config_default(&world.config);
	world.config.memory_end = RAM;
	world.config.cpus = 1;
	ck_assert_int_eq(psp_new(&world.psp, &world.config, &ops, NULL, NULL), 0);
	memset(world.ram, 0xee, RAM);
	ck_assert_int_eq(psp_wrmsr(world.psp, 0, PSP_MSR_RMP_BASE, RMP), 0);
	ck_assert_int_eq(psp_wrmsr(world.psp, 0, PSP_MSR_RMP_END, RAM - 1), 0);
	ck_assert_int_eq(psp_wrmsr(world.psp, 0, PSP_MSR_SYSCFG,
				   PSP_SYSCFG_MFDM | PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN),
			 0);
	expect_ok(psp_rmp_init(world.psp));
	ck_assert_uint_eq(world.n, 0); /* what the firmware sets up is not traced */
}

static void expect_record(unsigned int n, enum psp_trace_kind kind, uint16_t id, uint16_t status,
			  uint64_t address)
{
	const struct psp_trace *t = &world.records[n].trace;

	ck_assert_uint_eq(world.n, n + 1);
	ck_assert_int_eq(t->kind, kind);
	ck_assert_uint_eq(t->id, id);
	ck_assert_uint_eq(t->status, status);
	ck_assert_uint_eq(t->address, address);
}

START_TEST(table_without_pointers)
{
	struct psp_access a = {.agent = PSP_HOST, .pa = PAGE + 0x5000, .write = true};
	const uint8_t *raw = world.ram + RMP + 0x4000 + PAGE / 4096 * 16;
	struct psp_rmp_entry e = {.assigned = true, .page_2m = true, .asid = 1, .gpa = 0x600000};

	setup();
	ck_assert_uint_eq(get64(raw), 256 << 3); /* the table: 256 pages of its last MiB */
	ck_assert_int_eq(psp_rmp_check(world.psp, &a, NULL), PSP_ACCESS_OK);
	ck_assert_int_eq(psp_rmpupdate(world.psp, 0, 0, &e), PSP_RMP_OK);
	ck_assert_uint_eq(get64(world.ram + RMP + 0x4000), 3 | 0x600000 | 1ull << 51);
	a.pa = 0x5000;
	ck_assert_int_eq(psp_rmp_check(world.psp, &a, NULL), PSP_ACCESS_PF);
	ck_assert_int_eq(psp_psmash(world.psp, 0, 0), PSP_RMP_OK);
	ck_assert_uint_eq(get64(world.ram + RMP + 0x4000 + 16), 1 | 0x601000 | 1ull << 51);
	psp_free(world.psp);
}
END_TEST

START_TEST(entries_are_traced)
{
	struct psp_rmp_entry e = {.assigned = true, .asid = 3, .gpa = 0x7000};

	setup();
	ck_assert_int_eq(psp_rmpupdate(world.psp, 0, PAGE + 0x1000, &e), PSP_RMP_OK);
	expect_record(0, PSP_TRACE_RMP, 0, 0, PAGE + 0x1000);
	ck_assert_uint_eq(world.records[0].trace.len, 16);
	ck_assert_uint_eq(get64(world.records[0].data), 1 | 0x7000 | 3ull << 51);
	ck_assert_uint_eq(get64(world.records[0].data + 8), 0xf);
	ck_assert_int_eq(psp_rmpupdate(world.psp, 0, RMP, &e), PSP_RMP_FAIL_PERMISSION);
	ck_assert_uint_eq(world.n, 1);
	psp_free(world.psp);
}
END_TEST

START_TEST(faults_are_traced)
{
	struct psp_access a = {.agent = PSP_HOST, .pa = RMP, .write = true};
	struct psp_fault fault;
	uint8_t byte = 0;

	setup();
	ck_assert_int_eq(psp_rmp_check(world.psp, &a, NULL), PSP_ACCESS_PF);
	ck_assert_uint_eq(world.n, 0);
	ck_assert_int_eq(psp_access(world.psp, &a, &byte, 1, NULL), PSP_ACCESS_PF);
	expect_record(0, PSP_TRACE_FAULT, 0, PSP_ACCESS_PF, RMP);
	ck_assert_uint_eq(world.records[0].trace.len, sizeof(fault));
	memcpy(&fault, world.records[0].data, sizeof(fault));
	ck_assert_uint_eq(fault.error_code, 1 | 2 | 1ull << 31);
	psp_free(world.psp);
}
END_TEST

START_TEST(keys_are_traced)
{
	const uint8_t key[16] = {1}, other[16] = {2};

	setup();
	psp_key_drop(world.psp, 5); /* there is none */
	ck_assert_uint_eq(world.n, 0);
	psp_key_load(world.psp, 5, key);
	expect_record(0, PSP_TRACE_KEY, 5, 1, 0);
	ck_assert_uint_eq(world.records[0].trace.len, 0);
	psp_key_load(world.psp, 5, key); /* the same */
	ck_assert_uint_eq(world.n, 1);
	psp_key_load(world.psp, 5, other);
	expect_record(1, PSP_TRACE_KEY, 5, 1, 0);
	psp_key_drop(world.psp, 5);
	expect_record(2, PSP_TRACE_KEY, 5, 0, 0);
	psp_free(world.psp);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(table_without_pointers);
	SUITE_CASE(entries_are_traced);
	SUITE_CASE(faults_are_traced);
	SUITE_CASE(keys_are_traced);
}
