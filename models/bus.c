/* SPDX-License-Identifier: MIT */
#include "models/bus.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct region {
	uint64_t pa, last; /* first and last byte */
	char *name;
	struct mdl_ram *ram; /* NULL: a device */
	const struct mdl_mmio_ops *ops;
	void *ctx;
	uint64_t latency; /* of RAM */
};

struct mdl_bus {
	struct mdl_bus_ops ops;
	void *ctx;
	struct region *regions; /* ascending, disjoint */
	size_t n;
	size_t recent; /* index that the last lookup gave */
};

struct mdl_bus *mdl_bus_new(const struct mdl_bus_ops *ops, void *ctx)
{
	struct mdl_bus *bus = calloc(1, sizeof(*bus));

	if (!bus)
		return NULL;
	if (ops)
		bus->ops = *ops;
	bus->ctx = ctx;
	return bus;
}

void mdl_bus_free(struct mdl_bus *bus)
{
	if (!bus)
		return;
	for (size_t i = 0; i < bus->n; i++)
		free(bus->regions[i].name);
	free(bus->regions);
	free(bus);
}

/* Index of the first region that ends at or behind pa; n if there is none. */
static size_t lower(const struct mdl_bus *bus, uint64_t pa)
{
	size_t low = 0, high = bus->n;

	while (low < high) {
		size_t mid = low + (high - low) / 2;

		if (bus->regions[mid].last < pa)
			low = mid + 1;
		else
			high = mid;
	}
	return low;
}

static const struct region *find(struct mdl_bus *bus, uint64_t pa)
{
	size_t i = bus->recent;

	if (i < bus->n && pa >= bus->regions[i].pa && pa <= bus->regions[i].last)
		return &bus->regions[i];
	i = lower(bus, pa);
	if (i == bus->n || bus->regions[i].pa > pa)
		return NULL;
	bus->recent = i;
	return &bus->regions[i];
}

static int insert(struct mdl_bus *bus, struct region region, const char *name)
{
	size_t at = lower(bus, region.pa);
	struct region *grown;

	if (at < bus->n && bus->regions[at].pa <= region.last)
		return -EEXIST;
	grown = realloc(bus->regions, (bus->n + 1) * sizeof(*grown));
	if (!grown)
		return -ENOMEM;
	bus->regions = grown;
	region.name = strdup(name);
	if (!region.name)
		return -ENOMEM;
	memmove(&grown[at + 1], &grown[at], (bus->n - at) * sizeof(*grown));
	grown[at] = region;
	bus->n++;
	return 0;
}

int mdl_bus_add(struct mdl_bus *bus, const char *name, uint64_t pa, uint64_t size,
		const struct mdl_mmio_ops *ops, void *ctx)
{
	if (!size || size - 1 > UINT64_MAX - pa)
		return -EINVAL;
	return insert(bus, (struct region){.pa = pa, .last = pa + size - 1, .ops = ops, .ctx = ctx},
		      name);
}

int mdl_bus_add_ram(struct mdl_bus *bus, const char *name, struct mdl_ram *ram, uint64_t latency)
{
	uint64_t pa = mdl_ram_base(ram);

	return insert(bus,
		      (struct region){.pa = pa,
				      .last = pa + mdl_ram_size(ram) - 1,
				      .ram = ram,
				      .latency = latency},
		      name);
}

static int bus_error(struct mdl_bus *bus, const struct region *region,
		     const struct mdl_bus_error *access)
{
	struct mdl_bus_error error = *access;

	error.region = region ? region->name : NULL;
	if (bus->ops.error)
		bus->ops.error(bus->ctx, &error);
	return -EFAULT;
}

static bool fault_point(struct mdl_bus *bus)
{
	return bus->ops.fault && bus->ops.fault(bus->ctx, "bus.access");
}

static bool inside(const struct region *region, uint64_t pa, uint64_t len)
{
	return len - 1 <= region->last - pa;
}

/* One device access of `size` bytes between the device and *value. */
static int device_access(const struct region *region, uint64_t pa, unsigned int size, bool write,
			 uint64_t *value, uint64_t *latency)
{
	uint64_t cost = 0, read = 0;
	int err;

	if (write)
		err = region->ops->write(region->ctx, pa - region->pa, size, *value, &cost);
	else
		err = region->ops->read(region->ctx, pa - region->pa, size, &read, &cost);
	*latency += cost;
	if (!err && !write)
		*value = read;
	return err;
}

static int ram_access(const struct region *region, uint64_t pa, void *buf, size_t len, bool write,
		      uint64_t *latency)
{
	*latency += region->latency;
	return write ? mdl_ram_write(region->ram, pa, buf, len)
		     : mdl_ram_read(region->ram, pa, buf, len);
}

static int cpu_access(struct mdl_bus *bus, uint64_t pa, unsigned int size, bool write,
		      uint64_t *value, uint64_t *latency)
{
	const struct mdl_bus_error access = {.pa = pa, .len = size, .write = write};
	bool size_ok = size == 1 || size == 2 || size == 4 || size == 8;
	const struct region *region = find(bus, pa);
	uint64_t unwanted;
	int err = -EFAULT;

	if (!latency)
		latency = &unwanted;
	*latency = 0;
	if (!region || !size_ok || !inside(region, pa, size) || fault_point(bus))
		return bus_error(bus, region, &access);
	if (region->ram)
		err = ram_access(region, pa, value, size, write, latency);
	else if (pa % size == 0)
		err = device_access(region, pa, size, write, value, latency);
	return err ? bus_error(bus, region, &access) : 0;
}

