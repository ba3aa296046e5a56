/* SPDX-License-Identifier: MIT */
/*
 * Random commands on a few pages of two guests, legal and not. Whatever came of them:
 *   - a page that its guest may read has what the guest wrote at that guest address;
 *   - nobody but its guest finds that in RAM;
 *   - the host gets every page back.
 * A failure prints the seed; PSP_SEED=0x... runs it alone.
 */
#include "tests/psp/page_rig.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

enum { PAGES = 12, STEPS = 6000, GUESTS = 2, HOST = 0x30000 };

static uint64_t state;
static unsigned int step;

static unsigned int draw(unsigned int below)
{
	state ^= state << 13;
	state ^= state >> 7;
	state ^= state << 17;
	return (unsigned int)(state >> 20) % below;
}

static uint64_t any_page(void)
{
	return PAGE_SMALL + (uint64_t)draw(PAGES) * RIG_PAGE;
}

static unsigned int asid_of(unsigned int guest)
{
	return guest ? PAGE_ASID2 : PAGE_ASID;
}

static uint64_t gctx_of(unsigned int guest)
{
	return guest ? PAGE_GCTX2 : PAGE_GCTX;
}

/* What guest `asid` has written at a guest address. */
static void contents(unsigned int asid, uint64_t gpa, uint8_t *data)
{
	for (unsigned int i = 0; i < RIG_PAGE; i += 8)
		put64(data + i, (gpa + i) * 0x9e3779b97f4a7c15ull + asid);
}

/* RMPUPDATE of a page that is mutable; a guest's page is validated and written at times. */
static void assign(struct rig *rig)
{
	static const enum psp_page_state states[] = {PSP_PAGE_FIRMWARE, PSP_PAGE_PRE_GUEST,
						     PSP_PAGE_GUEST_INVALID, PSP_PAGE_GUEST_VALID};
	unsigned int guest = draw(GUESTS), asid = asid_of(guest);
	uint64_t pa = any_page(), gpa = 0x10000 + (uint64_t)draw(6) * RIG_PAGE;
	enum psp_page_state want = states[draw(4)];
	struct psp_rmp_entry rmp;
	uint8_t data[RIG_PAGE];

	psp_rmp_lookup(rig->psp, pa, &rmp);
	if (rmp.immutable)
		return;
	memset(&rmp, 0, sizeof(rmp));
	page_rmpupdate(rig, pa, &rmp);
	page_make_of(rig, asid, gctx_of(guest), pa, want, gpa, false);
	if (want != PSP_PAGE_GUEST_VALID)
		return;
	contents(asid, gpa, data);
	page_guest_write(rig, asid, pa, gpa, false, data, sizeof(data));
}

/* The host makes a page of a guest immutable, for a swap or a move. */
static void freeze(struct rig *rig)
{
	struct psp_rmp_entry rmp;
	uint64_t pa = any_page();

	psp_rmp_lookup(rig->psp, pa, &rmp);
	if (!rmp.assigned || rmp.immutable || !rmp.asid)
		return;
	rmp.immutable = true;
	page_rmpupdate(rig, pa, &rmp);
}

/* A page in this state, of this guest where it has one; now and then, or else, any page. */
static uint64_t page_in(struct rig *rig, enum psp_page_state want, unsigned int guest)
{
	unsigned int first = draw(PAGES);
	struct psp_rmp_entry rmp;

	for (unsigned int i = 0; i < PAGES && draw(20); i++) {
		uint64_t pa = PAGE_SMALL + (uint64_t)((first + i) % PAGES) * RIG_PAGE;

		psp_rmp_lookup(rig->psp, pa, &rmp);
		if (psp_page_state(rig->psp, pa) != want)
			continue;
		if (want == PSP_PAGE_FIRMWARE || rmp.asid == asid_of(guest) ||
		    rmp.gpa == gctx_of(guest))
			return pa;
	}
	return any_page();
}

/* What was swapped out and may be tried to be brought back. */
struct away {
	unsigned int guest;
	uint32_t flags;
	uint64_t mdata;
	uint8_t data[RIG_PAGE];
};
static struct away away[8];

static int swap_out(struct rig *rig)
{
	unsigned int guest = draw(GUESTS), metadata = draw(6) == 0, root = draw(6) == 0;
	struct away *kept = &away[draw(8)];
	uint8_t buf[0x30] = {0};
	uint64_t dst = page_in(rig, PSP_PAGE_FIRMWARE, guest);
	int status;

	put64(buf, gctx_of(guest));
	put64(buf + 8, page_in(rig, metadata ? PSP_PAGE_METADATA : PSP_PAGE_PRE_SWAP, guest));
	put64(buf + 0x10, dst);
	put64(buf + 0x18, page_in(rig, PSP_PAGE_METADATA, guest) + 64 * draw(4));
	put32(buf + 0x28, metadata << 1 | root << 4);
	status = rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_SWAP_OUT, buf, sizeof(buf));
	if (status != PSP_SUCCESS)
		return status;
	kept->guest = guest;
	kept->flags = get32(buf + 0x28);
	kept->mdata = get64(buf + 0x18);
	memcpy(kept->data, rig->ram + dst, RIG_PAGE);
	return status;
}

