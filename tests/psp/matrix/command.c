/* SPDX-License-Identifier: MIT */
/* Valid commands of SEV and SEV-ES (buffers as psp-sev.h and sev-tool have them). */
#include "tests/psp/matrix/matrix.h"
#include "tests/psp/owner/chip.h"

#include <check.h>
#include <string.h>

#define WRITES(command) PSP_CMD_##command,
static const enum psp_cmd_id writers[] = {
#include "tests/psp/matrix/writes.def"
};
#undef WRITES

bool matrix_writes(enum psp_cmd_id id)
{
	for (size_t i = 0; i < sizeof(writers) / sizeof(*writers); i++)
		if (writers[i] == id)
			return true;
	return false;
}

bool matrix_is_snp(enum psp_cmd_id id)
{
	return id >= PSP_CMD_SNP_INIT;
}

static void field32(struct scene *s, size_t offset, uint32_t value)
{
	put32(s->buf + offset, value);
}

static void field64(struct scene *s, size_t offset, uint64_t value)
{
	put64(s->buf + offset, value);
}

/* A range that the command reads, or that it writes and that is then the firmware's. */
static void range(struct scene *s, size_t offset, enum matrix_slot slot, uint32_t len, bool writes)
{
	field64(s, offset, SLOT(slot));
	field32(s, offset + 8, len);
	if (writes)
		scene_firmware(s, SLOT(slot), (len + RIG_PAGE - 1) / RIG_PAGE);
}

static void init(struct scene *s, size_t flags)
{
	field32(s, flags, 1);
	field64(s, 8, RIG_TMR);
	field32(s, 0x10, s->snp == SNP_ON ? 2 << 20 : 1 << 20);
	if (s->sev == SEV_UNINIT)
		scene_firmware(s, RIG_TMR, 512);
	rig_wbinvd(&s->rig);
}

static void init_ex(struct scene *s)
{
	enum { NV_SIZE = 32 << 10 };

	field32(s, 0, 0x24);
	init(s, 4);
	range(s, 0x18, SLOT_NV, NV_SIZE, true);
	memset(s->rig.ram + SLOT(SLOT_NV), 0xff, NV_SIZE);
}

/* The PEK, signed by an OCA of one's own. */
static void pek_cert_import(struct scene *s)
{
	uint8_t csr[0xc] = {0}, *pek = s->rig.ram + SLOT(SLOT_CERT);
	struct owner_ec_key oca;

	range(s, 0, SLOT_CERT, OWNER_CERT_SIZE, false);
	range(s, 0x10, SLOT_CHAIN, OWNER_CERT_SIZE, false);
	if (s->sev != SEV_INIT)
		return;
	put64(csr, SLOT(SLOT_OUT));
	put32(csr + 8, OWNER_CERT_SIZE);
	if (s->snp == SNP_ON)
		rig_to_firmware(&s->rig, SLOT(SLOT_OUT), 1);
	scene_step(s, PSP_CMD_PEK_CSR, csr, sizeof(csr));
	if (s->snp == SNP_ON)
		rig_to_host(&s->rig, SLOT(SLOT_OUT), 1);
	owner_ec_generate(&oca, &s->rand);
	owner_oca_make(s->rig.ram + SLOT(SLOT_CHAIN), s->rig.ram + SLOT(SLOT_OUT) + 4, &oca);
	if (owner_pek_import(pek, s->rig.ram + SLOT(SLOT_OUT), &oca) != OWNER_OK)
		scene_break(s, "PEK_CSR gave no CSR", PSP_INVALID_CERTIFICATE);
}

uint32_t scene_firmware_image(struct scene *s)
{
	const struct psp_config *c = &s->rig.config;
	const struct psp_firmware firmware = {c->api_major, c->api_minor, (uint8_t)(c->build + 1),
					      c->tcb};
	int len = psp_firmware_image(s->rig.psp, &firmware, s->rig.ram + SLOT(SLOT_FIRMWARE),
				     SLOT(SLOT_STATUS) - SLOT(SLOT_FIRMWARE));

	if (len <= 0) {
		scene_break(s, "psp_firmware_image", len);
		return 0;
	}
	return (uint32_t)len;
}

