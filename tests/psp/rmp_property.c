/* SPDX-License-Identifier: MIT */
/*
 * Random instructions and accesses by the host, a device, a legacy guest and two SNP guests,
 * against the oracle; and what must hold whatever they do: no page has two owners, the host
 * never writes an assigned page, and what a guest keeps private is nowhere in RAM. A failure
 * prints the seed, which is the number of the round.
 */
#include "psp/memory/memory.h"
#include "tests/psp/rig.h"
#include "tests/psp/rmp_oracle.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

enum { BASE = 0x800000, END = BASE + ORACLE_PAGES * 4096, LEGACY = 120 };
enum { ROUNDS = 16, STEPS = 60000 };

static const char SECRET[8] = "SecretOf";

/* The last write to the start of a page: by which view, and what. -1: C = 0. */
struct content {
	int view;
	uint8_t bytes[16];
};

static struct rig rig;
static struct oracle oracle;
static struct content contents[ORACLE_PAGES];
static uint64_t random_state, seed;

static uint64_t next(void)
{
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t below(uint64_t n)
{
	return next() % n;
}

static bool once_in(uint64_t n)
{
	return below(n) == 0;
}

/* Only failures go to Check, which notes each assertion with a system call. */
#define must(holds, text, ...)                                                                     \
	do {                                                                                       \
		if (!(holds))                                                                      \
			ck_abort_msg("seed %llu: " text, (unsigned long long)seed, ##__VA_ARGS__); \
	} while (0)

static void agree(int got, int want, const char *what)
{
	must(got == want, "%s: %d, oracle %d", what, got, want);
}

/* Few pages, so that they meet: eight in each 2 MiB, or the first. */
static unsigned int some_page(bool first)
{
	return (unsigned int)(below(ORACLE_LARGE) * 512 + (first ? 0 : below(8) * 73));
}

static uint64_t some_gpa(unsigned int page, bool large)
{
	const uint64_t base = (1 + below(3)) * 0x40000000 + page / 512 * 0x200000ull;

	return large ? base : base + page % 512 * 0x1000ull;
}

static void step_update(void)
{
	struct psp_rmp_entry e = {.assigned = !once_in(3), .page_2m = once_in(3)};
	const unsigned int page = some_page(e.page_2m && !once_in(8));

	if (e.assigned && !once_in(6)) {
		e.asid = (uint32_t)(1 + below(2));
		e.gpa = some_gpa(page, e.page_2m);
		e.immutable = once_in(400);
	} else if (e.assigned) {
		e.immutable = once_in(8);
	}
	agree(psp_rmpupdate(rig.psp, 0, BASE + page * 0x1000ull, &e),
	      oracle_update(&oracle, page, &e), "RMPUPDATE");
}

static void step_smash(void)
{
	const unsigned int page = some_page(!once_in(8));

	agree(psp_psmash(rig.psp, 0, BASE + page * 0x1000ull), oracle_smash(&oracle, page),
	      "PSMASH");
}

/* By one of the guests, mostly the owner, at mostly the right address. */
static struct psp_access private_access(unsigned int page)
{
	const struct oracle_page *p = &oracle.pages[page];
	struct psp_access a = {.agent = PSP_GUEST, .snp = true, .encrypted = true};

	a.pa = BASE + page * 0x1000ull;
	a.asid = p->owner && !once_in(8) ? p->owner : (unsigned int)(1 + below(2));
	a.gpa = p->owner && !once_in(8) ? p->gpa : some_gpa(page, false);
	a.vmpl = once_in(3) ? (uint8_t)below(4) : 0;
	a.page_2m = p->large && !once_in(4);
	return a;
}

static void agree_answer(enum psp_rmp_result result, const struct psp_fault *fault, bool unchanged,
			 struct oracle_answer want, const char *what)
{
	agree(fault->status, want.fault, what);
	if (want.fault)
		return;
	agree(result, want.result, what);
	if (!want.result)
		agree(unchanged, want.unchanged, what);
}

static void step_validate(void)
{
	const bool validate = !once_in(4), page_2m = once_in(3);
	const unsigned int page = some_page(page_2m && !once_in(8));
	const struct psp_access a = private_access(page);
	enum psp_rmp_result result;
	struct psp_fault fault;
	bool unchanged;

	result = psp_pvalidate(rig.psp, &a, page_2m, validate, &unchanged, &fault);
	agree_answer(result, &fault, unchanged,
		     oracle_validate(&oracle, page, &a, page_2m, validate), "PVALIDATE");
}

static void step_adjust(void)
{
	const bool page_2m = once_in(3);
	const unsigned int page = some_page(page_2m && !once_in(8));
	const struct psp_access a = private_access(page);
	const uint64_t vmsa = once_in(16);
	const uint64_t attributes = below(once_in(16) ? 6 : 4) | below(16) << 8 | vmsa << 16;
	enum psp_rmp_result result;
	struct psp_fault fault;

	result = psp_rmpadjust(rig.psp, &a, page_2m, attributes, &fault);
	agree_answer(result, &fault, false, oracle_adjust(&oracle, page, &a, page_2m, attributes),
		     "RMPADJUST");
}

static struct psp_access some_access(unsigned int page)
{
	struct psp_access a = {.pa = BASE + page * 0x1000ull, .page_2m = once_in(8)};

	switch (below(8)) {
	case 0:
		a.agent = PSP_HOST;
		break;
	case 1:
		a.agent = PSP_DEVICE;
		break;
	case 2:
		a.agent = PSP_GUEST;
		a.encrypted = true;
		a.asid = LEGACY;
		break;
	case 3:
		a = private_access(page);
		a.encrypted = false;
		break;
	default:
		a = private_access(page);
		break;
	}
	a.write = once_in(2);
	return a;
}

static int view_of(const struct psp_access *a)
{
	return a->encrypted ? (int)a->asid : -1;
}

static void fill(const struct psp_access *a, uint8_t bytes[16])
{
	const uint64_t number = next();

	memcpy(bytes, a->encrypted ? SECRET : "inTheOpn", 8);
	memcpy(bytes + 8, &number, 8);
}

static void step_access(void)
{
	const unsigned int page = some_page(false);
	const struct psp_access a = some_access(page);
	struct content *content = &contents[page];
	const enum psp_access_status want = oracle_check(&oracle, page, &a);
	uint8_t bytes[16];

	fill(&a, bytes);
	agree(psp_rmp_check(rig.psp, &a, NULL), want, "check");
	agree(psp_access(rig.psp, &a, bytes, sizeof(bytes), NULL), want, "access");
	if (want)
		return;
	if (a.write) {
		content->view = view_of(&a);
		memcpy(content->bytes, bytes, sizeof(bytes));
	} else if (content->view == view_of(&a)) {
		must(!memcmp(bytes, content->bytes, 16), "lost a write");
	} else {
		must(memcmp(bytes, SECRET, 8), "a secret was read");
	}
}

/* How many of host, guest 1 and guest 2 may write a page, each at its best. */
static void check_owners(unsigned int page)
{
	const uint64_t pa = BASE + page * 0x1000ull;
	struct psp_access a = {.agent = PSP_HOST, .pa = pa, .write = true};
	unsigned int owners = 0;
	struct psp_rmp_entry e;

	psp_rmp_lookup(rig.psp, pa, &e);
	owners += psp_rmp_check(rig.psp, &a, NULL) == PSP_ACCESS_OK;
	must(!owners || !oracle.pages[page].assigned, "the host may write");
	a.agent = PSP_GUEST;
	a.snp = a.encrypted = true;
	a.gpa = e.gpa + (e.page_2m ? pa % RIG_2M : 0);
	for (a.asid = 1; a.asid <= 2; a.asid++)
		owners += psp_rmp_check(rig.psp, &a, NULL) == PSP_ACCESS_OK;
	must(owners <= 1, "page %u has %u owners", page, owners);
}

/* The table in RAM, bit by bit, and secrets where somebody writes. */
static void check_all(void)
{
	for (unsigned int page = 0; page < ORACLE_PAGES; page++) {
		const struct oracle_page *p = &oracle.pages[page];
		struct psp_rmp_entry e;

		psp_rmp_lookup(rig.psp, BASE + page * 0x1000ull, &e);
		agree(e.assigned, p->assigned, "assigned");
		agree(e.page_2m, p->large, "page size");
		agree(e.immutable, p->immutable, "immutable");
		agree(e.validated, p->validated, "validated");
		agree(e.vmsa, p->vmsa, "VMSA");
		agree(e.asid, p->owner, "ASID");
		agree(e.gpa + (p->large && p->owner ? page % 512 * 0x1000ull : 0) == p->gpa, true,
		      "GPA");
		agree(memcmp(e.perms, p->perms, 4), 0, "permissions");
	}
	for (const uint8_t *at = rig.ram + BASE; at < rig.ram + END; at += 16)
		must(memcmp(at, SECRET, 8), "a secret in RAM at %#lx",
		     (unsigned long)(at - rig.ram));
}

static void step(void)
{
	switch (below(10)) {
	case 0:
	case 1:
		step_update();
		break;
	case 2:
		step_smash();
		break;
	case 3:
	case 4:
		step_validate();
		break;
	case 5:
		step_adjust();
		break;
	default:
		step_access();
		break;
	}
	check_owners(some_page(false));
}

static void round_of(uint64_t number)
{
	const uint8_t keys[3][16] = {{1}, {2}, {3}};

	seed = random_state = number;
	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	memset(&oracle, 0, sizeof(oracle));
	for (unsigned int page = 0; page < ORACLE_PAGES; page++)
		contents[page] = (struct content){.view = -1};
	psp_key_load(rig.psp, 1, keys[0]);
	psp_key_load(rig.psp, 2, keys[1]);
	psp_key_load(rig.psp, LEGACY, keys[2]);
	for (unsigned int i = 1; i <= STEPS; i++) {
		step();
		if (i % 3000 == 0)
			check_all();
	}
	rig_free(&rig);
}

START_TEST(agrees_with_the_oracle)
{
	for (uint64_t number = 1; number <= ROUNDS; number++)
		round_of(number);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(agrees_with_the_oracle);
}
