/* SPDX-License-Identifier: MIT */
/* The symbols of the finished image, sorted by address, and their names. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

int kut_name_add(struct kut_image *image, const char *name, uint32_t *offset, char **why)
{
	size_t len = strlen(name) + 1;

	if (image->names_size + len > image->names_room) {
		size_t room = 2 * (image->names_room + len) + 1024;
		char *names = room < UINT32_MAX ? realloc(image->names, room) : NULL;

		if (!names)
			return kut_nomem(why);
		image->names = names;
		image->names_room = room;
		if (image->names_size == 0)
			image->names[image->names_size++] = '\0'; /* as ELF wants it */
	}
	*offset = image->names_size;
	memcpy(image->names + image->names_size, name, len);
	image->names_size += len;
	return 0;
}

static bool is_wanted(const struct kut_object *object, const Elf64_Sym *sym)
{
	unsigned int type = ELF64_ST_TYPE(sym->st_info);

	if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= object->n_sections ||
	    object->sections[sym->st_shndx].class >= KUT_CLASSES ||
	    object->strtab[sym->st_name] == '\0')
		return false;
	/* A label of assembler code without a type counts only if others can see it. */
	return type == STT_FUNC || type == STT_OBJECT ||
	       (type == STT_NOTYPE && ELF64_ST_BIND(sym->st_info) != STB_LOCAL);
}

/* st_size, but not beyond the section. */
static uint32_t size_in_section(const struct kut_section *section, const Elf64_Sym *sym)
{
	uint64_t room = section->size - sym->st_value;

	return sym->st_size < room ? sym->st_size : room;
}

static int add_symbol(struct kut_image *image, const struct kut_object *object, size_t i,
		      const uint16_t *position, char **why)
{
	const Elf64_Sym *sym = &object->syms[i];
	const struct kut_section *section;
	const struct kut_global *g = NULL;
	struct kut_sym *new;

	if (!is_wanted(object, sym))
		return 0;
	section = &object->sections[sym->st_shndx];
	if (object->global[i] != KUT_NO_GLOBAL) {
		g = &image->globals[object->global[i]];
		if (g->section != section) /* a weak definition that lost */
			return 0;
	}
	new = &image->syms[image->n_syms++];
	*new = (struct kut_sym){
		.addr = object->value[i],
		.size = size_in_section(section, sym),
		.out = position[section->out->index],
		.type = ELF64_ST_TYPE(sym->st_info),
		.local = !g,
		.name = g ? g->stored : 0,
	};
	return g ? 0 : kut_name_add(image, object->strtab + sym->st_name, &new->name, why);
}

static void add_common(struct kut_image *image, const struct kut_global *g)
{
	image->syms[image->n_syms++] = (struct kut_sym){
		.addr = g->value,
		.size = g->size,
		.out = KUT_NO_OUT,
		.type = STT_OBJECT,
		.name = g->stored,
	};
}

/* Radix sort by address, stable: the image has less than 2^30 bytes. */
static int sort(struct kut_image *image, char **why)
{
	enum { BITS = 10, DIGITS = 1 << BITS };
	struct kut_sym *from = image->syms, *to = malloc((image->n_syms + 1) * sizeof(*to));

	if (!to)
		return kut_nomem(why);
	for (unsigned int shift = 0; shift < 30; shift += BITS) {
		size_t start[DIGITS + 1] = {0};
		struct kut_sym *swap = from;

		for (size_t i = 0; i < image->n_syms; i++)
			start[((from[i].addr - KUT_IMAGE_BASE) >> shift) % DIGITS + 1]++;
		for (size_t d = 0; d < DIGITS; d++)
			start[d + 1] += start[d];
		for (size_t i = 0; i < image->n_syms; i++)
			to[start[((from[i].addr - KUT_IMAGE_BASE) >> shift) % DIGITS]++] = from[i];
		from = to;
		to = swap;
	}
	image->syms = from;
	free(to);
	return 0;
}

static int add_all(struct kut_image *image, const uint16_t *position, char **why)
{
	int error = 0;

	for (size_t i = 0; !error && i < image->n_globals; i++) {
		struct kut_global *g = &image->globals[i];

		error = kut_name_add(image, g->name, &g->stored, why);
		if (!error && g->def == KUT_COMMON)
			add_common(image, g);
	}
	for (size_t o = 0; !error && o < image->n_objects; o++)
		for (size_t i = 1; !error && i < image->objects[o]->n_syms; i++)
			error = add_symbol(image, image->objects[o], i, position, why);
	return error ? error : sort(image, why);
}

int kut_symtab_build(struct kut_image *image, char **why)
{
	size_t room = image->n_globals + 1;
	uint16_t *position = calloc(image->n_outs + 1, sizeof(*position));
	int error;

	for (size_t i = 0; i < image->n_objects; i++)
		room += image->objects[i]->n_syms;
	image->syms = malloc(room * sizeof(*image->syms));
	if (!image->syms || !position) {
		free(position);
		return kut_nomem(why);
	}
	for (size_t i = 0; i < image->n_outs; i++)
		position[image->outs[i]->index] = i;
	error = add_all(image, position, why);
	free(position);
	return error;
}

const struct kut_sym *kut_symtab_at(const struct kut_image *image, uint64_t addr)
{
	size_t low = 0, high = image->n_syms;
	const struct kut_sym *best = NULL;

	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (image->syms[middle].addr <= addr)
			low = middle + 1;
		else
			high = middle;
	}
	/* Of several at one address: what others can see, then what comes first. */
	for (size_t i = low; i-- > 0 && (!best || image->syms[i].addr == best->addr);)
		if (!best || best->local || !image->syms[i].local)
			best = &image->syms[i];
	if (!best)
		return NULL;
	if (best->out == KUT_NO_OUT)
		return addr - best->addr < best->size ? best : NULL;
	return addr - image->outs[best->out]->addr < image->outs[best->out]->size ? best : NULL;
}

/* st_size if `addr` lies in it, else up to the next symbol or the section's end. */
static uint64_t extent(const struct kut_image *image, const struct kut_sym *sym, uint64_t addr)
{
	const struct kut_sym *next = sym + 1, *last = image->syms + image->n_syms;

	if (addr - sym->addr < sym->size)
		return sym->size;
	while (next < last && next->addr == sym->addr)
		next++;
	if (next < last && next->out == sym->out)
		return next->addr - sym->addr;
	return image->outs[sym->out]->addr + image->outs[sym->out]->size - sym->addr;
}

int kut_image_symbolize(const struct kut_image *image, uint64_t addr, char *buf, size_t size)
{
	const char *missing = kut_image_missing_at(image, addr);
	const struct kut_sym *sym;

	if (missing)
		return snprintf(buf, size, "%s", missing);
	sym = image->linked ? kut_symtab_at(image, addr) : NULL;
	if (!sym)
		return snprintf(buf, size, "0x%" PRIx64, addr);
	return snprintf(buf, size, "%s+0x%" PRIx64 "/0x%" PRIx64, image->names + sym->name,
			addr - sym->addr, extent(image, sym, addr));
}

uint64_t kut_image_symbol(const struct kut_image *image, const char *name)
{
	const struct kut_global *g;
	uint64_t found = 0;

	if (!image->linked)
		return 0;
	g = kut_globals_find(image, name);
	if (g && g->def > KUT_REF)
		return g->value;
	for (size_t i = 0; i < image->n_syms; i++) {
		const struct kut_sym *sym = &image->syms[i];

		if (!sym->local || strcmp(image->names + sym->name, name) != 0)
			continue;
		if (found && found != sym->addr)
			return 0;
		found = sym->addr;
	}
	return found;
}
