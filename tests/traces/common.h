/* SPDX-License-Identifier: MIT */
/* A folder of the test's own, whole files, and some records. */
#ifndef TESTS_TRACES_COMMON_H
#define TESTS_TRACES_COMMON_H

#include <stdint.h>

#include "tests/suite.h"
#include "traces/trace.h"

extern const struct trc_identity test_identity;

/* Path of `name` in a new empty folder; one folder for each process. */
const char *test_path(const char *name);
/* Number of files in that folder. */
unsigned int test_files(void);
/* Remove the folder with what is in it. */
void test_clean(void);

/* The whole file; *size bytes. */
uint8_t *test_read_file(const char *path, size_t *size);
void test_write_file(const char *path, const void *data, size_t size);

/* The n-th record of a series with every kind, with and without text. */
struct trc_record test_record(unsigned int n);
/* Write `n` of them to `path`, and give the digest. */
void test_write_trace(const char *path, unsigned int n, char digest[TRC_DIGEST_HEX]);

#endif
