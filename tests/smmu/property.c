/* SPDX-License-Identifier: MIT */
/*
 * Random configurations, random tables with random damage, random accesses: the
 * model must answer and record exactly what the oracle does, with caches and
 * without. A failure prints the seed, which is the number of the round.
 */
#include "tests/smmu/oracle.h"
#include "tests/suite.h"

enum { ROUNDS = 400, PAGES = 24, ACCESSES = 150, SID = 6 };
enum { WINDOW = 4 << 20 }; /* of the rig's memory that stage 2 maps */

static struct rig rig;
static uint64_t random_state;

static uint64_t random64(void)
{
	/* SplitMix64 */
	uint64_t z = random_state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return z ^ z >> 31;
}

static uint64_t below(uint64_t n)
{
	return random64() % n;
}

static bool chance(unsigned int percent)
{
	return below(100) < percent;
}

static const unsigned int granules[] = {12, 14, 16};

static uint64_t va_pool[2][PAGES];
static uint64_t ipa_pool[PAGES];

static void make_stage2(struct oracle_setup *s)
{
	static const struct {
		unsigned int granule;
		int start;
		unsigned int low, high;
	} rows[] = {{12, 0, 40, 48},
		    {12, 1, 40, 43},
		    {14, 1, 40, 48},
		    {16, 1, 43, 48},
		    {16, 2, 40, 46}};
	unsigned int i = (unsigned int)below(5);
	unsigned int ia = rows[i].low + (unsigned int)below(rows[i].high - rows[i].low + 1);

	tree_init(&s->stage2, &rig, rows[i].granule, ia, rows[i].start, 0);
	for (uint64_t pa = RIG_ALLOC; pa < RIG_ALLOC + WINDOW; pa += 1ull << rows[i].granule)
		tree_map(&s->stage2, pa + NESTED_BIAS, 3, pa, S2_RW | below(4) << 53);
}

static void make_half(struct oracle_setup *s, unsigned int n)
{
	unsigned int granule = granules[below(3)], ia = 25 + (unsigned int)below(24);
	struct tree *tree = &s->half[n];

	tree_init(tree, &rig, granule, ia, tree_regular_start(granule, ia),
		  s->s2 ? NESTED_BIAS : 0);
	for (unsigned int i = 0; i < PAGES; i++) {
		uint64_t low = below(1ull << ia) & ~0xfffull;
		/* some neighbours of earlier ones, so that tables are shared */
		uint64_t va = i && chance(60) ? va_pool[n][i - 1] ^ below(64) << granule : low;

		va_pool[n][i] = (va & ((1ull << ia) - 1)) | (n ? ~0ull << ia : 0);
	}
}

/* The descriptor at `level` for `ia`, if the path to it is one of tables. */
static uint64_t try_slot(struct tree *tree, uint64_t ia, int level)
{
	for (int l = tree->start; l < level; l++) {
		uint64_t desc = rig_get64(&rig, tree_slot(tree, ia, l));

		if (desc && (desc & 3) != 3)
			return 0;
	}
	return tree_slot(tree, ia, level);
}

static uint64_t s1_bits(void)
{
	return S1_RW ^ (chance(30) ? S1_USER : 0) ^ (chance(30) ? S1_RO : 0) ^
	       (chance(30) ? S1_UXN : 0) ^ (chance(30) ? S1_PXN : 0) ^ (chance(50) ? S1_NG : 0);
}

static void map_half(struct oracle_setup *s, unsigned int n)
{
	struct tree *tree = &s->half[n];

	for (unsigned int i = 0; i < PAGES; i++) {
		int level = chance(80) || tree->start == 3 ? 3 : 2;
		uint64_t slot = try_slot(tree, va_pool[n][i], level);
		uint64_t size = 1ull << tree_shift(tree, level);
		uint64_t oa = RIG_ALLOC + tree->bias + below(WINDOW);

		if (slot && !rig_get64(&rig, slot))
			rig_put64(&rig, slot,
				  (oa & ~(size - 1)) | s1_bits() | (level == 3 ? 3 : 1));
	}
}

