/* SPDX-License-Identifier: MIT */
/* The engine and its front panel. */
#include "models/dma_internal.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SSID_LIMIT = 1 << 20 };

struct mdl_dma *mdl_dma_new(const struct mdl_dma_config *config, const struct mdl_dma_ops *ops,
			    void *ctx)
{
	struct mdl_dma_config chosen = config ? *config : (struct mdl_dma_config){0};
	struct mdl_dma *dev;

	if (!chosen.burst)
		chosen.burst = MDL_DMA_PAGE;
	if (!chosen.vectors)
		chosen.vectors = 1;
	if (chosen.burst < 8 || chosen.burst > MDL_DMA_PAGE || !ops->access || !ops->kick ||
	    chosen.vectors > FLT_DMA_VECTORS_MAX) {
		errno = EINVAL;
		return NULL;
	}
	dev = calloc(1, sizeof(*dev));
	if (!dev)
		return NULL;
	dev->config = chosen;
	dev->ops = *ops;
	dev->ctx = ctx;
	dev->last = &dev->first;
	return dev;
}

/* Take the first descriptor out of the panel's queue. */
static struct job *take(struct mdl_dma *dev)
{
	struct job *job = dev->first;

	dev->first = job->next;
	if (!dev->first)
		dev->last = &dev->first;
	return job;
}

void mdl_dma_free(struct mdl_dma *dev)
{
	if (!dev)
		return;
	while (dev->first)
		free(take(dev));
	free(dev);
}

static void complete(struct mdl_dma *dev, const struct mdl_dma_result *result)
{
	struct job *job = take(dev);
	struct mdl_dma_desc desc = job->desc;
	struct mdl_dma_result copy = *result;

	free(job);
	if (dev->ops.complete)
		dev->ops.complete(dev->ctx, &desc, &copy);
}

void mdl_dma_reset(struct mdl_dma *dev)
{
	bool in_progress = dev->phase == PHASE_WORK && !dev->from_ring;
	struct mdl_dma_result result = {.code = MDL_DMA_CODE_ABORT};
	size_t queued = 0;

	for (struct job *job = dev->first; job; job = job->next)
		queued++;
	if (in_progress) {
		result.done = dev->result.done;
		result.stalled = dev->result.stalled;
	}
	dev->phase = PHASE_IDLE;
	dev->held = dev->answered = false;
	mdl_dma_ring_reset(dev);
	/* Only those of now: a completion may submit another. */
	while (queued--) {
		complete(dev, &result);
		result = (struct mdl_dma_result){.code = MDL_DMA_CODE_ABORT};
	}
}

static bool reads(enum mdl_dma_op op)
{
	return op == MDL_DMA_READ || op == MDL_DMA_COPY || op == MDL_DMA_CHECK;
}

static bool writes(enum mdl_dma_op op)
{
	return op == MDL_DMA_WRITE || op == MDL_DMA_COPY || op == MDL_DMA_FILL;
}

static bool in_space(uint64_t addr, uint32_t len)
{
	return !len || len - 1 <= UINT64_MAX - addr;
}

bool mdl_dma_valid(const struct mdl_dma_desc *desc)
{
	return (reads(desc->op) || writes(desc->op)) &&
	       (!reads(desc->op) || in_space(desc->src, desc->len)) &&
	       (!writes(desc->op) || in_space(desc->dst, desc->len)) &&
	       (!desc->has_ssid || desc->ssid < SSID_LIMIT);
}

int mdl_dma_submit(struct mdl_dma *dev, const struct mdl_dma_desc *desc)
{
	struct job *job;

	if (!mdl_dma_valid(desc))
		return -EINVAL;
	job = malloc(sizeof(*job));
	if (!job)
		return -ENOMEM;
	job->desc = *desc;
	job->next = NULL;
	*dev->last = job;
	dev->last = &job->next;
	dev->ops.kick(dev->ctx);
	return 0;
}

void mdl_dma_begin(struct mdl_dma *dev, const struct mdl_dma_desc *desc, bool from_ring)
{
	dev->desc = *desc;
	dev->from_ring = from_ring;
	dev->result = (struct mdl_dma_result){.code = MDL_DMA_CODE_OK};
	dev->loaded = false;
	dev->phase = PHASE_WORK;
}

