/* SPDX-License-Identifier: MIT */
/* Steps of programs that are commands. */
#include "tests/fuzz/ledger.h"
#include "tests/fuzz/program.h"

enum {
	BARE = 1 << 0,	  /* as it is: no page is made the firmware's */
	MAILBOX = 1 << 1, /* by the registers */
	NO_STEP = 1 << 2, /* ... and it waits there */
	INTERRUPT = 1 << 3,
};

/* A lent page must come back unless the command made something of it. */
static unsigned int lend(struct machine *m, const struct shape *shape, bool *lent)
{
	unsigned int n = 0;

	for (unsigned int i = 0; i < shape->n_pages; i++) {
		lent[i] = machine_to_firmware(m, shape->pages[i]);
		n += lent[i];
	}
	return n;
}

static void by_mailbox(struct machine *m, const struct shape *shape, unsigned int flags)
{
	int command = psp_reg_offset(m->psp, "CmdResp"),
	    low = psp_reg_offset(m->psp, "CmdBufAddr_Lo");
	uint32_t word = shape->id << 16 | (flags & INTERRUPT ? 1 : 0);

	memcpy(m->ram + MACHINE_CMD, shape->buf, sizeof(shape->buf));
	psp_mmio_write(m->psp, (uint32_t)low, MACHINE_CMD);
	psp_mmio_write(m->psp, (uint32_t)low + 4, 0);
	psp_mmio_write(m->psp, (uint32_t)command, word);
	if (!(flags & NO_STEP))
		machine_settle(m);
}

static void run(struct machine *m, struct shape *shape, unsigned int flags,
		struct program_seen *seen)
{
	size_t size = psp_cmd_size(shape->id);
	int status;

	if (flags & MAILBOX) {
		by_mailbox(m, shape, flags);
		return;
	}
	if (flags & BARE && size) {
		memcpy(m->ram + MACHINE_CMD, shape->buf, size);
		status = machine_command(m, shape->id, MACHINE_CMD);
	} else {
		status = machine_cmd(m, shape->id, size ? shape->buf : NULL, size);
	}
	if (seen && status >= 0) {
		seen->succeeded[shape->id] += !status;
		seen->failed[shape->id] += !!status;
	}
}

/* Commands that want host pages that are the firmware's. Others name guests' pages. */
static bool wants_pages(unsigned int id)
{
	switch (id) {
	case PSP_CMD_SNP_LAUNCH_UPDATE:
	case PSP_CMD_SNP_PAGE_MOVE:
	case PSP_CMD_SNP_PAGE_RECLAIM:
	case PSP_CMD_SNP_PAGE_UNSMASH:
		return false;
	default:
		return true;
	}
}

/* SNP_GCTX_CREATE's page stays the firmware's, and others do, now and then. */
void program_command(struct machine *m, struct input *in, struct program_seen *seen)
{
	unsigned int flags = input_byte(in);
	bool lent[SHAPE_PAGES] = {false};
	struct shape shape;

	/* 3 of 4 are plain, one is with what the byte says */
	flags = flags < 192 ? 0 : flags & 15;
	shape_fill(&shape, m, shape_any_id(m, in), in);
	if (machine_snp_on(m) && !(flags & BARE) && wants_pages(shape.id))
		lend(m, &shape, lent);
	run(m, &shape, flags, seen);
	for (unsigned int i = 0; i < shape.n_pages; i++)
		if (lent[i] && !(flags & NO_STEP))
			machine_to_host(m, shape.pages[i]);
}
