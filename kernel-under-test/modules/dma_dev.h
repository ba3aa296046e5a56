/* SPDX-License-Identifier: GPL-2.0-only */
/* What the files of the DMA test device's driver share. */
#ifndef DMA_DEV_H
#define DMA_DEV_H

#include <linux/completion.h>
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/pci.h>

#include "dma_test.h"
#include "kut_module.h"
#include "models/dma_regs.h"

struct dma_dev;

/* One of its messages, or its wire. */
struct dma_vector {
	struct dma_dev *owner;
	int irq;
	u32 events;   /* bits of VECTOR_STATUS that come by it */
	u32 hard_cpu; /* where its handler ran last */
	u32 count, threaded;
	bool is_requested, is_shared;
	u32 looks; /* of the other handler of a shared line */
};

struct dma_dev {
	struct device *dev;
	void __iomem *regs;
	void *ring;
	dma_addr_t ring_iova;
	unsigned int head;
	struct completion done;
	u32 irq_status;
	unsigned int n_vectors; /* that the kernel gave */
	struct dma_vector vector[FLT_DMA_VECTORS_MAX];
};

/* dma_test.c; NULL: there is none of this number */
struct dma_dev *dma_dev_of(unsigned long number);

/* dma_vectors.c */

/*
 * Ask for `min` to `max` messages, `flags` as pci_alloc_irq_vectors(), and request each
 * with an ordinary handler. 0 or a negative errno; nothing is left behind then.
 */
int dma_vectors_get(struct dma_dev *d, unsigned int min, unsigned int max, unsigned int flags);
void dma_vectors_put(struct dma_dev *d);
/* A wire, whose interrupt number is `irq`. */
int dma_vectors_wire(struct dma_dev *d, int irq);

#endif
