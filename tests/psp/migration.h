/* SPDX-License-Identifier: MIT */
/*
 * A guest's way from one rig to another: SEND_* on the one, RECEIVE_* on the other, and what
 * the hosts carry between them. Places in RAM are those of guest.h.
 */
#ifndef TESTS_PSP_MIGRATION_H
#define TESTS_PSP_MIGRATION_H

#include "tests/psp/guest.h"
#include "tests/psp/owner/chip.h"

/* What SEND_START is given; the lengths come back. */
struct migration {
	const uint8_t *pdh, *chain;
	uint8_t amd[2 * OWNER_AMD_CERT_MAX];
	uint32_t amd_len, chain_len, session_len;
	uint32_t policy; /* of the guest, as SEND_START tells */
};

struct migration migration_to(const struct platform_certs *certs);
struct migration migration_to_chip(const struct owner_chip *chip);

/* A default platform of this seed, initialised. */
void migration_rig(struct rig *rig, uint64_t seed);

/* SEND_START; the session is left at AT_SESSION. */
int migration_start(struct rig *rig, uint32_t handle, struct migration *t);
/* SEND_UPDATE_*: a packet, left at AT_HDR and AT_TRANS. RECEIVE_UPDATE_*: of what is there. */
int migration_send(struct rig *rig, enum psp_cmd_id id, uint32_t handle, uint64_t guest,
		   uint32_t len);
int migration_receive(struct rig *rig, enum psp_cmd_id id, uint32_t handle, uint64_t guest,
		      uint32_t len);

/* Carry a packet over. */
void migration_packet(struct rig *to, const struct rig *from);
/* Carry the session over: RECEIVE_START and ACTIVATE. The handle on `to`. */
uint32_t migration_session(struct rig *to, struct rig *from, uint32_t policy);

#endif
