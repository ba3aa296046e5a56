/* SPDX-License-Identifier: MIT */
/*
 * evk_queue: what is due, in a defined order; private to the event kernel.
 *
 * Concepts. A node is queued at most once: for the next delta cycle, or for a
 * time. evk_queue_collect() moves everything that is due to one list, from which
 * the kernel takes node after node: first the timed ones in the order (time, call),
 * then the delta ones in the order of the calls. A node on that list can still be removed.
 *
 * SystemC alone would fire delta notifications last call first, and those of
 * equal time in the order of its heap; hence a queue of our own.
 */
#ifndef SIM_EVK_QUEUE_H
#define SIM_EVK_QUEUE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

enum evk_node_state { EVK_NODE_FREE, EVK_NODE_LISTED, EVK_NODE_TIMED };

/* All zero: not queued. */
struct evk_node {
	struct evk_node *next, *prev; /* EVK_NODE_LISTED */
	uint64_t time, seq;	      /* EVK_NODE_TIMED */
	size_t place;		      /* index in the heap */
	enum evk_node_state state;
	void *owner;
	int kind; /* of owner */
};

struct evk_queue {
	struct evk_node delta, due; /* heads of circular lists */
	struct evk_node **heap;
	size_t n, room, reserved;
	uint64_t seq;
};

void evk_queue_init(struct evk_queue *queue);
void evk_queue_fini(struct evk_queue *queue);

/* Promise room for one more node, so that adding never fails. -ENOMEM. */
int evk_queue_reserve(struct evk_queue *queue);
void evk_queue_unreserve(struct evk_queue *queue);

/* The node must not be queued. */
void evk_queue_add_delta(struct evk_queue *queue, struct evk_node *node);
void evk_queue_add_timed(struct evk_queue *queue, struct evk_node *node, uint64_t time);
/* A node that is not queued may be removed. */
void evk_queue_remove(struct evk_queue *queue, struct evk_node *node);

bool evk_queue_has_delta(const struct evk_queue *queue);
/* Time of the first timed node, UINT64_MAX if none. */
uint64_t evk_queue_first(const struct evk_queue *queue);

void evk_queue_collect(struct evk_queue *queue, uint64_t now);
/* The next collected node; NULL: none is left. */
struct evk_node *evk_queue_due(const struct evk_queue *queue);
/* The same, no longer queued. */
struct evk_node *evk_queue_take(struct evk_queue *queue);

#ifdef __cplusplus
}
#endif

#endif
