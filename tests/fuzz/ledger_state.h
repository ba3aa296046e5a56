/* SPDX-License-Identifier: MIT */
#ifndef TESTS_FUZZ_LEDGER_STATE_H
#define TESTS_FUZZ_LEDGER_STATE_H

#include "tests/fuzz/ledger.h"

enum {
	LEDGER_PAGES = MACHINE_RAM / MACHINE_PAGE,
	LEDGER_COMMAND = 0x60,
	/* Owners of pages; between them ASIDs. */
	OWNER_HOST = 0,
	OWNER_FIRMWARE = 0xffff,
};
#define OWNER_IS_GUEST(owner) ((owner) != OWNER_HOST && (owner) != OWNER_FIRMWARE)

struct ledger {
	struct machine *m;
	bool snp; /* SNP is initialised: `owner` counts */
	bool secrets;
	bool es;	  /* INIT gave the firmware a TMR */
	bool tmr_guarded; /* by the RMP */
	uint64_t tmr;
	uint16_t owner[LEDGER_PAGES];
	struct ledger_guest guests[LEDGER_GUESTS];
	uint8_t command[LEDGER_COMMAND]; /* the last buffer as it was given */
	uint8_t launch[MACHINE_PAGE];	 /* plaintext that it has encrypted */
	uint64_t launch_pa;
	unsigned int launch_len;
};

#endif
