/* SPDX-License-Identifier: MIT */
/*
 * Sections of one name become one output section; output sections are ordered
 * by class, and each class starts at a page:
 *
 *   KUT_IMAGE_BASE  text | rodata | data | bss, commons | per-CPU, room | stubs | guards
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

enum { N_BUCKETS = 256, MAX_OUTS = 16384, NAME_MAX_LEN = 256 };

static struct kut_out *new_out(struct kut_image *image, const char *name, enum kut_class class)
{
	struct kut_out *out = calloc(1, sizeof(*out));
	struct kut_out **outs = realloc(image->outs, (image->n_outs + 1) * sizeof(*outs));

	if (outs)
		image->outs = outs;
	if (!out || !outs) {
		free(out);
		return NULL;
	}
	out->name = strdup(name);
	if (!out->name) {
		free(out);
		return NULL;
	}
	out->class = class;
	out->rank = kut_section_rank(name, class);
	out->index = image->n_outs;
	out->align = 1;
	out->tail = &out->first;
	outs[image->n_outs++] = out;
	return out;
}

static struct kut_out *get_out(struct kut_image *image, struct kut_out **buckets, const char *name,
			       enum kut_class class)
{
	uint32_t hash = class;
	struct kut_out *out;

	for (const char *p = name; *p; p++)
		hash = hash * 31 + (uint8_t)*p;
	hash %= N_BUCKETS;
	for (out = buckets[hash]; out; out = out->next_in_bucket)
		if (out->class == class && strcmp(out->name, name) == 0)
			return out;
	out = new_out(image, name, class);
	if (out) {
		out->next_in_bucket = buckets[hash];
		buckets[hash] = out;
	}
	return out;
}

static int append(struct kut_image *image, struct kut_out *out, struct kut_section *s, char **why)
{
	if (image->n_outs > MAX_OUTS)
		return kut_image_fail(why, -ENOEXEC, "%s: more than %d different sections",
				      s->object->path, MAX_OUTS);
	if (s->align > out->align)
		out->align = s->align;
	s->out = out;
	s->offset = kut_align(out->size, s->align);
	out->size = s->offset + s->size;
	if (out->size > KUT_IMAGE_MAX)
		return kut_image_fail(
			why, -ENOEXEC, "%s: section %s makes the image larger than %llu MiB",
			s->object->path, s->name, (unsigned long long)(KUT_IMAGE_MAX >> 20));
	*out->tail = s;
	out->tail = &s->next;
	return 0;
}

static int collect(struct kut_image *image, char **why)
{
	struct kut_out *buckets[N_BUCKETS] = {NULL};
	int error = 0;

	for (size_t o = 0; o < image->n_objects; o++) {
		struct kut_object *object = image->objects[o];

		for (size_t i = 1; !error && i < object->n_sections; i++) {
			struct kut_section *s = &object->sections[i];
			char name[NAME_MAX_LEN];
			struct kut_out *out;

			if (s->class == KUT_DROP)
				continue;
			kut_section_out_name(s->name, s->class, name, sizeof(name));
			out = get_out(image, buckets, name, s->class);
			error = out ? append(image, out, s, why) : kut_nomem(why);
		}
	}
	return error;
}

static bool is_of_table(const char *name)
{
	return strncmp(name, "__", 2) == 0 && strstr(name, "_of_table");
}

/* "__X_of_table" is followed at once by "__X_of_table_end", its sentinel. */
static int compare(const void *left, const void *right)
{
	const struct kut_out *a = *(struct kut_out *const *)left;
	const struct kut_out *b = *(struct kut_out *const *)right;
	bool table_a = is_of_table(a->name), table_b = is_of_table(b->name);

	if (a->class != b->class)
		return a->class < b->class ? -1 : 1;
	if (table_a != table_b)
		return table_a ? 1 : -1;
	if (table_a)
		return strcmp(a->name, b->name);
	if (a->rank != b->rank)
		return a->rank < b->rank ? -1 : 1;
	return a->index < b->index ? -1 : 1;
}

/*
 * A sentinel may be aligned more than its table; then the gap goes in front of
 * the table, for the kernel walks from the table's start to the sentinel.
 */
static uint64_t place_out(const struct kut_image *image, size_t i, uint64_t addr)
{
	const struct kut_out *out = image->outs[i];
	const struct kut_out *next = i + 1 < image->n_outs ? image->outs[i + 1] : NULL;
	size_t len = strlen(out->name);
	uint64_t end;

	if (!next || next->class != out->class || !is_of_table(out->name) ||
	    strncmp(next->name, out->name, len) != 0 || strcmp(next->name + len, "_end") != 0)
		return kut_align(addr, out->align);
	end = kut_align(kut_align(addr, out->align) + out->size, next->align);
	while ((end - out->size) & (out->align - 1) && out->align > next->align)
		end += next->align;
	return end - out->size;
}

static uint64_t place_commons(struct kut_image *image, uint64_t addr)
{
	for (size_t i = 0; i < image->n_globals && addr < KUT_IMAGE_BASE + KUT_IMAGE_MAX; i++) {
		struct kut_global *g = &image->globals[i];

		if (g->def != KUT_COMMON)
			continue;
		g->value = kut_align(addr, g->align);
		addr = g->value + g->size;
	}
	return addr;
}

int kut_layout_place(struct kut_image *image, char **why)
{
	uint64_t addr = KUT_IMAGE_BASE;
	int error = collect(image, why);
	size_t i = 0;

	if (error)
		return error;
	if (image->n_outs)
		qsort(image->outs, image->n_outs, sizeof(*image->outs), compare);
	for (unsigned int class = 0; class < KUT_CLASSES; class ++) {
		addr = kut_align(addr, KUT_PAGE);
		image->class_start[class] = addr;
		for (; i < image->n_outs && image->outs[i]->class == class; i++) {
			image->outs[i]->addr = place_out(image, i, addr);
			addr = image->outs[i]->addr + image->outs[i]->size;
			if (addr > KUT_IMAGE_BASE + KUT_IMAGE_MAX)
				return kut_image_fail(
					why, -ENOEXEC,
					"the image is larger than %llu MiB, at section %s",
					(unsigned long long)(KUT_IMAGE_MAX >> 20),
					image->outs[i]->name);
		}
		if (class == KUT_BSS)
			addr = place_commons(image, addr);
		image->class_end[class] = addr;
	}
	image->percpu.start = image->class_start[KUT_PERCPU];
	image->percpu.used = addr - image->percpu.start;
	image->percpu.size = kut_align(image->percpu.used + KUT_PERCPU_ROOM, KUT_PAGE);
	image->stubs = image->percpu.start + image->percpu.size;
	if (image->stubs > KUT_IMAGE_BASE + KUT_IMAGE_MAX)
		return kut_image_fail(why, -ENOEXEC, "the image is larger than %llu MiB",
				      (unsigned long long)(KUT_IMAGE_MAX >> 20));
	return 0;
}

const struct kut_out *kut_layout_find(const struct kut_image *image, const char *name)
{
	for (size_t i = 0; i < image->n_outs; i++)
		if (image->outs[i]->class < KUT_CLASSES && strcmp(image->outs[i]->name, name) == 0)
			return image->outs[i];
	return NULL;
}
