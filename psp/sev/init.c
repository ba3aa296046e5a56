/* SPDX-License-Identifier: MIT */
/*
 * INIT and INIT_EX (55766, 5.1). Unverified: without SEV-ES the TMR is not looked at; INIT_EX
 * refuses address 0; INIT is refused while SNP is enabled but not initialised, as machines are
 * seen to do after SNP_INIT failed.
 */
#include "psp/sev/identity.h"
#include "psp/memory/memory.h"
#include "psp/sev/nv.h"
#include "psp/sev/platform_certs.h"

enum {
	FLAG_ES = 1,
	TMR_SIZE = 1024 * 1024,
	TMR_SIZE_SNP = 2 * 1024 * 1024,
	INIT_EX_SIZE = 0x24,
};

/* What INIT and INIT_EX have in common. */
struct init {
	uint32_t flags;
	uint64_t tmr_address, nv_address;
	uint32_t tmr_len;
};

static enum psp_status check_tmr(struct psp *psp, const struct init *init)
{
	uint32_t size = psp->snp_on ? TMR_SIZE_SNP : TMR_SIZE;

	if (init->tmr_len != size)
		return PSP_INVALID_LENGTH;
	if (init->tmr_address % size)
		return PSP_INVALID_ADDRESS;
	return psp_buf_writable(psp, init->tmr_address, size);
}

/* SNP is enabled, but SNP_INIT has not come first. */
static bool snp_missing(const struct psp *psp)
{
	return psp_api_at_least(psp, 1, 51) && psp_rmp_on(psp) && !psp->snp_on;
}

static enum psp_status check_init(struct psp *psp, const struct init *init)
{
	if (snp_missing(psp))
		return PSP_INVALID_PLATFORM_STATE;
	if (init->flags & ~FLAG_ES)
		return PSP_INVALID_PARAM;
	return init->flags & FLAG_ES ? check_tmr(psp, init) : PSP_SUCCESS;
}

/*
 * Data that fail their check are replaced at once, by those of a new platform, so that the
 * next INIT succeeds; this one does not.
 */
static enum psp_status replace_data(struct psp *psp, struct psp_sev *next)
{
	enum psp_status status = psp_new_owner(psp, next);

	if (status == PSP_SUCCESS)
		status = psp_nv_store(psp, next);
	return status == PSP_SUCCESS ? PSP_SECURE_DATA_INVALID : status;
}

static enum psp_status initialise(struct psp *psp, const struct init *init)
{
	struct psp_sev next = *psp->sev;
	enum psp_status status;
	bool empty;

	if (!psp_crypto(psp))
		return PSP_RESOURCE_LIMIT;
	next.state = PSP_INIT;
	next.es = init->flags & FLAG_ES;
	next.tmr_address = psp_strip_c_bit(psp, init->tmr_address);
	next.nv_address = init->nv_address;
	next.resets = init->nv_address ? psp_nv_resets(psp) : 0;
	status = psp_nv_fetch(psp, &next, &empty);
	if (status != PSP_SUCCESS && status != PSP_SECURE_DATA_INVALID)
		return status;
	if (psp_chip_cek(psp, &next.cek, next.cek_cert))
		return PSP_RESOURCE_LIMIT;
	if (status == PSP_SECURE_DATA_INVALID)
		return replace_data(psp, &next);
	if (empty)
		status = psp_new_owner(psp, &next);
	return status == PSP_SUCCESS ? psp_sev_commit(psp, &next) : status;
}

enum psp_status psp_cmd_init(struct psp_cmd *cmd)
{
	const struct init init = {
		.flags = INIT_flags(cmd->buf),
		.tmr_address = INIT_tmr_address(cmd->buf),
		.tmr_len = INIT_tmr_len(cmd->buf),
	};
	enum psp_status status = check_init(cmd->psp, &init);

	if (status != PSP_SUCCESS)
		return status;
	cmd->pages = PSP_NV_PAGES;
	return initialise(cmd->psp, &init);
}

static enum psp_status check_nv(struct psp *psp, uint64_t pa, uint32_t len)
{
	if (len != PSP_NV_SIZE)
		return PSP_INVALID_LENGTH;
	if (!pa || pa % PSP_PAGE)
		return PSP_INVALID_ADDRESS;
	return psp_buf_writable(psp, pa, len);
}

enum psp_status psp_cmd_init_ex(struct psp_cmd *cmd)
{
	const struct init init = {
		.flags = INIT_EX_flags(cmd->buf),
		.tmr_address = INIT_EX_tmr_address(cmd->buf),
		.tmr_len = INIT_EX_tmr_len(cmd->buf),
		.nv_address = INIT_EX_nv_address(cmd->buf),
	};
	enum psp_status status;

	if (INIT_EX_length(cmd->buf) != INIT_EX_SIZE)
		return PSP_INVALID_LENGTH;
	status = check_init(cmd->psp, &init);
	if (status == PSP_SUCCESS)
		status = check_nv(cmd->psp, init.nv_address, INIT_EX_nv_len(cmd->buf));
	if (status != PSP_SUCCESS)
		return status;
	cmd->pages = 2 * PSP_NV_PAGES;
	return initialise(cmd->psp, &init);
}
