/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "traces/error.h"
#include "traces/trace.h"

enum { CONTEXT = 8, CONTEXT_TEXT = 200 };

struct trc_comparer {
	struct trc_reader *reader;
	uint64_t count; /* records that were equal */
	int told;	/* 0, or what trc_compare() has returned */
	/* The last records, so that the report can show the way to the difference. */
	struct trc_record last[CONTEXT];
	char last_text[CONTEXT][CONTEXT_TEXT];
};

int trc_comparer_open(struct trc_comparer **out, const char *path, char **why)
{
	struct trc_comparer *c = calloc(1, sizeof(*c));
	int ret;

	if (!c)
		return trc_error(why, -ENOMEM, "%s: out of memory", path);
	ret = trc_reader_open(&c->reader, path, why);
	if (ret < 0) {
		free(c);
		return ret;
	}
	*out = c;
	return 0;
}

static bool equal(const struct trc_record *a, const struct trc_record *b)
{
	size_t length = a->text_len < TRC_MAX_TEXT ? a->text_len : TRC_MAX_TEXT;

	if (a->time != b->time || a->kind != b->kind || a->n_words != b->n_words ||
	    memcmp(a->words, b->words, 8 * a->n_words) != 0 || !a->text != !b->text)
		return false;
	return !a->text || (length == b->text_len && memcmp(a->text, b->text, length) == 0);
}

static void remember(struct trc_comparer *c, const struct trc_record *record)
{
	unsigned int slot = c->count % CONTEXT;

	c->last[slot] = *record;
	if (!record->text)
		return;
	if (record->text_len > CONTEXT_TEXT)
		c->last[slot].text_len = CONTEXT_TEXT;
	memcpy(c->last_text[slot], record->text, c->last[slot].text_len);
	c->last[slot].text = c->last_text[slot];
}

static void print(FILE *out, const char *mark, const struct trc_record *record)
{
	char line[2048];

	trc_format(line, sizeof(line), record);
	fprintf(out, "%s %s\n", mark, line);
}

static void print_context(FILE *out, const struct trc_comparer *c)
{
	uint64_t first = c->count > CONTEXT ? c->count - CONTEXT : 0;

	for (uint64_t i = first; i < c->count; i++)
		print(out, " ", &c->last[i % CONTEXT]);
}

/* Either side NULL: it has ended. Lines: "  " both, "- " recorded, "+ " this run. */
static char *report(const struct trc_comparer *c, const struct trc_record *recorded,
		    const struct trc_record *now)
{
	char *text = NULL;
	size_t size;
	FILE *out = open_memstream(&text, &size);

	if (!out)
		return NULL;
	fprintf(out, "first difference at record %" PRIu64 " (- recorded, + this run):\n",
		c->count + 1);
	print_context(out, c);
	if (recorded)
		print(out, "-", recorded);
	else
		fprintf(out, "- the recorded trace ends here\n");
	if (now)
		print(out, "+", now);
	else
		fprintf(out, "+ this run ends here\n");
	fclose(out);
	return text;
}

int trc_compare(struct trc_comparer *c, const struct trc_record *record, char **text)
{
	struct trc_record recorded;
	int ret;

	if (c->told)
		return 0;
	ret = trc_read(c->reader, &recorded, text);
	if (ret == 1 && equal(record, &recorded)) {
		remember(c, record);
		c->count++;
		return 0;
	}
	c->told = ret < 0 ? ret : 1;
	if (ret >= 0)
		*text = report(c, ret ? &recorded : NULL, record);
	return c->told;
}

int trc_comparer_close(struct trc_comparer *c, char **text)
{
	struct trc_record recorded;
	int ret = c->told;

	*text = NULL;
	if (!ret) {
		ret = trc_read(c->reader, &recorded, text);
		if (ret == 1)
			*text = report(c, &recorded, NULL);
	}
	trc_reader_close(c->reader);
	free(c);
	return ret;
}
