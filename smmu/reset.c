/* SPDX-License-Identifier: MIT */
/* Life of a struct smmu, and reset: IHI 0070 3.11. */
#include <stdlib.h>

#include "smmu/internal.h"

const char *const smmu_fault_names[] = {
	"smmu.cmd-fetch-abort",
	"smmu.ste-fetch-abort",
	"smmu.cd-fetch-abort",
	"smmu.walk-abort",
	"smmu.event-write-abort",
	"smmu.pri-write-abort",
	"smmu.msi-abort",
	"smmu.tlbi-lost",
	"smmu.cfgi-lost",
	"smmu.atc-timeout",
	NULL,
};

static int caches_init(struct smmu *smmu)
{
	int err = tlb_init(&smmu->tlb, smmu->config.tlb_entries);

	if (!err)
		err = cfg_cache_init(&smmu->ste_cache, sizeof(struct ste),
				     smmu->config.cfg_entries);
	if (!err)
		err = cfg_cache_init(&smmu->cd_cache, sizeof(struct cd), smmu->config.cfg_entries);
	return err;
}

int smmu_new(struct smmu **out, const struct smmu_config *config, const struct smmu_ops *ops,
	     void *ctx)
{
	struct smmu *smmu;
	int err = config_check(config);

	*out = NULL;
	if (err)
		return err;
	smmu = calloc(1, sizeof(*smmu));
	if (!smmu)
		return -ENOMEM;
	smmu->config = *config;
	smmu->ops = *ops;
	smmu->ctx = ctx;
	smmu->stalls = calloc(STALLS, sizeof(*smmu->stalls));
	err = smmu->stalls ? caches_init(smmu) : -ENOMEM;
	if (err) {
		smmu_free(smmu);
		return err;
	}
	smmu_reset(smmu);
	*out = smmu;
	return 0;
}

void smmu_free(struct smmu *smmu)
{
	if (!smmu)
		return;
	free(smmu->stalls);
	tlb_free(&smmu->tlb);
	cfg_cache_free(&smmu->ste_cache);
	cfg_cache_free(&smmu->cd_cache);
	free(smmu);
}

static void drop_all(struct smmu *smmu)
{
	const struct tlb_match everything = {
		.any_vmid = true, .any_asid = true, .any_address = true};
	struct tlb_match match = everything;

	for (match.world = WORLD_EL1; match.world <= TAG_STAGE2; match.world++)
		tlb_invalidate(&smmu->tlb, &match);
	cfg_invalidate_stes(smmu, 0, UINT32_MAX);
}

void smmu_reset(struct smmu *smmu)
{
	drop_all(smmu);
	memset(smmu->stalls, 0, STALLS * sizeof(*smmu->stalls));
	memset(&smmu->stats, 0, sizeof(smmu->stats));
	smmu->stalls_recorded = 0;
	smmu->stalls_waiting = 0;
	smmu->stall_sequence = 0;
	smmu->atc_timeout = false;
	regs_reset(smmu);
}

void smmu_get_stats(const struct smmu *smmu, struct smmu_stats *stats)
{
	*stats = smmu->stats;
}

bool smmu_step(struct smmu *smmu, uint64_t *latency)
{
	uint64_t unused;

	if (!latency)
		latency = &unused;
	*latency = 0;
	return regs_step(smmu, latency) || commands_step(smmu, latency) ||
	       stall_step(smmu, latency);
}
