/* SPDX-License-Identifier: MIT */
/*
 * Entries of the RMP. The pages behind the first one of a 2 MiB page have entries as if they
 * were assigned one by one (unverified; the driver reads a page's own entry to see whether
 * it is assigned): they come into force when the page is split. The subpage count of the
 * first entry says how many of the 511 others are assigned as 4 KiB pages (unverified).
 * A page of the hypervisor with only the immutable bit is HV-fixed (unverified).
 */
#include "psp/memory/memory_state.h"

struct psp_rmp_entry psp_rmp_unpack(struct psp_rmp_raw raw)
{
	struct psp_rmp_entry e = {
		.assigned = psp_raw_assigned(raw),
		.page_2m = psp_raw_page_2m(raw),
		.immutable = psp_raw_immutable(raw),
		.validated = psp_raw_validated(raw),
		.vmsa = psp_raw_vmsa(raw),
		.lock = psp_raw_lock(raw),
		.asid = (uint32_t)psp_raw_asid(raw),
		.subpage_count = (uint16_t)psp_raw_subpage_count(raw),
		.gpa = psp_raw_gpa(raw),
	};

	for (unsigned int vmpl = 0; vmpl < 4; vmpl++)
		e.perms[vmpl] = psp_raw_perms(raw, vmpl);
	return e;
}

struct psp_rmp_raw psp_rmp_pack(const struct psp_rmp_entry *e)
{
	struct psp_rmp_raw raw = {0, 0};

	psp_raw_set_assigned(&raw, e->assigned);
	psp_raw_set_page_2m(&raw, e->page_2m);
	psp_raw_set_immutable(&raw, e->immutable);
	psp_raw_set_validated(&raw, e->validated);
	psp_raw_set_vmsa(&raw, e->vmsa);
	psp_raw_set_lock(&raw, e->lock);
	psp_raw_set_asid(&raw, e->asid);
	psp_raw_set_gpa_page(&raw, e->gpa / PSP_PAGE);
	psp_raw_set_vmpl0(&raw, e->perms[0]);
	psp_raw_set_vmpl1(&raw, e->perms[1]);
	psp_raw_set_vmpl2(&raw, e->perms[2]);
	psp_raw_set_vmpl3(&raw, e->perms[3]);
	return raw;
}

struct psp_rmp_raw psp_rmp_fetch(const struct psp *psp, const struct psp_rmp_segment *segment,
				 uint64_t index)
{
	struct psp_rmp_raw raw = {0, 0};

	if (!psp_dram_read(psp, segment->base + index * PSP_RMP_ENTRY, &raw, sizeof(raw)))
		return (struct psp_rmp_raw){0, 0};
	return raw;
}

/* `n` entries from a place on. */
static void store(struct psp *psp, const struct psp_rmp_place *place, const struct psp_rmp_raw *raw,
		  size_t n)
{
	const uint64_t offset = place->index * PSP_RMP_ENTRY;

	if (place->segment->ram && !psp->memory->cache)
		memcpy(place->segment->ram + offset, raw, n * sizeof(*raw));
	else
		psp_fabric_write(psp, PSP_PLAIN, place->segment->base + offset, raw,
				 n * sizeof(*raw));
}

void psp_rmp_store(struct psp *psp, const struct psp_rmp_place *place, struct psp_rmp_raw raw)
{
	store(psp, place, &raw, 1);
}

static struct psp_rmp_place first_of(const struct psp_rmp_place *place)
{
	return (struct psp_rmp_place){place->segment, place->index & ~(uint64_t)PSP_RMP_HEAD};
}

static void set_4k(struct psp *psp, const struct psp_rmp_place *place, struct psp_rmp_raw raw)
{
	const struct psp_rmp_place first = first_of(place);
	struct psp_rmp_raw head = psp_rmp_load(psp, first.segment, first.index);
	struct psp_rmp_raw old = psp_rmp_load(psp, place->segment, place->index);
	uint64_t count = psp_raw_subpage_count(head);

	if (psp_raw_page_2m(head))
		count = psp_raw_assigned(head) ? PSP_RMP_HEAD : 0;
	psp_raw_set_page_2m(&head, 0);
	psp_raw_set_page_2m(&raw, 0);
	if (first.index == place->index)
		head = raw;
	else
		count += psp_raw_assigned(raw) - psp_raw_assigned(old);
	psp_raw_set_subpage_count(&head, count);
	psp_rmp_store(psp, place, raw);
	psp_rmp_store(psp, &first, head);
}

static void set_2m(struct psp *psp, const struct psp_rmp_place *place, struct psp_rmp_raw raw)
{
	const struct psp_rmp_place first = first_of(place);
	const uint64_t gpa = psp_raw_gpa_page(raw);
	struct psp_rmp_raw all[PSP_RMP_HEAD + 1];

	if (psp_raw_asid(raw))
		psp_raw_set_gpa_page(&raw, gpa & ~(uint64_t)PSP_RMP_HEAD);
	psp_raw_set_page_2m(&raw, 0);
	for (uint64_t i = 0; i <= PSP_RMP_HEAD; i++) {
		all[i] = raw;
		if (psp_raw_asid(raw))
			psp_raw_set_gpa_page(&all[i], psp_raw_gpa_page(raw) + i);
	}
	psp_raw_set_page_2m(&all[0], psp_raw_assigned(raw));
	store(psp, &first, all, PSP_RMP_HEAD + 1);
}

bool psp_rmp_covers_2m(const struct psp_rmp_place *place)
{
	return (place->index | PSP_RMP_HEAD) < place->segment->pages;
}

void psp_rmp_set_quiet(struct psp *psp, uint64_t spa, const struct psp_rmp_entry *entry)
{
	const struct psp_rmp_raw raw = psp_rmp_pack(entry);
	struct psp_rmp_place place;

	if (!psp_rmp_place(&psp->memory->rmp, spa, &place))
		return;
	if (entry->page_2m && psp_rmp_covers_2m(&place))
		set_2m(psp, &place, raw);
	else
		set_4k(psp, &place, raw);
}

void psp_rmp_set(struct psp *psp, uint64_t spa, const struct psp_rmp_entry *entry)
{
	struct psp_rmp_place place;
	struct psp_rmp_raw raw;

	if (!psp_rmp_place(&psp->memory->rmp, spa, &place))
		return;
	psp_rmp_set_quiet(psp, spa, entry);
	raw = psp_rmp_load(psp, place.segment, place.index);
	psp_trace(psp, PSP_TRACE_RMP, 0, 0, spa, &raw, sizeof(raw));
}

void psp_rmp_lookup(const struct psp *psp, uint64_t spa, struct psp_rmp_entry *entry)
{
	struct psp_rmp_place place;

	if (psp_rmp_place(&psp->memory->rmp, spa, &place))
		*entry = psp_rmp_unpack(psp_rmp_in_force(psp, &place));
	else
		*entry = (struct psp_rmp_entry){0};
}

bool psp_rmp_on(const struct psp *psp)
{
	return psp->memory->rmp.cores != 0;
}

bool psp_rmp_covers(const struct psp *psp, uint64_t spa)
{
	struct psp_rmp_place place;

	return psp_rmp_place(&psp->memory->rmp, spa, &place);
}