static int swap_in(struct rig *rig)
{
	const struct away *a = &away[draw(8)];
	uint8_t buf[0x30] = {0};

	memcpy(rig->ram + HOST, a->data, RIG_PAGE);
	put64(buf, gctx_of(a->guest));
	put64(buf + 8, HOST);
	put64(buf + 0x10,
	      page_in(rig, a->flags & 2 ? PSP_PAGE_FIRMWARE : PSP_PAGE_PRE_GUEST, a->guest));
	put64(buf + 0x18, a->mdata);
	put32(buf + 0x28, a->flags | (draw(20) ? 0 : 8));
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_SWAP_IN, buf, sizeof(buf));
}

static int move(struct rig *rig)
{
	unsigned int guest = draw(GUESTS);
	uint8_t buf[0x20] = {0};
	bool metadata = draw(4) == 0;

	put64(buf, gctx_of(guest));
	put64(buf + 0x10, page_in(rig, metadata ? PSP_PAGE_METADATA : PSP_PAGE_PRE_SWAP, guest));
	put64(buf + 0x18, page_in(rig, metadata ? PSP_PAGE_FIRMWARE : PSP_PAGE_PRE_GUEST, guest));
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_MOVE, buf, sizeof(buf));
}

static int md_init(struct rig *rig)
{
	uint8_t buf[0x10];

	put64(buf, gctx_of(draw(GUESTS)));
	put64(buf + 8, any_page());
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_MD_INIT, buf, sizeof(buf));
}

static int one_page(struct rig *rig)
{
	static const enum psp_cmd_id ids[] = {PSP_CMD_SNP_PAGE_RECLAIM, PSP_CMD_SNP_PAGE_UNSMASH,
					      PSP_CMD_SNP_PLATFORM_STATUS};
	uint8_t buf[8];

	put64(buf, any_page());
	return rig_cmd_raw(rig, ids[draw(3)], buf, sizeof(buf));
}

enum { OUT, IN, MOVE, MD_INIT, ONE_PAGE, COMMANDS };
static unsigned int succeeded[COMMANDS];

static void command(struct rig *rig)
{
	static int (*const commands[COMMANDS])(struct rig *) = {swap_out, swap_in, move, md_init,
								one_page};
	unsigned int i = draw(COMMANDS);

	succeeded[i] += commands[i](rig) == PSP_SUCCESS;
}

static void check_page(struct rig *rig, uint64_t seed, uint64_t pa)
{
	struct psp_rmp_entry rmp;
	uint8_t want[RIG_PAGE], got[RIG_PAGE];

	psp_rmp_lookup(rig->psp, pa, &rmp);
	if (psp_page_state(rig->psp, pa) != PSP_PAGE_GUEST_VALID)
		return;
	contents(rmp.asid, rmp.gpa, want);
	page_guest_read(rig, rmp.asid, pa, rmp.gpa, false, got, sizeof(got));
	ck_assert_msg(!memcmp(got, want, sizeof(got)), "seed %#llx, step %u: page %#llx differs",
		      (unsigned long long)seed, step, (unsigned long long)pa);
	ck_assert_msg(memcmp(rig->ram + pa, want, 16), "seed %#llx, step %u: page %#llx is plain",
		      (unsigned long long)seed, step, (unsigned long long)pa);
}

static void run(uint64_t seed)
{
	struct rig rig;

	memset(succeeded, 0, sizeof(succeeded));
	memset(away, 0, sizeof(away));
	state = seed;
	page_rig_new(&rig);
	page_guest(&rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
	page_guest(&rig, PAGE_GCTX2, PAGE_POLICY, PAGE_ASID2);
	for (step = 0; step < STEPS; step++) {
		unsigned int what = draw(4);

		if (what == 0)
			assign(&rig);
		else if (what == 1)
			freeze(&rig);
		else
			command(&rig);
		for (unsigned int i = 0; i < PAGES; i++)
			check_page(&rig, seed, PAGE_SMALL + (uint64_t)i * RIG_PAGE);
	}
	for (unsigned int i = 0; i < COMMANDS; i++)
		ck_assert_msg(succeeded[i] > 8, "seed %#llx: command %u succeeded %u times",
			      (unsigned long long)seed, i, succeeded[i]);
	for (unsigned int i = 0; i < PAGES; i++)
		page_expect_returnable(&rig, PAGE_SMALL + (uint64_t)i * RIG_PAGE, false);
	rig_free(&rig);
}

START_TEST(random_commands)
{
	const char *given = getenv("PSP_SEED");

	if (given) {
		run(strtoull(given, NULL, 0));
		return;
	}
	for (uint64_t seed = 1; seed <= 8; seed++)
		run(seed * 0x9e3779b97f4a7c15ull);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(random_commands);
}
