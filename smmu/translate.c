/* SPDX-License-Identifier: MIT */
/* One transaction from its StreamID to its answer: IHI 0070 3.3, 3.4, 3.12. */
#include "smmu/internal.h"

/* What a client without attributes of its own sends (13.1.2). */
static const struct smmu_attr attr_default = {.memtype = 0xff, .sh = 0};

static void set_perm(struct xlate *x)
{
	x->perm = (uint8_t)(1u << (x->privileged << 2 | x->instruction << 1 | x->write));
	x->want = x->perm;
}

void xlate_begin(struct xlate *x, struct smmu *smmu, const struct smmu_txn *txn)
{
	x->smmu = smmu;
	x->txn = txn;
	x->ste = NULL;
	x->cd = NULL;
	x->ssid = txn->has_ssid ? txn->ssid : 0;
	x->write = txn->write;
	x->privileged = txn->privileged;
	x->instruction = txn->instruction && !txn->write;
	x->fault = (struct fault){.event = 0};
	x->latency = 0;
	set_perm(x);
}

/* STE.PRIVCFG and INSTCFG (5.2): 0 and 1 take what came. */
void xlate_overrides(struct xlate *x)
{
	unsigned int priv = (unsigned int)STE_PRIVCFG(x->ste->raw);
	unsigned int inst = (unsigned int)STE_INSTCFG(x->ste->raw);

	if (priv >= 2)
		x->privileged = priv == 3;
	if (inst >= 2)
		x->instruction = inst == 3 && !x->write;
	set_perm(x);
}

struct smmu_attr attr_incoming(const struct xlate *x)
{
	const uint64_t *raw = x->ste->raw;

	if (x->ste->plain)
		return attr_default;
	return attr_override(attr_default, STE_MTCFG(raw), (unsigned int)STE_MemAttr(raw),
			     (unsigned int)STE_ALLOCCFG(raw), (unsigned int)STE_SHCFG(raw));
}

/* 7.3.9, 7.3.7: what a SubstreamID needs. */
static bool substream_ok(struct xlate *x)
{
	const struct ste *ste = x->ste;

	if (x->txn->has_ssid) {
		if (!ste->s1 || !ste->s1cdmax || x->ssid >> ste->s1cdmax) {
			x->fault.event = EVT_C_BAD_SUBSTREAMID;
			return false;
		}
		if (x->ssid != 0 || ste->s1dss != 2)
			return true;
	} else if (!ste->s1 || !ste->s1cdmax || ste->s1dss == 1 || ste->s1dss == 2) {
		return true;
	}
	x->fault.event = EVT_F_STREAM_DISABLED;
	return false;
}

/* S1DSS=01: traffic without a SubstreamID goes around stage 1. */
static bool stage1_on(const struct xlate *x)
{
	const struct ste *ste = x->ste;

	return ste->s1 && (x->txn->has_ssid || !ste->s1cdmax || ste->s1dss != 1);
}

/* STE and CD, in the order of 7.3.22. False without an event: a silent abort. */
bool xlate_find_config(struct xlate *x)
{
	if (!stream_table_find(x))
		return false;
	if (x->ste->event) {
		x->fault.event = x->ste->event;
		return false;
	}
	if (x->ste->config < CONFIG_BYPASS)
		return false;
	if (!x->ste->plain)
		xlate_overrides(x);
	if (!substream_ok(x))
		return false;
	if (!stage1_on(x))
		return true;
	if (!context_find(x))
		return false;
	x->fault.event = x->cd->event;
	return !x->cd->event;
}

static bool dirty_needed(const struct xlate *x, const struct tlb_entry *e)
{
	return (x->want & PERM_WRITE) && (e->s1_dirty || e->s2_dirty);
}

/* A hit is as good as the entry: its permissions, not those in memory, decide. */
static bool hit_permitted(struct xlate *x, const struct tlb_entry *e)
{
	if (x->perm & ~e->s1_perm)
		return fault_set(x, EVT_F_PERMISSION, false, CLASS_IN, 0);
	if (e->nested && (x->perm & ~e->s2_perm))
		return fault_set(x, EVT_F_PERMISSION, true, CLASS_IN,
				 e->ipa | (x->txn->addr & ones(e->shift)));
	return true;
}

