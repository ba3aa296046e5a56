/* SPDX-License-Identifier: MIT */
/* The memory's own life, and host addresses. */
#include "psp/memory/memory_state.h"

#include <errno.h>
#include <stdlib.h>

int psp_memory_new(struct psp *psp)
{
	psp->memory = calloc(1, sizeof(*psp->memory));
	if (!psp->memory)
		return -ENOMEM;
	if (psp->config.caches) {
		psp->memory->cache = psp_cache_new(psp->config.caches);
		if (!psp->memory->cache)
			return -ENOMEM;
	}
	psp_memory_reset(psp);
	return 0;
}

void psp_memory_free(struct psp *psp)
{
	if (!psp->memory)
		return;
	psp_cache_free(psp->memory->cache);
	psp_engine_free(&psp->memory->engine);
	free(psp->memory);
	psp->memory = NULL;
}

void psp_memory_reset(struct psp *psp)
{
	struct psp_memory *m = psp->memory;

	psp_engine_reset(&m->engine);
	memset(&m->rmp, 0, sizeof(m->rmp));
	memset(m->cores, 0, sizeof(m->cores));
	if (m->cache)
		psp_cache_reset(m->cache);
}

uint64_t psp_strip_c_bit(const struct psp *psp, uint64_t pa)
{
	return pa & ~(1ull << psp->config.c_bit);
}

bool psp_sme_on(const struct psp *psp)
{
	for (unsigned int cpu = 0; cpu < psp->config.cpus; cpu++)
		if (psp_core_sme(psp, cpu))
			return true;
	return false;
}

bool psp_wbinvd_done(const struct psp *psp)
{
	for (unsigned int cpu = 0; cpu < psp->config.cpus; cpu++)
		if (!psp->memory->cores[cpu].wbinvd)
			return false;
	return true;
}

void psp_wbinvd_require(struct psp *psp)
{
	for (unsigned int cpu = 0; cpu < psp->config.cpus; cpu++)
		psp->memory->cores[cpu].wbinvd = false;
}

void psp_wbinvd(struct psp *psp, unsigned int cpu)
{
	if (cpu >= psp->config.cpus)
		return;
	psp->memory->cores[cpu].wbinvd = true;
	if (psp->memory->cache)
		psp_cache_wbinvd(psp, cpu);
}

void psp_clflush(struct psp *psp, uint64_t pa, size_t len)
{
	const uint64_t stripped = psp_strip_c_bit(psp, pa);

	if (psp->memory->cache)
		psp_cache_clflush(psp, stripped == pa ? PSP_PLAIN : 0, stripped, len);
}

void psp_fabric_flush(struct psp *psp)
{
	if (psp->memory->cache)
		psp_cache_drain(psp);
}
