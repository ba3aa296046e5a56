/* SPDX-License-Identifier: MIT */
/* PEK_GEN, PDH_GEN, PEK_CSR, PDH_CERT_EXPORT, PEK_CERT_IMPORT: 55766, 5; judged by the owner. */
#include <string.h>

#include "psp/certs/kds.h"
#include "tests/psp/owner/crypto.h"
#include "tests/psp/sevplat.h"

static struct rig rig;
static struct owner_rand rand_;

/* AMD, whose root every test's owner trusts. */
static struct psp_kds *amd;
static uint8_t ark[0x640], ask[0x640];
static int ark_len, ask_len;

static void boot(void)
{
	const struct psp_kds_config config = {
		.seed = 1, .rsa_bits = 2048, .product = "Naples", .stepping = "B0"};

	ck_assert_int_eq(psp_kds_new(&amd, &config), 0);
	ark_len = psp_kds_amd_cert(amd, PSP_ARK, ark);
	ask_len = psp_kds_amd_cert(amd, PSP_ASK, ask);
	owner_rand_init(&rand_, "platform_certs");
	rig_new(&rig, NULL);
	expect_ok(init(&rig));
}

static void end(void)
{
	rig_free(&rig);
	psp_kds_free(amd);
}

/* Export and let the owner judge, from the ARK down. */
static void expect_trusted(struct certs *certs)
{
	uint8_t chain[CHAIN_LEN], cek[CERT_LEN];
	struct owner_platform platform = {
		.pdh = certs->pdh,
		.chain = chain,
		.cek = cek,
		.ask = ask,
		.ark = ark,
		.ask_size = (size_t)ask_len,
		.ark_size = (size_t)ark_len,
	};
	enum owner_check check;

	expect_ok(export(&rig, certs));
	memcpy(chain, rig.ram + CHAIN_AT, CHAIN_LEN);
	memcpy(cek, certs->cek, CERT_LEN);
	ck_assert_int_eq(psp_kds_sign_cek(amd, cek), 0);
	check = owner_platform_verify(&platform);
	ck_assert_msg(check == OWNER_OK, "the owner objects to %s", owner_check_text(check));
}

static bool externally_owned(void)
{
	uint8_t buf[12] = {0};

	expect_ok(rig_cmd(&rig, PSP_CMD_PLATFORM_STATUS, buf, sizeof(buf)));
	ck_assert_uint_le(buf[3], 1);
	return buf[3];
}

START_TEST(chain_leads_to_amd)
{
	struct certs certs;

	boot();
	expect_trusted(&certs);
	ck_assert(!externally_owned());
	end();
}
END_TEST

/* Version, API, usage, algorithm, curve; usage and algorithm of both slots. */
START_TEST(certificates_have_their_form)
{
	static const struct {
		size_t at;
		uint8_t api[2];
		uint32_t usage, algo, slot1[2], slot2[2];
	} forms[] = {
		{offsetof(struct certs, pdh), {1, 55}, 0x1003, 3, {0x1002, 2}, {0x1000, 0}},
		{offsetof(struct certs, pek), {1, 55}, 0x1002, 2, {0x1001, 2}, {0x1004, 2}},
		{offsetof(struct certs, oca), {1, 55}, 0x1001, 2, {0x1001, 2}, {0x1000, 0}},
		{offsetof(struct certs, cek), {0, 14}, 0x1004, 2, {0x1000, 0}, {0x1000, 0}},
	};
	struct certs certs;

	boot();
	expect_ok(export(&rig, &certs));
	for (size_t i = 0; i < sizeof(forms) / sizeof(forms[0]); i++) {
		const uint8_t *cert = (const uint8_t *)&certs + forms[i].at;

		ck_assert_uint_eq(get32(cert), 1);
		ck_assert_mem_eq(cert + 4, forms[i].api, 2);
		ck_assert_uint_eq(get16(cert + 6), 0);
		ck_assert_uint_eq(get32(cert + 8), forms[i].usage);
		ck_assert_uint_eq(get32(cert + 0xc), forms[i].algo);
		ck_assert_uint_eq(get32(cert + 0x10), 2);
		ck_assert_uint_eq(get32(cert + 0x414), forms[i].slot1[0]);
		ck_assert_uint_eq(get32(cert + 0x418), forms[i].slot1[1]);
		ck_assert_uint_eq(get32(cert + 0x61c), forms[i].slot2[0]);
		ck_assert_uint_eq(get32(cert + 0x620), forms[i].slot2[1]);
	}
	end();
}
END_TEST