/* The page that both stages agree on: the smaller of the two. */
static bool combine(struct xlate *x, uint64_t va, struct tlb_entry *e)
{
	uint64_t ipa = e->pa | (va & ones(e->shift));
	struct tlb_entry local;
	const struct tlb_entry *s2 = stage2_translate(x, ipa, CLASS_IN, x->perm, &local);

	if (!s2)
		return false;
	if (s2->shift < e->shift)
		e->shift = s2->shift;
	e->pa = entry_pa(s2, ipa) & ~ones(e->shift);
	e->ipa = ipa & ~ones(e->shift);
	e->s2_perm = s2->s2_perm;
	e->s2_dirty = s2->s2_dirty;
	e->attr = attr_stage2(e->attr, s2->attr.memtype, s2->attr.sh, x->ste->stage2.fwb);
	return true;
}

static void trace_hit(struct xlate *x, uint8_t stage, const struct tlb_entry *e)
{
	struct smmu_trace record = {
		.kind = SMMU_TRACE_TLB_HIT,
		.stage = stage,
		.has_ssid = x->txn->has_ssid,
		.sid = x->txn->sid,
		.ssid = x->ssid,
		.addr = x->txn->addr,
		.n_data = 1,
		.data = {entry_pa(e, x->txn->addr)},
	};

	x->smmu->ops.trace(x->smmu->ctx, &record);
}

static const struct tlb_entry *stage1_address(struct xlate *x, struct tlb_entry *local)
{
	struct smmu *smmu = x->smmu;
	uint64_t va = canonical(x->txn->addr);
	uint64_t tag = tlb_tag(x->ste->world, x->cd->aset, x->ste->stage2.vmid, x->cd->asid);
	bool conflict = false;
	const struct tlb_entry *e;

	if (!stage1_input(x, x->txn->addr))
		return NULL;
	e = tlb_lookup(&smmu->tlb, tag, va, smmu->config.bbml ? NULL : &conflict);
	if (conflict) {
		fault_set(x, EVT_F_TLB_CONFLICT, false, CLASS_IN, 0);
		return NULL;
	}
	if (e && !dirty_needed(x, e)) {
		smmu->stats.tlb_hits++;
		if (unlikely(smmu->ops.trace != NULL))
			trace_hit(x, 0, e);
		x->latency += smmu->config.latency.tlb_hit;
		return hit_permitted(x, e) ? e : NULL;
	}
	smmu->stats.tlb_misses++;
	smmu->stats.walks++;
	if (!stage1_walk(x, va, local))
		return NULL;
	local->nested = x->ste->s2;
	local->s2_perm = 0xff;
	local->s2_dirty = false;
	if (x->ste->s2 && !combine(x, va, local))
		return NULL;
	if (smmu->tlb.entries && !smmu->frozen) {
		local->tag = tag;
		local->page = va >> local->shift;
		tlb_insert(&smmu->tlb, local);
	}
	return local;
}

/* Stage 2 alone: its entries are those that nested walks use as well. */
static const struct tlb_entry *stage2_address(struct xlate *x, struct tlb_entry *local)
{
	struct smmu *smmu = x->smmu;
	const struct tlb_entry *e;

	/* 3.4.3: with stage 1 bypassed the input must fit the intermediate address size. */
	if (x->txn->addr >> smmu->config.oas) {
		fault_set(x, EVT_F_ADDR_SIZE, false, CLASS_IN, 0);
		return NULL;
	}
	e = stage2_translate(x, x->txn->addr, CLASS_IN, x->perm, local);
	if (e == local) {
		smmu->stats.tlb_misses++;
		smmu->stats.walks++;
	} else if (e) {
		smmu->stats.tlb_hits++;
		if (unlikely(smmu->ops.trace != NULL))
			trace_hit(x, 2, e);
	}
	if (!e)
		return NULL;
	if (e != local)
		*local = *e;
	local->s1_perm = 0xff;
	local->s1_dirty = false;
	local->attr =
		attr_stage2(attr_incoming(x), e->attr.memtype, e->attr.sh, x->ste->stage2.fwb);
	return local;
}

/* NULL: x->fault is set. Only for streams that some stage translates. */
const struct tlb_entry *xlate_address(struct xlate *x, struct tlb_entry *local)
{
	return x->cd ? stage1_address(x, local) : stage2_address(x, local);
}

static void trace_result(struct xlate *x, const struct smmu_result *result)
{
	uint64_t words[2] = {result->pa, result->status};

	trace_words(x, SMMU_TRACE_TRANSLATE, x->txn->addr, words, 2);
}

