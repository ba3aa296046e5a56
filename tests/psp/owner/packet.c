/* SPDX-License-Identifier: MIT */
#include <openssl/crypto.h>
#include <string.h>

#include "tests/psp/owner/crypto.h"

/* Offsets in the header of a packet. */
enum {
	HDR_FLAGS = 0,
	HDR_IV = 4,
	HDR_MAC = 0x14,
};

static void packet_mac(const struct owner_session *session, enum owner_packet_kind kind,
		       const uint8_t *measurement, const uint8_t *hdr, const void *cipher,
		       size_t len, uint8_t mac[32])
{
	uint8_t context = (uint8_t)kind, length[4];

	owner_put32(length, (uint32_t)len);
	owner_hmac(session->tik, 16,
		   OWNER_PARTS({&context, 1}, {hdr + HDR_FLAGS, 4}, {hdr + HDR_IV, 16}, {length, 4},
			       {length, 4}, {cipher, len}, {measurement, measurement ? 32 : 0}),
		   mac);
}

void owner_packet_seal(const struct owner_session *session, enum owner_packet_kind kind,
		       struct owner_rand *rand, const uint8_t *measurement, const void *plain,
		       size_t len, uint8_t hdr[OWNER_PACKET_HDR_SIZE], void *cipher)
{
	owner_put32(hdr + HDR_FLAGS, 0);
	owner_rand_bytes(rand, hdr + HDR_IV, 16);
	owner_ctr(session->tek, hdr + HDR_IV, plain, cipher, len);
	packet_mac(session, kind, measurement, hdr, cipher, len, hdr + HDR_MAC);
}

enum owner_check owner_packet_open(const struct owner_session *session, enum owner_packet_kind kind,
				   const uint8_t *measurement,
				   const uint8_t hdr[OWNER_PACKET_HDR_SIZE], const void *cipher,
				   size_t len, void *plain)
{
	uint8_t mac[32];

	if (owner_get32(hdr + HDR_FLAGS) != 0)
		return OWNER_RESERVED;
	packet_mac(session, kind, measurement, hdr, cipher, len, mac);
	if (CRYPTO_memcmp(mac, hdr + HDR_MAC, 32) != 0)
		return OWNER_PACKET_MAC;
	owner_ctr(session->tek, hdr + HDR_IV, cipher, plain, len);
	return OWNER_OK;
}
