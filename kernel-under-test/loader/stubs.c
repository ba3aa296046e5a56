/* SPDX-License-Identifier: MIT */
/*
 * Imports that nobody provides. One that is only called gets a stub; one that is
 * used in any other way (data, or a function's address) gets a guard area, so
 * that neither a read nor a call of it looks like success.
 *
 *   stubs:  common code | one stub each | the names
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

enum { COMMON_SIZE = 32, GUARDS_MAX = 16384 };

/* An import: referenced, not weak, not defined. */
static bool is_import(const struct kut_global *g)
{
	return g->def == KUT_REF;
}

static int add_import(struct kut_image *image, struct kut_global *g, char **why)
{
	bool guard = g->use & KUT_USE_DATA;
	struct kut_import *import = &image->imports[image->n_imports++];

	import->object = g->object->path;
	import->guard = guard;
	if (guard) {
		g->value = image->guards_end;
		image->guards_end += KUT_GUARD_SIZE;
	} else {
		g->value = image->stubs + COMMON_SIZE + image->n_stubs++ * KUT_STUB_SIZE;
	}
	import->addr = g->value;
	return kut_name_add(image, g->name, &import->name, why);
}

/* All imports of one kind, in the order in which the objects want them. */
static int add_kind(struct kut_image *image, bool guards, char **why)
{
	int error = 0;

	for (size_t i = 0; !error && i < image->n_globals; i++) {
		struct kut_global *g = &image->globals[i];

		if (is_import(g) && !!(g->use & KUT_USE_DATA) == guards)
			error = add_import(image, g, why);
	}
	return error;
}

int kut_stubs_collect(struct kut_image *image, char **why)
{
	size_t count = 0, n_guards = 0, names = 0;
	uint64_t size;
	int error;

	for (size_t i = 0; i < image->n_globals; i++) {
		const struct kut_global *g = &image->globals[i];

		if (!is_import(g))
			continue;
		count++;
		n_guards += !!(g->use & KUT_USE_DATA);
		names += strlen(g->name) + 1;
	}
	if (n_guards > GUARDS_MAX)
		return kut_image_fail(why, -ENOEXEC,
				      "%zu data imports are not provided: are objects missing?",
				      n_guards);
	image->imports = calloc(count + 1, sizeof(*image->imports));
	if (!image->imports)
		return kut_nomem(why);
	size = COMMON_SIZE + (count - n_guards) * KUT_STUB_SIZE + names;
	image->stubs_end = kut_align(image->stubs + size, KUT_PAGE);
	image->guards = image->guards_end = image->stubs_end;
	error = add_kind(image, false, why);
	if (!error)
		error = add_kind(image, true, why);
	image->end = image->guards_end;
	if (!error && image->end > KUT_IMAGE_BASE + KUT_IMAGE_MAX)
		error = kut_image_fail(why, -ENOEXEC, "the image is larger than %llu MiB",
				       (unsigned long long)(KUT_IMAGE_MAX >> 20));
	return error;
}

/*
 * push %rbp; mov %rsp, %rbp: the caller stays visible to a walk of frames
 * and $-16, %rsp:            kernel code aligns to 8 only
 * movabs $missing, %rax; call *%rax; ud2
 */
static void write_common(const struct kut_image *image)
{
	static const uint8_t head[] = {0x55, 0x48, 0x89, 0xe5, 0x48, 0x83, 0xe4, 0xf0, 0x48, 0xb8};
	static const uint8_t tail[] = {0xff, 0xd0, 0x0f, 0x0b};
	uint8_t *code = (uint8_t *)(uintptr_t)image->stubs;
	uint64_t missing = (uintptr_t)image->missing;

	memset(code, 0xcc, COMMON_SIZE);
	memcpy(code, head, sizeof(head));
	memcpy(code + sizeof(head), &missing, sizeof(missing));
	memcpy(code + sizeof(head) + sizeof(missing), tail, sizeof(tail));
}

/* mov $name, %edi; jmp common */
static void write_stub(const struct kut_image *image, uint64_t addr, uint64_t name)
{
	uint8_t *code = (uint8_t *)(uintptr_t)addr;
	uint32_t name32 = name, displacement = image->stubs - (addr + 10);

	memset(code, 0xcc, KUT_STUB_SIZE);
	code[0] = 0xbf;
	memcpy(code + 1, &name32, sizeof(name32));
	code[5] = 0xe9;
	memcpy(code + 6, &displacement, sizeof(displacement));
}

void kut_stubs_write(struct kut_image *image)
{
	uint64_t name = image->stubs + COMMON_SIZE + image->n_stubs * KUT_STUB_SIZE;

	write_common(image);
	for (size_t i = 0; i < image->n_stubs; i++) {
		const char *text = image->names + image->imports[i].name;

		write_stub(image, image->imports[i].addr, name);
		strcpy((char *)(uintptr_t)name, text);
		name += strlen(text) + 1;
	}
}

size_t kut_image_imports(const struct kut_image *image, const char **names, size_t size)
{
	for (size_t i = 0; names && i < image->n_imports && i < size; i++)
		names[i] = image->names + image->imports[i].name;
	return image->n_imports;
}

const char *kut_image_import_object(const struct kut_image *image, const char *symbol)
{
	for (size_t i = 0; i < image->n_imports; i++)
		if (strcmp(image->names + image->imports[i].name, symbol) == 0)
			return image->imports[i].object;
	return NULL;
}

const char *kut_image_missing_at(const struct kut_image *image, uint64_t addr)
{
	uint64_t first = image->stubs + COMMON_SIZE;
	size_t i;

	if (!image->linked)
		return NULL;
	if (addr >= first && addr < first + image->n_stubs * KUT_STUB_SIZE)
		i = (addr - first) / KUT_STUB_SIZE;
	else if (addr >= image->guards && addr < image->guards_end)
		i = image->n_stubs + (addr - image->guards) / KUT_GUARD_SIZE;
	else
		return NULL;
	return image->names + image->imports[i].name;
}
