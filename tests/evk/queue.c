/* SPDX-License-Identifier: MIT */
/* The ordered queue against a naive one that sorts by looking at everything. */
#include <stdlib.h>

#include "sim/evk_queue.h"
#include "sim/rng.h"
#include "tests/suite.h"

enum { NODES = 64, STEPS = 20000 };

struct model {
	struct evk_node node;
	enum { FREE, DELTA, TIMED } state;
	uint64_t time, order;
};

static struct model models[NODES];
static struct evk_queue queue;
static uint64_t calls;

static bool is_before(const struct model *a, const struct model *b)
{
	if (a->state != b->state)
		return a->state == TIMED;
	if (a->state == TIMED && a->time != b->time)
		return a->time < b->time;
	return a->order < b->order;
}

static struct model *first_due(uint64_t now)
{
	struct model *best = NULL;

	for (int i = 0; i < NODES; i++) {
		struct model *m = &models[i];

		if (m->state == FREE || (m->state == TIMED && m->time > now))
			continue;
		if (!best || is_before(m, best))
			best = m;
	}
	return best;
}

static uint64_t first_time(void)
{
	uint64_t first = UINT64_MAX;

	for (int i = 0; i < NODES; i++)
		if (models[i].state == TIMED && models[i].time < first)
			first = models[i].time;
	return first;
}

static void add(struct model *m, uint64_t now, struct sim_rng *rng)
{
	m->order = calls++;
	if (sim_rng_below(rng, 4) == 0) {
		m->state = DELTA;
		evk_queue_add_delta(&queue, &m->node);
	} else {
		m->state = TIMED;
		m->time = now + 1 + sim_rng_below(rng, 20);
		evk_queue_add_timed(&queue, &m->node, m->time);
	}
}

static void drain(uint64_t now)
{
	struct evk_node *node;

	evk_queue_collect(&queue, now);
	ck_assert(!evk_queue_has_delta(&queue));
	while ((node = evk_queue_take(&queue))) {
		struct model *want = first_due(now);

		ck_assert_ptr_nonnull(want);
		ck_assert_ptr_eq(node, &want->node);
		want->state = FREE;
	}
	ck_assert_ptr_null(first_due(now));
}

static void setup(void)
{
	evk_queue_init(&queue);
	for (int i = 0; i < NODES; i++)
		ck_assert_int_eq(evk_queue_reserve(&queue), 0);
}

START_TEST(queue_agrees_with_a_naive_one)
{
	const uint64_t seed = 1;
	struct sim_rng rng;
	uint64_t now = 0;

	setup();
	sim_rng_init(&rng, seed, "evk.queue");
	for (int step = 0; step < STEPS; step++) {
		struct model *m = &models[sim_rng_below(&rng, NODES)];

		if (m->state != FREE) {
			evk_queue_remove(&queue, &m->node);
			m->state = FREE;
		} else {
			add(m, now, &rng);
		}
		ck_assert_msg(evk_queue_first(&queue) == first_time(), "seed %u, step %d",
			      (unsigned int)seed, step);
		if (sim_rng_below(&rng, 16) == 0)
			drain(now += sim_rng_below(&rng, 8));
	}
	drain(UINT64_MAX);
	evk_queue_fini(&queue);
}
END_TEST

START_TEST(collected_node_can_be_removed)
{
	setup();
	evk_queue_add_delta(&queue, &models[0].node);
	evk_queue_add_delta(&queue, &models[1].node);
	evk_queue_collect(&queue, 0);
	evk_queue_remove(&queue, &models[0].node);
	ck_assert_ptr_eq(evk_queue_take(&queue), &models[1].node);
	ck_assert_ptr_null(evk_queue_take(&queue));
	evk_queue_remove(&queue, &models[1].node); /* not queued: nothing happens */
	evk_queue_fini(&queue);
}
END_TEST

START_TEST(node_added_while_taking_waits_for_the_next_collection)
{
	setup();
	evk_queue_add_delta(&queue, &models[0].node);
	evk_queue_collect(&queue, 0);
	evk_queue_add_delta(&queue, &models[1].node);
	ck_assert_ptr_eq(evk_queue_take(&queue), &models[0].node);
	ck_assert_ptr_null(evk_queue_take(&queue));
	ck_assert(evk_queue_has_delta(&queue));
	evk_queue_fini(&queue);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(queue_agrees_with_a_naive_one);
	SUITE_CASE(collected_node_can_be_removed);
	SUITE_CASE(node_added_while_taking_waits_for_the_next_collection);
}
