/* SPDX-License-Identifier: MIT */
/* LAUNCH_* (55766, 6) against an independent guest owner. */
#include <stdio.h>
#include <string.h>

#include "psp/sev/guest.h"
#include "tests/psp/guest.h"
#include "tests/suite.h"

static int measure(struct rig *rig, uint32_t handle)
{
	return guest_range(rig, PSP_CMD_LAUNCH_MEASURE, handle, AT_OUT, 0x30, NULL);
}

static int update(struct rig *rig, uint32_t handle, uint64_t pa, uint32_t len)
{
	return guest_range(rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, pa, len, NULL);
}

static int update_vmsa(struct rig *rig, uint32_t handle, uint64_t pa, uint32_t len)
{
	return guest_range(rig, PSP_CMD_LAUNCH_UPDATE_VMSA, handle, pa, len, NULL);
}

/* A guest with a session, active. */
static uint32_t start(struct rig *rig, struct guest_owner *owner, uint32_t policy)
{
	uint32_t handle;

	guest_owner(rig, owner, "launch", policy);
	expect_ok(guest_start(rig, PSP_CMD_LAUNCH_START, policy, 0, true, &handle));
	expect_ok(guest_activate(rig, handle, policy & ES ? ASID_ES : ASID_SEV));
	return handle;
}

/*
 * Known answers of sev-tool and the sev crate: all keys zero; a launch of nothing.
 */
static void from_hex(const char *hex, uint8_t *out, size_t len)
{
	for (size_t i = 0; i < len; i++)
		ck_assert_int_eq(sscanf(hex + 2 * i, "%2hhx", &out[i]), 1);
}

#define expect_hex(got, hex)                                                                       \
	do {                                                                                       \
		uint8_t want_[(sizeof(hex) - 1) / 2];                                              \
		from_hex(hex, want_, sizeof(want_));                                               \
		ck_assert_mem_eq(got, want_, sizeof(want_));                                       \
	} while (0)

START_TEST(known_answer_of_a_session)
{
	static const uint8_t zero[16];
	struct psp_crypto *c = psp_crypto_new(1);
	struct psp_transport keys = {0};
	struct psp_wrap wrap;
	uint8_t blob[0x80] = {0};

	psp_session_keys(c, zero, 16, zero, &wrap);
	expect_hex(wrap.kek, "b6abfbfb75ea1ea74ed8750b8afdb973");
	expect_hex(wrap.kik, "53b524bf5669a363f365c864acba8572");
	psp_session_seal(c, &wrap, 0, &keys, blob);
	expect_hex(blob + 0x10, "2137bc7f9bb8bd7c3e55a576a15d3454"
				"b3856b8ba27afadf46dcfee9f02c02c4");
	expect_hex(blob + 0x40, "3176c075");
	expect_hex(blob + 0x5d, "aeed7d");
	expect_hex(blob + 0x60, "aa7855e1");
	expect_hex(blob + 0x7d, "87b4af");
	psp_crypto_free(c);
}
END_TEST

START_TEST(known_answer_of_a_measurement)
{
	struct psp_guest guest = {0};
	struct psp_config config;
	struct rig rig;
	uint8_t digest[32], mnonce[16], mac[32];

	psp_config_default(&config);
	config.snp = false;
	config.api_major = 0;
	config.api_minor = 18;
	config.build = 0xf;
	rig_new(&rig, &config);
	ck_assert_ptr_nonnull(psp_crypto(rig.psp));
	from_hex("66320db73158a35a255d051758e95ed4", guest.tik, 16);
	from_hex("4fbe0bedbad6c86ae8f68971d103e554", mnonce, 16);
	from_hex("e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855", digest, 32);
	psp_guest_measure(rig.psp, &guest, digest, mnonce, mac);
	expect_hex(mac, "6faab2daae389bcd3405a05d6cafe33c0414f7bedd0bae19ba5f38b7fd1664ea");
	rig_free(&rig);
}
END_TEST

