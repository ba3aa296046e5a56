/* SPDX-License-Identifier: MIT */
/* DOWNLOAD_FIRMWARE, SNP_DOWNLOAD_FIRMWARE_EX, SNP_COMMIT; TCB_VERSION. */
#include "tests/psp/page_rig.h"
#include "tests/suite.h"

#include <errno.h>
#include <string.h>

enum { IMAGE = 0x20000 };

/* The machine's version is 1.55 build 5, TCB {3, 0, 8, 115}. */
static const struct psp_firmware running = {1, 55, 5, {0, 3, 0, 8, 115}};
#define RUNNING_TCB 0x7308000000000003ull

static uint32_t image_of(struct rig *rig, const struct psp_firmware *firmware)
{
	int len = psp_firmware_image(rig->psp, firmware, rig->ram + IMAGE, RIG_PAGE);

	ck_assert_int_gt(len, 0);
	return (uint32_t)len;
}

static int download(struct rig *rig, uint64_t pa, uint32_t len)
{
	uint8_t buf[0xc];

	put64(buf, pa);
	put32(buf + 8, len);
	return rig_cmd_raw(rig, PSP_CMD_DOWNLOAD_FIRMWARE, buf, sizeof(buf));
}

static int download_ex(struct rig *rig, uint32_t len, bool commit)
{
	uint8_t buf[0x18] = {0x18};

	put64(buf + 8, IMAGE);
	put32(buf + 0x10, len);
	put32(buf + 0x14, commit);
	return rig_cmd_raw(rig, PSP_CMD_SNP_DOWNLOAD_FIRMWARE_EX, buf, sizeof(buf));
}

static int commit(struct rig *rig)
{
	uint8_t buf[4] = {4};

	return rig_cmd_raw(rig, PSP_CMD_SNP_COMMIT, buf, sizeof(buf));
}

static void expect_versions(struct rig *rig, unsigned int minor, uint64_t current,
			    uint64_t committed, uint64_t reported)
{
	struct psp_info info;

	psp_get_info(rig->psp, &info);
	ck_assert_uint_eq(info.api_major, 1);
	ck_assert_uint_eq(info.api_minor, minor);
	ck_assert_uint_eq(info.current_tcb, current);
	ck_assert_uint_eq(info.committed_tcb, committed);
	ck_assert_uint_eq(info.reported_tcb, reported);
}

START_TEST(tcb_layout)
{
	const struct psp_tcb tcb = {0x11, 0x22, 0x33, 0x44, 0x55};
	struct psp_tcb got;

	/* Milan and Genoa: boot loader, TEE, .., SNP, microcode; Turin begins with the FMC. */
	ck_assert_uint_eq(psp_tcb_raw(PSP_MILAN, &tcb), 0x5544000000003322ull);
	ck_assert_uint_eq(psp_tcb_raw(PSP_GENOA, &tcb), 0x5544000000003322ull);
	ck_assert_uint_eq(psp_tcb_raw(PSP_TURIN, &tcb), 0x5500000044332211ull);
	got = psp_tcb_parts(PSP_MILAN, 0x0807060504030201ull);
	ck_assert_uint_eq(got.fmc, 0);
	ck_assert_uint_eq(got.boot_loader, 1);
	ck_assert_uint_eq(got.tee, 2);
	ck_assert_uint_eq(got.snp, 7);
	ck_assert_uint_eq(got.microcode, 8);
	got = psp_tcb_parts(PSP_TURIN, 0x0807060504030201ull);
	ck_assert_uint_eq(got.fmc, 1);
	ck_assert_uint_eq(got.boot_loader, 2);
	ck_assert_uint_eq(got.tee, 3);
	ck_assert_uint_eq(got.snp, 4);
	ck_assert_uint_eq(got.microcode, 8);
}
END_TEST

