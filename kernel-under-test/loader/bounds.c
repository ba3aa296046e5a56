/* SPDX-License-Identifier: MIT */
/* The symbols that the kernel's linker script would define. */
#include <string.h>

#include "kernel-under-test/loader/image.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Start and end of a section. Defined always: without such a section the two are
 * equal, as in the kernel.
 */
static const struct {
	const char *start, *end, *section;
} pairs[] = {
	{"__start_pci_fixups_early", "__end_pci_fixups_early", ".pci_fixup_early"},
	{"__start_pci_fixups_header", "__end_pci_fixups_header", ".pci_fixup_header"},
	{"__start_pci_fixups_final", "__end_pci_fixups_final", ".pci_fixup_final"},
	{"__start_pci_fixups_enable", "__end_pci_fixups_enable", ".pci_fixup_enable"},
	{"__start_pci_fixups_resume", "__end_pci_fixups_resume", ".pci_fixup_resume"},
	{"__start_pci_fixups_resume_early", "__end_pci_fixups_resume_early",
	 ".pci_fixup_resume_early"},
	{"__start_pci_fixups_suspend", "__end_pci_fixups_suspend", ".pci_fixup_suspend"},
	{"__start_pci_fixups_suspend_late", "__end_pci_fixups_suspend_late",
	 ".pci_fixup_suspend_late"},
	{"__lock_text_start", "__lock_text_end", ".spinlock.text"},
	{"__sched_text_start", "__sched_text_end", ".sched.text"},
	{"__noinstr_text_start", "__noinstr_text_end", ".noinstr.text"},
	{"__kunit_init_suites_start", "__kunit_init_suites_end", ".kunit_init_test_suites"},
	{"__kunit_suites_start", "__kunit_suites_end", ".kunit_test_suites"},
	{"__start_kut_ops", "__stop_kut_ops", ".kut_ops"},
	{"__start___param", "__stop___param", "__param"},
	{"__start___ex_table", "__stop___ex_table", "__ex_table"},
	{"__start___bug_table", "__stop___bug_table", "__bug_table"},
	{"__setup_start", "__setup_end", ".init.setup"},
};

/* Start and end of a class of memory. */
static const struct {
	const char *start, *end;
	enum kut_class class;
} classes[] = {
	{"__start_rodata", "__end_rodata", KUT_RODATA},
	{"__per_cpu_start", "__per_cpu_end", KUT_PERCPU},
	{"__bss_start", "__bss_stop", KUT_BSS},
	{"_text", "_etext", KUT_TEXT},
};

/* A table of devicetree matches: its start is a symbol, its end the sentinel's section. */
static const char *const tables[] = {"__reservedmem_of_table"};

size_t kut_bounds_count(void)
{
	return 2 * (ARRAY_SIZE(pairs) + ARRAY_SIZE(classes)) + ARRAY_SIZE(tables);
}

const char *kut_bounds_name(size_t i)
{
	if (i < 2 * ARRAY_SIZE(pairs))
		return i % 2 ? pairs[i / 2].end : pairs[i / 2].start;
	i -= 2 * ARRAY_SIZE(pairs);
	if (i < 2 * ARRAY_SIZE(classes))
		return i % 2 ? classes[i / 2].end : classes[i / 2].start;
	return tables[i - 2 * ARRAY_SIZE(classes)];
}

static void set(struct kut_image *image, const char *name, uint64_t value)
{
	struct kut_global *g = kut_globals_find(image, name);

	if (g->bound)
		g->value = value;
}

static void define_pairs(struct kut_image *image)
{
	for (size_t i = 0; i < ARRAY_SIZE(pairs); i++) {
		const struct kut_out *out = kut_layout_find(image, pairs[i].section);
		uint64_t start = out ? out->addr : image->class_start[KUT_RODATA];

		set(image, pairs[i].start, start);
		set(image, pairs[i].end, start + (out ? out->size : 0));
	}
}

static void define_tables(struct kut_image *image)
{
	for (size_t i = 0; i < ARRAY_SIZE(tables); i++) {
		const struct kut_out *out = kut_layout_find(image, tables[i]);
		char sentinel[64];

		if (!out) {
			strcpy(sentinel, tables[i]);
			strcat(sentinel, "_end");
			out = kut_layout_find(image, sentinel);
		}
		set(image, tables[i], out ? out->addr : image->class_start[KUT_RODATA]);
	}
}

/* ld's own: __start_X and __stop_X of a section X whose name is a C identifier. */
static void define_wanted(struct kut_image *image)
{
	for (size_t i = 0; i < image->n_globals; i++) {
		struct kut_global *g = &image->globals[i];
		bool start = strncmp(g->name, "__start_", 8) == 0;
		bool stop = strncmp(g->name, "__stop_", 7) == 0;
		const struct kut_out *out;

		if (g->def > KUT_REF || (!start && !stop))
			continue;
		out = kut_layout_find(image, g->name + (start ? 8 : 7));
		if (!out)
			continue;
		g->def = KUT_STRONG;
		g->object = NULL;
		g->value = out->addr + (start ? 0 : out->size);
	}
}

void kut_bounds_define(struct kut_image *image)
{
	define_pairs(image);
	define_tables(image);
	for (size_t i = 0; i < ARRAY_SIZE(classes); i++) {
		set(image, classes[i].start, image->class_start[classes[i].class]);
		set(image, classes[i].end, image->class_end[classes[i].class]);
	}
	define_wanted(image);
}
