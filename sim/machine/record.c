// SPDX-License-Identifier: MIT
/* Turning what the models tell into records of the trace. */
#include "sim/machine/internal.h"

void sim_record(struct sim_machine *m, struct trc_record *record)
{
	if (!m->config.hooks.record)
		return;
	record->time = evk_now();
	m->config.hooks.record(m->config.hooks.ctx, record);
}

static void put(struct trc_record *r, uint64_t word)
{
	r->words[r->n_words++] = word;
}

static const enum trc_kind kinds[SMMU_TRACE_KINDS] = {
	[SMMU_TRACE_CMD] = TRC_SMMU_CMD,
	[SMMU_TRACE_EVENT] = TRC_SMMU_EVENT,
	[SMMU_TRACE_L1STD] = TRC_SMMU_L1STD,
	[SMMU_TRACE_STE] = TRC_SMMU_STE,
	[SMMU_TRACE_L1CD] = TRC_SMMU_L1CD,
	[SMMU_TRACE_CD] = TRC_SMMU_CD,
	[SMMU_TRACE_WALK] = TRC_SMMU_WALK,
	[SMMU_TRACE_TLB_HIT] = TRC_SMMU_TLB_HIT,
	[SMMU_TRACE_TRANSLATE] = TRC_SMMU_TRANSLATE,
	[SMMU_TRACE_GERROR] = TRC_SMMU_GERROR,
};

/* The words that stand before the data, by kind; see trace.h. */
static void put_place(struct trc_record *r, const struct smmu_trace *t)
{
	uint64_t ssid = t->has_ssid ? t->ssid : TRC_NO_SSID;

	switch (t->kind) {
	case SMMU_TRACE_CMD:
	case SMMU_TRACE_EVENT:
		put(r, t->addr);
		break;
	case SMMU_TRACE_L1STD:
	case SMMU_TRACE_STE:
		put(r, t->sid);
		put(r, t->addr);
		break;
	case SMMU_TRACE_L1CD:
	case SMMU_TRACE_CD:
	case SMMU_TRACE_TRANSLATE:
		put(r, t->sid);
		put(r, ssid);
		put(r, t->addr);
		break;
	case SMMU_TRACE_WALK:
		put(r, t->sid);
		put(r, ssid);
		put(r, t->stage);
		put(r, (uint64_t)(int64_t)t->level);
		put(r, t->addr);
		break;
	case SMMU_TRACE_TLB_HIT:
		put(r, t->sid);
		put(r, ssid);
		put(r, t->stage);
		put(r, t->addr);
		break;
	default:
		break;
	}
}

void sim_record_smmu(struct sim_machine *m, const struct smmu_trace *t)
{
	struct trc_record r = {.kind = kinds[t->kind]};

	put_place(&r, t);
	for (unsigned int i = 0; i < t->n_data && r.n_words < TRC_MAX_WORDS; i++)
		put(&r, t->data[i]);
	sim_record(m, &r);
}
