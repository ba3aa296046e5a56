/* SPDX-License-Identifier: MIT */
/*
 * Secure TSC: what a guest needs to set up the TSC of its later VMSAs (56860, 7, TSC_INFO).
 * GUEST_TSC_SCALE is a fixed-point number with 32 bits of fraction (APM volume 2, 15.36.18).
 * Unverified: a guest whose launch named no frequency gets the scale 1. Offset and TSC_FACTOR
 * are 0: the platform's counter starts with the guest's, and its clock does not spread.
 */
#include "psp/snp/guest.h"

enum { SCALE_FRACTION = 32 };

enum psp_status psp_snp_msg_tsc_info(struct psp_snp_msg *msg)
{
	uint64_t desired = msg->guest->desired_tsc_khz, real = msg->psp->config.tsc_khz;

	if (!psp_is_zero(msg->req, msg->req_len))
		return PSP_INVALID_PARAM;
	TSC_RSP_put_scale(msg->rsp, ((desired ? desired : real) << SCALE_FRACTION) / real);
	return PSP_SUCCESS;
}
