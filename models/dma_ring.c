/* SPDX-License-Identifier: MIT */
/* The registers of the DMA test device and its ring of descriptors. */
#include "models/dma_internal.h"

#include <errno.h>
#include <string.h>

enum {
	RESULT_SIZE = FLT_DMA_DESC_SIZE - FLT_DMA_DESC_STATUS,
	VECTOR_SHIFT = 16,
	VECTOR_MASK = FLT_DMA_VECTORS_MAX - 1,
};

static uint64_t get(const uint8_t *raw, unsigned int offset, unsigned int size)
{
	uint64_t value = 0;

	for (unsigned int i = 0; i < size; i++)
		value |= (uint64_t)raw[offset + i] << (8 * i);
	return value;
}

static void put(uint8_t *raw, unsigned int offset, unsigned int size, uint64_t value)
{
	for (unsigned int i = 0; i < size; i++)
		raw[offset + i] = (uint8_t)(value >> (8 * i));
}

static bool ring_busy(const struct mdl_dma *dev)
{
	return dev->phase == PHASE_FETCH || dev->phase == PHASE_RESULT ||
	       (dev->phase == PHASE_WORK && dev->from_ring);
}

bool mdl_dma_ring_waiting(const struct mdl_dma *dev)
{
	return (dev->ctrl & FLT_DMA_CTRL_ENABLE) && dev->head != dev->tail;
}

static void drive_wire(struct mdl_dma *dev)
{
	bool wire = (dev->ctrl & FLT_DMA_CTRL_IRQ_ENABLE) && dev->irq_status;

	if (wire == dev->wire)
		return;
	dev->wire = wire;
	if (dev->ops.irq)
		dev->ops.irq(dev->ctx, wire);
}

static void send_messages(struct mdl_dma *dev, uint32_t vectors)
{
	if (!(dev->ctrl & FLT_DMA_CTRL_IRQ_ENABLE) || !dev->ops.msi)
		return;
	for (unsigned int n = 0; n < dev->config.vectors; n++)
		if (vectors & UINT32_C(1) << n)
			dev->ops.msi(dev->ctx, n);
}

static void event(struct mdl_dma *dev, uint32_t bit, unsigned int vector)
{
	uint32_t vectors = UINT32_C(1) << vector % dev->config.vectors;

	dev->irq_status |= bit;
	dev->vector_status |= vectors;
	if (dev->ops.fault && dev->ops.fault(dev->ctx, "dma.drop_irq"))
		return;
	drive_wire(dev);
	send_messages(dev, vectors);
}

static void ring_error(struct mdl_dma *dev)
{
	dev->ctrl &= ~FLT_DMA_CTRL_ENABLE;
	dev->ring_error = true;
	event(dev, FLT_DMA_IRQ_ERROR, dev->error_vector);
}

void mdl_dma_ring_reset(struct mdl_dma *dev)
{
	dev->ctrl = dev->irq_status = dev->ring_size = dev->head = dev->tail = 0;
	dev->vector_status = dev->error_vector = 0;
	dev->ring_error = false;
	dev->ring_base = 0;
	drive_wire(dev);
}

static struct mdl_dma_desc parse(const uint8_t *raw)
{
	uint32_t ctl = (uint32_t)get(raw, FLT_DMA_DESC_CTL, 4);

	return (struct mdl_dma_desc){
		.op = (enum mdl_dma_op)(ctl & FLT_DMA_DESC_OP),
		.src = get(raw, FLT_DMA_DESC_SRC, 8),
		.dst = get(raw, FLT_DMA_DESC_DST, 8),
		.len = (uint32_t)get(raw, FLT_DMA_DESC_LEN, 4),
		.data = get(raw, FLT_DMA_DESC_DATA, 8),
		.has_ssid = ctl & FLT_DMA_DESC_SSID_VALID,
		.ssid = (uint32_t)get(raw, FLT_DMA_DESC_SSID, 4),
		.privileged = ctl & FLT_DMA_DESC_PRIV,
		.instruction = ctl & FLT_DMA_DESC_INSTR,
		.cookie = get(raw, FLT_DMA_DESC_COOKIE, 4),
	};
}

