/* SPDX-License-Identifier: MIT */
/*
 * Keys of SNP guests that the chip makes: the one that signs reports, and those derived
 * for a guest by MSG_KEY_REQ (56860, 7). The chip's own is the VCEK of a TCB, the
 * provider's a VLEK that was loaded.
 *
 * Unverified, all of it but fields and label of KEY_REQ: MASK_CHIP_KEY masks the VCEK
 * alone; a derived key has as its root the VCEK of the TCB in the request where the TCB
 * is mixed in, and the VCEK of TCB 0 where it is not, so that it stays the same under
 * newer firmware; host data and key digests are always mixed in.
 */
#include "psp/certs/endorse.h"
#include "psp/sev/sev.h"
#include "psp/snp/guest.h"

enum {
	ROOT_VMRK = 1 << 0,
	KEY_SEL_SHIFT = 1,
	ROOT_BITS = 7,
	MIX_POLICY = 1 << 0,
	MIX_IMAGE_ID = 1 << 1,
	MIX_FAMILY_ID = 1 << 2,
	MIX_MEASUREMENT = 1 << 3,
	MIX_GUEST_SVN = 1 << 4,
	MIX_TCB = 1 << 5,
	MIX_LAUNCH_MIT_VECTOR = 1 << 6,
	MIX_VERSION_1 = 0x3f,
	KEY_REQ_SIZE_1 = 0x20,
	KEY_REQ_SIZE_2 = 0x28,
	KEY_MIX_SIZE = 0x100,
	API_KEY_REQ_2 = 58,
};

enum psp_status psp_snp_select_key(const struct psp *psp, const struct psp_snp_guest *guest,
				   unsigned int sel, enum psp_signing_key *kind)
{
	const struct psp_snp *snp = psp->snp;

	if (sel > PSP_KEY_SEL_VLEK)
		return PSP_INVALID_PARAM;
	if (sel != PSP_KEY_SEL_VCEK && snp->vlek_loaded) {
		*kind = PSP_SIGNED_VLEK;
		return PSP_SUCCESS;
	}
	if (sel == PSP_KEY_SEL_VLEK || guest->vcek_disabled)
		return PSP_INVALID_KEY;
	*kind = snp->mask_chip_key ? PSP_SIGNED_NONE : PSP_SIGNED_VCEK;
	return PSP_SUCCESS;
}

static enum psp_status chip_key(struct psp *psp, enum psp_signing_key kind, uint64_t tcb,
				struct psp_ec_key *key)
{
	if (kind == PSP_SIGNED_VLEK) {
		*key = psp->snp->vlek;
		return PSP_SUCCESS;
	}
	return psp_vcek(psp_crypto(psp), &psp->sev->chip, tcb, key) ? PSP_HWERROR_PLATFORM
								    : PSP_SUCCESS;
}

enum psp_status psp_snp_signing_key(struct psp *psp, const struct psp_snp_guest *guest,
				    unsigned int sel, struct psp_ec_key *key,
				    unsigned int *signing_key)
{
	enum psp_signing_key kind;
	enum psp_status status = psp_snp_select_key(psp, guest, sel, &kind);

	if (status != PSP_SUCCESS)
		return status;
	*signing_key = kind;
	return kind == PSP_SIGNED_NONE ? PSP_SUCCESS
				       : chip_key(psp, kind, psp->snp->reported_tcb, key);
}

/* What may be asked for: nothing above the asking VMPL, the guest or the platform. */
static bool request_right(const struct psp_snp_msg *msg)
{
	const uint8_t *req = msg->req;
	bool second = msg->version > 1;

	if (second && !psp_api_at_least(msg->psp, 1, API_KEY_REQ_2))
		return false;
	if (msg->req_len != (second ? KEY_REQ_SIZE_2 : KEY_REQ_SIZE_1))
		return false;
	if (KEY_REQ_root_key_select(req) & ~(uint64_t)ROOT_BITS || KEY_REQ_rsvd(req))
		return false;
	if (KEY_REQ_field_select(req) &
	    ~(uint64_t)(second ? MIX_VERSION_1 | MIX_LAUNCH_MIT_VECTOR : MIX_VERSION_1))
		return false;
	/* No mitigation has a bit in this model's vector. */
	if (second && KEY_REQ_launch_mit_vector(req))
		return false;
	return KEY_REQ_vmpl(req) <= 3 && KEY_REQ_vmpl(req) >= msg->vmpl &&
	       KEY_REQ_guest_svn(req) <= msg->guest->guest_svn &&
	       psp_tcb_reaches(msg->psp->committed.tcb, KEY_REQ_tcb(req));
}

