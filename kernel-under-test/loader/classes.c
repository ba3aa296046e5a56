/* SPDX-License-Identifier: MIT */
/* What the name of a section says about its place. */
#include <stdio.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/*
 * Dropped although marked for memory. The kernel's linker script discards most
 * of them too; .smp_locks serves only the patching of lock prefixes, .eh_frame
 * and notes nobody reads.
 */
static const char *const dropped[] = {
	".discard", ".export_symbol", ".eh_frame", ".note", ".smp_locks", ".comment",
};

/* The DWARF that a debugger gets; .debug_macro lies in section groups and stays away. */
static const char *const debug[] = {
	".debug_info",	      ".debug_abbrev",	".debug_line",	".debug_str",
	".debug_line_str",    ".debug_ranges",	".debug_loc",	".debug_rnglists",
	".debug_loclists",    ".debug_aranges", ".debug_frame", ".debug_addr",
	".debug_str_offsets",
};

/* In kernel order (INIT_CALLS of the kernel's linker script). */
static const char *const levels[] = {
	"early", "0", "0s", "1",      "1s",	 "2", "2s", "3", "3s", "4",
	"4s",	 "5", "5s", "rootfs", "rootfss", "6", "6s", "7", "7s",
};

static bool has_prefix(const char *name, const char *prefix)
{
	return strncmp(name, prefix, strlen(prefix)) == 0;
}

/* `name` is `base` or begins with "base.": .text and .text.unlikely. */
static bool is_or_below(const char *name, const char *base)
{
	size_t len = strlen(base);

	return strncmp(name, base, len) == 0 && (name[len] == '\0' || name[len] == '.');
}

static enum kut_class unallocated_class(const char *name, uint64_t flags)
{
	if (flags & (SHF_COMPRESSED | SHF_GROUP) || !has_prefix(name, ".debug"))
		return KUT_DROP;
	for (size_t i = 0; i < ARRAY_SIZE(debug); i++)
		if (strcmp(name, debug[i]) == 0)
			return KUT_DEBUG;
	return KUT_DROP;
}

enum kut_class kut_section_class(const char *name, uint32_t type, uint64_t flags)
{
	if (!(flags & SHF_ALLOC))
		return type == SHT_PROGBITS ? unallocated_class(name, flags) : KUT_DROP;
	for (size_t i = 0; i < ARRAY_SIZE(dropped); i++)
		if (is_or_below(name, dropped[i]))
			return KUT_DROP;
	if (has_prefix(name, ".data..percpu"))
		return KUT_PERCPU;
	/* Only a source of copies, and it is never applied: keep it from being executed. */
	if (strcmp(name, ".altinstr_replacement") == 0)
		return KUT_RODATA;
	if (flags & SHF_EXECINSTR)
		return KUT_TEXT;
	if (!(flags & SHF_WRITE) || is_or_below(name, ".data.rel.ro"))
		return KUT_RODATA;
	return type == SHT_NOBITS ? KUT_BSS : KUT_DATA;
}

void kut_section_out_name(const char *name, enum kut_class class, char *buf, size_t size)
{
	static const char *const bases[KUT_CLASSES] = {".text", ".rodata", ".data", ".bss", NULL};
	const char *base = class < KUT_CLASSES ? bases[class] : NULL;

	/* ".data..once" is a section of its own, ".data.foo" is -fdata-sections. */
	if (base && has_prefix(name, base) && name[strlen(base)] == '.' &&
	    name[strlen(base) + 1] != '.')
		name = base;
	snprintf(buf, size, "%s", name);
}

const char *kut_section_initcall_level(const char *name)
{
	char buf[32];

	for (size_t i = 0; i < ARRAY_SIZE(levels); i++) {
		snprintf(buf, sizeof(buf), ".initcall%s.init", levels[i]);
		if (strcmp(name, buf) == 0)
			return levels[i];
	}
	return NULL;
}

/* Order of the kernel's PERCPU_INPUT. */
static unsigned int percpu_rank(const char *name)
{
	static const char *const order[] = {"..first", "..page_aligned", "..read_mostly", "",
					    "..shared_aligned"};
	const char *rest = name + strlen(".data..percpu");

	for (unsigned int i = 0; i < ARRAY_SIZE(order); i++)
		if (strcmp(rest, order[i]) == 0)
			return i;
	return ARRAY_SIZE(order);
}

unsigned int kut_section_rank(const char *name, enum kut_class class)
{
	const char *level;

	if (class == KUT_PERCPU)
		return percpu_rank(name);
	level = has_prefix(name, ".initcall") ? kut_section_initcall_level(name) : NULL;
	for (unsigned int i = 0; level && i < ARRAY_SIZE(levels); i++)
		if (levels[i] == level)
			return 1 + i;
	return 0;
}
