/* SPDX-License-Identifier: MIT */
/* Steps of programs that are no commands. */
#include "tests/fuzz/ledger.h"
#include "tests/fuzz/program.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

typedef void act_fn(struct machine *m, struct input *in);

static void any_entry(struct psp_rmp_entry *state, struct input *in)
{
	unsigned int bits = input_byte(in);

	*state = (struct psp_rmp_entry){
		.assigned = bits & 3,
		.page_2m = bits & 4,
		.immutable = bits & 8,
		.asid = bits & 16 ? 1 + (bits >> 5) % 3 : 0,
	};
	if (state->asid)
		state->gpa = 0x200000 + (uint64_t)input_below(in, 4) * MACHINE_PAGE;
}

/* All pages of 2 MiB that belong together, for SNP_PAGE_UNSMASH. */
static void freeze_all(struct machine *m, uint64_t pa, struct psp_rmp_entry state)
{
	for (unsigned int i = 0; i < MACHINE_2M / MACHINE_PAGE; i++) {
		ledger_rmpupdate(m->ledger, 0, pa, &state);
		pa += MACHINE_PAGE;
		state.gpa += state.asid ? MACHINE_PAGE : 0;
	}
}

/* Mostly what a driver and KVM do. */
static void rmpupdate(struct machine *m, struct input *in)
{
	enum { FIRMWARE, PRE_GUEST, GUEST, FREEZE = 4, HYPERVISOR, ANY, KINDS = 8 };
	unsigned int kind = input_below(in, KINDS), choice = input_byte(in);
	const struct ledger_guest *guest = ledger_guest(m->ledger, true, choice % 4);
	uint64_t pa = shape_page(m, in);
	struct psp_rmp_entry state = {.page_2m = !(pa % MACHINE_2M) && choice & 4};

	if (kind == FREEZE) {
		psp_rmp_lookup(m->psp, pa, &state);
		state.immutable = true;
	} else if (kind >= ANY) {
		any_entry(&state, in);
	} else if (kind != HYPERVISOR) {
		state.assigned = true;
		state.immutable = kind < GUEST;
		if (kind != FIRMWARE && guest) {
			state.asid = guest->asid;
			state.gpa = 0x200000 + (uint64_t)(choice >> 4) * MACHINE_PAGE;
		}
	}
	if (state.page_2m)
		state.gpa &= ~(uint64_t)(MACHINE_2M - 1);
	/* the machine's own buffers stay what they are */
	if (pa < MACHINE_SMALL)
		return;
	if (kind == FREEZE && !(pa % MACHINE_2M) && !state.page_2m && choice & 8)
		freeze_all(m, pa, state);
	else
		ledger_rmpupdate(m->ledger, choice == 255, pa, &state);
}

static void psmash(struct machine *m, struct input *in)
{
	psp_psmash(m->psp, input_below(in, 3), shape_page(m, in));
}

static void rmpread(struct machine *m, struct input *in)
{
	struct psp_rmp_entry entry;
	bool mixed;

	psp_rmpread(m->psp, input_below(in, 3), shape_page(m, in), &entry, &mixed);
}

/* Of any agent; a guest's address is mostly the right one. */
static struct psp_access any_access(struct machine *m, struct input *in)
{
	unsigned int who = input_byte(in), how = input_byte(in);
	uint64_t pa = shape_page(m, in);
	struct psp_rmp_entry entry;
	struct psp_access access = {
		.agent = who % 3,
		.asid = 1 + (who >> 2) % MACHINE_MAX_ASID,
		.cpu = who >> 7,
		.write = how & 1,
		.execute = (how & 3) == 2,
		.user = how & 4,
		.encrypted = how & 8,
		.vmsa = (how & 0x30) == 0x30,
		.page_2m = (how & 0xc0) == 0xc0,
		.snp = how & 0x40,
		.vmpl = how >> 5 & 3,
	};

	psp_rmp_lookup(m->psp, pa, &entry);
	if (entry.asid && how & 0x80) {
		access.agent = PSP_GUEST;
		access.asid = entry.asid;
		access.snp = access.encrypted = true;
	}
	access.gpa = entry.gpa + (entry.page_2m ? pa % MACHINE_2M : 0);
	access.pa = pa;
	return access;
}

