/* SPDX-License-Identifier: MIT */
/*
 * SNP_GUEST_REQUEST: messages between a guest and the firmware (56860, 7 and 8).
 *
 * The counter of a VMPCK is the number of the last message sealed with it, of either
 * side: a request has the next number, its response the one after. A request that is not
 * answered leaves the counter as it was. Unverified: BAD_MEASUREMENT for a wrong tag,
 * INVALID_PARAM for a wrong sequence number or header, the request page's states; the
 * response page stays a firmware page, as Linux uses it.
 */
#include "psp/snp/guest.h"

enum {
	ALGO_AES_256_GCM = 1,
	HDR_VERSION = 1,
	AAD = 0x30, /* first byte and length */
	VMPCKS = 4,
	REPORT_REQ_SIZE = 0x60,
	REPORT_RSP_SIZE = 0x4c0,
	KEY_RSP_SIZE = 0x40,
	TSC_SIZE = 0x80,
	EXPORT_REQ_SIZE = 0x10,
	GCTX_MSG_SIZE = 0x320,
	STATUS_RSP_SIZE = 0x10,
	VMRK_REQ_SIZE = 0x40,
};

/* Type of the request (the response's is the next), its versions, sizes (0: variable). */
static const struct message {
	uint8_t type, versions;
	uint16_t req_len, rsp_len;
	psp_snp_msg_fn *fn;
} messages[] = {
	{0x1, 1, 0, STATUS_RSP_SIZE, psp_snp_msg_cpuid},
	{0x3, 2, 0, KEY_RSP_SIZE, psp_snp_msg_key},
	{0x5, 1, REPORT_REQ_SIZE, REPORT_RSP_SIZE, psp_snp_msg_report},
	{0x7, 1, EXPORT_REQ_SIZE, GCTX_MSG_SIZE, psp_snp_msg_export},
	{0x9, 1, GCTX_MSG_SIZE, STATUS_RSP_SIZE, psp_snp_msg_import},
	{0xb, 1, 0, STATUS_RSP_SIZE, psp_snp_msg_absorb},
	{0xd, 1, VMRK_REQ_SIZE, STATUS_RSP_SIZE, psp_snp_msg_vmrk},
	{0xf, 1, 0, STATUS_RSP_SIZE, psp_snp_msg_absorb},
	{0x11, 1, TSC_SIZE, TSC_SIZE, psp_snp_msg_tsc_info},
};

static const struct message *find(const uint8_t *page)
{
	for (size_t i = 0; i < sizeof(messages) / sizeof(messages[0]); i++)
		if (messages[i].type == MSG_type(page) && MSG_version(page) &&
		    MSG_version(page) <= messages[i].versions)
			return &messages[i];
	return NULL;
}

static bool header_right(const uint8_t *page)
{
	return MSG_algo(page) == ALGO_AES_256_GCM && MSG_hdr_version(page) == HDR_VERSION &&
	       MSG_hdr_size(page) == PSP_MSG_HEADER && MSG_size(page) <= PSP_MSG_MAX &&
	       MSG_vmpck(page) < VMPCKS && !MSG_rsvd1(page) && !MSG_rsvd2(page) &&
	       psp_is_zero(MSG_rsvd3(page), MSG_rsvd3_SIZE);
}

static void set_iv(uint8_t iv[PSP_GCM_IV], uint64_t seqno)
{
	memset(iv, 0, PSP_GCM_IV);
	psp_put_le(iv, seqno, 8);
}

/* Check and decrypt a request in place. */
static enum psp_status open_request(struct psp *psp, const struct psp_snp_guest *guest,
				    uint8_t *page)
{
	unsigned int vmpck = (unsigned int)MSG_vmpck(page);
	uint8_t iv[PSP_GCM_IV];

	if (!header_right(page))
		return PSP_INVALID_PARAM;
	if (guest->msg_count[vmpck] > UINT64_MAX - 2)
		return PSP_AEAD_OFLOW;
	if (MSG_seqno(page) != guest->msg_count[vmpck] + 1 || !find(page))
		return PSP_INVALID_PARAM;
	set_iv(iv, MSG_seqno(page));
	if (psp_gcm_open(psp_crypto(psp), guest->vmpck[vmpck], iv, page + AAD, AAD,
			 MSG_payload(page), MSG_size(page), MSG_payload(page), MSG_auth_tag(page)))
		return PSP_BAD_MEASUREMENT;
	return PSP_SUCCESS;
}

