/* SPDX-License-Identifier: MIT */
/* Public keys in a certificate: EC points as little-endian numbers of 72 bytes. */
#include <errno.h>

#include "psp/certs/cert_internal.h"

enum {
	PADDING = PSP_ECDSA_FIELD - PSP_P384_SIZE,
};

void psp_pubkey_build(uint8_t pubkey[PSP_PUBKEY_SIZE], const uint8_t x[PSP_P384_SIZE],
		      const uint8_t y[PSP_P384_SIZE])
{
	memset(pubkey, 0, PSP_PUBKEY_SIZE);
	psp_put32(pubkey + PSP_PUBKEY_curve, PSP_CURVE_P384);
	psp_reverse(pubkey + PSP_PUBKEY_x, x, PSP_P384_SIZE);
	psp_reverse(pubkey + PSP_PUBKEY_y, y, PSP_P384_SIZE);
}

static bool number(const uint8_t *field, uint8_t out[PSP_P384_SIZE])
{
	psp_reverse(out, field, PSP_P384_SIZE);
	return psp_is_zero(field + PSP_P384_SIZE, PADDING);
}

int psp_pubkey_point(const uint8_t pubkey[PSP_PUBKEY_SIZE], uint8_t x[PSP_P384_SIZE],
		     uint8_t y[PSP_P384_SIZE])
{
	if (psp_get32(pubkey + PSP_PUBKEY_curve) != PSP_CURVE_P384)
		return -EINVAL;
	if (!number(pubkey + PSP_PUBKEY_x, x) || !number(pubkey + PSP_PUBKEY_y, y))
		return -EINVAL;
	return 0;
}

int psp_cert_point(const uint8_t cert[PSP_CERT_SIZE], uint8_t x[PSP_P384_SIZE],
		   uint8_t y[PSP_P384_SIZE])
{
	return psp_pubkey_point(cert + PSP_CERT_pubkey, x, y);
}
