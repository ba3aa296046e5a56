/* SPDX-License-Identifier: MIT */
#include "tests/models/dma_bed.h"

#include <errno.h>
#include <string.h>

#include "tests/suite.h"

static enum mdl_dma_answer on_access(void *ctx, const struct mdl_dma_access *access, uint32_t *stag,
				     uint64_t *latency)
{
	struct bed *bed = ctx;
	enum mdl_dma_answer answer;

	ck_assert_uint_gt(access->len, 0);
	ck_assert_uint_eq(access->addr / 4096, (access->addr + access->len - 1) / 4096);
	ck_assert_uint_lt(access->addr, BED_SIZE);
	if (bed->n_log < BED_LOG)
		bed->log[bed->n_log++] = *access;
	*latency += 1000;
	answer = bed->page[access->addr / 4096];
	if (answer == MDL_DMA_STALL)
		*stag = bed->next_stag++;
	if (answer != MDL_DMA_OK)
		return answer;
	if (access->write)
		memcpy(bed->mem + access->addr, access->buf, access->len);
	else
		memcpy(access->buf, bed->mem + access->addr, access->len);
	return MDL_DMA_OK;
}

static void on_kick(void *ctx)
{
	((struct bed *)ctx)->kicks++;
}

static void on_complete(void *ctx, const struct mdl_dma_desc *desc,
			const struct mdl_dma_result *result)
{
	struct bed *bed = ctx;

	bed->desc = *desc;
	bed->result = *result;
	bed->order[bed->completions++ % 16] = desc->cookie;
}

static void on_stalled(void *ctx, const struct mdl_dma_desc *desc, uint64_t addr, uint32_t stag)
{
	struct bed *bed = ctx;

	bed->stalls++;
	bed->stalled_ring = !desc;
	if (desc)
		bed->stalled_desc = *desc;
	bed->stalled_addr = addr;
	bed->stag = stag;
}

static void on_irq(void *ctx, bool level)
{
	struct bed *bed = ctx;

	ck_assert(bed->wire != level);
	bed->wire = level;
	bed->wire_changes++;
}

static void on_msi(void *ctx, unsigned int vector)
{
	struct bed *bed = ctx;

	bed->msis++;
	bed->vectors |= UINT32_C(1) << vector;
}

static bool on_fault(void *ctx, const char *name)
{
	ck_assert_str_eq(name, "dma.drop_irq");
	return ((struct bed *)ctx)->drop_irq;
}

static const struct mdl_dma_ops ops = {
	.access = on_access,
	.kick = on_kick,
	.complete = on_complete,
	.stalled = on_stalled,
	.irq = on_irq,
	.msi = on_msi,
	.fault = on_fault,
};

void bed_refused(const struct mdl_dma_config *config, int error)
{
	struct bed unused;

	errno = 0;
	ck_assert_ptr_null(mdl_dma_new(config, &ops, &unused));
	ck_assert_int_eq(errno, error);
}

void bed_new(struct bed *bed, const struct mdl_dma_config *config)
{
	memset(bed, 0, sizeof(*bed));
	bed->next_stag = 40;
	bed->dev = mdl_dma_new(config, &ops, bed);
	ck_assert_ptr_nonnull(bed->dev);
}

void bed_free(struct bed *bed)
{
	mdl_dma_free(bed->dev);
}

unsigned int bed_run(struct bed *bed)
{
	unsigned int steps = 0;

	while (mdl_dma_step(bed->dev, NULL))
		ck_assert_uint_lt(++steps, 10000);
	return steps;
}

void bed_do(struct bed *bed, const struct mdl_dma_desc *desc)
{
	ck_assert_int_eq(mdl_dma_submit(bed->dev, desc), 0);
	bed_run(bed);
}

void bed_wr(struct bed *bed, uint64_t offset, uint32_t value)
{
	uint64_t latency = 0;

	ck_assert_int_eq(mdl_dma_mmio.write(bed->dev, offset, 4, value, &latency), 0);
}

uint32_t bed_rd(struct bed *bed, uint64_t offset)
{
	uint64_t value = 0xdead, latency = 0;

	ck_assert_int_eq(mdl_dma_mmio.read(bed->dev, offset, 4, &value, &latency), 0);
	return (uint32_t)value;
}