/* What was launched, in order, is what the owner measures; the VMSA counts as data does. */
static void measured_launch(const struct psp_config *config, uint32_t policy)
{
	static uint8_t data[5 * 4096 + 48], more[16], vmsa[4096], got[sizeof(data)];
	struct owner_part parts[] = {{data, sizeof(data)}, {more, sizeof(more)}, {vmsa, 4096}};
	struct guest_owner owner;
	struct rig rig;
	uint8_t digest[32];
	uint32_t handle, asid = policy & ES ? ASID_ES : ASID_SEV;

	rig_new(&rig, config);
	rig_init(&rig);
	handle = start(&rig, &owner, policy);
	guest_pattern(data, sizeof(data), 1);
	guest_pattern(more, sizeof(more), 2);
	guest_pattern(vmsa, sizeof(vmsa), 3);
	memcpy(rig.ram + AT_GUEST + 0xff0, data, sizeof(data));
	memcpy(rig.ram + AT_GUEST + 0x20000, more, sizeof(more));
	memcpy(rig.ram + AT_GUEST + 0x30000, vmsa, sizeof(vmsa));
	expect_ok(update(&rig, handle, AT_GUEST + 0xff0, sizeof(data)));
	expect_ok(update(&rig, handle, AT_GUEST + 0x20000, sizeof(more)));
	if (policy & ES)
		expect_ok(update_vmsa(&rig, handle, AT_GUEST + 0x30000, 4096));
	ck_assert_mem_ne(rig.ram + AT_GUEST + 0xff0, data, 16);
	guest_read(&rig, asid, AT_GUEST + 0xff0, got, sizeof(data));
	ck_assert_mem_eq(got, data, sizeof(data));

	expect_ok(measure(&rig, handle));
	ck_assert_int_eq(guest_state(&rig, handle), PSP_G_LSECRET);
	owner_sev_digest(parts, policy & ES ? 3 : 2, digest);
	ck_assert_int_eq(owner_measure_verify(&owner.session, platform_version(&rig), digest,
					      rig.ram + AT_OUT),
			 OWNER_OK);
	expect_ok(guest_cmd(&rig, PSP_CMD_LAUNCH_FINISH, handle));
	ck_assert_int_eq(guest_state(&rig, handle), PSP_G_RUNNING);
	rig_free(&rig);
}

START_TEST(owner_confirms_the_measurement)
{
	measured_launch(NULL, NODBG);
}
END_TEST

START_TEST(owner_confirms_the_measurement_with_a_vmsa)
{
	measured_launch(NULL, ES | NOKS);
}
END_TEST

START_TEST(old_firmware_measures_without_its_version)
{
	struct psp_config config;

	psp_config_default(&config);
	config.snp = false;
	config.api_major = 0;
	config.api_minor = 16;
	measured_launch(&config, 0);
	config.api_minor = 17;
	measured_launch(&config, 0);
}
END_TEST

START_TEST(start_answers_lengths_and_certificates)
{
	uint8_t buf[0x24] = {0};
	struct guest_owner owner;
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	guest_owner(&rig, &owner, "launch", 0);
	put64(buf + 8, AT_CERT);
	put32(buf + 0x10, 0x823);
	put64(buf + 0x18, AT_SESSION);
	put32(buf + 0x20, 0x80);
	expect_status(rig_cmd(&rig, PSP_CMD_LAUNCH_START, buf, sizeof(buf)), PSP_INVALID_LENGTH);
	put32(buf + 0x10, 0x824);
	put32(buf + 0x20, 0x7f);
	expect_status(rig_cmd(&rig, PSP_CMD_LAUNCH_START, buf, sizeof(buf)), PSP_INVALID_LENGTH);
	put32(buf + 0x20, 0);
	expect_status(rig_cmd(&rig, PSP_CMD_LAUNCH_START, buf, sizeof(buf)), PSP_INVALID_LENGTH);
	put32(buf + 0x20, 0x80);
	put64(buf + 0x18, RIG_RAM);
	expect_status(rig_cmd(&rig, PSP_CMD_LAUNCH_START, buf, sizeof(buf)), PSP_INVALID_ADDRESS);
	put64(buf + 0x18, AT_SESSION);
	put64(buf + 8, RIG_RAM - 0x823);
	expect_status(rig_cmd(&rig, PSP_CMD_LAUNCH_START, buf, sizeof(buf)), PSP_INVALID_ADDRESS);
	ck_assert_uint_eq(get32(buf), 0);

	for (size_t at = 0; at < 0x14; at += at ? 4 : 8) { /* version, usage, algorithm, curve */
		rig.ram[AT_CERT + at] ^= 0x40;
		expect_status(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, 0, true, &handle),
			      PSP_INVALID_CERTIFICATE);
		rig.ram[AT_CERT + at] ^= 0x40;
	}
	rig.ram[AT_CERT + 0x14] ^= 1; /* x: off the curve, or another point */
	expect_status(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, 0, true, &handle),
		      PSP_INVALID_CERTIFICATE);
	rig.ram[AT_CERT + 0x14] ^= 1;
	expect_ok(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, 0, true, &handle));
	rig_free(&rig);
}
END_TEST

