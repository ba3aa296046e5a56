// SPDX-License-Identifier: MIT
/*
 * The address space of the hosted kernel. Every address is fixed, so that a
 * pointer has the same value in every run.
 */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel-under-test/host/internal.h"

#define PAGE_OFFSET  UINT64_C(0x400000000000)
#define PAGE_STRUCTS UINT64_C(0x500000000000)
#define PAGE_TRACKS  UINT64_C(0x580000000000)
#define IO_BASE	     UINT64_C(0x600000000000)
#define VMALLOC_BASE UINT64_C(0x700000000000)
#define VMALLOC_SIZE (UINT64_C(1) << 32)
#define PERCPU_BASE  UINT64_C(0x38000000)

#define PAGE	 4096
#define BOOT_RAM (1 << 20) /* what a boot writes to, about */

static int fail(char **why, uint64_t at, const char *what)
{
	int err = errno;

	if (asprintf(why, "cannot map %s at %#lx: %s", what, (unsigned long)at, strerror(err)) < 0)
		*why = NULL;
	return -err;
}

static int map_at(uint64_t at, uint64_t size, const char *what, char **why)
{
	void *p = mmap((void *)at, size, PROT_READ | PROT_WRITE,
		       MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);

	return p == (void *)at ? 0 : fail(why, at, what);
}

static uint64_t structs_start(const struct kut_kernel *k)
{
	return (PAGE_STRUCTS + mdl_ram_base(k->config.ram) / PAGE * k->entry->page_struct_size) &
	       -(uint64_t)PAGE;
}

static uint64_t structs_size(const struct kut_kernel *k)
{
	return mdl_ram_size(k->config.ram) / PAGE * k->entry->page_struct_size + PAGE;
}

static uint64_t tracks_size(const struct kut_kernel *k)
{
	return mdl_ram_size(k->config.ram) / PAGE * KUT_PAGE_TRACK_BYTES;
}

static void fill_layout(struct kut_kernel *k)
{
	struct kut_layout *l = k->layout;
	struct kut_percpu percpu;

	kut_image_percpu(k->image, &percpu);
	k->percpu_size = percpu.size;
	*l = (struct kut_layout){
		.page_offset = PAGE_OFFSET,
		.ram_base = mdl_ram_base(k->config.ram),
		.ram_size = mdl_ram_size(k->config.ram),
		.page_structs = PAGE_STRUCTS,
		.page_tracks = PAGE_TRACKS,
		.io_base = IO_BASE,
		.vmalloc_base = VMALLOC_BASE,
		.vmalloc_size = VMALLOC_SIZE,
		.percpu_start = percpu.start,
		.percpu_size = percpu.size,
		.percpu_used = percpu.used,
		.dtb = k->config.dtb,
		.rsdp = k->config.rsdp,
		.firmware_end = k->config.firmware_end,
		.cpus = k->config.cpus,
		.memory = k->config.memory,
		.seed = k->config.seed,
		.cmdline = k->config.cmdline,
	};
	for (unsigned int i = 0; i < k->config.cpus; i++)
		l->percpu_copy[i] = PERCPU_BASE + i * percpu.size;
}

int kut_memory_map(struct kut_kernel *k, char **why)
{
	void *ram = (void *)(PAGE_OFFSET + mdl_ram_base(k->config.ram));
	int ret;

	fill_layout(k);
	ret = mdl_ram_map(k->config.ram, ram);
	if (ret) {
		errno = -ret;
		return fail(why, PAGE_OFFSET, "the simulated RAM");
	}
	/* Where that cannot be done, or there is less, it is faulted in page by page. */
	madvise(ram, BOOT_RAM, MADV_POPULATE_WRITE);
	ret = map_at(structs_start(k), structs_size(k), "the page structures", why);
	if (!ret)
		ret = map_at(PAGE_TRACKS, tracks_size(k), "what is known of the pages", why);
	if (ret)
		return ret;
	return map_at(PERCPU_BASE, k->percpu_size * k->config.cpus, "the per-CPU memory", why);
}

/* The view of RAM belongs to the RAM and goes with it. */
void kut_memory_unmap(struct kut_kernel *k)
{
	munmap((void *)structs_start(k), structs_size(k));
	munmap((void *)PAGE_TRACKS, tracks_size(k));
	munmap((void *)PERCPU_BASE, k->percpu_size * k->config.cpus);
	munmap((void *)VMALLOC_BASE, VMALLOC_SIZE);
}