static void pvalidate(struct machine *m, struct input *in)
{
	struct psp_access access = any_access(m, in);
	unsigned int how = input_byte(in);
	struct psp_fault fault;
	bool unchanged;

	access.agent = PSP_GUEST;
	access.vmpl &= how;
	psp_pvalidate(m->psp, &access, (how & 0x1c) == 0x1c, how & 3, &unchanged, &fault);
}

static void rmpadjust(struct machine *m, struct input *in)
{
	struct psp_access access = any_access(m, in);
	unsigned int how = input_byte(in);
	struct psp_fault fault;

	access.agent = PSP_GUEST;
	psp_rmpadjust(m->psp, &access, how & 1, how >> 1 | input_number(in, 2) << 8, &fault);
}

/* A line of bytes from one; what guests wrote is not in it. */
static void access_memory(struct machine *m, struct input *in)
{
	struct psp_access access = any_access(m, in);
	unsigned int size = input_byte(in), value = input_byte(in);
	uint8_t buf[256];

	access.pa += (size >> 4) * 8;
	memset(buf, (int)value, sizeof(buf));
	psp_access(m->psp, &access, buf, size, NULL);
}

/* The host writes numbers: lists, message headers, lengths. */
static void host_write(struct machine *m, struct input *in)
{
	struct psp_access access = {.agent = PSP_HOST, .write = true};
	uint8_t bytes[8];

	access.pa = shape_page(m, in) + 8ull * input_below(in, 32);
	fuzz_put(bytes, input_number(in, 8), 8);
	psp_access(m->psp, &access, bytes, sizeof(bytes), NULL);
}

static void msr(struct machine *m, struct input *in)
{
	static const uint32_t msrs[] = {PSP_MSR_SYSCFG,	 PSP_MSR_VM_HSAVE_PA, PSP_MSR_RMP_BASE,
					PSP_MSR_RMP_END, PSP_MSR_RMP_CFG,     0xc0000080};
	uint32_t which = msrs[input_below(in, COUNT(msrs))];
	unsigned int cpu = input_below(in, MACHINE_CPUS + 1);
	uint64_t value = input_number(in, 4);

	if (which == PSP_MSR_SYSCFG)
		value = (value & 0xff) << 18;
	psp_wrmsr(m->psp, cpu, which, value);
	psp_rdmsr(m->psp, cpu, which, &value);
}

static void wbinvd(struct machine *m, struct input *in)
{
	unsigned int cpu = input_byte(in);

	if (cpu < 128)
		machine_wbinvd(m);
	else
		psp_wbinvd(m->psp, cpu % MACHINE_CPUS);
}

static void clflush(struct machine *m, struct input *in)
{
	psp_clflush(m->psp, shape_page(m, in), 64ull << input_below(in, 8));
}

static void registers(struct machine *m, struct input *in)
{
	static const char *const names[] = {
		"CmdResp",
		"CmdBufAddr_Lo",
		"CmdBufAddr_Hi",
		"inten",
		"intsts",
		"feature",
		"tee_CmdResp",
		"tee_CmdBufAddr_Lo",
		"tee_CmdBufAddr_Hi",
		"tee_ring_wptr",
		"tee_ring_rptr",
		"pa_CmdResp",
		"doorbell_button",
		"doorbell_cmd",
	};
	unsigned int which = input_below(in, COUNT(names) + 1);
	int offset = which < COUNT(names) ? psp_reg_offset(m->psp, names[which])
					  : (int)input_number(in, 3);

	if (offset < 0)
		return;
	psp_mmio_write(m->psp, (uint32_t)offset, (uint32_t)input_number(in, 4));
	psp_mmio_read(m->psp, (uint32_t)offset);
}

static void step(struct machine *m, struct input *in)
{
	uint64_t latency;

	if (input_byte(in) & 1)
		psp_step(m->psp, &latency);
	else
		psp_complete(m->psp);
}

static void settle(struct machine *m, struct input *in)
{
	(void)in;
	machine_settle(m);
}

static void reset(struct machine *m, struct input *in)
{
	if (input_byte(in) < 200)
		return;
	psp_reset(m->psp);
	ledger_reset(m->ledger);
	/* without power RAM forgets, and old secrets have no key any more */
	program_prologue(m, input_below(in, STARTS));
}

