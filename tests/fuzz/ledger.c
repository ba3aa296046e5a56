/* SPDX-License-Identifier: MIT */
/* What succeeded, by commands and RMPUPDATE. */
#include "tests/fuzz/ledger.h"

#include <stdlib.h>

#include "tests/fuzz/ledger_state.h"

enum { HAVE_SEV = 1, HAVE_SNP = 2 };

struct ledger *ledger_new(struct machine *m)
{
	struct ledger *ledger = calloc(1, sizeof(*ledger));

	ledger->m = m;
	return ledger;
}

void ledger_free(struct ledger *ledger)
{
	free(ledger);
}

void ledger_reset(struct ledger *ledger)
{
	struct machine *m = ledger->m;

	memset(ledger, 0, sizeof(*ledger));
	ledger->m = m;
}

static void forget(struct ledger *ledger, unsigned int kinds)
{
	for (unsigned int i = 0; i < LEDGER_GUESTS; i++)
		if (kinds & (ledger->guests[i].snp ? HAVE_SNP : HAVE_SEV))
			ledger->guests[i].live = false;
}

bool ledger_tmr(const struct ledger *ledger, uint64_t pa)
{
	return ledger->es && pa >= ledger->tmr && pa - ledger->tmr < MACHINE_2M;
}

const struct ledger_guest *ledger_guest_of(const struct ledger *ledger, bool snp, uint64_t id)
{
	if (snp)
		id &= ~(1ull << ledger->m->config.c_bit);
	for (unsigned int i = 0; i < LEDGER_GUESTS; i++)
		if (ledger->guests[i].live && ledger->guests[i].snp == snp &&
		    ledger->guests[i].id == id)
			return &ledger->guests[i];
	return NULL;
}

static struct ledger_guest *find(struct ledger *ledger, bool snp, uint64_t id)
{
	const struct ledger_guest *guest = ledger_guest_of(ledger, snp, id);

	if (!guest)
		machine_fail(ledger->m, "a command succeeded for the guest %#llx that is none",
			     (unsigned long long)id);
	return &ledger->guests[guest - ledger->guests];
}

static void begin(struct ledger *ledger, bool snp, uint64_t id, uint64_t policy, unsigned int state)
{
	for (unsigned int i = 0; i < LEDGER_GUESTS; i++)
		if (!ledger->guests[i].live) {
			if (snp)
				id &= ~(1ull << ledger->m->config.c_bit);
			ledger->guests[i] = (struct ledger_guest){
				.live = true,
				.snp = snp,
				.id = id,
				.policy = policy,
				.state = state,
			};
			return;
		}
	machine_fail(ledger->m, "more guests than the configuration allows");
}

static void bind(struct ledger *ledger, struct ledger_guest *guest, uint64_t asid)
{
	for (unsigned int i = 0; i < LEDGER_GUESTS; i++)
		if (ledger->guests[i].live && ledger->guests[i].asid == asid &&
		    &ledger->guests[i] != guest)
			machine_fail(ledger->m, "ASID %u is bound twice", (unsigned int)asid);
	guest->asid = (unsigned int)asid;
}

/* SNP_INIT with a new table: all pages are the host's. */
static void snp_begin(struct ledger *ledger, bool new_table)
{
	if (new_table)
		memset(ledger->owner, 0, sizeof(ledger->owner));
	ledger->snp = true;
}

/* Pages that nobody could have taken away become the firmware's, to be returned. */
static void snp_end(struct ledger *ledger)
{
	struct psp_rmp_entry entry;

	forget(ledger, HAVE_SNP);
	for (unsigned int i = 0; i < LEDGER_PAGES; i++) {
		psp_rmp_lookup(ledger->m->psp, (uint64_t)i * MACHINE_PAGE, &entry);
		if (OWNER_IS_GUEST(ledger->owner[i]) && entry.assigned && !entry.asid)
			ledger->owner[i] = OWNER_FIRMWARE;
	}
	ledger->snp = false;
}

/* What was plaintext of the host when the command came must not be it any more. */
static void expect_encrypted(struct ledger *ledger)
{
	const uint8_t *now = ledger->m->ram + ledger->launch_pa;

	for (unsigned int i = 0; i < ledger->launch_len; i += 16)
		if (!memcmp(now + i, ledger->launch + i, 16))
			machine_fail(ledger->m, "launched page %#llx is in plaintext",
				     (unsigned long long)ledger->launch_pa);
}

