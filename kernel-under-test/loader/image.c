/* SPDX-License-Identifier: MIT */
/* The life of an image; see image.h for the steps of a link. */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

int kut_image_fail(char **why, int error, const char *format, ...)
{
	va_list args;

	if (!why)
		return error;
	va_start(args, format);
	if (vasprintf(why, format, args) < 0)
		*why = NULL;
	va_end(args);
	return error;
}

int kut_nomem(char **why)
{
	return kut_image_fail(why, -ENOMEM, "out of memory while loading kernel objects");
}

int kut_image_new(struct kut_image **out, void (*missing)(const char *symbol), char **why)
{
	struct kut_image *image = calloc(1, sizeof(*image));

	if (!image)
		return kut_nomem(why);
	image->missing = missing;
	*out = image;
	return 0;
}

/* All that a link makes. */
static void undo_link(struct kut_image *image)
{
	kut_jit_unregister(image);
	kut_image_unmap(image);
	for (size_t i = 0; i < image->n_outs; i++) {
		free(image->outs[i]->debug);
		free(image->outs[i]->name);
		free(image->outs[i]);
	}
	free(image->outs);
	free(image->globals);
	free(image->buckets);
	free(image->names);
	free(image->syms);
	free(image->imports);
	free(image->initcalls);
	free(image->bugs);
}

void kut_image_free(struct kut_image *image)
{
	if (!image)
		return;
	undo_link(image);
	for (size_t i = 0; i < image->n_objects; i++)
		kut_object_free(image->objects[i]);
	for (size_t i = 0; i < image->n_defined; i++) {
		free(image->defined[i].name);
		free(image->defined[i].target);
	}
	free(image->objects);
	free(image->defined);
	free(image);
}

static int must_be_open(const struct kut_image *image, const char *what, char **why)
{
	if (!image->linked && !image->failed)
		return 0;
	return kut_image_fail(why, -EINVAL,
			      "%s: too late, the image was linked already (or its link failed)",
			      what);
}

int kut_image_add(struct kut_image *image, const char *path, char **why)
{
	struct kut_object **objects, *object;
	int error = must_be_open(image, path, why);

	if (error)
		return error;
	objects = realloc(image->objects, (image->n_objects + 1) * sizeof(*objects));
	if (!objects)
		return kut_nomem(why);
	image->objects = objects;
	error = kut_object_open(&object, path, why);
	if (!error)
		objects[image->n_objects++] = object;
	return error;
}

static int define(struct kut_image *image, const char *name, const char *target, uint64_t value,
		  char **why)
{
	struct kut_defined *defined;
	int error = must_be_open(image, name, why);

	if (error)
		return error;
	for (size_t i = 0; i < image->n_defined; i++)
		if (strcmp(image->defined[i].name, name) == 0)
			return kut_image_fail(why, -EEXIST, "%s is defined twice by the program",
					      name);
	defined = realloc(image->defined, (image->n_defined + 1) * sizeof(*defined));
	if (!defined)
		return kut_nomem(why);
	image->defined = defined;
	defined = &image->defined[image->n_defined];
	*defined = (struct kut_defined){.name = strdup(name), .value = value};
	if (target)
		defined->target = strdup(target);
	if (!defined->name || (target && !defined->target)) {
		free(defined->name);
		free(defined->target);
		return kut_nomem(why);
	}
	image->n_defined++;
	return 0;
}

int kut_image_define(struct kut_image *image, const char *name, uint64_t value, char **why)
{
	return define(image, name, NULL, value, why);
}

int kut_image_alias(struct kut_image *image, const char *alias, const char *target, char **why)
{
	return define(image, alias, target, 0, why);
}

/* Object files are no longer needed: let go of them and of what points into them. */
static void release_objects(struct kut_image *image)
{
	for (size_t i = 0; i < image->n_globals; i++) {
		image->globals[i].name = image->names + image->globals[i].stored;
		image->globals[i].object = NULL;
		image->globals[i].section = NULL;
	}
	for (size_t i = 0; i < image->n_outs; i++) {
		image->outs[i]->first = NULL;
		free(image->outs[i]->debug);
		image->outs[i]->debug = NULL;
	}
	for (size_t i = 0; i < image->n_objects; i++)
		kut_object_unmap(image->objects[i]);
}

static int link_steps(struct kut_image *image, char **why)
{
	int error = kut_globals_resolve(image, why);

	if (!error)
		error = kut_layout_place(image, why);
	if (error)
		return error;
	kut_bounds_define(image);
	error = kut_stubs_collect(image, why);
	if (!error)
		error = kut_globals_finish(image, why);
	if (!error)
		error = kut_image_map(image, why);
	if (!error)
		error = kut_relocate_all(image, why);
	if (!error)
		error = kut_symtab_build(image, why);
	if (!error)
		error = kut_tables_build(image, why);
	if (error)
		return error;
	kut_stubs_write(image);
	error = kut_jit_register(image, why);
	return error ? error : kut_memory_protect(image, why);
}

int kut_image_link(struct kut_image *image, char **why)
{
	int error = must_be_open(image, "kut_image_link", why);

	if (error)
		return error;
	error = link_steps(image, why);
	if (error) {
		image->failed = true;
		kut_jit_unregister(image);
		kut_image_unmap(image);
		return error;
	}
	release_objects(image);
	image->linked = true;
	return 0;
}

void kut_image_percpu(const struct kut_image *image, struct kut_percpu *percpu)
{
	*percpu = image->percpu;
}

bool kut_image_contains(const struct kut_image *image, uint64_t addr)
{
	return addr >= KUT_IMAGE_BASE && addr < image->end;
}

bool kut_image_is_text(const struct kut_image *image, uint64_t addr)
{
	return (addr >= image->class_start[KUT_TEXT] && addr < image->class_end[KUT_TEXT]) ||
	       (addr >= image->stubs && addr < image->stubs_end);
}
