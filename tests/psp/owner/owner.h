/* SPDX-License-Identifier: MIT */
/*
 * The guest owner: the second side of every protocol of the SEV firmware.
 *
 * Concepts
 *
 * An owner trusts an AMD root key, judges a platform by its certificates, sends
 * a guest's keys to it, and then believes what the firmware says only as far as
 * a MAC or a signature carries it. This one is written from the published
 * formats (55766 for SEV and SEV-ES, 56860 for SEV-SNP) and shares neither code
 * nor constants with psp/: what the two agree on is a property of the formats.
 *
 * Buffers are plain bytes in the firmware's layout. A function that judges gives
 * the first check that failed (enum owner_check). Keys, nonces and IVs come from
 * a caller's seed (struct owner_rand); only the k of an ECDSA signature and the
 * salt of an RSA-PSS signature come from libcrypto, so signatures, but nothing
 * else, differ from run to run. Certificates are judged without a clock: dates
 * of validity are ignored.
 *
 * Where the published formats known here are silent, this is the reading:
 *
 *  1. The owner's DH certificate for LAUNCH_START: usage PDH, algorithm
 *     ECDH-SHA256, P-384, both signature slots empty, API version as in the
 *     platform's PDH certificate.
 *  2. An imported PEK carries the OCA's signature in slot 1 and an empty slot 2;
 *     in an exported one slot 1 is the OCA's and slot 2 the CEK's, in this order.
 *  3. RSA-PSS: MGF1 uses the digest of the signature; a salt of any length is
 *     accepted, one as long as the digest is made.
 *  4. SEND/RECEIVE packets: MAC = HMAC-SHA-256(TIK, 02 (DATA) or 03 (VMSA), flags,
 *     IV, guest length u32, transport length u32, ciphertext); nothing of the
 *     launch measurement. Both lengths are in bytes and equal, flags are 0, also in a
 *     LAUNCH_SECRET packet.
 *  5. The session blob of SEND_START is that of LAUNCH_START, with the sender's PDH
 *     as the owner's key: fresh KEK and KIK, the guest's policy in the policy MAC.
 *     TEK and TIK are the sender's choice, they need not be those of the launch.
 *  6. The API version in the LAUNCH_MEASURE and LAUNCH_SECRET MACs is that of the
 *     platform, not that of a certificate.
 *  7. The launch measurement in the LAUNCH_SECRET MAC is the 32-byte measurement
 *     of LAUNCH_MEASURE, without its nonce.
 *  8. ATTESTATION: signature usage PEK, algorithm ECDSA-SHA256 (2).
 *  9. CEK, PEK, OCA and PDH certificates need version 1 and zero in bytes 6 and 7;
 *     nothing is asked of the unused bytes of a signature slot.
 * 10. A hardware id in a VCEK that is shorter than 64 bytes equals a chip id that
 *     continues with zeros; the extension's value is the bare id (8 or 64 bytes, as on
 *     real chips) or an OCTET STRING that holds it.
 * 11. Guest messages: a request leaves bytes 0x10..0x1f of the tag field zero.
 *     CPUID messages carry the table of the CPUID page, their response a status in
 *     the first and the count in the second word. A TSC_INFO request is 0x80 zero
 *     bytes. EXPORT, IMPORT, ABSORB and VMRK payloads are opaque.
 * 12. The GPA in PAGE_INFO is what the caller gives; for a VMSA page that is
 *     OWNER_VMSA_GPA. A page that is not measured counts with its masks, too.
 * 13. ID block and ID key signatures fill 72 bytes of r and 72 of s of their
 *     0x200-byte slot; the ID key's signature is over its 0x404-byte structure.
 * 14. A VLEK's chain has its own issuer in the ASK's place, with the same form.
 * 15. Report versions 2 to 5 are known. Bytes beyond the fields of the version that
 *     the report names must be zero.
 */
