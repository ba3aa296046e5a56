/* SPDX-License-Identifier: MIT */
/* Guests of SEV and SEV-ES in each of their states, by the commands of 55766, 6. */
#include "tests/psp/matrix/matrix.h"

#include <string.h>

enum { POLICY_ES = 4 };

static void launch_start(struct scene *s, uint32_t policy, bool session)
{
	uint8_t buf[0x24] = {0};

	put32(buf + 4, policy);
	if (session) {
		scene_session(s, policy);
		put64(buf + 8, SLOT(SLOT_CERT));
		put32(buf + 0x10, OWNER_CERT_SIZE);
		put64(buf + 0x18, SLOT(SLOT_SESSION));
		put32(buf + 0x20, OWNER_SESSION_SIZE);
	}
	scene_step(s, PSP_CMD_LAUNCH_START, buf, sizeof(buf));
	s->handle = get32(buf);
}

static void receive_start(struct scene *s, uint32_t policy)
{
	uint8_t buf[0x24] = {0};

	put32(buf + 4, policy);
	scene_session(s, policy);
	put64(buf + 8, SLOT(SLOT_CERT));
	put32(buf + 0x10, OWNER_CERT_SIZE);
	put64(buf + 0x18, SLOT(SLOT_SESSION));
	put32(buf + 0x20, OWNER_SESSION_SIZE);
	scene_step(s, PSP_CMD_RECEIVE_START, buf, sizeof(buf));
	s->handle = get32(buf);
}

static void by_handle(struct scene *s, enum psp_cmd_id id)
{
	uint8_t buf[4];

	put32(buf, s->handle);
	scene_step(s, id, buf, sizeof(buf));
}

static void activate(struct scene *s, uint32_t asid)
{
	uint8_t buf[8];

	put32(buf, s->handle);
	put32(buf + 4, asid);
	scene_step(s, PSP_CMD_ACTIVATE, buf, sizeof(buf));
}

static void measure(struct scene *s)
{
	uint8_t buf[0x14] = {0};

	put32(buf, s->handle);
	put64(buf + 8, SLOT(SLOT_OUT));
	put32(buf + 0x10, OWNER_MEASURE_SIZE);
	if (s->snp == SNP_ON)
		rig_to_firmware(&s->rig, SLOT(SLOT_OUT), 1);
	scene_step(s, PSP_CMD_LAUNCH_MEASURE, buf, sizeof(buf));
	memcpy(s->measurement, s->rig.ram + SLOT(SLOT_OUT), sizeof(s->measurement));
	if (s->snp == SNP_ON)
		rig_to_host(&s->rig, SLOT(SLOT_OUT), 1);
}

static void send_start(struct scene *s)
{
	uint32_t handle = s->handle;

	scene_command(s, PSP_CMD_SEND_START);
	put32(s->buf, handle);
	scene_ready(s);
	scene_step(s, PSP_CMD_SEND_START, s->buf, s->len);
	for (unsigned int i = 0; s->snp == SNP_ON && i < s->n_firmware; i++)
		rig_to_host(&s->rig, s->firmware[i].pa, s->firmware[i].pages);
	s->n_firmware = 0;
}

void scene_guest(struct scene *s, unsigned int state, uint32_t policy, bool session)
{
	unsigned int at = state & ~(unsigned int)G_ACTIVE;
	bool bound = state & G_ACTIVE;

	s->guest = state;
	if (at == G_ABSENT) {
		s->handle = 0x7ffffff0;
		return;
	}
	if (at == G_RUPDATE)
		receive_start(s, policy);
	else
		launch_start(s, policy, session);
	if (bound)
		activate(s, policy & POLICY_ES ? ES_ASID : SEV_ASID);
	if (at & (G_LSECRET | G_RUNNING | G_SUPDATE | G_SENT))
		measure(s);
	if (at & (G_RUNNING | G_SUPDATE | G_SENT))
		by_handle(s, PSP_CMD_LAUNCH_FINISH);
	if (at & (G_SUPDATE | G_SENT))
		send_start(s);
	if (at == G_SENT)
		by_handle(s, PSP_CMD_SEND_FINISH);
	if (at == G_GONE)
		by_handle(s, PSP_CMD_DECOMMISSION);
}

void scene_bystander(struct scene *s)
{
	uint32_t handle = s->handle;

	launch_start(s, 0, false);
	activate(s, ASID_TAKEN);
	s->handle = handle;
}

void scene_working(struct scene *s)
{
	launch_start(s, 0, false);
	s->handle = 0;
}
