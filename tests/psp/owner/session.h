/* SPDX-License-Identifier: MIT */
/*
 * Sessions of SEV and SEV-ES (55766): keys for a launch or a migration, the
 * launch measurement, secrets, packets of a migration, the attestation report.
 */
#ifndef TESTS_PSP_OWNER_SESSION_H
#define TESTS_PSP_OWNER_SESSION_H

#define OWNER_SESSION_SIZE    0x80
#define OWNER_PACKET_HDR_SIZE 0x34
#define OWNER_MEASURE_SIZE    0x30 /* measurement 32, nonce 16 */
#define OWNER_SEV_REPORT_SIZE 0xd0

enum owner_packet_kind {
	OWNER_PACKET_SECRET = 1,
	OWNER_PACKET_DATA = 2,
	OWNER_PACKET_VMSA = 3,
};

/* The firmware's version, as PLATFORM_STATUS gives it. */
struct owner_version {
	uint8_t major, minor, build;
};

struct owner_session {
	uint32_t policy;
	uint8_t tek[16], tik[16]; /* of the transport */
	uint8_t kek[16], kik[16]; /* of the session blob */
};

/* KEK and KIK from the shared secret and the session's nonce. */
void owner_session_keys(struct owner_session *session, const uint8_t *z, size_t z_len,
			const uint8_t nonce[16]);
/* The session blob for the keys and the policy of `session`. */
void owner_session_seal(const struct owner_session *session, const uint8_t nonce[16],
			const uint8_t iv[16], uint8_t blob[OWNER_SESSION_SIZE]);

/*
 * Begin a session with the platform whose PDH certificate is given: keys from
 * `rand`, `dh` is the sender's key whose certificate goes with the blob. For
 * LAUNCH_START that is owner_dh_make's, for RECEIVE_START the source's PDH.
 */
enum owner_check owner_session_start(struct owner_session *session, struct owner_rand *rand,
				     const struct owner_ec_key *dh,
				     const uint8_t peer_pdh[OWNER_CERT_SIZE], uint32_t policy,
				     uint8_t blob[OWNER_SESSION_SIZE]);
/* The owner's certificate for LAUNCH_START. */
void owner_dh_make(uint8_t cert[OWNER_CERT_SIZE], const uint8_t peer_pdh[OWNER_CERT_SIZE],
		   const struct owner_ec_key *dh);
/*
 * Open a session blob that was sent to the key `pdh`, for example by SEND_START:
 * OWNER_KEY, OWNER_WRAP_MAC or OWNER_POLICY_MAC.
 */
enum owner_check owner_session_open(struct owner_session *session, const struct owner_ec_key *pdh,
				    const uint8_t peer[OWNER_CERT_SIZE], uint32_t policy,
				    const uint8_t blob[OWNER_SESSION_SIZE]);

/* SHA-256 over `n` pieces of plaintext in the order in which they were launched. */
void owner_sev_digest(const struct owner_part *plain, size_t n, uint8_t digest[32]);

/* The measurement that LAUNCH_MEASURE has to give. */
void owner_measure(const struct owner_session *session, struct owner_version version,
		   const uint8_t digest[32], const uint8_t mnonce[16], uint8_t out[32]);
/* OWNER_MEASUREMENT unless `blob` is right for its own nonce. */
enum owner_check owner_measure_verify(const struct owner_session *session,
				      struct owner_version version, const uint8_t digest[32],
				      const uint8_t blob[OWNER_MEASURE_SIZE]);

/*
 * A packet for LAUNCH_SECRET, RECEIVE_UPDATE_DATA or RECEIVE_UPDATE_VMSA: header
 * and `len` bytes of ciphertext. `measurement` (32 bytes) enters the MAC of a
 * secret from API 0.17, and is NULL for the others.
 */
void owner_packet_seal(const struct owner_session *session, enum owner_packet_kind kind,
		       struct owner_rand *rand, const uint8_t *measurement, const void *plain,
		       size_t len, uint8_t hdr[OWNER_PACKET_HDR_SIZE], void *cipher);
/* The inverse, for what SEND_UPDATE_* gives; OWNER_RESERVED (flags) or OWNER_PACKET_MAC. */
enum owner_check owner_packet_open(const struct owner_session *session, enum owner_packet_kind kind,
				   const uint8_t *measurement,
				   const uint8_t hdr[OWNER_PACKET_HDR_SIZE], const void *cipher,
				   size_t len, void *plain);
/* Whether the secret's MAC holds the measurement in this version of the API. */
bool owner_secret_is_bound(struct owner_version version);

/* What ATTESTATION has to say. */
struct owner_sev_expect {
	uint8_t mnonce[16], digest[32];
	uint32_t policy;
};
enum owner_check owner_sev_report_verify(const uint8_t report[OWNER_SEV_REPORT_SIZE],
					 const uint8_t pek[OWNER_CERT_SIZE],
					 const struct owner_sev_expect *expect);

#endif
