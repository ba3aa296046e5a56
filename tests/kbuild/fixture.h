/* SPDX-License-Identifier: MIT */
/* A scratch folder for each case, files in it, and a made-up kernel tree. */
#ifndef TESTS_KBUILD_FIXTURE_H
#define TESTS_KBUILD_FIXTURE_H

#include <stdbool.h>

#include "kernel-under-test/kbuild/kbuild.h"

/* Make the folder and enter it; it is removed when the case passes. */
void scratch_enter(void);
const char *scratch_path(void);

/* Write a file below the scratch folder; folders on the way are made. */
void put(const char *path, const char *text);
/* The file's text, malloc()ed; fails the case if it cannot be read. */
char *get(const char *path);
bool exists(const char *path);
/* Names in a folder but those that start with a dot, sorted, joined with a blank. */
char *names_in(const char *path);

/*
 * In the scratch folder: "tree", a tree that calls itself Linux 6.12.1 and whose
 * Makefile knows the goals that kbuild asks for; "res", target "toy" with one
 * override, one runtime source. Objects: lib/one.o, lib/two.o, kernel/resource.o.
 */
void put_toy(void);
/* Add kernel `name` from "tree" into "kernels"; *why as kut_kernel_add gives it. */
int add_toy(const char *name, const char *series, char **why);
/* The last result line and all warnings of add_toy. */
extern char last_result[512];
extern char last_warnings[4096];
/* Steps that add_toy went through, a line each. */
extern char last_steps[4096];

#endif
