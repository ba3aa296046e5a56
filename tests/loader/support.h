/* SPDX-License-Identifier: MIT */
/* What the loader's suites share. FRAGMENTS is the folder of the compiled fragments. */
#ifndef TESTS_LOADER_SUPPORT_H
#define TESTS_LOADER_SUPPORT_H

#include "kernel-under-test/loader/loader.h"
#include "tests/suite.h"

#define FRAGMENT(name) FRAGMENTS name ".o"

/* A new image whose `missing` fails the test. */
struct kut_image *image_open(void);
void image_add(struct kut_image *image, const char *path);
void image_link(struct kut_image *image);
/* All of it; the list of paths ends with NULL. */
struct kut_image *image_of(const char *path, ...) __attribute__((sentinel));

/* Address of a symbol that must be there. */
uint64_t address(const struct kut_image *image, const char *name);
uint32_t read32(uint64_t addr);
uint64_t read64(uint64_t addr);
/* Call "int name(void)" in the image. */
int call(const struct kut_image *image, const char *name);

/* The text holds each of the strings (a list that ends with NULL); else the test fails. */
void must_name(const char *text, ...) __attribute__((sentinel));

/* A file's bytes; the caller frees them. */
uint8_t *file_bytes(const char *path, size_t *size);
/* A nameless file with these bytes and a path to it, valid until the next call. */
const char *bytes_file(const void *bytes, size_t size);

#endif
