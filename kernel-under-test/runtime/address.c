// SPDX-License-Identifier: GPL-2.0-only
/*
 * Addresses in what is logged. Those of the simulated machine are the same in every
 * run; those of the process around it are not, and must not be printed.
 */
#include <linux/kernel.h>
#include <linux/mm.h>
#include <linux/sched.h>
#include <linux/sizes.h>

#include "kut.h"

#define IMAGE_END SZ_4G	      /* kernel code and data, per-CPU memory: below */
#define HOST_END  (1UL << 47) /* of a process; what is above is nobody's */

static bool within(unsigned long addr, unsigned long base, unsigned long size)
{
	return addr - base < size;
}

bool kut_is_host_address(unsigned long addr)
{
	const struct kut_layout *l = &kut_layout;
	unsigned long pages = l->ram_size / PAGE_SIZE;

	return addr >= IMAGE_END && addr < HOST_END &&
	       !within(addr, l->page_offset + l->ram_base, l->ram_size) &&
	       !within(addr, (unsigned long)pfn_to_page(PFN_DOWN(l->ram_base)),
		       pages * sizeof(struct page)) &&
	       !within(addr, l->page_tracks, pages * KUT_PAGE_TRACK_BYTES) &&
	       !within(addr, l->io_base, KUT_IO_SIZE) &&
	       !within(addr, l->vmalloc_base, l->vmalloc_size);
}

const char *kut_address(const void *p, char *buf, unsigned long size)
{
	unsigned long addr = (unsigned long)p, here = (unsigned long)__builtin_frame_address(0);

	if (!kut_is_host_address(addr))
		scnprintf(buf, size, "%px", p);
	else if (addr >= here && addr < kut_task_of(current)->stack_top)
		scnprintf(buf, size, "the stack of %s/%d", current->comm, current->pid);
	else
		strscpy(buf, "an address outside of the machine", size);
	return buf;
}
