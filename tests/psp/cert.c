/* SPDX-License-Identifier: MIT */
/* SEV certificates (55766): offsets and numbers here are written by hand. */
#include <errno.h>

#include "psp/certs/cert.h"
#include "tests/psp/bytes.h"
#include "tests/psp/crypto_rig.h"
#include "tests/psp/independent.h"
#include "tests/suite.h"

/* Key usages */
#define ASK  0x13
#define NONE 0x1000
#define OCA  0x1001
#define PEK  0x1002
#define PDH  0x1003
#define CEK  0x1004

static uint32_t u32(const uint8_t *p)
{
	return p[0] | (uint32_t)p[1] << 8 | (uint32_t)p[2] << 16 | (uint32_t)p[3] << 24;
}

static void set32(uint8_t *p, uint32_t v)
{
	for (unsigned int i = 0; i < 4; i++)
		p[i] = (uint8_t)(v >> 8 * i);
}

static void assert_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ck_assert_uint_eq(p[i], 0);
}

/* A self-owned platform with its four certificates. */
struct chain {
	struct psp_crypto *c;
	struct psp_ec_key oca_key, pek_key, pdh_key, cek_key;
	uint8_t oca[0x824], pek[0x824], pdh[0x824], cek[0x824];
};

static void build(struct chain *ch, enum psp_usage usage, struct psp_ec_key *key, uint8_t *cert)
{
	ck_assert_int_eq(psp_ec_generate(ch->c, key), 0);
	psp_cert_build(cert, 1, 55, usage, key);
}

static void sign(struct chain *ch, uint8_t *cert, unsigned int slot, enum psp_usage issuer,
		 const struct psp_ec_key *key)
{
	ck_assert_int_eq(psp_cert_sign(ch->c, cert, slot, issuer, key), 0);
}

static void chain_open(struct chain *ch)
{
	ch->c = open_crypto();
	build(ch, OCA, &ch->oca_key, ch->oca);
	build(ch, PEK, &ch->pek_key, ch->pek);
	build(ch, PDH, &ch->pdh_key, ch->pdh);
	build(ch, CEK, &ch->cek_key, ch->cek);
	sign(ch, ch->oca, 1, OCA, &ch->oca_key);
	sign(ch, ch->pek, 1, OCA, &ch->oca_key);
	sign(ch, ch->pek, 2, CEK, &ch->cek_key);
	sign(ch, ch->pdh, 1, PEK, &ch->pek_key);
}

static void chain_close(struct chain *ch)
{
	close_crypto(ch->c);
}

START_TEST(fields_are_where_the_specification_has_them)
{
	static const struct {
		uint32_t usage, algo;
	} kinds[] = {{OCA, 2}, {PEK, 2}, {PDH, 3}, {CEK, 2}};
	struct psp_crypto *c = open_crypto();
	struct psp_ec_key key;
	uint8_t cert[0x824];

	ck_assert_uint_eq(sizeof(cert), PSP_CERT_SIZE);
	ck_assert_int_eq(psp_ec_generate(c, &key), 0);
	for (unsigned int k = 0; k < 4; k++) {
		memset(cert, 0xff, sizeof(cert));
		psp_cert_build(cert, 1, 55, kinds[k].usage, &key);
		ck_assert_uint_eq(u32(cert), 1);
		ck_assert_uint_eq(cert[4], 1);
		ck_assert_uint_eq(cert[5], 55);
		assert_zero(cert + 6, 2);
		ck_assert_uint_eq(u32(cert + 0x8), kinds[k].usage);
		ck_assert_uint_eq(u32(cert + 0xc), kinds[k].algo);
		ck_assert_uint_eq(u32(cert + 0x10), 2); /* P-384 */
		for (unsigned int i = 0; i < 48; i++) {
			ck_assert_uint_eq(cert[0x14 + i], key.x[47 - i]);
			ck_assert_uint_eq(cert[0x5c + i], key.y[47 - i]);
		}
		assert_zero(cert + 0x14 + 48, 24);
		assert_zero(cert + 0x5c + 48, 0x414 - 0x5c - 48);
		for (unsigned int slot = 0x414; slot <= 0x61c; slot += 0x208) {
			ck_assert_uint_eq(u32(cert + slot), NONE);
			ck_assert_uint_eq(u32(cert + slot + 4), 0);
			assert_zero(cert + slot + 8, 0x200);
		}
	}
	close_crypto(c);
}
END_TEST

