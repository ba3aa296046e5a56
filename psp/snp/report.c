/* SPDX-License-Identifier: MIT */
/*
 * Attestation reports (56860, 7, MSG_REPORT_REQ). Unverified: which API brought which
 * version of the report. Mitigation vectors are 0: no mitigation has a bit here.
 */
#include "psp/sev/identity.h"
#include "psp/snp/guest.h"

enum {
	REPORT_SIZE = 0x4a0,
	REPORT_SIGNED = 0x2a0,
	SIG_ALGO_P384_SHA384 = 1,
	INFO_SMT = 1 << 0,
	INFO_TSME = 1 << 1,
	INFO_ECC = 1 << 2,
	INFO_RAPL_DIS = 1 << 3,
	INFO_CIPHERTEXT_HIDING = 1 << 4,
	KEY_AUTHOR = 1 << 0,
	KEY_MASKED = 1 << 1,
	KEY_SIGNING_SHIFT = 2,
	API_REPORT_3 = 56,
	API_REPORT_5 = 58,
};

static unsigned int version(const struct psp *psp)
{
	if (psp_api_at_least(psp, 1, API_REPORT_5))
		return 5;
	return psp_api_at_least(psp, 1, API_REPORT_3) ? 3 : 2;
}

static uint64_t platform_info(const struct psp *psp)
{
	return (psp->config.smt ? INFO_SMT : 0) | (psp->config.tsme ? INFO_TSME : 0) |
	       (psp->config.ecc ? INFO_ECC : 0) | (psp->snp->rapl_disabled ? INFO_RAPL_DIS : 0) |
	       (psp->snp->ciphertext_hiding ? INFO_CIPHERTEXT_HIDING : 0);
}

static void put_guest(uint8_t *r, const struct psp_snp_guest *guest)
{
	REPORT_put_guest_svn(r, guest->guest_svn);
	REPORT_put_policy(r, guest->policy);
	memcpy(REPORT_family_id(r), guest->family_id, REPORT_family_id_SIZE);
	memcpy(REPORT_image_id(r), guest->image_id, REPORT_image_id_SIZE);
	memcpy(REPORT_measurement(r), guest->ld, REPORT_measurement_SIZE);
	memcpy(REPORT_host_data(r), guest->host_data, REPORT_host_data_SIZE);
	memcpy(REPORT_id_key_digest(r), guest->id_key_digest, REPORT_id_key_digest_SIZE);
	memcpy(REPORT_author_key_digest(r), guest->author_key_digest,
	       REPORT_author_key_digest_SIZE);
	memcpy(REPORT_report_id(r), guest->report_id, REPORT_report_id_SIZE);
	memcpy(REPORT_report_id_ma(r), guest->report_id_ma, REPORT_report_id_ma_SIZE);
	REPORT_put_launch_tcb(r, guest->launch_tcb);
}

static void put_platform(uint8_t *r, const struct psp *psp)
{
	const struct psp_version *current = &psp->current, *committed = &psp->committed;

	REPORT_put_version(r, version(psp));
	REPORT_put_current_tcb(r, current->tcb);
	REPORT_put_reported_tcb(r, psp->snp->reported_tcb);
	REPORT_put_committed_tcb(r, committed->tcb);
	REPORT_put_platform_info(r, platform_info(psp));
	REPORT_put_current_build(r, current->build);
	REPORT_put_current_minor(r, current->api_minor);
	REPORT_put_current_major(r, current->api_major);
	REPORT_put_committed_build(r, committed->build);
	REPORT_put_committed_minor(r, committed->api_minor);
	REPORT_put_committed_major(r, committed->api_major);
	if (version(psp) >= 3) {
		REPORT_put_cpuid_family(r, psp->config.cpu_family);
		REPORT_put_cpuid_model(r, psp->config.cpu_model);
		REPORT_put_cpuid_stepping(r, psp->config.cpu_stepping);
	}
	if (!psp->snp->mask_chip_id)
		psp_chip_id(psp, REPORT_chip_id(r));
}

static uint32_t key_info(const struct psp *psp, const struct psp_snp_guest *guest,
			 unsigned int signing_key)
{
	return (guest->author_key ? KEY_AUTHOR : 0u) | (psp->snp->mask_chip_key ? KEY_MASKED : 0u) |
	       signing_key << KEY_SIGNING_SHIFT;
}

enum psp_status psp_snp_msg_report(struct psp_snp_msg *msg)
{
	struct psp *psp = msg->psp;
	uint64_t vmpl = REPORT_REQ_vmpl(msg->req);
	uint8_t report[REPORT_SIZE] = {0};
	unsigned int signing_key;
	struct psp_ec_key key;
	enum psp_status status;

	if (vmpl > 3 || vmpl < msg->vmpl ||
	    !psp_is_zero(REPORT_REQ_rsvd(msg->req), REPORT_REQ_rsvd_SIZE))
		return PSP_INVALID_PARAM;
	status = psp_snp_signing_key(psp, msg->guest, (unsigned int)REPORT_REQ_key_sel(msg->req),
				     &key, &signing_key);
	if (status != PSP_SUCCESS)
		return status;
	put_guest(report, msg->guest);
	put_platform(report, psp);
	REPORT_put_vmpl(report, vmpl);
	REPORT_put_sig_algo(report, SIG_ALGO_P384_SHA384);
	REPORT_put_key_info(report, key_info(psp, msg->guest, signing_key));
	memcpy(REPORT_report_data(report), REPORT_REQ_report_data(msg->req),
	       REPORT_report_data_SIZE);
	if (signing_key != PSP_SIGNED_NONE && psp_ec_sign(psp_crypto(psp), &key, PSP_SHA384, report,
							  REPORT_SIGNED, REPORT_signature(report)))
		return PSP_HWERROR_PLATFORM;
	REPORT_RSP_put_size(msg->rsp, sizeof(report));
	memcpy(REPORT_RSP_report(msg->rsp), report, sizeof(report));
	return PSP_SUCCESS;
}
