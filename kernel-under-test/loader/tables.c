/* SPDX-License-Identifier: MIT */
/* Tables that the kernel's sections carry: initcalls, bugs, exception fixups. */
#include <errno.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

enum { EX_ENTRY = 12 };

static int32_t read_s32(uint64_t addr)
{
	int32_t value;

	memcpy(&value, (const void *)(uintptr_t)addr, sizeof(value));
	return value;
}

static uint16_t read_u16(uint64_t addr)
{
	uint16_t value;

	memcpy(&value, (const void *)(uintptr_t)addr, sizeof(value));
	return value;
}

/* A place-relative pointer. */
static uint64_t follow(uint64_t addr)
{
	return addr + read_s32(addr);
}

static int add_initcalls(struct kut_image *image, const struct kut_out *out, const char *level,
			 char **why)
{
	for (const struct kut_section *s = out->first; s; s = s->next) {
		for (uint64_t offset = 0; offset + 4 <= s->size; offset += 4) {
			struct kut_initcall *call = &image->initcalls[image->n_initcalls++];
			const struct kut_sym *sym;

			call->fn = follow(out->addr + s->offset + offset);
			call->level = level;
			sym = kut_symtab_at(image, call->fn);
			if (!sym || sym->addr != call->fn || !kut_image_is_text(image, call->fn))
				return kut_image_fail(why, -ENOEXEC,
						      "%s: %s+0x%" PRIx64
						      " is no initcall: %#" PRIx64
						      " is not the start of a function",
						      s->object->path, s->name, offset, call->fn);
			call->name = image->names + sym->name;
		}
	}
	return 0;
}

static int build_initcalls(struct kut_image *image, char **why)
{
	size_t room = 1;

	for (size_t i = 0; i < image->n_outs; i++) {
		const char *name = image->outs[i]->name;

		if (strncmp(name, ".initcall", 9) != 0)
			continue;
		if (!kut_section_initcall_level(name))
			return kut_image_fail(why, -ENOEXEC,
					      "%s: the initcall level of section %s is unknown",
					      image->outs[i]->first->object->path, name);
		room += image->outs[i]->size / 4;
	}
	image->initcalls = calloc(room, sizeof(*image->initcalls));
	if (!image->initcalls)
		return kut_nomem(why);
	for (size_t i = 0; i < image->n_outs; i++) {
		const char *level = kut_section_initcall_level(image->outs[i]->name);
		int error = level ? add_initcalls(image, image->outs[i], level, why) : 0;

		if (error)
			return error;
	}
	return 0;
}

/* Each entry has one reference into text; the size follows from their number. */
static int add_bug_range(struct kut_image *image, const struct kut_section *s, char **why)
{
	struct kut_bug_range *range = &image->bugs[image->n_bugs];
	const struct kut_object *object = s->object;
	uint64_t count = 0, size;

	if (s->size == 0)
		return 0;
	for (uint64_t r = 0; r < s->n_rela; r++)
		count += kut_image_is_text(image, object->value[ELF64_R_SYM(s->rela[r].r_info)]);
	size = count ? s->size / count : 0;
	if (size * count != s->size || (size != 6 && size != 8 && size != 12 && size != 16))
		return kut_image_fail(why, -ENOEXEC,
				      "%s: __bug_table has an unknown layout: %" PRIu64
				      " bytes for %" PRIu64 " entries",
				      object->path, s->size, count);
	range->addr = s->out->addr + s->offset;
	range->count = count;
	range->entry_size = size;
	image->n_bugs++;
	return 0;
}

static int build_bugs(struct kut_image *image, char **why)
{
	const struct kut_out *out = kut_layout_find(image, "__bug_table");
	int error = 0;

	image->bugs = calloc(image->n_objects + 1, sizeof(*image->bugs));
	if (!image->bugs)
		return kut_nomem(why);
	for (const struct kut_section *s = out ? out->first : NULL; !error && s; s = s->next)
		error = add_bug_range(image, s, why);
	return error;
}

static int build_fixups(struct kut_image *image, char **why)
{
	const struct kut_out *out = kut_layout_find(image, "__ex_table");

	if (!out)
		return 0;
	if (out->size % EX_ENTRY)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: __ex_table has an unknown layout: %" PRIu64
				      " bytes are no multiple of %d",
				      out->first->object->path, out->size, EX_ENTRY);
	image->ex_table = out->addr;
	image->n_ex = out->size / EX_ENTRY;
	return 0;
}

int kut_tables_build(struct kut_image *image, char **why)
{
	int error = build_initcalls(image, why);

	if (!error)
		error = build_bugs(image, why);
	return error ? error : build_fixups(image, why);
}

size_t kut_image_initcalls(const struct kut_image *image, const struct kut_initcall **calls)
{
	*calls = image->initcalls;
	return image->n_initcalls;
}

/*
 * struct bug_entry: addr, [format,] [file, u16 line,] u16 flags. 16 bytes have
 * all, 12 have no format, the shorter ones neither file nor line.
 */
static void read_bug(const struct kut_image *image, uint64_t entry, unsigned int size,
		     struct kut_bug *bug)
{
	uint64_t file = entry + size - 8, target;

	*bug = (struct kut_bug){.flags = read_u16(entry + 4)};
	if (size < 12)
		return;
	bug->line = read_u16(file + 4);
	bug->flags = read_u16(file + 6);
	target = image->bug_file_from_entry ? entry + read_s32(file) : follow(file);
	if (read_s32(file) && target >= image->class_start[KUT_RODATA] &&
	    target < image->class_end[KUT_RODATA])
		bug->file = (const char *)(uintptr_t)target;
}

void kut_image_bug_file_from_entry(struct kut_image *image)
{
	image->bug_file_from_entry = true;
}

bool kut_image_bug(const struct kut_image *image, uint64_t ip, struct kut_bug *bug)
{
	for (size_t i = 0; image->linked && i < image->n_bugs; i++) {
		const struct kut_bug_range *range = &image->bugs[i];

		for (uint64_t n = 0; n < range->count; n++) {
			uint64_t entry = range->addr + n * range->entry_size;

			if (follow(entry) != ip)
				continue;
			read_bug(image, entry, range->entry_size, bug);
			return true;
		}
	}
	return false;
}

/* Address of the entry; 0: there is none. */
static uint64_t find_fixup(const struct kut_image *image, uint64_t ip)
{
	for (uint64_t i = 0; image->linked && i < image->n_ex; i++)
		if (follow(image->ex_table + i * EX_ENTRY) == ip)
			return image->ex_table + i * EX_ENTRY;
	return 0;
}

bool kut_image_fixup(const struct kut_image *image, uint64_t ip, uint64_t *fixup, uint32_t *type)
{
	uint64_t entry = find_fixup(image, ip);

	if (!entry)
		return false;
	*fixup = follow(entry + 4);
	*type = read_s32(entry + 8);
	return true;
}

const char *kut_image_fixup_handler(const struct kut_image *image, uint64_t ip)
{
	uint64_t entry = find_fixup(image, ip);

	return entry ? kut_image_missing_at(image, follow(entry + 8)) : NULL;
}
