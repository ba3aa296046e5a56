/* SPDX-License-Identifier: MIT */
/*
 * The DMA test device as a PCIe function.
 *
 * Concepts. BAR 0 (4 KiB) is the register window of models/dma_regs.h, which says
 * when its messages are sent; dma.vectors is the larger of the two numbers below. A
 * function level reset resets the engine. What the function puts out obeys its
 * configuration space: without Bus Master
 * Enable, or with a SubstreamID (its PASID) without PASID Enable, an access is an
 * Unsupported Request and the engine sees an abort; privileged and instruction
 * are dropped where they are not enabled, or where there is no PASID to carry them.
 */
#ifndef MODELS_PCIE_DMA_H
#define MODELS_PCIE_DMA_H

#include "models/dma.h"
#include "models/pcie.h"

struct mdl_pcie_dma;

struct mdl_pcie_dma_config {
	struct mdl_dma_config dma;
	unsigned int msi_vectors;  /* 0: 1; 1, 2, 4, 8, 16 or 32 */
	unsigned int msix_vectors; /* 0: MSI only; up to 32, their table is in BAR 2 then */
	bool ats, pm;
	unsigned int pasid_width; /* 0: no PASID; 1..20; permissions are implemented then */
	unsigned int pri;	  /* 0: no PRI; page requests that may be outstanding */
	uint16_t acs;
	/* Memory of its own, readable and writable, in BAR 4: 64 bits, prefetchable. 0: none. */
	uint64_t memory;
	unsigned int vfs; /* 0: no SR-IOV */
	uint16_t vf_offset, vf_stride;
};

/*
 * Adds function `fn` of `slot` behind `port` (NULL: on bus 0) to pcie, which must outlive
 * the device. Of ops, irq and msi are not called. NULL with errno as mdl_pcie_add(),
 * mdl_dma_new(), mdl_ram_new() (the memory).
 */
struct mdl_pcie_dma *mdl_pcie_dma_new(struct mdl_pcie *pcie, struct mdl_pcie_fn *port,
				      unsigned int slot, unsigned int fn,
				      const struct mdl_pcie_dma_config *config,
				      const struct mdl_dma_ops *ops, void *ctx);
/*
 * Virtual function n of `pf`, in order from 0: a DMA test device like it, with as many
 * messages by MSI-X (none: by MSI), with ATS if it has that; no memory.
 */
struct mdl_pcie_dma *mdl_pcie_dma_new_vf(struct mdl_pcie_dma *pf, unsigned int n,
					 const struct mdl_dma_ops *ops, void *ctx);
/* The function must not be accessed any more: free it together with pcie. */
void mdl_pcie_dma_free(struct mdl_pcie_dma *dev);

/* The engine, for submit, step and resume. */
struct mdl_dma *mdl_pcie_dma_engine(struct mdl_pcie_dma *dev);
struct mdl_pcie_fn *mdl_pcie_dma_fn(struct mdl_pcie_dma *dev);

#endif
