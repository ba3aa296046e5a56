/* SPDX-License-Identifier: MIT */
/* The reverse map table as it lies in memory, for the files rmp_*.c and msr.c. */
#ifndef PSP_RMP_H
#define PSP_RMP_H

#include <string.h>

#include "psp/internal.h"

struct psp_rmp_raw {
	uint64_t lo, hi;
};

/* psp_raw_assigned(raw), psp_raw_set_assigned(&raw, 1) ... */
#define RMP_FIELD(name, word, high, low)                                                           \
	static inline uint64_t psp_raw_##name(struct psp_rmp_raw raw)                              \
	{                                                                                          \
		return raw.word >> (low) & (~0ull >> (63 - (high) + (low)));                       \
	}                                                                                          \
	static inline void psp_raw_set_##name(struct psp_rmp_raw *raw, uint64_t value)             \
	{                                                                                          \
		const uint64_t mask = ~0ull >> (63 - (high) + (low)) << (low);                     \
                                                                                                   \
		raw->word = (raw->word & ~mask) | (value << (low)&mask);                           \
	}
#include "psp/memory/rmp.def"
#undef RMP_FIELD

enum {
	PSP_RMP_ENTRY = 16,
	PSP_RMP_BOOKKEEPING = 16 * 1024, /* before the entries, or the segment table */
	PSP_RMP_SEGMENTS = 512,
	PSP_RMP_HEAD = 511, /* index bits below the first page of 2 MiB */
	PSP_RMP_MAX_GPA_BIT = 50,
	PSP_RMP_ALL_PERMS = 0xf,
};

/*
 * The entries of consecutive pages. A table that is not segmented is one segment. `ram` is
 * where they are, if the world has them in one piece.
 */
struct psp_rmp_segment {
	uint8_t *ram;
	uint64_t base;
	uint64_t pages;
};

/* The table in force: what the MSRs of the core that first set SNP_EN say. */
struct psp_rmp {
	unsigned int cores; /* with SNP_EN; 0: there is no table */
	unsigned int shift; /* a segment covers 2^shift bytes */
	uint64_t mask;	    /* of an address within its segment */
	uint64_t base;	    /* of the bookkeeping area */
	uint64_t size;	    /* of it with what lies behind it: entries or segment table */
	unsigned int used;  /* segments, of which some may be empty */
	struct psp_rmp_segment segments[PSP_RMP_SEGMENTS];
};

/* One page's place in the table. */
struct psp_rmp_place {
	const struct psp_rmp_segment *segment;
	uint64_t index;
};

static inline bool psp_rmp_place(const struct psp_rmp *rmp, uint64_t spa,
				 struct psp_rmp_place *place)
{
	const uint64_t segment = spa >> rmp->shift;

	if (segment >= PSP_RMP_SEGMENTS)
		return false;
	place->segment = &rmp->segments[segment];
	place->index = (spa & rmp->mask) / PSP_PAGE;
	return place->index < place->segment->pages;
}

/* Entry `index` of a segment, by the world's functions; zero where there is no RAM. */
struct psp_rmp_raw psp_rmp_fetch(const struct psp *psp, const struct psp_rmp_segment *segment,
				 uint64_t index);

static inline struct psp_rmp_raw psp_rmp_load(const struct psp *psp,
					      const struct psp_rmp_segment *segment, uint64_t index)
{
	struct psp_rmp_raw raw;

	if (!segment->ram)
		return psp_rmp_fetch(psp, segment, index);
	memcpy(&raw, segment->ram + index * PSP_RMP_ENTRY, sizeof(raw));
	return raw;
}

/* The entry in force: a 2 MiB page's first one stands for all of it. */
static inline struct psp_rmp_raw psp_rmp_in_force(const struct psp *psp,
						  const struct psp_rmp_place *place)
{
	const uint64_t first = place->index & ~(uint64_t)PSP_RMP_HEAD;
	struct psp_rmp_raw head = psp_rmp_load(psp, place->segment, first);

	if (psp_raw_page_2m(head) || first == place->index)
		return head;
	return psp_rmp_load(psp, place->segment, place->index);
}

static inline uint64_t psp_raw_gpa(struct psp_rmp_raw raw)
{
	return psp_raw_gpa_page(raw) * PSP_PAGE;
}

static inline uint8_t psp_raw_perms(struct psp_rmp_raw raw, unsigned int vmpl)
{
	return (uint8_t)(raw.hi >> 8 * vmpl);
}

struct psp_rmp_entry psp_rmp_unpack(struct psp_rmp_raw raw);
struct psp_rmp_raw psp_rmp_pack(const struct psp_rmp_entry *entry);

/* Write an entry as it is. */
void psp_rmp_store(struct psp *psp, const struct psp_rmp_place *place, struct psp_rmp_raw raw);

/*
 * The table that the MSRs of a core describe comes into force. Where they describe it badly,
 * it covers nothing.
 */
void psp_rmp_enable(struct psp *psp, unsigned int cpu);
/* psp_rmp_set() without a trace record. */
void psp_rmp_set_quiet(struct psp *psp, uint64_t spa, const struct psp_rmp_entry *entry);
/* All 512 pages of the 2 MiB are in the table. */
bool psp_rmp_covers_2m(const struct psp_rmp_place *place);

#endif
