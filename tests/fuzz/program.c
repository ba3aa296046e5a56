/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/program.h"

#include "tests/fuzz/ledger.h"

enum { MAX_STEPS = 200, POLICY_MIGRATE_MA = 1 << 2 /* of byte 2 */, POLICY_DEBUG = 1 << 3 };

/* With zeros for choices a shape's fields are as they should be. */
static int plain(struct machine *m, unsigned int id, struct shape *shape)
{
	return machine_cmd(m, id, psp_cmd_size(id) ? shape->buf : NULL, psp_cmd_size(id));
}

static struct shape shape_of(struct machine *m, unsigned int id)
{
	struct input none = {(const uint8_t *)"", 0};
	struct shape shape;

	shape_fill(&shape, m, id, &none);
	return shape;
}

static int simple(struct machine *m, unsigned int id)
{
	struct shape shape = shape_of(m, id);

	return plain(m, id, &shape);
}

/* INIT with SEV-ES; its TMR are the firmware's pages, if SNP is there. */
static void sev_init(struct machine *m)
{
	struct psp_rmp_entry tmr = {.assigned = true, .immutable = true, .page_2m = true};
	struct shape shape = shape_of(m, PSP_CMD_INIT);
	bool snp = machine_snp_on(m);

	if (snp)
		ledger_rmpupdate(m->ledger, 0, MACHINE_LARGE, &tmr);
	shape.buf[0] = 1;
	fuzz_put(shape.buf + 0x10, snp ? MACHINE_2M : MACHINE_2M / 2, 4);
	plain(m, PSP_CMD_INIT, &shape);
	machine_wbinvd(m);
	simple(m, PSP_CMD_DF_FLUSH);
	if (!snp)
		simple(m, PSP_CMD_PDH_CERT_EXPORT);
}

static void sev_guest(struct machine *m, uint32_t policy, unsigned int asid)
{
	struct shape shape = shape_of(m, PSP_CMD_LAUNCH_START);
	uint8_t handle[4], activate[8];

	fuzz_put(shape.buf + 4, policy, 4);
	if (plain(m, PSP_CMD_LAUNCH_START, &shape))
		return;
	memcpy(handle, shape.buf, 4);
	memcpy(activate, handle, 4);
	fuzz_put(activate + 4, asid, 4);
	machine_cmd(m, PSP_CMD_ACTIVATE, activate, sizeof(activate));
}

static void snp_init(struct machine *m)
{
	struct shape shape = shape_of(m, PSP_CMD_SNP_INIT_EX);

	machine_snp_enable(m);
	shape.buf[0] = 1;
	plain(m, PSP_CMD_SNP_INIT_EX, &shape);
	machine_wbinvd(m);
	simple(m, PSP_CMD_SNP_DF_FLUSH);
}

static int gctx_create(struct machine *m, unsigned int n)
{
	struct shape shape = shape_of(m, PSP_CMD_SNP_GCTX_CREATE);
	uint64_t gctx = MACHINE_AT_GCTX + (uint64_t)n * MACHINE_PAGE;

	machine_to_firmware(m, gctx);
	fuzz_put(shape.buf, gctx, 8);
	return plain(m, PSP_CMD_SNP_GCTX_CREATE, &shape);
}

static void launch_start(struct machine *m, uint64_t gctx, bool bound)
{
	struct shape shape = shape_of(m, PSP_CMD_SNP_LAUNCH_START);

	fuzz_put(shape.buf, gctx, 8);
	if (gctx != MACHINE_AT_GCTX)
		shape.buf[0xa] |= POLICY_DEBUG;
	if (bound) {
		shape.buf[0xa] |= POLICY_MIGRATE_MA;
		fuzz_put(shape.buf + 0x10, MACHINE_AT_GCTX, 8);
		shape.buf[0x18] = 1;
	}
	plain(m, PSP_CMD_SNP_LAUNCH_START, &shape);
}

/*
 * A guest with a page of data and a secrets page, at MACHINE_AT_GUEST on; bound to the first
 * as its migration agent, or not.
 */
