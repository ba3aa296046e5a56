/* SPDX-License-Identifier: MIT */
/* Guests and their ASIDs (55766, 6): handles, GUEST_STATUS, ACTIVATE to DECOMMISSION, COPY. */
#include <string.h>

#include "psp/sev/sev.h"
#include "tests/psp/guest.h"
#include "tests/suite.h"

static struct psp_info info_of(struct rig *rig)
{
	struct psp_info info;

	psp_get_info(rig->psp, &info);
	return info;
}

static void new_guest(struct rig *rig, uint32_t policy, uint32_t *handle)
{
	expect_ok(guest_start(rig, PSP_CMD_LAUNCH_START, policy, 0, false, handle));
}

START_TEST(platform_works_while_there_is_a_guest)
{
	struct rig rig;
	uint32_t a, b;

	rig_new(&rig, NULL);
	rig_init(&rig);
	ck_assert_int_eq(info_of(&rig).state, PSP_INIT);
	new_guest(&rig, 0, &a);
	new_guest(&rig, 0, &b);
	ck_assert_int_eq(info_of(&rig).state, PSP_WORKING);
	ck_assert_uint_eq(info_of(&rig).guests, 2);
	expect_ok(guest_cmd(&rig, PSP_CMD_DECOMMISSION, a));
	ck_assert_int_eq(info_of(&rig).state, PSP_WORKING);
	expect_ok(guest_cmd(&rig, PSP_CMD_DECOMMISSION, b));
	ck_assert_int_eq(info_of(&rig).state, PSP_INIT);
	ck_assert_uint_eq(info_of(&rig).guests, 0);
	rig_free(&rig);
}
END_TEST

START_TEST(handles_are_unique_while_guests_live)
{
	struct rig rig;
	uint32_t first, handle, seen[40];

	rig_new(&rig, NULL);
	rig_init(&rig);
	new_guest(&rig, 0, &first);
	ck_assert_uint_ne(first, 0);
	for (unsigned int i = 0; i < 40; i++) {
		new_guest(&rig, 0, &handle);
		ck_assert_uint_ne(handle, first);
		for (unsigned int j = 0; j < i; j++)
			ck_assert_uint_ne(handle, seen[j]);
		seen[i] = handle;
		if (i % 2)
			expect_ok(guest_cmd(&rig, PSP_CMD_DECOMMISSION, handle));
	}
	ck_assert_int_eq(guest_state(&rig, first), PSP_G_LUPDATE);
	ck_assert_int_eq(guest_state(&rig, handle), NO_GUEST);
	rig_free(&rig);
}
END_TEST

/* 2^32 guests later, the counter comes round: it skips 0 and who lives. */
START_TEST(handles_come_round)
{
	struct rig rig;
	uint32_t first, next;

	rig_new(&rig, NULL);
	rig_init(&rig);
	new_guest(&rig, NODBG, &first);
	ck_assert_uint_eq(first, 1);
	rig.psp->sev->last_handle = UINT32_MAX;
	new_guest(&rig, NOSEND, &next);
	ck_assert_uint_eq(next, 2);
	ck_assert_uint_eq(guest_status(&rig, first).policy, NODBG);
	rig_free(&rig);
}
END_TEST

/* A power cycle leaves no trace of the guests before it. */
START_TEST(handles_begin_again_after_a_power_cycle)
{
	struct rig rig;
	uint32_t first, again;

	rig_new(&rig, NULL);
	rig_init(&rig);
	new_guest(&rig, 0, &first);
	psp_reset(rig.psp);
	rig_init(&rig);
	ck_assert_int_eq(guest_state(&rig, first), NO_GUEST);
	new_guest(&rig, 0, &again);
	ck_assert_uint_eq(again, first);
	rig_free(&rig);
}
END_TEST