static void ring_buffer(struct scene *s)
{
	field64(s, 0, SLOT(SLOT_HDR));
	field64(s, 8, SLOT(SLOT_OUT));
	field64(s, 0x10, SLOT(SLOT_TRANS));
	field64(s, 0x18, SLOT(SLOT_STATUS));
	s->buf[0x20] = 1;
	s->buf[0x21] = 1;
	scene_firmware(s, SLOT(SLOT_OUT), 1);
	scene_firmware(s, SLOT(SLOT_STATUS), 1);
}

static void start(struct scene *s)
{
	scene_session(s, s->start_policy);
	field32(s, 4, s->start_policy);
	field32(s, 0, s->guest == NO_GUEST ? 0 : s->handle);
	range(s, 8, SLOT_CERT, OWNER_CERT_SIZE, false);
	range(s, 0x18, SLOT_SESSION, OWNER_SESSION_SIZE, false);
}

/* Where the guest is to go: a chip of the owner's, made once. */
static const struct owner_chip *target(void)
{
	static struct owner_chip chip;
	struct owner_rand rand;

	if (!chip.amd_size) {
		owner_rand_init(&rand, "target");
		owner_chip_make(&chip, &rand, 2048);
	}
	return &chip;
}

static void send_start(struct scene *s)
{
	const struct owner_chip *chip = target();
	uint8_t *ram = s->rig.ram;

	memcpy(ram + SLOT(SLOT_CERT), chip->pdh, sizeof(chip->pdh));
	memcpy(ram + SLOT(SLOT_CHAIN), chip->chain, sizeof(chip->chain));
	memcpy(ram + SLOT(SLOT_AMD), chip->ask, chip->amd_size);
	memcpy(ram + SLOT(SLOT_AMD) + chip->amd_size, chip->ark, chip->amd_size);
	field32(s, 0, s->handle);
	range(s, 8, SLOT_CERT, OWNER_CERT_SIZE, false);
	range(s, 0x18, SLOT_CHAIN, OWNER_CHAIN_SIZE, false);
	range(s, 0x28, SLOT_AMD, 2 * (uint32_t)chip->amd_size, false);
	range(s, 0x38, SLOT_SESSION, OWNER_SESSION_SIZE, true);
}

static void send_update(struct scene *s, uint32_t len)
{
	field32(s, 0, s->handle);
	range(s, 8, SLOT_HDR, OWNER_PACKET_HDR_SIZE, true);
	range(s, 0x18, SLOT_GUEST, len, false);
	range(s, 0x28, SLOT_TRANS, len, true);
}

static void packet(struct scene *s, enum owner_packet_kind kind, uint32_t len)
{
	const struct psp_config *c = &s->rig.config;
	struct owner_version version = {c->api_major, c->api_minor, c->build};
	bool bound = kind == OWNER_PACKET_SECRET && owner_secret_is_bound(version);
	uint8_t plain[RIG_PAGE];

	for (size_t i = 0; i < len; i++)
		plain[i] = (uint8_t)(i * 7 + 1);
	owner_packet_seal(&s->session, kind, &s->rand, bound ? s->measurement : NULL, plain, len,
			  s->rig.ram + SLOT(SLOT_HDR), s->rig.ram + SLOT(SLOT_TRANS));
	field32(s, 0, s->handle);
	range(s, 8, SLOT_HDR, OWNER_PACKET_HDR_SIZE, false);
	range(s, 0x18, SLOT_GUEST, len, true);
	range(s, 0x28, SLOT_TRANS, len, false);
}

static void activate_ex(struct scene *s)
{
	field32(s, 0, 0x18);
	field32(s, 4, s->handle);
	field32(s, 8, SEV_ASID);
	field32(s, 0xc, 1);
	field64(s, 0x10, SLOT(SLOT_LIST));
}

static void copy(struct scene *s)
{
	field32(s, 0, s->handle);
	field32(s, 4, RIG_PAGE);
	field64(s, 8, SLOT(SLOT_GUEST));
	field64(s, 0x10, SLOT(SLOT_PAGE));
	scene_firmware(s, SLOT(SLOT_PAGE), 1);
}

static void dbg(struct scene *s, enum matrix_slot src, enum matrix_slot dst)
{
	field32(s, 0, s->handle);
	field64(s, 8, SLOT(src));
	field64(s, 0x10, SLOT(dst));
	field32(s, 0x18, SEND_BYTES);
	scene_firmware(s, SLOT(dst), 1);
}

