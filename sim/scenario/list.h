/* SPDX-License-Identifier: MIT */
#ifndef SIM_SCENARIO_LIST_H
#define SIM_SCENARIO_LIST_H

#include "sim/scenario/world.h"

/* NULL: out of memory, the item is lost. */
struct scn_item *scn_list_add(struct scn_list *list, uint64_t time, const char *kind,
			      const char *text, size_t len);
void scn_list_free(struct scn_list *list);

#endif
