/* SPDX-License-Identifier: MIT */
/*
 * The stall model: IHI 0070 3.12.2, 4.6. A stalled transaction is recorded, or
 * waits for room in the event queue; when there is room, a waiting one is
 * presented again and makes a fresh record, or none.
 */
#include "smmu/internal.h"

bool stall_begin(struct xlate *x, uint16_t *stag)
{
	struct smmu *smmu = x->smmu;
	unsigned int i = 0;

	while (i < STALLS && smmu->stalls[i].used)
		i++;
	if (i == STALLS)
		return false;
	*stag = (uint16_t)i;
	smmu->stalls[i] = (struct stall){
		.sid = x->txn->sid,
		.used = true,
		.sequence = smmu->stall_sequence++,
	};
	if (smmu->stalls_recorded < STALL_MAX && eventq_writable(smmu) &&
	    event_record(x, true, *stag)) {
		smmu->stalls[i].recorded = true;
		smmu->stalls_recorded++;
	} else {
		smmu->stalls_waiting++;
	}
	return true;
}

static void release(struct smmu *smmu, unsigned int stag, bool retry, bool abort)
{
	struct stall *stall = &smmu->stalls[stag];

	if (stall->recorded)
		smmu->stalls_recorded--;
	else
		smmu->stalls_waiting--;
	*stall = (struct stall){0};
	if (smmu->ops.resume)
		smmu->ops.resume(smmu->ctx, (uint16_t)stag, retry, abort);
}

void stall_abort_all(struct smmu *smmu)
{
	for (unsigned int i = 0; i < STALLS; i++)
		if (smmu->stalls[i].used)
			release(smmu, i, false, true);
}

static unsigned int oldest_waiting(const struct smmu *smmu)
{
	unsigned int oldest = STALLS;

	for (unsigned int i = 0; i < STALLS; i++) {
		const struct stall *s = &smmu->stalls[i];

		if (s->used && !s->recorded &&
		    (oldest == STALLS || s->sequence < smmu->stalls[oldest].sequence))
			oldest = i;
	}
	return oldest;
}

bool stall_step(struct smmu *smmu, uint64_t *latency)
{
	if (!smmu->stalls_waiting || smmu->stalls_recorded >= STALL_MAX || !eventq_writable(smmu))
		return false;
	release(smmu, oldest_waiting(smmu), true, false);
	*latency += smmu->config.latency.tlb_hit;
	return true;
}

/* 4.6.1: a STAG that no stalled transaction of this stream has is ignored. */
enum cerror command_resume(struct smmu *smmu, const uint64_t *cmd)
{
	unsigned int stag = (unsigned int)CMD_STAG(cmd);

	if (stag >= STALLS || !smmu->stalls[stag].recorded ||
	    smmu->stalls[stag].sid != CMD_SID(cmd))
		return CERROR_NONE;
	release(smmu, stag, CMD_Ac(cmd) != 0, !CMD_Ac(cmd) && CMD_Ab(cmd));
	return CERROR_NONE;
}

enum cerror command_stall_term(struct smmu *smmu, const uint64_t *cmd)
{
	for (unsigned int i = 0; i < STALLS; i++)
		if (smmu->stalls[i].used && smmu->stalls[i].sid == CMD_SID(cmd))
			release(smmu, i, false, true);
	return CERROR_NONE;
}