START_TEST(no_more_guests_than_the_firmware_has_room_for)
{
	struct psp_config config;
	struct rig rig;
	uint32_t handle[2], more;

	psp_config_default(&config);
	config.max_guests = 2;
	rig_new(&rig, &config);
	rig_init(&rig);
	new_guest(&rig, 0, &handle[0]);
	new_guest(&rig, 0, &handle[1]);
	expect_status(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, 0, false, &more),
		      PSP_RESOURCE_LIMIT);
	ck_assert_uint_eq(more, 0);
	expect_ok(guest_cmd(&rig, PSP_CMD_DECOMMISSION, handle[0]));
	new_guest(&rig, 0, &more);
	rig_free(&rig);
}
END_TEST

START_TEST(status_tells_policy_asid_and_state)
{
	struct rig rig;
	struct guest_status s;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	new_guest(&rig, NODBG | ES | NOSEND, &handle);
	s = guest_status(&rig, handle);
	ck_assert_int_eq(s.state, 1);
	ck_assert_uint_eq(s.policy, 0xd);
	ck_assert_uint_eq(s.asid, 0);
	expect_ok(guest_activate(&rig, handle, ASID_ES));
	expect_ok(guest_cmd(&rig, PSP_CMD_LAUNCH_FINISH, handle));
	s = guest_status(&rig, handle);
	ck_assert_int_eq(s.state, 3);
	ck_assert_uint_eq(s.asid, ASID_ES);
	rig_free(&rig);
}
END_TEST

START_TEST(no_command_knows_a_guest_that_is_gone)
{
	static const enum psp_cmd_id ids[] = {PSP_CMD_DECOMMISSION,  PSP_CMD_DEACTIVATE,
					      PSP_CMD_LAUNCH_FINISH, PSP_CMD_SEND_FINISH,
					      PSP_CMD_SEND_CANCEL,   PSP_CMD_RECEIVE_FINISH};
	struct rig rig;
	uint32_t handle, other;

	rig_new(&rig, NULL);
	rig_init(&rig);
	new_guest(&rig, 0, &handle);
	new_guest(&rig, 0, &other);
	expect_ok(guest_cmd(&rig, PSP_CMD_DECOMMISSION, handle));
	for (size_t i = 0; i < sizeof(ids) / sizeof(ids[0]); i++) {
		expect_status(guest_cmd(&rig, ids[i], handle), PSP_INVALID_GUEST);
		expect_status(guest_cmd(&rig, ids[i], 0), PSP_INVALID_GUEST);
	}
	expect_status(guest_activate(&rig, handle, ASID_SEV), PSP_INVALID_GUEST);
	rig_free(&rig);
}
END_TEST

START_TEST(activate_keeps_kinds_and_owners_apart)
{
	struct rig rig;
	uint32_t sev, es, other;

	rig_new(&rig, NULL);
	rig_init(&rig);
	new_guest(&rig, 0, &sev);
	new_guest(&rig, ES, &es);
	new_guest(&rig, 0, &other);
	expect_status(guest_activate(&rig, sev, 0), PSP_INVALID_ASID);
	expect_status(guest_activate(&rig, sev, 99), PSP_INVALID_ASID);
	expect_status(guest_activate(&rig, sev, 510), PSP_INVALID_ASID);
	expect_status(guest_activate(&rig, es, 100), PSP_INVALID_ASID);
	ck_assert_uint_eq(guest_status(&rig, sev).asid, 0);
	expect_ok(guest_activate(&rig, sev, 100));
	expect_ok(guest_activate(&rig, es, 99));
	expect_status(guest_activate(&rig, other, 100), PSP_ASID_OWNED);
	expect_status(guest_activate(&rig, sev, 101), PSP_ACTIVE);
	expect_status(guest_activate(&rig, sev, 100), PSP_ACTIVE);
	ck_assert_uint_eq(guest_status(&rig, sev).asid, 100);
	expect_ok(guest_activate(&rig, other, 509));
	rig_free(&rig);
}
END_TEST

