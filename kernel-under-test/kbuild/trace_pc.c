/* SPDX-License-Identifier: MIT */
/*
 * --trace-pc: the compiler calls the runtime at the head of each basic block of what
 * is under test, and of the structures that it shares with other CPUs. Left out is what
 * the runtime itself stands on, which must not be left in its middle: locks, CPUs coming
 * and going, calls between CPUs, timers, and the string and bit functions of lib/.
 */
#include <errno.h>

#include "kernel-under-test/kbuild/build.h"
#include "kernel-under-test/kbuild/run.h"

#define FLAG "-fsanitize-coverage=trace-pc"

/* Patterns of objects, as GNU make's filter takes them. */
#define TRACED                                                                                     \
	"drivers/% fs/% mm/% kernel/dma/% kernel/irq/% kernel/resource.o kernel/notifier.o "       \
	"lib/devres.o lib/idr.o lib/klist.o lib/kobject.o lib/kobject_uevent.o lib/llist.o "       \
	"lib/lockref.o lib/logic_pio.o lib/maple_tree.o lib/plist.o lib/radix-tree.o "             \
	"lib/rbtree.o lib/refcount.o lib/scatterlist.o lib/xarray.o"

const char kut_trace_pc_arg[] = "CFLAGS_KERNEL=$(if $(filter " TRACED ",$@)," FLAG ")";

int kut_trace_pc_check(const char *compiler, char **why)
{
	struct kut_run run = {0};
	int ret;

	kut_run_args(&run, "gcc", FLAG, "-x", "c", "-c", "-o", "/dev/null", "/dev/null", NULL);
	ret = kut_run(&run, why);
	if (ret == 0 && run.status != 0)
		ret = kut_fail(why, EINVAL,
			       "%s--trace-pc: this compiler, %s, does not take " FLAG
			       "; install gcc 12, or leave the option out",
			       run.err.data, compiler);
	kut_run_free(&run);
	return ret;
}