void mdl_dma_ring_fetch(struct mdl_dma *dev, uint64_t *latency)
{
	struct mdl_dma_access access = {
		.addr = dev->ring_base + (uint64_t)dev->tail * FLT_DMA_DESC_SIZE,
		.len = FLT_DMA_DESC_SIZE,
		.buf = dev->raw,
	};
	enum mdl_dma_answer answer = mdl_dma_issue(dev, &access, latency);
	struct mdl_dma_desc desc;

	if (answer == MDL_DMA_STALL)
		return;
	if (answer != MDL_DMA_OK) {
		dev->phase = PHASE_IDLE;
		ring_error(dev);
		return;
	}
	desc = parse(dev->raw);
	mdl_dma_begin(dev, &desc, true);
	if (!mdl_dma_valid(&desc)) {
		dev->result.code = MDL_DMA_CODE_INVALID;
		dev->phase = PHASE_RESULT;
	}
}

static void compose_result(struct mdl_dma *dev)
{
	const struct mdl_dma_result *result = &dev->result;
	uint64_t value = result->value;

	if (result->code == MDL_DMA_CODE_MISMATCH)
		value = result->expected | (uint64_t)result->got << 8;
	put(dev->raw, FLT_DMA_DESC_STATUS, 4,
	    (uint32_t)result->code | (result->stalled ? FLT_DMA_DESC_STALLED : 0));
	put(dev->raw, FLT_DMA_DESC_DONE, 4, result->done);
	put(dev->raw, FLT_DMA_DESC_ADDR, 8, result->addr);
	put(dev->raw, FLT_DMA_DESC_VALUE, 8, value);
}

void mdl_dma_ring_result(struct mdl_dma *dev, uint64_t *latency)
{
	struct mdl_dma_access access = {
		.addr = dev->ring_base + (uint64_t)dev->tail * FLT_DMA_DESC_SIZE +
			FLT_DMA_DESC_STATUS,
		.len = RESULT_SIZE,
		.write = true,
		.buf = dev->raw + FLT_DMA_DESC_STATUS,
	};
	enum mdl_dma_answer answer;
	uint32_t ctl;

	compose_result(dev);
	answer = mdl_dma_issue(dev, &access, latency);
	if (answer == MDL_DMA_STALL)
		return;
	dev->phase = PHASE_IDLE;
	if (answer != MDL_DMA_OK) {
		ring_error(dev);
		return;
	}
	dev->tail = (dev->tail + 1) % dev->ring_size;
	ctl = (uint32_t)get(dev->raw, FLT_DMA_DESC_CTL, 4);
	if (ctl & FLT_DMA_DESC_IRQ)
		event(dev, FLT_DMA_IRQ_DONE, ctl >> VECTOR_SHIFT & VECTOR_MASK);
}

static uint32_t status(const struct mdl_dma *dev)
{
	return (ring_busy(dev) || mdl_dma_ring_waiting(dev) ? FLT_DMA_STATUS_BUSY : 0) |
	       (dev->held ? FLT_DMA_STATUS_STALLED : 0) |
	       (dev->ring_error ? FLT_DMA_STATUS_RING_ERROR : 0);
}

static uint32_t read_register(const struct mdl_dma *dev, uint64_t offset)
{
	switch (offset) {
	case FLT_DMA_ID:
		return FLT_DMA_ID_VALUE;
	case FLT_DMA_CTRL:
		return dev->ctrl;
	case FLT_DMA_STATUS:
		return status(dev);
	case FLT_DMA_RING_BASE_LO:
		return (uint32_t)dev->ring_base;
	case FLT_DMA_RING_BASE_HI:
		return (uint32_t)(dev->ring_base >> 32);
	case FLT_DMA_RING_SIZE:
		return dev->ring_size;
	case FLT_DMA_HEAD:
		return dev->head;
	case FLT_DMA_TAIL:
		return dev->tail;
	case FLT_DMA_IRQ_STATUS:
		return dev->irq_status;
	case FLT_DMA_VECTORS:
		return dev->config.vectors;
	case FLT_DMA_VECTOR_STATUS:
		return dev->vector_status;
	case FLT_DMA_ERROR_VECTOR:
		return dev->error_vector;
	default:
		return 0;
	}
}

