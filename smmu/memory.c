/* SPDX-License-Identifier: MIT */
/* Accesses that the SMMU makes itself, and the trace of them. */
#include "smmu/internal.h"

int mem_read(struct smmu *smmu, uint64_t pa, uint64_t *words, unsigned int n, struct smmu_attr attr)
{
	int err = smmu->ops.read(smmu->ctx, pa, words, n * sizeof(*words), attr);

	for (unsigned int i = 0; i < n; i++)
		words[i] = le64toh(words[i]);
	return err;
}

void kick(struct smmu *smmu)
{
	if (smmu->ops.kick)
		smmu->ops.kick(smmu->ctx);
}

void trace_words(struct xlate *x, enum smmu_trace_kind kind, uint64_t addr, const uint64_t *words,
		 unsigned int n)
{
	struct smmu_trace record = {
		.kind = kind,
		.has_ssid = x->txn->has_ssid,
		.sid = x->txn->sid,
		.ssid = x->ssid,
		.addr = addr,
		.n_data = n,
	};

	memcpy(record.data, words, n * sizeof(*words));
	x->smmu->ops.trace(x->smmu->ctx, &record);
}

void trace_walk(struct xlate *x, unsigned int stage, int level, uint64_t addr, uint64_t desc)
{
	struct smmu_trace record = {
		.kind = SMMU_TRACE_WALK,
		.stage = (uint8_t)stage,
		.level = (int8_t)level,
		.has_ssid = x->txn->has_ssid,
		.sid = x->txn->sid,
		.ssid = x->ssid,
		.addr = addr,
		.n_data = 1,
		.data = {desc},
	};

	x->smmu->ops.trace(x->smmu->ctx, &record);
}