static void seal_response(struct psp *psp, const struct psp_snp_guest *guest, const uint8_t *req,
			  size_t len, uint8_t *page)
{
	unsigned int vmpck = (unsigned int)MSG_vmpck(req);
	uint8_t iv[PSP_GCM_IV];

	MSG_put_seqno(page, MSG_seqno(req) + 1);
	MSG_put_algo(page, ALGO_AES_256_GCM);
	MSG_put_hdr_version(page, HDR_VERSION);
	MSG_put_hdr_size(page, PSP_MSG_HEADER);
	MSG_put_type(page, MSG_type(req) + 1);
	MSG_put_version(page, MSG_version(req));
	MSG_put_size(page, len);
	MSG_put_vmpck(page, vmpck);
	set_iv(iv, MSG_seqno(page));
	psp_gcm_seal(psp_crypto(psp), guest->vmpck[vmpck], iv, page + AAD, AAD, MSG_payload(page),
		     len, MSG_payload(page), MSG_auth_tag(page));
}

/* Let the message's function answer; the payload's length. */
static size_t answer(struct psp *psp, struct psp_snp_guest *guest, const uint8_t *req,
		     uint8_t *page)
{
	const struct message *message = find(req);
	struct psp_snp_msg msg = {
		.psp = psp,
		.guest = guest,
		.vmpl = (unsigned int)MSG_vmpck(req),
		.version = (unsigned int)MSG_version(req),
		.req = MSG_payload(req),
		.req_len = MSG_size(req),
		.rsp = MSG_payload(page),
		.rsp_len = message->rsp_len,
	};
	enum psp_status status = PSP_INVALID_PARAM;

	if (!message->req_len || msg.req_len == message->req_len)
		status = message->fn(&msg);
	psp_put_le(msg.rsp, status, 4);
	return msg.rsp_len;
}

static enum psp_status take_pages(struct psp_cmd *cmd, uint64_t req, uint64_t rsp, uint8_t *page)
{
	enum psp_page_state state = psp_page_state(cmd->psp, psp_strip_c_bit(cmd->psp, req));
	enum psp_status status;

	if (req % PSP_PAGE || rsp % PSP_PAGE)
		return PSP_INVALID_ADDRESS;
	status = psp_buf_read(cmd->psp, req, page, PSP_PAGE);
	if (status != PSP_SUCCESS)
		return status;
	if (state != PSP_PAGE_HYPERVISOR && state != PSP_PAGE_HV_FIXED &&
	    state != PSP_PAGE_FIRMWARE && state != PSP_PAGE_RECLAIM)
		return PSP_INVALID_PAGE_STATE;
	return psp_buf_writable(cmd->psp, rsp, PSP_PAGE);
}

enum psp_status psp_cmd_snp_guest_request(struct psp_cmd *cmd)
{
	struct psp *psp = cmd->psp;
	struct psp_snp_guest *guest = cmd->snp_guest;
	uint64_t rsp_pa = SNP_GUEST_REQUEST_res_paddr(cmd->buf);
	uint8_t req[PSP_PAGE], rsp[PSP_PAGE] = {0};
	enum psp_status status;

	if (!psp_crypto(psp))
		return PSP_RESOURCE_LIMIT;
	status = take_pages(cmd, SNP_GUEST_REQUEST_req_paddr(cmd->buf), rsp_pa, req);
	if (status == PSP_SUCCESS)
		status = open_request(psp, guest, req);
	if (status != PSP_SUCCESS)
		return status;
	seal_response(psp, guest, req, answer(psp, guest, req, rsp), rsp);
	if (psp_crypto_failed(psp_crypto(psp)))
		return PSP_HWERROR_PLATFORM;
	guest->msg_count[MSG_vmpck(req)] += 2;
	cmd->pages = 2;
	return psp_buf_write(psp, rsp_pa, rsp, sizeof(rsp));
}
