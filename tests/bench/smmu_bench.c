/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "smmu/smmu.h"
#include "tests/bench/smmu_bench.h"

enum { RAM_BYTES = 4 << 20, PAGES = 64, SID = 5, RUNS = 3 };

static const double run_seconds = 0.3;
static const uint64_t va_base = 0x123456789000, data_base = 0x200000;
/* Stage 2 puts all of RAM there. */
static const uint64_t ipa_base = 0x8080000000;

struct bench {
	unsigned char *ram;
	uint64_t next; /* first free byte of RAM */
	struct smmu *smmu;
	uint64_t bias; /* what is added to a physical address to name it in stage 1 */
};

static int ram_read(void *ctx, uint64_t pa, void *buf, size_t len, struct smmu_attr attr)
{
	const struct bench *b = ctx;

	(void)attr;
	if (pa > RAM_BYTES - 64)
		return -EFAULT;
	if (len == 8) /* one load, as the bus of a simulator would make it */
		memcpy(buf, b->ram + pa, 8);
	else
		memcpy(buf, b->ram + pa, len);
	return 0;
}

static int ram_write(void *ctx, uint64_t pa, const void *buf, size_t len, struct smmu_attr attr)
{
	struct bench *b = ctx;

	(void)attr;
	if (pa > RAM_BYTES - 64)
		return -EFAULT;
	memcpy(b->ram + pa, buf, len);
	return 0;
}

static uint64_t page_alloc(struct bench *b)
{
	b->next += 4096;
	return b->next - 4096;
}

static void put64(struct bench *b, uint64_t pa, uint64_t value)
{
	memcpy(b->ram + pa, &value, sizeof(value));
}

static uint64_t get64(const struct bench *b, uint64_t pa)
{
	uint64_t value;

	memcpy(&value, b->ram + pa, sizeof(value));
	return value;
}

/* Map one 4 KiB page from level 0; tables are linked by address + bias. */
static void map(struct bench *b, uint64_t root, uint64_t bias, uint64_t ia, uint64_t leaf)
{
	uint64_t table = root;

	for (unsigned int shift = 39; shift > 12; shift -= 9) {
		uint64_t at = table + (ia >> shift & 511) * 8;

		if (!get64(b, at))
			put64(b, at, (page_alloc(b) + bias) | 3);
		table = (get64(b, at) & 0xfffffffff000) - bias;
	}
	put64(b, table + (ia >> 12 & 511) * 8, leaf | 3);
}

/* Page attributes: AF, inner shareable; stage 1 AP=01 index 0, stage 2 read-write WB. */
static const uint64_t s1_leaf = 1 << 10 | 3 << 8 | 1 << 6,
		      s2_leaf = 1 << 10 | 3 << 8 | 3 << 6 | 0xf << 2;

static void build_stage1(struct bench *b, uint64_t cd)
{
	uint64_t root = page_alloc(b);

	for (unsigned int i = 0; i < PAGES; i++)
		map(b, root, b->bias, va_base + i * 4096,
		    (data_base + i * 4096 + b->bias) | s1_leaf);
	/* T0SZ 16, WB inner shareable walks, EPD1, V, IPS 48, AA64, R, A, ASID 1 */
	put64(b, cd,
	      16 | 1 << 8 | 1 << 10 | 3 << 12 | 1ull << 30 | 1ull << 31 | 5ull << 32 | 1ull << 41 |
		      1ull << 45 | 1ull << 46 | 1ull << 48);
	put64(b, cd + 8, root + b->bias);
	put64(b, cd + 24, 0xff);
}

static void build_stage2(struct bench *b, uint64_t ste)
{
	uint64_t root = page_alloc(b);

	for (uint64_t pa = 0; pa < RAM_BYTES; pa += 4096)
		map(b, root, 0, ipa_base + pa, pa | s2_leaf);
	/* S2VMID 1, T0SZ 16, SL0 2, WB inner shareable walks, PS 48, AA64, S2R */
	put64(b, ste + 16,
	      1 | 16ull << 32 | 2ull << 38 | 1ull << 40 | 1ull << 42 | 3ull << 44 | 5ull << 48 |
		      1ull << 51 | 1ull << 58);
	put64(b, ste + 24, root);
}

static void registers(struct bench *b, uint64_t stream_table)
{
	smmu_mmio_write(b->smmu, 0x80, stream_table, 8, NULL);
	smmu_mmio_write(b->smmu, 0x88, 4, 4, NULL);
	smmu_mmio_write(b->smmu, 0x20, 1, 4, NULL);
	while (smmu_step(b->smmu, NULL))
		;
}

static int setup(struct bench *b, bool nested, bool caches)
{
	const struct smmu_ops ops = {.read = ram_read, .write = ram_write};
	struct smmu_config config;
	uint64_t table, ste, cd;
	int err;

	smmu_config_default(&config);
	if (!caches) {
		config.tlb_entries = 0;
		config.cfg_entries = 0;
	}
	err = smmu_new(&b->smmu, &config, &ops, b);
	if (err)
		return err;
	memset(b->ram, 0, RAM_BYTES);
	b->next = 4096;
	b->bias = nested ? ipa_base : 0;
	table = page_alloc(b);
	ste = table + SID * 64;
	cd = page_alloc(b);
	/* V, Config S1 or S1+S2, S1ContextPtr; WB context fetches */
	put64(b, ste, 1 | (nested ? 7 : 5) << 1 | (cd + b->bias));
	put64(b, ste + 8, 1 << 2 | 1 << 4 | 3 << 6);
	build_stage1(b, cd);
	if (nested)
		build_stage2(b, ste);
	registers(b, table);
	return 0;
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec * 1e-9;
}

/* Translate all pages `rounds` times; false: an address was wrong. */
static bool rounds(struct bench *b, unsigned int n)
{
	struct smmu_txn txn = {.sid = SID};
	struct smmu_result result;

	while (n--) {
		for (unsigned int i = 0; i < PAGES; i++) {
			txn.addr = va_base + i * 4096 + 8 * i;
			smmu_translate(b->smmu, &txn, &result);
			if (result.status != SMMU_OK || result.pa != data_base + i * 4096 + 8 * i)
				return false;
		}
	}
	return true;
}

static int measure(struct bench *b, double *best, const char **why)
{
	*best = 0;
	for (unsigned int run = 0; run < RUNS; run++) {
		double start = now(), spent;
		uint64_t done = 0;

		do {
			if (!rounds(b, 1000)) {
				*why = "a translation gave a wrong address";
				return -EIO;
			}
			done += 1000 * PAGES;
			spent = now() - start;
		} while (spent < run_seconds);
		if ((double)done / spent > *best)
			*best = (double)done / spent;
	}
	return 0;
}

static int figure(bool nested, bool caches, double *best, const char **why)
{
	struct bench b = {.ram = malloc(RAM_BYTES)};
	int err = -ENOMEM;

	*why = "no memory for the benchmark";
	if (b.ram)
		err = setup(&b, nested, caches);
	if (!err)
		err = measure(&b, best, why);
	smmu_free(b.smmu);
	free(b.ram);
	return err;
}

int smmu_bench_run(struct smmu_bench_result *out, const char **why)
{
	int err = figure(false, true, &out->hit_per_s, why);

	if (!err)
		err = figure(false, false, &out->s1_walk_per_s, why);
	if (!err)
		err = figure(true, false, &out->nested_walk_per_s, why);
	return err;
}