START_TEST(start_believes_no_altered_session)
{
	struct guest_owner owner;
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	guest_owner(&rig, &owner, "launch", NODBG);
	for (size_t at = 0; at < 0x80; at += 5) {
		rig.ram[AT_SESSION + at] ^= 1;
		expect_status(guest_start(&rig, PSP_CMD_LAUNCH_START, NODBG, 0, true, &handle),
			      PSP_BAD_MEASUREMENT);
		rig.ram[AT_SESSION + at] ^= 1;
	}
	expect_status(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, 0, true, &handle),
		      PSP_BAD_MEASUREMENT);
	ck_assert_uint_eq(handle, 0);
	expect_ok(guest_start(&rig, PSP_CMD_LAUNCH_START, NODBG, 0, true, &handle));
	rig_free(&rig);
}
END_TEST

START_TEST(update_answers_lengths_addresses_and_states)
{
	struct rig rig;
	uint32_t handle, idle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	expect_ok(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, 0, false, &idle));
	handle = guest_launch(&rig, ES);
	expect_status(update(&rig, handle, AT_GUEST, 0), PSP_INVALID_LENGTH);
	expect_status(update(&rig, handle, AT_GUEST, 17), PSP_INVALID_LENGTH);
	expect_status(update(&rig, handle, AT_GUEST + 8, 16), PSP_INVALID_ADDRESS);
	expect_status(update(&rig, handle, RIG_RAM, 16), PSP_INVALID_ADDRESS);
	expect_status(update(&rig, handle, RIG_RAM - 16, 32), PSP_INVALID_ADDRESS);
	expect_status(update(&rig, idle, AT_GUEST, 16), PSP_INACTIVE);
	expect_status(update_vmsa(&rig, handle, AT_GUEST, 4080), PSP_INVALID_LENGTH);
	expect_status(update_vmsa(&rig, handle, AT_GUEST, 8192), PSP_INVALID_LENGTH);
	expect_status(update_vmsa(&rig, handle, AT_GUEST + 16, 4096), PSP_INVALID_ADDRESS);
	expect_ok(guest_activate(&rig, idle, ASID_SEV));
	expect_status(update_vmsa(&rig, idle, AT_GUEST, 4096), PSP_POLICY_FAILURE);
	expect_ok(measure(&rig, handle));
	expect_status(update(&rig, handle, AT_GUEST, 16), PSP_INVALID_GUEST_STATE);
	expect_status(update_vmsa(&rig, handle, AT_GUEST, 4096), PSP_INVALID_GUEST_STATE);
	rig_free(&rig);
}
END_TEST