START_TEST(signatures_are_where_the_specification_has_them)
{
	struct chain ch;
	uint8_t body[0x414];

	chain_open(&ch);
	memcpy(body, ch.pek, sizeof(body));
	ck_assert_uint_eq(u32(ch.pek + 0x414), OCA);
	ck_assert_uint_eq(u32(ch.pek + 0x418), 2);
	assert_zero(ch.pek + 0x41c + 144, 0x200 - 144);
	ck_assert_uint_eq(u32(ch.pek + 0x61c), CEK);
	ck_assert_uint_eq(u32(ch.pek + 0x620), 2);
	assert_zero(ch.pek + 0x624 + 144, 0x200 - 144);
	ck_assert(
		ind_ecdsa_ok(ch.oca + 0x14, ch.oca + 0x5c, "SHA256", body, 0x414, ch.pek + 0x41c));
	ck_assert(
		ind_ecdsa_ok(ch.cek + 0x14, ch.cek + 0x5c, "SHA256", body, 0x414, ch.pek + 0x624));
	ck_assert(ind_ecdsa_ok(ch.oca + 0x14, ch.oca + 0x5c, "SHA256", ch.oca, 0x414,
			       ch.oca + 0x41c));
	ck_assert(ind_ecdsa_ok(ch.pek + 0x14, ch.pek + 0x5c, "SHA256", ch.pdh, 0x414,
			       ch.pdh + 0x41c));
	ck_assert_uint_eq(u32(ch.pdh + 0x414), PEK);
	chain_close(&ch);
}
END_TEST

START_TEST(a_chain_verifies)
{
	struct chain ch;

	chain_open(&ch);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.oca, OCA), 0);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pek, PEK), 0);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pdh, PDH), 0);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.cek, CEK), 0);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.oca, ch.oca), 0);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.oca), 0);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.cek), 0);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pdh, ch.pek), 0);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pdh, ch.oca), -ENOENT);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.cek, ch.pek), -ENOENT);
	chain_close(&ch);
}
END_TEST

START_TEST(another_issuers_signature_is_refused)
{
	struct chain ch;
	struct psp_ec_key other_key;
	uint8_t other[0x824];

	chain_open(&ch);
	build(&ch, OCA, &other_key, other);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, other), -EBADMSG);
	/* What the CEK has signed is not what the OCA has signed. */
	memcpy(ch.pek + 0x41c, ch.pek + 0x624, 0x200);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.oca), -EBADMSG);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.cek), 0);
	chain_close(&ch);
}
END_TEST

START_TEST(an_issuer_needs_a_point_of_the_curve)
{
	struct chain ch;

	chain_open(&ch);
	ch.oca[0x14] ^= 1;
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.oca), -EINVAL);
	ch.oca[0x14] ^= 1;
	set32(ch.oca + 0x10, 1); /* P-256 */
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.oca), -EINVAL);
	chain_close(&ch);
}
END_TEST

/* Of the signed bytes and of the signature, each byte counts. */
START_TEST(a_changed_bit_breaks_the_signature)
{
	struct chain ch;

	chain_open(&ch);
	for (unsigned int i = 0; i < 0x414; i += i < 0xa4 ? 3 : 41) {
		ch.pek[i] ^= 1 << i % 8;
		ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.cek), -EBADMSG);
		ch.pek[i] ^= 1 << i % 8;
	}
	for (unsigned int i = 0x624; i < 0x624 + 144; i += 5) {
		ch.pek[i] ^= 1 << i % 8;
		ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.cek), -EBADMSG);
		ch.pek[i] ^= 1 << i % 8;
	}
	for (unsigned int i = 0x624 + 144; i < 0x824; i += 13) {
		ch.pek[i] ^= 1;
		ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.cek), -EINVAL);
		ch.pek[i] ^= 1;
	}
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.cek), 0);
	chain_close(&ch);
}
END_TEST

START_TEST(an_owner_may_sign_with_sha384)
{
	struct chain ch;
	uint8_t sig[0x200] = {0};

	chain_open(&ch);
	ck_assert_int_eq(psp_ec_sign(ch.c, &ch.oca_key, PSP_SHA384, ch.pek, 0x414, sig), 0);
	psp_cert_put_signature(ch.pek, 1, OCA, 0x102, sig);
	ck_assert_uint_eq(u32(ch.pek + 0x418), 0x102);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pek, PEK), 0);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.oca), 0);
	set32(ch.pek + 0x418, 2);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.oca), -EBADMSG);
	set32(ch.pek + 0x418, 1); /* RSA: not with this key */
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.oca), -EINVAL);
	chain_close(&ch);
}
END_TEST

START_TEST(a_request_has_empty_slots)
{
	struct chain ch;

	chain_open(&ch);
	psp_cert_clear_signature(ch.pek, 1);
	psp_cert_clear_signature(ch.pek, 2);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pek, PEK), 0);
	ck_assert_int_eq(psp_cert_verify(ch.c, ch.pek, ch.oca), -ENOENT);
	ck_assert_uint_eq(u32(ch.pek + 0x414), NONE);
	ck_assert_uint_eq(u32(ch.pek + 0x61c), NONE);
	assert_zero(ch.pek + 0x418, 0x204);
	assert_zero(ch.pek + 0x620, 0x204);
	ch.pek[0x61b] = 1;
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pek, PEK), -EINVAL);
	/* OCA and PDH are nothing without their signature. */
	psp_cert_clear_signature(ch.oca, 1);
	psp_cert_clear_signature(ch.pdh, 1);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.oca, OCA), -EINVAL);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pdh, PDH), -EINVAL);
	chain_close(&ch);
}
END_TEST

