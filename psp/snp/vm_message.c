/* SPDX-License-Identifier: MIT */
/*
 * Messages of a migration agent, a guest that others are bound to (56860, 4.4 and 7):
 * EXPORT gives it the context of a running one, IMPORT makes a running guest out of such
 * a context, VMRK sets the root key of one in launch. Pages travel by SNP_PAGE_SWAP_OUT
 * and _IN, under the offline encryption key that the context has; the agent sees to it
 * that only one of the two guests runs on, for they share the messages' counters; the
 * IVs of their pages differ (mdata.h).
 *
 * Unverified, all of it: the payloads, and the form of the context, which is the model's
 * own. ABSORB and ABSORB_NOMA, by which a migration image running in the new guest's
 * place takes in a context, are refused: public documents known here do not say what
 * ties the image to the context.
 */
#include <assert.h>

#include "psp/snp/guest.h"
#include "psp/snp/mdata.h"

enum {
	GCTX_SIZE = 0x300,
	GCTX_VERSION = 1,
	GCTX_IMI = 1 << 0,
	GCTX_ID_BLOCK = 1 << 1,
	GCTX_AUTHOR_KEY = 1 << 2,
	GCTX_VCEK_DISABLED = 1 << 3,
	GCTX_FLAGS = 0xf,
};

/* Arrays of a context, one by one: X(name). */
#define GCTX_ARRAYS(X)                                                                             \
	X(msg_count)                                                                               \
	X(vmpck)                                                                                   \
	X(oek)                                                                                     \
	X(vmrk)                                                                                    \
	X(root_mdata)                                                                              \
	X(ld)                                                                                      \
	X(gosvw)                                                                                   \
	X(host_data)                                                                               \
	X(family_id)                                                                               \
	X(image_id)                                                                                \
	X(id_key_digest)                                                                           \
	X(author_key_digest)                                                                       \
	X(report_id)