/* A newer image runs, and 1.50 and later commit with DOWNLOAD_FIRMWARE. */
START_TEST(update)
{
	struct psp_firmware firmware = {1, 58, 1, {0, 3, 0, 9, 115}};
	struct rig rig;

	rig_new(&rig, NULL);
	expect_versions(&rig, 55, RUNNING_TCB, RUNNING_TCB, RUNNING_TCB);
	expect_ok(download(&rig, IMAGE, image_of(&rig, &firmware)));
	expect_versions(&rig, 58, 0x7309000000000003ull, 0x7309000000000003ull,
			0x7309000000000003ull);
	/* No way back. */
	expect_status(download(&rig, IMAGE, image_of(&rig, &running)), PSP_BAD_SVN);
	/* But flash has what it had. */
	psp_reset(rig.psp);
	expect_versions(&rig, 55, RUNNING_TCB, RUNNING_TCB, RUNNING_TCB);
	rig_free(&rig);
}
END_TEST

/* Firmware before 1.50 does not commit: its successor has to be loaded twice. */
START_TEST(update_from_before_1_50)
{
	struct psp_firmware firmware = {1, 51, 0, {0, 3, 0, 9, 115}};
	struct rig rig;
	uint32_t len;

	page_rig_new_as(&rig, PSP_MILAN, 49, false);
	len = image_of(&rig, &firmware);
	expect_ok(download(&rig, IMAGE, len));
	expect_versions(&rig, 51, 0x7309000000000003ull, RUNNING_TCB, RUNNING_TCB);
	expect_ok(download(&rig, IMAGE, len));
	expect_versions(&rig, 51, 0x7309000000000003ull, 0x7309000000000003ull,
			0x7309000000000003ull);
	rig_free(&rig);
}
END_TEST

/* Each byte counts, and each bit of it. */
START_TEST(changed_image)
{
	struct rig rig;
	uint32_t len;

	rig_new(&rig, NULL);
	len = image_of(&rig, &running);
	for (uint32_t at = 0; at < len; at++) {
		rig.ram[IMAGE + at] ^= (uint8_t)(1u << at % 8);
		expect_status(download(&rig, IMAGE, len), PSP_BAD_SIGNATURE);
		rig.ram[IMAGE + at] ^= (uint8_t)(1u << at % 8);
	}
	expect_ok(download(&rig, IMAGE, len));
	rig_free(&rig);
}
END_TEST

START_TEST(image_arguments)
{
	struct rig rig;
	uint8_t small[16];
	uint32_t len;

	rig_new(&rig, NULL);
	ck_assert_int_eq(psp_firmware_image(rig.psp, &running, small, sizeof(small)), -ENOSPC);
	len = image_of(&rig, &running);
	expect_status(download(&rig, IMAGE, 0), PSP_INVALID_LENGTH);
	expect_status(download(&rig, IMAGE, len - 1), PSP_INVALID_LENGTH);
	expect_status(download(&rig, IMAGE, len + 1), PSP_INVALID_LENGTH);
	expect_status(download(&rig, IMAGE, UINT32_MAX), PSP_INVALID_LENGTH);
	expect_status(download(&rig, IMAGE + 16, len), PSP_INVALID_ADDRESS);
	expect_status(download(&rig, RIG_RAM, len), PSP_INVALID_ADDRESS);
	expect_ok(download(&rig, IMAGE, len));
	rig_free(&rig);
}
END_TEST

/* One key signs for every chip; the image of another product is refused all the same. */
START_TEST(image_of_another_machine)
{
	struct psp_config config;
	struct rig rig, other;
	uint32_t len;

	rig_new(&rig, NULL);
	psp_config_default(&config);
	config.seed = 77;
	rig_new(&other, &config);
	len = image_of(&other, &running);
	memcpy(rig.ram + IMAGE, other.ram + IMAGE, len);
	expect_ok(download(&rig, IMAGE, len));
	rig_free(&other);

	page_rig_new_as(&other, PSP_GENOA, 55, false);
	len = image_of(&other, &running);
	memcpy(rig.ram + IMAGE, other.ram + IMAGE, len);
	expect_status(download(&rig, IMAGE, len), PSP_INVALID_CONFIG);
	rig_free(&other);
	rig_free(&rig);
}
END_TEST

