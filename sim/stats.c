/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <inttypes.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "sim/stats.h"

struct entry {
	struct entry *next;
	char *name, *unit;
	enum sim_stat_kind kind;
	const uint64_t *counter;
	const struct sim_level *level;
	sim_stat_gauge gauge;
	void *arg;
};

struct sim_stats {
	struct entry *head, **tail;
};

struct sim_stats *sim_stats_new(void)
{
	struct sim_stats *stats = calloc(1, sizeof(*stats));

	if (stats)
		stats->tail = &stats->head;
	return stats;
}

static void entry_free(struct entry *entry)
{
	free(entry->name);
	free(entry->unit);
	free(entry);
}

void sim_stats_free(struct sim_stats *stats)
{
	struct entry *entry, *next;

	if (!stats)
		return;
	for (entry = stats->head; entry; entry = next) {
		next = entry->next;
		entry_free(entry);
	}
	free(stats);
}

static int add(struct sim_stats *stats, const char *name, const char *unit,
	       const struct entry *source)
{
	struct entry *entry;

	if (!*name)
		return -EINVAL;
	for (entry = stats->head; entry; entry = entry->next)
		if (strcmp(entry->name, name) == 0)
			return -EEXIST;
	entry = malloc(sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	*entry = *source;
	entry->name = strdup(name);
	entry->unit = strdup(unit);
	if (!entry->name || !entry->unit) {
		entry_free(entry);
		return -ENOMEM;
	}
	*stats->tail = entry;
	stats->tail = &entry->next;
	return 0;
}

int sim_stats_counter(struct sim_stats *stats, const char *name, const char *unit,
		      const uint64_t *counter)
{
	const struct entry source = {.kind = SIM_STAT_COUNTER, .counter = counter};

	return add(stats, name, unit, &source);
}

int sim_stats_gauge(struct sim_stats *stats, const char *name, const char *unit,
		    sim_stat_gauge gauge, void *arg)
{
	const struct entry source = {.kind = SIM_STAT_GAUGE, .gauge = gauge, .arg = arg};

	return add(stats, name, unit, &source);
}

int sim_stats_level(struct sim_stats *stats, const char *name, const char *unit,
		    const struct sim_level *level)
{
	const struct entry source = {.kind = SIM_STAT_LEVEL, .level = level};

	return add(stats, name, unit, &source);
}

void sim_level_init(struct sim_level *level, uint64_t now, uint64_t value)
{
	*level = (struct sim_level){
		.value = value, .min = value, .max = value, .start = now, .since = now};
}

static unsigned __int128 area_at(const struct sim_level *level, uint64_t now)
{
	return level->area + (unsigned __int128)level->value * (now - level->since);
}

void sim_level_set(struct sim_level *level, uint64_t now, uint64_t value)
{
	level->area = area_at(level, now);
	level->since = now;
	level->value = value;
	if (value < level->min)
		level->min = value;
	if (value > level->max)
		level->max = value;
}

double sim_level_mean(const struct sim_level *level, uint64_t now)
{
	if (now == level->start)
		return (double)level->value;
	return (double)area_at(level, now) / (double)(now - level->start);
}

static struct sim_stat read_entry(const struct entry *entry, uint64_t now)
{
	struct sim_stat stat = {.name = entry->name, .unit = entry->unit, .kind = entry->kind};

	switch (entry->kind) {
	case SIM_STAT_COUNTER:
		stat.count = *entry->counter;
		break;
	case SIM_STAT_GAUGE:
		stat.value = entry->gauge(entry->arg);
		break;
	case SIM_STAT_LEVEL:
		stat.value = sim_level_mean(entry->level, now);
		stat.last = entry->level->value;
		stat.min = entry->level->min;
		stat.max = entry->level->max;
		break;
	}
	return stat;
}

void sim_stats_each(const struct sim_stats *stats, uint64_t now, sim_stat_visit visit, void *arg)
{
	for (const struct entry *entry = stats->head; entry; entry = entry->next) {
		const struct sim_stat stat = read_entry(entry, now);

		visit(arg, &stat);
	}
}

/* JSON integers are signed here; what does not fit loses its low bits, not its size. */
static json_t *json_count(uint64_t count)
{
	return count <= INT64_MAX ? json_integer((json_int_t)count) : json_real((double)count);
}

/* Whole numbers that a double holds exactly are integers: most figures count something. */
static json_t *json_number(double value)
{
	if (!isfinite(value))
		return json_null();
	if (value == floor(value) && fabs(value) < 0x1p53)
		return json_integer((json_int_t)value);
	return json_real(value);
}

struct json_dump {
	json_t *object;
	bool failed;
};

static void visit_json(void *arg, const struct sim_stat *stat)
{
	struct json_dump *dump = arg;
	json_t *figure = json_object();
	int err = json_object_set_new(figure, "unit", json_string(stat->unit));

	if (stat->kind == SIM_STAT_COUNTER) {
		err |= json_object_set_new(figure, "value", json_count(stat->count));
	} else if (stat->kind == SIM_STAT_GAUGE) {
		err |= json_object_set_new(figure, "value", json_number(stat->value));
	} else {
		err |= json_object_set_new(figure, "mean", json_number(stat->value));
		err |= json_object_set_new(figure, "last", json_count(stat->last));
		err |= json_object_set_new(figure, "min", json_count(stat->min));
		err |= json_object_set_new(figure, "max", json_count(stat->max));
	}
	err |= json_object_set_new(dump->object, stat->name, figure);
	dump->failed |= err != 0;
}

json_t *sim_stats_json(const struct sim_stats *stats, uint64_t now)
{
	struct json_dump dump = {.object = json_object()};

	sim_stats_each(stats, now, visit_json, &dump);
	if (!dump.failed)
		return dump.object;
	json_decref(dump.object);
	return NULL;
}

static void visit_text(void *arg, const struct sim_stat *stat)
{
	FILE *file = arg;

	fprintf(file, "%s ", stat->name);
	if (stat->kind == SIM_STAT_COUNTER)
		fprintf(file, "%" PRIu64, stat->count);
	else
		fprintf(file, "%.6g", stat->value);
	if (strcmp(stat->unit, "1") != 0)
		fprintf(file, " %s", stat->unit);
	if (stat->kind == SIM_STAT_LEVEL)
		fprintf(file, " (last %" PRIu64 ", min %" PRIu64 ", max %" PRIu64 ")", stat->last,
			stat->min, stat->max);
	putc('\n', file);
}

int sim_stats_text(const struct sim_stats *stats, uint64_t now, FILE *file)
{
	sim_stats_each(stats, now, visit_text, file);
	return ferror(file) ? -EIO : 0;
}
