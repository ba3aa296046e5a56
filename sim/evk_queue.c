/* SPDX-License-Identifier: MIT */
/* The ordered queue below the event kernel: circular lists and a binary heap. */
#include <errno.h>
#include <stdlib.h>

#include "sim/evk_queue.h"

static void list_init(struct evk_node *head)
{
	head->next = head->prev = head;
}

static void list_append(struct evk_node *head, struct evk_node *node)
{
	node->prev = head->prev;
	node->next = head;
	head->prev->next = node;
	head->prev = node;
	node->state = EVK_NODE_LISTED;
}

static void list_remove(struct evk_node *node)
{
	node->prev->next = node->next;
	node->next->prev = node->prev;
	node->state = EVK_NODE_FREE;
}

static bool before(const struct evk_node *a, const struct evk_node *b)
{
	return a->time != b->time ? a->time < b->time : a->seq < b->seq;
}

static void put(struct evk_queue *queue, size_t place, struct evk_node *node)
{
	queue->heap[place] = node;
	node->place = place;
}

static void sift_up(struct evk_queue *queue, size_t place, struct evk_node *node)
{
	while (place > 0) {
		size_t parent = (place - 1) / 2;

		if (!before(node, queue->heap[parent]))
			break;
		put(queue, place, queue->heap[parent]);
		place = parent;
	}
	put(queue, place, node);
}

static void sift_down(struct evk_queue *queue, size_t place, struct evk_node *node)
{
	for (;;) {
		size_t child = 2 * place + 1;

		if (child >= queue->n)
			break;
		if (child + 1 < queue->n && before(queue->heap[child + 1], queue->heap[child]))
			child++;
		if (!before(queue->heap[child], node))
			break;
		put(queue, place, queue->heap[child]);
		place = child;
	}
	put(queue, place, node);
}

static void heap_remove(struct evk_queue *queue, struct evk_node *node)
{
	struct evk_node *last = queue->heap[--queue->n];

	node->state = EVK_NODE_FREE;
	if (last == node)
		return;
	if (before(last, node))
		sift_up(queue, node->place, last);
	else
		sift_down(queue, node->place, last);
}

void evk_queue_init(struct evk_queue *queue)
{
	*queue = (struct evk_queue){0};
	list_init(&queue->delta);
	list_init(&queue->due);
}

void evk_queue_fini(struct evk_queue *queue)
{
	free(queue->heap);
	queue->heap = NULL;
}

int evk_queue_reserve(struct evk_queue *queue)
{
	if (queue->reserved == queue->room) {
		size_t room = queue->room ? 2 * queue->room : 64;
		struct evk_node **heap = realloc(queue->heap, room * sizeof(*heap));

		if (!heap)
			return -ENOMEM;
		queue->heap = heap;
		queue->room = room;
	}
	queue->reserved++;
	return 0;
}

void evk_queue_unreserve(struct evk_queue *queue)
{
	queue->reserved--;
}

void evk_queue_add_delta(struct evk_queue *queue, struct evk_node *node)
{
	list_append(&queue->delta, node);
}

void evk_queue_add_timed(struct evk_queue *queue, struct evk_node *node, uint64_t time)
{
	node->time = time;
	node->seq = queue->seq++;
	node->state = EVK_NODE_TIMED;
	sift_up(queue, queue->n++, node);
}

void evk_queue_remove(struct evk_queue *queue, struct evk_node *node)
{
	if (node->state == EVK_NODE_LISTED)
		list_remove(node);
	else if (node->state == EVK_NODE_TIMED)
		heap_remove(queue, node);
}

bool evk_queue_has_delta(const struct evk_queue *queue)
{
	return queue->delta.next != &queue->delta;
}

uint64_t evk_queue_first(const struct evk_queue *queue)
{
	return queue->n ? queue->heap[0]->time : UINT64_MAX;
}

void evk_queue_collect(struct evk_queue *queue, uint64_t now)
{
	while (queue->n && queue->heap[0]->time <= now) {
		struct evk_node *node = queue->heap[0];

		heap_remove(queue, node);
		list_append(&queue->due, node);
	}
	while (queue->delta.next != &queue->delta) {
		struct evk_node *node = queue->delta.next;

		list_remove(node);
		list_append(&queue->due, node);
	}
}

struct evk_node *evk_queue_due(const struct evk_queue *queue)
{
	return queue->due.next == &queue->due ? NULL : queue->due.next;
}

struct evk_node *evk_queue_take(struct evk_queue *queue)
{
	struct evk_node *node = evk_queue_due(queue);

	if (node)
		list_remove(node);
	return node;
}
