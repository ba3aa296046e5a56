/* SPDX-License-Identifier: MIT */
/*
 * The RMP's checks of an access (APM volume 2, 15.36.10). They are made by cores that have
 * SYSCFG.SNP_EN, and for devices as soon as one core has it, until SNP_SHUTDOWN_EX of the IOMMU.
 * Reads of the host, of devices and in a guest's shared view are never refused: what they find is
 * ciphertext.
 *
 * Unverified: that they are not refused; ordinary writes of a guest to a page with the VMSA
 * attribute are refused and reads are not; a VMSA is found by its system physical address, so its
 * GPA is not checked; a 4 KiB nested mapping may lie over a page assigned as 2 MiB.
 */
#include "psp/memory/memory_state.h"
#include "psp/snp/snp.h"

enum { PSP_ACCESS_AGENT = -1 };

struct rule {
	int status;
	uint64_t bits;
	const char *text;
};

static const struct rule rules[] = {
#define RMP_RULE(name, status, bits, text) {PSP_ACCESS_##status, bits, text},
#include "psp/memory/rmp_rules.def"
#undef RMP_RULE
};

/* A write by who may write only pages of the hypervisor. */
static enum psp_rule check_write(const struct psp *psp, const struct psp_rmp_place *place,
				 bool page_2m)
{
	struct psp_rmp_raw raw = psp_rmp_in_force(psp, place);

	if (psp_raw_assigned(raw))
		return PSP_RULE_ASSIGNED;
	if (!page_2m)
		return PSP_RULE_OK;
	raw = psp_rmp_load(psp, place->segment, place->index & ~(uint64_t)PSP_RMP_HEAD);
	return psp_raw_assigned(raw) || psp_raw_subpage_count(raw) ? PSP_RULE_ASSIGNED_2M
								   : PSP_RULE_OK;
}

/* The bit of the permission byte that an access needs. */
static unsigned int needed(const struct psp_access *access)
{
	enum { READ = 1, WRITE = 2, USER_EXECUTE = 4, SUPERVISOR_EXECUTE = 8 };

	if (access->execute)
		return access->user ? USER_EXECUTE : SUPERVISOR_EXECUTE;
	return access->write ? WRITE : READ;
}

static bool gpa_fits(const struct psp_access *access, struct psp_rmp_raw raw)
{
	const uint64_t in_page = psp_raw_page_2m(raw) ? access->pa & (PSP_PAGE_2M - PSP_PAGE) : 0;

	return psp_raw_gpa_page(raw) == (access->gpa - in_page) / PSP_PAGE;
}

enum psp_rule psp_rmp_owned(const struct psp_access *access, struct psp_rmp_raw raw)
{
	if (!psp_raw_assigned(raw))
		return PSP_RULE_UNASSIGNED;
	if (psp_raw_asid(raw) != access->asid)
		return PSP_RULE_OWNER;
	if (!access->vmsa && !gpa_fits(access, raw))
		return PSP_RULE_GPA;
	if (psp_raw_immutable(raw))
		return PSP_RULE_IMMUTABLE;
	return PSP_RULE_OK;
}

static enum psp_rule check_private(const struct psp *psp, const struct psp_access *access,
				   struct psp_rmp_raw raw)
{
	const enum psp_rule owned = psp_rmp_owned(access, raw);

	if (owned)
		return owned;
	if (access->page_2m && !psp_raw_page_2m(raw))
		return PSP_RULE_SIZE;
	if (!psp_raw_validated(raw))
		return PSP_RULE_VALIDATED;
	if (access->vmsa)
		return psp_raw_vmsa(raw) ? PSP_RULE_OK : PSP_RULE_VMSA;
	if (psp->memory->cores[access->cpu].syscfg & PSP_SYSCFG_VMPL_EN &&
	    !(psp_raw_perms(raw, access->vmpl & 3) & needed(access)))
		return PSP_RULE_VMPL;
	if (access->write && psp_raw_vmsa(raw))
		return PSP_RULE_VMSA_WRITE;
	return PSP_RULE_OK;
}

enum psp_rule psp_rmp_rule(const struct psp *psp, const struct psp_access *access)
{
	const struct psp_rmp *rmp = &psp->memory->rmp;
	const bool private =
		access->agent == PSP_GUEST && access->snp && (access->encrypted || access->execute);
	struct psp_rmp_place place;

	if (!rmp->cores)
		return PSP_RULE_OK;
	if (access->agent == PSP_DEVICE ? psp->snp->iommu_off : !psp_core_snp(psp, access->cpu))
		return PSP_RULE_OK;
	if (!private && !access->write)
		return PSP_RULE_OK;
	if (!psp_rmp_place(rmp, access->pa, &place))
		return private ? PSP_RULE_UNASSIGNED : PSP_RULE_OK;
	if (private)
		return check_private(psp, access, psp_rmp_in_force(psp, &place));
	return check_write(psp, &place, access->page_2m);
}

static uint64_t access_bits(const struct psp_access *access)
{
	uint64_t bits = PSP_PF_PRESENT;

	bits |= access->write ? PSP_PF_WRITE : 0;
	bits |= access->user ? PSP_PF_USER : 0;
	bits |= access->execute ? PSP_PF_FETCH : 0;
	if (access->agent == PSP_GUEST && (access->encrypted || (access->snp && access->execute)))
		bits |= PSP_NPF_ENC;
	return bits;
}

struct psp_fault psp_rule_fault(const struct psp_access *access, enum psp_rule rule)
{
	static const int agents[] = {[PSP_HOST] = PSP_ACCESS_PF,
				     [PSP_GUEST] = PSP_ACCESS_NPF,
				     [PSP_DEVICE] = PSP_ACCESS_IO};
	const int status = rules[rule].status;
	struct psp_fault fault = {.error_code = rules[rule].bits, .reason = rules[rule].text};

	fault.status = (enum psp_access_status)(status == PSP_ACCESS_AGENT ? agents[access->agent]
									   : status);
	if (fault.status == PSP_ACCESS_PF || fault.status == PSP_ACCESS_NPF)
		fault.error_code |= access_bits(access);
	else
		fault.error_code = 0;
	return fault;
}

enum psp_access_status psp_rmp_check(const struct psp *psp, const struct psp_access *access,
				     struct psp_fault *fault)
{
	const enum psp_rule rule = psp_rmp_rule(psp, access);
	struct psp_fault found;

	if (!rule)
		return PSP_ACCESS_OK;
	found = psp_rule_fault(access, rule);
	if (fault)
		*fault = found;
	return found.status;
}

enum psp_access_status psp_refuse(struct psp *psp, const struct psp_access *access,
				  enum psp_rule rule, struct psp_fault *fault)
{
	const struct psp_fault found = psp_rule_fault(access, rule);

	if (found.status != PSP_ACCESS_ABORT)
		psp->stats.rmp_faults++;
	psp_trace(psp, PSP_TRACE_FAULT, 0, (uint16_t)found.status, access->pa, &found,
		  sizeof(found));
	if (fault)
		*fault = found;
	return found.status;
}