/* One bit of one descriptor on the way to `ia`. */
static void damage(struct tree *tree, uint64_t ia, bool stage1)
{
	static const unsigned char bits[] = {0,	 1,  6,	 7,  10, 36, 40, 44,
					     47, 53, 54, 59, 60, 61, 62};
	int level = tree->start + (int)below(4 - (unsigned int)tree->start);
	uint64_t slot = try_slot(tree, ia, level);

	if (!slot || !rig_get64(&rig, slot))
		return;
	if (!stage1 && level < 3 && chance(50))
		return;
	rig_put64(&rig, slot, rig_get64(&rig, slot) ^ 1ull << bits[below(sizeof(bits))]);
}

static unsigned int ps_bits(unsigned int code)
{
	static const unsigned char bits[] = {32, 36, 40, 42, 44, 48};

	return bits[code];
}

static void write_cd(struct oracle_setup *s, uint64_t pa, unsigned int ips)
{
	uint64_t cd[8];

	cd_make(cd, &s->half[0], &s->half[1]);
	cd[0] = (cd[0] & ~(7ull << 32)) | (uint64_t)ips << 32;
	cd[0] |= (uint64_t)s->epd[0] << 14 | (uint64_t)s->epd[1] << 30 | (uint64_t)s->affd << 35 |
		 (uint64_t)s->wxn << 36 | (uint64_t)s->tbi[0] << 38 | (uint64_t)s->tbi[1] << 39 |
		 (uint64_t)s->pan << 40;
	cd[1] |= (uint64_t)s->had[0] << 1;
	cd[2] |= (uint64_t)s->had[1] << 1;
	rig_put(&rig, pa, cd, 8);
}

static void write_ste(struct oracle_setup *s, unsigned int s2ps)
{
	uint64_t ste[8];

	if (s->s1 && s->s2)
		ste_nested(ste, s->cd, 0, &s->stage2, s2ps);
	else if (s->s1)
		ste_s1(ste, s->cd, 0);
	else
		ste_s2(ste, &s->stage2, s2ps);
	if (s->s2)
		ste[2] |= (uint64_t)s->s2_affd << 53;
	rig_ste(&rig, SID, ste);
}

static void make(struct oracle_setup *s)
{
	unsigned int mode = (unsigned int)below(4), ips, s2ps;
	uint64_t cd_pa;

	*s = (struct oracle_setup){
		.rig = &rig,
		.s1 = mode != 0,
		.s2 = mode != 1,
		.epd = {chance(5), chance(5)},
		.tbi = {chance(50), chance(50)},
		.had = {chance(30), chance(30)},
		.wxn = chance(20),
		.pan = chance(20),
		.affd = chance(20),
		.s2_affd = chance(20),
	};
	cd_pa = rig_alloc(&rig, 64);
	s->cd = cd_pa + (s->s2 ? NESTED_BIAS : 0);
	if (s->s2)
		make_stage2(s);
	for (unsigned int n = 0; s->s1 && n < 2; n++) {
		make_half(s, n);
		map_half(s, n);
	}
	for (unsigned int i = 0; i < PAGES; i++)
		ipa_pool[i] = RIG_ALLOC + NESTED_BIAS + below(WINDOW);
	for (unsigned int i = below(8); s->s1 && i; i--)
		damage(&s->half[i % 2], va_pool[i % 2][below(PAGES)], true);
	for (unsigned int i = below(3); s->s2 && i; i--)
		damage(&s->stage2, chance(30) ? s->cd : ipa_pool[below(PAGES)], false);
	/* Big enough for the bases; the damage reaches beyond the smaller ones. */
	ips = s->s2 ? 2 + (unsigned int)below(4) : (unsigned int)below(6);
	s2ps = (unsigned int)below(6);
	s->ips = ps_bits(ips);
	s->s2ps = ps_bits(s2ps);
	if (s->s1)
		write_cd(s, cd_pa, ips);
	write_ste(s, s2ps);
	if (chance(20)) {
		rig.abort_first = RIG_ALLOC + below(rig.next - RIG_ALLOC) / 8 * 8;
		rig.abort_last = rig.abort_first + 7;
		if (rig.abort_first >= cd_pa && rig.abort_first < cd_pa + 64)
			rig.abort_first = ~0ull;
	}
}