/* Older than what is committed, in each of its parts. */
START_TEST(rollback)
{
	static const struct {
		struct psp_firmware firmware;
		enum psp_status status;
	} images[] = {
		{{1, 55, 4, {0, 3, 0, 8, 115}}, PSP_BAD_VERSION},
		{{1, 54, 9, {0, 3, 0, 8, 115}}, PSP_BAD_VERSION},
		{{0, 99, 9, {0, 3, 0, 8, 115}}, PSP_BAD_VERSION},
		{{1, 56, 0, {0, 2, 0, 8, 115}}, PSP_BAD_SVN},
		{{1, 56, 0, {0, 3, 0, 7, 115}}, PSP_BAD_SVN},
		{{1, 56, 0, {0, 4, 1, 9, 114}}, PSP_BAD_SVN},
		{{1, 55, 5, {0, 3, 0, 8, 115}}, PSP_SUCCESS},
	};
	struct rig rig;

	rig_new(&rig, NULL);
	for (size_t i = 0; i < sizeof(images) / sizeof(images[0]); i++) {
		uint32_t len = image_of(&rig, &images[i].firmware);

		expect_status(download(&rig, IMAGE, len), images[i].status);
		expect_status(download_ex(&rig, len, false), images[i].status);
		expect_versions(&rig, 55, RUNNING_TCB, RUNNING_TCB, RUNNING_TCB);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(platform_states)
{
	struct rig rig;
	uint32_t len;

	rig_new(&rig, NULL);
	rig_init(&rig);
	len = image_of(&rig, &running);
	expect_status(download(&rig, IMAGE, len), PSP_INVALID_PLATFORM_STATE);
	expect_status(download_ex(&rig, len, false), PSP_SHUTDOWN_REQUIRED);
	expect_ok(rig_cmd(&rig, PSP_CMD_SHUTDOWN, NULL, 0));
	expect_ok(download(&rig, IMAGE, len));
	rig_snp_init(&rig);
	expect_status(download(&rig, IMAGE, len), PSP_INVALID_PLATFORM_STATE);
	expect_ok(download_ex(&rig, len, false));
	rig_free(&rig);
}
END_TEST

/* A live update is provisional until it is committed, and takes guests along. */
START_TEST(live_update)
{
	struct psp_firmware next = {1, 58, 0, {0, 4, 1, 9, 120}};
	const uint64_t next_tcb = 0x7809000000000104ull;
	struct psp_info info;
	struct rig rig;
	uint32_t len;

	page_rig_new(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	len = image_of(&rig, &next);
	expect_ok(download_ex(&rig, len, false));
	expect_versions(&rig, 58, next_tcb, RUNNING_TCB, RUNNING_TCB);
	psp_get_info(rig.psp, &info);
	ck_assert_uint_eq(info.snp_guests, 1);
	/* Older than the running one, but not than the committed one: not with SNP running. */
	expect_status(download_ex(&rig, image_of(&rig, &running), false), PSP_SHUTDOWN_REQUIRED);
	expect_versions(&rig, 58, next_tcb, RUNNING_TCB, RUNNING_TCB);
	expect_ok(commit(&rig));
	expect_versions(&rig, 58, next_tcb, next_tcb, next_tcb);
	expect_status(download_ex(&rig, image_of(&rig, &running), false), PSP_BAD_SVN);
	rig_free(&rig);
}
END_TEST

/* Without SNP a provisional update can be taken back; with the flag it is no longer one. */
START_TEST(provisional_update)
{
	struct psp_firmware next = {1, 56, 0, {0, 3, 0, 9, 115}};
	struct rig rig;

	rig_new(&rig, NULL);
	expect_ok(download_ex(&rig, image_of(&rig, &next), false));
	expect_versions(&rig, 56, 0x7309000000000003ull, RUNNING_TCB, RUNNING_TCB);
	expect_ok(download_ex(&rig, image_of(&rig, &running), false));
	expect_versions(&rig, 55, RUNNING_TCB, RUNNING_TCB, RUNNING_TCB);
	expect_ok(download_ex(&rig, image_of(&rig, &next), true));
	expect_versions(&rig, 56, 0x7309000000000003ull, 0x7309000000000003ull,
			0x7309000000000003ull);
	rig_free(&rig);
}
END_TEST

START_TEST(command_arguments)
{
	uint8_t ex[0x18] = {0x17}, four[4] = {5};
	struct rig rig;

	page_rig_new(&rig);
	put64(ex + 8, IMAGE);
	put32(ex + 0x10, image_of(&rig, &running));
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_DOWNLOAD_FIRMWARE_EX, ex, sizeof(ex)),
		      PSP_INVALID_LENGTH);
	ex[0] = 0x18;
	ex[0x14] = 2; /* a reserved bit */
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_DOWNLOAD_FIRMWARE_EX, ex, sizeof(ex)),
		      PSP_INVALID_PARAM);
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_COMMIT, four, sizeof(four)),
		      PSP_INVALID_LENGTH);
	rig_free(&rig);
}
END_TEST

