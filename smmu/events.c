/* SPDX-License-Identifier: MIT */
/* Event records and the event queue: IHI 0070 7.2 and 7.3. */
#include "smmu/internal.h"

unsigned int event_layout(uint8_t event)
{
	switch (event) {
#define EVENT(number, name, layout)                                                                \
	case number:                                                                               \
		return E_ALL | (layout);
#include "smmu/events.def"
#undef EVENT
	default:
		return E_ALL;
	}
}

static unsigned int eventq_log2size(const struct smmu *smmu)
{
	unsigned int n = (unsigned int)EVENTQ_BASE_LOG2SIZE(smmu->reg[R_EVENTQ_BASE]);

	return n < smmu->config.eventqs ? n : smmu->config.eventqs;
}

static bool eventq_enabled(const struct smmu *smmu)
{
	return CR0_EVENTQEN(smmu->reg[R_CR0ACK]) && !gerror_active(smmu, M_GERROR_EVENTQ_ABT_ERR);
}

static bool eventq_full(const struct smmu *smmu)
{
	return queue_full(smmu->reg[R_EVENTQ_PROD], smmu->reg[R_EVENTQ_CONS],
			  eventq_log2size(smmu));
}

bool eventq_writable(const struct smmu *smmu)
{
	return eventq_enabled(smmu) && !eventq_full(smmu);
}

/* A request for translation says what it asks for, before overrides (7.3.6). */
static void encode_request(const struct smmu_txn *txn, uint64_t *r)
{
	EVT_put_TreqR(r, 1);
	EVT_put_TreqW(r, txn->write);
	EVT_put_TreqX(r, txn->instruction);
	EVT_put_TreqPriv(r, txn->privileged);
}

static void encode_access(const struct xlate *x, unsigned int layout, uint64_t *r)
{
	if (layout & E_ACCESS) {
		EVT_put_PnU(r, x->privileged);
		EVT_put_InD(r, x->instruction && !x->write);
	}
	if (layout & E_RNW)
		EVT_put_RnW(r, !x->write);
}

static void encode(const struct xlate *x, bool stall, uint16_t stag, uint64_t *r)
{
	const struct fault *f = &x->fault;
	unsigned int layout = event_layout(f->event);
	uint64_t address_bits = ones(x->smmu->config.oas);

	memset(r, 0, 4 * sizeof(*r));
	EVT_put_ID(r, f->event);
	EVT_put_SID(r, x->txn->sid);
	if (layout & E_SSV)
		EVT_put_SSV(r, x->txn->has_ssid);
	if (layout & E_SSID && x->txn->has_ssid)
		EVT_put_SSID(r, x->txn->ssid);
	if (layout & E_STALL && stall) {
		EVT_put_Stall(r, 1);
		EVT_put_STAG(r, stag);
	}
	encode_access(x, layout, r);
	if (layout & E_TREQ)
		encode_request(x->txn, r);
	if (layout & E_STAGE)
		EVT_put_S2(r, f->s2);
	if (layout & E_CLASS)
		EVT_put_CLASS(r, f->class);
	if (layout & E_TTRNW)
		EVT_put_TTRnW(r, f->ttrnw);
	if (layout & E_INPUT)
		EVT_put_InputAddr(r, x->txn->addr);
	if (layout & E_IPA && f->s2)
		EVT_put_IPA(r, f->ipa & address_bits);
	if (layout & E_FETCH)
		EVT_put_FetchAddr(r, f->fetch_addr & address_bits);
}

static void trace_event(struct smmu *smmu, uint64_t addr, const uint64_t *r)
{
	struct smmu_trace record = {
		.kind = SMMU_TRACE_EVENT,
		.sid = (uint32_t)EVT_SID(r),
		.ssid = (uint32_t)EVT_SSID(r),
		.has_ssid = EVT_SSV(r) != 0,
		.addr = addr,
		.n_data = 4,
	};

	memcpy(record.data, r, 4 * sizeof(*r));
	smmu->ops.trace(smmu->ctx, &record);
}

/* 7.4: what finds the queue full is lost, and said so once until acknowledged. */
static void lose(struct smmu *smmu, const uint64_t *r)
{
	uint64_t prod = smmu->reg[R_EVENTQ_PROD], cons = smmu->reg[R_EVENTQ_CONS];

	smmu->stats.events_lost++;
	if (smmu->ops.trace)
		trace_event(smmu, 0, r);
	if (eventq_enabled(smmu) && EVENTQ_PROD_OVFLG(prod) == EVENTQ_CONS_OVACKFLG(cons))
		smmu->reg[R_EVENTQ_PROD] ^= M_EVENTQ_PROD_OVFLG;
}

/* False: the record did not reach the queue. */
bool event_record(struct xlate *x, bool stall, uint16_t stag)
{
	struct smmu *smmu = x->smmu;
	unsigned int log2size = eventq_log2size(smmu);
	uint64_t prod = EVENTQ_PROD_WR(smmu->reg[R_EVENTQ_PROD]);
	uint64_t r[4], le[4], addr;
	bool was_empty = queue_empty(prod, smmu->reg[R_EVENTQ_CONS], log2size);

	encode(x, stall, stag, r);
	if (!eventq_writable(smmu)) {
		lose(smmu, r);
		return false;
	}
	for (unsigned int i = 0; i < 4; i++)
		le[i] = htole64(r[i]);
	addr = queue_slot(EVENTQ_BASE_ADDR(smmu->reg[R_EVENTQ_BASE]), prod, log2size, sizeof(le));
	addr &= ones(smmu->config.oas);
	x->latency += smmu->config.latency.event_write;
	if (fault_point(smmu, "smmu.event-write-abort") ||
	    smmu->ops.write(smmu->ctx, addr, le, sizeof(le), queue_attr(smmu)) != 0) {
		gerror_raise(smmu, M_GERROR_EVENTQ_ABT_ERR);
		lose(smmu, r);
		return false;
	}
	if (smmu->ops.trace)
		trace_event(smmu, addr, r);
	smmu->stats.events++;
	smmu->reg[R_EVENTQ_PROD] =
		(smmu->reg[R_EVENTQ_PROD] & ~M_EVENTQ_PROD_WR) | queue_next(prod, log2size);
	if (was_empty)
		interrupt(smmu, SMMU_LINE_EVENTQ);
	return true;
}