/* What the host wrote through its own key (SME) is plaintext, if the address has the C-bit. */
START_TEST(update_sees_through_the_hosts_c_bit)
{
	struct psp_access host = {.agent = PSP_HOST, .write = true, .encrypted = true};
	uint8_t plain[4096], got[4096], digest[32];
	struct owner_part part = {plain, sizeof(plain)};
	struct guest_owner owner;
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	for (unsigned int cpu = 0; cpu < rig.config.cpus; cpu++)
		ck_assert_int_eq(psp_wrmsr(rig.psp, cpu, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
	handle = start(&rig, &owner, 0);
	guest_pattern(plain, sizeof(plain), 8);
	memcpy(got, plain, sizeof(got));
	host.pa = AT_GUEST;
	ck_assert_int_eq(psp_access(rig.psp, &host, got, sizeof(got), NULL), PSP_ACCESS_OK);
	ck_assert_mem_ne(rig.ram + AT_GUEST, plain, 16);
	expect_ok(update(&rig, handle, 1ull << rig.config.c_bit | AT_GUEST, 4096));
	guest_read(&rig, ASID_SEV, AT_GUEST, got, sizeof(got));
	ck_assert_mem_eq(got, plain, sizeof(got));
	expect_ok(measure(&rig, handle));
	owner_sev_digest(&part, 1, digest);
	ck_assert_int_eq(owner_measure_verify(&owner.session, platform_version(&rig), digest,
					      rig.ram + AT_OUT),
			 OWNER_OK);
	rig_free(&rig);
}
END_TEST

/* A refused update leaves memory, digest and state as they were. */
START_TEST(refused_update_is_not_measured)
{
	uint8_t plain[32], digest[32];
	struct owner_part part = {plain, sizeof(plain)};
	struct guest_owner owner;
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = start(&rig, &owner, 0);
	guest_pattern(plain, sizeof(plain), 4);
	memcpy(rig.ram + RIG_RAM - 32, plain, 32);
	expect_status(update(&rig, handle, RIG_RAM - 32, 48), PSP_INVALID_ADDRESS);
	ck_assert_mem_eq(rig.ram + RIG_RAM - 32, plain, 32);
	expect_ok(update(&rig, handle, RIG_RAM - 32, 32));
	expect_ok(measure(&rig, handle));
	owner_sev_digest(&part, 1, digest);
	ck_assert_int_eq(owner_measure_verify(&owner.session, platform_version(&rig), digest,
					      rig.ram + AT_OUT),
			 OWNER_OK);
	rig_free(&rig);
}
END_TEST

START_TEST(measure_tells_the_length_and_freezes)
{
	struct rig rig;
	uint32_t handle, len;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_launch(&rig, 0);
	expect_status(guest_range(&rig, PSP_CMD_LAUNCH_MEASURE, handle, 0, 0, &len),
		      PSP_INVALID_LENGTH);
	ck_assert_uint_eq(len, 0x30);
	expect_status(guest_range(&rig, PSP_CMD_LAUNCH_MEASURE, handle, AT_OUT, 0x2f, &len),
		      PSP_INVALID_LENGTH);
	ck_assert_uint_eq(len, 0x30);
	expect_status(guest_range(&rig, PSP_CMD_LAUNCH_MEASURE, handle, RIG_RAM - 16, 0x30, NULL),
		      PSP_INVALID_ADDRESS);
	ck_assert_int_eq(guest_state(&rig, handle), PSP_G_LUPDATE);
	memset(rig.ram + AT_OUT, 0, 0x40);
	expect_ok(guest_range(&rig, PSP_CMD_LAUNCH_MEASURE, handle, AT_OUT, 0x40, &len));
	ck_assert_uint_eq(len, 0x30);
	ck_assert_uint_eq(get64(rig.ram + AT_OUT + 0x30), 0);
	expect_status(measure(&rig, handle), PSP_INVALID_GUEST_STATE);
	rig_free(&rig);
}
END_TEST

/* An owner who has seen the measurement sends a secret. */
struct secret {
	struct rig rig;
	struct guest_owner owner;
	uint32_t handle;
	uint8_t plain[64], measurement[32];
	struct packet_cmd cmd;
};

static void secret_new(struct secret *s, const struct psp_config *config)
{
	rig_new(&s->rig, config);
	rig_init(&s->rig);
	s->handle = start(&s->rig, &s->owner, 0);
	expect_ok(measure(&s->rig, s->handle));
	memcpy(s->measurement, s->rig.ram + AT_OUT, 32);
	guest_pattern(s->plain, sizeof(s->plain), 5);
	owner_packet_seal(&s->owner.session, OWNER_PACKET_SECRET, &s->owner.rand,
			  owner_secret_is_bound(platform_version(&s->rig)) ? s->measurement : NULL,
			  s->plain, sizeof(s->plain), s->rig.ram + AT_HDR, s->rig.ram + AT_TRANS);
	s->cmd = (struct packet_cmd){0x34, 64, 64, AT_GUEST + 0x40};
}

static int secret_send(struct secret *s)
{
	struct packet_cmd cmd = s->cmd;

	return guest_packet(&s->rig, PSP_CMD_LAUNCH_SECRET, s->handle, &cmd);
}

static void secret_arrives(const struct psp_config *config)
{
	uint8_t got[64];
	struct secret s;

	secret_new(&s, config);
	expect_ok(secret_send(&s));
	guest_read(&s.rig, ASID_SEV, s.cmd.guest, got, sizeof(got));
	ck_assert_mem_eq(got, s.plain, sizeof(got));
	ck_assert_mem_ne(s.rig.ram + s.cmd.guest, s.plain, 16);
	ck_assert_int_eq(guest_state(&s.rig, s.handle), PSP_G_LSECRET);
	expect_ok(guest_cmd(&s.rig, PSP_CMD_LAUNCH_FINISH, s.handle));
	expect_status(secret_send(&s), PSP_INVALID_GUEST_STATE);
	rig_free(&s.rig);
}

START_TEST(secret_reaches_the_guest_alone)
{
	struct psp_config config;

	secret_arrives(NULL);
	psp_config_default(&config);
	config.snp = false;
	config.api_major = 0;
	config.api_minor = 16; /* the MAC has no measurement */
	secret_arrives(&config);
}
END_TEST

START_TEST(secret_for_another_launch_is_refused)
{
	struct secret s;

	secret_new(&s, NULL);
	s.measurement[3] ^= 1;
	owner_packet_seal(&s.owner.session, OWNER_PACKET_SECRET, &s.owner.rand, s.measurement,
			  s.plain, sizeof(s.plain), s.rig.ram + AT_HDR, s.rig.ram + AT_TRANS);
	expect_status(secret_send(&s), PSP_BAD_MEASUREMENT);
	rig_free(&s.rig);
}
END_TEST

START_TEST(altered_secret_is_refused)
{
	static const uint8_t nothing[64];
	struct secret s;

	secret_new(&s, NULL);
	for (size_t at = 4; at < 0x34; at += 3) {
		s.rig.ram[AT_HDR + at] ^= 0x80;
		expect_status(secret_send(&s), PSP_BAD_MEASUREMENT);
		s.rig.ram[AT_HDR + at] ^= 0x80;
	}
	s.rig.ram[AT_TRANS + 63] ^= 1;
	expect_status(secret_send(&s), PSP_BAD_MEASUREMENT);
	s.rig.ram[AT_TRANS + 63] ^= 1;
	s.cmd.guest_len = s.cmd.trans_len = 48;
	expect_status(secret_send(&s), PSP_BAD_MEASUREMENT);
	ck_assert_mem_eq(s.rig.ram + s.cmd.guest, nothing, 64);
	put32(s.rig.ram + AT_HDR, 1); /* compressed */
	expect_status(secret_send(&s), PSP_UNSUPPORTED);
	put32(s.rig.ram + AT_HDR, 2);
	expect_status(secret_send(&s), PSP_INVALID_PARAM);
	rig_free(&s.rig);
}
END_TEST

START_TEST(secret_answers_lengths_addresses_and_states)
{
	struct secret s;
	struct packet_cmd good;

	secret_new(&s, NULL);
	good = s.cmd;
	s.cmd.hdr_len = 0x33;
	expect_status(secret_send(&s), PSP_INVALID_LENGTH);
	s.cmd = good;
	s.cmd.trans_len = 48;
	expect_status(secret_send(&s), PSP_INVALID_LENGTH);
	s.cmd.guest_len = s.cmd.trans_len = 0;
	expect_status(secret_send(&s), PSP_INVALID_LENGTH);
	s.cmd.guest_len = s.cmd.trans_len = 56;
	expect_status(secret_send(&s), PSP_INVALID_LENGTH);
	s.cmd.guest_len = s.cmd.trans_len = 0x4010;
	expect_status(secret_send(&s), PSP_INVALID_LENGTH);
	s.cmd = good;
	s.cmd.guest += 8;
	expect_status(secret_send(&s), PSP_INVALID_ADDRESS);
	s.cmd.guest = RIG_RAM;
	expect_status(secret_send(&s), PSP_INVALID_ADDRESS);
	s.cmd = good;
	expect_ok(guest_cmd(&s.rig, PSP_CMD_DEACTIVATE, s.handle));
	expect_status(secret_send(&s), PSP_INACTIVE);
	s.handle = guest_launch(&s.rig, ES);
	expect_status(secret_send(&s), PSP_INVALID_GUEST_STATE);
	rig_free(&s.rig);
}
END_TEST

/* Without a session, nobody knows the keys: the measurement is another each time. */
START_TEST(launch_without_a_session_has_random_keys)
{
	struct rig rig;
	uint8_t mac[2][32];

	rig_new(&rig, NULL);
	rig_init(&rig);
	for (unsigned int i = 0; i < 2; i++) {
		uint32_t handle = guest_launch(&rig, i ? ES : 0);

		expect_ok(measure(&rig, handle));
		memcpy(mac[i], rig.ram + AT_OUT, 32);
	}
	ck_assert_mem_ne(mac[0], mac[1], 32);
	rig_free(&rig);
}
END_TEST

START_TEST(finish_from_each_launch_state)
{
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_launch(&rig, 0);
	expect_ok(guest_cmd(&rig, PSP_CMD_LAUNCH_FINISH, handle));
	ck_assert_int_eq(guest_state(&rig, handle), PSP_G_RUNNING);
	expect_status(guest_cmd(&rig, PSP_CMD_LAUNCH_FINISH, handle), PSP_INVALID_GUEST_STATE);
	rig_free(&rig);
}
END_TEST

START_TEST(equal_seeds_launch_equally)
{
	uint8_t plain[4096], cipher[2][4096], mac[2][0x30];

	guest_pattern(plain, sizeof(plain), 6);
	for (unsigned int i = 0; i < 2; i++) {
		struct rig rig;
		uint32_t handle;

		rig_new(&rig, NULL);
		rig_init(&rig);
		handle = guest_launch(&rig, 0);
		memcpy(rig.ram + AT_GUEST, plain, sizeof(plain));
		expect_ok(update(&rig, handle, AT_GUEST, sizeof(plain)));
		expect_ok(measure(&rig, handle));
		memcpy(cipher[i], rig.ram + AT_GUEST, sizeof(plain));
		memcpy(mac[i], rig.ram + AT_OUT, 0x30);
		rig_free(&rig);
	}
	ck_assert_mem_eq(cipher[0], cipher[1], sizeof(plain));
	ck_assert_mem_eq(mac[0], mac[1], 0x30);
}
END_TEST

/* With SNP initialised, what the firmware writes must be its own pages. */
START_TEST(snp_wants_firmware_pages)
{
	uint8_t plain[4096], got[4096];
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	rig_init(&rig);
	handle = guest_launch(&rig, ES);
	guest_pattern(plain, sizeof(plain), 7);
	memcpy(rig.ram + AT_GUEST, plain, sizeof(plain));
	expect_status(update(&rig, handle, AT_GUEST, 4096), PSP_INVALID_PAGE_STATE);
	expect_status(update_vmsa(&rig, handle, AT_GUEST, 4096), PSP_INVALID_PAGE_STATE);
	ck_assert_mem_eq(rig.ram + AT_GUEST, plain, sizeof(plain));
	rig_to_firmware(&rig, AT_GUEST, 1);
	expect_status(update(&rig, handle, AT_GUEST, 8192), PSP_INVALID_PAGE_STATE);
	expect_ok(update(&rig, handle, AT_GUEST, 4096));
	rig_to_host(&rig, AT_GUEST, 1);
	guest_read(&rig, ASID_ES, AT_GUEST, got, sizeof(got));
	ck_assert_mem_eq(got, plain, sizeof(got));
	expect_status(measure(&rig, handle), PSP_INVALID_PAGE_STATE);
	ck_assert_int_eq(guest_state(&rig, handle), PSP_G_LUPDATE);
	rig_to_firmware(&rig, AT_OUT, 1);
	expect_ok(measure(&rig, handle));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(known_answer_of_a_session);
	SUITE_CASE(known_answer_of_a_measurement);
	SUITE_CASE(owner_confirms_the_measurement);
	SUITE_CASE(owner_confirms_the_measurement_with_a_vmsa);
	SUITE_CASE(old_firmware_measures_without_its_version);
	SUITE_CASE(start_answers_lengths_and_certificates);
	SUITE_CASE(start_believes_no_altered_session);
	SUITE_CASE(update_answers_lengths_addresses_and_states);
	SUITE_CASE(update_sees_through_the_hosts_c_bit);
	SUITE_CASE(refused_update_is_not_measured);
	SUITE_CASE(measure_tells_the_length_and_freezes);
	SUITE_CASE(secret_reaches_the_guest_alone);
	SUITE_CASE(secret_for_another_launch_is_refused);
	SUITE_CASE(altered_secret_is_refused);
	SUITE_CASE(secret_answers_lengths_addresses_and_states);
	SUITE_CASE(launch_without_a_session_has_random_keys);
	SUITE_CASE(finish_from_each_launch_state);
	SUITE_CASE(equal_seeds_launch_equally);
	SUITE_CASE(snp_wants_firmware_pages);
}