static struct oracle_access random_access(const struct oracle_setup *s)
{
	unsigned int n = (unsigned int)below(2);
	struct oracle_access a = {
		.write = chance(40),
		.instruction = chance(20),
		.privileged = chance(40),
	};

	a.addr = s->s1 ? va_pool[n][below(PAGES)] : ipa_pool[below(PAGES)];
	a.addr ^= below(4096);
	if (chance(10))
		a.addr ^= 1ull << below(64);
	if (chance(5) && s->s1)
		a.addr ^= below(128) << 56;
	return a;
}

static uint64_t record_dw1(const struct oracle_access *a, const struct oracle_answer *want)
{
	return (uint64_t)a->privileged << 33 | (uint64_t)(a->instruction && !a->write) << 34 |
	       (uint64_t)!a->write << 35 | (uint64_t)want->s2 << 39 | (uint64_t)want->class << 40 |
	       (uint64_t)(want->event == 0x13 && want->ttrnw) << 44;
}

static void compare(uint64_t seed, const struct oracle_setup *s, const struct oracle_access *a)
{
	struct oracle_answer want = oracle(s, a);
	struct smmu_txn txn = {
		.sid = SID,
		.addr = a->addr,
		.write = a->write,
		.instruction = a->instruction,
		.privileged = a->privileged,
	};
	struct smmu_result got;
	uint64_t r[4] = {0}, dw3;

	smmu_translate(rig.smmu, &txn, &got);
	ck_assert_msg(got.event == want.event && (got.status == SMMU_OK) == !want.event,
		      "seed %llu: %#llx: event %#x, oracle %#x", (unsigned long long)seed,
		      (unsigned long long)a->addr, got.event, want.event);
	if (!want.event) {
		ck_assert_msg(got.pa == want.pa, "seed %llu: %#llx -> %#llx, oracle %#llx",
			      (unsigned long long)seed, (unsigned long long)a->addr,
			      (unsigned long long)got.pa, (unsigned long long)want.pa);
		return;
	}
	ck_assert(rig_event(&rig, r));
	if (want.event == 0x0a) {
		ck_assert(r[0] == (0x0a | (uint64_t)SID << 32) && !r[1] && !r[2] && !r[3]);
		return;
	}
	dw3 = want.event == 0x0b ? want.fetch : want.s2 ? want.ipa & 0xfffffffff000 : 0;
	ck_assert_msg(r[0] == (want.event | (uint64_t)SID << 32) && r[1] == record_dw1(a, &want) &&
			      r[2] == a->addr && r[3] == dw3,
		      "seed %llu: record %#llx %#llx %#llx %#llx, oracle %#llx %#llx",
		      (unsigned long long)seed, (unsigned long long)r[0], (unsigned long long)r[1],
		      (unsigned long long)r[2], (unsigned long long)r[3],
		      (unsigned long long)record_dw1(a, &want), (unsigned long long)dw3);
}

static void round_of(uint64_t seed, bool caches)
{
	struct smmu_config c = rig_config();
	struct oracle_setup s;

	random_state = seed;
	if (caches) {
		c.tlb_entries = 128;
		c.cfg_entries = 8;
	}
	rig_boot(&rig, &c);
	make(&s);
	for (unsigned int i = 0; i < ACCESSES; i++) {
		struct oracle_access a = random_access(&s);

		compare(seed, &s, &a);
	}
	rig_close(&rig);
}

START_TEST(agrees_with_the_oracle)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++)
		round_of(seed, false);
}
END_TEST

START_TEST(agrees_with_the_oracle_through_caches)
{
	for (uint64_t seed = 1; seed <= ROUNDS; seed++)
		round_of(seed, true);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(agrees_with_the_oracle);
	SUITE_CASE(agrees_with_the_oracle_through_caches);
}
