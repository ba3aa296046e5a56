/* SPDX-License-Identifier: MIT */
/*
 * A guest's instructions on the RMP (APM volume 3: PVALIDATE, RMPADJUST). Unverified: the
 * order of the checks; PVALIDATE outside of VMPL0 is #GP; a 2 MiB operand whose nested
 * mapping or entry is 4 KiB is FAIL_SIZEMISMATCH; the VMSA attribute is VMPL0's alone and
 * no 2 MiB page can have it.
 */
#include "psp/memory/memory_state.h"

#define TARGET(attributes) ((attributes)&0xff)
#define PERMS(attributes)  ((attributes) >> 8 & 0xff)
#define VMSA(attributes)   ((attributes) >> 16 & 1)
#define RESERVED	   (~0x1ffffull)

/* The page that the operand names, if it is the guest's and of the operand's size. */
static enum psp_rmp_result find(struct psp *psp, const struct psp_access *access, bool page_2m,
				struct psp_rmp_raw *raw, struct psp_fault *fault)
{
	struct psp_rmp_place place;
	enum psp_rule rule = PSP_RULE_UNASSIGNED;

	*raw = (struct psp_rmp_raw){0, 0};
	if (psp_rmp_place(&psp->memory->rmp, access->pa, &place)) {
		*raw = psp_rmp_in_force(psp, &place);
		rule = psp_rmp_owned(access, *raw);
	}
	if (!rule && !page_2m && psp_raw_page_2m(*raw))
		rule = PSP_RULE_INSN_SIZE;
	if (rule)
		psp_refuse(psp, access, rule, fault);
	else if (page_2m && (!access->page_2m || !psp_raw_page_2m(*raw)))
		return PSP_RMP_FAIL_SIZEMISMATCH;
	return PSP_RMP_OK;
}

/* Where the nested tables have 4 KiB pages, those of 2 MiB may lie anywhere (unverified). */
static bool operand_ok(const struct psp_access *access, bool page_2m)
{
	const uint64_t size = page_2m ? PSP_PAGE_2M : PSP_PAGE;

	return access->gpa % size == 0 && access->pa % PSP_PAGE == 0;
}

static bool may_execute(const struct psp *psp, const struct psp_access *access)
{
	return access->snp && psp_core_snp(psp, access->cpu);
}

enum psp_rmp_result psp_pvalidate(struct psp *psp, const struct psp_access *access, bool page_2m,
				  bool validate, bool *unchanged, struct psp_fault *fault)
{
	struct psp_rmp_entry entry;
	enum psp_rmp_result result;
	struct psp_rmp_raw raw;

	*unchanged = false;
	*fault = (struct psp_fault){0};
	if (!may_execute(psp, access) || access->vmpl)
		return PSP_RMP_UD;
	if (!operand_ok(access, page_2m))
		return PSP_RMP_FAIL_INPUT;
	result = find(psp, access, page_2m, &raw, fault);
	if (result || fault->status)
		return result;
	if (psp_raw_lock(raw))
		return PSP_RMP_FAIL_INUSE;
	entry = psp_rmp_unpack(raw);
	*unchanged = entry.validated == validate;
	entry.validated = validate;
	if (!*unchanged)
		psp_rmp_set(psp, access->pa, &entry);
	return PSP_RMP_OK;
}

/* What RMPADJUST may not give. */
static bool forbidden(const struct psp_access *access, uint64_t attributes, struct psp_rmp_raw raw)
{
	if (TARGET(attributes) <= access->vmpl ||
	    PERMS(attributes) & ~psp_raw_perms(raw, access->vmpl))
		return true;
	return access->vmpl && VMSA(attributes) != psp_raw_vmsa(raw);
}

enum psp_rmp_result psp_rmpadjust(struct psp *psp, const struct psp_access *access, bool page_2m,
				  uint64_t attributes, struct psp_fault *fault)
{
	struct psp_rmp_entry entry;
	enum psp_rmp_result result;
	struct psp_rmp_raw raw;

	*fault = (struct psp_fault){0};
	if (!may_execute(psp, access))
		return PSP_RMP_UD;
	if (!operand_ok(access, page_2m) || attributes & RESERVED || TARGET(attributes) > 3 ||
	    PERMS(attributes) & ~PSP_RMP_ALL_PERMS || (page_2m && VMSA(attributes)))
		return PSP_RMP_FAIL_INPUT;
	result = find(psp, access, page_2m, &raw, fault);
	if (result || fault->status)
		return result;
	if (!psp_raw_validated(raw)) {
		psp_refuse(psp, access, PSP_RULE_VALIDATED, fault);
		return PSP_RMP_OK;
	}
	if (psp_raw_lock(raw))
		return PSP_RMP_FAIL_INUSE;
	if (forbidden(access, attributes, raw))
		return PSP_RMP_FAIL_PERMISSION;
	entry = psp_rmp_unpack(raw);
	entry.perms[TARGET(attributes)] = (uint8_t)PERMS(attributes);
	entry.vmsa = VMSA(attributes);
	psp_rmp_set(psp, access->pa, &entry);
	return PSP_RMP_OK;
}
