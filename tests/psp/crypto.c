/* SPDX-License-Identifier: MIT */
/* psp/crypto/crypto.h against published vectors. */
#include <errno.h>

#include "tests/psp/bytes.h"
#include "tests/psp/crypto_rig.h"
#include "tests/suite.h"

/* FIPS 180-2, appendices B and D */
static const char two_blocks_256[] = "abcdbcdecdefdefgefghfghighijhijkijkljklmklmnlmnomnopnopq";
static const char two_blocks_384[] = "abcdefghbcdefghicdefghijdefghijkefghijklfghijklmghijklmn"
				     "hijklmnoijklmnopjklmnopqklmnopqrlmnopqrsmnopqrstnopqrstu";

START_TEST(sha256_of_fips_180)
{
	uint8_t out[PSP_SHA256_SIZE];

	psp_sha256("abc", 3, out);
	ck_assert_bytes(out, "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	psp_sha256(two_blocks_256, strlen(two_blocks_256), out);
	ck_assert_bytes(out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");
}
END_TEST

START_TEST(sha384_of_fips_180)
{
	uint8_t out[PSP_SHA384_SIZE];

	psp_sha384("abc", 3, out);
	ck_assert_bytes(out, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
			     "8086072ba1e7cc2358baeca134c825a7");
	psp_sha384(two_blocks_384, strlen(two_blocks_384), out);
	ck_assert_bytes(out, "09330c33f71147e83d192fc782cd1b4753111b173b3b05d22fa08086e3b0f712"
			     "fcc7c71a557e2db966c3e9fa91746039");
}
END_TEST

/* A launch goes on after its measurement was taken from a copy. */
START_TEST(a_hash_is_copied_by_assignment)
{
	uint8_t out[PSP_SHA384_SIZE];
	struct psp_sha256 a, b;
	struct psp_sha384 d, e;

	psp_sha256_init(&a);
	psp_sha256_update(&a, two_blocks_256, 20);
	b = a;
	psp_sha256_final(&a, out);
	psp_sha256_update(&b, two_blocks_256 + 20, strlen(two_blocks_256) - 20);
	psp_sha256_final(&b, out);
	ck_assert_bytes(out, "248d6a61d20638b8e5c026930c3e6039a33ce45964ff2167f6ecedd419db06c1");

	psp_sha384_init(&d);
	psp_sha384_update(&d, "a", 1);
	e = d;
	psp_sha384_final(&d, out);
	psp_sha384_update(&e, "bc", 2);
	psp_sha384_final(&e, out);
	ck_assert_bytes(out, "cb00753f45a35e8bb5a03d699ac65007272c32ab0eded1631a8b605a43ff5bed"
			     "8086072ba1e7cc2358baeca134c825a7");
}
END_TEST

static void check_hmac(const void *key, size_t key_len, const char *data, const char *want)
{
	struct psp_crypto *c = open_crypto();
	const size_t half = strlen(data) / 2;
	const struct iovec whole = {(void *)data, strlen(data)};
	const struct iovec pieces[] = {
		{(void *)data, half},
		{NULL, 0},
		{(void *)(data + half), strlen(data) - half},
	};
	uint8_t out[PSP_SHA256_SIZE];

	psp_hmac(c, key, key_len, &whole, 1, out);
	ck_assert_bytes(out, want);
	psp_hmac(c, key, key_len, pieces, 3, out);
	ck_assert_bytes(out, want);
	close_crypto(c);
}

START_TEST(hmac_of_rfc_4231)
{
	uint8_t key[131];

	memset(key, 0x0b, 20);
	check_hmac(key, 20, "Hi There",
		   "b0344c61d8db38535ca8afceaf0bf12b881dc200c9833da726e9376c2e32cff7");
	check_hmac("Jefe", 4, "what do ya want for nothing?",
		   "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
	memset(key, 0xaa, 131);
	check_hmac(key, 131, "Test Using Larger Than Block-Size Key - Hash Key First",
		   "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
}
END_TEST

START_TEST(equal_compares_all_bytes)
{
	ck_assert(psp_equal("abcd", "abcd", 4));
	ck_assert(!psp_equal("abcd", "abce", 4));
	ck_assert(!psp_equal("abcd", "bbcd", 4));
	ck_assert(psp_equal("abcd", "abce", 3));
}
END_TEST

/* The example of AMD's session keys: Z, nonce, TEK, TIK and IV zero, policy 0. */
START_TEST(kdf_and_session_of_the_known_example)
{
	static const uint8_t zero[48];
	struct psp_crypto *c = open_crypto();
	uint8_t master[16], kek[16], kik[16], wrapped[32], mac[32];
	const struct iovec wrapped_part = {wrapped, sizeof(wrapped)};
	const struct iovec policy = {(void *)zero, 4};

	psp_kdf(c, zero, 16, "sev-master-secret", zero, 16, master, 16);
	ck_assert_bytes(master, "ab4d269fcc62bedb4511d56c386ce706");
	psp_kdf(c, master, 16, "sev-kek", NULL, 0, kek, 16);
	ck_assert_bytes(kek, "b6abfbfb75ea1ea74ed8750b8afdb973");
	psp_kdf(c, master, 16, "sev-kik", NULL, 0, kik, 16);
	ck_assert_bytes(kik, "53b524bf5669a363f365c864acba8572");

	psp_aes_ctr(c, kek, zero, zero, wrapped, 32);
	ck_assert_bytes(wrapped, "2137bc7f9bb8bd7c3e55a576a15d3454"
				 "b3856b8ba27afadf46dcfee9f02c02c4");
	psp_hmac(c, kik, 16, &wrapped_part, 1, mac);
	ck_assert_bytes(mac, "3176c075");
	ck_assert_bytes(mac + 29, "aeed7d");
	psp_hmac(c, zero, 16, &policy, 1, mac);
	ck_assert_bytes(mac, "aa7855e1");
	ck_assert_bytes(mac + 29, "87b4af");
	close_crypto(c);
}
END_TEST

/* The example of AMD's launch measurement: API 0.18, build 15. */
START_TEST(measurement_of_the_known_example)
{
	static const uint8_t head[] = {4, 0, 0x12, 0x0f, 0, 0, 0, 0};
	const struct bytes tik = unhex("66320db73158a35a255d051758e95ed4");
	const struct bytes nonce = unhex("4fbe0bedbad6c86ae8f68971d103e554");
	struct psp_crypto *c = open_crypto();
	uint8_t digest[32], mac[32];
	const struct iovec parts[] = {
		{(void *)head, sizeof(head)}, {digest, 32}, {(void *)nonce.p, 16}};

	psp_sha256(NULL, 0, digest);
	psp_hmac(c, tik.p, 16, parts, 3, mac);
	ck_assert_bytes(mac, "6faab2daae389bcd3405a05d6cafe33c0414f7bedd0bae19ba5f38b7fd1664ea");
	close_crypto(c);
}
END_TEST

/* Block 2 of a KDF, recomputed: HMAC with the counter 2. */
START_TEST(kdf_counts_blocks_from_one)
{
	struct psp_crypto *c = open_crypto();
	uint8_t out[40], block[32];
	struct iovec parts = {(void *)"\x02\0\0\0label\0context\x40\x01\0\0", 21};

	psp_kdf(c, "key", 3, "label", "context", 7, out, sizeof(out));
	psp_hmac(c, "key", 3, &parts, 1, block);
	ck_assert_mem_eq(out + 32, block, 8);
	close_crypto(c);
}
END_TEST

/* SP 800-38A, F.5.1 CTR-AES128.Encrypt */
static const char ctr_key[] = "2b7e151628aed2a6abf7158809cf4f3c";
static const char ctr_iv[] = "f0f1f2f3f4f5f6f7f8f9fafbfcfdfeff";
static const char ctr_plain[] = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51"
				"30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";
static const char ctr_cipher[] = "874d6191b620e3261bef6864990db6ce9806f66b7970fdff8617187bb9fffdff"
				 "5ae4df3edbd5d35e5b4f09020db03eab1e031dda2fbe03d1792170a0f3009cee";

START_TEST(ctr_of_sp_800_38a)
{
	const struct bytes key = unhex(ctr_key), iv = unhex(ctr_iv), plain = unhex(ctr_plain);
	struct psp_crypto *c = open_crypto();
	uint8_t buf[64];

	psp_aes_ctr(c, key.p, iv.p, plain.p, buf, 64);
	ck_assert_bytes(buf, ctr_cipher);
	psp_aes_ctr(c, key.p, iv.p, buf, buf, 64); /* in place, and back */
	ck_assert_mem_eq(buf, plain.p, 64);
	psp_aes_ctr(c, key.p, iv.p, plain.p, buf, 5); /* begins at the first block again */
	ck_assert_bytes(buf, "874d6191b6");
	close_crypto(c);
}
END_TEST

/* "The Galois/Counter Mode of Operation", McGrew and Viega, test case 16 */
static const char gcm_key[] = "feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308";
static const char gcm_iv[] = "cafebabefacedbaddecaf888";
static const char gcm_aad[] = "feedfacedeadbeeffeedfacedeadbeefabaddad2";
static const char gcm_plain[] = "d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
				"1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39";
static const char gcm_cipher[] = "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
				 "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662";
static const char gcm_tag[] = "76fc6ece0f4e1768cddf8853bb2d551b";

START_TEST(gcm_of_its_specification)
{
	const struct bytes key = unhex(gcm_key), iv = unhex(gcm_iv), aad = unhex(gcm_aad),
			   plain = unhex(gcm_plain);
	struct psp_crypto *c = open_crypto();
	uint8_t buf[60], tag[16];

	psp_gcm_seal(c, key.p, iv.p, aad.p, aad.len, plain.p, plain.len, buf, tag);
	ck_assert_bytes(buf, gcm_cipher);
	ck_assert_bytes(tag, gcm_tag);
	ck_assert_int_eq(psp_gcm_open(c, key.p, iv.p, aad.p, aad.len, buf, sizeof(buf), buf, tag),
			 0);
	ck_assert_mem_eq(buf, plain.p, plain.len);
	close_crypto(c);
}
END_TEST

START_TEST(gcm_refuses_every_changed_byte)
{
	static const uint8_t zero[60];
	const struct bytes good[] = {unhex(gcm_key), unhex(gcm_iv), unhex(gcm_aad),
				     unhex(gcm_cipher), unhex(gcm_tag)};
	struct psp_crypto *c = open_crypto();
	uint8_t buf[60];

	for (unsigned int part = 0; part < 5; part++) {
		for (size_t i = 0; i < good[part].len; i++) {
			struct bytes b[5];

			memcpy(b, good, sizeof(b));
			b[part].p[i] ^= 1;
			memset(buf, 0xff, sizeof(buf));
			ck_assert_int_eq(psp_gcm_open(c, b[0].p, b[1].p, b[2].p, b[2].len, b[3].p,
						      b[3].len, buf, b[4].p),
					 -EBADMSG);
			ck_assert_mem_eq(buf, zero, sizeof(buf));
		}
	}
	close_crypto(c);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(sha256_of_fips_180);
	SUITE_CASE(sha384_of_fips_180);
	SUITE_CASE(a_hash_is_copied_by_assignment);
	SUITE_CASE(hmac_of_rfc_4231);
	SUITE_CASE(equal_compares_all_bytes);
	SUITE_CASE(kdf_and_session_of_the_known_example);
	SUITE_CASE(measurement_of_the_known_example);
	SUITE_CASE(kdf_counts_blocks_from_one);
	SUITE_CASE(ctr_of_sp_800_38a);
	SUITE_CASE(gcm_of_its_specification);
	SUITE_CASE(gcm_refuses_every_changed_byte);
}
