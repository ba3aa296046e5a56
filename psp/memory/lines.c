/* SPDX-License-Identifier: MIT */
#include "psp/memory/lines.h"

#include <stdlib.h>

bool psp_lines_init(struct psp_lines *set, unsigned int capacity)
{
	unsigned int bits = 4;

	while (bits < 31 && 1u << bits < capacity)
		bits++;
	set->capacity = capacity;
	set->shift = 64 - bits;
	set->slots = calloc(capacity, sizeof(*set->slots));
	set->buckets = calloc(1ull << bits, sizeof(struct psp_line *));
	if (!set->slots || !set->buckets)
		return false;
	psp_lines_clear(set);
	return true;
}

void psp_lines_free(struct psp_lines *set)
{
	free(set->slots);
	free(set->buckets);
}

void psp_lines_clear(struct psp_lines *set)
{
	memset(set->buckets, 0, (1ull << (64 - set->shift)) * sizeof(struct psp_line *));
	set->oldest = set->newest = set->unused = NULL;
	for (unsigned int i = set->capacity; i--;) {
		set->slots[i].chain = set->unused;
		set->unused = &set->slots[i];
	}
}

static struct psp_line **bucket(const struct psp_lines *set, uint64_t pa)
{
	return &set->buckets[pa / PSP_LINE * 0x9e3779b97f4a7c15 >> set->shift];
}

static struct psp_line *same(struct psp_line *line, uint64_t pa)
{
	while (line && line->pa != pa)
		line = line->chain;
	return line;
}

struct psp_line *psp_lines_at(const struct psp_lines *set, uint64_t pa)
{
	return same(*bucket(set, pa), pa);
}

struct psp_line *psp_lines_next(const struct psp_line *line)
{
	return same(line->chain, line->pa);
}

struct psp_line *psp_lines_find(const struct psp_lines *set, uint64_t pa, int view)
{
	struct psp_line *line = psp_lines_at(set, pa);

	while (line && line->view != view)
		line = psp_lines_next(line);
	return line;
}

bool psp_lines_full(const struct psp_lines *set)
{
	return !set->unused;
}

struct psp_line *psp_lines_insert(struct psp_lines *set, uint64_t pa, int view)
{
	struct psp_line **head = bucket(set, pa);
	struct psp_line *line = set->unused;

	set->unused = line->chain;
	*line = (struct psp_line){.pa = pa, .view = view, .chain = *head, .older = set->newest};
	*head = line;
	if (set->newest)
		set->newest->newer = line;
	else
		set->oldest = line;
	set->newest = line;
	return line;
}

void psp_lines_remove(struct psp_lines *set, struct psp_line *line)
{
	struct psp_line **at = bucket(set, line->pa);

	while (*at != line)
		at = &(*at)->chain;
	*at = line->chain;
	*(line->older ? &line->older->newer : &set->oldest) = line->newer;
	*(line->newer ? &line->newer->older : &set->newest) = line->older;
	line->chain = set->unused;
	set->unused = line;
}
