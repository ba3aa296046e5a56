/* SPDX-License-Identifier: MIT */
/* Published vectors: what the owner builds on is what the standards say. */
#include <string.h>

#include "tests/psp/owner/test.h"

static void make_key(uint8_t key[OWNER_KEY_SIZE], uint32_t curve, const char *x, const char *y)
{
	memset(key, 0, OWNER_KEY_SIZE);
	owner_put32(key, curve);
	number_from(x, key + 4, 72);
	number_from(y, key + 76, 72);
}

static void sample_key_p384(uint8_t key[OWNER_KEY_SIZE])
{
	make_key(key, OWNER_CURVE_P384,
		 "ec3a4e415b4e19a4568618029f427fa5da9a8bc4ae92e02e06aae5286b300c64"
		 "def8f0ea9055866064a254515480bc13",
		 "8015d9b72d7d57244ea8ef9ac0c621896708a59367f9dfb9f54ca84b3f1c9db1"
		 "288b231c3ae0d4fe7344fd2533264720");
}

/* RFC 6979 A.2.6, SHA-384, "sample" */
START_TEST(ecdsa_p384_of_rfc6979)
{
	uint8_t key[OWNER_KEY_SIZE], digest[48], sig[144];
	EVP_PKEY *pkey;

	sample_key_p384(key);
	number_from("94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c"
		    "81a648152e44acf96e36dd1e80fabe46",
		    sig, 72);
	number_from("99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94f"
		    "a329c145786e679e7b82c71a38628ac8",
		    sig + 72, 72);
	pkey = owner_ec_public(key);
	ck_assert_ptr_nonnull(pkey);
	owner_sha384("sample", 6, digest);
	ck_assert(owner_ecdsa_verify(pkey, digest, sizeof(digest), sig));
	for (size_t bit = 0; bit < 8 * sizeof(sig); bit += 7) {
		sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
		ck_assert(!owner_ecdsa_verify(pkey, digest, sizeof(digest), sig));
		sig[bit / 8] ^= (uint8_t)(1u << bit % 8);
	}
	EVP_PKEY_free(pkey);
}
END_TEST

/* RFC 6979 A.2.5, SHA-256, "sample" */
START_TEST(ecdsa_p256_of_rfc6979)
{
	uint8_t key[OWNER_KEY_SIZE], digest[32], sig[144];
	EVP_PKEY *pkey;

	make_key(key, OWNER_CURVE_P256,
		 "60fed4ba255a9d31c961eb74c6356d68c049b8923b61fa6ce669622e60f29fb6",
		 "7903fe1008b8bc99a41ae9e95628bc64f2f1b20c2d7e9f5177a3c294d4462299");
	number_from("efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716", sig, 72);
	number_from("f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8", sig + 72,
		    72);
	pkey = owner_ec_public(key);
	ck_assert_ptr_nonnull(pkey);
	owner_sha256(OWNER_PARTS({"sam", 3}, {"ple", 3}), digest);
	ck_assert(owner_ecdsa_verify(pkey, digest, sizeof(digest), sig));
	digest[0] ^= 1;
	ck_assert(!owner_ecdsa_verify(pkey, digest, sizeof(digest), sig));
	EVP_PKEY_free(pkey);
}
END_TEST

START_TEST(a_key_must_be_a_point_and_nothing_more)
{
	uint8_t key[OWNER_KEY_SIZE];
	static const size_t broken[] = {0, 4, 4 + 48, 76, 76 + 48, 148, OWNER_KEY_SIZE - 1};

	for (size_t i = 0; i < sizeof(broken) / sizeof(broken[0]); i++) {
		sample_key_p384(key);
		key[broken[i]] ^= 1;
		ck_assert_msg(!owner_ec_public(key), "byte 0x%zx", broken[i]);
	}
}
END_TEST

