// SPDX-License-Identifier: MIT
/* Lists of what has happened. */
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/list.h"

static char *copy(const char *text, size_t len)
{
	char *p = malloc(len + 1);

	if (p) {
		memcpy(p, text, len);
		p[len] = '\0';
	}
	return p;
}

struct scn_item *scn_list_add(struct scn_list *list, uint64_t time, const char *kind,
			      const char *text, size_t len)
{
	struct scn_item *item;

	if (list->n == list->room) {
		size_t room = list->room ? 2 * list->room : 64;
		struct scn_item *more = realloc(list->items, room * sizeof(*more));

		if (!more)
			return NULL;
		list->items = more;
		list->room = room;
	}
	item = &list->items[list->n++];
	*item = (struct scn_item){.time = time,
				  .kind = copy(kind, strlen(kind)),
				  .text = copy(text, len),
				  .text_len = len};
	return item;
}

void scn_list_free(struct scn_list *list)
{
	for (size_t i = 0; i < list->n; i++) {
		free(list->items[i].kind);
		free(list->items[i].text);
	}
	free(list->items);
	*list = (struct scn_list){0};
}