START_TEST(pdh_gen_changes_the_pdh_alone)
{
	struct certs first, second;

	boot();
	expect_trusted(&first);
	expect_ok(sev(&rig, PSP_CMD_PDH_GEN));
	expect_trusted(&second);
	ck_assert_mem_ne(first.pdh + 0x14, second.pdh + 0x14, 48);
	expect_same(first.pek, second.pek);
	expect_same(first.oca, second.oca);
	expect_same(first.cek, second.cek);
	end();
}
END_TEST

START_TEST(pek_gen_changes_pek_and_pdh)
{
	struct certs first, second;

	boot();
	expect_trusted(&first);
	expect_ok(sev(&rig, PSP_CMD_PEK_GEN));
	expect_trusted(&second);
	ck_assert_mem_ne(first.pdh + 0x14, second.pdh + 0x14, 48);
	ck_assert_mem_ne(first.pek + 0x14, second.pek + 0x14, 48);
	expect_same(first.oca, second.oca);
	expect_same(first.cek, second.cek);
	end();
}
END_TEST

START_TEST(csr_asks_for_0x824_bytes)
{
	static const struct {
		uint64_t at;
		uint32_t len;
		int status;
	} cases[] = {
		{0, 0, PSP_INVALID_LENGTH},
		{0, CERT_LEN, PSP_INVALID_LENGTH},
		{CERT_AT, 0, PSP_INVALID_LENGTH},
		{CERT_AT, CERT_LEN - 1, PSP_INVALID_LENGTH},
		{RIG_RAM - CERT_LEN + 1, CERT_LEN, PSP_INVALID_ADDRESS},
		{CERT_AT, CERT_LEN, PSP_SUCCESS},
		{CERT_AT, 2 * CERT_LEN, PSP_SUCCESS},
	};
	uint8_t untouched[CERT_LEN];
	uint32_t needed;

	boot();
	memset(untouched, 0xa5, sizeof(untouched));
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(rig.ram + CERT_AT, 0xa5, 2 * CERT_LEN);
		expect_status(query(&rig, PSP_CMD_PEK_CSR, cases[i].at, cases[i].len, &needed),
			      cases[i].status);
		ck_assert_uint_eq(needed, CERT_LEN);
		if (cases[i].status)
			ck_assert_mem_eq(rig.ram + CERT_AT, untouched, CERT_LEN);
		ck_assert_mem_eq(rig.ram + CERT_AT + CERT_LEN, untouched, CERT_LEN);
	}
	end();
}
END_TEST

/* The PEK's certificate with both signatures empty. */
static void read_csr(uint8_t csr[CERT_LEN])
{
	uint32_t needed;

	expect_ok(query(&rig, PSP_CMD_PEK_CSR, CERT_AT, CERT_LEN, &needed));
	memcpy(csr, rig.ram + CERT_AT, CERT_LEN);
}

