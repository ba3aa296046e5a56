/* SPDX-License-Identifier: MIT */
/*
 * OCA, PEK and PDH: generation, export, import; the chip id (55766, 5). Unverified: PEK_GEN keeps
 * the OCA of a self-owned platform; lengths of PEK_CERT_IMPORT must be exact; a PEK that the OCA
 * has not signed at all is INVALID_CERTIFICATE; the order of checks.
 */
#include "psp/sev/platform_certs.h"

#include <errno.h>

#include "psp/sev/identity.h"
#include "psp/memory/memory.h"
#include "psp/sev/nv.h"

enum psp_status psp_cert_status(int error)
{
	switch (error) {
	case 0:
		return PSP_SUCCESS;
	case -ENOMEM:
		return PSP_RESOURCE_LIMIT;
	case -EBADMSG:
		return PSP_BAD_SIGNATURE;
	default:
		return PSP_INVALID_CERTIFICATE;
	}
}

static int new_key(struct psp *psp, enum psp_usage usage, struct psp_ec_key *key, uint8_t *cert)
{
	int ret = psp_ec_generate(psp_crypto(psp), key);

	if (!ret)
		psp_cert_build(cert, psp->current.api_major, psp->current.api_minor, usage, key);
	return ret;
}

static int new_oca(struct psp *psp, struct psp_sev *sev)
{
	int ret = new_key(psp, PSP_USAGE_OCA, &sev->oca, sev->oca_cert);

	sev->externally_owned = false;
	return ret ? ret
		   : psp_cert_sign(psp_crypto(psp), sev->oca_cert, 1, PSP_USAGE_OCA, &sev->oca);
}

static int new_pdh(struct psp *psp, struct psp_sev *sev)
{
	int ret = new_key(psp, PSP_USAGE_PDH, &sev->pdh, sev->pdh_cert);

	return ret ? ret
		   : psp_cert_sign(psp_crypto(psp), sev->pdh_cert, 1, PSP_USAGE_PEK, &sev->pek);
}

static int sign_pek_by_cek(struct psp *psp, struct psp_sev *sev)
{
	return psp_cert_sign(psp_crypto(psp), sev->pek_cert, 2, PSP_USAGE_CEK, &sev->cek);
}

static int new_pek(struct psp *psp, struct psp_sev *sev)
{
	int ret = new_key(psp, PSP_USAGE_PEK, &sev->pek, sev->pek_cert);

	if (!ret)
		ret = psp_cert_sign(psp_crypto(psp), sev->pek_cert, 1, PSP_USAGE_OCA, &sev->oca);
	if (!ret)
		ret = sign_pek_by_cek(psp, sev);
	return ret ? ret : new_pdh(psp, sev);
}

enum psp_status psp_new_owner(struct psp *psp, struct psp_sev *sev)
{
	int ret = new_oca(psp, sev);

	return psp_cert_status(ret ? ret : new_pek(psp, sev));
}

static enum psp_status commit(struct psp_cmd *cmd, const struct psp_sev *next, int error)
{
	cmd->pages = PSP_NV_PAGES;
	return error ? psp_cert_status(error) : psp_sev_commit(cmd->psp, next);
}

enum psp_status psp_cmd_pek_gen(struct psp_cmd *cmd)
{
	struct psp_sev next = *cmd->psp->sev;
	int ret = next.externally_owned ? new_oca(cmd->psp, &next) : 0;

	return commit(cmd, &next, ret ? ret : new_pek(cmd->psp, &next));
}

enum psp_status psp_cmd_pdh_gen(struct psp_cmd *cmd)
{
	struct psp_sev next = *cmd->psp->sev;

	return commit(cmd, &next, new_pdh(cmd->psp, &next));
}

static enum psp_status give(struct psp *psp, uint64_t pa, const void *data, size_t len)
{
	enum psp_status status = psp_buf_writable(psp, pa, len);

	return status == PSP_SUCCESS ? psp_buf_write(psp, pa, data, len) : status;
}

enum psp_status psp_cmd_pek_csr(struct psp_cmd *cmd)
{
	uint64_t address = PEK_CSR_address(cmd->buf);
	uint32_t len = PEK_CSR_len(cmd->buf);
	uint8_t csr[PSP_CERT_SIZE];

	PEK_CSR_put_len(cmd->buf, PSP_CERT_SIZE);
	if (!address || len < PSP_CERT_SIZE)
		return PSP_INVALID_LENGTH;
	memcpy(csr, cmd->psp->sev->pek_cert, PSP_CERT_SIZE);
	psp_cert_clear_signature(csr, 1);
	psp_cert_clear_signature(csr, 2);
	cmd->pages = 1;
	return give(cmd->psp, address, csr, PSP_CERT_SIZE);
}

