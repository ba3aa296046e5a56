/* SPDX-License-Identifier: MIT */
/* How the platform's devices are reached by register accesses. */
#ifndef MODELS_MMIO_H
#define MODELS_MMIO_H

#include <stdint.h>

/*
 * `offset` counts from the start of the device's region; size is 1, 2, 4 or 8,
 * the offset a multiple of it, and the access lies in the region. *latency is
 * never NULL and comes in as 0; the device adds its cost in ps. Values are
 * numbers, not bytes. Returns 0, or -EFAULT: the device answers with an error.
 */
struct mdl_mmio_ops {
	int (*read)(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		    uint64_t *latency);
	int (*write)(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		     uint64_t *latency);
};

#endif
