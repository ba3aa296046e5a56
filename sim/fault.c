/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "sim/fault.h"

struct sim_fault {
	struct sim_fault *next;
	char *name, *help;
	uint64_t first, count; /* armed range; count 0: none */
	uint64_t seen, fired;
};

enum { KNOWN = 256 }; /* several times the points there are */

struct sim_faults {
	struct sim_fault *head, **tail;
	/* Hashed by the address of the name: the models name a point by one constant each. */
	struct {
		const char *name;
		struct sim_fault *point;
	} known[KNOWN];
};

struct sim_faults *sim_faults_new(void)
{
	struct sim_faults *faults = calloc(1, sizeof(*faults));

	if (faults)
		faults->tail = &faults->head;
	return faults;
}

static void point_free(struct sim_fault *point)
{
	free(point->name);
	free(point->help);
	free(point);
}

void sim_faults_free(struct sim_faults *faults)
{
	struct sim_fault *point, *next;

	if (!faults)
		return;
	for (point = faults->head; point; point = next) {
		next = point->next;
		point_free(point);
	}
	free(faults);
}

struct sim_fault *sim_fault_find(const struct sim_faults *faults, const char *name)
{
	struct sim_fault *point = faults->head;

	while (point && strcmp(point->name, name) != 0)
		point = point->next;
	return point;
}

struct sim_fault *sim_fault_declare(struct sim_faults *faults, const char *name, const char *help)
{
	struct sim_fault *point = sim_fault_find(faults, name);

	if (point || !*name)
		return point;
	point = calloc(1, sizeof(*point));
	if (!point)
		return NULL;
	point->name = strdup(name);
	point->help = strdup(help);
	if (!point->name || !point->help) {
		point_free(point);
		return NULL;
	}
	*faults->tail = point;
	faults->tail = &point->next;
	return point;
}

int sim_fault_arm(struct sim_faults *faults, const char *name, uint64_t first, uint64_t count)
{
	struct sim_fault *point = sim_fault_find(faults, name);

	if (!point)
		return -ENOENT;
	if (first == 0 || count == 0)
		return -EINVAL;
	point->first = first;
	point->count = count;
	return 0;
}

bool sim_fault_hit_point(struct sim_fault *point)
{
	bool hit;

	point->seen++;
	hit = point->seen >= point->first && point->seen - point->first < point->count;
	point->fired += hit;
	return hit;
}

bool sim_fault_hit(struct sim_faults *faults, const char *name)
{
	uintptr_t at = (uintptr_t)name ^ (uintptr_t)name >> 8;
	struct sim_fault *point;

	for (int i = 0; i < KNOWN; i++, at++) {
		if (faults->known[at % KNOWN].name == name)
			return sim_fault_hit_point(faults->known[at % KNOWN].point);
		if (!faults->known[at % KNOWN].name)
			break;
	}
	point = sim_fault_find(faults, name);
	if (!point)
		return false;
	if (!faults->known[at % KNOWN].name) {
		faults->known[at % KNOWN].name = name;
		faults->known[at % KNOWN].point = point;
	}
	return sim_fault_hit_point(point);
}

void sim_fault_reset(struct sim_faults *faults)
{
	for (struct sim_fault *point = faults->head; point; point = point->next)
		point->first = point->count = point->seen = point->fired = 0;
}

const struct sim_fault *sim_fault_next(const struct sim_faults *faults,
				       const struct sim_fault *point)
{
	return point ? point->next : faults->head;
}

const char *sim_fault_name(const struct sim_fault *point)
{
	return point->name;
}

const char *sim_fault_help(const struct sim_fault *point)
{
	return point->help;
}

uint64_t sim_fault_seen(const struct sim_fault *point)
{
	return point->seen;
}

uint64_t sim_fault_fired(const struct sim_fault *point)
{
	return point->fired;
}

bool sim_fault_armed(const struct sim_fault *point)
{
	return point->count &&
	       (point->seen < point->first || point->seen - point->first < point->count - 1);
}
