/* SPDX-License-Identifier: MIT */
/* Curve P-384 of psp/crypto/crypto.h. */
#include <errno.h>

#include "tests/psp/bytes.h"
#include "tests/psp/crypto_rig.h"
#include "tests/suite.h"

/* RFC 6979 A.2.6: key and signatures of P-384. */
static const char rfc6979_d[] = "6B9D3DAD2E1B8C1C05B19875B6659F4DE23C3B667BF297BA"
				"9AA47740787137D896D5724E4C70A825F872C9EA60D2EDF5";
static const char rfc6979_x[] = "EC3A4E415B4E19A4568618029F427FA5DA9A8BC4AE92E02E"
				"06AAE5286B300C64DEF8F0EA9055866064A254515480BC13";
static const char rfc6979_y[] = "8015D9B72D7D57244EA8EF9AC0C621896708A59367F9DFB9"
				"F54CA84B3F1C9DB1288B231C3AE0D4FE7344FD2533264720";

static const struct signature {
	enum psp_digest digest;
	const char *message, *r, *s;
} signatures[] = {
	{PSP_SHA256, "sample",
	 "21B13D1E013C7FA1392D03C5F99AF8B30C570C6F98D4EA8E"
	 "354B63A21D3DAA33BDE1E888E63355D92FA2B3C36D8FB2CD",
	 "F3AA443FB107745BF4BD77CB3891674632068A10CA67E3D4"
	 "5DB2266FA7D1FEEBEFDC63ECCD1AC42EC0CB8668A4FA0AB0"},
	{PSP_SHA384, "sample",
	 "94EDBB92A5ECB8AAD4736E56C691916B3F88140666CE9FA7"
	 "3D64C4EA95AD133C81A648152E44ACF96E36DD1E80FABE46",
	 "99EF4AEB15F178CEA1FE40DB2603138F130E740A19624526"
	 "203B6351D0A3A94FA329C145786E679E7B82C71A38628AC8"},
	{PSP_SHA384, "test",
	 "8203B63D3C853E8D77227FB377BCF7B7B772E97892A80F36"
	 "AB775D509D7A5FEB0542A7F0812998DA8F1DD3CA3CF023DB",
	 "DDD0760448D42D8A43AF45AF836FCE4DE8BE06B485E9B61B"
	 "827C2F13173923E06A739F040649A667BF3B828246BAA5A5"},
};

/* SP 800-186, P-384 */
static const char order[] = "ffffffffffffffffffffffffffffffffffffffffffffffff"
			    "c7634d81f4372ddf581a0db248b0a77aecec196accc52973";
static const char prime[] = "ffffffffffffffffffffffffffffffffffffffffffffffff"
			    "fffffffffffffffeffffffff0000000000000000ffffffff";
static const char generator_x[] = "aa87ca22be8b05378eb1c71ef320ad746e1d3b628ba79b98"
				  "59f741e082542a385502f25dbf55296c3a545e3872760ab7";
static const char generator_y[] = "3617de4a96262c6f5d9e98bf9292dc29f8f41dbd289a147c"
				  "e9da3113b5f0b8c00a60b1ce1d7e819d7a431d7c90ea0e5f";

/* Big-endian text to the 72 little-endian bytes of a signature. */
static void put_le(uint8_t field[72], const char *text)
{
	const struct bytes b = unhex(text);

	memset(field, 0, 72);
	for (size_t i = 0; i < b.len; i++)
		field[i] = b.p[b.len - 1 - i];
}

static int verify(struct psp_crypto *c, const struct signature *s, const char *message,
		  const uint8_t sig[144])
{
	const struct bytes x = unhex(rfc6979_x), y = unhex(rfc6979_y);

	return psp_ec_verify(c, x.p, y.p, s->digest, message, strlen(message), sig);
}

START_TEST(signatures_of_rfc_6979_are_accepted)
{
	struct psp_crypto *c = open_crypto();
	uint8_t sig[144];

	for (unsigned int i = 0; i < 3; i++) {
		const struct signature *s = &signatures[i];
		struct signature other = *s;

		put_le(sig, s->r);
		put_le(sig + 72, s->s);
		ck_assert_int_eq(verify(c, s, s->message, sig), 0);
		ck_assert_int_eq(verify(c, s, "Sample", sig), -EBADMSG);
		other.digest = s->digest == PSP_SHA256 ? PSP_SHA384 : PSP_SHA256;
		ck_assert_int_eq(verify(c, &other, s->message, sig), -EBADMSG);
	}
	close_crypto(c);
}
END_TEST

