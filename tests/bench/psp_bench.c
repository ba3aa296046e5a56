/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "psp/psp.h"
#include "tests/bench/psp_bench.h"

enum {
	RAM_BYTES = 64 << 20,
	RMP_BYTES = 2 << 20,
	RMP_BASE = RAM_BYTES - RMP_BYTES,
	PAGE = 4096,
	/* physical memory map */
	CMD = 0x10000,
	STATUS_CMD = 0x11000,
	GUEST_CMD = 0x12000,
	GCTX = 0x20000,
	DATA = 8 << 20,	     /* SEV: plaintext that LAUNCH_UPDATE encrypts */
	SNP_DATA = 16 << 20, /* SNP guest's pages */
	SET = 8 << 20,	     /* bytes of each */
	HOT = 1 << 20,	     /* of them, those that a guest works with */
	SEV_ASID = 120,
	SNP_ASID = 3,
	RUNS = 3,
};

static const double run_seconds = 0.2;
#define GPA_BIAS 0x100000000ull /* guest physical = RAM address + this */

struct bench {
	uint8_t *ram;
	struct psp *psp;
	uint32_t handle; /* SEV guest */
	uint32_t lo, hi, cmdresp;
	uint32_t at; /* running index of the scattered order */
	const char *why;
};

static bool inside(uint64_t pa, size_t len)
{
	return pa <= RAM_BYTES && len <= RAM_BYTES - pa;
}

static int ram_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	const struct bench *b = ctx;

	if (!inside(pa, len))
		return -EFAULT;
	memcpy(buf, b->ram + pa, len);
	return 0;
}

static int ram_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	struct bench *b = ctx;

	if (!inside(pa, len))
		return -EFAULT;
	memcpy(b->ram + pa, buf, len);
	return 0;
}

static void *ram_pointer(void *ctx, uint64_t pa, size_t len)
{
	const struct bench *b = ctx;

	return inside(pa, len) ? b->ram + pa : NULL;
}

static void no_irq(void *ctx)
{
	(void)ctx;
}