static void flushed(struct scene *s)
{
	rig_wbinvd(&s->rig);
}

static size_t platform(struct scene *s, enum psp_cmd_id id)
{
	switch (id) {
	case PSP_CMD_INIT:
		return init(s, 0), 0x14;
	case PSP_CMD_INIT_EX:
		return init_ex(s), 0x24;
	case PSP_CMD_PLATFORM_STATUS:
		return 0xc;
	case PSP_CMD_PEK_CSR:
		return range(s, 0, SLOT_OUT, OWNER_CERT_SIZE, true), 0xc;
	case PSP_CMD_PEK_CERT_IMPORT:
		return pek_cert_import(s), 0x1c;
	case PSP_CMD_PDH_CERT_EXPORT:
		range(s, 0, SLOT_OUT, OWNER_CERT_SIZE, true);
		return range(s, 0x10, SLOT_CHAIN, OWNER_CHAIN_SIZE, true), 0x1c;
	case PSP_CMD_DF_FLUSH:
		return flushed(s), 0;
	case PSP_CMD_DOWNLOAD_FIRMWARE:
		return range(s, 0, SLOT_FIRMWARE, scene_firmware_image(s), false), 0xc;
	case PSP_CMD_GET_ID:
		return range(s, 0, SLOT_OUT, 0x80, true), 0xc;
	case PSP_CMD_RING_BUFFER:
		return ring_buffer(s), 0x28;
	default:
		return 0;
	}
}

static size_t guest(struct scene *s, enum psp_cmd_id id)
{
	field32(s, 0, s->handle);
	switch (id) {
	case PSP_CMD_ACTIVATE:
		return field32(s, 4, SEV_ASID), 8;
	case PSP_CMD_GUEST_STATUS:
		return 0xd;
	case PSP_CMD_COPY:
		return copy(s), 0x18;
	case PSP_CMD_ACTIVATE_EX:
		return activate_ex(s), 0x18;
	case PSP_CMD_LAUNCH_START:
	case PSP_CMD_RECEIVE_START:
		return start(s), 0x24;
	case PSP_CMD_LAUNCH_UPDATE_DATA:
	case PSP_CMD_LAUNCH_UPDATE_VMSA:
		return range(s, 8, SLOT_GUEST, RIG_PAGE, true), 0x14;
	case PSP_CMD_LAUNCH_MEASURE:
		return range(s, 8, SLOT_OUT, OWNER_MEASURE_SIZE, true), 0x14;
	case PSP_CMD_LAUNCH_SECRET:
		return packet(s, OWNER_PACKET_SECRET, 64), 0x34;
	case PSP_CMD_ATTESTATION:
		field64(s, 8, SLOT(SLOT_OUT));
		field32(s, 0x20, OWNER_SEV_REPORT_SIZE);
		return scene_firmware(s, SLOT(SLOT_OUT), 1), 0x24;
	case PSP_CMD_SEND_START:
		return send_start(s), 0x44;
	case PSP_CMD_SEND_UPDATE_DATA:
		return send_update(s, SEND_BYTES), 0x34;
	case PSP_CMD_SEND_UPDATE_VMSA:
		return send_update(s, RIG_PAGE), 0x34;
	case PSP_CMD_RECEIVE_UPDATE_DATA:
		return packet(s, OWNER_PACKET_DATA, SEND_BYTES), 0x34;
	case PSP_CMD_RECEIVE_UPDATE_VMSA:
		return packet(s, OWNER_PACKET_VMSA, RIG_PAGE), 0x34;
	case PSP_CMD_DBG_DECRYPT:
		return dbg(s, SLOT_GUEST, SLOT_OUT), 0x1c;
	case PSP_CMD_DBG_ENCRYPT:
		return dbg(s, SLOT_HDR, SLOT_GUEST), 0x1c;
	case PSP_CMD_SWAP_OUT:
	case PSP_CMD_SWAP_IN:
		return 0x30;
	default:
		return 4;
	}
}

void scene_command(struct scene *s, enum psp_cmd_id id)
{
	s->id = id;
	memset(s->buf, 0, sizeof(s->buf));
	s->n_firmware = 0;
	if (matrix_is_snp(id))
		scene_command_snp(s, id);
	else
		s->len = id < PSP_CMD_DECOMMISSION ? platform(s, id) : guest(s, id);
}
