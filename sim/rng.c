/* SPDX-License-Identifier: MIT */
#include "sim/rng.h"

uint64_t sim_rng_splitmix64(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15);

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

uint64_t sim_rng_fnv1a(const char *text)
{
	uint64_t hash = UINT64_C(0xcbf29ce484222325);

	for (; *text; text++)
		hash = (hash ^ (unsigned char)*text) * UINT64_C(0x100000001b3);
	return hash;
}

void sim_rng_init(struct sim_rng *rng, uint64_t seed, const char *stream)
{
	uint64_t state = sim_rng_splitmix64(&seed) ^ sim_rng_fnv1a(stream);

	/* splitmix64 is a bijection of its counter: the four cannot all be zero. */
	for (int i = 0; i < 4; i++)
		rng->s[i] = sim_rng_splitmix64(&state);
}

static uint64_t rotl(uint64_t x, int k)
{
	return (x << k) | (x >> (64 - k));
}

uint64_t sim_rng_next(struct sim_rng *rng)
{
	uint64_t *s = rng->s;
	const uint64_t result = rotl(s[1] * 5, 7) * 9;
	const uint64_t t = s[1] << 17;

	s[2] ^= s[0];
	s[3] ^= s[1];
	s[1] ^= s[2];
	s[0] ^= s[3];
	s[2] ^= t;
	s[3] = rotl(s[3], 45);
	return result;
}

/*
 * The high half of next() * bound, where products whose low half is below
 * 2^64 mod bound are drawn again (Lemire, "Fast random integer generation in an
 * interval", 2019).
 */
uint64_t sim_rng_below(struct sim_rng *rng, uint64_t bound)
{
	unsigned __int128 product;
	uint64_t reject;

	if (bound == 0)
		return 0;
	reject = -bound % bound;
	do {
		product = (unsigned __int128)sim_rng_next(rng) * bound;
	} while ((uint64_t)product < reject);
	return (uint64_t)(product >> 64);
}
