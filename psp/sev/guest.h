/* SPDX-License-Identifier: MIT */
/*
 * SEV and SEV-ES guests: what the files of the guest commands share (55766, 6).
 *
 * A guest's memory key (VEK) never leaves the firmware. Its transport keys, TEK for
 * encryption and TIK for integrity, come from a session: a blob that the guest's owner, or
 * the platform that sends the guest, has made for this platform's PDH.
 *
 * Checks come in this order in every command (unverified): lengths, alignment, the guest's
 * policy, page states, certificates, MACs. A length query, address 0 or a length that is too
 * small for what the firmware has to write, is INVALID_LENGTH with the needed length in the
 * command buffer.
 */
#ifndef PSP_GUEST_H
#define PSP_GUEST_H

#include "psp/sev/sev.h"

enum psp_guest_offset {
#define FIELD(structure, name, offset, bytes) PSP_##structure##_##name = (offset),
#define SIZE(structure, bytes)		      PSP_##structure##_SIZE = (bytes),
#include "psp/sev/guest.def"
#undef FIELD
#undef SIZE
};

/* ---- Policy (55766, 2; policy.c). ---- */

enum psp_policy {
	PSP_POLICY_NODBG = 1 << 0,
	PSP_POLICY_NOKS = 1 << 1,
	PSP_POLICY_ES = 1 << 2,
	PSP_POLICY_NOSEND = 1 << 3,
	PSP_POLICY_DOMAIN = 1 << 4, /* send only to platforms of the same owner (OCA) */
	PSP_POLICY_SEV = 1 << 5,    /* send only to platforms that AMD's root vouches for */
	PSP_POLICY_RESERVED = 0xffc0,
};

/* The lowest API version that a platform of this guest may have. */
static inline uint8_t psp_policy_major(uint32_t policy)
{
	return policy >> 16;
}

static inline uint8_t psp_policy_minor(uint32_t policy)
{
	return policy >> 24;
}

/*
 * May a guest with this policy be here? INVALID_PARAM: reserved bits; POLICY_FAILURE: the
 * firmware is too old, or SEV-ES is wanted and INIT did not turn it on. Unverified, both.
 */
enum psp_status psp_policy_check(const struct psp *psp, uint32_t policy);

/* ---- Life (guests.c). ---- */

/* A new guest, not yet counted, in a free slot. NULL: RESOURCE_LIMIT. */
struct psp_guest *psp_guest_slot(struct psp *psp);
/* Give it a handle and a state, and count it: the platform is WORKING while there is one. */
void psp_guest_begin(struct psp *psp, struct psp_guest *guest, enum psp_guest_state state);

/* ---- Sessions (session.c). ---- */

struct psp_transport {
	uint8_t tek[16], tik[16];
};

/* The keys that protect a blob, from the shared secret (48 bytes for P-384) and the nonce. */
struct psp_wrap {
	uint8_t kek[16], kik[16];
};
void psp_session_keys(struct psp_crypto *c, const void *z, size_t z_len, const uint8_t nonce[16],
		      struct psp_wrap *wrap);
/* Fill a blob whose nonce and IV are there. */
void psp_session_seal(struct psp_crypto *c, const struct psp_wrap *wrap, uint32_t policy,
		      const struct psp_transport *keys, uint8_t blob[PSP_SESSION_SIZE]);

/*
 * Keys of a session blob that the holder of `cert` made for our PDH. INVALID_CERTIFICATE: no
 * ECDH certificate on P-384; BAD_MEASUREMENT: a MAC is wrong. Signatures of the certificate
 * are not looked at: an owner's has none.
 */
enum psp_status psp_session_open(struct psp *psp, const uint8_t cert[PSP_CERT_SIZE],
				 const uint8_t blob[PSP_SESSION_SIZE], uint32_t policy,
				 struct psp_transport *keys);
/* The other side: a blob for the holder of `cert`, with fresh nonce and IV. */
enum psp_status psp_session_make(struct psp *psp, const uint8_t cert[PSP_CERT_SIZE],
				 uint32_t policy, const struct psp_transport *keys,
				 uint8_t blob[PSP_SESSION_SIZE]);

/* ---- Measurement (launch.c). ---- */

/* The MAC of a digest; since API 0.17 it covers the kind of message and the version. */
void psp_guest_measure(struct psp *psp, const struct psp_guest *guest, const uint8_t digest[32],
		       const uint8_t mnonce[16], uint8_t measurement[32]);

/* ---- Packets (packet.c). ---- */

/* The context byte of a packet's MAC. DATA and VMSA are unverified. */
enum psp_packet_kind {
	PSP_PACKET_SECRET = 1,
	PSP_PACKET_DATA = 2,
	PSP_PACKET_VMSA = 3,
};

/* Guest bytes in one packet, at most (unverified). */
enum { PSP_PACKET_MAX = 16 * 1024 };

/* Of LAUNCH_SECRET, SEND_UPDATE_* and RECEIVE_UPDATE_*: from guest memory, and into it. */
enum psp_status psp_packet_send(struct psp_cmd *cmd, enum psp_packet_kind kind);
enum psp_status psp_packet_receive(struct psp_cmd *cmd, enum psp_packet_kind kind);

/* ---- Migration (target.c). ---- */

/* Certificates of the platform that a guest is to be sent to, as SEND_START brings them. */
struct psp_target {
	uint8_t pdh[PSP_CERT_SIZE];
	uint8_t pek[PSP_CERT_SIZE], oca[PSP_CERT_SIZE], cek[PSP_CERT_SIZE];
	uint8_t amd[2 * PSP_AMD_CERT_MAX]; /* ASK and ARK, in either order */
	size_t amd_len;
};

/*
 * INVALID_CERTIFICATE: malformed; BAD_SIGNATURE; POLICY_FAILURE: authentic, but not what the
 * policy asks for.
 */
enum psp_status psp_target_verify(struct psp *psp, uint32_t policy,
				  const struct psp_target *target);

/* ---- Smaller things. ---- */

/* 4 KiB pages that a range touches. */
static inline uint64_t psp_pages(uint64_t pa, uint64_t len)
{
	return (pa % PSP_PAGE + len + PSP_PAGE - 1) / PSP_PAGE;
}

/* A whole VMSA of a guest that has some: INVALID_LENGTH, INVALID_ADDRESS, POLICY_FAILURE. */
enum psp_status psp_vmsa_check(const struct psp_guest *guest, uint64_t pa, uint64_t len);

#endif
