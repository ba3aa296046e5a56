/* SPDX-License-Identifier: MIT */
/*
 * Where the table is, and its beginning and end (APM volume 2, 15.36.4; 56860, SNP_INIT).
 *
 *	RMP_BASE  +---------------------+   segmented (RMP_CFG bit 0):
 *	          | bookkeeping, 16 KiB |     bookkeeping, 16 KiB
 *	          +---------------------+     512 qwords: base 51:20, GiB mapped 19:0;
 *	          | 16 bytes a page ... |     segment n holds the entries of addresses
 *	RMP_END   +---------------------+     from n << RMP_CFG[13:8] on
 */
#include "psp/memory/memory_state.h"

#define SEGMENTED     1ull
#define SEGMENT_BASE  0x000ffffffff00000ull
#define SEGMENT_GIB   0xfffffull
#define PAGES_PER_GIB 0x40000ull
#define TABLE_ALIGN   0x100000ull /* what BIOSes do; unverified as the firmware's rule */

enum { FLAT_SHIFT = 52, MIN_SHIFT = 30, MAX_SHIFT = 43 };

static void add_segment(struct psp *psp, unsigned int n, uint64_t base, uint64_t pages)
{
	struct psp_rmp *rmp = &psp->memory->rmp;

	rmp->segments[n] = (struct psp_rmp_segment){
		.ram = psp_dram(psp, base, pages * PSP_RMP_ENTRY), .base = base, .pages = pages};
	rmp->used = n + 1;
}

static void enable_flat(struct psp *psp, const struct psp_core *core)
{
	struct psp_rmp *rmp = &psp->memory->rmp;
	const uint64_t size = core->rmp_end + 1 - core->rmp_base;

	if (!core->rmp_base || core->rmp_end < core->rmp_base || size <= PSP_RMP_BOOKKEEPING)
		return;
	rmp->base = core->rmp_base;
	rmp->size = size;
	add_segment(psp, 0, rmp->base + PSP_RMP_BOOKKEEPING,
		    (size - PSP_RMP_BOOKKEEPING) / PSP_RMP_ENTRY);
}

static void enable_segments(struct psp *psp, const struct psp_core *core)
{
	struct psp_rmp *rmp = &psp->memory->rmp;
	const unsigned int shift = core->rmp_cfg >> 8 & 0x3f;
	uint64_t most, table[PSP_RMP_SEGMENTS];

	if (!core->rmp_base || shift < MIN_SHIFT || shift > MAX_SHIFT ||
	    !psp_dram_read(psp, core->rmp_base + PSP_RMP_BOOKKEEPING, table, sizeof(table)))
		return;
	most = 1ull << (shift - 12);
	rmp->shift = shift;
	rmp->mask = (1ull << shift) - 1;
	rmp->base = core->rmp_base;
	rmp->size = PSP_RMP_BOOKKEEPING + sizeof(table);
	for (unsigned int n = 0; n < PSP_RMP_SEGMENTS; n++) {
		const uint64_t pages = (table[n] & SEGMENT_GIB) * PAGES_PER_GIB;

		if (pages)
			add_segment(psp, n, table[n] & SEGMENT_BASE, pages < most ? pages : most);
	}
}

void psp_rmp_enable(struct psp *psp, unsigned int cpu)
{
	const struct psp_core *core = &psp->memory->cores[cpu];
	struct psp_rmp *rmp = &psp->memory->rmp;

	*rmp = (struct psp_rmp){.shift = FLAT_SHIFT, .mask = (1ull << FLAT_SHIFT) - 1};
	if (core->rmp_cfg & SEGMENTED)
		enable_segments(psp, core);
	else
		enable_flat(psp, core);
}

static bool within(uint64_t spa, uint64_t base, uint64_t size)
{
	return spa + PSP_PAGE > base && spa < base + size;
}

bool psp_rmp_own(const struct psp *psp, uint64_t spa)
{
	const struct psp_rmp *rmp = &psp->memory->rmp;

	if (within(spa, rmp->base, rmp->size))
		return true;
	for (unsigned int n = 0; n < rmp->used; n++)
		if (within(spa, rmp->segments[n].base, rmp->segments[n].pages * PSP_RMP_ENTRY))
			return true;
	return false;
}

static bool cores_agree(const struct psp *psp)
{
	const uint64_t bits = PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN | PSP_SYSCFG_MFDM;
	const struct psp_core *first = psp->memory->cores;

	for (unsigned int cpu = 0; cpu < psp->config.cpus; cpu++) {
		const struct psp_core *core = first + cpu;

		if ((core->syscfg & bits) != bits || core->hsave_pa ||
		    core->rmp_base != first->rmp_base || core->rmp_end != first->rmp_end ||
		    core->rmp_cfg != first->rmp_cfg)
			return false;
	}
	return true;
}

/* All RAM has entries. */
static bool large_enough(const struct psp *psp)
{
	const struct psp_rmp *rmp = &psp->memory->rmp;
	const uint64_t end = psp->config.memory_end;

	for (uint64_t at = 0; at < end; at += rmp->mask + 1) {
		const uint64_t last = end - at > rmp->mask ? at + rmp->mask : end - 1;

		if (!psp_rmp_covers(psp, last))
			return false;
	}
	return true;
}

