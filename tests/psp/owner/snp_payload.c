/* SPDX-License-Identifier: MIT */
/* Payloads of guest messages. */
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define RSP_HEAD 0x20 /* status, size, reserved: before a report or a key */

/* The status, and OWNER_STATUS if it is an error. */
static enum owner_check take_status(const uint8_t *payload, size_t len, size_t least,
				    uint32_t *status)
{
	if (len < 4)
		return OWNER_LENGTH;
	*status = owner_get32(payload);
	if (*status)
		return OWNER_STATUS;
	return len < least ? OWNER_LENGTH : OWNER_OK;
}

void owner_report_request(uint8_t out[OWNER_REPORT_REQ_SIZE], const uint8_t data[64], uint32_t vmpl)
{
	memset(out, 0, OWNER_REPORT_REQ_SIZE);
	memcpy(out, data, 64);
	owner_put32(out + 64, vmpl);
}

enum owner_check owner_report_response(const uint8_t *payload, size_t len, uint32_t *status,
				       size_t *offset)
{
	enum owner_check bad = take_status(payload, len, RSP_HEAD + OWNER_REPORT_SIZE, status);

	if (bad)
		return bad;
	*offset = RSP_HEAD;
	if (owner_get32(payload + 4) != OWNER_REPORT_SIZE)
		return OWNER_LENGTH;
	return owner_zero(payload + 8, RSP_HEAD - 8) ? OWNER_OK : OWNER_RESERVED;
}

void owner_key_request(uint8_t out[OWNER_KEY_REQ_SIZE], const struct owner_key_request *request)
{
	memset(out, 0, OWNER_KEY_REQ_SIZE);
	owner_put32(out, request->vmrk);
	owner_put64(out + 8, request->fields);
	owner_put32(out + 0x10, request->vmpl);
	owner_put32(out + 0x14, request->guest_svn);
	owner_put64(out + 0x18, request->tcb);
	owner_put64(out + 0x20, request->launch_mit_vector);
}

enum owner_check owner_key_response(const uint8_t *payload, size_t len, uint32_t *status,
				    uint8_t key[32])
{
	enum owner_check bad = take_status(payload, len, RSP_HEAD + 32, status);

	if (bad)
		return bad;
	memcpy(key, payload + RSP_HEAD, 32);
	return owner_zero(payload + 4, RSP_HEAD - 4) ? OWNER_OK : OWNER_RESERVED;
}

void owner_tsc_request(uint8_t out[OWNER_TSC_REQ_SIZE])
{
	memset(out, 0, OWNER_TSC_REQ_SIZE);
}

enum owner_check owner_tsc_response(const uint8_t *payload, size_t len, uint32_t *status,
				    struct owner_tsc_info *info)
{
	enum owner_check bad = take_status(payload, len, 0x1c, status);

	if (bad)
		return bad;
	info->scale = owner_get64(payload + 8);
	info->offset = owner_get64(payload + 0x10);
	info->factor = owner_get32(payload + 0x18);
	return owner_zero(payload + 4, 4) ? OWNER_OK : OWNER_RESERVED;
}
