/* SPDX-License-Identifier: MIT */
#ifndef MODELS_DMA_INTERNAL_H
#define MODELS_DMA_INTERNAL_H

#include "models/dma.h"

enum phase {
	PHASE_IDLE,  /* no descriptor */
	PHASE_FETCH, /* reading one from the ring */
	PHASE_WORK,
	PHASE_RESULT, /* writing a result into the ring */
};

struct job {
	struct job *next;
	struct mdl_dma_desc desc;
};

struct mdl_dma {
	struct mdl_dma_config config;
	struct mdl_dma_ops ops;
	void *ctx;

	struct job *first, **last; /* the panel's queue; its first is in progress in PHASE_WORK */

	enum phase phase;
	bool from_ring; /* the descriptor in progress */
	struct mdl_dma_desc desc;
	struct mdl_dma_result result;
	bool loaded; /* COPY: the piece is in buf and waits to be written */
	uint8_t buf[MDL_DMA_PAGE];

	bool held;
	uint32_t stag;
	bool answered; /* a held access was ended by resume; the answer waits here */
	enum mdl_dma_answer answer;

	uint32_t ctrl, irq_status, ring_size, head, tail;
	uint32_t vector_status, error_vector;
	bool ring_error, wire;
	uint64_t ring_base;
	uint8_t raw[FLT_DMA_DESC_SIZE];
};

/* dma.c */

/* Present an access; STALL: the engine is held now. Adds to *latency. */
enum mdl_dma_answer mdl_dma_issue(struct mdl_dma *dev, struct mdl_dma_access *access,
				  uint64_t *latency);
bool mdl_dma_valid(const struct mdl_dma_desc *desc);
void mdl_dma_begin(struct mdl_dma *dev, const struct mdl_dma_desc *desc, bool from_ring);

/* dma_ring.c */

bool mdl_dma_ring_waiting(const struct mdl_dma *dev);
void mdl_dma_ring_fetch(struct mdl_dma *dev, uint64_t *latency);
void mdl_dma_ring_result(struct mdl_dma *dev, uint64_t *latency);
void mdl_dma_ring_reset(struct mdl_dma *dev);

#endif
