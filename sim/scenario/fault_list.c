// SPDX-License-Identifier: MIT
/* See fault_list.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/fault_list.h"

#define FORM "NAME[:FIRST[:COUNT]][@FUNCTION]"

static int wrong(char **why, const char *format, ...) __attribute__((format(printf, 2, 3)));
static int wrong(char **why, const char *format, ...)
{
	va_list args;
	int n;

	va_start(args, format);
	n = vasprintf(why, format, args);
	va_end(args);
	if (n < 0)
		*why = NULL;
	return n < 0 ? -ENOMEM : -EINVAL;
}

/* A number from 1 on; 0: it is none. */
static uint64_t number(const char *text)
{
	char *end;
	uint64_t v;

	if (*text < '0' || *text > '9')
		return 0;
	errno = 0;
	v = strtoull(text, &end, 10);
	return errno || *end ? 0 : v;
}

static int set_caller(struct scn_allocs *allocs, const char *name, const char *caller, char **why)
{
	struct scn_alloc_filter *filter = scn_allocs_filter(allocs, name);

	if (!filter)
		return wrong(why, "--fault: %s is no point of memory: @%s has no meaning", name,
			     caller);
	if (!*caller || strlen(caller) >= sizeof(filter->caller))
		return wrong(why, "--fault: behind @ a function's name is wanted, shorter than %zu",
			     sizeof(filter->caller));
	snprintf(filter->caller, sizeof(filter->caller), "%s", caller);
	return 0;
}

/* `item` is taken apart in place. */
static int arm_one(char *item, struct sim_faults *faults, struct scn_allocs *allocs, char **why)
{
	char *caller = strchr(item, '@'), *first, *count;
	uint64_t from, n;
	int ret;

	if (caller)
		*caller++ = '\0';
	first = strchr(item, ':');
	if (first)
		*first++ = '\0';
	count = first ? strchr(first, ':') : NULL;
	if (count)
		*count++ = '\0';
	if (sim_fault_find(faults, item) && sim_fault_armed(sim_fault_find(faults, item)))
		return wrong(why,
			     "--fault: %s is there twice; a point has one range of occurrences",
			     item);
	from = first ? number(first) : 1;
	n = count ? number(count) : 1;
	if (!from || !n)
		return wrong(why, "--fault: %s: FIRST and COUNT are numbers from 1 on, as in " FORM,
			     item);
	ret = sim_fault_arm(faults, item, from, n);
	if (ret == -ENOENT)
		return wrong(why,
			     "--fault: there is no fault point \"%s\"; docs/scenario-api.md lists "
			     "them",
			     item);
	if (ret)
		return ret;
	return caller ? set_caller(allocs, item, caller, why) : 0;
}

int scn_fault_list_arm(const char *list, struct sim_faults *faults, struct scn_allocs *allocs,
		       char **why)
{
	char *copy = strdup(list), *rest = copy, *item;
	int ret = copy ? 0 : -ENOMEM;

	while (!ret && (item = strsep(&rest, ",")))
		ret = arm_one(item, faults, allocs, why);
	free(copy);
	return ret;
}

char *scn_fault_list_idle(const char *list, const struct sim_faults *faults)
{
	char *copy = strdup(list), *rest = copy, *item, *idle = NULL, *longer;

	while (copy && (item = strsep(&rest, ","))) {
		const struct sim_fault *point;

		item[strcspn(item, ":@")] = '\0';
		point = sim_fault_find(faults, item);
		if (!point || sim_fault_fired(point) > 0)
			continue;
		if (asprintf(&longer, "%s%s%s (of %" PRIu64 " occurrences that count)",
			     idle ? idle : "", idle ? ", " : "", item, sim_fault_seen(point)) < 0)
			longer = NULL;
		free(idle);
		idle = longer;
	}
	free(copy);
	return idle;
}
