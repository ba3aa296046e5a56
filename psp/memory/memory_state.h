/* SPDX-License-Identifier: MIT */
/* What the files behind memory.h share: keys, cores' MSRs, caches. */
#ifndef PSP_MEMORY_STATE_H
#define PSP_MEMORY_STATE_H

#include "psp/memory/cache.h"
#include "psp/memory/encrypt.h"
#include "psp/memory/memory.h"
#include "psp/memory/rmp.h"

struct psp_core {
	uint64_t syscfg, hsave_pa, rmp_base, rmp_end, rmp_cfg;
	bool wbinvd; /* done since psp_wbinvd_require() */
};

struct psp_memory {
	struct psp_engine engine;
	struct psp_rmp rmp;
	struct psp_core cores[PSP_MAX_CPUS];
	struct psp_cache *cache; /* NULL: config.caches is 0 */
};

/* False: not RAM throughout. Nothing is read. */
bool psp_is_ram(const struct psp *psp, uint64_t pa, size_t len);

/* DRAM as it is, of any length. False: not RAM; a part may then have been transferred. */
bool psp_dram_read(const struct psp *psp, uint64_t pa, void *buf, size_t len);
bool psp_dram_write(struct psp *psp, uint64_t pa, const void *buf, size_t len);
static inline void *psp_dram(const struct psp *psp, uint64_t pa, size_t len)
{
	return psp->ops.ram ? psp->ops.ram(psp->ctx, pa, len) : NULL;
}

/* DRAM in a view, any alignment; writes read the blocks they change in part. */
bool psp_view_read(struct psp *psp, int view, uint64_t pa, void *buf, size_t len);
bool psp_view_write(struct psp *psp, int view, uint64_t pa, const void *buf, size_t len);

/* As the firmware and devices see it: through the data fabric, coherent by view. */
static inline bool psp_fabric_read(struct psp *psp, int view, uint64_t pa, void *buf, size_t len)
{
	return psp->memory->cache ? psp_cache_read_past(psp, view, pa, buf, len)
				  : psp_view_read(psp, view, pa, buf, len);
}

static inline bool psp_fabric_write(struct psp *psp, int view, uint64_t pa, const void *buf,
				    size_t len)
{
	return psp->memory->cache ? psp_cache_write_past(psp, view, pa, buf, len)
				  : psp_view_write(psp, view, pa, buf, len);
}

/* The host's C-bit has a meaning on this core, or on some core. */
static inline bool psp_core_sme(const struct psp *psp, unsigned int cpu)
{
	return cpu < psp->config.cpus && psp->memory->cores[cpu].syscfg & PSP_SYSCFG_SME_EN;
}
bool psp_sme_on(const struct psp *psp);

static inline bool psp_core_snp(const struct psp *psp, unsigned int cpu)
{
	return cpu < psp->config.cpus && psp->memory->cores[cpu].syscfg & PSP_SYSCFG_SNP_EN;
}

/* Which rule of the RMP refused (rmp_check.c). */
enum psp_rule {
#define RMP_RULE(name, ...) PSP_RULE_##name,
#include "psp/memory/rmp_rules.def"
#undef RMP_RULE
};

/* The RMP's verdict of an access; PSP_RULE_OK without a table. */
enum psp_rule psp_rmp_rule(const struct psp *psp, const struct psp_access *access);
/* Does the entry give the page to this guest at this address? */
enum psp_rule psp_rmp_owned(const struct psp_access *access, struct psp_rmp_raw raw);
/* The fault that a rule gives. */
struct psp_fault psp_rule_fault(const struct psp_access *access, enum psp_rule rule);
/* Also count and trace it; *fault may be NULL. */
enum psp_access_status psp_refuse(struct psp *psp, const struct psp_access *access,
				  enum psp_rule rule, struct psp_fault *fault);

#endif
