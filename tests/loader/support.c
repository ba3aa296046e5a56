/* SPDX-License-Identifier: MIT */
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include "tests/loader/support.h"

static void unexpected(const char *symbol)
{
	ck_abort_msg("the import %s was called", symbol);
}

struct kut_image *image_open(void)
{
	struct kut_image *image;
	char *why = NULL;

	ck_assert_msg(kut_image_new(&image, unexpected, &why) == 0, "%s", why);
	return image;
}

void image_add(struct kut_image *image, const char *path)
{
	char *why = NULL;

	ck_assert_msg(kut_image_add(image, path, &why) == 0, "%s", why);
}

void image_link(struct kut_image *image)
{
	char *why = NULL;

	ck_assert_msg(kut_image_link(image, &why) == 0, "%s", why);
}

struct kut_image *image_of(const char *path, ...)
{
	struct kut_image *image = image_open();
	va_list paths;

	va_start(paths, path);
	for (; path; path = va_arg(paths, const char *))
		image_add(image, path);
	va_end(paths);
	image_link(image);
	return image;
}

uint64_t address(const struct kut_image *image, const char *name)
{
	uint64_t addr = kut_image_symbol(image, name);

	ck_assert_msg(addr != 0, "no symbol %s", name);
	return addr;
}

uint32_t read32(uint64_t addr)
{
	uint32_t value;

	memcpy(&value, (void *)(uintptr_t)addr, sizeof(value));
	return value;
}

uint64_t read64(uint64_t addr)
{
	uint64_t value;

	memcpy(&value, (void *)(uintptr_t)addr, sizeof(value));
	return value;
}

int call(const struct kut_image *image, const char *name)
{
	return ((int (*)(void))(uintptr_t)address(image, name))();
}

void must_name(const char *text, ...)
{
	const char *part;
	va_list parts;

	ck_assert_msg(text != NULL, "an error without a message");
	va_start(parts, text);
	while ((part = va_arg(parts, const char *)))
		ck_assert_msg(strstr(text, part) != NULL, "\"%s\" does not name \"%s\"", text,
			      part);
	va_end(parts);
}

uint8_t *file_bytes(const char *path, size_t *size)
{
	FILE *file = fopen(path, "rb");
	uint8_t *bytes = malloc(1 << 20);

	ck_assert_msg(file && bytes, "%s cannot be read", path);
	*size = fread(bytes, 1, 1 << 20, file);
	fclose(file);
	return bytes;
}

const char *bytes_file(const void *bytes, size_t size)
{
	static int fd = -1;
	static char path[64];

	if (fd >= 0)
		close(fd);
	fd = memfd_create("object", MFD_CLOEXEC);
	ck_assert(fd >= 0);
	ck_assert(write(fd, bytes, size) == (ssize_t)size);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	return path;
}