/* One wrong dword at a time. */
START_TEST(structure_is_checked)
{
	static const struct {
		unsigned int offset;
		uint32_t value;
	} wrong[] = {
		{0x0, 0},	{0x0, 2},	{0x4, 0x10001}, {0x8, PDH},	    {0x8, NONE},
		{0xc, 0},	{0xc, 1},	{0xc, 3},	{0xc, 0x103},	    {0x10, 0},
		{0x10, 1},	{0x10, 3},	{0xa4, 1},	{0x410, 0x1000000}, {0x414, 0},
		{0x414, PEK},	{0x414, ASK},	{0x414, CEK},	{0x414, NONE},	    {0x418, 0},
		{0x418, 1},	{0x418, 3},	{0x418, 0x101}, {0x4ac, 1},	    {0x618, 1},
		{0x61c, OCA},	{0x61c, PEK},	{0x61c, NONE},	{0x620, 0},	    {0x620, 0x101},
		{0x14 + 48, 1}, {0x5c + 68, 1}, {0x820, 1},	{0x14, 0},
	};
	struct chain ch;

	chain_open(&ch);
	for (unsigned int i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		uint8_t cert[0x824];

		memcpy(cert, ch.pek, sizeof(cert));
		set32(cert + wrong[i].offset, wrong[i].value);
		ck_assert_msg(psp_cert_check(ch.c, cert, PEK) == -EINVAL, "%x at %x accepted",
			      wrong[i].value, wrong[i].offset);
	}
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pek, PEK), 0);
	chain_close(&ch);
}
END_TEST

START_TEST(each_usage_has_its_rules)
{
	static const uint32_t usages[] = {OCA, PEK, PDH, CEK};
	struct chain ch;
	uint8_t *const certs[] = {ch.oca, ch.pek, ch.pdh, ch.cek};

	chain_open(&ch);
	for (unsigned int cert = 0; cert < 4; cert++)
		for (unsigned int usage = 0; usage < 4; usage++)
			ck_assert_int_eq(psp_cert_check(ch.c, certs[cert], usages[usage]),
					 cert == usage ? 0 : -EINVAL);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.oca, ASK), -EINVAL);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.oca, 0), -EINVAL);
	/* the key of a PDH agrees, the others sign */
	set32(ch.pdh + 0xc, 2);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pdh, PDH), -EINVAL);
	set32(ch.pdh + 0xc, 0x103);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.pdh, PDH), 0);
	/* nobody signs these twice */
	set32(ch.oca + 0x620, 2);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.oca, OCA), -EINVAL);
	sign(&ch, ch.oca, 2, OCA, &ch.oca_key);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.oca, OCA), -EINVAL);
	sign(&ch, ch.cek, 1, OCA, &ch.oca_key);
	ck_assert_int_eq(psp_cert_check(ch.c, ch.cek, CEK), -EINVAL);
	chain_close(&ch);
}
END_TEST

START_TEST(points_come_out_as_they_went_in)
{
	struct chain ch;
	uint8_t pubkey[0x404], x[48], y[48];

	chain_open(&ch);
	ck_assert_int_eq(psp_cert_point(ch.pdh, x, y), 0);
	ck_assert_mem_eq(x, ch.pdh_key.x, 48);
	ck_assert_mem_eq(y, ch.pdh_key.y, 48);
	psp_pubkey_build(pubkey, x, y);
	ck_assert_mem_eq(pubkey, ch.pdh + 0x10, 0x404);
	ck_assert_int_eq(psp_pubkey_point(pubkey, x, y), 0);
	pubkey[4 + 71] = 1; /* x has more than 384 bits */
	ck_assert_int_eq(psp_pubkey_point(pubkey, x, y), -EINVAL);
	pubkey[4 + 71] = 0;
	set32(pubkey, 1); /* P-256 */
	ck_assert_int_eq(psp_pubkey_point(pubkey, x, y), -EINVAL);
	ck_assert_uint_eq(psp_cert_usage(ch.pdh), PDH);
	chain_close(&ch);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(fields_are_where_the_specification_has_them);
	SUITE_CASE(signatures_are_where_the_specification_has_them);
	SUITE_CASE(a_chain_verifies);
	SUITE_CASE(another_issuers_signature_is_refused);
	SUITE_CASE(an_issuer_needs_a_point_of_the_curve);
	SUITE_CASE(a_changed_bit_breaks_the_signature);
	SUITE_CASE(an_owner_may_sign_with_sha384);
	SUITE_CASE(a_request_has_empty_slots);
	SUITE_CASE(structure_is_checked);
	SUITE_CASE(each_usage_has_its_rules);
	SUITE_CASE(points_come_out_as_they_went_in);
}