static void fault(struct machine *m, struct input *in)
{
	unsigned int n = 0, which = input_byte(in);

	if (m->fault || which < 128) {
		m->fault = NULL;
		return;
	}
	while (psp_fault_names[n])
		n++;
	m->fault = psp_fault_names[which % n];
	m->fault_left = 1 + input_below(in, 3);
}

static void inject(struct machine *m, struct input *in)
{
	unsigned int id = shape_any_id(m, in);
	/* of the codes that firmware has */
	uint16_t status = (uint16_t)(1 + input_below(in, 0x1d));

	psp_inject_status(m->psp, id, status);
}

static void storage(struct machine *m, struct input *in)
{
	static uint8_t nv[PSP_NV_SIZE];

	psp_nv_save(m->psp, nv);
	if (input_byte(in) & 1)
		nv[input_number(in, 2) % PSP_NV_SIZE] ^= 1;
	psp_nv_load(m->psp, nv);
}

static void image(struct machine *m, struct input *in)
{
	struct psp_firmware firmware = {
		.api_major = 1,
		.api_minor = (uint8_t)(50 + input_below(in, 8)),
		.build = (uint8_t)input_byte(in),
		.tcb = m->config.tcb,
	};
	struct psp_access access = {.agent = PSP_HOST, .pa = MACHINE_AT_IMAGE, .write = true};
	uint8_t buf[0x100];
	int len = psp_firmware_image(m->psp, &firmware, buf, sizeof(buf));

	buf[input_below(in, 0x100)] ^= (uint8_t)(input_byte(in) & 1);
	if (len > 0)
		psp_access(m->psp, &access, buf, (size_t)len, NULL);
}

static void secret(struct machine *m, struct input *in)
{
	unsigned int choice = input_byte(in);
	const struct ledger_guest *guest = ledger_guest(m->ledger, choice & 1, choice >> 1 & 3);
	uint64_t pa = shape_page(m, in);

	if (guest && pa < MACHINE_RAM && pa >= MACHINE_SMALL)
		ledger_secret(m->ledger, guest, pa & ~(uint64_t)(MACHINE_PAGE - 1));
}

/* A guest's Pre-swap page with a secret, and a Metadata page: SNP_PAGE_SWAP_OUT could come. */
static void before_swap(struct machine *m, struct input *in)
{
	const struct ledger_guest *guest = ledger_guest(m->ledger, true, input_below(in, 3));
	uint64_t metadata = shape_page(m, in), pa = shape_page(m, in);
	struct psp_rmp_entry page = {.assigned = true, .gpa = 0x300000};
	uint8_t md_init[16];

	if (!guest || !guest->asid || pa < MACHINE_SMALL || metadata < MACHINE_SMALL)
		return;
	page.asid = guest->asid;
	ledger_rmpupdate(m->ledger, 0, pa, &page);
	ledger_secret(m->ledger, guest, pa);
	page.immutable = true;
	ledger_rmpupdate(m->ledger, 0, pa, &page);
	if (!machine_to_firmware(m, metadata))
		return;
	fuzz_put(md_init, guest->id, 8);
	fuzz_put(md_init + 8, metadata, 8);
	machine_cmd(m, PSP_CMD_SNP_PAGE_MD_INIT, md_init, sizeof(md_init));
}

static void decode(struct machine *m, struct input *in)
{
	uint8_t bytes[SHAPE_BYTES];
	char line[200];
	unsigned int size = input_below(in, sizeof(line) + 1);
	size_t n = 0;

	while (n < sizeof(bytes) && in->left)
		bytes[n++] = (uint8_t)input_byte(in);
	psp_decode_command(line, size, shape_any_id(m, in), bytes, n);
}

void program_act(struct machine *m, struct input *in)
{
	static act_fn *const acts[] = {
		rmpupdate,     rmpupdate,  rmpupdate, rmpupdate,   psmash,	rmpread,
		pvalidate,     pvalidate,  rmpadjust, secret,	   secret,	access_memory,
		access_memory, host_write, msr,	      wbinvd,	   wbinvd,	clflush,
		registers,     step,	   settle,    reset,	   fault,	inject,
		storage,       image,	   decode,    before_swap, before_swap,
	};

	acts[input_below(in, COUNT(acts))](m, in);
}
