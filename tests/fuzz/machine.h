/* SPDX-License-Identifier: MIT */
/*
 * A machine for random programs on psp/: 6 MiB of RAM, one struct psp, and judges of what it
 * does. It asserts nothing about a program; what must hold whatever the program is, it does.
 *
 *	0x01_0000  command buffers of the machine's own (MACHINE_CMD, 2 pages)
 *	0x02_0000  MACHINE_PAGES pages that programs use, MACHINE_AT_* among them
 *	0x10_0000  the RMP
 *	0x20_0000  two pages of 2 MiB that they use, too
 */
#ifndef TESTS_FUZZ_MACHINE_H
#define TESTS_FUZZ_MACHINE_H

#include <stdnoreturn.h>

#include "psp/psp.h"
#include "tests/fuzz/input.h"

enum {
	MACHINE_RAM = 6 << 20,
	MACHINE_CMD = 0x10000,
	MACHINE_SMALL = 0x20000,
	MACHINE_PAGES = 48,
	MACHINE_LARGE = 0x200000,
	MACHINE_2M = 0x200000,
	MACHINE_RMP = 0x100000,
	MACHINE_PAGE = 0x1000,
	/* Where commands find what they need, if a program does not say otherwise. */
	MACHINE_AT_GCTX = 0x20000,    /* 4 contexts */
	MACHINE_AT_GUEST = 0x24000,   /* 12 pages for guests */
	MACHINE_AT_CERT = 0x30000,    /* a PDH; 2 pages, the chain behind it */
	MACHINE_AT_CHAIN = 0x31000,   /* 2 pages */
	MACHINE_AT_SESSION = 0x33000, /* a session's blob */
	MACHINE_AT_HDR = 0x34000,     /* a packet's header */
	MACHINE_AT_TRANS = 0x35000,   /* and its data */
	MACHINE_AT_OUT = 0x36000,     /* what the firmware tells */
	MACHINE_AT_IMAGE = 0x37000,   /* a firmware image, a VLEK, lists */
	MACHINE_AT_NV = 0x38000,      /* 8 pages */
	MACHINE_CPUS = 2,
	MACHINE_SEV_ASID = 10, /* the first for guests without SEV-ES */
	MACHINE_MAX_ASID = 16,
};

struct ledger;
struct machine_hash;

struct machine {
	struct psp *psp;
	struct psp_config config;
	uint8_t *ram;
	struct ledger *ledger;
	struct machine_hash *hash; /* over all trace records */
	const char *fault;	   /* the fault point that fires next, and how often */
	unsigned int fault_left;
	/* What ends the run when something does not hold; does not return. */
	void (*fail)(const char *text);
};

/* A machine that `in` chooses. False: psp_new() refused the configuration. */
bool machine_new(struct machine *m, struct input *in, void (*fail)(const char *text));
/* The machine that programs are likeliest to get far on. */
void machine_new_default(struct machine *m, void (*fail)(const char *text));
void machine_free(struct machine *m);

/* SHA-256 of RAM and of all that was traced. */
void machine_digest(struct machine *m, uint8_t digest[32]);

/* psp_command() with a buffer at pa; its status and latency are judged. */
int machine_command(struct machine *m, unsigned int id, uint64_t pa);
/* With a buffer at MACHINE_CMD, which is a firmware page meanwhile if it must be. */
int machine_cmd(struct machine *m, unsigned int id, void *buf, size_t len);
/* Again, where the first only ended a ring. */
int machine_sure(struct machine *m, unsigned int id, void *buf, size_t len);

bool machine_snp_on(const struct machine *m);
/* The host page becomes the firmware's. False: RMPUPDATE would not. */
bool machine_to_firmware(struct machine *m, uint64_t pa);
/* A page that was made the firmware's goes back; it must, unless it became a guest's. */
void machine_to_host(struct machine *m, uint64_t pa);
/* Complete and run what was written to mailboxes. */
void machine_settle(struct machine *m);
void machine_wbinvd(struct machine *m);
/* MSRs of all cores as for SNP_INIT. */
void machine_snp_enable(struct machine *m);

/*
 * The end of every program: no faults any more, PLATFORM_STATUS is answered, and the host
 * gets every page back.
 */
void machine_finish(struct machine *m);

__attribute__((format(printf, 2, 3))) noreturn void machine_fail(struct machine *m,
								 const char *format, ...);

#endif
