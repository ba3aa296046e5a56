/* SPDX-License-Identifier: MIT */
/*
 * SEV guests for tests: commands with their buffers laid out by hand, as psp-sev.h has them,
 * and a guest's owner (owner.h) at the other end. Buffers lie at fixed places of a rig's RAM:
 *
 *	AT_CERT AT_SESSION AT_HDR AT_TRANS AT_CHAIN AT_AMD ... AT_GUEST (to RIG_TMR)
 */
#ifndef TESTS_PSP_GUEST_H
#define TESTS_PSP_GUEST_H

#include "tests/psp/owner/owner.h"
#include "tests/psp/rig.h"

enum {
	AT_CERT = 0x20000,
	AT_SESSION = 0x21000,
	AT_HDR = 0x22000,
	AT_OUT = 0x23000,
	AT_TRANS = 0x24000, /* 5 pages */
	AT_CHAIN = 0x2a000, /* 2 pages */
	AT_AMD = 0x2c000,
	AT_GUEST = 0x100000,
	ASID_ES = 5,	/* below min_sev_asid of the default machine */
	ASID_SEV = 120, /* above */
	NO_GUEST = -1,
};

enum {
	NODBG = 1 << 0,
	NOKS = 1 << 1,
	ES = 1 << 2,
	NOSEND = 1 << 3,
	DOMAIN = 1 << 4,
	SEV = 1 << 5,
};

/* State of a guest, policy and ASID by GUEST_STATUS; NO_GUEST. */
struct guest_status {
	int state;
	uint32_t policy, asid;
};
struct guest_status guest_status(struct rig *rig, uint32_t handle);
int guest_state(struct rig *rig, uint32_t handle);

/* Commands that have a handle and nothing else. */
int guest_cmd(struct rig *rig, enum psp_cmd_id id, uint32_t handle);
int guest_activate(struct rig *rig, uint32_t handle, uint32_t asid);
/* LAUNCH_UPDATE_*, LAUNCH_MEASURE: a range; *len_out (may be NULL) is what the buffer has after. */
int guest_range(struct rig *rig, enum psp_cmd_id id, uint32_t handle, uint64_t pa, uint32_t len,
		uint32_t *len_out);
/* ATTESTATION, in the same way. */
int guest_attest(struct rig *rig, uint32_t handle, const uint8_t mnonce[16], uint64_t pa,
		 uint32_t len, uint32_t *len_out);
/* DBG_*. */
int guest_debug(struct rig *rig, enum psp_cmd_id id, uint32_t handle, uint64_t src, uint64_t dst,
		uint32_t len);

/* LAUNCH_START and RECEIVE_START, with what is at AT_CERT and AT_SESSION if `session`. */
int guest_start(struct rig *rig, enum psp_cmd_id id, uint32_t policy, uint32_t share, bool session,
		uint32_t *handle);
/* LAUNCH_START without a session, and ACTIVATE at ASID_ES or ASID_SEV; must succeed. */
uint32_t guest_launch(struct rig *rig, uint32_t policy);
/* The same, and LAUNCH_FINISH. */
uint32_t guest_run(struct rig *rig, uint32_t policy);

/* LAUNCH_SECRET, SEND_UPDATE_*, RECEIVE_UPDATE_*: header at AT_HDR, data at AT_TRANS. */
struct packet_cmd {
	uint32_t hdr_len, guest_len, trans_len;
	uint64_t guest;
};
int guest_packet(struct rig *rig, enum psp_cmd_id id, uint32_t handle, struct packet_cmd *cmd);

/* A platform's certificates by PDH_CERT_EXPORT. */
struct platform_certs {
	uint8_t pdh[OWNER_CERT_SIZE], chain[OWNER_CHAIN_SIZE];
};
void platform_certs(struct rig *rig, struct platform_certs *certs);
/* The version that a rig's firmware says it has. */
struct owner_version platform_version(struct rig *rig);

/* An owner makes a session with the rig's platform; certificate and blob go into its RAM. */
struct guest_owner {
	struct owner_rand rand;
	struct owner_session session;
	struct owner_ec_key dh;
};
void guest_owner(struct rig *rig, struct guest_owner *owner, const char *seed, uint32_t policy);

/* Bytes as the guest sees them, by its key. */
void guest_read(struct rig *rig, uint32_t asid, uint64_t pa, void *buf, size_t len);
/* A pattern for plaintext, different for each `salt`. */
void guest_pattern(void *buf, size_t len, unsigned int salt);

#endif
