/* SPDX-License-Identifier: MIT */
#include "psp/snp/ranges.h"

#include "psp/memory/memory.h"
#include "psp/snp/page.h"

static enum psp_status check_range(const struct psp_range *r)
{
	uint64_t bytes = (uint64_t)r->pages * PSP_PAGE;

	if (r->reserved)
		return PSP_INVALID_PARAM;
	if (r->base % PSP_PAGE || r->base + bytes < r->base)
		return PSP_INVALID_ADDRESS;
	return PSP_SUCCESS;
}

enum psp_status psp_ranges_read(struct psp *psp, uint64_t pa, struct psp_ranges *ranges)
{
	enum psp_status status;

	if (psp_strip_c_bit(psp, pa) % PSP_PAGE)
		return PSP_INVALID_ADDRESS;
	status = psp_buf_read(psp, pa, ranges, sizeof(*ranges));
	if (status)
		return status;
	if (ranges->n > PSP_MAX_RANGES || ranges->reserved)
		return PSP_INVALID_PARAM;
	for (uint32_t i = 0; i < ranges->n && status == PSP_SUCCESS; i++)
		status = check_range(&ranges->range[i]);
	return status;
}

/* In the RAM of a range, is a page assigned that is not of the RMP? */
static bool assigned(const struct psp *psp, const struct psp_range *r)
{
	const uint64_t limit = psp->config.memory_end;
	const uint64_t all = r->base + (uint64_t)r->pages * PSP_PAGE,
		       end = all < limit ? all : limit;
	struct psp_rmp_entry entry;

	for (uint64_t pa = r->base; pa < end; pa += PSP_PAGE) {
		if (!psp_rmp_covers(psp, pa) || psp_rmp_own(psp, pa))
			continue;
		psp_rmp_lookup(psp, pa, &entry);
		if (entry.assigned)
			return true;
	}
	return false;
}

enum psp_status psp_ranges_fix(struct psp *psp, const struct psp_ranges *ranges)
{
	enum psp_status status = PSP_SUCCESS;

	for (uint32_t i = 0; i < ranges->n; i++)
		if (assigned(psp, &ranges->range[i]))
			return PSP_INVALID_PAGE_STATE;
	for (uint32_t i = 0; i < ranges->n && status == PSP_SUCCESS; i++)
		status = psp_rmp_fix(psp, ranges->range[i].base, ranges->range[i].pages);
	return status;
}