START_TEST(csr_is_the_pek_unsigned)
{
	static const uint8_t zeros[0x200];
	uint8_t csr[CERT_LEN];
	struct certs certs;

	boot();
	expect_ok(export(&rig, &certs));
	read_csr(csr);
	ck_assert_mem_eq(csr, certs.pek, 0x414);
	ck_assert_uint_eq(get32(csr + 0x414), 0x1000);
	ck_assert_uint_eq(get32(csr + 0x418), 0);
	ck_assert_mem_eq(csr + 0x41c, zeros, 0x200);
	ck_assert_uint_eq(get32(csr + 0x61c), 0x1000);
	ck_assert_uint_eq(get32(csr + 0x620), 0);
	ck_assert_mem_eq(csr + 0x624, zeros, 0x200);
	end();
}
END_TEST

START_TEST(export_asks_for_two_lengths)
{
	static const struct {
		uint64_t pdh;
		uint32_t pdh_len;
		uint64_t chain;
		uint32_t chain_len;
		int status;
	} cases[] = {
		{0, 0, 0, 0, PSP_INVALID_LENGTH},
		{0, CERT_LEN, CHAIN_AT, CHAIN_LEN, PSP_INVALID_LENGTH},
		{CERT_AT, CERT_LEN, 0, CHAIN_LEN, PSP_INVALID_LENGTH},
		{CERT_AT, CERT_LEN - 1, CHAIN_AT, CHAIN_LEN, PSP_INVALID_LENGTH},
		{CERT_AT, CERT_LEN, CHAIN_AT, CHAIN_LEN - 1, PSP_INVALID_LENGTH},
		{RIG_RAM, CERT_LEN, CHAIN_AT, CHAIN_LEN, PSP_INVALID_ADDRESS},
		{CERT_AT, CERT_LEN, RIG_RAM - CHAIN_LEN + 1, CHAIN_LEN, PSP_INVALID_ADDRESS},
		{CERT_AT, CERT_LEN, CHAIN_AT, CHAIN_LEN, PSP_SUCCESS},
		{CERT_AT, CERT_LEN + 1, CHAIN_AT, CHAIN_LEN + 1, PSP_SUCCESS},
	};
	static const uint8_t zeros[CHAIN_LEN];
	uint8_t buf[0x1c];

	boot();
	for (size_t i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		memset(rig.ram + CERT_AT, 0, CHAIN_AT + CHAIN_LEN - CERT_AT);
		memset(buf, 0, sizeof(buf));
		put64(buf, cases[i].pdh);
		put32(buf + 8, cases[i].pdh_len);
		put64(buf + 0x10, cases[i].chain);
		put32(buf + 0x18, cases[i].chain_len);
		expect_status(rig_cmd(&rig, PSP_CMD_PDH_CERT_EXPORT, buf, sizeof(buf)),
			      cases[i].status);
		ck_assert_uint_eq(get32(buf + 8), CERT_LEN);
		ck_assert_uint_eq(get32(buf + 0x18), CHAIN_LEN);
		ck_assert_int_eq(!memcmp(rig.ram + CERT_AT, zeros, CERT_LEN), cases[i].status != 0);
		ck_assert_int_eq(!memcmp(rig.ram + CHAIN_AT, zeros, CHAIN_LEN),
				 cases[i].status != 0);
	}
	end();
}
END_TEST

START_TEST(snp_wants_firmware_pages_to_write)
{
	static const uint8_t zeros[CERT_LEN];
	struct certs certs;
	uint32_t needed;

	boot();
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	rig_snp_init(&rig);
	expect_ok(init(&rig));
	expect_status(query(&rig, PSP_CMD_PEK_CSR, CERT_AT, CERT_LEN, &needed),
		      PSP_INVALID_PAGE_STATE);
	ck_assert_uint_eq(needed, CERT_LEN);
	rig_to_firmware(&rig, CERT_AT, 1);
	expect_ok(query(&rig, PSP_CMD_PEK_CSR, CERT_AT, CERT_LEN, &needed));

	memset(rig.ram + CERT_AT, 0, CERT_LEN);
	expect_status(export(&rig, &certs), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, RIG_CMD, 1);
	rig_to_firmware(&rig, CHAIN_AT, 1);
	expect_status(export(&rig, &certs), PSP_INVALID_PAGE_STATE);
	ck_assert_mem_eq(certs.pdh, zeros, CERT_LEN);
	rig_to_firmware(&rig, CHAIN_AT + RIG_PAGE, 1);
	expect_trusted(&certs);
	end();
}
END_TEST