static void mix_in(const struct psp_snp_msg *msg, uint8_t *mix)
{
	const struct psp_snp_guest *guest = msg->guest;
	uint64_t fields = KEY_REQ_field_select(msg->req);

	KEY_MIX_put_root_key_select(mix, KEY_REQ_root_key_select(msg->req));
	KEY_MIX_put_vmpl(mix, KEY_REQ_vmpl(msg->req));
	KEY_MIX_put_field_select(mix, fields);
	memcpy(KEY_MIX_host_data(mix), guest->host_data, KEY_MIX_host_data_SIZE);
	memcpy(KEY_MIX_id_key_digest(mix), guest->id_key_digest, KEY_MIX_id_key_digest_SIZE);
	memcpy(KEY_MIX_author_key_digest(mix), guest->author_key_digest,
	       KEY_MIX_author_key_digest_SIZE);
	if (fields & MIX_POLICY)
		KEY_MIX_put_policy(mix, guest->policy);
	if (fields & MIX_IMAGE_ID)
		memcpy(KEY_MIX_image_id(mix), guest->image_id, KEY_MIX_image_id_SIZE);
	if (fields & MIX_FAMILY_ID)
		memcpy(KEY_MIX_family_id(mix), guest->family_id, KEY_MIX_family_id_SIZE);
	if (fields & MIX_MEASUREMENT)
		memcpy(KEY_MIX_measurement(mix), guest->ld, KEY_MIX_measurement_SIZE);
	if (fields & MIX_GUEST_SVN)
		KEY_MIX_put_guest_svn(mix, KEY_REQ_guest_svn(msg->req));
	if (fields & MIX_TCB)
		KEY_MIX_put_tcb(mix, KEY_REQ_tcb(msg->req));
}

/* The secret that a key is derived from; `root` has PSP_P384_SIZE bytes. */
static enum psp_status take_root(const struct psp_snp_msg *msg, uint8_t *root, size_t *len)
{
	uint64_t select = KEY_REQ_root_key_select(msg->req);
	bool with_tcb = KEY_REQ_field_select(msg->req) & MIX_TCB;
	enum psp_signing_key kind;
	struct psp_ec_key key;
	enum psp_status status;

	if (select & ROOT_VMRK) {
		*len = sizeof(msg->guest->vmrk);
		memcpy(root, msg->guest->vmrk, *len);
		return select == ROOT_VMRK ? PSP_SUCCESS : PSP_INVALID_PARAM;
	}
	status = psp_snp_select_key(msg->psp, msg->guest, (unsigned int)select >> KEY_SEL_SHIFT,
				    &kind);
	if (status == PSP_SUCCESS && kind == PSP_SIGNED_NONE)
		status = PSP_INVALID_KEY;
	if (status == PSP_SUCCESS)
		status = chip_key(msg->psp, kind, with_tcb ? KEY_REQ_tcb(msg->req) : 0, &key);
	if (status == PSP_SUCCESS) {
		*len = sizeof(key.d);
		memcpy(root, key.d, *len);
	}
	return status;
}

enum psp_status psp_snp_msg_key(struct psp_snp_msg *msg)
{
	uint8_t mix[KEY_MIX_SIZE] = {0}, root[PSP_P384_SIZE];
	enum psp_status status;
	size_t len;

	if (!request_right(msg))
		return PSP_INVALID_PARAM;
	status = take_root(msg, root, &len);
	if (status != PSP_SUCCESS)
		return status;
	mix_in(msg, mix);
	psp_kdf(psp_crypto(msg->psp), root, len, "gmsg-keyreq", mix, sizeof(mix),
		KEY_RSP_key(msg->rsp), KEY_RSP_key_SIZE);
	return PSP_SUCCESS;
}
