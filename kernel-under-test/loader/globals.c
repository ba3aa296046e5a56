/* SPDX-License-Identifier: MIT */
/* Global names: one definition for each, whichever object it comes from. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

static uint32_t hash_name(const char *name)
{
	uint32_t hash = 2166136261u; /* FNV-1a */

	for (; *name; name++)
		hash = (hash ^ (uint8_t)*name) * 16777619u;
	return hash;
}

/* The bucket of the name, or the empty one where it would go. */
static uint32_t *find_bucket(const struct kut_image *image, const char *name, uint32_t hash)
{
	for (size_t i = hash & (image->n_buckets - 1);; i = (i + 1) & (image->n_buckets - 1)) {
		uint32_t *bucket = &image->buckets[i];
		const struct kut_global *g;

		if (*bucket == KUT_NO_GLOBAL)
			return bucket;
		g = &image->globals[*bucket];
		if (g->hash == hash && strcmp(g->name, name) == 0)
			return bucket;
	}
}

struct kut_global *kut_globals_find(const struct kut_image *image, const char *name)
{
	uint32_t *bucket;

	if (!image->n_buckets)
		return NULL;
	bucket = find_bucket(image, name, hash_name(name));
	return *bucket == KUT_NO_GLOBAL ? NULL : &image->globals[*bucket];
}

/* The tables are sized before, so that there is always room. */
static struct kut_global *intern(struct kut_image *image, const char *name)
{
	uint32_t hash = hash_name(name);
	uint32_t *bucket = find_bucket(image, name, hash);

	if (*bucket == KUT_NO_GLOBAL) {
		*bucket = image->n_globals++;
		image->globals[*bucket] =
			(struct kut_global){.name = name, .hash = hash, .def = KUT_WEAK_REF};
	}
	return &image->globals[*bucket];
}

static int make_tables(struct kut_image *image, char **why)
{
	size_t room = image->n_defined + kut_bounds_count();

	for (size_t i = 0; i < image->n_objects; i++)
		room += image->objects[i]->n_global;
	image->n_buckets = 64;
	while (image->n_buckets < 2 * room)
		image->n_buckets *= 2;
	image->globals = calloc(room, sizeof(*image->globals));
	image->buckets = malloc(image->n_buckets * sizeof(*image->buckets));
	if (!image->globals || !image->buckets)
		return kut_nomem(why);
	memset(image->buckets, 0xff, image->n_buckets * sizeof(*image->buckets));
	return 0;
}

static const char *owner(const struct kut_object *object)
{
	return object ? object->path : "the program (kut_image_define or kut_image_alias)";
}

static int duplicate(const struct kut_global *g, const struct kut_object *object, char **why)
{
	return kut_image_fail(why, -EEXIST,
			      "%s: symbol %s is already defined by %s; leave one of the two out",
			      owner(object), g->name, owner(g->object));
}

/* How `sym` defines or wants its name. */
static enum kut_def definition(const struct kut_object *object, const Elf64_Sym *sym)
{
	bool weak = ELF64_ST_BIND(sym->st_info) == STB_WEAK;

	if (sym->st_shndx == SHN_COMMON)
		return KUT_COMMON;
	if (sym->st_shndx == SHN_UNDEF || (sym->st_shndx < object->n_sections &&
					   object->sections[sym->st_shndx].class >= KUT_CLASSES))
		return weak ? KUT_WEAK_REF : KUT_REF;
	return weak ? KUT_WEAK : KUT_STRONG;
}

static void take_common(struct kut_global *g, const Elf64_Sym *sym)
{
	if (sym->st_size > g->size)
		g->size = sym->st_size;
	if (sym->st_value > g->align)
		g->align = sym->st_value;
}

static void take(struct kut_global *g, const struct kut_object *object, const Elf64_Sym *sym,
		 enum kut_def def)
{
	g->def = def;
	g->object = object;
	g->section = NULL;
	g->bound = false;
	g->value = g->size = g->align = 0;
	if (def == KUT_COMMON)
		take_common(g, sym);
	else if (def > KUT_COMMON || def == KUT_WEAK)
		g->value = sym->st_value;
	if ((def == KUT_STRONG || def == KUT_WEAK) && sym->st_shndx != SHN_ABS)
		g->section = &object->sections[sym->st_shndx];
}

