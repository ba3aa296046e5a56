/* SPDX-License-Identifier: MIT */
#include "tests/smmu/oracle.h"

enum { CD, TT, IN };

static uint64_t power(unsigned int n)
{
	return 1ull << n;
}

static struct oracle_answer fault(unsigned int event, bool s2, unsigned int class, uint64_t ipa)
{
	return (struct oracle_answer){.event = event, .s2 = s2, .class = class, .ipa = ipa};
}

static bool has_block(unsigned int granule, int level)
{
	if (granule == 12)
		return level == 1 || level == 2;
	return level == 2;
}

static bool aborts(const struct rig *rig, uint64_t pa)
{
	return pa >= rig->abort_first && pa <= rig->abort_last;
}

/* Number of input bits below this level. */
static unsigned int below(unsigned int granule, int level)
{
	return granule + (3 - (unsigned int)level) * (granule - 3);
}

static uint64_t index_of(const struct tree *tree, uint64_t ia, int level)
{
	uint64_t index = (ia % power(tree->ia_bits)) / power(below(tree->granule, level));

	return level == tree->start ? index : index % power(tree->granule - 3);
}

static uint64_t address_of(uint64_t desc, unsigned int low)
{
	return desc % power(48) / power(low) * power(low);
}

static bool s2_allows(uint64_t desc, const struct oracle_access *a)
{
	unsigned int xn = desc >> 53 & 3;
	bool read = desc >> 6 & 1, write = desc >> 7 & 1;

	if (a->write)
		return write;
	if (!a->instruction)
		return read;
	if (xn == 0)
		return read;
	if (xn == 1)
		return read && !a->privileged;
	if (xn == 3)
		return read && a->privileged;
	return false;
}

static struct oracle_answer stage2(const struct oracle_setup *s, uint64_t ipa, unsigned int class,
				   const struct oracle_access *a)
{
	const struct tree *tree = &s->stage2;
	uint64_t table = tree->root;

	if (ipa >= power(tree->ia_bits))
		return fault(0x10, true, class, ipa);
	for (int level = tree->start;; level++) {
		uint64_t at = table + 8 * index_of(tree, ipa, level);
		unsigned int low = below(tree->granule, level);
		struct oracle_answer answer;
		uint64_t desc;

		if (aborts(s->rig, at)) {
			answer = fault(0x0b, true, class, ipa);
			answer.fetch = at;
			return answer;
		}
		desc = rig_get64(s->rig, at);
		if (desc % 2 == 0 || (desc % 4 == 1 && !has_block(tree->granule, level)))
			return fault(0x10, true, class, ipa);
		if (desc % 4 == 3 && level < 3) {
			table = address_of(desc, tree->granule);
			if (table >= power(s->s2ps))
				return fault(0x11, true, class, ipa);
			continue;
		}
		if (address_of(desc, low) >= power(s->s2ps))
			return fault(0x11, true, class, ipa);
		if (!(desc >> 10 & 1) && !s->s2_affd)
			return fault(0x12, true, class, ipa);
		if (!s2_allows(desc, a)) {
			answer = fault(0x13, true, class, ipa);
			answer.ttrnw = class != IN;
			return answer;
		}
		return (struct oracle_answer){.pa = address_of(desc, low) + ipa % power(low)};
	}
}

struct limits {
	bool no_user, no_write, xn, pxn;
};

static bool s1_allows(const struct oracle_setup *s, uint64_t desc, const struct limits *l,
		      const struct oracle_access *a)
{
	bool user = (desc >> 6 & 1) && !l->no_user;
	bool write = !(desc >> 7 & 1) && !l->no_write;
	bool uxn = (desc >> 54 & 1) || l->xn, pxn = (desc >> 53 & 1) || l->pxn;

	if (a->instruction && !a->write) {
		if (!a->privileged)
			return !uxn && !(s->wxn && user && write);
		return !pxn && !(user && write) && !(s->wxn && write);
	}
	if (!a->privileged)
		return a->write ? user && write : user;
	if (s->pan && user)
		return false;
	return a->write ? write : true;
}

static const struct oracle_access table_read = {.privileged = true};

static struct oracle_answer stage1(const struct oracle_setup *s, const struct oracle_access *a)
{
	unsigned int n = a->addr >> 55 & 1;
	const struct tree *tree = &s->half[n];
	uint64_t table = tree->root + tree->bias;
	struct limits l = {false, false, false, false};

	if (s->epd[n])
		return fault(0x10, false, IN, 0);
	for (unsigned int bit = tree->ia_bits; bit <= (s->tbi[n] ? 55u : 63u); bit++)
		if ((a->addr >> bit & 1) != n)
			return fault(0x10, false, IN, 0);
	for (int level = tree->start;; level++) {
		uint64_t at = table + 8 * index_of(tree, a->addr, level), desc;
		unsigned int low = below(tree->granule, level);
		struct oracle_answer answer = {.pa = at};

		if (s->s2)
			answer = stage2(s, at, TT, &table_read);
		if (answer.event)
			return answer;
		if (aborts(s->rig, answer.pa)) {
			uint64_t fetch = answer.pa;

			answer = fault(0x0b, false, TT, 0);
			answer.fetch = fetch;
			return answer;
		}
		desc = rig_get64(s->rig, answer.pa);
		if (desc % 2 == 0 || (desc % 4 == 1 && !has_block(tree->granule, level)))
			return fault(0x10, false, IN, 0);
		if (desc % 4 == 3 && level < 3) {
			table = address_of(desc, tree->granule);
			if (table >= power(s->ips))
				return fault(0x11, false, IN, 0);
			if (s->had[n])
				continue;
			l.no_user |= desc >> 61 & 1;
			l.no_write |= desc >> 62 & 1;
			l.xn |= desc >> 60 & 1;
			l.pxn |= desc >> 59 & 1;
			continue;
		}
		if (address_of(desc, low) >= power(s->ips))
			return fault(0x11, false, IN, 0);
		if (!(desc >> 10 & 1) && !s->affd)
			return fault(0x12, false, IN, 0);
		if (!s1_allows(s, desc, &l, a))
			return fault(0x13, false, IN, 0);
		return (struct oracle_answer){.pa = address_of(desc, low) + a->addr % power(low)};
	}
}

struct oracle_answer oracle(const struct oracle_setup *s, const struct oracle_access *a)
{
	struct oracle_answer answer = {.pa = a->addr};

	if (s->s1 && s->s2)
		answer = stage2(s, s->cd, CD, &table_read);
	if (answer.event)
		return answer;
	/* A damaged stage 2 may lead to what is no CD: V is bit 31. */
	if (s->s1 && s->s2 && !(rig_get64(s->rig, answer.pa) >> 31 & 1))
		return fault(0x0a, false, 0, 0);
	answer.pa = a->addr;
	if (s->s1)
		answer = stage1(s, a);
	else if (a->addr >= power(48))
		return fault(0x11, false, IN, 0);
	if (answer.event || !s->s2)
		return answer;
	return stage2(s, answer.pa, IN, a);
}
