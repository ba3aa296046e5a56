/* SPDX-License-Identifier: MIT */
/*
 * The TLB: IHI 0070 3.17. It answers from what it holds until an invalidation
 * names the entry or the round-robin of a set replaces it; it never looks at
 * memory to see whether it is still right.
 */
#include <stdlib.h>

#include "smmu/internal.h"

/* An invalidation of no more page numbers than this looks into their sets only. */
enum { FEW = 16 };

static const uint64_t tag_asid = 0xffffull << TAG_ASID_SHIFT;

int tlb_init(struct tlb *tlb, unsigned int entries)
{
	if (!entries)
		return 0;
	while (((unsigned int)TLB_WAYS << (tlb->log2_sets + 1)) <= entries && tlb->log2_sets < 20)
		tlb->log2_sets++;
	tlb->sets = 1u << tlb->log2_sets;
	tlb->entries = calloc((size_t)tlb->sets * TLB_WAYS, sizeof(*tlb->entries));
	tlb->next = calloc(tlb->sets, 1);
	if (!tlb->entries || !tlb->next)
		return -ENOMEM;
	for (unsigned int i = 0; i < tlb->sets * TLB_WAYS; i++)
		tlb->entries[i].tag_mask = ~0ull;
	return 0;
}

void tlb_free(struct tlb *tlb)
{
	free(tlb->entries);
	free(tlb->next);
}

/* Global entries serve every ASID, so the ASID takes no part in the choice of the set. */
static inline unsigned int set_of(const struct tlb *tlb, uint64_t tag, uint64_t page,
				  unsigned int shift)
{
	uint64_t key = page * 64 + shift + ((tag & ~tag_asid) << 24);

	return (unsigned int)(key * 0x9e3779b97f4a7c15ull >> 32) & (tlb->sets - 1);
}

static inline struct tlb_entry *find(const struct tlb *tlb, uint64_t tag, uint64_t addr,
				     unsigned int shift)
{
	uint64_t page = addr >> shift;
	struct tlb_entry *e = &tlb->entries[set_of(tlb, tag, page, shift) * TLB_WAYS];

	for (unsigned int way = 0; way < TLB_WAYS; way++, e++)
		if (((e->tag ^ tag) & e->tag_mask) == 0 && e->page == page && e->shift == shift)
			return e;
	return NULL;
}

/* The smallest page that matches; *conflict (may be NULL): a larger one does as well. */
const struct tlb_entry *tlb_search(const struct tlb *tlb, uint64_t tag, uint64_t addr,
				   bool *conflict)
{
	const struct tlb_entry *hit = NULL;

	for (uint64_t left = tlb->shifts; left; left &= left - 1) {
		const struct tlb_entry *e =
			find(tlb, tag, addr, (unsigned int)__builtin_ctzll(left));

		if (e && !conflict)
			return e;
		if (e && hit)
			*conflict = true;
		if (e && !hit)
			hit = e;
	}
	return hit;
}

void tlb_insert(struct tlb *tlb, const struct tlb_entry *entry)
{
	unsigned int set, way;
	struct tlb_entry *e;

	if (!tlb->entries)
		return;
	set = set_of(tlb, entry->tag, entry->page, entry->shift);
	e = find(tlb, entry->tag, entry->page << entry->shift, entry->shift);
	for (way = 0; !e && way < TLB_WAYS; way++)
		if (!tlb->entries[set * TLB_WAYS + way].tag)
			e = &tlb->entries[set * TLB_WAYS + way];
	if (!e) {
		e = &tlb->entries[set * TLB_WAYS + tlb->next[set]];
		tlb->next[set] = (tlb->next[set] + 1) % TLB_WAYS;
	}
	*e = *entry;
	e->tag_mask = entry->global ? ~tag_asid : ~0ull;
	tlb->shifts |= BIT(entry->shift);
}

static bool matches(const struct tlb_entry *e, const struct tlb_match *m)
{
	uint64_t first = e->page << e->shift, last = first | ones(e->shift);

	if ((e->tag & 3) != (uint64_t)m->world)
		return false;
	if (!m->any_vmid && (uint16_t)(e->tag >> TAG_VMID_SHIFT) != m->vmid)
		return false;
	if (!m->any_asid && e->global && m->spare_global)
		return false;
	if (!m->any_asid && !e->global && (uint16_t)(e->tag >> TAG_ASID_SHIFT) != m->asid)
		return false;
	return m->any_address || (first <= m->last && last >= m->first);
}

static bool drop(struct tlb_entry *e, const struct tlb_match *m)
{
	if (!e->tag || !matches(e, m))
		return false;
	e->tag = 0;
	e->tag_mask = ~0ull;
	return true;
}

static void drop_in_set(struct tlb *tlb, unsigned int set, const struct tlb_match *m)
{
	for (unsigned int way = 0; way < TLB_WAYS; way++)
		drop(&tlb->entries[set * TLB_WAYS + way], m);
}

/* Pages of 2^shift bytes that the range touches. */
static uint64_t pages_of(const struct tlb_match *m, unsigned int shift)
{
	return (m->last >> shift) - (m->first >> shift) + 1;
}

/* The sets that a few addresses of one VMID can be in, whatever their page size and ASET. */
static bool invalidate_few(struct tlb *tlb, const struct tlb_match *m)
{
	uint64_t left, probes = 0;

	if (m->any_address || m->any_vmid)
		return false;
	for (left = tlb->shifts; left; left &= left - 1) {
		uint64_t pages = pages_of(m, (unsigned int)__builtin_ctzll(left));

		if (pages > FEW || (probes += pages) > FEW)
			return false;
	}
	for (left = tlb->shifts; left; left &= left - 1) {
		unsigned int shift = (unsigned int)__builtin_ctzll(left);
		uint64_t page = m->first >> shift;

		for (uint64_t i = 0; i < pages_of(m, shift); i++, page++)
			for (unsigned int aset = 0; aset < 2; aset++)
				drop_in_set(tlb,
					    set_of(tlb, tlb_tag(m->world, aset, m->vmid, 0), page,
						   shift),
					    m);
	}
	return true;
}

void tlb_invalidate(struct tlb *tlb, const struct tlb_match *match)
{
	if (!tlb->entries || invalidate_few(tlb, match))
		return;
	tlb->shifts = 0;
	for (unsigned int i = 0; i < tlb->sets * TLB_WAYS; i++) {
		struct tlb_entry *e = &tlb->entries[i];

		if (!drop(e, match) && e->tag)
			tlb->shifts |= BIT(e->shift);
	}
}