/* Commands that bring a guest to another state. */
static void sev_moves(struct ledger *ledger, unsigned int id, uint64_t handle)
{
	static const struct {
		uint16_t id;
		enum psp_guest_state state;
	} moves[] = {
		{PSP_CMD_LAUNCH_MEASURE, PSP_G_LSECRET}, {PSP_CMD_LAUNCH_FINISH, PSP_G_RUNNING},
		{PSP_CMD_SEND_START, PSP_G_SUPDATE},	 {PSP_CMD_SEND_FINISH, PSP_G_SENT},
		{PSP_CMD_SEND_CANCEL, PSP_G_RUNNING},	 {PSP_CMD_RECEIVE_FINISH, PSP_G_RUNNING},
	};

	for (size_t i = 0; i < sizeof(moves) / sizeof(moves[0]); i++)
		if (moves[i].id == id)
			find(ledger, false, handle)->state = moves[i].state;
}

static void sev_success(struct ledger *ledger, unsigned int id, const uint8_t *was,
			const uint8_t *is)
{
	switch (id) {
	case PSP_CMD_INIT:
	case PSP_CMD_INIT_EX:
		forget(ledger, HAVE_SEV);
		ledger->es = was[id == PSP_CMD_INIT ? 0 : 4] & 1;
		ledger->tmr_guarded = ledger->snp;
		ledger->tmr = fuzz_get(was + 8, 8) & ~(1ull << ledger->m->config.c_bit);
		break;
	case PSP_CMD_SHUTDOWN:
		forget(ledger, HAVE_SEV);
		ledger->es = false;
		break;
	case PSP_CMD_LAUNCH_START:
		begin(ledger, false, fuzz_get(is, 4), fuzz_get(was + 4, 4), PSP_G_LUPDATE);
		break;
	case PSP_CMD_RECEIVE_START:
		begin(ledger, false, fuzz_get(is, 4), fuzz_get(was + 4, 4), PSP_G_RUPDATE);
		break;
	case PSP_CMD_GUEST_STATUS:
		if (is[0xc] != find(ledger, false, fuzz_get(was, 4))->state)
			machine_fail(ledger->m, "GUEST_STATUS: state %u", is[0xc]);
		break;
	case PSP_CMD_ACTIVATE:
		bind(ledger, find(ledger, false, fuzz_get(was, 4)), fuzz_get(was + 4, 4));
		break;
	case PSP_CMD_ACTIVATE_EX:
		bind(ledger, find(ledger, false, fuzz_get(was + 4, 4)), fuzz_get(was + 8, 4));
		break;
	case PSP_CMD_DEACTIVATE:
		find(ledger, false, fuzz_get(was, 4))->asid = 0;
		break;
	case PSP_CMD_DECOMMISSION:
		find(ledger, false, fuzz_get(was, 4))->live = false;
		break;
	case PSP_CMD_LAUNCH_UPDATE_DATA:
		expect_encrypted(ledger);
		break;
	default:
		sev_moves(ledger, id, fuzz_get(was, 4));
		break;
	}
}

static void snp_success(struct ledger *ledger, unsigned int id, const uint8_t *was)
{
	struct ledger_guest *guest;

	switch (id) {
	case PSP_CMD_SNP_INIT:
		snp_begin(ledger, true);
		break;
	case PSP_CMD_SNP_INIT_EX:
		snp_begin(ledger, was[0] & 1);
		break;
	case PSP_CMD_SNP_SHUTDOWN:
	case PSP_CMD_SNP_SHUTDOWN_EX:
		snp_end(ledger);
		break;
	case PSP_CMD_SNP_GCTX_CREATE:
		begin(ledger, true, fuzz_get(was, 8), 0, PSP_GSTATE_INIT);
		break;
	case PSP_CMD_SNP_LAUNCH_START:
		guest = find(ledger, true, fuzz_get(was, 8));
		guest->policy = fuzz_get(was + 8, 8);
		guest->state = PSP_GSTATE_LAUNCH;
		break;
	case PSP_CMD_SNP_LAUNCH_FINISH:
		find(ledger, true, fuzz_get(was, 8))->state = PSP_GSTATE_RUNNING;
		break;
	case PSP_CMD_SNP_ACTIVATE:
		bind(ledger, find(ledger, true, fuzz_get(was, 8)), fuzz_get(was + 8, 4));
		break;
	case PSP_CMD_SNP_ACTIVATE_EX:
		bind(ledger, find(ledger, true, fuzz_get(was + 8, 8)), fuzz_get(was + 0x10, 4));
		break;
	case PSP_CMD_SNP_DECOMMISSION:
		find(ledger, true, fuzz_get(was, 8))->live = false;
		break;
	case PSP_CMD_SNP_LAUNCH_UPDATE:
		expect_encrypted(ledger);
		break;
	default:
		break;
	}
}

