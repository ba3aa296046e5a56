/* SPDX-License-Identifier: MIT */
/*
 * A range list of SNP_INIT_EX and SNP_PAGE_SET_STATE (56860): count, 4 bytes reserved, then
 * for each range base, number of 4 KiB pages and 4 bytes reserved; all in one page.
 */
#ifndef PSP_SNP_RANGES_H
#define PSP_SNP_RANGES_H

#include "psp/internal.h"

struct psp_range {
	uint64_t base;
	uint32_t pages, reserved;
};

enum { PSP_MAX_RANGES = (PSP_PAGE - 8) / sizeof(struct psp_range) };

struct psp_ranges {
	uint32_t n, reserved;
	struct psp_range range[PSP_MAX_RANGES];
};

/*
 * Read and check a list. INVALID_ADDRESS: list or base are not at a page's start, or the
 * range wraps; INVALID_PARAM: more ranges than a page holds, reserved bits.
 */
enum psp_status psp_ranges_read(struct psp *psp, uint64_t pa, struct psp_ranges *ranges);
/* Make all of them HV-fixed; INVALID_PAGE_STATE: a page is assigned, and none is changed. */
enum psp_status psp_ranges_fix(struct psp *psp, const struct psp_ranges *ranges);

#endif
