/* SPDX-License-Identifier: MIT */
/* The caches of STEs and CDs: IHI 0070 3.21.3. They serve what they hold until CFGI. */
#include <stdlib.h>

#include "smmu/internal.h"

enum { CFG_WAYS = 4 };

int cfg_cache_init(struct cfg_cache *cache, size_t slot_size, unsigned int entries)
{
	if (!entries)
		return 0;
	cache->slot_size = slot_size;
	cache->sets = 1;
	while (cache->sets * 2 * CFG_WAYS <= entries && cache->sets < 1u << 20)
		cache->sets *= 2;
	cache->slots = calloc((size_t)cache->sets * CFG_WAYS, slot_size);
	cache->next = calloc(cache->sets, 1);
	return cache->slots && cache->next ? 0 : -ENOMEM;
}

void cfg_cache_free(struct cfg_cache *cache)
{
	free(cache->slots);
	free(cache->next);
}

static void *slot(const struct cfg_cache *cache, uint64_t tag, unsigned int way)
{
	uint64_t set = (tag * 0x9e3779b97f4a7c15ull >> 32) & (cache->sets - 1);

	return (char *)cache->slots + (set * CFG_WAYS + way) * cache->slot_size;
}

static unsigned int victim_way(struct cfg_cache *cache, uint64_t tag)
{
	uint8_t *next = &cache->next[(tag * 0x9e3779b97f4a7c15ull >> 32) & (cache->sets - 1)];
	unsigned int way = *next;

	*next = (uint8_t)((way + 1) % CFG_WAYS);
	return way;
}

static uint64_t ste_tag(uint32_t sid)
{
	return (uint64_t)sid + 1;
}

static uint64_t cd_tag(uint32_t sid, uint32_t ssid)
{
	return ((uint64_t)sid << 20 | ssid) + 1;
}

struct ste *ste_cache_find(const struct smmu *smmu, uint32_t sid)
{
	uint64_t tag = ste_tag(sid);

	for (unsigned int way = 0; smmu->ste_cache.slots && way < CFG_WAYS; way++) {
		struct ste *ste = slot(&smmu->ste_cache, tag, way);

		if (ste->tag == tag)
			return ste;
	}
	return NULL;
}

/* Where a fetched STE goes: the caller tags it with ste_cache_keep() once it is whole. */
struct ste *ste_cache_victim(struct smmu *smmu, uint32_t sid)
{
	struct ste *ste = &smmu->uncached_ste;

	if (!smmu->ste_cache.slots || smmu->frozen)
		return ste;
	for (unsigned int way = 0; way < CFG_WAYS; way++) {
		ste = slot(&smmu->ste_cache, ste_tag(sid), way);
		if (!ste->tag)
			return ste;
	}
	ste = slot(&smmu->ste_cache, ste_tag(sid), victim_way(&smmu->ste_cache, ste_tag(sid)));
	ste->tag = 0;
	return ste;
}

void ste_cache_keep(struct ste *ste, uint32_t sid)
{
	ste->tag = ste_tag(sid);
}

struct cd *cd_cache_find(const struct smmu *smmu, uint32_t sid, uint32_t ssid)
{
	uint64_t tag = cd_tag(sid, ssid);

	for (unsigned int way = 0; smmu->cd_cache.slots && way < CFG_WAYS; way++) {
		struct cd *cd = slot(&smmu->cd_cache, tag, way);

		if (cd->tag == tag)
			return cd;
	}
	return NULL;
}

struct cd *cd_cache_victim(struct smmu *smmu, uint32_t sid, uint32_t ssid)
{
	uint64_t tag = cd_tag(sid, ssid);
	struct cd *cd = &smmu->uncached_cd;

	if (!smmu->cd_cache.slots || smmu->frozen)
		return cd;
	for (unsigned int way = 0; way < CFG_WAYS; way++) {
		cd = slot(&smmu->cd_cache, tag, way);
		if (!cd->tag)
			return cd;
	}
	cd = slot(&smmu->cd_cache, tag, victim_way(&smmu->cd_cache, tag));
	cd->tag = 0;
	return cd;
}

void cd_cache_keep(struct cd *cd, uint32_t sid, uint32_t ssid)
{
	cd->tag = cd_tag(sid, ssid);
}

/* 4.3.1: an STE takes with it the CDs that were fetched through it. */
void cfg_invalidate_stes(struct smmu *smmu, uint32_t first, uint32_t last)
{
	struct ste *ste = smmu->ste_cache.slots;
	struct cd *cd = smmu->cd_cache.slots;

	for (unsigned int i = 0; ste && i < smmu->ste_cache.sets * CFG_WAYS; i++)
		if (ste[i].tag && ste[i].tag - 1 >= first && ste[i].tag - 1 <= last)
			ste[i].tag = 0;
	for (unsigned int i = 0; cd && i < smmu->cd_cache.sets * CFG_WAYS; i++)
		if (cd[i].tag && (cd[i].tag - 1) >> 20 >= first && (cd[i].tag - 1) >> 20 <= last)
			cd[i].tag = 0;
}

void cfg_invalidate_cds(struct smmu *smmu, uint32_t sid, uint32_t first_ssid, uint32_t last_ssid)
{
	struct cd *cd = smmu->cd_cache.slots;

	for (unsigned int i = 0; cd && i < smmu->cd_cache.sets * CFG_WAYS; i++) {
		uint64_t key = cd[i].tag - 1;

		if (cd[i].tag && key >> 20 == sid && (key & 0xfffff) >= first_ssid &&
		    (key & 0xfffff) <= last_ssid)
			cd[i].tag = 0;
	}
}
