/* SPDX-License-Identifier: MIT */
/*
 * The physical address map: who answers at which address.
 *
 * Concepts. A bus is a set of named regions that do not overlap: RAM, or a
 * device with register callbacks. CPUs reach it by mdl_bus_read/write(), one
 * access of 1, 2, 4 or 8 bytes; devices by mdl_bus_dma_read/write(), any number
 * of bytes, which may go to RAM and just as well to a device (an MSI doorbell,
 * peer-to-peer). An access that nobody answers is a bus error: reads give all
 * ones, writes have no effect, and ops->error hears of it.
 *
 * Regions are added before the simulation runs; an access may cause others from
 * within a device's callback. Addresses are physical byte addresses; latencies
 * are ps, and a NULL latency pointer means that nobody wants to know.
 */
#ifndef MODELS_BUS_H
#define MODELS_BUS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/fault.h"
#include "models/mmio.h"
#include "models/ram.h"

struct mdl_bus;

struct mdl_bus_error {
	uint64_t pa;	    /* of the whole access */
	uint64_t len;	    /* bytes */
	const char *region; /* whose device refused; NULL: nothing is mapped there */
	bool write, dma;
};

struct mdl_bus_ops {
	void (*error)(void *ctx, const struct mdl_bus_error *error); /* optional */
	mdl_fault_fn fault;					     /* optional: bus.access */
};

/* `ops` is copied, NULL: none. NULL with errno ENOMEM. */
struct mdl_bus *mdl_bus_new(const struct mdl_bus_ops *ops, void *ctx);
/* The regions' devices and RAMs are their owners'. NULL is allowed. */
void mdl_bus_free(struct mdl_bus *bus);

/*
 * A device at [pa, pa + size). `ops` must live as long as the bus; name is copied.
 * 0; -EEXIST: overlaps a region; -EINVAL: size 0 or beyond 2^64; -ENOMEM.
 */
int mdl_bus_add(struct mdl_bus *bus, const char *name, uint64_t pa, uint64_t size,
		const struct mdl_mmio_ops *ops, void *ctx);
/* RAM at its own addresses; every access to it costs `latency` ps. Errors as above. */
int mdl_bus_add_ram(struct mdl_bus *bus, const char *name, struct mdl_ram *ram, uint64_t latency);

/*
 * One CPU access. A device is reached only by naturally aligned accesses that
 * lie in its region, RAM by any that lies in it; all else is a bus error, as is
 * a size other than 1, 2, 4, 8. The value is zero-extended; all ones of `size`
 * bytes after a bus error.
 */
uint64_t mdl_bus_read(struct mdl_bus *bus, uint64_t pa, unsigned int size, uint64_t *latency);
void mdl_bus_write(struct mdl_bus *bus, uint64_t pa, unsigned int size, uint64_t value,
		   uint64_t *latency);

/*
 * DMA. Bytes that meet a device become its accesses, each as large (up to 8) as
 * alignment and length allow: 4 bytes at a multiple of 4 are one 32-bit access.
 * The range may cross regions. 0, or -EFAULT: a bus error; if some of the range
 * is unmapped, nothing was transferred; if a device refused, what came before it
 * was. A failed read leaves all ones in the part of buf that was not read.
 */
int mdl_bus_dma_read(struct mdl_bus *bus, uint64_t pa, void *buf, size_t len, uint64_t *latency);
int mdl_bus_dma_write(struct mdl_bus *bus, uint64_t pa, const void *buf, size_t len,
		      uint64_t *latency);
/* As mdl_ram_cas64(); -EFAULT (a bus error) where there is no RAM. */
int mdl_bus_cas64(struct mdl_bus *bus, uint64_t pa, uint64_t expected, uint64_t desired,
		  uint64_t *old);

/* As mdl_ram_ptr(), for whichever RAM is at pa. No bus error, no fault point. */
void *mdl_bus_ptr(struct mdl_bus *bus, uint64_t pa, uint64_t len);

/* Name of the region at pa, NULL if there is none; *offset (may be NULL): pa's place in it. */
const char *mdl_bus_name(struct mdl_bus *bus, uint64_t pa, uint64_t *offset);

/* "bus error: DMA write of 4 bytes at 0x8020040: nothing is mapped there"; returns as snprintf. */
int mdl_bus_error_text(char *buf, size_t size, const struct mdl_bus_error *error);

#endif
