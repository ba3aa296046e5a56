/* SPDX-License-Identifier: MIT */
/* A DMA test device on 64 KiB of memory at bus address 0, whose pages can misbehave. */
#ifndef TESTS_MODELS_DMA_BED_H
#define TESTS_MODELS_DMA_BED_H

#include "models/dma.h"

enum { BED_SIZE = 0x10000, BED_LOG = 64 };

struct bed {
	struct mdl_dma *dev;
	uint8_t mem[BED_SIZE];
	enum mdl_dma_answer page[BED_SIZE / 4096]; /* how accesses to each page end */
	uint32_t next_stag;

	struct mdl_dma_access log[BED_LOG]; /* every access that arrived, buf not valid */
	unsigned int n_log;
	unsigned int kicks, stalls, completions, msis, wire_changes;
	struct mdl_dma_desc stalled_desc;
	bool stalled_ring;
	uint64_t stalled_addr;
	uint32_t stag;
	struct mdl_dma_desc desc;     /* of the last completion */
	struct mdl_dma_result result; /* of the last completion */
	uint64_t order[16];	      /* cookies in order of completion */
	uint32_t vectors;	      /* bit n: message n has been sent */
	bool wire, drop_irq;
};

/* A bed with a device in it; all of it is ended by bed_free(). */
void bed_new(struct bed *bed, const struct mdl_dma_config *config);
/* With this configuration there is no device, for the reason `error`. */
void bed_refused(const struct mdl_dma_config *config, int error);
void bed_free(struct bed *bed);

/* Step until there is nothing to do; returns the number of steps. */
unsigned int bed_run(struct bed *bed);
/* Submit and run. */
void bed_do(struct bed *bed, const struct mdl_dma_desc *desc);

void bed_wr(struct bed *bed, uint64_t offset, uint32_t value);
uint32_t bed_rd(struct bed *bed, uint64_t offset);

#endif
