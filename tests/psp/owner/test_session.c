/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/test.h"

#define POLICY 0x0000000du

static struct owner_chip chip;

static void counting(uint8_t *out, size_t len, uint8_t first, uint8_t step)
{
	for (size_t i = 0; i < len; i++)
		out[i] = (uint8_t)(first + i * step);
}

/* The published example: Z, nonce, TEK, TIK, IV and policy all zero. */
START_TEST(the_published_session_blob)
{
	static const uint8_t zero[16];
	struct owner_session session = {0};
	uint8_t blob[OWNER_SESSION_SIZE];

	owner_session_keys(&session, zero, sizeof(zero), zero);
	bytes_are(session.kek, "b6abfbfb75ea1ea74ed8750b8afdb973", 16);
	bytes_are(session.kik, "53b524bf5669a363f365c864acba8572", 16);
	owner_session_seal(&session, zero, zero, blob);
	bytes_are(blob + 0x10, "2137bc7f9bb8bd7c3e55a576a15d3454b3856b8ba27afadf46dcfee9f02c02c4",
		  32);
	bytes_are(blob + 0x40, "3176c0752738bd9d5e86689534020f528c088f16238826b000b327dee6aeed7d",
		  32);
	bytes_are(blob + 0x60, "aa7855e13839dd767cd5da7c1ff5036540c9264b7a803029315e55375287b4af",
		  32);
	ck_assert(owner_zero(blob, 16) && owner_zero(blob + 0x30, 16));
}
END_TEST

/* A launch: the owner's certificate and blob are opened with the platform's PDH key. */
static void open_session(struct owner_session *own, struct owner_session *theirs, uint8_t *blob,
			 uint8_t *cert)
{
	struct owner_ec_key dh;
	struct owner_rand rand;

	owner_rand_init(&rand, "session");
	owner_chip_make(&chip, &rand, 2048);
	owner_ec_generate(&dh, &rand);
	owner_dh_make(cert, chip.pdh, &dh);
	CHECK_IS(owner_session_start(own, &rand, &dh, chip.pdh, POLICY, blob), OWNER_OK);
	CHECK_IS(owner_session_open(theirs, &chip.pdh_key, cert, POLICY, blob), OWNER_OK);
}

START_TEST(both_sides_have_the_same_keys)
{
	uint8_t blob[OWNER_SESSION_SIZE], cert[OWNER_CERT_SIZE];
	struct owner_session own, theirs;

	open_session(&own, &theirs, blob, cert);
	ck_assert_mem_eq(&own, &theirs, sizeof(own));
	ck_assert_mem_ne(own.tek, own.tik, 16);
	ck_assert_uint_eq(owner_get32(cert + OWNER_CERT_USAGE), OWNER_USAGE_PDH);
	ck_assert_uint_eq(owner_get32(cert + OWNER_CERT_ALGO), OWNER_ALGO_ECDH_SHA256);
	ck_assert_uint_eq(owner_get32(cert + OWNER_CERT_SIG1), OWNER_USAGE_NONE);
	ck_assert_uint_eq(cert[OWNER_CERT_API_MINOR], chip.pdh[OWNER_CERT_API_MINOR]);
}
END_TEST

START_TEST(every_bit_of_the_blob_counts)
{
	uint8_t blob[OWNER_SESSION_SIZE], cert[OWNER_CERT_SIZE];
	struct owner_session own, theirs;

	open_session(&own, &theirs, blob, cert);
	for (size_t bit = 0; bit < 8 * sizeof(blob); bit++) {
		/* The IV is under no MAC, but a wrong TIK shows in the policy's. */
		bool policy = bit / 8 >= 0x60 || (bit / 8 >= 0x30 && bit / 8 < 0x40);
		enum owner_check got;

		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
		got = owner_session_open(&theirs, &chip.pdh_key, cert, POLICY, blob);
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert_msg(got == (policy ? OWNER_POLICY_MAC : OWNER_WRAP_MAC), "bit %zu: %s",
			      bit, owner_check_text(got));
	}
}
END_TEST

