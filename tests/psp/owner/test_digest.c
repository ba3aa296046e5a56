/* SPDX-License-Identifier: MIT */
/* Launch digests, recomputed with another implementation of SHA-384, and ID blocks. */
#include <stdlib.h>
#include <string.h>

#include "tests/psp/owner/test.h"

/* Byte i of a page at `offset` in a larger one. */
static void fill(uint8_t *page, size_t len)
{
	for (size_t i = 0; i < len; i++)
		page[i] = (uint8_t)(i * 7 + (i >> 12) + 3);
}

START_TEST(one_normal_page)
{
	uint8_t ld[48] = {0}, contents[OWNER_PAGE];
	struct owner_page page = {.type = OWNER_PAGE_NORMAL, .gpa = 0x1000, .contents = contents};

	fill(contents, sizeof(contents));
	owner_digest_page(ld, &page);
	bytes_are(ld,
		  "0008ec48544088b72890fe9c997274f54b71b8667527c0a48ddf10053cce7020"
		  "f95a9b43650c800db58b39bbaaa198a2",
		  48);
}
END_TEST

START_TEST(masks_and_imi_have_their_places)
{
	uint8_t ld[48] = {0}, contents[OWNER_PAGE];
	struct owner_page page = {.type = OWNER_PAGE_NORMAL,
				  .imi = true,
				  .vmpl_perms = {1, 3, 0xf},
				  .gpa = 0x1000,
				  .contents = contents};

	fill(contents, sizeof(contents));
	owner_digest_page(ld, &page);
	bytes_are(ld,
		  "61fff95b1dd8ce1a8800148fc84f7cb70f01f344fac6cf42a08b9455d3a00491"
		  "9d3d8d6c577428955a9f5de85dcc4e5f",
		  48);
}
END_TEST

START_TEST(a_chain_of_every_type)
{
	uint8_t ld[48] = {0}, contents[OWNER_PAGE];
	struct owner_page pages[] = {
		{.type = OWNER_PAGE_NORMAL, .gpa = 0x1000, .contents = contents},
		{.type = OWNER_PAGE_ZERO, .vmpl_perms = {1, 2, 4}, .gpa = 0x2000},
		{.type = OWNER_PAGE_UNMEASURED, .gpa = 0x3000},
		{.type = OWNER_PAGE_SECRETS, .gpa = 0x4000},
		{.type = OWNER_PAGE_CPUID, .gpa = 0x5000},
		{.type = OWNER_PAGE_VMSA, .gpa = OWNER_VMSA_GPA, .contents = contents},
	};

	fill(contents, sizeof(contents));
	for (size_t i = 0; i < sizeof(pages) / sizeof(pages[0]); i++)
		owner_digest_page(ld, &pages[i]);
	bytes_are(ld,
		  "15151220ec523ad8e040b5730e64c288a8dce6d2acdf3223aa0f5cf57b6c70b7"
		  "9c298bf3b39488890b65f90b8d480849",
		  48);
}
END_TEST

START_TEST(a_large_page_is_512_small_ones)
{
	uint8_t *contents = malloc(OWNER_LARGE_PAGE), ld[48] = {0};
	struct owner_page page = {.type = OWNER_PAGE_NORMAL,
				  .large = true,
				  .vmpl_perms = {8, 4, 2},
				  .gpa = 0x200000,
				  .contents = contents};

	ck_assert_ptr_nonnull(contents);
	fill(contents, OWNER_LARGE_PAGE);
	owner_digest_page(ld, &page);
	bytes_are(ld,
		  "a90ba98850c8a7910e1827efe0a22ffa52aa2b20d885611d80cfef5764d7b0c1"
		  "749246902c7ccad035d30f7ef43b20a6",
		  48);
	memset(ld, 0, sizeof(ld));
	page = (struct owner_page){.type = OWNER_PAGE_ZERO, .large = true, .gpa = 0x200000};
	owner_digest_page(ld, &page);
	bytes_are(ld,
		  "486f227165b308e323ee24622225b050f2478d61d45cfca44fb031f4eabdbe6d"
		  "8400a1afa6b5dfbcfceb70f317a47856",
		  48);
	free(contents);
}
END_TEST

static bool signs(const uint8_t *key, const void *data, size_t len, const uint8_t *sig)
{
	EVP_PKEY *pkey = owner_ec_public(key);
	uint8_t digest[48];
	bool right;

	ck_assert_ptr_nonnull(pkey);
	owner_sha384(data, len, digest);
	right = owner_ecdsa_verify(pkey, digest, sizeof(digest), sig);
	EVP_PKEY_free(pkey);
	return right && owner_zero(sig + 144, 0x200 - 144);
}

START_TEST(an_id_block_is_signed_twice)
{
	struct owner_id_block wish = {
		.ld = {1}, .family_id = {2}, .image_id = {3}, .guest_svn = 4, .policy = 0x30000};
	static uint8_t auth[OWNER_ID_AUTH_SIZE];
	uint8_t block[OWNER_ID_BLOCK_SIZE];
	struct owner_ec_key id, author;
	struct owner_rand rand;

	owner_rand_init(&rand, "ID block");
	owner_ec_generate(&id, &rand);
	owner_ec_generate(&author, &rand);
	owner_id_block_make(&wish, block);
	ck_assert(block[0] == 1 && block[0x30] == 2 && block[0x40] == 3);
	bytes_are(block + 0x50, "01000000040000000000030000000000", 16);
	owner_id_auth_make(block, &id, &author, auth);
	bytes_are(auth, "0100000001000000", 8);
	ck_assert(signs(auth + 0x240, block, sizeof(block), auth + 0x40));
	ck_assert(signs(auth + 0x880, auth + 0x240, OWNER_KEY_SIZE, auth + 0x680));
	ck_assert(!signs(auth + 0x880, block, sizeof(block), auth + 0x40));
	owner_id_auth_make(block, &id, NULL, auth);
	bytes_are(auth, "0100000000000000", 8);
	ck_assert(signs(auth + 0x240, block, sizeof(block), auth + 0x40));
	ck_assert(owner_zero(auth + 0x680, sizeof(auth) - 0x680));
}
END_TEST

/* The key whose scalar is 1: the generator of P-384 (FIPS 186-4 D.1.2.4). */
START_TEST(a_key_digest_is_of_0x404_bytes)
{
	struct owner_ec_key one = {0};
	uint8_t digest[48];

	one.scalar[47] = 1;
	bytes_from("aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b9859f741e082542a38"
		   "5502f25dbf55296c3a545e3872760ab7",
		   one.x, 48);
	bytes_from("3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147ce9da3113b5f0b8c0"
		   "0a60b1ce1d7e819d7a431d7c90ea0e5f",
		   one.y, 48);
	owner_key_digest(&one, digest);
	bytes_are(digest,
		  "01ce77b697886b46c6e363a9d02bbee2506e4b21ca4b3085f35f20e4cf66ac78"
		  "0e01e38aad53f973cbcea56e59a7b382",
		  48);
}
END_TEST

void digest_cases(void)
{
	SUITE_CASE(one_normal_page);
	SUITE_CASE(masks_and_imi_have_their_places);
	SUITE_CASE(a_chain_of_every_type);
	SUITE_CASE(a_large_page_is_512_small_ones);
	SUITE_CASE(an_id_block_is_signed_twice);
	SUITE_CASE(a_key_digest_is_of_0x404_bytes);
}