static void put32(uint8_t *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

static void put64(uint8_t *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

static int fail(struct bench *b, const char *why)
{
	b->why = why;
	return -EIO;
}

static int command(struct bench *b, enum psp_cmd_id id, uint64_t pa)
{
	return psp_command(b->psp, id, pa, NULL) == PSP_SUCCESS ? 0 : fail(b, psp_cmd_name(id));
}

static int rmp(struct bench *b, uint64_t pa, bool assigned, bool immutable, unsigned int asid)
{
	struct psp_rmp_entry state = {.assigned = assigned,
				      .immutable = immutable,
				      .asid = asid,
				      .gpa = asid ? pa + GPA_BIAS : 0};

	return psp_rmpupdate(b->psp, 0, pa, &state) == PSP_RMP_OK ? 0 : fail(b, "RMPUPDATE");
}

static void wbinvd(struct bench *b, const struct psp_config *config)
{
	for (unsigned int cpu = 0; cpu < config->cpus; cpu++)
		psp_wbinvd(b->psp, cpu);
}

static void enable_snp(struct bench *b, const struct psp_config *config)
{
	for (unsigned int cpu = 0; cpu < config->cpus; cpu++) {
		psp_wrmsr(b->psp, cpu, PSP_MSR_RMP_BASE, RMP_BASE);
		psp_wrmsr(b->psp, cpu, PSP_MSR_RMP_END, RAM_BYTES - 1);
	}
	for (unsigned int cpu = 0; cpu < config->cpus; cpu++)
		psp_wrmsr(b->psp, cpu, PSP_MSR_SYSCFG,
			  PSP_SYSCFG_MFDM | PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN);
	wbinvd(b, config);
}

static int start_platform(struct bench *b, const struct psp_config *config)
{
	int ret;

	enable_snp(b, config);
	b->ram[CMD] = 1; /* init_rmp */
	ret = command(b, PSP_CMD_SNP_INIT_EX, CMD);
	wbinvd(b, config);
	if (!ret)
		ret = command(b, PSP_CMD_SNP_DF_FLUSH, 0);
	memset(b->ram + CMD, 0, PAGE);
	if (!ret)
		ret = command(b, PSP_CMD_INIT, CMD);
	wbinvd(b, config);
	if (!ret)
		ret = command(b, PSP_CMD_DF_FLUSH, 0);
	return ret;
}

/* A SEV guest in LUPDATE; the command pages of the status commands belong to the firmware. */
static int start_sev_guest(struct bench *b)
{
	int ret = rmp(b, STATUS_CMD, true, true, 0);

	if (!ret)
		ret = rmp(b, GUEST_CMD, true, true, 0);
	memset(b->ram + GUEST_CMD, 0, PAGE);
	if (!ret)
		ret = command(b, PSP_CMD_LAUNCH_START, GUEST_CMD);
	memcpy(&b->handle, b->ram + GUEST_CMD, sizeof(b->handle));
	put32(b->ram + CMD, b->handle);
	put32(b->ram + CMD + 4, SEV_ASID);
	return ret ? ret : command(b, PSP_CMD_ACTIVATE, CMD);
}

static int start_snp_guest(struct bench *b)
{
	int ret = rmp(b, GCTX, true, true, 0);

	memset(b->ram + CMD, 0, PAGE);
	put64(b->ram + CMD, GCTX);
	if (!ret)
		ret = command(b, PSP_CMD_SNP_GCTX_CREATE, CMD);
	put64(b->ram + CMD + 8, 3ull << 16); /* SMT, and the bit that must be one */
	if (!ret)
		ret = command(b, PSP_CMD_SNP_LAUNCH_START, CMD);
	put64(b->ram + CMD + 8, SNP_ASID);
	return ret ? ret : command(b, PSP_CMD_SNP_ACTIVATE, CMD);
}

/* Bytes that no page repeats. */
static void fill(struct bench *b)
{
	uint32_t x = 1;

	for (size_t i = 0; i < 2 * SET; i += sizeof(x)) {
		x = x * 1664525u + 1013904223u;
		memcpy(b->ram + DATA + i, &x, sizeof(x));
	}
}

static int setup(struct bench *b)
{
	static const struct psp_ops ops = {
		.read = ram_read, .write = ram_write, .ram = ram_pointer, .irq = no_irq};
	struct psp_config config;
	int ret;

	psp_config_default(&config);
	config.memory_end = RAM_BYTES;
	b->ram = calloc(1, RAM_BYTES);
	if (!b->ram)
		return -ENOMEM;
	fill(b);
	ret = psp_new(&b->psp, &config, &ops, b, &b->why);
	if (!ret)
		ret = start_platform(b, &config);
	if (!ret)
		ret = start_sev_guest(b);
	if (!ret)
		ret = start_snp_guest(b);
	if (!ret) {
		b->cmdresp = (uint32_t)psp_reg_offset(b->psp, "CmdResp");
		b->lo = (uint32_t)psp_reg_offset(b->psp, "CmdBufAddr_Lo");
		b->hi = (uint32_t)psp_reg_offset(b->psp, "CmdBufAddr_Hi");
	}
	return ret;
}

/* One mailbox command as a driver's register accesses make it. */
static int mailbox(struct bench *b, enum psp_cmd_id id, uint32_t pa)
{
	uint64_t latency;

	psp_mmio_write(b->psp, b->lo, pa);
	psp_mmio_write(b->psp, b->hi, 0);
	psp_mmio_write(b->psp, b->cmdresp, (uint32_t)id << 16);
	if (!psp_step(b->psp, &latency))
		return fail(b, "no command to step");
	psp_complete(b->psp);
	return psp_mmio_read(b->psp, b->cmdresp) == 1u << 31 ? 0 : fail(b, psp_cmd_name(id));
}

static int commands(struct bench *b, unsigned int n)
{
	int ret = 0;

	for (unsigned int i = 0; i < n && !ret; i += 2) {
		ret = mailbox(b, PSP_CMD_PLATFORM_STATUS, STATUS_CMD);
		if (!ret)
			ret = mailbox(b, PSP_CMD_GUEST_STATUS, GUEST_CMD);
	}
	return ret;
}

static int launch_update(struct bench *b, unsigned int n)
{
	uint8_t *cmd = b->ram + CMD;
	int ret = 0;

	memset(cmd, 0, PAGE);
	put32(cmd, b->handle);
	put32(cmd + 0x10, PAGE);
	for (unsigned int i = 0; i < n && !ret; i++) {
		uint64_t page = DATA + (uint64_t)(b->at++ % (SET / PAGE)) * PAGE;

		put64(cmd + 8, page);
		/* the page is to be written in place, by a firmware of an SNP platform */
		if (psp_page_state(b->psp, page) != PSP_PAGE_FIRMWARE)
			ret = rmp(b, page, true, true, 0);
		if (!ret)
			ret = mailbox(b, PSP_CMD_LAUNCH_UPDATE_DATA, CMD);
	}
	return ret;
}

static int snp_launch_update(struct bench *b, unsigned int n)
{
	uint8_t *cmd = b->ram + CMD;
	int ret = 0;

	memset(cmd, 0, PAGE);
	put64(cmd, GCTX);
	put32(cmd + 8, 1 << 1); /* NORMAL */
	for (unsigned int i = 0; i < n && !ret; i++) {
		uint64_t page = SNP_DATA + (uint64_t)(b->at++ % (SET / PAGE)) * PAGE;

		put64(cmd + 0x10, page);
		if (psp_page_state(b->psp, page) == PSP_PAGE_GUEST_VALID)
			ret = rmp(b, page, false, false, 0);
		if (!ret)
			ret = rmp(b, page, true, true, SNP_ASID);
		if (!ret)
			ret = mailbox(b, PSP_CMD_SNP_LAUNCH_UPDATE, CMD);
	}
	return ret;
}

/* Every page of the set is the guest's and valid. */
static int own_all(struct bench *b)
{
	return snp_launch_update(b, SET / PAGE);
}

/* An offset below `size`, in steps of `unit`: a full cycle without locality. */
static uint32_t scattered(struct bench *b, uint32_t size, uint32_t unit)
{
	b->at = b->at * 1664525u + 1013904223u;
	return b->at % (size / unit) * unit;
}

static int guest_access(struct bench *b, unsigned int n, uint32_t unit)
{
	struct psp_access access = {
		.agent = PSP_GUEST, .encrypted = true, .asid = SNP_ASID, .snp = true};
	uint8_t buf[PAGE];

	memset(buf, 0x5a, sizeof(buf));
	for (unsigned int i = 0; i < n; i++) {
		access.pa = SNP_DATA + scattered(b, HOT, unit);
		access.gpa = access.pa + GPA_BIAS;
		access.write = i & 1;
		if (psp_access(b->psp, &access, buf, unit, NULL) != PSP_ACCESS_OK)
			return fail(b, "a guest's access was refused");
	}
	return 0;
}

static int lines(struct bench *b, unsigned int n)
{
	return guest_access(b, n, 64);
}

static int pages(struct bench *b, unsigned int n)
{
	return guest_access(b, n, PAGE);
}

static int checks(struct bench *b, unsigned int n)
{
	const struct psp_access agents[4] = {
		{.agent = PSP_GUEST, .encrypted = true, .asid = SNP_ASID, .snp = true},
		{.agent = PSP_HOST},
		{.agent = PSP_GUEST,
		 .encrypted = true,
		 .asid = SNP_ASID,
		 .snp = true,
		 .write = true},
		{.agent = PSP_DEVICE},
	};

	for (unsigned int i = 0; i < n; i++) {
		struct psp_access access = agents[i & 3];

		access.pa = SNP_DATA + scattered(b, SET, PAGE);
		access.gpa = access.pa + GPA_BIAS;
		if (psp_rmp_check(b->psp, &access, NULL) != PSP_ACCESS_OK)
			return fail(b, "an access was refused");
	}
	return 0;
}

static double seconds(void)
{
	struct timespec t;

	clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Best rate of `work`, in `batch`es. */
static int rate(struct bench *b, int (*work)(struct bench *, unsigned int), unsigned int batch,
		double *per_s)
{
	*per_s = 0;
	for (int run = 0; run < RUNS; run++) {
		double begin = seconds(), spent;
		unsigned long done = 0;

		do {
			int ret = work(b, batch);

			if (ret)
				return ret;
			done += batch;
			spent = seconds() - begin;
		} while (spent < run_seconds);
		if ((double)done / spent > *per_s)
			*per_s = (double)done / spent;
	}
	return 0;
}

static int measure(struct bench *b, struct psp_bench_result *out)
{
	double launch, snp_launch, line, page;
	int ret = rate(b, commands, 10000, &out->commands_model_per_s);

	if (!ret)
		ret = rate(b, launch_update, 256, &launch);
	if (!ret)
		ret = rate(b, snp_launch_update, 256, &snp_launch);
	if (!ret)
		ret = own_all(b);
	if (!ret)
		ret = rate(b, lines, 100000, &line);
	if (!ret)
		ret = rate(b, pages, 2000, &page);
	if (!ret)
		ret = rate(b, checks, 1000000, &out->rmp_check_per_s);
	if (ret)
		return ret;
	out->launch_update_mb_s = launch * PAGE / 1e6;
	out->snp_launch_update_mb_s = snp_launch * PAGE / 1e6;
	out->encrypted_mb_s = line * 64 / 1e6;
	out->encrypted_page_mb_s = page * PAGE / 1e6;
	return 0;
}

int psp_bench_run(struct psp_bench_result *out, const char **why)
{
	struct bench b = {0};
	int ret = setup(&b);

	if (!ret)
		ret = measure(&b, out);
	if (ret && why)
		*why = b.why ? b.why : strerror(-ret);
	psp_free(b.psp);
	free(b.ram);
	return ret;
}