static void put_context(uint8_t *b, const struct psp_snp_guest *guest)
{
	GCTX_put_policy(b, guest->policy);
	GCTX_put_guest_svn(b, guest->guest_svn);
	GCTX_put_desired_tsc_khz(b, guest->desired_tsc_khz);
	GCTX_put_oek_count(b, guest->oek_count);
	GCTX_put_flags(b, (guest->imi ? GCTX_IMI : 0) | (guest->id_block ? GCTX_ID_BLOCK : 0) |
				  (guest->author_key ? GCTX_AUTHOR_KEY : 0) |
				  (guest->vcek_disabled ? GCTX_VCEK_DISABLED : 0));
#define PUT(name)                                                                                  \
	static_assert(GCTX_##name##_SIZE == sizeof(guest->name), "length of " #name);              \
	memcpy(GCTX_##name(b), &guest->name, sizeof(guest->name));
	GCTX_ARRAYS(PUT)
#undef PUT
}

static void take_context(const uint8_t *b, struct psp_snp_guest *guest)
{
	uint64_t flags = GCTX_flags(b);

	guest->policy = GCTX_policy(b);
	guest->guest_svn = (uint32_t)GCTX_guest_svn(b);
	guest->desired_tsc_khz = (uint32_t)GCTX_desired_tsc_khz(b);
	guest->oek_count = ((GCTX_oek_count(b) >> PSP_OEK_PAGES_BITS) + 1) << PSP_OEK_PAGES_BITS;
	guest->imi = flags & GCTX_IMI;
	guest->id_block = flags & GCTX_ID_BLOCK;
	guest->author_key = flags & GCTX_AUTHOR_KEY;
	guest->vcek_disabled = flags & GCTX_VCEK_DISABLED;
#define TAKE(name) memcpy(&guest->name, GCTX_##name(b), sizeof(guest->name));
	GCTX_ARRAYS(TAKE)
#undef TAKE
}

enum psp_status psp_snp_msg_export(struct psp_snp_msg *msg)
{
	const struct psp_snp_guest *guest =
		psp_snp_guest(msg->psp, EXPORT_REQ_gctx_paddr(msg->req));

	if (EXPORT_REQ_flags(msg->req))
		return PSP_INVALID_PARAM;
	if (!guest || guest->ma_gctx != msg->guest->gctx)
		return PSP_INVALID_GUEST;
	if (guest->state != PSP_GSTATE_RUNNING)
		return PSP_INVALID_GUEST_STATE;
	EXPORT_RSP_put_gctx_size(msg->rsp, GCTX_SIZE);
	EXPORT_RSP_put_gctx_version(msg->rsp, GCTX_VERSION);
	put_context(EXPORT_RSP_gctx(msg->rsp), guest);
	return PSP_SUCCESS;
}

/* Is it a context that can run here, bound to an agent? */
static enum psp_status check_context(const struct psp *psp, const uint8_t *b)
{
	enum psp_status status;

	if (GCTX_flags(b) & ~(uint64_t)GCTX_FLAGS)
		return PSP_INVALID_PARAM;
	if (GCTX_oek_count(b) >> PSP_OEK_PAGES_BITS == PSP_OEK_MIGRATIONS)
		return PSP_AEAD_OFLOW;
	status = psp_snp_policy_check(psp, GCTX_policy(b));
	if (status != PSP_SUCCESS)
		return status;
	return GCTX_policy(b) & PSP_POLICY_MIGRATE_MA ? PSP_SUCCESS : PSP_POLICY_FAILURE;
}

enum psp_status psp_snp_msg_import(struct psp_snp_msg *msg)
{
	struct psp_snp_guest *target = psp_snp_guest(msg->psp, IMPORT_REQ_gctx_paddr(msg->req));
	const uint8_t *context = IMPORT_REQ_gctx(msg->req);
	struct psp_snp_guest guest = {.state = PSP_GSTATE_RUNNING};
	enum psp_status status;

	if (IMPORT_REQ_gctx_size(msg->req) != GCTX_SIZE ||
	    IMPORT_REQ_gctx_version(msg->req) != GCTX_VERSION ||
	    !psp_is_zero(IMPORT_REQ_rsvd(msg->req), IMPORT_REQ_rsvd_SIZE))
		return PSP_INVALID_PARAM;
	if (!target || msg->guest->ma_gctx)
		return PSP_INVALID_GUEST;
	if (target->state != PSP_GSTATE_INIT)
		return PSP_INVALID_GUEST_STATE;
	status = check_context(msg->psp, context);
	if (status == PSP_SUCCESS)
		status = psp_snp_new_keys(msg->psp, &guest);
	if (status != PSP_SUCCESS)
		return status;
	take_context(context, &guest);
	guest.gctx = target->gctx;
	guest.ma_gctx = msg->guest->gctx;
	memcpy(guest.report_id_ma, msg->guest->report_id, sizeof(guest.report_id_ma));
	guest.launch_tcb = msg->psp->current.tcb;
	*target = guest;
	return PSP_SUCCESS;
}

enum psp_status psp_snp_msg_vmrk(struct psp_snp_msg *msg)
{
	struct psp_snp_guest *guest = psp_snp_guest(msg->psp, VMRK_REQ_gctx_paddr(msg->req));

	if (!psp_is_zero(VMRK_REQ_rsvd(msg->req), VMRK_REQ_rsvd_SIZE))
		return PSP_INVALID_PARAM;
	if (!guest || guest->ma_gctx != msg->guest->gctx)
		return PSP_INVALID_GUEST;
	if (guest->state != PSP_GSTATE_LAUNCH)
		return PSP_INVALID_GUEST_STATE;
	memcpy(guest->vmrk, VMRK_REQ_vmrk(msg->req), sizeof(guest->vmrk));
	guest->vmrk_given = true;
	return PSP_SUCCESS;
}

enum psp_status psp_snp_msg_absorb(struct psp_snp_msg *msg)
{
	(void)msg;
	return PSP_UNSUPPORTED;
}
