/* SPDX-License-Identifier: MIT */
/* Machines in the states of the platform, and what both kinds of guests need. */
#include "tests/psp/matrix/matrix.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

void scene_break(struct scene *s, const char *what, int got)
{
	const char *name = got >= 0 ? psp_status_name((unsigned int)got) : NULL;

	if (!s->broken[0])
		snprintf(s->broken, sizeof(s->broken), "on the way there, %s: %s (%d)", what,
			 name ? name : "?", got);
}

void scene_step(struct scene *s, enum psp_cmd_id id, void *buf, size_t len)
{
	int status;

	if (s->broken[0])
		return;
	status = matrix_writes(id) ? rig_cmd(&s->rig, id, buf, len)
				   : rig_cmd_raw(&s->rig, id, buf, len);
	if (status != PSP_SUCCESS)
		scene_break(s, psp_cmd_name(id), status);
}

void scene_new(struct scene *s, const struct psp_config *config, unsigned int sev, unsigned int snp)
{
	struct psp_config c;

	memset(s, 0, sizeof(*s));
	if (config)
		c = *config;
	else
		psp_config_default(&c);
	c.snp = snp != SNP_NONE;
	rig_new(&s->rig, &c);
	s->sev = sev;
	s->snp = snp;
	owner_rand_init(&s->rand, "matrix");
}

void scene_free(struct scene *s)
{
	free(s->before);
	rig_free(&s->rig);
}

/* By SNP_INIT, which every firmware with SNP has. */
static void snp_init(struct scene *s)
{
	rig_snp_enable(&s->rig);
	scene_step(s, PSP_CMD_SNP_INIT, NULL, 0);
	rig_wbinvd(&s->rig);
	scene_step(s, PSP_CMD_SNP_DF_FLUSH, NULL, 0);
}

/* The keys that the first INIT makes serve the later machines, which have the same chip. */
static void init(struct scene *s)
{
	static uint8_t nv[PSP_NV_SIZE];
	static int api = -1; /* of the firmware that made them */
	int own = s->rig.config.api_major << 8 | s->rig.config.api_minor;

	if (api == own)
		psp_nv_load(s->rig.psp, nv);
	rig_init(&s->rig);
	if (api != own)
		psp_nv_save(s->rig.psp, nv);
	api = own;
}

void scene_platform(struct scene *s)
{
	if (s->snp == SNP_ON)
		snp_init(s);
	if (s->broken[0])
		return;
	if (s->sev != SEV_UNINIT)
		init(s);
}

void scene_page(struct scene *s, uint64_t pa, unsigned int asid, uint64_t gpa, bool immutable)
{
	struct psp_rmp_entry entry = {
		.assigned = true, .immutable = immutable, .asid = asid, .gpa = gpa};
	int ret = psp_rmpupdate(s->rig.psp, 0, pa, &entry);

	if (ret != PSP_RMP_OK && !s->broken[0])
		snprintf(s->broken, sizeof(s->broken),
			 "on the way there, RMPUPDATE of %#llx for ASID %u: %d",
			 (unsigned long long)pa, asid, ret);
}

bool scene_pdh(struct scene *s)
{
	uint8_t buf[0x1c] = {0};

	if (s->has_pdh)
		return true;
	if (s->sev == SEV_UNINIT)
		return false;
	put64(buf, SLOT(SLOT_OUT));
	put32(buf + 8, OWNER_CERT_SIZE);
	put64(buf + 0x10, SLOT(SLOT_CHAIN));
	put32(buf + 0x18, OWNER_CHAIN_SIZE);
	if (s->snp == SNP_ON) {
		rig_to_firmware(&s->rig, SLOT(SLOT_OUT), 1);
		rig_to_firmware(&s->rig, SLOT(SLOT_CHAIN), 2);
	}
	scene_step(s, PSP_CMD_PDH_CERT_EXPORT, buf, sizeof(buf));
	memcpy(s->pdh, s->rig.ram + SLOT(SLOT_OUT), sizeof(s->pdh));
	if (s->snp == SNP_ON) {
		rig_to_host(&s->rig, SLOT(SLOT_OUT), 1);
		rig_to_host(&s->rig, SLOT(SLOT_CHAIN), 2);
	}
	s->has_pdh = !s->broken[0];
	return s->has_pdh;
}

void scene_session(struct scene *s, uint32_t policy)
{
	struct owner_ec_key dh;
	enum owner_check check;

	if (!scene_pdh(s))
		return;
	owner_ec_generate(&dh, &s->rand);
	owner_dh_make(s->rig.ram + SLOT(SLOT_CERT), s->pdh, &dh);
	check = owner_session_start(&s->session, &s->rand, &dh, s->pdh, policy,
				    s->rig.ram + SLOT(SLOT_SESSION));
	if (check != OWNER_OK)
		scene_break(s, owner_check_text(check), (int)check);
	s->has_session = true;
}

void scene_firmware(struct scene *s, uint64_t pa, unsigned int pages)
{
	s->firmware[s->n_firmware].pa = pa;
	s->firmware[s->n_firmware++].pages = pages;
}

static void snapshot(struct scene *s)
{
	s->before = malloc(ARENA);
	ck_assert_ptr_nonnull(s->before);
	memcpy(s->before, s->rig.ram, ARENA);
	for (unsigned int i = 0; i < sizeof(s->states_before); i++)
		s->states_before[i] = (uint8_t)psp_page_state(s->rig.psp, (uint64_t)i * RIG_PAGE);
}

void scene_ready(struct scene *s)
{
	if (s->snp != SNP_ON)
		return;
	for (unsigned int i = 0; i < s->n_firmware; i++)
		rig_to_firmware(&s->rig, s->firmware[i].pa, s->firmware[i].pages);
}

int scene_run(struct scene *s)
{
	uint8_t *ram = s->rig.ram + RIG_CMD;
	int status;

	sev_state(s, &s->guests_before);
	if (s->len)
		memcpy(ram, s->buf, s->len);
	if (!s->misplaced && s->len && s->snp == SNP_ON && matrix_writes(s->id))
		rig_to_firmware(&s->rig, RIG_CMD, 1);
	snapshot(s);
	status = psp_command(s->rig.psp, s->id,
			     s->misplaced ? s->buffer
			     : s->len	  ? RIG_CMD
					  : 0,
			     NULL);
	if (s->len)
		memcpy(s->buf, ram, s->len);
	return status;
}
