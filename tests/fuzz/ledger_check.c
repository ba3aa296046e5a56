/* SPDX-License-Identifier: MIT */
/* Holding the library against the ledger. */
#include "tests/fuzz/ledger_state.h"

enum {
	SECRET_WORDS = 4,
	SEV_NO_DEBUG = 1 << 0,
	SEV_NO_SHARING = 1 << 1,
	SNP_STARTED = 1 << 17, /* the bit of a policy that must be one: not imported */
	SNP_DEBUG = 1 << 19,
};
enum { LIKELY_ASIDS = 3 }; /* that programs give to guests */

static const uint64_t secret[SECRET_WORDS] = {0x5ec2e7a11d0b3f49, 0x9c46f08b7de21a35,
					      0x1f83d9abfb41bd6b, 0xc3a5c85c97cb3127};

bool ledger_rmp_own(const struct ledger *ledger, uint64_t pa)
{
	uint64_t base = 0, end = 0;

	psp_rdmsr(ledger->m->psp, 0, PSP_MSR_RMP_BASE, &base);
	psp_rdmsr(ledger->m->psp, 0, PSP_MSR_RMP_END, &end);
	return pa >= base && pa <= end;
}

static bool may_write(const struct ledger *ledger, struct psp_access access)
{
	return psp_rmp_check(ledger->m->psp, &access, NULL) == PSP_ACCESS_OK;
}

static void check_page(const struct ledger *ledger, unsigned int page, unsigned int asids)
{
	const uint64_t pa = (uint64_t)page * MACHINE_PAGE;
	unsigned int owner = ledger->owner[page];
	struct psp_access access = {.agent = PSP_HOST, .pa = pa, .write = true};
	struct psp_rmp_entry entry;

	if (may_write(ledger, access) != (owner == OWNER_HOST))
		machine_fail(ledger->m, "page %#llx of %u, %s: the host may%s write it",
			     (unsigned long long)pa, owner,
			     psp_page_state_name(psp_page_state(ledger->m->psp, pa)),
			     owner == OWNER_HOST ? " not" : "");
	psp_rmp_lookup(ledger->m->psp, pa, &entry);
	access.agent = PSP_GUEST;
	access.encrypted = access.snp = true;
	access.gpa = entry.gpa + (entry.page_2m ? pa % MACHINE_2M : 0);
	for (access.asid = 1; access.asid <= asids; access.asid++)
		if (access.asid != owner && may_write(ledger, access))
			machine_fail(ledger->m, "page %#llx of %u: guest %u may write it",
				     (unsigned long long)pa, owner, access.asid);
}

/*
 * Word by word, in a file without coverage instrumentation: libFuzzer must not learn the secret,
 * or it would write it itself.
 */
static bool has_secret(const uint8_t *data, size_t len)
{
	for (size_t i = 0; i < len; i += 16) {
		uint64_t words[2];

		memcpy(words, data + i, sizeof(words));
		if ((words[0] == secret[0] && words[1] == secret[1]) ||
		    (words[0] == secret[2] && words[1] == secret[3]))
			return true;
	}
	return false;
}

/* DRAM as it is and, for it changes what is in caches at the end only, what the host is given. */
static void check_secret(const struct ledger *ledger, unsigned int page, bool all)
{
	struct machine *m = ledger->m;
	const uint64_t pa = (uint64_t)page * MACHINE_PAGE;
	struct psp_access access = {.agent = PSP_HOST, .pa = pa};
	uint8_t view[MACHINE_PAGE];

	if (has_secret(m->ram + pa, MACHINE_PAGE))
		machine_fail(m, "page %#llx has a guest's plaintext", (unsigned long long)pa);
	if (!all || !m->config.caches)
		return;
	if (psp_access(m->psp, &access, view, sizeof(view), NULL) == PSP_ACCESS_OK &&
	    has_secret(view, sizeof(view)))
		machine_fail(m, "the host reads a guest's plaintext at %#llx",
			     (unsigned long long)pa);
}

static void check(const struct ledger *ledger, unsigned int first, unsigned int n, bool all)
{
	for (unsigned int page = first; page < first + n; page++) {
		if (ledger->snp && !ledger_rmp_own(ledger, (uint64_t)page * MACHINE_PAGE))
			check_page(ledger, page, all ? MACHINE_MAX_ASID : LIKELY_ASIDS);
		if (ledger->secrets)
			check_secret(ledger, page, all);
	}
}

void ledger_check(struct ledger *ledger, bool all)
{
	enum { SUBPAGES = MACHINE_2M / MACHINE_PAGE };
	unsigned int large = MACHINE_LARGE / MACHINE_PAGE;

	if (all) {
		check(ledger, 0, LEDGER_PAGES, true);
		return;
	}
	check(ledger, MACHINE_SMALL / MACHINE_PAGE, MACHINE_PAGES, false);
	check(ledger, large, 4, false);
	check(ledger, large + SUBPAGES - 1, 5, false);
}

void ledger_secret(struct ledger *ledger, const struct ledger_guest *guest, uint64_t pa)
{
	struct psp_access access = {
		.agent = PSP_GUEST,
		.pa = pa,
		.write = true,
		.encrypted = true,
		.asid = guest->asid,
		.snp = guest->snp,
	};
	uint64_t bits = guest->snp ? SNP_STARTED | SNP_DEBUG : SEV_NO_DEBUG | SEV_NO_SHARING;
	uint64_t want = guest->snp ? SNP_STARTED : bits;
	struct psp_rmp_entry entry;
	struct psp_fault fault;
	uint8_t data[sizeof(secret)];
	bool unchanged;

	if (!guest->asid || (guest->policy & bits) != want)
		return;
	psp_rmp_lookup(ledger->m->psp, pa, &entry);
	access.gpa = entry.gpa + (entry.page_2m ? pa % MACHINE_2M : 0);
	if (guest->snp && !entry.page_2m)
		psp_pvalidate(ledger->m->psp, &access, false, true, &unchanged, &fault);
	memcpy(data, secret, sizeof(data));
	if (psp_access(ledger->m->psp, &access, data, sizeof(data), NULL) == PSP_ACCESS_OK)
		ledger->secrets = true;
}