/* NIST CAVP, ECC CDH, P-384, COUNT = 0 */
START_TEST(ecdh_p384_of_nist)
{
	struct owner_ec_key own;
	uint8_t peer[OWNER_KEY_SIZE], z[48];

	make_key(peer, OWNER_CURVE_P384,
		 "a7c76b970c3b5fe8b05d2838ae04ab47697b9eaf52e764592efda27fe7513272"
		 "734466b400091adbf2d68c58e0c50066",
		 "ac68f19f2e1cb879aed43a9969b91a0839c4c38a49749b661efedf243451915e"
		 "d0905a32b060992b468c64766fc8437a");
	bytes_from("3cc3122a68f0d95027ad38c067916ba0eb8c38894d22e1b15618b6818a661774"
		   "ad463b205da88cf699ab4d43c9cf98a1",
		   own.scalar, 48);
	bytes_from("9803807f2f6d2fd966cdd0290bd410c0190352fbec7ff6247de1302df86f25d3"
		   "4fe4a97bef60cff548355c015dbb3e5f",
		   own.x, 48);
	bytes_from("ba26ca69ec2f5b5d9dad20cc9da711383a9dbe34ea3fa5a2af75b46502629ad5"
		   "4dd8b7d73a8abb06a3a3be47d650cc99",
		   own.y, 48);
	CHECK_IS(owner_ecdh(&own, peer, z), OWNER_OK);
	bytes_are(z,
		  "5f9d29dc5e31a163060356213669c8ce132e22f57c9a04f40ba7fcead493b457"
		  "e5621e766c40a2e3d4d6a04b25e533f1",
		  48);
	owner_put32(peer, OWNER_CURVE_P256);
	CHECK_IS(owner_ecdh(&own, peer, z), OWNER_KEY);
}
END_TEST

/* The GCM specification's test case 16 */
START_TEST(gcm_case_16)
{
	uint8_t key[32], iv[12], aad[20], plain[60], cipher[60], tag[16];

	bytes_from("feffe9928665731c6d6a8f9467308308feffe9928665731c6d6a8f9467308308", key, 32);
	bytes_from("cafebabefacedbaddecaf888", iv, 12);
	bytes_from("feedfacedeadbeeffeedfacedeadbeefabaddad2", aad, 20);
	bytes_from("d9313225f88406e5a55909c5aff5269a86a7a9531534f7da2e4c303d8a318a72"
		   "1c3c0c95956809532fcf0e2449a6b525b16aedf5aa0de657ba637b39",
		   plain, 60);
	owner_gcm_seal(key, iv, (struct owner_part){aad, 20}, plain, cipher, 60, tag);
	bytes_are(cipher,
		  "522dc1f099567d07f47f37a32a84427d643a8cdcbfe5c0c97598a2bd2555d1aa"
		  "8cb08e48590dbb3da7b08b1056828838c5f61e6393ba7a0abcc9f662",
		  60);
	bytes_are(tag, "76fc6ece0f4e1768cddf8853bb2d551b", 16);
	tag[15] ^= 0x80;
	CHECK_IS(owner_gcm_open(key, iv, (struct owner_part){aad, 20}, cipher, plain, 60, tag),
		 OWNER_TAG);
}
END_TEST

/* Two blocks, recomputed with another implementation of HMAC. */
START_TEST(kdf_counts_blocks)
{
	uint8_t key[32], out[48];

	for (unsigned int i = 0; i < sizeof(key); i++)
		key[i] = (uint8_t)i;
	owner_kdf(key, sizeof(key), "label", "ctx", 3, out, sizeof(out));
	bytes_are(out,
		  "646926bc0d05c50ffdfacf1d6eec6b7941bc9651499467b2578c5547f74cc95e"
		  "a70dee61b2859e7db9d9bdc3570bfd92",
		  48);
}
END_TEST

START_TEST(equal_seeds_give_equal_keys)
{
	struct owner_rand one, other;
	struct owner_ec_key a, b, c;
	uint8_t out[40];

	owner_rand_init(&one, "one");
	owner_rand_bytes(&one, out, sizeof(out));
	bytes_are(
		out,
		"cd8c09b9f5402e25689139a89560ffc47c812ea28210a16595d869e113ed102db75aceae737e599a",
		40);
	owner_rand_init(&one, "one");
	owner_rand_init(&other, "one");
	owner_ec_generate(&a, &one);
	owner_ec_generate(&b, &other);
	owner_ec_generate(&c, &other);
	ck_assert_mem_eq(&a, &b, sizeof(a));
	ck_assert_mem_ne(&a, &c, sizeof(a));
}
END_TEST

void crypto_cases(void)
{
	SUITE_CASE(ecdsa_p384_of_rfc6979);
	SUITE_CASE(ecdsa_p256_of_rfc6979);
	SUITE_CASE(a_key_must_be_a_point_and_nothing_more);
	SUITE_CASE(ecdh_p384_of_nist);
	SUITE_CASE(gcm_case_16);
	SUITE_CASE(kdf_counts_blocks);
	SUITE_CASE(equal_seeds_give_equal_keys);
}
