/* SPDX-License-Identifier: MIT */
#include "models/pcie_dma.h"

#include <errno.h>
#include <stdlib.h>

#include "models/ram.h"

enum { CLASS_SYSTEM_OTHER = 0x088000 };

struct mdl_pcie_dma {
	struct mdl_dma *engine;
	struct mdl_pcie_fn *fn;
	struct mdl_ram *memory;
	struct mdl_pcie_dma_config config;
	struct mdl_dma_ops ops; /* the user's */
	void *ctx;
};

static enum mdl_dma_answer gated_access(void *ctx, const struct mdl_dma_access *access,
					uint32_t *stag, uint64_t *latency)
{
	struct mdl_pcie_dma *dev = ctx;
	struct mdl_pcie_prefix prefix = {
		.has_pasid = access->has_ssid,
		.privileged = access->privileged,
		.execute = access->instruction,
	};
	struct mdl_dma_access sent = *access;

	if (mdl_pcie_request(dev->fn, &prefix))
		return MDL_DMA_ABORT;
	sent.privileged = prefix.privileged;
	sent.instruction = prefix.execute;
	return dev->ops.access(dev->ctx, &sent, stag, latency);
}

static void kick(void *ctx)
{
	struct mdl_pcie_dma *dev = ctx;

	dev->ops.kick(dev->ctx);
}

static void complete(void *ctx, const struct mdl_dma_desc *desc,
		     const struct mdl_dma_result *result)
{
	struct mdl_pcie_dma *dev = ctx;

	if (dev->ops.complete)
		dev->ops.complete(dev->ctx, desc, result);
}

static void stalled(void *ctx, const struct mdl_dma_desc *desc, uint64_t addr, uint32_t stag)
{
	struct mdl_pcie_dma *dev = ctx;

	if (dev->ops.stalled)
		dev->ops.stalled(dev->ctx, desc, addr, stag);
}

static void message(void *ctx, unsigned int vector)
{
	struct mdl_pcie_dma *dev = ctx;

	mdl_pcie_msi(dev->fn, vector);
}

static bool fault(void *ctx, const char *name)
{
	struct mdl_pcie_dma *dev = ctx;

	return dev->ops.fault && dev->ops.fault(dev->ctx, name);
}

static void reset(void *ctx)
{
	struct mdl_pcie_dma *dev = ctx;

	mdl_dma_reset(dev->engine);
}

static int memory_access(struct mdl_ram *ram, uint64_t offset, unsigned int size, bool write,
			 uint64_t *value)
{
	uint8_t bytes[8];

	if (write) {
		for (unsigned int i = 0; i < size; i++)
			bytes[i] = (uint8_t)(*value >> (8 * i));
		return mdl_ram_write(ram, offset, bytes, size);
	}
	*value = 0;
	if (mdl_ram_read(ram, offset, bytes, size))
		return -EFAULT;
	for (unsigned int i = 0; i < size; i++)
		*value |= (uint64_t)bytes[i] << (8 * i);
	return 0;
}

static int memory_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		       uint64_t *latency)
{
	(void)latency;
	return memory_access(ctx, offset, size, false, value);
}

static int memory_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
			uint64_t *latency)
{
	(void)latency;
	return memory_access(ctx, offset, size, true, &value);
}

static const struct mdl_mmio_ops memory_mmio = {.read = memory_read, .write = memory_write};

/* What a physical and a virtual function have in common. */
static struct mdl_pcie_desc describe(struct mdl_pcie_dma *dev)
{
	const struct mdl_pcie_dma_config *config = &dev->config;
	struct mdl_pcie_desc desc = {
		.vendor = FLT_DMA_PCI_VENDOR,
		.device = FLT_DMA_PCI_DEVICE,
		.subsystem_vendor = FLT_DMA_PCI_VENDOR,
		.subsystem = FLT_DMA_PCI_DEVICE,
		.class_code = CLASS_SYSTEM_OTHER,
		.bar[0] = {.size = FLT_DMA_SIZE, .ops = &mdl_dma_mmio, .ctx = dev->engine},
		.msi_vectors = config->msi_vectors ? config->msi_vectors : 1,
		.msix_vectors = config->msix_vectors,
		.msix_bar = 2,
		.pm = config->pm,
		.ats = config->ats,
		.acs = config->acs,
		.reset = reset,
		.ctx = dev,
	};

