/* SPDX-License-Identifier: MIT */
/* ATS: IHI 0070 3.9.1, 5.2 (EATS), 7.3.6, 7.3.8. */
#include "smmu/internal.h"

enum { EATS_OFF, EATS_FULL, EATS_SPLIT };

/* Split-stage needs the check of what comes back; the DPT is not implemented. */
static unsigned int effective_eats(const struct xlate *x)
{
	unsigned int eats = x->ste->eats;

	if (x->ste->config < CONFIG_S1 || eats > EATS_SPLIT)
		return EATS_OFF;
	if (eats == EATS_SPLIT && !CR0_ATSCHK(x->smmu->reg[R_CR0ACK]))
		return EATS_OFF;
	return eats;
}

static void record_configuration(struct xlate *x, bool streamid_gated)
{
	uint64_t cr2 = x->smmu->reg[R_CR2];

	if (!x->fault.event || !CR2_REC_CFG_ATS(cr2))
		return;
	if (x->fault.event == EVT_C_BAD_STREAMID && streamid_gated && !x->smmu->recinvsid)
		return;
	event_record(x, false, 0);
}

static void unsupported(struct xlate *x, struct smmu_result *result, bool record)
{
	result->status = SMMU_ABORT;
	result->completion = SMMU_ATS_UR;
	if (!record)
		return;
	x->fault.event = EVT_F_BAD_ATS_TREQ;
	result->event = x->fault.event;
	event_record(x, false, 0);
}

static void aborted(struct xlate *x, struct smmu_result *result)
{
	result->status = SMMU_ABORT;
	result->completion = SMMU_ATS_CA;
	result->event = x->fault.event;
	record_configuration(x, true);
}

/* A page that is not there is an answer: no access, one page of the smallest size. */
static void nothing_there(const struct xlate *x, struct smmu_result *result)
{
	result->status = SMMU_OK;
	result->completion = SMMU_ATS_SUCCESS;
	result->pa = x->txn->addr;
	result->span = 4096 - (x->txn->addr & 4095);
}

static void failed(struct xlate *x, struct smmu_result *result)
{
	switch (x->fault.event) {
	case EVT_F_TRANSLATION:
	case EVT_F_ADDR_SIZE:
	case EVT_F_ACCESS:
	case EVT_F_PERMISSION:
		nothing_there(x, result);
		break;
	default:
		aborted(x, result);
	}
}

static void grant(struct xlate *x, unsigned int granted, struct smmu_result *result)
{
	unsigned int at = x->privileged << 2;
	bool exec = granted >> (at | 2) & 1, read = granted >> at & 1;

	result->readable = STE_INSTCFG(x->ste->raw) == 3 ? exec : read;
	result->executable = x->txn->has_ssid && x->instruction && result->readable && exec;
	result->completion = SMMU_ATS_SUCCESS;
}

/* Split stage answers with an IPA: stage 1's output, or the input where stage 1 is bypassed. */
static void translated(struct xlate *x, unsigned int eats, struct smmu_result *result)
{
	struct tlb_entry local;
	const struct tlb_entry *e = xlate_address(x, &local);

	if (!e) {
		failed(x, result);
		return;
	}
	result_ok(x, e, result);
	grant(x, e->s1_perm & e->s2_perm, result);
	if (eats == EATS_SPLIT)
		result->pa = e->ipa | (x->txn->addr & ones(e->shift));
}

static void identity(struct xlate *x, struct smmu_result *result)
{
	result_bypass(x, attr_incoming(x), result);
	result->completion = SMMU_ATS_SUCCESS;
}

void ats_request(struct xlate *x, struct smmu_result *result)
{
	unsigned int eats;

	if (!x->smmu->enabled) {
		unsupported(x, result, true);
		return;
	}
	if (!stream_table_find(x)) {
		aborted(x, result);
		return;
	}
	eats = effective_eats(x);
	if (!x->ste->event && (x->ste->config < CONFIG_BYPASS || eats == EATS_OFF)) {
		unsupported(x, result, x->ste->config >= CONFIG_BYPASS);
		return;
	}
	if (!xlate_find_config(x)) {
		failed(x, result);
		return;
	}
	x->perm = 0;
	x->want = x->txn->write ? x->want : 0;
	if (x->cd || x->ste->s2)
		translated(x, eats, result);
	else
		identity(x, result);
}

static void forbidden(struct xlate *x, struct smmu_result *result)
{
	x->fault.event = EVT_F_TRANSL_FORBIDDEN;
	result->event = x->fault.event;
	result->status = SMMU_ABORT;
	event_record(x, false, 0);
}

/* Split-stage: what the endpoint holds is an IPA. */
static void second_stage(struct xlate *x, struct smmu_result *result)
{
	struct tlb_entry local;
	const struct tlb_entry *e;

	if (!x->ste->plain)
		xlate_overrides(x);
	e = xlate_address(x, &local);
	if (e)
		result_ok(x, e, result);
	else
		result_fault(x, result);
}

static void checked(struct xlate *x, struct smmu_result *result)
{
	unsigned int eats;

	if (stream_table_find(x) && x->ste->event)
		x->fault.event = x->ste->event;
	if (x->fault.event) {
		result->event = x->fault.event;
		record_configuration(x, false);
		return;
	}
	if (x->ste->config < CONFIG_BYPASS)
		return;
	eats = effective_eats(x);
	if (eats == EATS_OFF)
		forbidden(x, result);
	else if (eats == EATS_SPLIT)
		second_stage(x, result);
	else if (!(x->txn->addr >> x->smmu->config.oas))
		result_bypass(x, attr_incoming(x), result);
}

/* The result is an abort until something lets the transaction pass. */
void ats_translated(struct xlate *x, struct smmu_result *result)
{
	const struct smmu *smmu = x->smmu;

	if (!smmu->enabled)
		forbidden(x, result);
	else if (CR0_ATSCHK(smmu->reg[R_CR0ACK]))
		checked(x, result);
	else if (!(x->txn->addr >> smmu->config.oas))
		result_bypass(x, attr_make(0xff, 0), result);
}