static uint64_t ones(unsigned int size)
{
	return size >= 8 ? UINT64_MAX : (UINT64_C(1) << (8 * size)) - 1;
}

uint64_t mdl_bus_read(struct mdl_bus *bus, uint64_t pa, unsigned int size, uint64_t *latency)
{
	uint64_t value = 0;

	if (cpu_access(bus, pa, size, false, &value, latency))
		return ones(size);
	return value & ones(size);
}

void mdl_bus_write(struct mdl_bus *bus, uint64_t pa, unsigned int size, uint64_t value,
		   uint64_t *latency)
{
	value &= ones(size);
	cpu_access(bus, pa, size, true, &value, latency);
}

/* The largest access that alignment and length allow. */
static unsigned int piece(uint64_t pa, size_t len)
{
	unsigned int size = 8;

	while (size > len || pa % size)
		size /= 2;
	return size;
}

/* All of [pa, pa + len) is in one region; *done counts the bytes transferred. */
static int dma_device(const struct region *region, uint64_t pa, uint8_t *buf, size_t len,
		      bool write, size_t *done, uint64_t *latency)
{
	while (len) {
		unsigned int size = piece(pa, len);
		uint64_t value = 0;
		int err;

		if (write)
			memcpy(&value, buf, size);
		err = device_access(region, pa, size, write, &value, latency);
		if (err)
			return err;
		if (!write)
			memcpy(buf, &value, size);
		pa += size;
		buf += size;
		len -= size;
		*done += size;
	}
	return 0;
}

static bool mapped(struct mdl_bus *bus, uint64_t pa, uint64_t len)
{
	while (len) {
		const struct region *region = find(bus, pa);
		uint64_t here;

		if (!region)
			return false;
		if (inside(region, pa, len))
			return true;
		here = region->last - pa + 1;
		pa += here;
		len -= here;
		if (!pa)
			return false;
	}
	return true;
}

static int dma_parts(struct mdl_bus *bus, const struct mdl_bus_error *access, uint8_t *buf,
		     size_t *done, uint64_t *latency)
{
	size_t len = access->len;

	while (*done < len) {
		uint64_t pa = access->pa + *done;
		const struct region *region = find(bus, pa);
		size_t here = len - *done;
		int err;

		if (!inside(region, pa, here))
			here = region->last - pa + 1;
		if (!region->ram) {
			err = dma_device(region, pa, buf + *done, here, access->write, done,
					 latency);
		} else {
			err = ram_access(region, pa, buf + *done, here, access->write, latency);
			*done += err ? 0 : here;
		}
		if (err)
			return bus_error(bus, region, access);
	}
	return 0;
}

static int dma(struct mdl_bus *bus, uint64_t pa, void *buf, size_t len, bool write,
	       uint64_t *latency)
{
	const struct mdl_bus_error access = {.pa = pa, .len = len, .write = write, .dma = true};
	uint64_t unwanted;
	size_t done = 0;
	int err;

	if (!latency)
		latency = &unwanted;
	*latency = 0;
	if (!len)
		return 0;
	if (!mapped(bus, pa, len))
		err = bus_error(bus, NULL, &access);
	else if (fault_point(bus))
		err = bus_error(bus, find(bus, pa), &access);
	else
		err = dma_parts(bus, &access, buf, &done, latency);
	if (err && !write)
		memset((uint8_t *)buf + done, 0xff, len - done);
	return err;
}

int mdl_bus_dma_read(struct mdl_bus *bus, uint64_t pa, void *buf, size_t len, uint64_t *latency)
{
	return dma(bus, pa, buf, len, false, latency);
}

int mdl_bus_dma_write(struct mdl_bus *bus, uint64_t pa, const void *buf, size_t len,
		      uint64_t *latency)
{
	return dma(bus, pa, (void *)(uintptr_t)buf, len, true, latency);
}

int mdl_bus_cas64(struct mdl_bus *bus, uint64_t pa, uint64_t expected, uint64_t desired,
		  uint64_t *old)
{
	const struct mdl_bus_error access = {.pa = pa, .len = 8, .write = true, .dma = true};
	const struct region *region = find(bus, pa);
	int err;

	if (!region || !region->ram || fault_point(bus))
		return bus_error(bus, region, &access);
	err = mdl_ram_cas64(region->ram, pa, expected, desired, old);
	return err == -EFAULT ? bus_error(bus, region, &access) : err;
}

void *mdl_bus_ptr(struct mdl_bus *bus, uint64_t pa, uint64_t len)
{
	const struct region *region = find(bus, pa);

	return region && region->ram ? mdl_ram_ptr(region->ram, pa, len) : NULL;
}

const char *mdl_bus_name(struct mdl_bus *bus, uint64_t pa, uint64_t *offset)
{
	const struct region *region = find(bus, pa);

	if (!region)
		return NULL;
	if (offset)
		*offset = pa - region->pa;
	return region->name;
}

int mdl_bus_error_text(char *buf, size_t size, const struct mdl_bus_error *error)
{
	return snprintf(buf, size, "bus error: %s%s of %" PRIu64 " byte%s at 0x%" PRIx64 ": %s%s",
			error->dma ? "DMA " : "", error->write ? "write" : "read", error->len,
			error->len == 1 ? "" : "s", error->pa,
			error->region ? "refused by " : "nothing is mapped there",
			error->region ? error->region : "");
}
