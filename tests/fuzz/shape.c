/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/shape.h"

#include "tests/fuzz/ledger.h"

#define ANY	 0xff
#define LIKELY	 200 /* of 256 choices */
#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

struct field {
	uint16_t id;
	const char *name;
	uint8_t offset, bits, shift;
};

static const struct field fields[] = {
#define F(command, field, offset, bytes) {PSP_CMD_##command, #field, offset, (bytes)*8, 0},
#define B(command, field, offset, high, low)                                                       \
	{PSP_CMD_##command, #field, offset, (high) - (low) + 1, low},
#define A(command, field, offset, bytes)
#include "psp/buffers.def"
#undef F
#undef B
#undef A
};

/* Addresses and lengths that are right, by a field's name; of one command, or of any. */
static const struct {
	int id;
	const char *name;
	uint64_t value;
} right[] = {
	{PSP_CMD_INIT, "tmr_address", MACHINE_LARGE},
	{PSP_CMD_INIT_EX, "tmr_address", MACHINE_LARGE},
	{-1, "tmr_len", 1 << 20},
	{-1, "nv_address", MACHINE_AT_NV},
	{-1, "nv_len", 0x8000},
	{PSP_CMD_PLATFORM_STATUS, "len", 0xc},
	{PSP_CMD_PEK_CSR, "len", 0x824},
	{PSP_CMD_GET_ID, "len", 0x80},
	{PSP_CMD_DOWNLOAD_FIRMWARE, "address", MACHINE_AT_IMAGE},
	{PSP_CMD_DOWNLOAD_FIRMWARE, "len", 0xd0},
	{-1, "fw_paddr", MACHINE_AT_IMAGE},
	{-1, "fw_len", 0xd0},
	{-1, "vlek_wrapped_address", MACHINE_AT_IMAGE},
	{-1, "list_paddr", MACHINE_AT_IMAGE},
	{-1, "ids_paddr", MACHINE_AT_IMAGE},
	{-1, "id_block_paddr", MACHINE_AT_IMAGE},
	{-1, "id_auth_paddr", MACHINE_AT_IMAGE},
	{-1, "pdh_cert_address", MACHINE_AT_CERT},
	{-1, "dh_cert_address", 0},
	{-1, "pek_cert_address", MACHINE_AT_CHAIN},
	{-1, "oca_cert_address", MACHINE_AT_CHAIN + 0x824},
	{-1, "cert_chain_address", MACHINE_AT_CHAIN},
	{-1, "plat_certs_address", MACHINE_AT_CHAIN},
	{-1, "amd_certs_address", MACHINE_AT_IMAGE},
	{-1, "dh_cert_len", 0},
	{-1, "pdh_cert_len", 0x824},
	{-1, "pek_cert_len", 0x824},
	{-1, "oca_cert_len", 0x824},
	{-1, "cert_chain_len", 0x186c},
	{-1, "plat_certs_len", 0x186c},
	{-1, "amd_certs_len", 0xc80},
	{PSP_CMD_LAUNCH_START, "session_address", 0},
	{PSP_CMD_LAUNCH_START, "session_len", 0},
	{-1, "session_address", MACHINE_AT_SESSION},
	{-1, "session_len", 0x80},
	{-1, "hdr_address", MACHINE_AT_HDR},
	{-1, "hdr_len", 0x34},
	{-1, "trans_address", MACHINE_AT_TRANS},
	{-1, "trans_len", 0x40},
	{-1, "guest_len", 0x40},
	{PSP_CMD_LAUNCH_UPDATE_DATA, "address", MACHINE_AT_GUEST},
	{PSP_CMD_LAUNCH_UPDATE_DATA, "len", 0x1000},
	{PSP_CMD_LAUNCH_UPDATE_VMSA, "address", MACHINE_AT_GUEST + 0x1000},
	{PSP_CMD_LAUNCH_UPDATE_VMSA, "len", 0x1000},
	{PSP_CMD_LAUNCH_MEASURE, "len", 0x30},
	{PSP_CMD_ATTESTATION, "len", 0xd0},
	{PSP_CMD_DBG_DECRYPT, "len", 0x40},
	{PSP_CMD_DBG_ENCRYPT, "len", 0x40},
	{PSP_CMD_COPY, "len", 0x1000},
	{PSP_CMD_RING_BUFFER, "low_size", 1},
	{-1, "address", MACHINE_AT_OUT},
	{-1, "feature_info_paddr", MACHINE_AT_OUT},
	{-1, "res_paddr", MACHINE_AT_OUT},
	{-1, "req_paddr", MACHINE_AT_HDR},
	{-1, "max_snp_asid", 0},
	{-1, "ma_gctx_paddr", 0},
	{-1, "num_ids", 1},
	{-1, "reported_tcb", 0},
};

enum {
	U = 1 << PSP_UNINIT,
	I = 1 << PSP_INIT,
	W = 1 << PSP_WORKING,
	SU = 1 << 4,
	SI = 1 << 5,
	LIVE = 0x7f & ~(1 << PSP_G_UNINIT),
};
#define G(state)  (1 << PSP_G_##state)
#define SG(state) (1 << PSP_GSTATE_##state)

static const struct {
	uint16_t id, platform, guest;
} commands[] = {
#define COMMAND(id, name, handler, size, since, platform, guest, flags) {id, platform, guest},
#include "psp/commands.def"
#undef COMMAND
};

/* States of guests that a command is for; 0: it is for none. */
static int guest_states(unsigned int id)
{
	for (size_t i = 0; i < COUNT(commands); i++)
		if (commands[i].id == id)
			return commands[i].guest;
	return 0;
}

static bool has(const char *name, const char *part)
{
	return strstr(name, part) != NULL;
}

/* The field's right value; false: none is. */
static bool right_value(const struct field *f, uint64_t *value)
{
	for (size_t i = 0; i < COUNT(right); i++)
		if ((right[i].id < 0 || right[i].id == f->id) && !strcmp(right[i].name, f->name)) {
			*value = right[i].value;
			return true;
		}
	*value = psp_cmd_size(f->id);
	return !strcmp(f->name, "len") || !strcmp(f->name, "length") || !strcmp(f->name, "ex_len");
}

/* States of the pages that SNP commands want, of the fields that name them. */
static const struct {
	uint16_t id;
	const char *name;
	enum psp_page_state states[2];
} wanted[] = {
	{PSP_CMD_SNP_GCTX_CREATE, "gctx_paddr", {PSP_PAGE_FIRMWARE, PSP_PAGE_FIRMWARE}},
	{PSP_CMD_SNP_LAUNCH_UPDATE, "address", {PSP_PAGE_PRE_GUEST, PSP_PAGE_PRE_GUEST}},
	{PSP_CMD_SNP_DBG_DECRYPT, "src_addr", {PSP_PAGE_GUEST_VALID, PSP_PAGE_PRE_GUEST}},
	{PSP_CMD_SNP_DBG_ENCRYPT, "dst_addr", {PSP_PAGE_GUEST_VALID, PSP_PAGE_PRE_GUEST}},
	{PSP_CMD_SNP_PAGE_SWAP_OUT, "src_paddr", {PSP_PAGE_PRE_SWAP, PSP_PAGE_PRE_GUEST}},
	{PSP_CMD_SNP_PAGE_SWAP_OUT, "dst_paddr", {PSP_PAGE_FIRMWARE, PSP_PAGE_HYPERVISOR}},
	{PSP_CMD_SNP_PAGE_SWAP_OUT, "mdata_paddr", {PSP_PAGE_METADATA, PSP_PAGE_METADATA}},
	{PSP_CMD_SNP_PAGE_SWAP_IN, "src_paddr", {PSP_PAGE_RECLAIM, PSP_PAGE_FIRMWARE}},
	{PSP_CMD_SNP_PAGE_SWAP_IN, "dst_paddr", {PSP_PAGE_PRE_GUEST, PSP_PAGE_PRE_GUEST}},
	{PSP_CMD_SNP_PAGE_SWAP_IN, "mdata_paddr", {PSP_PAGE_METADATA, PSP_PAGE_METADATA}},
	{PSP_CMD_SNP_PAGE_MOVE, "src_paddr", {PSP_PAGE_PRE_SWAP, PSP_PAGE_METADATA}},
	{PSP_CMD_SNP_PAGE_MOVE, "dst_paddr", {PSP_PAGE_PRE_GUEST, PSP_PAGE_FIRMWARE}},
	{PSP_CMD_SNP_PAGE_MD_INIT, "page_paddr", {PSP_PAGE_FIRMWARE, PSP_PAGE_FIRMWARE}},
	{PSP_CMD_SNP_PAGE_RECLAIM, "paddr", {PSP_PAGE_FIRMWARE, PSP_PAGE_PRE_GUEST}},
	{PSP_CMD_SNP_PAGE_UNSMASH, "paddr", {PSP_PAGE_PRE_GUEST, PSP_PAGE_PRE_SWAP}},
};

/* A page in such a state, if one is; of the guest that the buffer has named so far. */
static bool wanted_page(struct machine *m, const struct field *f, const uint8_t *buf,
			unsigned int choice, uint64_t *pa)
{
	enum psp_page_state state = PSP_PAGE_OTHER;
	const struct ledger_guest *guest = ledger_guest_of(m->ledger, true, fuzz_get(buf, 8));
	struct psp_rmp_entry entry;

	for (size_t i = 0; i < COUNT(wanted); i++)
		if (wanted[i].id == f->id && !strcmp(wanted[i].name, f->name))
			state = wanted[i].states[choice & 1];
	if (state == PSP_PAGE_OTHER || choice >= LIKELY)
		return false;
	for (unsigned int i = 0; i < MACHINE_PAGES; i++) {
		*pa = MACHINE_SMALL + (i + choice) % MACHINE_PAGES * MACHINE_PAGE;
		psp_rmp_lookup(m->psp, *pa, &entry);
		if (psp_page_state(m->psp, *pa) == state &&
		    (!entry.asid || !guest || guest->asid == entry.asid))
			return true;
	}
	return false;
}

uint64_t shape_page(struct machine *m, struct input *in)
{
	unsigned int choice = input_byte(in);

	if (choice < 128)
		return MACHINE_AT_GUEST + choice % 12 * MACHINE_PAGE;
	if (choice < 200)
		return MACHINE_SMALL + choice % MACHINE_PAGES * MACHINE_PAGE;
	if (choice < 216)
		return MACHINE_LARGE + choice % 2 * MACHINE_2M;
	if (choice < 232)
		return MACHINE_LARGE + (choice % 4 + choice % 2 * 511ull) * MACHINE_PAGE;
	if (choice < 240)
		return MACHINE_RMP + choice % 16 * MACHINE_PAGE;
	if (choice < 248)
		return MACHINE_RAM - choice % 3 * MACHINE_PAGE;
	if (choice < 252)
		return MACHINE_AT_GUEST | 1ull << m->config.c_bit;
	return input_number(in, 8);
}

static uint64_t guest_id(struct machine *m, unsigned int id, bool snp, unsigned int choice)
{
	int states = guest_states(id);
	const struct ledger_guest *guest =
		ledger_guest_in(m->ledger, snp, states ? states : LEDGER_ANY_STATE, choice % 4);

	if (guest && choice < 240)
		return guest->id;
	return snp ? MACHINE_AT_GCTX + choice % 4 * MACHINE_PAGE : choice % 4;
}

/* With a policy's usual bits; API version 0. Of a guest that is sent, mostly its own. */
static uint64_t policy(struct machine *m, const struct field *f, struct input *in,
		       unsigned int choice)
{
	const struct ledger_guest *guest = ledger_guest(m->ledger, false, choice % 4);
	static const uint64_t sev[] = {3, 7, 0, 1, 5, 4, 2, 0x20};
	static const uint64_t snp[] = {0x30000, 0xb0000, 0x70000, 0x20000, 0x3030000, 0x2030000};

	if (choice > 240)
		return input_number(in, 8);
	if (guest && choice < LIKELY &&
	    (f->id == PSP_CMD_SEND_START || f->id == PSP_CMD_RECEIVE_START))
		return guest->policy;
	return f->id >= PSP_CMD_SNP_INIT ? snp[choice % COUNT(snp)] : sev[choice % COUNT(sev)];
}

/* Few, so that guests meet at them. */
static uint64_t asid(bool snp, unsigned int choice)
{
	if (choice >= 240)
		return choice % (MACHINE_MAX_ASID + 2);
	return snp || choice & 1 ? 1 + choice / 2 % 3 : MACHINE_SEV_ASID + choice / 2 % 2;
}

static uint64_t field_value(struct machine *m, const struct field *f, const uint8_t *buf,
			    struct input *in)
{
	unsigned int choice = input_byte(in);
	uint64_t value;

	if (wanted_page(m, f, buf, choice, &value))
		return value;
	if (!strcmp(f->name, "gctx_paddr") || !strcmp(f->name, "handle")) {
		if (f->id == PSP_CMD_LAUNCH_START || f->id == PSP_CMD_RECEIVE_START)
			return choice < LIKELY ? 0 : choice % 4;
		if (f->id == PSP_CMD_SNP_GCTX_CREATE)
			return MACHINE_AT_GCTX + choice % 4 * MACHINE_PAGE;
		return guest_id(m, f->id, f->name[0] == 'g', choice);
	}
	if (!strcmp(f->name, "asid"))
		return asid(f->id >= PSP_CMD_SNP_INIT, choice);
	if (!strcmp(f->name, "policy"))
		return policy(m, f, in, choice);
	if (right_value(f, &value) && choice < LIKELY)
		return value;
	if (has(f->name, "addr") || has(f->name, "_ptr"))
		return shape_page(m, in) + (choice & 1 ? 0x10u * (choice >> 1 & 3) : 0);
	if (has(f->name, "len") && choice < 240)
		return 0x10ull << choice % 10;
	if (!strcmp(f->name, "page_type"))
		return f->id == PSP_CMD_SNP_LAUNCH_UPDATE ? choice % 7 : choice / 64;
	return choice < 224 ? 0 : choice < 248 ? choice & 1 : input_number(in, 8);
}

static void put_field(struct shape *shape, const struct field *f, uint64_t value)
{
	uint64_t mask = f->bits == 64 ? ~0ull : (1ull << f->bits) - 1;
	size_t bytes = f->bits % 8 || f->shift ? 8 : f->bits / 8;
	uint64_t word;

	if (f->offset + bytes > SHAPE_BYTES)
		bytes = SHAPE_BYTES - f->offset;
	word = fuzz_get(shape->buf + f->offset, bytes);
	if (has(f->name, "paddr") && f->shift == 12)
		value /= MACHINE_PAGE;
	word &= ~(mask << f->shift);
	fuzz_put(shape->buf + f->offset, word | (value & mask) << f->shift, bytes);
}

static void note_page(struct shape *shape, const struct field *f, uint64_t value)
{
	uint64_t pa = value & ~(uint64_t)(MACHINE_PAGE - 1);

	if (!has(f->name, "addr") || !strcmp(f->name, "req_paddr") || pa < MACHINE_SMALL ||
	    pa >= MACHINE_RAM || shape->n_pages == SHAPE_PAGES)
		return;
	shape->pages[shape->n_pages++] = pa;
}

void shape_fill(struct shape *shape, struct machine *m, unsigned int id, struct input *in)
{
	*shape = (struct shape){.id = id};
	for (size_t i = 0; i < COUNT(fields); i++) {
		uint64_t value;

		if (fields[i].id != id)
			continue;
		value = field_value(m, &fields[i], shape->buf, in);
		put_field(shape, &fields[i], value);
		note_page(shape, &fields[i], value);
	}
	if (input_byte(in) == ANY) {
		unsigned int at = input_below(in, SHAPE_BYTES);

		shape->buf[at] ^= (uint8_t)input_byte(in);
	}
}

/* The states of platform and guests allow it, as far as a driver knows. */
static bool sensible(struct machine *m, size_t i)
{
	unsigned int states = commands[i].platform;
	bool snp = commands[i].id >= PSP_CMD_SNP_INIT;
	struct psp_info info;

	psp_get_info(m->psp, &info);
	if (states & (U | I | W) && !(states & 1u << info.state))
		return false;
	if (states & (SU | SI) && !(states & (info.snp_initialized ? SI : SU)))
		return false;
	return !commands[i].guest || ledger_guest_in(m->ledger, snp, commands[i].guest, 0);
}

/* What ends guests, and makes programs short. */
static bool ends(unsigned int id)
{
	return id == PSP_CMD_SHUTDOWN || id == PSP_CMD_DECOMMISSION || id == PSP_CMD_DEACTIVATE ||
	       id == PSP_CMD_SNP_SHUTDOWN || id == PSP_CMD_SNP_SHUTDOWN_EX ||
	       id == PSP_CMD_SNP_DECOMMISSION;
}

unsigned int shape_any_id(struct machine *m, struct input *in)
{
	enum { DRAWS = 12 };
	unsigned int i = input_below(in, COUNT(commands));

	if (input_byte(in) >= 240)
		return commands[i].id;
	for (unsigned int n = 0; n < DRAWS; n++) {
		if (sensible(m, i) && (!ends(commands[i].id) || input_byte(in) > LIKELY))
			break;
		i = input_below(in, COUNT(commands));
	}
	return commands[i].id;
}
