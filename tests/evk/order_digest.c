/* SPDX-License-Identifier: MIT */
/*
 * Prints a digest of the order of activities of a random mix of threads, events
 * and methods in the first microsecond: order_digest SEED [STEP]. That is one run, or
 * many, each from the next thing that is due until STEP ps later. The seed also says
 * how many threads there are and how dense their doings. The heap is disturbed by
 * allocations whose sizes depend on the addresses that came before, so that an order
 * that depends on addresses shows.
 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/evk.h"
#include "sim/rng.h"

enum { EVENTS = 20, MAX_THREADS = 40, ROUNDS = 50 };

static evk_event *events[EVENTS];
static struct sim_rng rng;
static uint64_t pace; /* ps; the longest is some times this */
static uint64_t digest = UINT64_C(0xcbf29ce484222325);

static void mix(uint64_t value)
{
	digest = (digest ^ value) * UINT64_C(0x100000001b3);
}

static void observe(void *arg, const struct evk_activity *activity)
{
	(void)arg;
	mix(activity->now);
	mix(sim_rng_fnv1a(activity->name));
}

static void disturb_heap(void)
{
	static void *kept[8];
	unsigned int slot = (uintptr_t)&slot / 16 % 8;

	free(kept[slot]);
	kept[slot] = malloc(16 + (uintptr_t)kept[(slot + 1) % 8] / 16 % 200);
}

static evk_event *any_event(void)
{
	return events[sim_rng_below(&rng, EVENTS)];
}

static void life(void *arg)
{
	(void)arg;
	for (int i = 0; i < ROUNDS; i++) {
		disturb_heap();
		evk_notify(any_event(), sim_rng_below(&rng, 4 * pace));
		if (sim_rng_below(&rng, 2))
			mix((uint64_t)evk_wait_event(any_event(), sim_rng_below(&rng, 6 * pace)));
		else
			evk_wait(sim_rng_below(&rng, 3 * pace));
		if (sim_rng_below(&rng, 8) == 0)
			evk_cancel(any_event());
	}
}

static void pass_on(void *arg)
{
	disturb_heap();
	if (sim_rng_below(&rng, 3) == 0)
		evk_notify(events[(uintptr_t)arg], 1 + sim_rng_below(&rng, 9 * pace));
}

int main(int argc, char **argv)
{
	uint64_t threads, step;

	if (argc < 2 || argc > 3 || evk_open(NULL))
		return 2;
	step = argc == 3 ? strtoull(argv[2], NULL, 0) : 0;
	sim_rng_init(&rng, strtoull(argv[1], NULL, 0), "order");
	pace = 1 + sim_rng_below(&rng, 100);
	threads = 1 + sim_rng_below(&rng, MAX_THREADS);
	evk_observe(observe, NULL);
	for (uintptr_t i = 0; i < EVENTS; i++) {
		char name[16];

		snprintf(name, sizeof(name), "event%u", (unsigned int)i);
		disturb_heap();
		events[i] = evk_event_new(name);
		evk_method_new(name, pass_on, (void *)((i + 1) % EVENTS), events[i]);
	}
	for (uint64_t i = 0; i < threads; i++) {
		char name[16];

		snprintf(name, sizeof(name), "thread%u", (unsigned int)i);
		disturb_heap();
		evk_thread_new(name, life, NULL, 0);
	}
	while (argc == 3 && evk_next_time() < EVK_US - step)
		evk_run(evk_next_time() + step);
	evk_run(EVK_US);
	mix(evk_now());
	evk_close();
	printf("%016" PRIx64 "\n", digest);
	return 0;
}
