/* SPDX-License-Identifier: MIT */
/* Page requests: the PRI capability (PCIe 10.5.2) and its state (10.4). */
#include "models/pcie_internal.h"

#include <errno.h>
#include <string.h>

enum {
	PRI_CONTROL = 0x04,
	PRI_ENABLE = 0x0001,
	PRI_RESET = 0x0002,
	PRI_STATUS = 0x06,
	STATUS_RF = 0x0001,
	STATUS_UPRGI = 0x0002,
	STATUS_STOPPED = 0x0100,
	STATUS_PASID_REQUIRED = 0x8000,
	PRI_CAPACITY = 0x08,
	PRI_ALLOCATION = 0x0c,
	RESPONSE_FAILURE = 15,
};

void mdl_pcie_build_pri(struct mdl_pcie_fn *fn, unsigned int cap)
{
	fn->pri_cap = cap;
	cfg_set(fn, cap + PRI_CONTROL, 2, 0, PRI_ENABLE | PRI_RESET);
	cfg_set(fn, cap + PRI_STATUS, 2,
		STATUS_STOPPED | (fn->desc.pasid_width ? STATUS_PASID_REQUIRED : 0), 0);
	le_put(fn->w1c + cap + PRI_STATUS, 2, STATUS_RF | STATUS_UPRGI);
	cfg_set(fn, cap + PRI_CAPACITY, 4, fn->desc.pri, 0);
	cfg_set(fn, cap + PRI_ALLOCATION, 4, 0, 0xffffffff);
}

static uint32_t at(const struct mdl_pcie_fn *fn, unsigned int field, unsigned int size)
{
	return cfg_get(fn, fn->pri_cap + field, size);
}

static void put(struct mdl_pcie_fn *fn, unsigned int field, uint32_t clear, uint32_t set)
{
	le_put(fn->cfg + fn->pri_cap + field, 2, (at(fn, field, 2) & ~clear) | set);
}

static void drop_all(struct mdl_pcie_fn *fn)
{
	memset(fn->pri, 0, sizeof(*fn->pri));
}

/* Stopped: it is not enabled, and nothing that it sent is outstanding. */
static void update_stopped(struct mdl_pcie_fn *fn)
{
	bool stopped = !(at(fn, PRI_CONTROL, 2) & PRI_ENABLE) && !fn->pri->outstanding;

	put(fn, PRI_STATUS, STATUS_STOPPED, stopped ? STATUS_STOPPED : 0);
}

/* Reset has an effect only while Enable is clear, and reads as zero. */
void mdl_pcie_pri_written(struct mdl_pcie_fn *fn)
{
	uint32_t control = at(fn, PRI_CONTROL, 2);

	if ((control & PRI_RESET) && !(control & PRI_ENABLE)) {
		drop_all(fn);
		put(fn, PRI_STATUS, STATUS_RF | STATUS_UPRGI, 0);
	}
	put(fn, PRI_CONTROL, PRI_RESET, 0);
	update_stopped(fn);
}

void mdl_pcie_pri_reset(struct mdl_pcie_fn *fn)
{
	if (fn->pri)
		drop_all(fn);
}

bool mdl_pcie_pri_enabled(const struct mdl_pcie_fn *fn)
{
	const struct mdl_pcie_fn *owner = owner_of(fn);

	return owner->pri && (at(owner, PRI_CONTROL, 2) & PRI_ENABLE);
}

/* A page request is no memory request: without Bus Master Enable it is not made at all. */
int mdl_pcie_page_request(struct mdl_pcie_fn *fn, unsigned int index)
{
	struct mdl_pcie_prefix none = {0};
	struct mdl_pcie_fn *owner = owner_of(fn);

	if (index >= PRG_GROUPS)
		return -EINVAL;
	if (!mdl_pcie_pri_enabled(fn) || mdl_pcie_request(fn, &none))
		return -EACCES;
	if (owner->pri->outstanding >= at(owner, PRI_ALLOCATION, 4) ||
	    owner->pri->outstanding >= owner->desc.pri)
		return -EBUSY;
	owner->pri->outstanding++;
	owner->pri->group[index]++;
	return 0;
}

bool mdl_pcie_prg_response(struct mdl_pcie_fn *fn, unsigned int index, unsigned int code)
{
	struct mdl_pcie_fn *owner = owner_of(fn);
	struct pri_state *pri = owner->pri;

	if (!pri)
		return false;
	if (index >= PRG_GROUPS || !pri->group[index]) {
		put(owner, PRI_STATUS, 0, STATUS_UPRGI);
		return false;
	}
	pri->outstanding -= pri->group[index];
	pri->group[index] = 0;
	if (code == RESPONSE_FAILURE) {
		drop_all(owner);
		put(owner, PRI_CONTROL, PRI_ENABLE, 0);
		put(owner, PRI_STATUS, 0, STATUS_RF);
	}
	update_stopped(owner);
	return true;
}
