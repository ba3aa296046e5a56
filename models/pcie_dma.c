/* SPDX-License-Identifier: MIT */
#include "models/pcie_dma.h"

#include <errno.h>
#include <stdlib.h>

enum { CLASS_SYSTEM_OTHER = 0x088000 };

struct mdl_pcie_dma {
	struct mdl_dma *engine;
	struct mdl_pcie_fn *fn;
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

static struct mdl_pcie_desc describe(struct mdl_pcie_dma *dev,
				     const struct mdl_pcie_dma_config *config)
{
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
		.ats = config->ats,
		.pasid_width = config->pasid_width,
		.pasid_exec = true,
		.pasid_priv = true,
		.reset = reset,
		.ctx = dev,
	};

	if (config->msix_vectors)
		desc.bar[2].size = 0x1000;
	return desc;
}

struct mdl_pcie_dma *mdl_pcie_dma_new(struct mdl_pcie *pcie, unsigned int slot, unsigned int fn,
				      const struct mdl_pcie_dma_config *config,
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
	struct mdl_pcie_desc desc;

	if (!dev)
		return NULL;
	dev->ops = *ops;
	dev->ctx = ctx;
	dma.vectors = config->msi_vectors > config->msix_vectors ? config->msi_vectors
								 : config->msix_vectors;
	dev->engine = mdl_dma_new(&dma, &gated, dev);
	if (dev->engine) {
		desc = describe(dev, config);
		dev->fn = mdl_pcie_add(pcie, slot, fn, &desc);
	}
	if (!dev->fn) {
		int err = errno;

		mdl_pcie_dma_free(dev);
		errno = err;
		return NULL;
	}
	return dev;
}

void mdl_pcie_dma_free(struct mdl_pcie_dma *dev)
{
	if (!dev)
		return;
	mdl_dma_free(dev->engine);
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
