/* SPDX-License-Identifier: MIT */
/* Making, resetting and looking at a secure processor. */
#include "psp/psp.h"

#include <errno.h>
#include <stdlib.h>

#include "psp/config.h"
#include "psp/crypto/crypto.h"
#include "psp/snp/firmware.h"
#include "psp/mailbox/mailbox.h"
#include "psp/memory/memory.h"
#include "psp/sev/sev.h"
#include "psp/snp/snp.h"

static int make_parts(struct psp *psp)
{
	int ret = psp_memory_new(psp);

	if (!ret)
		ret = psp_sev_new(psp);
	if (!ret)
		ret = psp_snp_new(psp);
	if (!ret)
		ret = psp_mailbox_new(psp);
	return ret;
}

int psp_new(struct psp **out, const struct psp_config *config, const struct psp_ops *ops, void *ctx,
	    const char **why)
{
	const char *wrong = psp_config_wrong(config, ops);
	struct psp *psp;
	int ret;

	if (wrong) {
		if (why)
			*why = wrong;
		return -EINVAL;
	}
	psp = calloc(1, sizeof(*psp));
	if (!psp)
		return -ENOMEM;
	psp->config = *config;
	psp->ops = *ops;
	psp->ctx = ctx;
	psp_firmware_reset(psp);
	ret = make_parts(psp);
	if (ret) {
		psp_free(psp);
		return ret;
	}
	*out = psp;
	return 0;
}

void psp_free(struct psp *psp)
{
	if (!psp)
		return;
	psp_mailbox_free(psp);
	psp_snp_free(psp);
	psp_sev_free(psp);
	psp_memory_free(psp);
	psp_crypto_free(psp->crypto);
	free(psp);
}

void psp_reset(struct psp *psp)
{
	psp->snp_on = false;
	psp_firmware_reset(psp);
	psp_memory_reset(psp);
	psp_sev_reset(psp);
	psp_snp_reset(psp);
	psp_mailbox_reset(psp);
}

struct psp_crypto *psp_crypto(struct psp *psp)
{
	if (!psp->crypto)
		psp->crypto = psp_crypto_new(psp->config.seed);
	return psp->crypto;
}

void psp_get_info(const struct psp *psp, struct psp_info *info)
{
	*info = (struct psp_info){
		.dead = psp->mailbox->dead,
		.api_major = psp->current.api_major,
		.api_minor = psp->current.api_minor,
		.build = psp->current.build,
		.current_tcb = psp->current.tcb,
		.committed_tcb = psp->committed.tcb,
	};
	psp_sev_info(psp, info);
	psp_snp_info(psp, info);
}

void psp_get_stats(const struct psp *psp, struct psp_stats *stats)
{
	*stats = psp->stats;
}