static void snp_guest(struct machine *m, unsigned int n, bool bound)
{
	struct shape shape;
	const uint64_t gctx = MACHINE_AT_GCTX + (uint64_t)n * MACHINE_PAGE;
	const uint64_t pa = MACHINE_AT_GUEST + (uint64_t)n * 3 * MACHINE_PAGE;
	struct psp_rmp_entry page = {
		.assigned = true, .immutable = true, .asid = 1 + n, .gpa = 0x100000};

	if (gctx_create(m, n))
		return;
	launch_start(m, gctx, bound);
	shape = shape_of(m, PSP_CMD_SNP_ACTIVATE);
	fuzz_put(shape.buf, gctx, 8);
	fuzz_put(shape.buf + 8, page.asid, 4);
	plain(m, PSP_CMD_SNP_ACTIVATE, &shape);
	for (unsigned int i = 0; i < 2; i++, page.gpa += MACHINE_PAGE) {
		ledger_rmpupdate(m->ledger, 0, pa + (uint64_t)i * MACHINE_PAGE, &page);
		shape = shape_of(m, PSP_CMD_SNP_LAUNCH_UPDATE);
		fuzz_put(shape.buf, gctx, 8);
		shape.buf[8] = i ? 5 << 1 : 1 << 1;
		fuzz_put(shape.buf + 0x10, pa + (uint64_t)i * MACHINE_PAGE, 8);
		plain(m, PSP_CMD_SNP_LAUNCH_UPDATE, &shape);
	}
}

static void snp_finish(struct machine *m)
{
	const struct ledger_guest *guest = ledger_guest(m->ledger, true, 3);
	struct shape shape = shape_of(m, PSP_CMD_SNP_LAUNCH_FINISH);

	if (!guest)
		return;
	fuzz_put(shape.buf, guest->id, 8);
	fuzz_put(shape.buf + 8, 0, 8);
	fuzz_put(shape.buf + 0x10, 0, 8);
	plain(m, PSP_CMD_SNP_LAUNCH_FINISH, &shape);
	ledger_secret(m->ledger, guest, MACHINE_AT_GUEST);
}

static void sev_running(struct machine *m)
{
	uint8_t handle[4];
	const struct ledger_guest *guest;

	sev_guest(m, 3, MACHINE_SEV_ASID);
	guest = ledger_guest(m->ledger, false, 0);
	if (!guest)
		return;
	fuzz_put(handle, guest->id, sizeof(handle));
	machine_cmd(m, PSP_CMD_LAUNCH_FINISH, handle, sizeof(handle));
	ledger_secret(m->ledger, guest, MACHINE_AT_GUEST + 8 * MACHINE_PAGE);
}

void program_prologue(struct machine *m, enum program_start start)
{
	if (start >= START_SNP)
		snp_init(m);
	if ((start >= START_SEV && start <= START_SEV_RUNNING) || start == START_BOTH)
		sev_init(m);
	if (start == START_SEV_LAUNCH)
		sev_guest(m, 4, 3);
	if (start == START_SEV_RUNNING || start == START_BOTH)
		sev_running(m);
	if (start >= START_SNP_LAUNCH)
		snp_guest(m, 0, false);
	if (start >= START_SNP_RUNNING)
		snp_finish(m);
	if (start >= START_BOTH)
		snp_guest(m, 1, start == START_AGENT);
	if (start == START_BOTH)
		snp_finish(m);
	if (start == START_AGENT)
		gctx_create(m, 2);
}

void program_step(struct machine *m, struct input *in, struct program_seen *seen)
{
	if (input_byte(in) < 150)
		program_command(m, in, seen);
	else
		program_act(m, in);
	ledger_check(m->ledger, false);
}

void program_run(struct machine *m, struct input *in)
{
	program_prologue(m, input_below(in, STARTS));
	ledger_check(m->ledger, false);
	for (unsigned int i = 0; i < MAX_STEPS && in->left; i++)
		program_step(m, in, NULL);
	ledger_check(m->ledger, true);
	machine_finish(m);
}
