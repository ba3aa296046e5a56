/* SPDX-License-Identifier: MIT */
/* Valid commands of SNP (buffers as psp-sev.h and sev-tool have them). */
#include "tests/psp/matrix/matrix.h"

#include <check.h>
#include <string.h>

enum { GPA_PAGE = 0x2000, GPA_NEW = 0x3000, GPA_LARGE = 0x200000 };
enum { TYPE_NORMAL = 1 };

static void field32(struct scene *s, size_t offset, uint32_t value)
{
	put32(s->buf + offset, value);
}

static void field64(struct scene *s, size_t offset, uint64_t value)
{
	put64(s->buf + offset, value);
}

static void output(struct scene *s, size_t offset, enum matrix_slot slot)
{
	field64(s, offset, SLOT(slot));
	scene_firmware(s, SLOT(slot), 1);
}

/* All that SNP_INIT wants of the cores. */
static void enable(struct scene *s)
{
	if (s->snp == SNP_OFF)
		rig_snp_enable(&s->rig);
}

static void flush(struct scene *s)
{
	rig_wbinvd(&s->rig);
	if (s->snp == SNP_ON)
		scene_step(s, PSP_CMD_SNP_DF_FLUSH, NULL, 0);
}

/* The guest's page, where the way to its state has not brought one. */
static void own_page(struct scene *s)
{
	if (s->snp == SNP_ON && !(s->guest & G_ACTIVE))
		scene_page(s, SLOT(SLOT_PAGE), SNP_ASID, GPA_PAGE, false);
}

static void guest_request(struct scene *s)
{
	static const uint8_t data[64] = {1, 2, 3};
	uint8_t payload[OWNER_REPORT_REQ_SIZE];
	const struct owner_request request = {
		.type = OWNER_MSG_REPORT, .version = 1, .payload = payload, .len = sizeof(payload)};

	owner_report_request(payload, data, 0);
	ck_assert_int_eq(owner_request_seal(&s->messenger, &request, s->rig.ram + SLOT(SLOT_HDR)),
			 OWNER_OK);
	field64(s, 8, SLOT(SLOT_HDR));
	output(s, 0x10, SLOT_OUT);
}

static void launch_update(struct scene *s)
{
	if (s->snp == SNP_ON)
		scene_page(s, SLOT(SLOT_GUEST), SNP_ASID, GPA_NEW, true);
	field32(s, 8, TYPE_NORMAL << 1);
	field64(s, 0x10, SLOT(SLOT_GUEST));
}

/* Out of the guest's use: Pre-swap. */
static void pre_swap(struct scene *s)
{
	own_page(s);
	if (s->snp == SNP_ON)
		scene_page(s, SLOT(SLOT_PAGE), SNP_ASID, GPA_PAGE, true);
}

static void metadata(struct scene *s)
{
	uint8_t buf[0x10];

	if (s->snp != SNP_ON || !(s->guest & (N_LAUNCH | N_RUNNING)))
		return;
	rig_to_firmware(&s->rig, SLOT(SLOT_METADATA), 1);
	put64(buf, SLOT(SLOT_CONTEXT));
	put64(buf + 8, SLOT(SLOT_METADATA));
	scene_step(s, PSP_CMD_SNP_PAGE_MD_INIT, buf, sizeof(buf));
}

static void swap_out(struct scene *s)
{
	pre_swap(s);
	metadata(s);
	field64(s, 0, SLOT(SLOT_CONTEXT));
	field64(s, 8, SLOT(SLOT_PAGE));
	output(s, 0x10, SLOT_OUT);
	field64(s, 0x18, SLOT(SLOT_METADATA));
	field64(s, 0x20, 0x1234);
}

static void swap_in(struct scene *s)
{
	swap_out(s);
	if (s->snp == SNP_ON && (s->guest & (N_LAUNCH | N_RUNNING)) && (s->guest & G_ACTIVE)) {
		scene_ready(s);
		scene_step(s, PSP_CMD_SNP_PAGE_SWAP_OUT, s->buf, 0x30);
		rig_to_host(&s->rig, SLOT(SLOT_OUT), 1);
	}
	s->n_firmware = 0;
	if (s->snp == SNP_ON)
		scene_page(s, SLOT(SLOT_GUEST), SNP_ASID, GPA_PAGE, true);
	field64(s, 8, SLOT(SLOT_OUT));
	field64(s, 0x10, SLOT(SLOT_GUEST));
	field64(s, 0x20, 0);
}

static void page_move(struct scene *s)
{
	pre_swap(s);
	if (s->snp == SNP_ON)
		scene_page(s, SLOT(SLOT_GUEST), SNP_ASID, GPA_PAGE, true);
	field64(s, 0x10, SLOT(SLOT_PAGE));
	field64(s, 0x18, SLOT(SLOT_GUEST));
}

/* 512 pages in a row that the guest does not use. */
static void unsmash(struct scene *s)
{
	field64(s, 0, GUEST_LARGE);
	for (uint64_t at = 0; s->snp == SNP_ON && at < RIG_2M; at += RIG_PAGE)
		scene_page(s, GUEST_LARGE + at, SNP_ASID, GPA_LARGE + at, true);
}

static void page_set_state(struct scene *s)
{
	uint8_t *list = s->rig.ram + SLOT(SLOT_LIST);

	put32(list, 1);
	put64(list + 8, GUEST_LARGE);
	put32(list + 0x10, 1);
	field32(s, 0, 0x10);
	field64(s, 8, SLOT(SLOT_LIST));
}