START_TEST(a_changed_bit_anywhere_in_a_signature_is_found)
{
	const struct signature *s = &signatures[1];
	struct psp_crypto *c = open_crypto();
	uint8_t sig[144];

	put_le(sig, s->r);
	put_le(sig + 72, s->s);
	for (unsigned int i = 0; i < 144; i++) { /* the 24 bytes of padding as well */
		sig[i] ^= 1 << i % 8;
		ck_assert_int_eq(verify(c, s, s->message, sig), -EBADMSG);
		sig[i] ^= 1 << i % 8;
	}
	ck_assert_int_eq(verify(c, s, s->message, sig), 0);
	close_crypto(c);
}
END_TEST

/* r and s are in 1 … order - 1 (FIPS 186-4 6.4). s + order would verify if it were reduced. */
START_TEST(numbers_out_of_range_are_refused)
{
	const struct signature *s = &signatures[1];
	struct psp_crypto *c = open_crypto();
	const struct bytes n = unhex(order);
	uint8_t sig[144], good[144];
	unsigned int carry = 0;

	put_le(good, s->r);
	put_le(good + 72, s->s);
	for (unsigned int half = 0; half < 144; half += 72) {
		memcpy(sig, good, sizeof(sig));
		memset(sig + half, 0, 72);
		ck_assert_int_eq(verify(c, s, s->message, sig), -EBADMSG);
		put_le(sig + half, order);
		ck_assert_int_eq(verify(c, s, s->message, sig), -EBADMSG);
		memset(sig + half, 0xff, 72);
		ck_assert_int_eq(verify(c, s, s->message, sig), -EBADMSG);
	}
	memcpy(sig, good, sizeof(sig));
	for (unsigned int i = 0; i <= 48; i++) {
		carry += sig[72 + i] + (i < 48 ? n.p[47 - i] : 0u);
		sig[72 + i] = (uint8_t)carry;
		carry >>= 8;
	}
	ck_assert_int_eq(verify(c, s, s->message, sig), -EBADMSG);
	close_crypto(c);
}
END_TEST

START_TEST(own_signatures_are_accepted)
{
	const struct bytes d = unhex(rfc6979_d), x = unhex(rfc6979_x), y = unhex(rfc6979_y);
	struct psp_crypto *c = open_crypto();
	struct psp_ec_key key;
	uint8_t sig[144], second[144];

	memcpy(key.d, d.p, 48);
	memcpy(key.x, x.p, 48);
	memcpy(key.y, y.p, 48);
	for (unsigned int i = 0; i < 2; i++) {
		const struct signature *s = &signatures[i];

		ck_assert_int_eq(psp_ec_sign(c, &key, s->digest, "data", 4, sig), 0);
		ck_assert_int_eq(verify(c, s, "data", sig), 0);
		ck_assert_int_eq(verify(c, s, "Data", sig), -EBADMSG);
	}
	ck_assert_int_eq(psp_ec_sign(c, &key, PSP_SHA384, "data", 4, second), 0);
	ck_assert_mem_ne(sig, second, 144); /* no nonce twice */
	close_crypto(c);
}
END_TEST

START_TEST(private_keys_out_of_range_are_refused)
{
	const struct bytes x = unhex(generator_x), y = unhex(generator_y), n = unhex(order);
	struct psp_crypto *c = open_crypto();
	struct psp_ec_key key = {0};
	uint8_t sig[144], z[48];

	memcpy(key.x, x.p, 48);
	memcpy(key.y, y.p, 48);
	ck_assert_int_eq(psp_ec_sign(c, &key, PSP_SHA384, "", 0, sig), -EINVAL);
	ck_assert_int_eq(psp_ecdh(c, &key, x.p, y.p, z), -EINVAL);
	memcpy(key.d, n.p, 48);
	ck_assert_int_eq(psp_ec_sign(c, &key, PSP_SHA384, "", 0, sig), -EINVAL);
	memset(key.d, 0, 48);
	key.d[47] = 1;
	ck_assert_int_eq(psp_ec_sign(c, &key, PSP_SHA384, "", 0, sig), 0);
	ck_assert_int_eq(psp_ec_verify(c, x.p, y.p, PSP_SHA384, "", 0, sig), 0);
	close_crypto(c);
}
END_TEST

/* NIST CAVP, KAS_ECC_CDH_PrimitiveTest, [P-384] COUNT = 0 */
static const char cavp_peer_x[] = "a7c76b970c3b5fe8b05d2838ae04ab47697b9eaf52e76459"
				  "2efda27fe7513272734466b400091adbf2d68c58e0c50066";
static const char cavp_peer_y[] = "ac68f19f2e1cb879aed43a9969b91a0839c4c38a49749b66"
				  "1efedf243451915ed0905a32b060992b468c64766fc8437a";
static const char cavp_d[] = "3cc3122a68f0d95027ad38c067916ba0eb8c38894d22e1b1"
			     "5618b6818a661774ad463b205da88cf699ab4d43c9cf98a1";
static const char cavp_x[] = "9803807f2f6d2fd966cdd0290bd410c0190352fbec7ff624"
			     "7de1302df86f25d34fe4a97bef60cff548355c015dbb3e5f";