/* What an owner sends for the platform's CSR. */
struct ownership {
	struct owner_ec_key key;
	uint8_t oca[CERT_LEN], pek[CERT_LEN];
};

static void make_ownership(struct ownership *o)
{
	static const uint8_t api[2] = {1, 55};
	uint8_t csr[CERT_LEN];

	read_csr(csr);
	owner_ec_generate(&o->key, &rand_);
	owner_oca_make(o->oca, api, &o->key);
	ck_assert_int_eq(owner_pek_import(o->pek, csr, &o->key), OWNER_OK);
}

static int import_lengths(const struct ownership *o, uint32_t pek_len, uint32_t oca_len)
{
	uint8_t buf[0x1c] = {0};

	memcpy(rig.ram + CERT_AT, o->pek, CERT_LEN);
	memcpy(rig.ram + CHAIN_AT, o->oca, CERT_LEN);
	put64(buf, CERT_AT);
	put32(buf + 8, pek_len);
	put64(buf + 0x10, CHAIN_AT);
	put32(buf + 0x18, oca_len);
	return rig_cmd_raw(&rig, PSP_CMD_PEK_CERT_IMPORT, buf, sizeof(buf));
}

static int import(const struct ownership *o)
{
	return import_lengths(o, CERT_LEN, CERT_LEN);
}

START_TEST(import_makes_an_owner)
{
	struct ownership o;
	struct certs first, second, third;

	boot();
	expect_trusted(&first);
	make_ownership(&o);
	expect_ok(import(&o));
	ck_assert(externally_owned());
	expect_trusted(&second);
	expect_same(second.oca, o.oca);
	ck_assert_mem_eq(second.pek, o.pek, 0x61c);
	ck_assert_mem_eq(second.pek, first.pek, 0x414);
	ck_assert_mem_ne(second.pdh + 0x14, first.pdh + 0x14, 48);
	expect_same(second.cek, first.cek);
	expect_status(import(&o), PSP_ALREADY_OWNED);
	expect_ok(sev(&rig, PSP_CMD_PDH_GEN));
	expect_trusted(&third);
	expect_same(third.oca, o.oca);
	end();
}
END_TEST

static void restart(void)
{
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(init(&rig));
}

/* An owner's launch: only who has the PDH's private key can unwrap the session. */
static int launch(const uint8_t pdh[CERT_LEN])
{
	uint8_t buf[0x24] = {0}, session_blob[OWNER_SESSION_SIZE], dh[CERT_LEN];
	struct owner_session session;
	struct owner_ec_key key;

	owner_ec_generate(&key, &rand_);
	owner_dh_make(dh, pdh, &key);
	ck_assert_int_eq(owner_session_start(&session, &rand_, &key, pdh, 0, session_blob),
			 OWNER_OK);
	memcpy(rig.ram + CERT_AT, dh, CERT_LEN);
	memcpy(rig.ram + CHAIN_AT, session_blob, sizeof(session_blob));
	put64(buf + 8, CERT_AT);
	put32(buf + 0x10, CERT_LEN);
	put64(buf + 0x18, CHAIN_AT);
	put32(buf + 0x20, OWNER_SESSION_SIZE);
	return rig_cmd(&rig, PSP_CMD_LAUNCH_START, buf, sizeof(buf));
}