enum mdl_dma_answer mdl_dma_issue(struct mdl_dma *dev, struct mdl_dma_access *access,
				  uint64_t *latency)
{
	enum mdl_dma_answer answer = dev->answer;
	uint64_t cost = 0;

	if (dev->answered) {
		dev->answered = false;
	} else {
		answer = dev->ops.access(dev->ctx, access, &dev->stag, &cost);
		*latency += cost + dev->config.access_latency;
	}
	if (answer == MDL_DMA_STALL) {
		dev->held = true;
		if (dev->phase == PHASE_WORK)
			dev->result.stalled = true;
		if (dev->ops.stalled)
			dev->ops.stalled(dev->ctx, dev->phase == PHASE_WORK ? &dev->desc : NULL,
					 access->addr, dev->stag);
	}
	if (answer == MDL_DMA_RAZ_WI && !access->write)
		memset(access->buf, 0, access->len);
	return answer;
}

static uint32_t to_page_end(uint64_t addr)
{
	return MDL_DMA_PAGE - (uint32_t)(addr % MDL_DMA_PAGE);
}

static uint32_t min(uint32_t a, uint32_t b)
{
	return a < b ? a : b;
}

/* Length of the piece that starts at result.done: the same for both halves of a copy. */
static uint32_t piece(const struct mdl_dma *dev)
{
	const struct mdl_dma_desc *desc = &dev->desc;
	uint32_t len = min(desc->len - dev->result.done, dev->config.burst);

	if (reads(desc->op))
		len = min(len, to_page_end(desc->src + dev->result.done));
	if (writes(desc->op))
		len = min(len, to_page_end(desc->dst + dev->result.done));
	return len;
}

/* What a piece of a descriptor that only writes consists of. */
static void produce(struct mdl_dma *dev, uint32_t len)
{
	const struct mdl_dma_desc *desc = &dev->desc;
	uint32_t done = dev->result.done;

	if (desc->op == MDL_DMA_FILL)
		mdl_dma_pattern(desc->data, done, dev->buf, len);
	else if (desc->buf)
		memcpy(dev->buf, (const uint8_t *)desc->buf + done, len);
	else
		for (uint32_t i = 0; i < len; i++)
			dev->buf[i] = (uint8_t)(desc->data >> (8 * ((done + i) % 8)));
}

/* Keep what a READ gave. */
static void deliver(struct mdl_dma *dev, uint32_t len)
{
	struct mdl_dma_result *result = &dev->result;

	if (dev->desc.buf)
		memcpy((uint8_t *)dev->desc.buf + result->done, dev->buf, len);
	for (uint32_t i = 0; i < len && result->done + i < 8; i++)
		result->value |= (uint64_t)dev->buf[i] << (8 * (result->done + i));
}

/* Compare a piece; false: it differs, and the result says where. */
static bool check(struct mdl_dma *dev, uint32_t len)
{
	struct mdl_dma_result *result = &dev->result;
	uint8_t expected[MDL_DMA_PAGE];

	mdl_dma_pattern(dev->desc.data, result->done, expected, len);
	for (uint32_t i = 0; i < len; i++) {
		if (dev->buf[i] == expected[i])
			continue;
		result->done += i;
		result->addr = dev->desc.src + result->done;
		result->code = MDL_DMA_CODE_MISMATCH;
		result->expected = expected[i];
		result->got = dev->buf[i];
		return false;
	}
	return true;
}

static void finish(struct mdl_dma *dev)
{
	if (dev->from_ring) {
		dev->phase = PHASE_RESULT;
		return;
	}
	dev->phase = PHASE_IDLE;
	complete(dev, &dev->result);
}

/* An access was answered other than OK: note the first. */
static void note(struct mdl_dma *dev, enum mdl_dma_code code, uint64_t addr)
{
	if (dev->result.code == MDL_DMA_CODE_OK)
		dev->result.addr = addr;
	dev->result.code = code;
}

static struct mdl_dma_access next_access(struct mdl_dma *dev, uint32_t len)
{
	const struct mdl_dma_desc *desc = &dev->desc;
	bool write = !reads(desc->op) || dev->loaded;

	return (struct mdl_dma_access){
		.addr = (write ? desc->dst : desc->src) + dev->result.done,
		.len = len,
		.has_ssid = desc->has_ssid,
		.ssid = desc->has_ssid ? desc->ssid : 0,
		.write = write,
		.privileged = desc->privileged,
		.instruction = desc->instruction && !write,
		.buf = dev->buf,
	};
}

