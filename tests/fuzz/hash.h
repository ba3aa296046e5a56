/* SPDX-License-Identifier: MIT */
/* SHA-256 over what a machine did: two equal runs have equal ones. */
#ifndef TESTS_FUZZ_HASH_H
#define TESTS_FUZZ_HASH_H

#include "psp/psp.h"

struct machine_hash *machine_hash_new(void);
void machine_hash_free(struct machine_hash *hash);
/* Also has the record decoded, into a line that is too short for some. */
void machine_hash_record(struct machine_hash *hash, const struct psp_trace *record);
void machine_hash_end(struct machine_hash *hash, const void *ram, size_t len, uint8_t digest[32]);

#endif