static void config(struct scene *s)
{
	struct psp_info info;

	psp_get_info(s->rig.psp, &info);
	field64(s, 0, info.committed_tcb);
}

static void vlek_load(struct scene *s)
{
	const struct psp_kds_config service = {
		.seed = 1, .rsa_bits = 4096, .product = "Milan", .stepping = "B0"};
	struct psp_kds *kds;
	struct psp_info info;
	int ret;

	psp_get_info(s->rig.psp, &info);
	ck_assert_int_eq(psp_kds_new(&kds, &service), 0);
	ret = psp_kds_chip_vlek(kds, s->rig.psp, "CN=cloud.example", info.reported_tcb,
				s->rig.ram + SLOT(SLOT_HDR));
	psp_kds_free(kds);
	if (ret < 0)
		scene_break(s, "psp_kds_chip_vlek", ret);
	field32(s, 0, 0x10);
	field64(s, 8, SLOT(SLOT_HDR));
}

static void download_firmware(struct scene *s)
{
	field32(s, 0, 0x18);
	field64(s, 8, SLOT(SLOT_FIRMWARE));
	field32(s, 0x10, scene_firmware_image(s));
}

static size_t platform(struct scene *s, enum psp_cmd_id id)
{
	switch (id) {
	case PSP_CMD_SNP_INIT:
		return enable(s), 0;
	case PSP_CMD_SNP_INIT_EX:
		enable(s);
		return field32(s, 0, 1), 0x40;
	case PSP_CMD_SNP_SHUTDOWN:
	case PSP_CMD_SNP_DF_FLUSH:
		return flush(s), 0;
	case PSP_CMD_SNP_SHUTDOWN_EX:
		flush(s);
		return field32(s, 0, 8), 8;
	case PSP_CMD_SNP_PLATFORM_STATUS:
		return output(s, 0, SLOT_OUT), 8;
	case PSP_CMD_SNP_PAGE_SET_STATE:
		return page_set_state(s), 0x10;
	case PSP_CMD_SNP_PAGE_RECLAIM:
		return output(s, 0, SLOT_OUT), 8;
	case PSP_CMD_SNP_PAGE_UNSMASH:
		return unsmash(s), 8;
	case PSP_CMD_SNP_CONFIG:
		return config(s), 0x40;
	case PSP_CMD_SNP_DOWNLOAD_FIRMWARE_EX:
		return download_firmware(s), 0x18;
	case PSP_CMD_SNP_COMMIT:
		return field32(s, 0, 4), 4;
	case PSP_CMD_SNP_VLEK_LOAD:
		return vlek_load(s), 0x10;
	case PSP_CMD_SNP_FEATURE_INFO:
		field32(s, 0, 0x10);
		return output(s, 8, SLOT_OUT), 0x10;
	default: /* TIO_*: a length in front of what the driver knows of them */
		return field32(s, 0, 0x20), 0x20;
	}
}

static size_t guest(struct scene *s, enum psp_cmd_id id)
{
	field64(s, 0, SLOT(SLOT_CONTEXT));
	switch (id) {
	case PSP_CMD_SNP_ACTIVATE:
		return field32(s, 8, SNP_ASID), 0xc;
	case PSP_CMD_SNP_GUEST_STATUS:
		return output(s, 8, SLOT_OUT), 0x10;
	case PSP_CMD_SNP_GCTX_CREATE:
		if (s->guest == NO_GUEST)
			scene_firmware(s, SLOT(SLOT_CONTEXT), 1);
		return 8;
	case PSP_CMD_SNP_GUEST_REQUEST:
		return guest_request(s), 0x18;
	case PSP_CMD_SNP_ACTIVATE_EX:
		field32(s, 0, 0x20);
		field32(s, 4, 0);
		field64(s, 8, SLOT(SLOT_CONTEXT));
		field32(s, 0x10, SNP_ASID);
		field32(s, 0x14, 1);
		return field64(s, 0x18, SLOT(SLOT_LIST)), 0x20;
	case PSP_CMD_SNP_LAUNCH_START:
		return field64(s, 8, SNP_POLICY), 0x30;
	case PSP_CMD_SNP_LAUNCH_UPDATE:
		return launch_update(s), 0x20;
	case PSP_CMD_SNP_LAUNCH_FINISH:
		return 0x40;
	case PSP_CMD_SNP_DBG_DECRYPT:
		own_page(s);
		field64(s, 8, SLOT(SLOT_PAGE));
		return output(s, 0x10, SLOT_OUT), 0x18;
	case PSP_CMD_SNP_DBG_ENCRYPT:
		own_page(s);
		field64(s, 8, SLOT(SLOT_HDR));
		return field64(s, 0x10, SLOT(SLOT_PAGE)), 0x18;
	case PSP_CMD_SNP_PAGE_SWAP_OUT:
		return swap_out(s), 0x30;
	case PSP_CMD_SNP_PAGE_SWAP_IN:
		return swap_in(s), 0x30;
	case PSP_CMD_SNP_PAGE_MOVE:
		return page_move(s), 0x20;
	case PSP_CMD_SNP_PAGE_MD_INIT:
		return output(s, 8, SLOT_OUT), 0x10;
	default:
		return 8;
	}
}

static bool has_guest(enum psp_cmd_id id)
{
	return id >= PSP_CMD_SNP_DECOMMISSION && id <= PSP_CMD_SNP_PAGE_MD_INIT;
}

void scene_command_snp(struct scene *s, enum psp_cmd_id id)
{
	s->len = has_guest(id) ? guest(s, id) : platform(s, id);
}
