/* SPDX-License-Identifier: MIT */
/*
 * DMA test device: one engine, two front ends.
 *
 * Concepts. The engine works on descriptors, one after the other and each in
 * ascending order, and splits them into accesses that do not cross a 4 KiB
 * boundary. Descriptors come from the front panel, mdl_dma_submit(), for
 * simulators; or from a ring in memory, set up through the registers of
 * models/dma_regs.h, for drivers. Those of the panel go first; they need no
 * CTRL.ENABLE. Ring descriptors are read, and their results written, by accesses
 * of the device itself, through ops->access as any other.
 *
 * An access may be held (MDL_DMA_STALL): the engine stands until
 * mdl_dma_resume() names the access's tag.
 *
 * Nothing happens by itself: ops->kick says that there is work, and each
 * mdl_dma_step() does one access of it. The device knows nothing of its
 * StreamID: that is a matter of its wiring, behind ops->access.
 *
 * Addresses are bus addresses as the device puts them out; latencies are ps.
 */
#ifndef MODELS_DMA_H
#define MODELS_DMA_H

#include <stdbool.h>
#include <stdint.h>

#include "models/dma_regs.h"
#include "models/fault.h"
#include "models/mmio.h"

struct mdl_dma;

#define MDL_DMA_PAGE 4096

enum mdl_dma_op {
	MDL_DMA_READ = FLT_DMA_OP_READ,
	MDL_DMA_WRITE = FLT_DMA_OP_WRITE,
	MDL_DMA_COPY = FLT_DMA_OP_COPY,
	MDL_DMA_FILL = FLT_DMA_OP_FILL,
	MDL_DMA_CHECK = FLT_DMA_OP_CHECK,
};

enum mdl_dma_code {
	MDL_DMA_CODE_OK = FLT_DMA_CODE_OK,
	MDL_DMA_CODE_ABORT = FLT_DMA_CODE_ABORT,
	MDL_DMA_CODE_RAZ_WI = FLT_DMA_CODE_RAZ_WI,
	MDL_DMA_CODE_MISMATCH = FLT_DMA_CODE_MISMATCH,
	MDL_DMA_CODE_INVALID = FLT_DMA_CODE_INVALID,
};

struct mdl_dma_desc {
	enum mdl_dma_op op;
	uint64_t src, dst;
	uint32_t len;  /* bytes; 0: done at once, without an access */
	uint64_t data; /* WRITE without buf: its 8 bytes again and again; FILL, CHECK: seed */
	bool has_ssid, privileged, instruction; /* instruction: of its reads only */
	uint32_t ssid;				/* below 2^20 */
	/* Panel only. READ puts len bytes there, WRITE takes them; NULL: none. Valid until
	 * complete. */
	void *buf;
	uint64_t cookie; /* the submitter's own */
};

struct mdl_dma_result {
	enum mdl_dma_code code;
	bool stalled;  /* an access was held for a time */
	uint32_t done; /* bytes done in full; MISMATCH: offset of the first wrong byte */
	uint64_t addr; /* ABORT, RAZ_WI: the first access so answered; MISMATCH: the byte; else 0 */
	uint64_t value;	       /* READ: the first 8 bytes, little-endian, zero-extended */
	uint8_t expected, got; /* MISMATCH */
};

struct mdl_dma_access {
	uint64_t addr;
	uint32_t len; /* 1..4096, in one 4 KiB page */
	uint32_t ssid;
	bool has_ssid, write, privileged, instruction;
	void *buf; /* len bytes: to fill in by a read, to take from by a write */
};

/* How an access ended; in the order of the SMMU's translation results. */
enum mdl_dma_answer {
	MDL_DMA_OK,
	MDL_DMA_ABORT,
	MDL_DMA_RAZ_WI, /* buf need not be cleared */
	MDL_DMA_STALL,	/* *stag is set; nothing was transferred */
};

struct mdl_dma_ops {
	/* *latency comes in as 0. mdl_dma_ functions must not be called from here. */
	enum mdl_dma_answer (*access)(void *ctx, const struct mdl_dma_access *access,
				      uint32_t *stag, uint64_t *latency);
	/* mdl_dma_step() has something to do. May be called from any mdl_dma_ function. */
	void (*kick)(void *ctx);
	/* A panel descriptor is finished; `desc` is valid during the call. May submit. */
	void (*complete)(void *ctx, const struct mdl_dma_desc *desc,
			 const struct mdl_dma_result *result); /* optional */
	/* An access of a descriptor is held; desc NULL: an access to the ring. Optional. */
	void (*stalled)(void *ctx, const struct mdl_dma_desc *desc, uint64_t addr, uint32_t stag);
	void (*irq)(void *ctx, bool level);	     /* the wire changed; optional */
	void (*msi)(void *ctx, unsigned int vector); /* send this message; optional */
	mdl_fault_fn fault;			     /* dma.drop_irq; optional */
};

struct mdl_dma_config {
	uint32_t burst;		 /* longest access in bytes, 8..4096; 0: 4096 */
	uint64_t access_latency; /* the engine's own cost of each access */
	uint64_t mmio_latency;	 /* of a register access */
	unsigned int vectors;	 /* messages it can send, 1..32; 0: 1 */
};

/* config may be NULL: all 0. NULL with errno: EINVAL, ENOMEM. */
struct mdl_dma *mdl_dma_new(const struct mdl_dma_config *config, const struct mdl_dma_ops *ops,
			    void *ctx);
/* Descriptors that are not finished are forgotten without a callback. */
void mdl_dma_free(struct mdl_dma *dev);
/* As after mdl_dma_new(); panel descriptors that are not finished end with CODE_ABORT. */
void mdl_dma_reset(struct mdl_dma *dev);

/* For mdl_bus_add() with a struct mdl_dma as ctx: FLT_DMA_SIZE bytes. */
extern const struct mdl_mmio_ops mdl_dma_mmio;

/*
 * Queue a copy of *desc. -EINVAL: no such op, ssid out of range, or a range
 * that goes beyond the last address; -ENOMEM.
 */
int mdl_dma_submit(struct mdl_dma *dev, const struct mdl_dma_desc *desc);

/* One access. False: nothing to do now (idle, or standing at a held access). latency may be NULL.
 */
bool mdl_dma_step(struct mdl_dma *dev, uint64_t *latency);

/*
 * The access held under `stag` goes on: retry presents it again; otherwise it has
 * ended, with an abort or as RAZ/WI. -ENOENT: no access is held under this tag.
 */
int mdl_dma_resume(struct mdl_dma *dev, uint32_t stag, bool retry, bool abort);

/* True: descriptors are in progress or waiting, held ones included. */
bool mdl_dma_busy(const struct mdl_dma *dev);

/*
 * Bytes [offset, offset + len) of the pattern of `seed`: the little-endian
 * 64-bit words that SplitMix64 gives, started with that seed.
 */
void mdl_dma_pattern(uint64_t seed, uint64_t offset, void *buf, uint32_t len);

/* "OK", "ABORT", "RAZ_WI", "MISMATCH", "INVALID". */
const char *mdl_dma_code_name(enum mdl_dma_code code);

#endif