/* Each private key does its work after it came out of storage. */
START_TEST(keys_come_back_with_their_private_halves)
{
	struct certs first, second;

	boot();
	expect_trusted(&first);
	restart();
	expect_ok(launch(first.pdh));
	restart();
	expect_ok(sev(&rig, PSP_CMD_PDH_GEN));
	expect_trusted(&second);
	expect_same(first.pek, second.pek);
	restart();
	expect_ok(sev(&rig, PSP_CMD_PEK_GEN));
	expect_trusted(&second);
	expect_same(first.oca, second.oca);
	end();
}
END_TEST

START_TEST(ownership_lasts_until_a_reset)
{
	struct ownership o;
	struct certs owned, certs;

	boot();
	make_ownership(&o);
	expect_ok(import(&o));
	expect_trusted(&owned);
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	ck_assert(!externally_owned());
	expect_ok(init(&rig));
	ck_assert(externally_owned());
	psp_reset(rig.psp);
	expect_ok(init(&rig));
	ck_assert(externally_owned());
	expect_trusted(&certs);
	ck_assert_mem_eq(&certs, &owned, sizeof(certs));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(sev(&rig, PSP_CMD_PLATFORM_RESET));
	expect_ok(init(&rig));
	ck_assert(!externally_owned());
	expect_trusted(&certs);
	expect_other(certs.oca, owned.oca);
	end();
}
END_TEST

START_TEST(pek_gen_ends_ownership)
{
	struct ownership o;
	struct certs owned, certs;

	boot();
	make_ownership(&o);
	expect_ok(import(&o));
	expect_trusted(&owned);
	expect_ok(sev(&rig, PSP_CMD_PEK_GEN));
	ck_assert(!externally_owned());
	expect_trusted(&certs);
	expect_other(certs.oca, owned.oca);
	expect_other(certs.pek, owned.pek);
	expect_other(certs.pdh, owned.pdh);
	make_ownership(&o);
	expect_ok(import(&o));
	end();
}
END_TEST

START_TEST(import_checks_lengths_and_addresses)
{
	uint8_t buf[0x1c] = {0};
	struct ownership o;

	boot();
	make_ownership(&o);
	expect_status(import_lengths(&o, CERT_LEN - 1, CERT_LEN), PSP_INVALID_LENGTH);
	expect_status(import_lengths(&o, CERT_LEN + 1, CERT_LEN), PSP_INVALID_LENGTH);
	expect_status(import_lengths(&o, CERT_LEN, CERT_LEN - 1), PSP_INVALID_LENGTH);
	expect_status(import_lengths(&o, CERT_LEN, 0), PSP_INVALID_LENGTH);
	for (unsigned int wrong = 0; wrong < 2; wrong++) {
		put64(buf, wrong == 0 ? RIG_RAM : CERT_AT);
		put32(buf + 8, CERT_LEN);
		put64(buf + 0x10, wrong == 1 ? RIG_RAM - 16 : CHAIN_AT);
		put32(buf + 0x18, CERT_LEN);
		expect_status(rig_cmd_raw(&rig, PSP_CMD_PEK_CERT_IMPORT, buf, sizeof(buf)),
			      PSP_INVALID_ADDRESS);
	}
	expect_ok(import(&o));
	end();
}
END_TEST

