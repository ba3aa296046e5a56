/* SPDX-License-Identifier: MIT */
/* Command buffers for random programs: field by field, what is likely and what is not. */
#ifndef TESTS_FUZZ_SHAPE_H
#define TESTS_FUZZ_SHAPE_H

#include "tests/fuzz/machine.h"

enum { SHAPE_BYTES = 0x60, SHAPE_PAGES = 8 };

struct shape {
	unsigned int id;
	uint8_t buf[SHAPE_BYTES];
	/* Host pages that it names, for a driver that gives them to the firmware. */
	unsigned int n_pages;
	uint64_t pages[SHAPE_PAGES];
};

/* A command: mostly one that the platform's states allow and that ends nothing. */
unsigned int shape_any_id(struct machine *m, struct input *in);
/* A byte of `in` for each field, of which most mean "as it should be", and more for others. */
void shape_fill(struct shape *shape, struct machine *m, unsigned int id, struct input *in);

/* A page that programs use: small, large, within a large one, or elsewhere. */
uint64_t shape_page(struct machine *m, struct input *in);

#endif
