/* SPDX-License-Identifier: MIT */
/*
 * ATTESTATION (55766, 6): a report on a guest, signed by the PEK. Unverified: while a guest
 * is being launched, the report has the digest so far; a received guest, which this platform
 * did not measure, has the digest zero.
 */
#include "psp/sev/guest.h"

#include "psp/memory/memory.h"

static void fill(struct psp_cmd *cmd, uint8_t report[PSP_REPORT_SIZE])
{
	const struct psp_guest *guest = cmd->guest;

	memset(report, 0, PSP_REPORT_SIZE);
	memcpy(report + PSP_REPORT_mnonce, ATTESTATION_mnonce(cmd->buf), 16);
	memcpy(report + PSP_REPORT_launch_digest, guest->launch_digest, 32);
	if (guest->state == PSP_G_LUPDATE) {
		struct psp_sha256 digest = guest->digest;

		psp_sha256_final(&digest, report + PSP_REPORT_launch_digest);
	}
	psp_put_le(report + PSP_REPORT_policy, guest->policy, 4);
	psp_put_le(report + PSP_REPORT_sig_usage, PSP_USAGE_PEK, 4);
	psp_put_le(report + PSP_REPORT_sig_algo, PSP_ALGO_ECDSA_SHA256, 4);
}

enum psp_status psp_cmd_attestation(struct psp_cmd *cmd)
{
	uint64_t pa = ATTESTATION_address(cmd->buf);
	uint32_t len = ATTESTATION_len(cmd->buf);
	struct psp *psp = cmd->psp;
	uint8_t report[PSP_REPORT_SIZE];
	enum psp_status status;
	int error;

	ATTESTATION_put_len(cmd->buf, PSP_REPORT_SIZE);
	if (!pa || len < PSP_REPORT_SIZE)
		return PSP_INVALID_LENGTH;
	status = psp_buf_writable(psp, pa, PSP_REPORT_SIZE);
	if (status != PSP_SUCCESS)
		return status;
	fill(cmd, report);
	error = psp_ec_sign(psp->crypto, &psp->sev->pek, PSP_SHA256, report, PSP_REPORT_sig_usage,
			    report + PSP_REPORT_signature);
	if (error)
		return PSP_HWERROR_PLATFORM;
	return psp_buf_write(psp, pa, report, sizeof(report));
}
