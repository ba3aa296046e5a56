/* SPDX-License-Identifier: MIT */
/* The PRI queue: IHI 0070 3.5.3, 8. */
#include "smmu/internal.h"

enum { PRG_SUCCESS = 0, PRG_FAILURE = 15 };

static unsigned int priq_log2size(const struct smmu *smmu)
{
	unsigned int n = (unsigned int)PRIQ_BASE_LOG2SIZE(smmu->reg[R_PRIQ_BASE]);

	return n < smmu->config.priqs ? n : smmu->config.priqs;
}

static bool overflowed(const struct smmu *smmu)
{
	return PRIQ_PROD_OVFLG(smmu->reg[R_PRIQ_PROD]) !=
	       PRIQ_CONS_OVACKFLG(smmu->reg[R_PRIQ_CONS]);
}

static bool answer(const struct smmu_page_request *request, uint8_t code, bool with_ssid,
		   struct smmu_prg_response *response)
{
	*response = (struct smmu_prg_response){
		.sid = request->sid,
		.ssid = with_ssid ? request->ssid : 0,
		.has_ssid = with_ssid,
		.prg_index = request->prg_index,
		.code = code,
	};
	return true;
}

/* 3.5.3.1: whether the answer carries the PASID is the STE's to say (IDR3.PPS is 0). */
static bool overflow_answer(struct smmu *smmu, const struct smmu_page_request *request,
			    struct smmu_prg_response *response)
{
	struct smmu_txn txn = {.sid = request->sid, .ssid = request->ssid, .has_ssid = true};
	struct xlate x;

	if (!request->has_ssid || !smmu->config.ssidsize)
		return answer(request, PRG_SUCCESS, false, response);
	xlate_begin(&x, smmu, &txn);
	if (stream_table_find(&x) && !x.ste->event)
		return answer(request, PRG_SUCCESS, STE_PPAR(x.ste->raw), response);
	if (!x.fault.event)
		x.fault.event = x.ste->event;
	if (CR2_REC_CFG_ATS(smmu->reg[R_CR2]) &&
	    (x.fault.event != EVT_C_BAD_STREAMID || smmu->recinvsid))
		event_record(&x, false, 0);
	return answer(request, PRG_FAILURE, false, response);
}

static bool overflow(struct smmu *smmu, const struct smmu_page_request *request,
		     struct smmu_prg_response *response)
{
	if (!overflowed(smmu))
		smmu->reg[R_PRIQ_PROD] ^= M_PRIQ_PROD_OVFLG;
	if (!request->last)
		return false;
	if (PRIQ_IRQ_CFG2_LO(smmu->reg[R_PRIQ_IRQ_CFG2]))
		interrupt(smmu, SMMU_LINE_PRIQ);
	return overflow_answer(smmu, request, response);
}

static void encode(const struct smmu_page_request *request, uint64_t *entry)
{
	entry[0] = 0;
	entry[1] = 0;
	PRI_put_SID(entry, request->sid);
	PRI_put_SSID(entry, request->has_ssid ? request->ssid : 0);
	PRI_put_Priv(entry, request->has_ssid && request->privileged);
	PRI_put_X(entry, request->has_ssid && request->exec);
	PRI_put_R(entry, request->read);
	PRI_put_W(entry, request->write);
	PRI_put_Last(entry, request->last);
	PRI_put_SSV(entry, request->has_ssid);
	PRI_put_PRGIndex(entry, request->prg_index);
	PRI_put_Addr(entry, request->addr);
}

static bool store(struct smmu *smmu, const struct smmu_page_request *request, uint64_t prod,
		  unsigned int log2size)
{
	uint64_t entry[2], addr;

	encode(request, entry);
	entry[0] = htole64(entry[0]);
	entry[1] = htole64(entry[1]);
	addr = queue_slot(PRIQ_BASE_ADDR(smmu->reg[R_PRIQ_BASE]), prod, log2size, sizeof(entry));
	addr &= ones(smmu->config.oas);
	if (!fault_point(smmu, "smmu.pri-write-abort") &&
	    smmu->ops.write(smmu->ctx, addr, entry, sizeof(entry), queue_attr(smmu)) == 0)
		return true;
	gerror_raise(smmu, M_GERROR_PRIQ_ABT_ERR);
	return false;
}

/* 8.1: with PASID, Last alone of L, W and R: the end of what an endpoint asked for. */
static bool is_stop_marker(const struct smmu_page_request *request)
{
	return request->has_ssid && request->last && !request->read && !request->write;
}

static bool page_request(struct smmu *smmu, const struct smmu_page_request *request,
			 struct smmu_prg_response *response)
{
	unsigned int log2size = priq_log2size(smmu);
	uint64_t prod = PRIQ_PROD_WR(smmu->reg[R_PRIQ_PROD]), cons = smmu->reg[R_PRIQ_CONS];
	bool was_empty = queue_empty(prod, cons, log2size);

	if (!smmu->enabled || !CR0_PRIQEN(smmu->reg[R_CR0ACK]) ||
	    gerror_active(smmu, M_GERROR_PRIQ_ABT_ERR))
		return answer(request, PRG_FAILURE, false, response);
	if (overflowed(smmu) || queue_full(prod, cons, log2size))
		return overflow(smmu, request, response);
	if (!store(smmu, request, prod, log2size))
		return answer(request, PRG_FAILURE, false, response);
	smmu->reg[R_PRIQ_PROD] =
		(smmu->reg[R_PRIQ_PROD] & ~M_PRIQ_PROD_WR) | queue_next(prod, log2size);
	if (PRIQ_IRQ_CFG2_LO(smmu->reg[R_PRIQ_IRQ_CFG2]) ? request->last : was_empty)
		interrupt(smmu, SMMU_LINE_PRIQ);
	return false;
}

/* A stop marker is queued as a request is, and never answered. */
bool smmu_page_request(struct smmu *smmu, const struct smmu_page_request *request,
		       struct smmu_prg_response *response)
{
	return page_request(smmu, request, response) && !is_stop_marker(request);
}