/* Commands come and go with the version. */
START_TEST(command_set_follows_the_version)
{
	struct psp_firmware next = {1, 54, 0, {0, 3, 0, 8, 115}};
	struct rig rig;
	uint32_t len;

	page_rig_new_as(&rig, PSP_MILAN, 51, false);
	len = image_of(&rig, &next);
	expect_status(download_ex(&rig, len, false), PSP_INVALID_COMMAND);
	expect_status(commit(&rig), PSP_INVALID_COMMAND);
	expect_ok(download(&rig, IMAGE, len));
	expect_ok(download_ex(&rig, len, false));
	expect_status(commit(&rig), PSP_INVALID_PLATFORM_STATE);
	rig_snp_init(&rig);
	expect_ok(commit(&rig));
	rig_free(&rig);
}
END_TEST

START_TEST(fault_firmware_downgrade)
{
	struct psp_firmware next = {1, 56, 0, {0, 3, 0, 9, 115}};
	struct rig rig;
	uint32_t len;

	rig_new(&rig, NULL);
	len = image_of(&rig, &next);
	rig_fault(&rig, "psp.firmware-downgrade", 1, 1);
	expect_status(download(&rig, IMAGE, len), PSP_BAD_VERSION);
	expect_versions(&rig, 55, RUNNING_TCB, RUNNING_TCB, RUNNING_TCB);
	expect_ok(download(&rig, IMAGE, len));
	rig_free(&rig);
}
END_TEST

/* A failed update must be followed by the firmware that still runs. */
START_TEST(fault_update_failed)
{
	struct psp_firmware next = {1, 56, 0, {0, 3, 0, 9, 115}};
	uint8_t init[0x40] = {1};
	struct rig rig;

	page_rig_new(&rig);
	rig_fault(&rig, "psp.update-failed", 1, 1);
	expect_status(download_ex(&rig, image_of(&rig, &next), true), PSP_UPDATE_FAILED);
	expect_versions(&rig, 55, RUNNING_TCB, RUNNING_TCB, RUNNING_TCB);
	expect_status(download_ex(&rig, image_of(&rig, &next), true), PSP_RESTORE_REQUIRED);
	expect_status(commit(&rig), PSP_RESTORE_REQUIRED);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_SHUTDOWN, NULL, 0));
	expect_status(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT_EX, init, sizeof(init)),
		      PSP_RESTORE_REQUIRED);
	expect_ok(download_ex(&rig, image_of(&rig, &running), false));
	rig_wbinvd(&rig);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_INIT_EX, init, sizeof(init)));
	expect_ok(commit(&rig));
	expect_ok(download_ex(&rig, image_of(&rig, &next), true));
	rig_free(&rig);
}
END_TEST

START_TEST(power_cycle_ends_a_failed_update)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_fault(&rig, "psp.update-failed", 1, 1);
	expect_status(download(&rig, IMAGE, image_of(&rig, &running)), PSP_UPDATE_FAILED);
	psp_reset(rig.psp);
	rig_snp_init(&rig);
	expect_ok(commit(&rig));
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(tcb_layout);
	SUITE_CASE(update);
	SUITE_CASE(update_from_before_1_50);
	SUITE_CASE(changed_image);
	SUITE_CASE(image_arguments);
	SUITE_CASE(image_of_another_machine);
	SUITE_CASE(rollback);
	SUITE_CASE(platform_states);
	SUITE_CASE(live_update);
	SUITE_CASE(provisional_update);
	SUITE_CASE(command_arguments);
	SUITE_CASE(command_set_follows_the_version);
	SUITE_CASE(fault_firmware_downgrade);
	SUITE_CASE(fault_update_failed);
	SUITE_CASE(power_cycle_ends_a_failed_update);
}