START_TEST(released_asid_waits_for_wbinvd_and_df_flush)
{
	struct rig rig;
	uint32_t handle, next;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_launch(&rig, 0);
	new_guest(&rig, 0, &next);
	expect_status(guest_cmd(&rig, PSP_CMD_DECOMMISSION, handle), PSP_ACTIVE);
	expect_ok(guest_cmd(&rig, PSP_CMD_DEACTIVATE, handle));
	expect_status(guest_cmd(&rig, PSP_CMD_DEACTIVATE, handle), PSP_INACTIVE);
	ck_assert_uint_eq(guest_status(&rig, handle).asid, 0);
	expect_status(guest_activate(&rig, next, ASID_SEV), PSP_DF_FLUSH_REQUIRED);
	expect_status(rig_cmd(&rig, PSP_CMD_DF_FLUSH, NULL, 0), PSP_WBINVD_REQUIRED);
	rig_wbinvd(&rig);
	expect_status(guest_activate(&rig, next, ASID_SEV), PSP_DF_FLUSH_REQUIRED);
	expect_ok(rig_cmd(&rig, PSP_CMD_DF_FLUSH, NULL, 0));
	expect_ok(guest_activate(&rig, next, ASID_SEV));
	rig_free(&rig);
}
END_TEST

/* As Linux does it (flush later), and as OpenBSD does (flush before DECOMMISSION). */
START_TEST(guests_end_in_both_orders)
{
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	for (unsigned int early = 0; early < 4; early++) {
		handle = guest_run(&rig, 0);
		expect_ok(guest_cmd(&rig, PSP_CMD_DEACTIVATE, handle));
		if (early % 2 == 0)
			expect_ok(guest_cmd(&rig, PSP_CMD_DECOMMISSION, handle));
		rig_wbinvd(&rig);
		expect_ok(rig_cmd(&rig, PSP_CMD_DF_FLUSH, NULL, 0));
		if (early % 2)
			expect_ok(guest_cmd(&rig, PSP_CMD_DECOMMISSION, handle));
		ck_assert_int_eq(guest_state(&rig, handle), NO_GUEST);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(shutdown_loses_all_guests)
{
	struct rig rig;
	uint32_t handle, idle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_run(&rig, 0);
	new_guest(&rig, ES, &idle);
	rig_wbinvd(&rig);
	expect_ok(rig_cmd(&rig, PSP_CMD_SHUTDOWN, NULL, 0));
	ck_assert_uint_eq(info_of(&rig).guests, 0);
	ck_assert_int_eq(info_of(&rig).state, PSP_UNINIT);
	rig_init(&rig);
	ck_assert_int_eq(guest_state(&rig, handle), NO_GUEST);
	ck_assert_int_eq(guest_state(&rig, idle), NO_GUEST);
	ck_assert_int_eq(info_of(&rig).state, PSP_INIT);
	guest_run(&rig, 0);
	rig_free(&rig);
}
END_TEST

static int activate_ex(struct rig *rig, uint32_t len, uint32_t handle, const uint32_t *ids,
		       uint32_t n)
{
	uint8_t buf[0x18] = {0};

	memcpy(rig->ram + AT_OUT, ids, 4 * sizeof(*ids));
	put32(buf, len);
	put32(buf + 4, handle);
	put32(buf + 8, ASID_SEV);
	put32(buf + 0xc, n);
	put64(buf + 0x10, AT_OUT);
	return rig_cmd(rig, PSP_CMD_ACTIVATE_EX, buf, sizeof(buf));
}

START_TEST(activate_ex_takes_a_list_of_cores)
{
	const uint32_t good[4] = {0, 3, 7, 8}; /* the last does not exist */
	uint8_t nowhere[0x18] = {0};
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	new_guest(&rig, 0, &handle);
	expect_status(activate_ex(&rig, 0x14, handle, good, 3), PSP_INVALID_LENGTH);
	expect_status(activate_ex(&rig, 0x18, handle + 1, good, 3), PSP_INVALID_GUEST);
	expect_status(activate_ex(&rig, 0x18, handle, good, 0), PSP_INVALID_PARAM);
	expect_status(activate_ex(&rig, 0x18, handle, good, 4), PSP_INVALID_PARAM);
	expect_status(activate_ex(&rig, 0x18, handle, good, 9), PSP_INVALID_PARAM);
	put32(nowhere, 0x18);
	put32(nowhere + 4, handle);
	put32(nowhere + 8, ASID_SEV);
	put32(nowhere + 0xc, 1);
	put64(nowhere + 0x10, RIG_RAM);
	expect_status(rig_cmd(&rig, PSP_CMD_ACTIVATE_EX, nowhere, sizeof(nowhere)),
		      PSP_INVALID_ADDRESS);
	ck_assert_uint_eq(guest_status(&rig, handle).asid, 0);
	expect_ok(activate_ex(&rig, 0x18, handle, good, 3));
	ck_assert_uint_eq(guest_status(&rig, handle).asid, ASID_SEV);
	expect_status(activate_ex(&rig, 0x18, handle, good, 3), PSP_ACTIVE);
	rig_free(&rig);
}
END_TEST

/* A second guest with the first one's key reads what the first one has written. */
START_TEST(guests_share_a_key_unless_a_policy_forbids_it)
{
	uint8_t plain[4096], got[4096];
	struct rig rig;
	uint32_t first, second, third, private;

	rig_new(&rig, NULL);
	rig_init(&rig);
	first = guest_launch(&rig, 0);
	guest_pattern(plain, sizeof(plain), 1);
	memcpy(rig.ram + AT_GUEST, plain, sizeof(plain));
	expect_ok(guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, first, AT_GUEST, 4096, NULL));
	expect_ok(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, first, false, &second));
	ck_assert_uint_ne(second, first);
	expect_ok(guest_activate(&rig, second, ASID_SEV + 1));
	guest_read(&rig, ASID_SEV + 1, AT_GUEST, got, sizeof(got));
	ck_assert_mem_eq(got, plain, sizeof(got));
	new_guest(&rig, 0, &third);
	expect_ok(guest_activate(&rig, third, ASID_SEV + 2));
	guest_read(&rig, ASID_SEV + 2, AT_GUEST, got, sizeof(got));
	ck_assert_mem_ne(got, plain, sizeof(got));

	expect_status(guest_start(&rig, PSP_CMD_LAUNCH_START, NOKS, first, false, &private),
		      PSP_POLICY_FAILURE);
	new_guest(&rig, NOKS, &private);
	expect_status(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, private, false, &second),
		      PSP_POLICY_FAILURE);
	expect_status(guest_start(&rig, PSP_CMD_LAUNCH_START, 0, 0xfffffff0, false, &second),
		      PSP_INVALID_GUEST);
	rig_free(&rig);
}
END_TEST