START_TEST(another_policy_or_key_is_refused)
{
	uint8_t blob[OWNER_SESSION_SIZE], cert[OWNER_CERT_SIZE];
	struct owner_session own, theirs;
	struct owner_rand rand;

	open_session(&own, &theirs, blob, cert);
	for (unsigned int bit = 0; bit < 32; bit++)
		CHECK_IS(owner_session_open(&theirs, &chip.pdh_key, cert, POLICY ^ 1u << bit, blob),
			 OWNER_POLICY_MAC);
	CHECK_IS(owner_session_open(&theirs, &chip.pek_key, cert, POLICY, blob), OWNER_WRAP_MAC);
	cert[OWNER_CERT_KEY + 4] ^= 1;
	CHECK_IS(owner_session_open(&theirs, &chip.pdh_key, cert, POLICY, blob), OWNER_KEY);
	owner_rand_init(&rand, "");
	CHECK_IS(owner_session_start(&own, &rand, &chip.pek_key, cert, POLICY, blob), OWNER_KEY);
}
END_TEST

/* TIK, nonce and results as published for API 0.18; the older form recomputed. */
START_TEST(the_published_measurement)
{
	struct owner_session session = {0};
	uint8_t digest[32], blob[OWNER_MEASURE_SIZE], old[32];

	bytes_from("66320db73158a35a255d051758e95ed4", session.tik, 16);
	bytes_from("4fbe0bedbad6c86ae8f68971d103e554", blob + 32, 16);
	owner_sev_digest(NULL, 0, digest);
	owner_measure(&session, (struct owner_version){0, 18, 0x0f}, digest, blob + 32, blob);
	bytes_are(blob, "6faab2daae389bcd3405a05d6cafe33c0414f7bedd0bae19ba5f38b7fd1664ea", 32);
	owner_measure(&session, (struct owner_version){0, 16, 0x0f}, digest, blob + 32, old);
	bytes_are(old, "ddf87f3086c5b34f8f03be2038a86928d4297344072479eeebcfef115f7a4759", 32);
}
END_TEST