static enum psp_status export_chain(struct psp *psp, uint64_t pdh, uint64_t chain)
{
	const struct psp_sev *sev = psp->sev;
	uint8_t certs[PSP_CHAIN_SIZE];
	enum psp_status status;

	memcpy(certs, sev->pek_cert, PSP_CERT_SIZE);
	memcpy(certs + PSP_CERT_SIZE, sev->oca_cert, PSP_CERT_SIZE);
	memcpy(certs + 2 * PSP_CERT_SIZE, sev->cek_cert, PSP_CERT_SIZE);
	status = psp_buf_writable(psp, chain, PSP_CHAIN_SIZE);
	if (status == PSP_SUCCESS)
		status = give(psp, pdh, sev->pdh_cert, PSP_CERT_SIZE);
	if (status == PSP_SUCCESS)
		status = psp_buf_write(psp, chain, certs, PSP_CHAIN_SIZE);
	return status;
}

enum psp_status psp_cmd_pdh_cert_export(struct psp_cmd *cmd)
{
	uint64_t pdh = PDH_CERT_EXPORT_pdh_cert_address(cmd->buf);
	uint64_t chain = PDH_CERT_EXPORT_cert_chain_address(cmd->buf);
	uint32_t pdh_len = PDH_CERT_EXPORT_pdh_cert_len(cmd->buf);
	uint32_t chain_len = PDH_CERT_EXPORT_cert_chain_len(cmd->buf);

	PDH_CERT_EXPORT_put_pdh_cert_len(cmd->buf, PSP_CERT_SIZE);
	PDH_CERT_EXPORT_put_cert_chain_len(cmd->buf, PSP_CHAIN_SIZE);
	if (!pdh || pdh_len < PSP_CERT_SIZE || !chain || chain_len < PSP_CHAIN_SIZE)
		return PSP_INVALID_LENGTH;
	cmd->pages = 3;
	return export_chain(cmd->psp, pdh, chain);
}

static enum psp_status check_import(struct psp *psp, const uint8_t *pek, const uint8_t *oca)
{
	struct psp_crypto *c = psp_crypto(psp);
	int ret = psp_cert_check(c, oca, PSP_USAGE_OCA);

	if (!ret)
		ret = psp_cert_check(c, pek, PSP_USAGE_PEK);
	if (!ret &&
	    memcmp(pek + PSP_CERT_pubkey, psp->sev->pek_cert + PSP_CERT_pubkey, PSP_PUBKEY_SIZE))
		ret = -EINVAL;
	if (!ret)
		ret = psp_cert_verify(c, oca, oca);
	if (!ret)
		ret = psp_cert_verify(c, pek, oca);
	return psp_cert_status(ret);
}

static enum psp_status import(struct psp_cmd *cmd, const uint8_t *pek, const uint8_t *oca)
{
	struct psp_sev next = *cmd->psp->sev;
	int ret;

	next.externally_owned = true;
	memset(&next.oca, 0, sizeof(next.oca));
	memcpy(next.oca_cert, oca, PSP_CERT_SIZE);
	memcpy(next.pek_cert, pek, PSP_CERT_SIZE);
	ret = sign_pek_by_cek(cmd->psp, &next);
	return commit(cmd, &next, ret ? ret : new_pdh(cmd->psp, &next));
}

enum psp_status psp_cmd_pek_cert_import(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	uint8_t pek[PSP_CERT_SIZE], oca[PSP_CERT_SIZE];
	enum psp_status status;

	if (psp->sev->externally_owned)
		return PSP_ALREADY_OWNED;
	if (PEK_CERT_IMPORT_pek_cert_len(cmd->buf) != PSP_CERT_SIZE ||
	    PEK_CERT_IMPORT_oca_cert_len(cmd->buf) != PSP_CERT_SIZE)
		return PSP_INVALID_LENGTH;
	status = psp_buf_read(psp, PEK_CERT_IMPORT_pek_cert_address(cmd->buf), pek, PSP_CERT_SIZE);
	if (status == PSP_SUCCESS)
		status = psp_buf_read(psp, PEK_CERT_IMPORT_oca_cert_address(cmd->buf), oca,
				      PSP_CERT_SIZE);
	if (status == PSP_SUCCESS)
		status = check_import(psp, pek, oca);
	return status == PSP_SUCCESS ? import(cmd, pek, oca) : status;
}

enum psp_status psp_cmd_get_id(struct psp_cmd *cmd)
{
	uint64_t address = GET_ID_address(cmd->buf);
	uint32_t len = GET_ID_len(cmd->buf);
	uint8_t id[PSP_CHIP_ID_SIZE];

	GET_ID_put_len(cmd->buf, PSP_CHIP_ID_SIZE);
	if (!address || len < PSP_CHIP_ID_SIZE)
		return PSP_INVALID_LENGTH;
	psp_chip_id(cmd->psp, id);
	cmd->pages = 1;
	return give(cmd->psp, address, id, sizeof(id));
}