/* One changed byte. A signature's byte breaks it; so does a signed byte that has no rule. */
START_TEST(import_refuses_changed_certificates)
{
	static const struct {
		bool oca;
		unsigned int at;
		uint8_t bits;
		int status;
	} changes[] = {
		{true, 0x000, 3, PSP_INVALID_CERTIFICATE},    /* version */
		{true, 0x005, 1, PSP_BAD_SIGNATURE},	      /* API minor */
		{true, 0x006, 1, PSP_INVALID_CERTIFICATE},    /* reserved */
		{true, 0x008, 3, PSP_INVALID_CERTIFICATE},    /* usage */
		{true, 0x00c, 1, PSP_INVALID_CERTIFICATE},    /* ECDH */
		{true, 0x010, 3, PSP_INVALID_CERTIFICATE},    /* P-256 */
		{true, 0x014, 1, PSP_INVALID_CERTIFICATE},    /* x: no point */
		{true, 0x05b, 1, PSP_INVALID_CERTIFICATE},    /* x: more than 384 bits */
		{true, 0x413, 1, PSP_INVALID_CERTIFICATE},    /* end of the key */
		{true, 0x414, 3, PSP_INVALID_CERTIFICATE},    /* signer: PEK */
		{true, 0x41c, 1, PSP_BAD_SIGNATURE},	      /* r */
		{true, 0x464, 1, PSP_BAD_SIGNATURE},	      /* s */
		{true, 0x61d, 0x10, PSP_INVALID_CERTIFICATE}, /* signer of slot 2: 0 */
		{false, 0x000, 3, PSP_INVALID_CERTIFICATE},
		{false, 0x005, 1, PSP_BAD_SIGNATURE},
		{false, 0x008, 1, PSP_INVALID_CERTIFICATE},
		{false, 0x00c, 1, PSP_INVALID_CERTIFICATE},
		{false, 0x014, 1, PSP_INVALID_CERTIFICATE},
		{false, 0x414, 3, PSP_INVALID_CERTIFICATE},
		{false, 0x418, 1, PSP_INVALID_CERTIFICATE},
		{false, 0x41c, 1, PSP_BAD_SIGNATURE},
		{false, 0x464, 0x80, PSP_BAD_SIGNATURE},
	};
	struct ownership o, bad;
	struct certs first, second;

	boot();
	expect_ok(export(&rig, &first));
	make_ownership(&o);
	for (size_t i = 0; i < sizeof(changes) / sizeof(changes[0]); i++) {
		int status;

		bad = o;
		(changes[i].oca ? bad.oca : bad.pek)[changes[i].at] ^= changes[i].bits;
		status = import(&bad);
		ck_assert_msg(status == changes[i].status, "%s, byte 0x%x: %s",
			      changes[i].oca ? "OCA" : "PEK", changes[i].at,
			      psp_status_name((unsigned int)status));
	}
	ck_assert(!externally_owned());
	expect_ok(export(&rig, &second));
	ck_assert_mem_eq(&first, &second, sizeof(first));
	expect_ok(import(&o));
	end();
}
END_TEST

/* Certificates that are whole, but not for each other, or not for this platform. */
START_TEST(import_refuses_what_does_not_belong_together)
{
	static const uint8_t api[2] = {1, 55};
	struct ownership o, other, bad;
	struct owner_ec_key key;

	boot();
	make_ownership(&o);
	make_ownership(&other);
	bad = o;
	memcpy(bad.oca, other.oca, CERT_LEN);
	expect_status(import(&bad), PSP_BAD_SIGNATURE);

	/* Another key's PEK, rightly signed. */
	bad = o;
	owner_ec_generate(&key, &rand_);
	owner_cert_make(bad.pek, api, OWNER_USAGE_PEK, OWNER_ALGO_ECDSA_SHA256, &key);
	owner_cert_sign(bad.pek, OWNER_CERT_SIG1, OWNER_USAGE_OCA, &o.key);
	expect_status(import(&bad), PSP_INVALID_CERTIFICATE);

	/* The CSR without a signature. */
	bad = o;
	read_csr(bad.pek);
	expect_status(import(&bad), PSP_INVALID_CERTIFICATE);

	/* An OCA that another key has signed. */
	bad = o;
	owner_cert_sign(bad.oca, OWNER_CERT_SIG1, OWNER_USAGE_OCA, &key);
	expect_status(import(&bad), PSP_BAD_SIGNATURE);

	/* After PEK_GEN, the PEK is another. */
	expect_ok(sev(&rig, PSP_CMD_PEK_GEN));
	expect_status(import(&o), PSP_INVALID_CERTIFICATE);
	end();
}
END_TEST

