/* SPDX-License-Identifier: MIT */
/* Page states (56860, page states): names for combinations of an entry's bits. */
#include "psp/memory/memory.h"

static enum psp_page_state without_asid(const struct psp_rmp_entry *e)
{
	if (e->validated || e->lock)
		return PSP_PAGE_OTHER;
	if (!e->immutable)
		return e->vmsa ? PSP_PAGE_OTHER : PSP_PAGE_RECLAIM;
	if (e->gpa)
		return e->vmsa ? PSP_PAGE_OTHER : PSP_PAGE_METADATA;
	return e->vmsa ? PSP_PAGE_CONTEXT : PSP_PAGE_FIRMWARE;
}

static enum psp_page_state of_guest(const struct psp_rmp_entry *e)
{
	if (e->immutable)
		return e->validated ? PSP_PAGE_PRE_SWAP : PSP_PAGE_PRE_GUEST;
	return e->validated ? PSP_PAGE_GUEST_VALID : PSP_PAGE_GUEST_INVALID;
}

enum psp_page_state psp_page_state(const struct psp *psp, uint64_t spa)
{
	struct psp_rmp_entry e;

	psp_rmp_lookup(psp, spa, &e);
	if (e.assigned)
		return e.asid ? of_guest(&e) : without_asid(&e);
	if (e.validated || e.asid)
		return PSP_PAGE_OTHER;
	return e.immutable ? PSP_PAGE_HV_FIXED : PSP_PAGE_HYPERVISOR;
}

const char *psp_page_state_name(enum psp_page_state state)
{
	static const char *const names[] = {
		[PSP_PAGE_HYPERVISOR] = "Hypervisor",
		[PSP_PAGE_HV_FIXED] = "HV-fixed",
		[PSP_PAGE_FIRMWARE] = "Firmware",
		[PSP_PAGE_RECLAIM] = "Reclaim",
		[PSP_PAGE_CONTEXT] = "Context",
		[PSP_PAGE_METADATA] = "Metadata",
		[PSP_PAGE_PRE_GUEST] = "Pre-guest",
		[PSP_PAGE_PRE_SWAP] = "Pre-swap",
		[PSP_PAGE_GUEST_INVALID] = "Guest-invalid",
		[PSP_PAGE_GUEST_VALID] = "Guest-valid",
		[PSP_PAGE_OTHER] = "other",
	};

	return (unsigned int)state <= PSP_PAGE_OTHER ? names[state] : "other";
}