void result_ok(struct xlate *x, const struct tlb_entry *entry, struct smmu_result *result)
{
	unsigned int granted = entry->s1_perm & entry->s2_perm;

	result->status = SMMU_OK;
	result->pa = entry_pa(entry, x->txn->addr);
	result->span = BIT(entry->shift) - (x->txn->addr & ones(entry->shift));
	result->attr = entry->attr;
	result->readable = granted >> (x->privileged << 2 | x->instruction << 1) & 1;
	/* A clean page is not writable before a write has made it dirty. */
	result->writable =
		(granted >> (x->privileged << 2 | 1) & 1) && !entry->s1_dirty && !entry->s2_dirty;
}

/* No stage translates. */
void result_bypass(struct xlate *x, struct smmu_attr attr, struct smmu_result *result)
{
	result->status = SMMU_OK;
	result->pa = x->txn->addr;
	result->span = 4096 - (x->txn->addr & 4095);
	result->attr = attr;
	result->readable = true;
	result->writable = true;
}

/* GBPA while translation is off (3.11, 6.3.14): no look-up, no event. */
void result_disabled(struct xlate *x, struct smmu_result *result)
{
	uint64_t gbpa = x->smmu->reg[R_GBPA];

	if (GBPA_ABORT(gbpa) || x->txn->addr >> x->smmu->config.oas) {
		result->status = SMMU_ABORT;
		return;
	}
	result_bypass(
		x,
		attr_override(attr_default, GBPA_MTCFG(gbpa), (unsigned int)GBPA_MemAttr(gbpa),
			      (unsigned int)GBPA_ALLOCCFG(gbpa), (unsigned int)GBPA_SHCFG(gbpa)),
		result);
}

/* The stage at which a translation fault arose says what becomes of it (3.12). */
static void translation_fault(struct xlate *x, struct smmu_result *result)
{
	const struct stage2 *s2 = &x->ste->stage2;
	bool stall = x->fault.s2 ? s2->stall : x->cd->stall;
	bool record = x->fault.s2 ? s2->record : x->cd->record;

	if (stall && stall_begin(x, &result->stag)) {
		result->status = SMMU_STALL;
		return;
	}
	result->status = x->fault.s2 || x->cd->abort || stall ? SMMU_ABORT : SMMU_RAZ_WI;
	if (record && !stall)
		event_record(x, false, 0);
}

void result_fault(struct xlate *x, struct smmu_result *result)
{
	result->status = SMMU_ABORT;
	result->event = x->fault.event;
	switch (x->fault.event) {
	case 0:
		return;
	case EVT_C_BAD_STREAMID:
		if (x->smmu->recinvsid)
			event_record(x, false, 0);
		return;
	case EVT_F_TRANSLATION:
	case EVT_F_ADDR_SIZE:
	case EVT_F_ACCESS:
	case EVT_F_PERMISSION:
		if (x->fault.s2 || x->cd) {
			translation_fault(x, result);
			return;
		}
	}
	event_record(x, false, 0);
}

/* What the stages that are on make of the address; false: x->fault is set. */
bool xlate_result(struct xlate *x, struct smmu_result *result)
{
	struct tlb_entry local;
	const struct tlb_entry *e;

	if (!x->cd && !x->ste->s2) {
		if (x->txn->addr >> x->smmu->config.oas)
			return fault_set(x, EVT_F_ADDR_SIZE, false, CLASS_IN, 0);
		result_bypass(x, attr_incoming(x), result);
		return true;
	}
	e = xlate_address(x, &local);
	if (likely(e != NULL))
		result_ok(x, e, result);
	return e != NULL;
}

static void untranslated(struct xlate *x, struct smmu_result *result)
{
	if (!x->smmu->enabled) {
		result_disabled(x, result);
		return;
	}
	if (!xlate_find_config(x)) {
		result_fault(x, result);
		return;
	}
	if (unlikely(!xlate_result(x, result)))
		result_fault(x, result);
}

void smmu_translate(struct smmu *smmu, const struct smmu_txn *txn, struct smmu_result *result)
{
	struct xlate x;

	smmu->stats.translations++;
	xlate_begin(&x, smmu, txn);
	*result = (struct smmu_result){.status = SMMU_ABORT};
	switch (txn->ats) {
	case SMMU_ATS_UNTRANSLATED:
		untranslated(&x, result);
		break;
	case SMMU_ATS_TRANSLATED:
		ats_translated(&x, result);
		break;
	case SMMU_ATS_REQUEST:
		ats_request(&x, result);
		break;
	}
	result->latency = x.latency;
	if (unlikely(smmu->ops.trace != NULL))
		trace_result(&x, result);
}