static int add_symbol(struct kut_image *image, struct kut_object *object, size_t i, char **why)
{
	const Elf64_Sym *sym = &object->syms[i];
	struct kut_global *g = intern(image, object->strtab + sym->st_name);
	enum kut_def def = definition(object, sym);

	object->global[i] = g - image->globals;
	g->use |= object->use[i];
	/* What only dropped sections mention is not wanted. */
	if (def == KUT_REF && !object->use[i])
		return 0;
	if (def == KUT_STRONG && g->def == KUT_STRONG)
		return duplicate(g, object, why);
	if (def > g->def)
		take(g, object, sym, def);
	else if (def == KUT_COMMON && g->def == KUT_COMMON)
		take_common(g, sym);
	return 0;
}

static int add_object(struct kut_image *image, struct kut_object *object, char **why)
{
	for (size_t i = 0; i < object->n_syms; i++) {
		int error;

		object->global[i] = KUT_NO_GLOBAL;
		if (i == 0 || ELF64_ST_BIND(object->syms[i].st_info) == STB_LOCAL)
			continue;
		error = add_symbol(image, object, i, why);
		if (error)
			return error;
	}
	return 0;
}

int kut_globals_resolve(struct kut_image *image, char **why)
{
	int error = make_tables(image, why);

	for (size_t i = 0; !error && i < image->n_defined; i++) {
		struct kut_global *g = intern(image, image->defined[i].name);

		g->def = KUT_STRONG;
		g->value = image->defined[i].value;
	}
	for (size_t i = 0; !error && i < image->n_objects; i++)
		error = add_object(image, image->objects[i], why);
	/* A bound that an object defines itself stays the object's. */
	for (size_t i = 0; !error && i < kut_bounds_count(); i++) {
		struct kut_global *g = intern(image, kut_bounds_name(i));

		if (g->def <= KUT_REF)
			*g = (struct kut_global){
				.name = g->name, .hash = g->hash, .def = KUT_STRONG, .bound = true};
	}
	return error;
}

static int finish_aliases(struct kut_image *image, char **why)
{
	for (size_t i = 0; i < image->n_defined; i++) {
		const struct kut_defined *d = &image->defined[i];
		const struct kut_global *target;

		if (!d->target)
			continue;
		target = kut_globals_find(image, d->target);
		if (!target || target->def <= KUT_REF)
			return kut_image_fail(why, -ENOENT,
					      "alias %s: no object defines its target %s; "
					      "add the object that does",
					      d->name, d->target);
		kut_globals_find(image, d->name)->value = target->value;
	}
	return 0;
}

static void finish_object(const struct kut_image *image, struct kut_object *object)
{
	for (size_t i = 1; i < object->n_syms; i++) {
		const Elf64_Sym *sym = &object->syms[i];
		const struct kut_section *section;

		if (object->global[i] != KUT_NO_GLOBAL) {
			object->value[i] = image->globals[object->global[i]].value;
			continue;
		}
		object->value[i] = sym->st_value;
		if (sym->st_shndx == SHN_UNDEF || sym->st_shndx >= object->n_sections)
			continue;
		section = &object->sections[sym->st_shndx];
		if (section->out)
			object->value[i] += section->out->addr + section->offset;
		else
			object->value[i] = 0;
	}
}

/* Places are known: turn them into values. Commons, bounds and imports have theirs. */
int kut_globals_finish(struct kut_image *image, char **why)
{
	int error;

	for (size_t i = 0; i < image->n_globals; i++) {
		struct kut_global *g = &image->globals[i];

		if (g->section)
			g->value += g->section->out->addr + g->section->offset;
	}
	error = finish_aliases(image, why);
	for (size_t i = 0; !error && i < image->n_objects; i++)
		finish_object(image, image->objects[i]);
	return error;
}
