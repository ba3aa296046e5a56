/* SPDX-License-Identifier: MIT */
/*
 * evk_list: circular lists of objects, the links inside them; private to the
 * event kernel. A link that is all zero is on no list; a head is initialised.
 */
#ifndef SIM_EVK_LIST_H
#define SIM_EVK_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct evk_link {
	struct evk_link *next, *prev;
	void *owner; /* the object that the link is in */
};

static inline void evk_list_init(struct evk_link *head)
{
	head->next = head->prev = head;
}

static inline bool evk_list_empty(const struct evk_link *head)
{
	return head->next == head;
}

/* Put `link`, which is on no list, in front of `place`: of the head, at the end of its list. */
static inline void evk_list_insert(struct evk_link *place, struct evk_link *link)
{
	link->prev = place->prev;
	link->next = place;
	place->prev->next = link;
	place->prev = link;
}

static inline void evk_list_remove(struct evk_link *link)
{
	if (!link->next)
		return;
	link->prev->next = link->next;
	link->next->prev = link->prev;
	link->next = link->prev = NULL;
}

/* The first object, NULL if there is none. */
static inline void *evk_list_first(const struct evk_link *head)
{
	return evk_list_empty(head) ? NULL : head->next->owner;
}

#endif
