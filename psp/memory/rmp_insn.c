/* SPDX-License-Identifier: MIT */
/*
 * The host's instructions on the RMP (APM volume 3: RMPUPDATE, PSMASH, RMPREAD). Only the
 * numbers of the results are sure; which condition gives which, and in what order, is
 * unverified.
 */
#include "psp/memory/memory_state.h"

static struct psp_rmp_raw head_of(const struct psp *psp, const struct psp_rmp_place *place)
{
	return psp_rmp_load(psp, place->segment, place->index & ~(uint64_t)PSP_RMP_HEAD);
}

/* May RMPUPDATE make this? To Hypervisor, Firmware, Pre-guest and Guest-invalid. */
static bool state_ok(const struct psp *psp, uint64_t spa, const struct psp_rmp_entry *state)
{
	const uint64_t size = state->page_2m ? PSP_PAGE_2M : PSP_PAGE;

	if (spa % size || state->gpa % size || state->gpa >> (PSP_RMP_MAX_GPA_BIT + 1) ||
	    state->asid > psp->config.max_asid)
		return false;
	if (!state->assigned)
		return !state->immutable && !state->asid && !state->gpa;
	return state->asid || (state->immutable && !state->gpa);
}

static bool owns(const struct psp *psp, uint64_t spa, bool page_2m)
{
	for (uint64_t i = 0; i < (page_2m ? PSP_PAGE_2M : PSP_PAGE); i += PSP_PAGE)
		if (psp_rmp_own(psp, spa + i))
			return true;
	return false;
}

/* HV-fixed pages are not counted as assigned: look at each. */
static bool any_immutable(const struct psp *psp, const struct psp_rmp_place *place)
{
	const uint64_t first = place->index & ~(uint64_t)PSP_RMP_HEAD;

	for (uint64_t i = 0; i <= PSP_RMP_HEAD; i++)
		if (psp_raw_immutable(psp_rmp_load(psp, place->segment, first + i)))
			return true;
	return false;
}

/* What the pages are now allows the change. */
static enum psp_rmp_result may_change(const struct psp *psp, const struct psp_rmp_place *place,
				      bool page_2m)
{
	const struct psp_rmp_raw head = head_of(psp, place);
	const struct psp_rmp_raw old = psp_rmp_in_force(psp, place);

	if (psp_raw_lock(old))
		return PSP_RMP_FAIL_INUSE;
	if (psp_raw_immutable(old))
		return PSP_RMP_FAIL_PERMISSION;
	if (psp_raw_page_2m(head))
		return page_2m ? PSP_RMP_OK : PSP_RMP_FAIL_OVERLAP;
	if (!page_2m)
		return PSP_RMP_OK;
	if (psp_raw_assigned(head) || psp_raw_subpage_count(head))
		return PSP_RMP_FAIL_OVERLAP;
	return any_immutable(psp, place) ? PSP_RMP_FAIL_PERMISSION : PSP_RMP_OK;
}

/*
 * Only the immutable bit changes: the page stays what it is to its guest, which is how a
 * Guest-valid page becomes a Pre-swap page (unverified).
 */
static void keep_guest_page(const struct psp *psp, uint64_t spa, struct psp_rmp_entry *entry)
{
	struct psp_rmp_entry old;

	psp_rmp_lookup(psp, spa, &old);
	if (!old.assigned || !entry->asid || old.asid != entry->asid || old.gpa != entry->gpa ||
	    old.page_2m != entry->page_2m)
		return;
	entry->validated = old.validated;
	entry->vmsa = old.vmsa;
	memcpy(entry->perms, old.perms, sizeof(entry->perms));
}

enum psp_rmp_result psp_rmpupdate(struct psp *psp, unsigned int cpu, uint64_t spa,
				  const struct psp_rmp_entry *state)
{
	struct psp_rmp_entry entry = {
		.assigned = state->assigned,
		.page_2m = state->page_2m,
		.immutable = state->immutable,
		.asid = state->asid,
		.gpa = state->gpa,
	};
	struct psp_rmp_place place;
	enum psp_rmp_result result;

	if (!psp_core_snp(psp, cpu))
		return PSP_RMP_UD;
	if (!psp_rmp_place(&psp->memory->rmp, spa, &place) || !state_ok(psp, spa, state) ||
	    (state->page_2m && !psp_rmp_covers_2m(&place)))
		return PSP_RMP_FAIL_INPUT;
	if (owns(psp, spa, state->page_2m))
		return PSP_RMP_FAIL_PERMISSION;
	result = may_change(psp, &place, state->page_2m);
	if (result)
		return result;
	if (state->asid)
		entry.perms[0] = PSP_RMP_ALL_PERMS;
	keep_guest_page(psp, spa, &entry);
	psp_rmp_set(psp, spa, &entry);
	return PSP_RMP_OK;
}

enum psp_rmp_result psp_psmash(struct psp *psp, unsigned int cpu, uint64_t spa)
{
	struct psp_rmp_place place;
	struct psp_rmp_entry entry;
	struct psp_rmp_raw head;

	if (!psp_core_snp(psp, cpu))
		return PSP_RMP_UD;
	if (spa % PSP_PAGE_2M || !psp_rmp_place(&psp->memory->rmp, spa, &place))
		return PSP_RMP_FAIL_INPUT;
	head = psp_rmp_load(psp, place.segment, place.index);
	if (psp_raw_lock(head))
		return PSP_RMP_FAIL_INUSE;
	if (!psp_raw_assigned(head) || psp_raw_immutable(head))
		return PSP_RMP_FAIL_PERMISSION;
	if (!psp_raw_page_2m(head))
		return PSP_RMP_FAIL_INPUT;
	entry = psp_rmp_unpack(head);
	entry.page_2m = false;
	psp_rmp_set(psp, spa, &entry);
	return PSP_RMP_OK;
}

enum psp_rmp_result psp_rmpread(struct psp *psp, unsigned int cpu, uint64_t spa,
				struct psp_rmp_entry *state, bool *mixed)
{
	struct psp_rmp_place place;
	struct psp_rmp_entry entry;
	struct psp_rmp_raw head;

	if (!psp_core_snp(psp, cpu))
		return PSP_RMP_UD;
	if (spa % PSP_PAGE || !psp_rmp_place(&psp->memory->rmp, spa, &place))
		return PSP_RMP_FAIL_INPUT;
	entry = psp_rmp_unpack(psp_rmp_in_force(psp, &place));
	head = head_of(psp, &place);
	*state = (struct psp_rmp_entry){
		.assigned = entry.assigned,
		.page_2m = entry.page_2m,
		.immutable = entry.immutable,
		.asid = entry.asid,
		.gpa = entry.gpa,
	};
	*mixed = !psp_raw_page_2m(head) && (psp_raw_assigned(head) || psp_raw_subpage_count(head));
	return PSP_RMP_OK;
}