/* The same with SHA-384, algorithm 0x102. */
static void sign_sha384(uint8_t *cert, const struct owner_ec_key *key)
{
	uint8_t digest[48];

	owner_sha384(cert, 0x414, digest);
	put32(cert + 0x414, OWNER_USAGE_OCA);
	put32(cert + 0x418, 0x102);
	owner_ecdsa_sign(key, digest, sizeof(digest), cert + 0x41c);
}

START_TEST(import_takes_sha384)
{
	struct ownership o;
	struct certs certs;

	boot();
	make_ownership(&o);
	sign_sha384(o.oca, &o.key);
	sign_sha384(o.pek, &o.key);
	o.pek[0x41c] ^= 1;
	expect_status(import(&o), PSP_BAD_SIGNATURE);
	o.pek[0x41c] ^= 1;
	expect_ok(import(&o));
	ck_assert(externally_owned());
	expect_ok(export(&rig, &certs));
	ck_assert_mem_eq(certs.pek, o.pek, 0x61c);
	end();
}
END_TEST

/* An exported PEK has the CEK's signature; the platform makes its own again, whatever it is. */
START_TEST(import_signs_the_pek_anew)
{
	struct ownership o;
	struct certs certs;

	boot();
	expect_ok(export(&rig, &certs));
	make_ownership(&o);
	memcpy(o.pek + 0x61c, certs.pek + 0x61c, 8 + 0x200);
	o.pek[0x624] ^= 1;
	expect_ok(import(&o));
	expect_trusted(&certs);
	end();
}
END_TEST

START_TEST(import_is_stored)
{
	static uint8_t nv[NV_LEN];
	struct ownership o;
	struct certs owned, certs;

	boot();
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	expect_ok(init_ex(&rig));
	make_ownership(&o);
	expect_ok(import(&o));
	expect_ok(export(&rig, &owned));
	memcpy(nv, rig.ram + NV_AT, NV_LEN);
	end();

	boot();
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	memcpy(rig.ram + NV_AT, nv, NV_LEN);
	expect_ok(init_ex(&rig));
	ck_assert(externally_owned());
	expect_trusted(&certs);
	ck_assert_mem_eq(&certs, &owned, sizeof(certs));
	end();
}
END_TEST

START_TEST(corruption_ends_ownership)
{
	struct ownership o;
	struct certs certs;

	boot();
	make_ownership(&o);
	expect_ok(import(&o));
	expect_ok(sev(&rig, PSP_CMD_SHUTDOWN));
	rig_fault(&rig, "psp.nv-corrupt", 1, 1);
	expect_status(init(&rig), PSP_SECURE_DATA_INVALID);
	expect_ok(init(&rig));
	ck_assert(!externally_owned());
	expect_trusted(&certs);
	expect_other(certs.oca, o.oca);
	end();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(chain_leads_to_amd);
	SUITE_CASE(certificates_have_their_form);
	SUITE_CASE(pdh_gen_changes_the_pdh_alone);
	SUITE_CASE(pek_gen_changes_pek_and_pdh);
	SUITE_CASE(csr_asks_for_0x824_bytes);
	SUITE_CASE(csr_is_the_pek_unsigned);
	SUITE_CASE(export_asks_for_two_lengths);
	SUITE_CASE(snp_wants_firmware_pages_to_write);
	SUITE_CASE(import_makes_an_owner);
	SUITE_CASE(keys_come_back_with_their_private_halves);
	SUITE_CASE(ownership_lasts_until_a_reset);
	SUITE_CASE(pek_gen_ends_ownership);
	SUITE_CASE(import_checks_lengths_and_addresses);
	SUITE_CASE(import_refuses_changed_certificates);
	SUITE_CASE(import_refuses_what_does_not_belong_together);
	SUITE_CASE(import_takes_sha384);
	SUITE_CASE(import_signs_the_pek_anew);
	SUITE_CASE(import_is_stored);
	SUITE_CASE(corruption_ends_ownership);
}