static int copy(struct rig *rig, uint32_t handle, uint64_t src, uint64_t dst, uint32_t len)
{
	uint8_t buf[0x18];

	put32(buf, handle);
	put32(buf + 4, len);
	put64(buf + 8, src);
	put64(buf + 0x10, dst);
	return rig_cmd(rig, PSP_CMD_COPY, buf, sizeof(buf));
}

START_TEST(copy_encrypts_for_the_new_address)
{
	uint8_t plain[3 * 4096], got[3 * 4096];
	const uint64_t src = AT_GUEST, dst = AT_GUEST + 0x10010;
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_launch(&rig, NODBG);
	guest_pattern(plain, sizeof(plain), 2);
	memcpy(rig.ram + src, plain, sizeof(plain));
	expect_ok(guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, src, sizeof(plain), NULL));
	expect_ok(copy(&rig, handle, src, dst, sizeof(plain)));
	guest_read(&rig, ASID_SEV, dst, got, sizeof(got));
	ck_assert_mem_eq(got, plain, sizeof(got));
	guest_read(&rig, ASID_SEV, src, got, sizeof(got));
	ck_assert_mem_eq(got, plain, sizeof(got));
	ck_assert_mem_ne(rig.ram + src, rig.ram + dst, 16);
	expect_status(copy(&rig, handle, src, dst, 0), PSP_INVALID_LENGTH);
	expect_status(copy(&rig, handle, src, dst, 24), PSP_INVALID_LENGTH);
	expect_status(copy(&rig, handle, src + 8, dst, 16), PSP_INVALID_ADDRESS);
	expect_status(copy(&rig, handle, src, dst + 8, 16), PSP_INVALID_ADDRESS);
	expect_status(copy(&rig, handle, RIG_RAM, dst, 16), PSP_INVALID_ADDRESS);
	expect_status(copy(&rig, handle, src, RIG_RAM - 16, 32), PSP_INVALID_ADDRESS);
	expect_ok(guest_cmd(&rig, PSP_CMD_DEACTIVATE, handle));
	expect_status(copy(&rig, handle, src, dst, 16), PSP_INACTIVE);
	rig_free(&rig);
}
END_TEST

