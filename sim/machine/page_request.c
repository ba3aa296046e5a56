// SPDX-License-Identifier: MIT
/* Page requests of PCIe devices (PRI), and the answers that the SMMU brings. */
#include <errno.h>
#include <stdlib.h>

#include "sim/machine/internal.h"

static void answer(struct sim_device *d, const struct smmu_prg_response *response, bool automatic)
{
	struct sim_prg_response *more = realloc(d->responses, (d->n_responses + 1) * sizeof(*more));

	if (!more)
		return;
	d->responses = more;
	more[d->n_responses++] = (struct sim_prg_response){
		.index = response->prg_index,
		.code = response->code,
		.automatic = automatic,
		.unexpected = !mdl_pcie_prg_response(mdl_pcie_dma_fn(d->pcie), response->prg_index,
						     response->code),
		.has_ssid = response->has_ssid,
		.ssid = response->ssid,
		.time = evk_now(),
	};
}

/* A response to a StreamID that no function has goes nowhere. */
void sim_pri_response(struct sim_machine *m, const struct smmu_prg_response *response)
{
	for (size_t i = 0; i < m->n_devices; i++) {
		struct sim_device *d = m->devices[i];

		if (!d->pcie)
			continue;
		sim_pcie_locate(d);
		if (d->present && d->sid == response->sid)
			answer(d, response, false);
	}
}

int sim_device_page_request(struct sim_device *d, const struct smmu_page_request *request)
{
	struct smmu_page_request sent = *request;
	struct smmu_prg_response response;
	int ret;

	if (!d->pcie)
		return -ENODEV;
	sim_pcie_locate(d);
	if (!d->translated)
		return -ENODEV;
	ret = mdl_pcie_page_request(mdl_pcie_dma_fn(d->pcie), request->prg_index);
	if (ret)
		return ret;
	sent.sid = d->sid;
	if (smmu_page_request(d->machine->smmu, &sent, &response))
		answer(d, &response, true);
	return 0;
}