	if (config->msix_vectors)
		desc.bar[2].size = 0x1000;
	return desc;
}

/* What the physical function has alone. */
static void describe_physical(struct mdl_pcie_dma *dev, struct mdl_pcie_desc *desc)
{
	const struct mdl_pcie_dma_config *config = &dev->config;

	desc->pasid_width = config->pasid_width;
	desc->pasid_exec = desc->pasid_priv = true;
	desc->pri = config->pri;
	if (config->vfs)
		desc->sriov = (struct mdl_pcie_sriov){
			.total = config->vfs,
			.offset = config->vf_offset,
			.stride = config->vf_stride,
			.device = FLT_DMA_PCI_VF_DEVICE,
			.bar = {[0].size = desc->bar[0].size, [2].size = desc->bar[2].size},
		};
	if (dev->memory)
		desc->bar[4] = (struct mdl_pcie_bar){
			.size = config->memory,
			.is64 = true,
			.prefetchable = true,
			.ops = &memory_mmio,
			.ctx = dev->memory,
		};
}

static struct mdl_pcie_dma *device_new(const struct mdl_pcie_dma_config *config,
				       const struct mdl_dma_ops *ops, void *ctx)
{
	static const struct mdl_dma_ops gated = {
		.access = gated_access,
		.kick = kick,
		.complete = complete,
		.stalled = stalled,
		.msi = message,
		.fault = fault,
	};
	struct mdl_pcie_dma *dev = calloc(1, sizeof(*dev));
	struct mdl_dma_config dma = config->dma;

	if (!dev)
		return NULL;
	dev->config = *config;
	dev->ops = *ops;
	dev->ctx = ctx;
	dma.vectors = config->msi_vectors > config->msix_vectors ? config->msi_vectors
								 : config->msix_vectors;
	dev->engine = mdl_dma_new(&dma, &gated, dev);
	if (dev->engine && config->memory)
		dev->memory = mdl_ram_new(0, config->memory);
	return dev;
}

/* The device if it has all that it wants; NULL with errno, and nothing of it, otherwise. */
static struct mdl_pcie_dma *whole(struct mdl_pcie_dma *dev)
{
	int err = errno;

	if (!dev || dev->fn)
		return dev;
	mdl_pcie_dma_free(dev);
	errno = err;
	return NULL;
}

struct mdl_pcie_dma *mdl_pcie_dma_new(struct mdl_pcie *pcie, struct mdl_pcie_fn *port,
				      unsigned int slot, unsigned int fn,
				      const struct mdl_pcie_dma_config *config,
				      const struct mdl_dma_ops *ops, void *ctx)
{
	struct mdl_pcie_dma *dev = device_new(config, ops, ctx);
	struct mdl_pcie_desc desc;

	if (dev && dev->engine && (dev->memory || !config->memory)) {
		desc = describe(dev);
		describe_physical(dev, &desc);
		dev->fn = port ? mdl_pcie_add_below(port, slot, fn, &desc)
			       : mdl_pcie_add(pcie, slot, fn, &desc);
	}
	return whole(dev);
}

struct mdl_pcie_dma *mdl_pcie_dma_new_vf(struct mdl_pcie_dma *pf, unsigned int n,
					 const struct mdl_dma_ops *ops, void *ctx)
{
	struct mdl_pcie_dma_config config = pf->config;
	struct mdl_pcie_dma *dev;
	struct mdl_pcie_desc desc;

	config.memory = 0;
	config.vfs = 0;
	dev = device_new(&config, ops, ctx);
	if (dev && dev->engine) {
		desc = describe(dev);
		dev->fn = mdl_pcie_add_vf(pf->fn, n, &desc);
	}
	return whole(dev);
}

void mdl_pcie_dma_free(struct mdl_pcie_dma *dev)
{
	if (!dev)
		return;
	mdl_dma_free(dev->engine);
	mdl_ram_free(dev->memory);
	free(dev);
}

struct mdl_dma *mdl_pcie_dma_engine(struct mdl_pcie_dma *dev)
{
	return dev->engine;
}

struct mdl_pcie_fn *mdl_pcie_dma_fn(struct mdl_pcie_dma *dev)
{
	return dev->fn;
}
