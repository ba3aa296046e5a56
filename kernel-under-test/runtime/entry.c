// SPDX-License-Identifier: GPL-2.0-only
/* What the host finds by name in the image. */
#include "kut.h"
#include "memory.h"

const struct kut_host_ops *kut_host;
struct kut_layout kut_layout;

unsigned int kut_aside;

int kut_booted(void);

static void cpu_line(unsigned int cpu, int level)
{
	kut_cpus[cpu].line = level;
	if (level)
		kut_kick(&kut_cpus[cpu]);
}

static void submit(struct kut_call *call)
{
	kut_aside++;
	kut_submit(call);
	kut_aside--;
}

static void oops(const struct kut_fault *fault)
{
	kut_aside++;
	kut_oops(fault);
	kut_aside--;
}

static unsigned long hung(const char *op, unsigned long limit)
{
	unsigned long next;

	kut_aside++;
	next = kut_hung(op, limit);
	kut_aside--;
	return next;
}

static int bug(unsigned long ip, const char *file, unsigned int line, unsigned int flags)
{
	int ret;

	kut_aside++;
	ret = kut_bug(ip, file, line, flags);
	kut_aside--;
	return ret;
}

extern const struct kut_entry kut_entry;
const struct kut_entry kut_entry = {
	.abi = KUT_HOST_ABI,
	.boot = kut_boot,
	.cpu_line = cpu_line,
	.submit = submit,
	.oops = oops,
	.hung = hung,
	.bug = bug,
	.booted = kut_booted,
	.memory_mark = kut_memory_mark,
	.memory_leaks = kut_memory_leaks,
	.memory_check = kut_memory_check,
	.memory_left = kut_memory_left,
	.memory_item = kut_memory_item,
	.op_name = kut_op_name,
	.page_struct_size = sizeof(struct page),
	.bug_file_from_entry = KUT_BUG_FILE_FROM_ENTRY,
	.acpi = IS_ENABLED(CONFIG_ACPI),
};
