/* SPDX-License-Identifier: MIT */
/* The image's memory: reserve, fill, protect. */
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "kernel-under-test/loader/image.h"

static void *pointer(uint64_t addr)
{
	return (void *)(uintptr_t)addr;
}

/* What occupies our addresses, as /proc/self/maps names it. */
static void find_occupant(uint64_t start, uint64_t end, char *buf, size_t size)
{
	FILE *maps = fopen("/proc/self/maps", "re");
	char line[512];

	snprintf(buf, size, "another mapping");
	while (maps && fgets(line, sizeof(line), maps)) {
		uint64_t low, high;
		int path = 0;

		if (sscanf(line, "%" SCNx64 "-%" SCNx64 " %*s %*s %*s %*s %n", &low, &high, &path) <
		    2)
			continue;
		if (low >= end || high <= start)
			continue;
		line[strcspn(line, "\n")] = '\0';
		snprintf(buf, size, "%#" PRIx64 "-%#" PRIx64 " %s", low, high,
			 path && line[path] ? line + path : "(anonymous: another image?)");
		break;
	}
	if (maps)
		fclose(maps);
}

static int reserve(struct kut_image *image, char **why)
{
	size_t size = image->end - KUT_IMAGE_BASE;
	void *memory =
		mmap(pointer(KUT_IMAGE_BASE), size, PROT_NONE,
		     MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE | MAP_FIXED_NOREPLACE, -1, 0);
	char occupant[600];

	if (memory == pointer(KUT_IMAGE_BASE)) {
		image->mapped = true;
		return 0;
	}
	if (memory == MAP_FAILED && errno != EEXIST)
		return kut_image_fail(why, -errno, "the image: %zu bytes at %#" PRIx64 ": %s", size,
				      KUT_IMAGE_BASE, strerror(errno));
	if (memory != MAP_FAILED)
		munmap(memory, size);
	find_occupant(KUT_IMAGE_BASE, image->end, occupant, sizeof(occupant));
	return kut_image_fail(why, -EADDRINUSE,
			      "the image needs the addresses %#" PRIx64 "-%#" PRIx64
			      ", where %s is; free the image that is loaded, or keep other "
			      "mappings away from there",
			      KUT_IMAGE_BASE, image->end, occupant);
}

static int protect(uint64_t start, uint64_t end, int prot, char **why)
{
	end = kut_align(end, KUT_PAGE);
	if (start < end && mprotect(pointer(start), end - start, prot) < 0)
		return kut_image_fail(why, -errno,
				      "the image: protection of %#" PRIx64 "-%#" PRIx64 ": %s",
				      start, end, strerror(errno));
	return 0;
}

static int copy_sections(const struct kut_image *image, char **why)
{
	for (size_t i = 0; i < image->n_outs; i++) {
		struct kut_out *out = image->outs[i];
		uint8_t *bytes = pointer(out->addr);

		if (out->class == KUT_DEBUG) {
			bytes = out->debug = calloc(1, out->size + 1);
			if (!bytes)
				return kut_nomem(why);
		}
		for (const struct kut_section *s = out->first; s; s = s->next)
			if (s->data && s->size)
				memcpy(bytes + s->offset, s->data, s->size);
	}
	return 0;
}

int kut_image_map(struct kut_image *image, char **why)
{
	uint64_t filled = image->class_end[KUT_DATA] - KUT_IMAGE_BASE;
	int error = reserve(image, why);

	if (!error)
		error = protect(KUT_IMAGE_BASE, image->stubs_end, PROT_READ | PROT_WRITE, why);
	if (error)
		return error;
	/* All of it is written at once; a kernel that cannot do this faults page by page. */
	if (filled)
		madvise(pointer(KUT_IMAGE_BASE), kut_align(filled, KUT_PAGE), MADV_POPULATE_WRITE);
	return copy_sections(image, why);
}

int kut_memory_protect(struct kut_image *image, char **why)
{
	int error = protect(image->class_start[KUT_TEXT], image->class_end[KUT_TEXT],
			    PROT_READ | PROT_EXEC, why);

	if (!error)
		error = protect(image->class_start[KUT_RODATA], image->class_end[KUT_RODATA],
				PROT_READ, why);
	if (!error)
		error = protect(image->stubs, image->stubs_end, PROT_READ | PROT_EXEC, why);
	return error;
}

void kut_image_unmap(struct kut_image *image)
{
	if (image->mapped)
		munmap(pointer(KUT_IMAGE_BASE), image->end - KUT_IMAGE_BASE);
	image->mapped = false;
}
