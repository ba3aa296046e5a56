/* SPDX-License-Identifier: MIT */
/* Records for who listens. */
#include "psp/internal.h"

void psp_trace(struct psp *psp, enum psp_trace_kind kind, uint16_t id, uint16_t status,
	       uint64_t address, const void *data, size_t len)
{
	const struct psp_trace record = {kind, id, status, address, data, len};

	if (psp->ops.trace)
		psp->ops.trace(psp->ctx, &record);
}
