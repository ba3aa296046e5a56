/* SPDX-License-Identifier: MIT */
/* SNP guests in each of their states, by the commands of 56860, 8. */
#include "tests/psp/matrix/matrix.h"

#include <string.h>

enum { GPA_SECRETS = 0x1000, GPA_PAGE = 0x2000, TYPE_NORMAL = 1, TYPE_SECRETS = 5 };

static void context(struct scene *s, uint64_t gctx)
{
	uint8_t buf[8];

	rig_to_firmware(&s->rig, gctx, 1);
	put64(buf, gctx);
	scene_step(s, PSP_CMD_SNP_GCTX_CREATE, buf, sizeof(buf));
}

static void launch_start(struct scene *s, uint64_t gctx)
{
	uint8_t buf[0x30] = {0};

	put64(buf, gctx);
	put64(buf + 8, SNP_POLICY);
	scene_step(s, PSP_CMD_SNP_LAUNCH_START, buf, sizeof(buf));
}

static void activate(struct scene *s, uint64_t gctx, uint32_t asid)
{
	uint8_t buf[0xc];

	put64(buf, gctx);
	put32(buf + 8, asid);
	scene_step(s, PSP_CMD_SNP_ACTIVATE, buf, sizeof(buf));
}

void scene_snp_update(struct scene *s, uint64_t pa, uint64_t gpa, unsigned int type)
{
	uint8_t buf[0x20] = {0};

	scene_page(s, pa, SNP_ASID, gpa, true);
	put64(buf, SLOT(SLOT_CONTEXT));
	put32(buf + 8, type << 1);
	put64(buf + 0x10, pa);
	scene_step(s, PSP_CMD_SNP_LAUNCH_UPDATE, buf, sizeof(buf));
}

/* As the guest would. */
static void read_secrets(struct scene *s)
{
	struct psp_access access = {
		.agent = PSP_GUEST,
		.pa = SLOT(SLOT_SECRETS),
		.encrypted = true,
		.asid = SNP_ASID,
		.snp = true,
		.gpa = GPA_SECRETS,
	};
	uint8_t page[OWNER_PAGE];
	struct owner_secrets secrets;
	struct psp_fault fault = {0};
	enum owner_check check;
	int ret;

	if (s->broken[0])
		return;
	ret = psp_access(s->rig.psp, &access, page, sizeof(page), &fault);
	if (ret != PSP_ACCESS_OK) {
		scene_break(s, fault.reason ? fault.reason : "access", ret);
		return;
	}
	check = owner_secrets_parse(page, &secrets);
	if (check != OWNER_OK)
		scene_break(s, owner_check_text(check), (int)check);
	owner_guest_init(&s->messenger, &secrets);
}

static void launch_finish(struct scene *s)
{
	uint8_t buf[0x40] = {0};

	put64(buf, SLOT(SLOT_CONTEXT));
	scene_step(s, PSP_CMD_SNP_LAUNCH_FINISH, buf, sizeof(buf));
}

void scene_snp_guest(struct scene *s, unsigned int state)
{
	unsigned int at = state & ~(unsigned int)G_ACTIVE;

	s->guest = state;
	if (at == N_ABSENT) {
		rig_to_firmware(&s->rig, SLOT(SLOT_CONTEXT), 1);
		return;
	}
	context(s, SLOT(SLOT_CONTEXT));
	if (at & (N_LAUNCH | N_RUNNING))
		launch_start(s, SLOT(SLOT_CONTEXT));
	if (state & G_ACTIVE) {
		activate(s, SLOT(SLOT_CONTEXT), SNP_ASID);
		scene_snp_update(s, SLOT(SLOT_SECRETS), GPA_SECRETS, TYPE_SECRETS);
		scene_snp_update(s, SLOT(SLOT_PAGE), GPA_PAGE, TYPE_NORMAL);
		read_secrets(s);
	}
	if (at & N_RUNNING)
		launch_finish(s);
}

void scene_snp_bystander(struct scene *s)
{
	context(s, SLOT(SLOT_CONTEXT_2));
	launch_start(s, SLOT(SLOT_CONTEXT_2));
	activate(s, SLOT(SLOT_CONTEXT_2), SNP_ASID_TAKEN);
}
