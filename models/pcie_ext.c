/* SPDX-License-Identifier: MIT */
/* Extended capabilities (PCIe 7.6.3), and what requests may carry because of them. */
#include "models/pcie_internal.h"

#include <errno.h>

/* ATS (10.5.1), PASID (7.8.9), ACS (7.7.11), PRI (10.5.2), SR-IOV (9.3.3) */
enum {
	EXT_START = 0x100,
	EXT_ATS = 0x000f,
	ATS_SIZE = 0x08,
	ATS_PAGE_ALIGNED = 0x0020,
	ATS_ENABLE = 0x8000,
	ATS_STU = 0x001f,
	EXT_PASID = 0x001b,
	PASID_SIZE = 0x08,
	PASID_ENABLE = 0x1,
	PASID_EXEC = 0x2,
	PASID_PRIV = 0x4,
	EXT_ACS = 0x000d,
	ACS_SIZE = 0x08,
	EXT_PRI = 0x0013,
	PRI_SIZE = 0x10,
	EXT_SRIOV = 0x0010,
	SRIOV_SIZE = 0x40,
	CONTROL = 6, /* of ATS, PASID and ACS, 16 bits */
};

struct list {
	unsigned int last, at; /* header before, 0: none; where the next one goes */
};

/* Header: ID, version 1, next. */
static unsigned int add_ext(struct mdl_pcie_fn *fn, struct list *list, uint16_t id,
			    unsigned int size)
{
	unsigned int cap = list->at;

	if (list->last)
		cfg_set(fn, list->last, 4, cfg_get(fn, list->last, 4) | cap << 20, 0);
	cfg_set(fn, cap, 4, id | 1u << 16, 0);
	list->last = cap;
	list->at = cap + size;
	return cap;
}

/* The smallest translation unit of a virtual function is its PF's (10.5.1.3). */
static void build_ats(struct mdl_pcie_fn *fn, struct list *list)
{
	fn->ats = add_ext(fn, list, EXT_ATS, ATS_SIZE);
	/* Invalidate Queue Depth 0 means 32. */
	cfg_set(fn, fn->ats + 4, 2, ATS_PAGE_ALIGNED, 0);
	cfg_set(fn, fn->ats + CONTROL, 2, 0, ATS_ENABLE | (fn->pf ? 0 : ATS_STU));
}

static void build_pasid(struct mdl_pcie_fn *fn, struct list *list)
{
	const struct mdl_pcie_desc *desc = &fn->desc;
	uint32_t can = (desc->pasid_exec ? PASID_EXEC : 0) | (desc->pasid_priv ? PASID_PRIV : 0);

	fn->pasid = add_ext(fn, list, EXT_PASID, PASID_SIZE);
	cfg_set(fn, fn->pasid + 4, 2, can | desc->pasid_width << 8, 0);
	cfg_set(fn, fn->pasid + CONTROL, 2, 0, PASID_ENABLE | can);
}

static void build_acs(struct mdl_pcie_fn *fn, struct list *list)
{
	unsigned int cap = add_ext(fn, list, EXT_ACS, ACS_SIZE);

	cfg_set(fn, cap + 4, 2, fn->desc.acs, 0);
	cfg_set(fn, cap + CONTROL, 2, 0, fn->desc.acs);
}

void mdl_pcie_build_ext(struct mdl_pcie_fn *fn)
{
	struct list list = {.at = EXT_START};

	if (fn->desc.ats)
		build_ats(fn, &list);
	if (fn->desc.pasid_width)
		build_pasid(fn, &list);
	if (fn->desc.pri)
		mdl_pcie_build_pri(fn, add_ext(fn, &list, EXT_PRI, PRI_SIZE));
	if (fn->desc.acs)
		build_acs(fn, &list);
	if (fn->desc.sriov.total)
		mdl_pcie_build_sriov(fn, add_ext(fn, &list, EXT_SRIOV, SRIOV_SIZE));
}

static uint32_t control(const struct mdl_pcie_fn *fn, unsigned int cap)
{
	return cap ? cfg_get(fn, cap + CONTROL, 2) : 0;
}

bool mdl_pcie_ats_enabled(const struct mdl_pcie_fn *fn)
{
	return control(fn, fn->ats) & ATS_ENABLE;
}

bool mdl_pcie_pasid_enabled(const struct mdl_pcie_fn *fn)
{
	return control(owner_of(fn), owner_of(fn)->pasid) & PASID_ENABLE;
}

bool mdl_pcie_may_request(const struct mdl_pcie_fn *fn, bool has_pasid)
{
	return mdl_pcie_bus_master(fn) && !mdl_pcie_d3hot(fn) && mdl_pcie_port_masters(fn->port) &&
	       (!fn->pf || mdl_pcie_present(fn)) && (!has_pasid || mdl_pcie_pasid_enabled(fn));
}

int mdl_pcie_request(struct mdl_pcie_fn *fn, struct mdl_pcie_prefix *prefix)
{
	uint32_t pasid = control(owner_of(fn), owner_of(fn)->pasid);

	if (!mdl_pcie_may_request(fn, prefix->has_pasid)) {
		le_put(fn->cfg + CFG_STATUS, 2, cfg_get(fn, CFG_STATUS, 2) | STATUS_MASTER_ABORT);
		fn->pcie->stats.requests_refused++;
		return -EACCES;
	}
	prefix->privileged &= prefix->has_pasid && (pasid & PASID_PRIV);
	prefix->execute &= prefix->has_pasid && (pasid & PASID_EXEC);
	return 0;
}
