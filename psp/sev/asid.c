/* SPDX-License-Identifier: MIT */
/*
 * Who has which ASID. Unverified: no flush is wanted between INIT and the first ACTIVATE, and
 * SHUTDOWN succeeds with ASIDs that wait for one; they wait on, through the next INIT.
 */
#include "psp/sev/asid.h"

#include <stdlib.h>

#include "psp/memory/memory.h"
#include "psp/sev/sev.h"
#include "psp/snp/snp.h"

struct psp_asid_entry {
	enum psp_asid_kind kind;
	bool unflushed; /* released since the last flush */
	uint64_t owner; /* handle or context page */
};

struct psp_asid_entry *psp_asid_table(const struct psp_config *config)
{
	return calloc(config->max_asid + 1, sizeof(struct psp_asid_entry));
}

void psp_asid_reset(struct psp *psp)
{
	memset(psp->sev->asids, 0, (psp->config.max_asid + 1) * sizeof(*psp->sev->asids));
}

/* The highest ASID of an SNP guest while ciphertext hiding parts them from SEV-ES; else 0. */
static unsigned int hidden_asids(const struct psp *psp)
{
	return psp->snp_on && psp->snp->ciphertext_hiding ? psp->snp->max_snp_asid : 0;
}

static bool in_range(const struct psp *psp, unsigned int asid, enum psp_asid_kind kind)
{
	unsigned int hidden = hidden_asids(psp);
	unsigned int first = 1, last = psp->config.min_sev_asid - 1;

	if (kind == PSP_ASID_SEV) {
		first = psp->config.min_sev_asid;
		last = psp->config.max_asid;
	} else if (kind == PSP_ASID_SEV_ES) {
		first = hidden + 1;
	} else if (hidden) {
		last = hidden;
	}
	return asid >= first && asid <= last;
}

enum psp_status psp_asid_bind(struct psp *psp, unsigned int asid, enum psp_asid_kind kind,
			      uint64_t owner)
{
	struct psp_asid_entry *entry;

	if (!in_range(psp, asid, kind))
		return PSP_INVALID_ASID;
	entry = &psp->sev->asids[asid];
	if (entry->kind == kind && entry->owner == owner)
		return PSP_SUCCESS;
	if (entry->kind != PSP_ASID_FREE)
		return PSP_ASID_OWNED;
	if (entry->unflushed)
		return PSP_DF_FLUSH_REQUIRED;
	entry->kind = kind;
	entry->owner = owner;
	return PSP_SUCCESS;
}

void psp_asid_release(struct psp *psp, unsigned int asid)
{
	struct psp_asid_entry *entry = &psp->sev->asids[asid];

	entry->kind = PSP_ASID_FREE;
	entry->owner = 0;
	entry->unflushed = true;
	psp_key_drop(psp, asid);
	psp_wbinvd_require(psp);
}

enum psp_status psp_asid_flush(struct psp *psp)
{
	if (!psp_wbinvd_done(psp))
		return PSP_WBINVD_REQUIRED;
	psp_fabric_flush(psp);
	for (unsigned int asid = 0; asid <= psp->config.max_asid; asid++)
		psp->sev->asids[asid].unflushed = false;
	return PSP_SUCCESS;
}

bool psp_asid_unflushed(const struct psp *psp)
{
	for (unsigned int asid = 0; asid <= psp->config.max_asid; asid++)
		if (psp->sev->asids[asid].unflushed)
			return true;
	return false;
}

enum psp_status psp_asid_cores(struct psp *psp, uint64_t pa, uint64_t n)
{
	uint8_t ids[PSP_MAX_CPUS * 4];
	enum psp_status status;

	if (!n || n > psp->config.cpus)
		return PSP_INVALID_PARAM;
	status = psp_buf_read(psp, pa, ids, n * 4);
	for (uint64_t i = 0; i < n && status == PSP_SUCCESS; i++)
		if (psp_get_le(ids + i * 4, 4) >= psp->config.cpus)
			status = PSP_INVALID_PARAM;
	return status;
}