START_TEST(a_measurement_binds_everything)
{
	static const uint8_t page[2][4096] = {{1}, {2}};
	struct owner_part in_order[] = {{page[0], 4096}, {page[1], 4096}};
	struct owner_part swapped[] = {{page[1], 4096}, {page[0], 4096}};
	struct owner_version version = {1, 55, 3};
	struct owner_session session = {.policy = POLICY, .tik = {7}};
	uint8_t digest[32], other[32], blob[OWNER_MEASURE_SIZE] = {0};

	owner_sev_digest(in_order, 2, digest);
	owner_sev_digest(swapped, 2, other);
	owner_measure(&session, version, digest, blob + 32, blob);
	CHECK_IS(owner_measure_verify(&session, version, digest, blob), OWNER_OK);
	CHECK_IS(owner_measure_verify(&session, version, other, blob), OWNER_MEASUREMENT);
	for (size_t bit = 0; bit < 8 * sizeof(blob); bit++) {
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK_IS(owner_measure_verify(&session, version, digest, blob), OWNER_MEASUREMENT);
		blob[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	version.build++;
	CHECK_IS(owner_measure_verify(&session, version, digest, blob), OWNER_MEASUREMENT);
	version.build--;
	version.minor++;
	CHECK_IS(owner_measure_verify(&session, version, digest, blob), OWNER_MEASUREMENT);
	version.minor--;
	session.policy++;
	CHECK_IS(owner_measure_verify(&session, version, digest, blob), OWNER_MEASUREMENT);
}
END_TEST

START_TEST(the_measurement_enters_a_secret_from_0_17)
{
	ck_assert(!owner_secret_is_bound((struct owner_version){0, 16, 99}));
	ck_assert(owner_secret_is_bound((struct owner_version){0, 17, 0}));
	ck_assert(owner_secret_is_bound((struct owner_version){1, 0, 0}));
}
END_TEST

/* Recomputed with other implementations of AES and HMAC: keys and plaintext count up. */
START_TEST(packets_as_recomputed)
{
	static const struct {
		enum owner_packet_kind kind;
		bool bound;
		const char *mac;
	} cases[] = {
		{OWNER_PACKET_SECRET, true,
		 "6c1f8f718fab95e4ec802b3469b7e84738a620f277a7d294496e121064d5acb1"},
		{OWNER_PACKET_SECRET, false,
		 "a59f2ade62604f398425b5bba050402602aeb90279f8cd3b036d7256b0123f65"},
		{OWNER_PACKET_DATA, false,
		 "b7b15f389c278278ee0823f1550356ce9d8ce9fc1204dc200ab3a6a55e26517b"},
		{OWNER_PACKET_VMSA, false,
		 "8b5862edd18b98dca3e6ac349183e0472f5caa6a6deb02a3b6bf75fc71f1628b"},
	};
	struct owner_session session;
	uint8_t plain[32], cipher[32], measurement[32], hdr[OWNER_PACKET_HDR_SIZE];

	counting(session.tek, 16, 0, 1);
	counting(session.tik, 16, 16, 1);
	counting(plain, sizeof(plain), 1, 5);
	counting(measurement, sizeof(measurement), 0x40, 1);
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		struct owner_rand rand;

		owner_rand_init(&rand, "one");
		owner_packet_seal(&session, cases[i].kind, &rand,
				  cases[i].bound ? measurement : NULL, plain, sizeof(plain), hdr,
				  cipher);
		bytes_are(hdr, "00000000", 4);
		bytes_are(hdr + 4, "cd8c09b9f5402e25689139a89560ffc4", 16);
		bytes_are(hdr + 0x14, cases[i].mac, 32);
		bytes_are(cipher,
			  "327a74a928b17f07d28aa4758c4bd308a2041bf4e065575799c3faf1f58f89cb", 32);
	}
}
END_TEST

START_TEST(every_bit_of_a_packet_counts)
{
	struct owner_session session = {.tek = {1}, .tik = {2}};
	uint8_t plain[48], back[48], cipher[48], hdr[OWNER_PACKET_HDR_SIZE];
	struct owner_rand rand;

	owner_rand_init(&rand, "packet");
	counting(plain, sizeof(plain), 3, 3);
	owner_packet_seal(&session, OWNER_PACKET_DATA, &rand, NULL, plain, sizeof(plain), hdr,
			  cipher);
	CHECK_IS(owner_packet_open(&session, OWNER_PACKET_DATA, NULL, hdr, cipher, sizeof(plain),
				   back),
		 OWNER_OK);
	ck_assert_mem_eq(plain, back, sizeof(plain));
	ck_assert_mem_ne(plain, cipher, sizeof(plain));
	for (size_t bit = 0; bit < 8 * sizeof(hdr); bit++) {
		hdr[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK_IS(owner_packet_open(&session, OWNER_PACKET_DATA, NULL, hdr, cipher,
					   sizeof(plain), back),
			 bit < 32 ? OWNER_RESERVED : OWNER_PACKET_MAC);
		hdr[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	for (size_t bit = 0; bit < 8 * sizeof(cipher); bit++) {
		cipher[bit / 8] ^= (uint8_t)(1u << bit % 8);
		CHECK_IS(owner_packet_open(&session, OWNER_PACKET_DATA, NULL, hdr, cipher,
					   sizeof(plain), back),
			 OWNER_PACKET_MAC);
		cipher[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	CHECK_IS(owner_packet_open(&session, OWNER_PACKET_VMSA, NULL, hdr, cipher, sizeof(plain),
				   back),
		 OWNER_PACKET_MAC);
	CHECK_IS(owner_packet_open(&session, OWNER_PACKET_DATA, NULL, hdr, cipher, 32, back),
		 OWNER_PACKET_MAC);
}
END_TEST

/* 0x34 signed bytes, then usage, algorithm and the PEK's signature. */
static void make_report(uint8_t report[OWNER_SEV_REPORT_SIZE], const struct owner_sev_expect *say)
{
	uint8_t digest[32];

	memset(report, 0, OWNER_SEV_REPORT_SIZE);
	memcpy(report, say->mnonce, 16);
	memcpy(report + 16, say->digest, 32);
	owner_put32(report + 48, say->policy);
	owner_put32(report + 0x34, OWNER_USAGE_PEK);
	owner_put32(report + 0x38, OWNER_ALGO_ECDSA_SHA256);
	owner_sha256(OWNER_PARTS({report, 0x34}), digest);
	owner_ecdsa_sign(&chip.pek_key, digest, sizeof(digest), report + 0x40);
}

START_TEST(an_attestation_report_is_signed_by_the_pek)
{
	struct owner_sev_expect say = {{1, 2, 3}, {4, 5, 6}, POLICY}, other;
	uint8_t report[OWNER_SEV_REPORT_SIZE];
	struct owner_rand rand;

	owner_rand_init(&rand, "report");
	owner_chip_make(&chip, &rand, 2048);
	make_report(report, &say);
	CHECK_IS(owner_sev_report_verify(report, chip.chain, &say), OWNER_OK);
	CHECK_IS(owner_sev_report_verify(report, chip.pdh, &say), OWNER_SIGNATURE);
	for (size_t at = 0; at < sizeof(report); at++) {
		enum owner_check want = OWNER_SIGNATURE;

		if (at >= 0x34 && at < 0x40)
			want = at < 0x38 ? OWNER_USAGE : at < 0x3c ? OWNER_ALGO : OWNER_RESERVED;
		report[at] ^= (uint8_t)(1u << at % 8);
		CHECK_IS(owner_sev_report_verify(report, chip.chain, &say), want);
		report[at] ^= (uint8_t)(1u << at % 8);
	}
	other = say;
	other.mnonce[15] ^= 1;
	CHECK_IS(owner_sev_report_verify(report, chip.chain, &other), OWNER_NONCE);
	other = say;
	other.digest[31] ^= 1;
	CHECK_IS(owner_sev_report_verify(report, chip.chain, &other), OWNER_DIGEST);
	other = say;
	other.policy ^= 1u << 31;
	CHECK_IS(owner_sev_report_verify(report, chip.chain, &other), OWNER_POLICY);
	chip.chain[OWNER_CERT_KEY + 4] ^= 1;
	CHECK_IS(owner_sev_report_verify(report, chip.chain, &say), OWNER_KEY);
}
END_TEST

/* A guest moves: A's packets under the key of B's PDH are opened by B alone. */
START_TEST(a_migration_between_two_owners)
{
	static struct owner_chip source, target;
	struct owner_session sender, receiver;
	uint8_t blob[OWNER_SESSION_SIZE], hdr[OWNER_PACKET_HDR_SIZE], page[4096], sent[4096];
	struct owner_platform platform;
	struct owner_rand rand;

	owner_rand_init(&rand, "migration");
	owner_chip_make(&source, &rand, 2048);
	owner_chip_make(&target, &rand, 4096);
	platform = owner_chip_platform(&target);
	CHECK_IS(owner_platform_verify(&platform), OWNER_OK);
	CHECK_IS(owner_session_start(&sender, &rand, &source.pdh_key, target.pdh, POLICY, blob),
		 OWNER_OK);
	CHECK_IS(owner_session_open(&receiver, &source.pdh_key, target.pdh, POLICY, blob),
		 OWNER_OK);
	CHECK_IS(owner_session_open(&receiver, &target.pdh_key, target.pdh, POLICY, blob),
		 OWNER_WRAP_MAC);
	CHECK_IS(owner_session_open(&receiver, &target.pdh_key, source.pdh, POLICY, blob),
		 OWNER_OK);
	counting(page, sizeof(page), 9, 13);
	owner_packet_seal(&sender, OWNER_PACKET_VMSA, &rand, NULL, page, sizeof(page), hdr, sent);
	CHECK_IS(owner_packet_open(&receiver, OWNER_PACKET_VMSA, NULL, hdr, sent, sizeof(sent),
				   sent),
		 OWNER_OK);
	ck_assert_mem_eq(sent, page, sizeof(page));
}
END_TEST

void session_cases(void)
{
	SUITE_CASE(the_published_session_blob);
	SUITE_CASE(both_sides_have_the_same_keys);
	SUITE_CASE(every_bit_of_the_blob_counts);
	SUITE_CASE(another_policy_or_key_is_refused);
	SUITE_CASE(the_published_measurement);
	SUITE_CASE(a_measurement_binds_everything);
	SUITE_CASE(the_measurement_enters_a_secret_from_0_17);
	SUITE_CASE(packets_as_recomputed);
	SUITE_CASE(every_bit_of_a_packet_counts);
	SUITE_CASE(an_attestation_report_is_signed_by_the_pek);
	SUITE_CASE(a_migration_between_two_owners);
}
