/* SPDX-License-Identifier: MIT */
/*
 * Accesses of cores, guests and devices to memory: first the RMP, then the view that the
 * C-bit asks for. A guest's instruction fetch is private whatever its C-bit says (APM volume
 * 2, 15.34.5). The host's and devices' C-bit means the SME key.
 */
#include "psp/memory/memory_state.h"
#include "psp/snp/snp.h"

static bool private_fetch(const struct psp *psp, const struct psp_access *access)
{
	return access->execute && access->asid <= psp->config.max_asid &&
	       (access->snp || psp_key_loaded(psp, access->asid));
}

static enum psp_rule pick_view(const struct psp *psp, const struct psp_access *access, int *view)
{
	*view = PSP_PLAIN;
	if (access->agent == PSP_GUEST) {
		if (!access->encrypted && !private_fetch(psp, access))
			return PSP_RULE_OK;
		*view = (int)access->asid;
		return access->asid && access->asid <= psp->config.max_asid ? PSP_RULE_OK
									    : PSP_RULE_ASID;
	}
	if (!access->encrypted)
		return PSP_RULE_OK;
	*view = 0;
	if (access->agent == PSP_HOST)
		return psp_core_sme(psp, access->cpu) ? PSP_RULE_OK : PSP_RULE_C_BIT;
	return psp_sme_on(psp) ? PSP_RULE_OK : PSP_RULE_C_BIT;
}

static enum psp_rule check(struct psp *psp, const struct psp_access *access, size_t len, int *view)
{
	enum psp_rule rule;

	if (len > PSP_PAGE - access->pa % PSP_PAGE)
		return PSP_RULE_CROSSES;
	rule = pick_view(psp, access, view);
	if (rule || !psp->memory->rmp.cores)
		return rule;
	psp->stats.rmp_checks++;
	if (psp_fault_hit(psp, "psp.rmp-violation"))
		return PSP_RULE_INJECTED;
	return psp_rmp_rule(psp, access);
}

/*
 * Ciphertext hiding: who reads a page of an SNP guest by another view finds all ones
 * (unverified).
 */
static bool hidden(const struct psp *psp, const struct psp_access *access, int view)
{
	struct psp_rmp_entry entry;

	if (access->write || !psp->snp_on || !psp->snp->ciphertext_hiding)
		return false;
	psp_rmp_lookup(psp, access->pa, &entry);
	return entry.assigned && entry.asid && entry.asid <= psp->snp->max_snp_asid &&
	       view != (int)entry.asid;
}

static bool move(struct psp *psp, const struct psp_access *access, int view, void *buf, size_t len)
{
	if (hidden(psp, access, view)) {
		memset(buf, 0xff, len);
		return true;
	}
	if (!psp->memory->cache)
		return access->write ? psp_view_write(psp, view, access->pa, buf, len)
				     : psp_view_read(psp, view, access->pa, buf, len);
	if (access->agent == PSP_DEVICE)
		return access->write ? psp_cache_write_past(psp, view, access->pa, buf, len)
				     : psp_cache_read_past(psp, view, access->pa, buf, len);
	return access->write ? psp_cache_write(psp, access->cpu, view, access->pa, buf, len)
			     : psp_cache_read(psp, access->cpu, view, access->pa, buf, len);
}

enum psp_access_status psp_access(struct psp *psp, const struct psp_access *access, void *buf,
				  size_t len, struct psp_fault *fault)
{
	int view;
	enum psp_rule rule = check(psp, access, len, &view);

	if (!rule && !move(psp, access, view, buf, len))
		rule = PSP_RULE_NO_MEMORY;
	return rule ? psp_refuse(psp, access, rule, fault) : PSP_ACCESS_OK;
}
