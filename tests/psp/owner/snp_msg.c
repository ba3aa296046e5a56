/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define ALGO_AES_256_GCM 1
#define HDR_VERSION	 1

static void make_iv(uint64_t sequence, uint8_t iv[12])
{
	owner_put64(iv, sequence);
	memset(iv + 8, 0, 4);
}

static struct owner_part aad(const uint8_t *page)
{
	return (struct owner_part){page + OWNER_MSG_AAD, OWNER_MSG_HDR - OWNER_MSG_AAD};
}

enum owner_check owner_request_seal(const struct owner_guest *guest,
				    const struct owner_request *request, uint8_t page[OWNER_PAGE])
{
	uint64_t sequence = guest->count[request->vmpck] + 1;
	uint8_t iv[12];

	if (request->len > OWNER_MSG_MAX)
		return OWNER_LENGTH;
	if (sequence == 0 || sequence == UINT64_MAX)
		return OWNER_SEQUENCE;
	memset(page, 0, OWNER_PAGE);
	owner_put64(page + OWNER_MSG_SEQUENCE, sequence);
	page[OWNER_MSG_ALGO] = ALGO_AES_256_GCM;
	page[OWNER_MSG_HDR_VERSION] = HDR_VERSION;
	owner_put16(page + OWNER_MSG_HDR_SIZE, OWNER_MSG_HDR);
	page[OWNER_MSG_TYPE] = (uint8_t)request->type;
	page[OWNER_MSG_VERSION] = request->version;
	owner_put16(page + OWNER_MSG_SIZE, (uint16_t)request->len);
	page[OWNER_MSG_VMPCK] = (uint8_t)request->vmpck;
	make_iv(sequence, iv);
	owner_gcm_seal(guest->vmpck[request->vmpck], iv, aad(page), request->payload,
		       page + OWNER_MSG_HDR, request->len, page + OWNER_MSG_TAG);
	return OWNER_OK;
}

static enum owner_check check_header(const uint8_t *page, const struct owner_request *request)
{
	if (page[OWNER_MSG_TYPE] != request->type + 1)
		return OWNER_TYPE;
	if (page[OWNER_MSG_VERSION] != request->version)
		return OWNER_VERSION;
	if (page[OWNER_MSG_ALGO] != ALGO_AES_256_GCM ||
	    page[OWNER_MSG_HDR_VERSION] != HDR_VERSION ||
	    owner_get16(page + OWNER_MSG_HDR_SIZE) != OWNER_MSG_HDR ||
	    page[OWNER_MSG_VMPCK] != request->vmpck ||
	    owner_get16(page + OWNER_MSG_SIZE) > OWNER_MSG_MAX)
		return OWNER_HEADER;
	return owner_zero(page + OWNER_MSG_TAG + 16, 16) && owner_zero(page + 0x28, 8) &&
			       owner_zero(page + 0x38, 4) &&
			       owner_zero(page + 0x3d, OWNER_MSG_HDR - 0x3d)
		       ? OWNER_OK
		       : OWNER_RESERVED;
}

enum owner_check owner_response_open(struct owner_guest *guest, const struct owner_request *request,
				     const uint8_t page[OWNER_PAGE], uint8_t *payload, size_t *len)
{
	uint64_t sequence = guest->count[request->vmpck] + 2;
	enum owner_check bad;
	uint8_t iv[12];

	if (owner_get64(page + OWNER_MSG_SEQUENCE) != sequence)
		return OWNER_SEQUENCE;
	bad = check_header(page, request);
	if (bad)
		return bad;
	make_iv(sequence, iv);
	*len = owner_get16(page + OWNER_MSG_SIZE);
	bad = owner_gcm_open(guest->vmpck[request->vmpck], iv, aad(page), page + OWNER_MSG_HDR,
			     payload, *len, page + OWNER_MSG_TAG);
	if (!bad)
		guest->count[request->vmpck] = sequence;
	return bad;
}
