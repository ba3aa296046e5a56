/* SPDX-License-Identifier: MIT */
#include <openssl/evp.h>
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define ALGO_ECDSA_P384_SHA384 1
#define POLICY_ONE	       (1ull << 17)

/* ATTESTATION_REPORT */
enum {
	R_VERSION = 0,
	R_GUEST_SVN = 4,
	R_POLICY = 8,
	R_FAMILY_ID = 0x10,
	R_IMAGE_ID = 0x20,
	R_VMPL = 0x30,
	R_SIG_ALGO = 0x34,
	R_CURRENT_TCB = 0x38,
	R_PLATFORM_INFO = 0x40,
	R_KEY_INFO = 0x48,
	R_REPORT_DATA = 0x50,
	R_MEASUREMENT = 0x90,
	R_HOST_DATA = 0xc0,
	R_ID_KEY_DIGEST = 0xe0,
	R_AUTHOR_KEY_DIGEST = 0x110,
	R_REPORT_ID = 0x140,
	R_REPORT_ID_MA = 0x160,
	R_REPORTED_TCB = 0x180,
	R_CPUID = 0x188,
	R_CHIP_ID = 0x1a0,
	R_COMMITTED_TCB = 0x1e0,
	R_CURRENT = 0x1e8, /* build, minor, major */
	R_COMMITTED = 0x1ec,
	R_LAUNCH_TCB = 0x1f0,
	R_LAUNCH_MIT = 0x1f8,
	R_CURRENT_MIT = 0x200,
	R_SIG = 0x2a0, /* the signed bytes end here */
};

enum {
	INFO_AUTHOR_KEY = 1 << 0,
	INFO_MASK_CHIP_KEY = 1 << 1,
	INFO_SIGNER_SHIFT = 2,
	INFO_SIGNER = 7 << INFO_SIGNER_SHIFT,
};

/* Bytes that are reserved in every version, and those that a later version uses. */
static bool reserved_is_zero(const uint8_t *report, uint32_t version)
{
	static const struct {
		uint16_t first, end;
		uint32_t until; /* reserved below this version */
	} gaps[] = {
		{0x4c, 0x50, 99},   {R_CPUID, 0x18b, 3}, {0x18b, 0x1a0, 99},
		{0x1eb, 0x1ec, 99}, {0x1ef, 0x1f0, 99},	 {R_LAUNCH_MIT, 0x208, 5},
		{0x208, R_SIG, 99},
	};

	for (size_t i = 0; i < sizeof(gaps) / sizeof(gaps[0]); i++)
		if (version < gaps[i].until &&
		    !owner_zero(report + gaps[i].first, gaps[i].end - gaps[i].first))
			return false;
	return !(owner_get32(report + R_KEY_INFO) &
		 ~(uint32_t)(INFO_AUTHOR_KEY | INFO_MASK_CHIP_KEY | INFO_SIGNER));
}

static struct owner_firmware firmware(const uint8_t *at)
{
	return (struct owner_firmware){.build = at[0], .minor = at[1], .major = at[2]};
}

static void take_guest(const uint8_t *report, struct owner_report *out)
{
	out->guest_svn = owner_get32(report + R_GUEST_SVN);
	out->vmpl = owner_get32(report + R_VMPL);
	out->policy = owner_get64(report + R_POLICY);
	memcpy(out->family_id, report + R_FAMILY_ID, sizeof(out->family_id));
	memcpy(out->image_id, report + R_IMAGE_ID, sizeof(out->image_id));
	memcpy(out->report_data, report + R_REPORT_DATA, sizeof(out->report_data));
	memcpy(out->measurement, report + R_MEASUREMENT, sizeof(out->measurement));
	memcpy(out->host_data, report + R_HOST_DATA, sizeof(out->host_data));
	memcpy(out->id_key_digest, report + R_ID_KEY_DIGEST, sizeof(out->id_key_digest));
	memcpy(out->author_key_digest, report + R_AUTHOR_KEY_DIGEST,
	       sizeof(out->author_key_digest));
	memcpy(out->report_id, report + R_REPORT_ID, sizeof(out->report_id));
	memcpy(out->report_id_ma, report + R_REPORT_ID_MA, sizeof(out->report_id_ma));
	out->launch_tcb = owner_get64(report + R_LAUNCH_TCB);
	out->launch_mit_vector = owner_get64(report + R_LAUNCH_MIT);
}

