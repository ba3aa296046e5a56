/* SPDX-License-Identifier: MIT */
#include "tests/psp/rmp_oracle.h"

#include <string.h>

static unsigned int count(bool page_2m)
{
	return page_2m ? 512 : 1;
}

enum psp_rmp_result oracle_update(struct oracle *o, unsigned int page,
				  const struct psp_rmp_entry *state)
{
	struct oracle_page *p = &o->pages[page];
	bool mixed = false, fixed = false, same;

	if (state->page_2m && (page % 512 || state->gpa % 0x200000))
		return PSP_RMP_FAIL_INPUT;
	if (!state->assigned && (state->asid || state->immutable || state->gpa))
		return PSP_RMP_FAIL_INPUT;
	if (state->assigned && !state->asid && (!state->immutable || state->gpa))
		return PSP_RMP_FAIL_INPUT;
	if (p->immutable)
		return PSP_RMP_FAIL_PERMISSION;
	for (unsigned int i = 0; i < count(state->page_2m); i++) {
		mixed |= p[i].assigned && p[i].large != state->page_2m;
		fixed |= p[i].immutable;
	}
	if (mixed)
		return PSP_RMP_FAIL_OVERLAP;
	if (fixed)
		return PSP_RMP_FAIL_PERMISSION;
	/* the same page of the same guest: only its immutable bit can change */
	same = state->asid && p->owner == state->asid && p->gpa == state->gpa;
	for (unsigned int i = 0; i < count(state->page_2m); i++) {
		if (same) {
			p[i].immutable = state->immutable;
			continue;
		}
		memset(&p[i], 0, sizeof(p[i]));
		p[i].assigned = state->assigned;
		p[i].immutable = state->immutable;
		p[i].large = state->assigned && state->page_2m;
		p[i].owner = state->asid;
		p[i].gpa = state->asid ? state->gpa + i * 0x1000ull : 0;
		p[i].perms[0] = state->asid ? 15 : 0;
	}
	return PSP_RMP_OK;
}

enum psp_rmp_result oracle_smash(struct oracle *o, unsigned int page)
{
	struct oracle_page *p = &o->pages[page];

	if (page % 512)
		return PSP_RMP_FAIL_INPUT;
	if (!p->assigned || p->immutable)
		return PSP_RMP_FAIL_PERMISSION;
	if (!p->large)
		return PSP_RMP_FAIL_INPUT;
	for (unsigned int i = 0; i < 512; i++)
		p[i].large = false;
	return PSP_RMP_OK;
}

static bool is_of(const struct oracle_page *p, const struct psp_access *access)
{
	return p->assigned && p->owner == access->asid && p->gpa == access->gpa / 0x1000 * 0x1000 &&
	       !p->immutable;
}

static struct oracle_answer reach(const struct oracle_page *p, const struct psp_access *access,
				  bool page_2m)
{
	struct oracle_answer answer = {PSP_ACCESS_OK, PSP_RMP_OK, false};

	if (page_2m && access->gpa % 0x200000)
		answer.result = PSP_RMP_FAIL_INPUT;
	else if (!is_of(p, access) || (p->large && !page_2m))
		answer.fault = PSP_ACCESS_NPF;
	else if (page_2m && (!p->large || !access->page_2m))
		answer.result = PSP_RMP_FAIL_SIZEMISMATCH;
	return answer;
}

struct oracle_answer oracle_validate(struct oracle *o, unsigned int page,
				     const struct psp_access *access, bool page_2m, bool validate)
{
	struct oracle_page *p = &o->pages[page];
	struct oracle_answer answer = reach(p, access, page_2m);

	if (access->vmpl)
		return (struct oracle_answer){PSP_ACCESS_OK, PSP_RMP_UD, false};
	if (answer.fault || answer.result)
		return answer;
	answer.unchanged = p->validated == validate;
	for (unsigned int i = 0; i < count(page_2m); i++)
		p[i].validated = validate;
	return answer;
}

struct oracle_answer oracle_adjust(struct oracle *o, unsigned int page,
				   const struct psp_access *access, bool page_2m,
				   uint64_t attributes)
{
	const unsigned int target = attributes & 0xff, perms = attributes >> 8 & 0xff;
	const bool vmsa = attributes >> 16 & 1;
	struct oracle_page *p = &o->pages[page];
	struct oracle_answer answer = reach(p, access, page_2m);

	if (target > 3 || perms > 15 || attributes >> 17 || (vmsa && page_2m))
		return (struct oracle_answer){PSP_ACCESS_OK, PSP_RMP_FAIL_INPUT, false};
	if (answer.fault || answer.result)
		return answer;
	if (!p->validated)
		answer.fault = PSP_ACCESS_VC;
	else if (target <= access->vmpl ||
		 (perms | p->perms[access->vmpl]) != p->perms[access->vmpl] ||
		 (access->vmpl && vmsa != p->vmsa))
		answer.result = PSP_RMP_FAIL_PERMISSION;
	if (answer.fault || answer.result)
		return answer;
	for (unsigned int i = 0; i < count(page_2m); i++) {
		p[i].perms[target] = (uint8_t)perms;
		p[i].vmsa = vmsa;
	}
	return answer;
}

static bool any_assigned(const struct oracle *o, unsigned int page, bool page_2m)
{
	const unsigned int first = page_2m ? page / 512 * 512 : page;

	for (unsigned int i = 0; i < count(page_2m); i++)
		if (o->pages[first + i].assigned)
			return true;
	return false;
}

enum psp_access_status oracle_check(const struct oracle *o, unsigned int page,
				    const struct psp_access *access)
{
	const struct oracle_page *p = &o->pages[page];
	const unsigned int permission = access->execute ? (access->user ? 2 : 3) : access->write;

	if (!(access->agent == PSP_GUEST && access->snp &&
	      (access->encrypted || access->execute))) {
		if (!access->write || !any_assigned(o, page, access->page_2m))
			return PSP_ACCESS_OK;
		return access->agent == PSP_HOST     ? PSP_ACCESS_PF
		       : access->agent == PSP_DEVICE ? PSP_ACCESS_IO
						     : PSP_ACCESS_NPF;
	}
	if (!is_of(p, access) || (access->page_2m && !p->large))
		return PSP_ACCESS_NPF;
	if (!p->validated)
		return PSP_ACCESS_VC;
	if (!(p->perms[access->vmpl] >> permission & 1) || (access->write && p->vmsa))
		return PSP_ACCESS_NPF;
	return PSP_ACCESS_OK;
}