enum psp_status psp_rmp_ready(const struct psp *psp)
{
	const bool aligned = psp->memory->rmp.base % TABLE_ALIGN == 0;

	return cores_agree(psp) && aligned && large_enough(psp) ? PSP_SUCCESS : PSP_INVALID_CONFIG;
}

static bool table_is_ram(const struct psp *psp)
{
	const struct psp_rmp *rmp = &psp->memory->rmp;

	if (!psp_is_ram(psp, rmp->base, rmp->size))
		return false;
	for (unsigned int n = 0; n < rmp->used; n++)
		if (!psp_is_ram(psp, rmp->segments[n].base, rmp->segments[n].pages * PSP_RMP_ENTRY))
			return false;
	return true;
}

static void zero(struct psp *psp, uint64_t pa, uint64_t size)
{
	static const uint8_t zeros[PSP_PAGE];

	for (uint64_t n; size; pa += n, size -= n) {
		n = size < PSP_PAGE ? size : PSP_PAGE;
		psp_fabric_write(psp, PSP_PLAIN, pa, zeros, n);
	}
}

/* Does not trace: thousands of pages change at once. */
static void set_range(struct psp *psp, uint64_t base, uint64_t size,
		      const struct psp_rmp_entry *entry)
{
	for (uint64_t spa = base - base % PSP_PAGE; spa < base + size; spa += PSP_PAGE)
		psp_rmp_set_quiet(psp, spa, entry);
}

enum psp_status psp_rmp_init(struct psp *psp)
{
	static const struct psp_rmp_entry firmware = {.assigned = true, .immutable = true};
	const struct psp_rmp *rmp = &psp->memory->rmp;

	if (psp_rmp_ready(psp) != PSP_SUCCESS)
		return PSP_INVALID_CONFIG;
	if (!table_is_ram(psp))
		return PSP_RMP_INITIALIZATION_FAILED;
	zero(psp, rmp->base, PSP_RMP_BOOKKEEPING);
	for (unsigned int n = 0; n < rmp->used; n++)
		zero(psp, rmp->segments[n].base, rmp->segments[n].pages * PSP_RMP_ENTRY);
	set_range(psp, rmp->base, rmp->size, &firmware);
	for (unsigned int n = 0; n < rmp->used; n++)
		set_range(psp, rmp->segments[n].base, rmp->segments[n].pages * PSP_RMP_ENTRY,
			  &firmware);
	return PSP_SUCCESS;
}

/* A 2 MiB page is released with its first 4 KiB; the rest is not immutable then. */
static void release(struct psp *psp, uint64_t spa)
{
	struct psp_rmp_entry entry;

	psp_rmp_lookup(psp, spa, &entry);
	if (!entry.immutable || psp_rmp_own(psp, spa))
		return;
	entry = (struct psp_rmp_entry){.assigned = entry.assigned, .page_2m = entry.page_2m};
	psp_rmp_set(psp, spa, &entry);
}

void psp_rmp_release(struct psp *psp)
{
	const struct psp_rmp *rmp = &psp->memory->rmp;

	for (unsigned int n = 0; n < rmp->used; n++)
		for (uint64_t i = 0; i < rmp->segments[n].pages; i++)
			release(psp, ((uint64_t)n << rmp->shift) + i * PSP_PAGE);
}

void psp_rmp_shutdown(struct psp *psp)
{
	for (unsigned int cpu = 0; cpu < psp->config.cpus; cpu++)
		psp->memory->cores[cpu].syscfg &= ~PSP_SYSCFG_SNP_EN;
	memset(&psp->memory->rmp, 0, sizeof(psp->memory->rmp));
}

static bool may_fix(const struct psp *psp, uint64_t spa)
{
	const enum psp_page_state state = psp_page_state(psp, spa);

	return state == PSP_PAGE_HYPERVISOR || state == PSP_PAGE_HV_FIXED || psp_rmp_own(psp, spa);
}

/* The end of what the table can have entries for. */
static uint64_t table_end(const struct psp_rmp *rmp)
{
	const unsigned int last = rmp->used ? rmp->used - 1 : 0;

	return ((uint64_t)last << rmp->shift) + rmp->segments[last].pages * PSP_PAGE;
}

enum psp_status psp_rmp_fix(struct psp *psp, uint64_t base, uint64_t pages)
{
	static const struct psp_rmp_entry fixed = {.immutable = true};
	const struct psp_rmp *rmp = &psp->memory->rmp;
	const uint64_t covered = table_end(rmp);
	uint64_t end;

	if (base % PSP_PAGE)
		return PSP_INVALID_ADDRESS;
	if (base >= covered)
		return PSP_SUCCESS;
	end = pages < (covered - base) / PSP_PAGE ? base + pages * PSP_PAGE : covered;
	for (uint64_t spa = base; spa < end; spa += PSP_PAGE)
		if (!may_fix(psp, spa))
			return PSP_INVALID_PAGE_STATE;
	for (uint64_t spa = base; spa < end; spa += PSP_PAGE)
		if (!psp_rmp_own(psp, spa))
			psp_rmp_set_quiet(psp, spa, &fixed);
	return PSP_SUCCESS;
}