START_TEST(copy_onto_itself_moves)
{
	uint8_t plain[3 * 4096], got[3 * 4096];
	const uint64_t at = AT_GUEST + 0x8000;
	struct rig rig;
	uint32_t handle;

	rig_new(&rig, NULL);
	rig_init(&rig);
	handle = guest_launch(&rig, 0);
	guest_pattern(plain, sizeof(plain), 3);
	memcpy(rig.ram + at, plain, sizeof(plain));
	expect_ok(guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, at, sizeof(plain), NULL));
	expect_ok(copy(&rig, handle, at, at + 0x1230, sizeof(plain)));
	guest_read(&rig, ASID_SEV, at + 0x1230, got, sizeof(got));
	ck_assert_mem_eq(got, plain, sizeof(got));
	expect_ok(copy(&rig, handle, at + 0x1230, at - 0x40, sizeof(plain)));
	guest_read(&rig, ASID_SEV, at - 0x40, got, sizeof(got));
	ck_assert_mem_eq(got, plain, sizeof(got));
	rig_free(&rig);
}
END_TEST

static void expect_latency(const struct rig *rig, uint64_t pages)
{
	ck_assert_uint_eq(rig->latency, 7 + 1000 * pages);
}

/* Commands cost by the page that they hash, encrypt, copy or store. */
START_TEST(latency_grows_with_the_pages)
{
	struct psp_config config;
	struct rig rig;
	uint8_t init[0x14] = {0};
	uint32_t handle;

	psp_config_default(&config);
	config.latency = (struct psp_latency){.command = 7, .per_page = 1000};
	rig_new(&rig, &config);
	expect_ok(rig_cmd(&rig, PSP_CMD_INIT, init, sizeof(init)));
	expect_latency(&rig, 32 / 4); /* 32 KiB of storage */
	handle = guest_launch(&rig, 0);
	expect_latency(&rig, 0); /* of ACTIVATE */
	expect_ok(guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, AT_GUEST, 3 * RIG_PAGE,
			      NULL));
	expect_latency(&rig, 3);
	expect_ok(
		guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, AT_GUEST + 0xff0, 32, NULL));
	expect_latency(&rig, 2);
	expect_status(
		guest_range(&rig, PSP_CMD_LAUNCH_UPDATE_DATA, handle, RIG_RAM, RIG_PAGE, NULL),
		PSP_INVALID_ADDRESS);
	expect_latency(&rig, 0);
	expect_ok(guest_cmd(&rig, PSP_CMD_LAUNCH_FINISH, handle));
	expect_ok(guest_debug(&rig, PSP_CMD_DBG_DECRYPT, handle, AT_GUEST, AT_OUT, RIG_PAGE));
	expect_latency(&rig, 1);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(latency_grows_with_the_pages);
	SUITE_CASE(platform_works_while_there_is_a_guest);
	SUITE_CASE(handles_are_unique_while_guests_live);
	SUITE_CASE(handles_come_round);
	SUITE_CASE(handles_begin_again_after_a_power_cycle);
	SUITE_CASE(no_more_guests_than_the_firmware_has_room_for);
	SUITE_CASE(status_tells_policy_asid_and_state);
	SUITE_CASE(no_command_knows_a_guest_that_is_gone);
	SUITE_CASE(activate_keeps_kinds_and_owners_apart);
	SUITE_CASE(released_asid_waits_for_wbinvd_and_df_flush);
	SUITE_CASE(guests_end_in_both_orders);
	SUITE_CASE(shutdown_loses_all_guests);
	SUITE_CASE(activate_ex_takes_a_list_of_cores);
	SUITE_CASE(guests_share_a_key_unless_a_policy_forbids_it);
	SUITE_CASE(copy_encrypts_for_the_new_address);
	SUITE_CASE(copy_onto_itself_moves);
}
