// SPDX-License-Identifier: GPL-2.0-only
/* What the host finds by name in the image. */
#include "kut.h"
#include "memory.h"

const struct kut_host_ops *kut_host;
struct kut_layout kut_layout;

int kut_booted(void);

static void cpu_line(unsigned int cpu, int level)
{
	kut_cpus[cpu].line = level;
	if (level)
		kut_kick(&kut_cpus[cpu]);
}

extern const struct kut_entry kut_entry;
const struct kut_entry kut_entry = {
	.abi = KUT_HOST_ABI,
	.boot = kut_boot,
	.cpu_line = cpu_line,
	.submit = kut_submit,
	.oops = kut_oops,
	.hung = kut_hung,
	.bug = kut_bug,
	.booted = kut_booted,
	.memory_mark = kut_memory_mark,
	.memory_leaks = kut_memory_leaks,
	.memory_check = kut_memory_check,
	.memory_item = kut_memory_item,
	.op_name = kut_op_name,
	.page_struct_size = sizeof(struct page),
	.bug_file_from_entry = KUT_BUG_FILE_FROM_ENTRY,
};