/* Of LAUNCH_UPDATE_DATA and SNP_LAUNCH_UPDATE: one page of what is to be encrypted. */
static void remember_launch(struct ledger *ledger, unsigned int id, const uint8_t *buf)
{
	enum { TYPES_OF_HOST = 1 << 1 | 1 << 2 | 1 << 4 };
	uint64_t pa = 0, len = 0;

	ledger->launch_len = 0;
	if (id == PSP_CMD_LAUNCH_UPDATE_DATA) {
		pa = fuzz_get(buf + 8, 8);
		len = fuzz_get(buf + 0x10, 4);
	} else if (id == PSP_CMD_SNP_LAUNCH_UPDATE && TYPES_OF_HOST & 1 << (buf[8] >> 1 & 7)) {
		pa = fuzz_get(buf + 0x10, 8);
		len = MACHINE_PAGE;
	}
	len = len < MACHINE_PAGE ? len : MACHINE_PAGE;
	if (ledger->m->config.caches || pa >= MACHINE_RAM || len > MACHINE_RAM - pa)
		return;
	memcpy(ledger->launch, ledger->m->ram + pa, len);
	ledger->launch_pa = pa;
	ledger->launch_len = (unsigned int)len;
}

void ledger_trace(struct ledger *ledger, const struct psp_trace *record)
{
	static const uint8_t none[LEDGER_COMMAND];

	if (record->kind == PSP_TRACE_COMMAND) {
		memset(ledger->command, 0, sizeof(ledger->command));
		memcpy(ledger->command, record->data, record->len);
		remember_launch(ledger, record->id, ledger->command);
	}
	if (record->kind != PSP_TRACE_RESPONSE || record->status)
		return;
	if (record->id < PSP_CMD_SNP_INIT)
		sev_success(ledger, record->id, ledger->command, record->len ? record->data : none);
	else
		snp_success(ledger, record->id, ledger->command);
}

enum psp_rmp_result ledger_rmpupdate(struct ledger *ledger, unsigned int cpu, uint64_t spa,
				     const struct psp_rmp_entry *state)
{
	unsigned int owner = !state->assigned ? OWNER_HOST : state->asid;
	uint64_t pages = state->page_2m ? MACHINE_2M / MACHINE_PAGE : 1;
	struct psp_rmp_entry before;
	enum psp_rmp_result result;

	psp_rmp_lookup(ledger->m->psp, spa, &before);
	result = psp_rmpupdate(ledger->m->psp, cpu, spa, state);
	if (result)
		return result;
	if (before.assigned && ledger->tmr_guarded && ledger_tmr(ledger, spa))
		machine_fail(ledger->m, "RMPUPDATE took page %#llx of the TMR",
			     (unsigned long long)spa);
	if (before.immutable)
		machine_fail(ledger->m, "RMPUPDATE took the immutable page %#llx",
			     (unsigned long long)spa);
	if (state->assigned && !state->asid)
		owner = OWNER_FIRMWARE;
	for (uint64_t i = spa / MACHINE_PAGE; i < spa / MACHINE_PAGE + pages; i++)
		if (i < LEDGER_PAGES)
			ledger->owner[i] = (uint16_t)owner;
	return result;
}

const struct ledger_guest *ledger_guest_in(const struct ledger *ledger, bool snp, int states,
					   unsigned int n)
{
	const struct ledger_guest *found = NULL;

	for (unsigned int i = 0; i < LEDGER_GUESTS; i++) {
		const struct ledger_guest *guest = &ledger->guests[i];

		if (!guest->live || guest->snp != snp || !(states & 1 << guest->state))
			continue;
		found = guest;
		if (!n--)
			break;
	}
	return found;
}

const struct ledger_guest *ledger_guest(const struct ledger *ledger, bool snp, unsigned int n)
{
	return ledger_guest_in(ledger, snp, LEDGER_ANY_STATE, n);
}

void ledger_end_guests(struct ledger *ledger)
{
	const struct ledger_guest *guest;
	uint8_t buf[8];
	int status;

	while ((guest = ledger_guest(ledger, true, 0))) {
		fuzz_put(buf, guest->id, 8);
		status = machine_sure(ledger->m, PSP_CMD_SNP_DECOMMISSION, buf, sizeof(buf));
		if (status)
			machine_fail(ledger->m, "SNP_DECOMMISSION of a guest that lives: %d",
				     status);
	}
}