static void take_platform(const uint8_t *report, struct owner_report *out)
{
	uint32_t info = owner_get32(report + R_KEY_INFO);

	out->version = owner_get32(report + R_VERSION);
	out->sig_algo = owner_get32(report + R_SIG_ALGO);
	out->platform_info = owner_get64(report + R_PLATFORM_INFO);
	out->current_tcb = owner_get64(report + R_CURRENT_TCB);
	out->reported_tcb = owner_get64(report + R_REPORTED_TCB);
	out->committed_tcb = owner_get64(report + R_COMMITTED_TCB);
	out->author_key = info & INFO_AUTHOR_KEY;
	out->mask_chip_key = info & INFO_MASK_CHIP_KEY;
	out->signer = (enum owner_signer)((info & INFO_SIGNER) >> INFO_SIGNER_SHIFT);
	out->cpuid_family = report[R_CPUID];
	out->cpuid_model = report[R_CPUID + 1];
	out->cpuid_stepping = report[R_CPUID + 2];
	memcpy(out->chip_id, report + R_CHIP_ID, sizeof(out->chip_id));
	out->current = firmware(report + R_CURRENT);
	out->committed = firmware(report + R_COMMITTED);
	out->current_mit_vector = owner_get64(report + R_CURRENT_MIT);
}

enum owner_check owner_report_parse(const uint8_t report[OWNER_REPORT_SIZE],
				    struct owner_report *out)
{
	take_platform(report, out);
	take_guest(report, out);
	if (out->version < 2 || out->version > 5)
		return OWNER_VERSION;
	if (out->sig_algo != ALGO_ECDSA_P384_SHA384)
		return OWNER_ALGO;
	if (!reserved_is_zero(report, out->version))
		return OWNER_RESERVED;
	if (!(out->policy & POLICY_ONE))
		return OWNER_POLICY;
	if (out->author_key == owner_zero(out->author_key_digest, sizeof(out->author_key_digest)))
		return OWNER_AUTH_KEY;
	return OWNER_OK;
}

static enum owner_check check_signature(const uint8_t *report, const struct owner_vek *vek)
{
	uint8_t key[OWNER_KEY_SIZE], digest[48];
	struct owner_ec_key point;
	EVP_PKEY *pkey;
	bool right;

	memcpy(point.x, vek->key + 1, sizeof(point.x));
	memcpy(point.y, vek->key + 49, sizeof(point.y));
	owner_ec_export(&point, key);
	pkey = owner_ec_public(key);
	owner_must(pkey); /* libcrypto took it from a certificate */
	owner_sha384(report, R_SIG, digest);
	right = owner_ecdsa_verify(pkey, digest, sizeof(digest), report + R_SIG) &&
		owner_zero(report + R_SIG + 144, OWNER_REPORT_SIZE - R_SIG - 144);
	EVP_PKEY_free(pkey);
	return right ? OWNER_OK : OWNER_SIGNATURE;
}

static enum owner_check check_origin(const struct owner_report *report, enum owner_product product,
				     const struct owner_vek *vek)
{
	struct owner_tcb tcb;
	enum owner_check bad = owner_tcb_parse(product, report->reported_tcb, &tcb);

	if (bad)
		return bad;
	if (memcmp(&tcb, &vek->tcb, sizeof(tcb)) != 0)
		return OWNER_TCB;
	if (vek->vlek)
		return OWNER_OK;
	if (memcmp(report->chip_id, vek->hwid, vek->hwid_len) != 0 ||
	    !owner_zero(report->chip_id + vek->hwid_len, OWNER_CHIP_ID_SIZE - vek->hwid_len))
		return OWNER_CHIP_ID;
	return OWNER_OK;
}

enum owner_check owner_report_verify(const uint8_t report[OWNER_REPORT_SIZE],
				     const struct owner_snp_certs *certs, struct owner_report *out)
{
	struct owner_vek vek;
	enum owner_check bad;

	if ((bad = owner_report_parse(report, out)))
		return bad;
	if (out->mask_chip_key || out->signer == OWNER_SIGNER_NONE)
		return owner_zero(report + R_SIG, OWNER_REPORT_SIZE - R_SIG) ? OWNER_UNSIGNED
									     : OWNER_SIGNATURE;
	if ((bad = owner_vek_verify(certs, &vek)))
		return bad;
	if (out->signer != (vek.vlek ? OWNER_SIGNER_VLEK : OWNER_SIGNER_VCEK))
		return OWNER_SIGNER;
	if ((bad = check_signature(report, &vek)))
		return bad;
	return check_origin(out, certs->product, &vek);
}
