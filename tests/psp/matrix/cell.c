/* SPDX-License-Identifier: MIT */
/* What a command left behind, and the record of a cell. */
#include "tests/psp/matrix/matrix.h"

#include <check.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

int sev_state(struct scene *s, uint32_t *guests)
{
	uint8_t buf[0xc] = {0};
	int status = rig_cmd(&s->rig, PSP_CMD_PLATFORM_STATUS, buf, sizeof(buf));

	*guests = get32(buf + 8);
	return status == PSP_SUCCESS ? buf[2] : -1;
}

static const uint8_t *status_page(struct scene *s, enum psp_cmd_id id, uint8_t *buf, size_t len)
{
	struct psp_info info;
	int status;

	psp_get_info(s->rig.psp, &info);
	if (info.snp_initialized)
		rig_to_firmware(&s->rig, SLOT(SLOT_STATUS), 1);
	put64(buf + len - 8, SLOT(SLOT_STATUS));
	status = rig_cmd_raw(&s->rig, id, buf, len);
	if (info.snp_initialized)
		rig_to_host(&s->rig, SLOT(SLOT_STATUS), 1);
	return status == PSP_SUCCESS ? s->rig.ram + SLOT(SLOT_STATUS) : NULL;
}

int snp_state(struct scene *s)
{
	uint8_t buf[8] = {0};
	const uint8_t *page = status_page(s, PSP_CMD_SNP_PLATFORM_STATUS, buf, sizeof(buf));

	return page ? page[2] : -1;
}

int guest_state(struct scene *s, uint32_t handle, uint32_t *asid)
{
	uint8_t buf[0xd] = {0};
	int status;

	put32(buf, handle);
	status = rig_cmd(&s->rig, PSP_CMD_GUEST_STATUS, buf, sizeof(buf));
	*asid = get32(buf + 8);
	return status == PSP_SUCCESS ? buf[0xc] : -1;
}

int snp_guest_state(struct scene *s, uint32_t *asid)
{
	uint8_t buf[0x10] = {0};
	const uint8_t *page;

	put64(buf, SLOT(SLOT_CONTEXT));
	page = status_page(s, PSP_CMD_SNP_GUEST_STATUS, buf, sizeof(buf));
	*asid = page ? get32(page + 8) : 0;
	return page ? page[0xc] : -1;
}

void complain(struct verdict *verdict, const char *format, ...)
{
	size_t used = strlen(verdict->text);
	va_list ap;

	va_start(ap, format);
	snprintf(verdict->text + used, sizeof(verdict->text) - used, "%s", used ? "; " : "");
	used = strlen(verdict->text);
	vsnprintf(verdict->text + used, sizeof(verdict->text) - used, format, ap);
	va_end(ap);
}

/* A failed command changed nothing but its buffer. */
static void unchanged(struct scene *s, struct verdict *verdict)
{
	for (uint64_t pa = 0; pa < ARENA; pa += RIG_PAGE) {
		int state = psp_page_state(s->rig.psp, pa),
		    before = s->states_before[pa / RIG_PAGE];

		if (state != before) {
			complain(verdict, "page %#llx: %s, was %s", (unsigned long long)pa,
				 psp_page_state_name((enum psp_page_state)state),
				 psp_page_state_name((enum psp_page_state)before));
			return;
		}
		if (pa != RIG_CMD && memcmp(s->rig.ram + pa, s->before + pa, RIG_PAGE) != 0) {
			complain(verdict, "page %#llx was written", (unsigned long long)pa);
			return;
		}
	}
}

/* Pages that the command had in Firmware state come back to the host. */
static void returnable(struct scene *s, uint64_t pa, struct verdict *verdict)
{
	enum psp_page_state state = psp_page_state(s->rig.psp, pa);

	if (state != PSP_PAGE_FIRMWARE && state != PSP_PAGE_RECLAIM)
		return;
	rig_to_host(&s->rig, pa, 1);
	state = psp_page_state(s->rig.psp, pa);
	if (state != PSP_PAGE_HYPERVISOR)
		complain(verdict, "page %#llx stays %s", (unsigned long long)pa,
			 psp_page_state_name(state));
}

/* INIT's TMR stays with the firmware until SHUTDOWN. */
static bool kept(const struct scene *s, int status, uint64_t pa)
{
	return status == PSP_SUCCESS && pa == RIG_TMR &&
	       (s->id == PSP_CMD_INIT || s->id == PSP_CMD_INIT_EX);
}

/* Ring mode ends with the first command through the mailbox. */
static void ring_exit(struct scene *s, struct verdict *verdict)
{
	int status = rig_cmd_raw(&s->rig, PSP_CMD_NOP, NULL, 0);

	if (status != PSP_RING_BUFFER_EXIT)
		complain(verdict, "a command in ring mode gets %d, not RING_BUFFER_EXIT", status);
}

void scene_check(struct scene *s, int status, struct verdict *verdict)
{
	struct psp_info info;
	uint32_t guests;

	if (status != PSP_SUCCESS)
		unchanged(s, verdict);
	else if (s->id == PSP_CMD_RING_BUFFER)
		ring_exit(s, verdict);
	psp_get_info(s->rig.psp, &info);
	if (info.snp_initialized) {
		returnable(s, RIG_CMD, verdict);
		for (unsigned int i = 0; i < s->n_firmware; i++) {
			if (kept(s, status, s->firmware[i].pa))
				continue;
			for (unsigned int page = 0; page < s->firmware[i].pages; page++)
				returnable(s, s->firmware[i].pa + (uint64_t)page * RIG_PAGE,
					   verdict);
		}
	}
	if (status == PSP_SUCCESS)
		return;
	sev_state(s, &guests);
	if (guests != s->guests_before)
		complain(verdict, "%u guests, were %u", guests, s->guests_before);
}

static void record(const struct cell *cell, const char *verdict)
{
	const char *name = getenv("FAULTLINE_PSP_CELLS");
	const char *status =
		cell->expected >= 0 ? psp_status_name((unsigned int)cell->expected) : "-";
	FILE *file = name ? fopen(name, "a") : NULL;

	if (!file)
		return;
	fprintf(file, "%s\t%s\t%s\t%s\t%s\n", cell->command, cell->state, status, cell->suite,
		verdict);
	fclose(file);
}

bool cell_done(const struct cell *cell, const struct verdict *verdict)
{
	if (!verdict->text[0]) {
		record(cell, cell->unsure ? "unverified" : "ok");
		return true;
	}
	record(cell, "FAILED");
	printf("# %s, %s: %s%s\n", cell->command, cell->state, verdict->text,
	       cell->unsure ? " (unverified)" : "");
	fflush(stdout);
	return false;
}

void cell_unreachable(const struct cell *cell)
{
	record(cell, "not reachable");
}