#ifndef TESTS_PSP_OWNER_H
#define TESTS_PSP_OWNER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* NAME, text: what an owner can object to. */
#define OWNER_CHECKS(X)                                                                            \
	X(OK, "nothing")                                                                           \
	X(LENGTH, "a length")                                                                      \
	X(KEY, "a public key is malformed or not on its curve")                                    \
	X(VERSION, "a version")                                                                    \
	X(USAGE, "a key's usage")                                                                  \
	X(ALGO, "an algorithm")                                                                    \
	X(RESERVED, "a reserved field is not zero")                                                \
	X(ARK_FORM, "the ARK is malformed")                                                        \
	X(ARK_SELF, "the ARK's signature on itself")                                               \
	X(ASK_FORM, "the ASK is malformed")                                                        \
	X(ASK_BY_ARK, "the ARK's signature on the ASK")                                            \
	X(CEK_FORM, "the CEK is malformed")                                                        \
	X(CEK_BY_ASK, "the ASK's signature on the CEK")                                            \
	X(CEK_OTHER, "the signed CEK is not the one of the chain")                                 \
	X(OCA_FORM, "the OCA is malformed")                                                        \
	X(OCA_SELF, "the OCA's signature on itself")                                               \
	X(PEK_FORM, "the PEK is malformed")                                                        \
	X(PEK_BY_OCA, "the OCA's signature on the PEK")                                            \
	X(PEK_BY_CEK, "the CEK's signature on the PEK")                                            \
	X(PDH_FORM, "the PDH is malformed")                                                        \
	X(PDH_BY_PEK, "the PEK's signature on the PDH")                                            \
	X(VEK_FORM, "the VCEK or VLEK is malformed")                                               \
	X(VEK_BY_ASK, "the signature on the VCEK or VLEK")                                         \
	X(WRAP_MAC, "the MAC of the wrapped keys")                                                 \
	X(POLICY_MAC, "the MAC of the policy")                                                     \
	X(PACKET_MAC, "the MAC of a packet")                                                       \
	X(MEASUREMENT, "the launch measurement")                                                   \
	X(NONCE, "a nonce")                                                                        \
	X(DIGEST, "a launch digest")                                                               \
	X(POLICY, "a policy")                                                                      \
	X(SIGNATURE, "the signature of a report")                                                  \
	X(UNSIGNED, "the report is not signed")                                                    \
	X(SIGNER, "the report names another kind of signing key")                                  \
	X(PRODUCT, "the certificate is for another product")                                       \
	X(CHIP_ID, "the certificate is for another chip")                                          \
	X(TCB, "the certificate is for another TCB")                                               \
	X(EXTENSION, "an extension of the certificate is missing or malformed")                    \
	X(AUTH_KEY, "the author key's flag and digest contradict each other")                      \
	X(TAG, "the tag of a message")                                                             \
	X(SEQUENCE, "the sequence number of a message")                                            \
	X(TYPE, "the type of a message")                                                           \
	X(HEADER, "the header of a message")                                                       \
	X(STATUS, "the message brings an error status")

enum owner_check {
#define OWNER_CHECK_NAME(name, text) OWNER_##name,
	OWNER_CHECKS(OWNER_CHECK_NAME)
#undef OWNER_CHECK_NAME
};

/* What `check` objects to, for a test's message. */
const char *owner_check_text(enum owner_check check);

/* Bytes that follow from a seed: SHA-256(seed, counter u64), block by block. */
struct owner_rand {
	uint8_t seed[32];
	uint64_t block;
};

/* A source whose bytes follow from `seed`; equal seeds give equal bytes. */
void owner_rand_init(struct owner_rand *rand, const char *seed);
void owner_rand_bytes(struct owner_rand *rand, void *out, size_t len);

/* One piece of a message that is hashed or authenticated in pieces. */
struct owner_part {
	const void *data;
	size_t len;
};

#include "tests/psp/owner/cert.h"
#include "tests/psp/owner/session.h"
#include "tests/psp/owner/snp.h"
#include "tests/psp/owner/msg.h"

#endif
