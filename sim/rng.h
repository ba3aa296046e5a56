/* SPDX-License-Identifier: MIT */
/*
 * Random numbers of a run.
 *
 * Concepts. A run has one seed; whoever draws numbers has a stream of his own,
 * named by a constant string ("sched", "dma0"). Streams of one seed are
 * independent: how many numbers one takes changes no other. The numbers of a
 * stream depend on seed and name alone and are the same on every machine.
 *
 * The generator is xoshiro256** (Blackman and Vigna, public domain), its state
 * four outputs of splitmix64 that starts at splitmix64(seed) xor FNV-1a(name).
 */
#ifndef SIM_RNG_H
#define SIM_RNG_H

#include <stdint.h>

struct sim_rng {
	uint64_t s[4]; /* not all zero */
};

void sim_rng_init(struct sim_rng *rng, uint64_t seed, const char *stream);

/* Uniform over all 64-bit values. */
uint64_t sim_rng_next(struct sim_rng *rng);

/* Uniform over 0 … bound - 1, without bias; 0 if bound is 0. */
uint64_t sim_rng_below(struct sim_rng *rng, uint64_t bound);

/* The two building blocks: the next output of splitmix64, the 64-bit FNV-1a hash. */
uint64_t sim_rng_splitmix64(uint64_t *state);
uint64_t sim_rng_fnv1a(const char *text);

#endif