/* The piece was answered OK or RAZ_WI: use its data. False: the descriptor ends here. */
static bool use(struct mdl_dma *dev, const struct mdl_dma_access *access, bool terminated)
{
	enum mdl_dma_op op = dev->desc.op;

	if (op == MDL_DMA_COPY && !access->write) {
		dev->loaded = true;
		return true;
	}
	if (op == MDL_DMA_READ)
		deliver(dev, access->len);
	/* Zeros that nobody stored prove nothing about what is stored. */
	if (op == MDL_DMA_CHECK && !terminated && !check(dev, access->len))
		return false;
	dev->loaded = false;
	dev->result.done += access->len;
	return dev->result.done < dev->desc.len;
}

static void work(struct mdl_dma *dev, uint64_t *latency)
{
	uint32_t len = piece(dev);
	struct mdl_dma_access access;
	enum mdl_dma_answer answer;

	if (!len) {
		finish(dev);
		return;
	}
	access = next_access(dev, len);
	if (!reads(dev->desc.op))
		produce(dev, len);
	answer = mdl_dma_issue(dev, &access, latency);
	if (answer == MDL_DMA_STALL)
		return;
	if (answer == MDL_DMA_ABORT) {
		dev->result.addr = access.addr;
		dev->result.code = MDL_DMA_CODE_ABORT;
		finish(dev);
		return;
	}
	if (answer == MDL_DMA_RAZ_WI)
		note(dev, MDL_DMA_CODE_RAZ_WI, access.addr);
	if (!use(dev, &access, answer == MDL_DMA_RAZ_WI))
		finish(dev);
}

bool mdl_dma_step(struct mdl_dma *dev, uint64_t *latency)
{
	uint64_t unwanted;

	if (!latency)
		latency = &unwanted;
	*latency = 0;
	if (dev->held)
		return false;
	if (dev->phase == PHASE_IDLE) {
		if (dev->first)
			mdl_dma_begin(dev, &dev->first->desc, false);
		else if (mdl_dma_ring_waiting(dev))
			dev->phase = PHASE_FETCH;
		else
			return false;
	}
	if (dev->phase == PHASE_FETCH)
		mdl_dma_ring_fetch(dev, latency);
	else if (dev->phase == PHASE_RESULT)
		mdl_dma_ring_result(dev, latency);
	else
		work(dev, latency);
	return true;
}

int mdl_dma_resume(struct mdl_dma *dev, uint32_t stag, bool retry, bool abort)
{
	if (!dev->held || dev->stag != stag)
		return -ENOENT;
	dev->held = false;
	dev->answered = !retry;
	dev->answer = abort ? MDL_DMA_ABORT : MDL_DMA_RAZ_WI;
	dev->ops.kick(dev->ctx);
	return 0;
}

bool mdl_dma_busy(const struct mdl_dma *dev)
{
	return dev->phase != PHASE_IDLE || dev->first || mdl_dma_ring_waiting(dev);
}

static uint64_t splitmix64(uint64_t seed, uint64_t n)
{
	uint64_t z = seed + (n + 1) * 0x9e3779b97f4a7c15;

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9;
	z = (z ^ (z >> 27)) * 0x94d049bb133111eb;
	return z ^ (z >> 31);
}

void mdl_dma_pattern(uint64_t seed, uint64_t offset, void *buf, uint32_t len)
{
	uint8_t *byte = buf;
	uint64_t word = 0;

	for (uint32_t i = 0; i < len; i++, offset++) {
		if (!i || offset % 8 == 0)
			word = splitmix64(seed, offset / 8);
		byte[i] = (uint8_t)(word >> (8 * (offset % 8)));
	}
}

const char *mdl_dma_code_name(enum mdl_dma_code code)
{
	switch (code) {
	case MDL_DMA_CODE_OK:
		return "OK";
	case MDL_DMA_CODE_ABORT:
		return "ABORT";
	case MDL_DMA_CODE_RAZ_WI:
		return "RAZ_WI";
	case MDL_DMA_CODE_MISMATCH:
		return "MISMATCH";
	case MDL_DMA_CODE_INVALID:
		return "INVALID";
	}
	return NULL;
}