static const char cavp_y[] = "ba26ca69ec2f5b5d9dad20cc9da711383a9dbe34ea3fa5a2"
			     "af75b46502629ad54dd8b7d73a8abb06a3a3be47d650cc99";
static const char cavp_z[] = "5f9d29dc5e31a163060356213669c8ce132e22f57c9a04f4"
			     "0ba7fcead493b457e5621e766c40a2e3d4d6a04b25e533f1";

static struct psp_ec_key cavp_key(void)
{
	const struct bytes d = unhex(cavp_d), x = unhex(cavp_x), y = unhex(cavp_y);
	struct psp_ec_key key;

	memcpy(key.d, d.p, 48);
	memcpy(key.x, x.p, 48);
	memcpy(key.y, y.p, 48);
	return key;
}

START_TEST(key_agreement_of_nist)
{
	const struct bytes x = unhex(cavp_peer_x), y = unhex(cavp_peer_y);
	struct psp_crypto *c = open_crypto();
	const struct psp_ec_key key = cavp_key();
	uint8_t z[48];

	ck_assert_int_eq(psp_ecdh(c, &key, x.p, y.p, z), 0);
	ck_assert_bytes(z, cavp_z);
	close_crypto(c);
}
END_TEST

START_TEST(both_sides_agree)
{
	struct psp_crypto *c = open_crypto();
	struct psp_ec_key a, b;
	uint8_t za[48], zb[48];

	ck_assert_int_eq(psp_ec_generate(c, &a), 0);
	ck_assert_int_eq(psp_ec_generate(c, &b), 0);
	ck_assert_mem_ne(a.d, b.d, 48);
	ck_assert_int_eq(psp_ecdh(c, &a, b.x, b.y, za), 0);
	ck_assert_int_eq(psp_ecdh(c, &b, a.x, a.y, zb), 0);
	ck_assert_mem_eq(za, zb, 48);
	close_crypto(c);
}
END_TEST

/* Points off the curve, beyond the prime, and zero. */
START_TEST(invalid_points_are_refused)
{
	const struct bytes x = unhex(cavp_peer_x), y = unhex(cavp_peer_y), p = unhex(prime);
	struct psp_crypto *c = open_crypto();
	const struct psp_ec_key key = cavp_key();
	struct psp_ec_key own = key;
	struct bytes bad[4][2] = {{x, y}, {x, y}, {p, y}, {{0}, {0}}};
	uint8_t z[48], sig[144] = {0};

	bad[0][1].p[47] ^= 1;
	bad[1][0].p[0] ^= 0x80;
	for (unsigned int i = 0; i < 4; i++) {
		const uint8_t *bx = bad[i][0].p, *by = bad[i][1].p;

		ck_assert_int_eq(psp_ecdh(c, &key, bx, by, z), -EINVAL);
		ck_assert_int_eq(psp_ec_verify(c, bx, by, PSP_SHA384, "", 0, sig), -EINVAL);
	}
	own.y[0] ^= 1;
	ck_assert_int_eq(psp_ec_sign(c, &own, PSP_SHA384, "", 0, sig), -EINVAL);
	close_crypto(c);
}
END_TEST

/* One secret, one key, with a public half that belongs to it. */
START_TEST(derived_keys_depend_on_the_secret_alone)
{
	struct psp_crypto *c = open_crypto(), *other = psp_crypto_new(2);
	struct psp_ec_key a, b, third;
	uint8_t sig[144];

	ck_assert_int_eq(psp_ec_derive(c, "secret", 6, &a), 0);
	ck_assert_int_eq(psp_ec_derive(other, "secret", 6, &b), 0);
	ck_assert_mem_eq(&a, &b, sizeof(a));
	ck_assert_int_eq(psp_ec_derive(c, "secres", 6, &third), 0);
	ck_assert_mem_ne(a.d, third.d, 48);
	ck_assert_int_eq(psp_ec_sign(c, &a, PSP_SHA256, "m", 1, sig), 0);
	ck_assert_int_eq(psp_ec_verify(c, a.x, a.y, PSP_SHA256, "m", 1, sig), 0);
	ck_assert_int_eq(psp_ec_verify(c, third.x, third.y, PSP_SHA256, "m", 1, sig), -EBADMSG);
	psp_crypto_free(other);
	close_crypto(c);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(signatures_of_rfc_6979_are_accepted);
	SUITE_CASE(a_changed_bit_anywhere_in_a_signature_is_found);
	SUITE_CASE(numbers_out_of_range_are_refused);
	SUITE_CASE(own_signatures_are_accepted);
	SUITE_CASE(private_keys_out_of_range_are_refused);
	SUITE_CASE(key_agreement_of_nist);
	SUITE_CASE(both_sides_agree);
	SUITE_CASE(invalid_points_are_refused);
	SUITE_CASE(derived_keys_depend_on_the_secret_alone);
}
