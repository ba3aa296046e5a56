/* SPDX-License-Identifier: MIT */
/* A bounded set of lines, found by address, in the order of their insertion. */
#ifndef PSP_LINES_H
#define PSP_LINES_H

#include "psp/memory/cache.h"

struct psp_line {
	uint64_t pa;
	int view;
	uint16_t core;
	bool dirty;
	uint32_t epoch;	  /* of the view's key, when last written */
	uint64_t written; /* when: psp_cache.time */
	uint64_t passed;  /* last write of another view that reached memory meanwhile */
	uint8_t data[PSP_LINE];
	struct psp_line *older, *newer, *chain;
};

struct psp_lines {
	struct psp_line *slots, *unused, *oldest, *newest;
	struct psp_line **buckets;
	unsigned int capacity, shift;
};

bool psp_lines_init(struct psp_lines *set, unsigned int capacity);
void psp_lines_free(struct psp_lines *set);
void psp_lines_clear(struct psp_lines *set);

/* Lines of an address, of whatever view: the first, and the next after one. */
struct psp_line *psp_lines_at(const struct psp_lines *set, uint64_t pa);
struct psp_line *psp_lines_next(const struct psp_line *line);
struct psp_line *psp_lines_find(const struct psp_lines *set, uint64_t pa, int view);

bool psp_lines_full(const struct psp_lines *set);
/* The set is not full and does not have it. Fields but pa and view are zero. */
struct psp_line *psp_lines_insert(struct psp_lines *set, uint64_t pa, int view);
void psp_lines_remove(struct psp_lines *set, struct psp_line *line);

#endif