static int dma_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		    uint64_t *latency)
{
	const struct mdl_dma *dev = ctx;

	if (size != 4 || offset >= FLT_DMA_SIZE)
		return -EFAULT;
	*latency += dev->config.mmio_latency;
	*value = read_register(dev, offset);
	return 0;
}

/* CTRL.ENABLE goes from 0 to 1, if it may. */
static void enable(struct mdl_dma *dev)
{
	if (ring_busy(dev))
		return;
	if (dev->ring_size < 2 || dev->ring_size > FLT_DMA_RING_SIZE_MAX) {
		ring_error(dev);
		return;
	}
	dev->head = dev->tail = 0;
	dev->ring_error = false;
	dev->ctrl |= FLT_DMA_CTRL_ENABLE;
}

static void write_ctrl(struct mdl_dma *dev, uint32_t value)
{
	bool irq_was = dev->ctrl & FLT_DMA_CTRL_IRQ_ENABLE;

	if (value & FLT_DMA_CTRL_RESET) {
		mdl_dma_reset(dev);
		return;
	}
	dev->ctrl = (dev->ctrl & ~FLT_DMA_CTRL_IRQ_ENABLE) | (value & FLT_DMA_CTRL_IRQ_ENABLE);
	drive_wire(dev);
	if (!irq_was)
		send_messages(dev, dev->vector_status);
	if (!(value & FLT_DMA_CTRL_ENABLE))
		dev->ctrl &= ~FLT_DMA_CTRL_ENABLE;
	else if (!(dev->ctrl & FLT_DMA_CTRL_ENABLE))
		enable(dev);
}

static void write_head(struct mdl_dma *dev, uint32_t value)
{
	if (!(dev->ctrl & FLT_DMA_CTRL_ENABLE))
		return;
	if (value >= dev->ring_size) {
		ring_error(dev);
		return;
	}
	dev->head = value;
	if (mdl_dma_ring_waiting(dev))
		dev->ops.kick(dev->ctx);
}

static void write_geometry(struct mdl_dma *dev, uint64_t offset, uint32_t value)
{
	const uint64_t low = UINT32_MAX;

	if ((dev->ctrl & FLT_DMA_CTRL_ENABLE) || ring_busy(dev))
		return;
	if (offset == FLT_DMA_RING_BASE_LO)
		dev->ring_base = (dev->ring_base & ~low) | (value & ~(FLT_DMA_DESC_SIZE - 1u));
	else if (offset == FLT_DMA_RING_BASE_HI)
		dev->ring_base = (dev->ring_base & low) | (uint64_t)value << 32;
	else
		dev->ring_size = value;
}

static void clear_status(struct mdl_dma *dev, uint32_t bits)
{
	dev->irq_status &= ~bits;
	if (!dev->irq_status)
		dev->vector_status = 0;
	drive_wire(dev);
}

static int dma_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		     uint64_t *latency)
{
	struct mdl_dma *dev = ctx;

	if (size != 4 || offset >= FLT_DMA_SIZE)
		return -EFAULT;
	*latency += dev->config.mmio_latency;
	switch (offset) {
	case FLT_DMA_CTRL:
		write_ctrl(dev, (uint32_t)value);
		break;
	case FLT_DMA_RING_BASE_LO:
	case FLT_DMA_RING_BASE_HI:
	case FLT_DMA_RING_SIZE:
		write_geometry(dev, offset, (uint32_t)value);
		break;
	case FLT_DMA_HEAD:
		write_head(dev, (uint32_t)value);
		break;
	case FLT_DMA_IRQ_STATUS:
		clear_status(dev, (uint32_t)value);
		break;
	case FLT_DMA_VECTOR_STATUS:
		dev->vector_status &= ~(uint32_t)value;
		break;
	case FLT_DMA_ERROR_VECTOR:
		dev->error_vector = (uint32_t)value & VECTOR_MASK;
		break;
	case FLT_DMA_TRIGGER:
		event(dev, FLT_DMA_IRQ_DONE, (uint32_t)value & VECTOR_MASK);
		break;
	default:
		break;
	}
	return 0;
}

const struct mdl_mmio_ops mdl_dma_mmio = {.read = dma_read, .write = dma_write};
