/* SPDX-License-Identifier: MIT */
/*
 * Who owns what, counted beside the library from what succeeded: pages by RMPUPDATE, guests
 * and ASIDs by commands, and secrets that guests wrote. ledger_check() holds the library
 * against it:
 *   - who may write a page is its owner alone, the host, the firmware or one guest;
 *   - no ASID is two guests', and guests' states are what their commands made of them;
 *   - nobody finds in RAM what a guest wrote, or what was encrypted at its launch.
 */
#ifndef TESTS_FUZZ_LEDGER_H
#define TESTS_FUZZ_LEDGER_H

#include "tests/fuzz/machine.h"

enum { LEDGER_GUESTS = 16 };

struct ledger_guest {
	bool live, snp;
	uint64_t id; /* handle or context page */
	uint64_t policy;
	unsigned int asid;
	unsigned int state; /* enum psp_guest_state or psp_snp_guest_state */
};

struct ledger *ledger_new(struct machine *m);
void ledger_free(struct ledger *ledger);

void ledger_trace(struct ledger *ledger, const struct psp_trace *record);
enum psp_rmp_result ledger_rmpupdate(struct ledger *ledger, unsigned int cpu, uint64_t spa,
				     const struct psp_rmp_entry *state);
/* After psp_reset(). */
void ledger_reset(struct ledger *ledger);
/*
 * The nth live guest of a kind, from 0, in one of these states (1 << state); the last of them
 * if there are fewer. NULL: none.
 */
enum { LEDGER_ANY_STATE = -1 };
const struct ledger_guest *ledger_guest_in(const struct ledger *ledger, bool snp, int states,
					   unsigned int n);
const struct ledger_guest *ledger_guest(const struct ledger *ledger, bool snp, unsigned int n);
/* The live guest with this handle or context page; NULL. */
const struct ledger_guest *ledger_guest_of(const struct ledger *ledger, bool snp, uint64_t id);
/* DECOMMISSION of all SNP guests; must succeed. */
void ledger_end_guests(struct ledger *ledger);
/* The page is the RMP's. */
bool ledger_rmp_own(const struct ledger *ledger, uint64_t pa);

/* The page is in the TMR of SEV-ES, which the firmware keeps until SHUTDOWN. */
bool ledger_tmr(const struct ledger *ledger, uint64_t pa);

/* A guest that may not be debugged and shares no key writes a secret to a page that is its. */
void ledger_secret(struct ledger *ledger, const struct ledger_guest *guest, uint64_t pa);

/* The pages that programs use, or all of RAM. */
void ledger_check(struct ledger *ledger, bool all);

#endif
