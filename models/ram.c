/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include "models/ram.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

enum { RAM_PAGE = 4096, RAM_VIEWS = 4 };

struct mdl_ram {
	uint64_t base, size;
	uint8_t *view;
	int fd;
	unsigned int n_extra;
	void *extra[RAM_VIEWS];
	mdl_fault_fn fault;
	void *fault_ctx;
};

static void *view_at(const struct mdl_ram *ram, void *at)
{
	int flags = MAP_SHARED | MAP_NORESERVE | (at ? MAP_FIXED_NOREPLACE : 0);

	return mmap(at, ram->size, PROT_READ | PROT_WRITE, flags, ram->fd, 0);
}

/* Fill in file and own view; on error what was opened is in *ram still. */
static int ram_open(struct mdl_ram *ram)
{
	void *view;

	ram->fd = memfd_create("faultline-ram", MFD_CLOEXEC);
	if (ram->fd < 0 || ftruncate(ram->fd, (off_t)ram->size) < 0)
		return -errno;
	view = view_at(ram, NULL);
	if (view == MAP_FAILED)
		return -errno;
	ram->view = view;
	return 0;
}

struct mdl_ram *mdl_ram_new(uint64_t base, uint64_t size)
{
	const uint64_t top = UINT64_C(1) << 63;
	struct mdl_ram *ram;
	int err;

	if (!size || base % RAM_PAGE || size % RAM_PAGE || size >= top || base > top - size) {
		errno = EINVAL;
		return NULL;
	}
	ram = calloc(1, sizeof(*ram));
	if (!ram)
		return NULL;
	ram->base = base;
	ram->size = size;
	err = ram_open(ram);
	if (err) {
		mdl_ram_free(ram);
		errno = -err;
		return NULL;
	}
	return ram;
}

void mdl_ram_free(struct mdl_ram *ram)
{
	if (!ram)
		return;
	for (unsigned int i = 0; i < ram->n_extra; i++)
		munmap(ram->extra[i], ram->size);
	if (ram->view)
		munmap(ram->view, ram->size);
	if (ram->fd >= 0)
		close(ram->fd);
	free(ram);
}

void mdl_ram_set_fault(struct mdl_ram *ram, mdl_fault_fn fault, void *ctx)
{
	ram->fault = fault;
	ram->fault_ctx = ctx;
}

uint64_t mdl_ram_base(const struct mdl_ram *ram)
{
	return ram->base;
}

uint64_t mdl_ram_size(const struct mdl_ram *ram)
{
	return ram->size;
}

int mdl_ram_fd(const struct mdl_ram *ram)
{
	return ram->fd;
}

int mdl_ram_map(struct mdl_ram *ram, void *at)
{
	void *view;

	if (!at || (uintptr_t)at % RAM_PAGE)
		return -EINVAL;
	if (ram->n_extra == RAM_VIEWS)
		return -ENOSPC;
	view = view_at(ram, at);
	if (view == MAP_FAILED)
		return -errno;
	/* Hosts before Linux 4.17 take the fixed address as a hint. */
	if (view != at) {
		munmap(view, ram->size);
		return -EEXIST;
	}
	ram->extra[ram->n_extra++] = view;
	return 0;
}

void *mdl_ram_ptr(const struct mdl_ram *ram, uint64_t pa, uint64_t len)
{
	uint64_t offset = pa - ram->base;

	if (pa < ram->base || offset > ram->size || len > ram->size - offset)
		return NULL;
	return ram->view + offset;
}

int mdl_ram_read(struct mdl_ram *ram, uint64_t pa, void *buf, size_t len)
{
	const void *from = mdl_ram_ptr(ram, pa, len);

	if (!from || (ram->fault && ram->fault(ram->fault_ctx, "ram.read")))
		return -EFAULT;
	memcpy(buf, from, len);
	return 0;
}

int mdl_ram_write(struct mdl_ram *ram, uint64_t pa, const void *buf, size_t len)
{
	void *to = mdl_ram_ptr(ram, pa, len);

	if (!to)
		return -EFAULT;
	memcpy(to, buf, len);
	return 0;
}

int mdl_ram_cas64(struct mdl_ram *ram, uint64_t pa, uint64_t expected, uint64_t desired,
		  uint64_t *old)
{
	uint64_t *word = mdl_ram_ptr(ram, pa, sizeof(*word));

	if (!word)
		return -EFAULT;
	if (pa % sizeof(*word))
		return -EINVAL;
	__atomic_compare_exchange_n(word, &expected, desired, 0, __ATOMIC_SEQ_CST,
				    __ATOMIC_SEQ_CST);
	*old = expected;
	return 0;
}
