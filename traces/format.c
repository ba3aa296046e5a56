/* SPDX-License-Identifier: MIT */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "smmu/smmu.h"
#include "traces/kinds.h"

/* A buffer that counts on when it is full, as snprintf does. */
struct text {
	char *buf;
	size_t size, used;
};

static void __attribute__((format(printf, 2, 3))) add(struct text *t, const char *format, ...)
{
	size_t room = t->used < t->size ? t->size - t->used : 0;
	va_list args;
	int n;

	va_start(args, format);
	n = vsnprintf(room ? t->buf + t->used : NULL, room, format, args);
	va_end(args);
	if (n > 0)
		t->used += (size_t)n;
}

static void add_word(struct text *t, const struct trc_word *word, uint64_t value)
{
	unsigned int n = 0;

	if (word->name)
		add(t, "%s=", word->name);
	switch (word->format) {
	case TRC_HEX:
		add(t, "%#" PRIx64, value);
		break;
	case TRC_DEC:
		add(t, "%" PRIu64, value);
		break;
	case TRC_SIGNED:
		add(t, "%" PRId64, (int64_t)value);
		break;
	case TRC_SSID:
		if (value == TRC_NO_SSID)
			add(t, "none");
		else
			add(t, "%#" PRIx64, value);
		break;
	case TRC_ENUM:
		while (word->values[n] && n < value)
			n++;
		if (word->values[n])
			add(t, "%s", word->values[n]);
		else
			add(t, "%" PRIu64, value);
		break;
	}
}

static void add_words(struct text *t, const struct trc_kind_info *info,
		      const struct trc_record *record)
{
	for (unsigned int i = 0; i < record->n_words; i++) {
		if (i)
			add(t, " ");
		add_word(t, &info->words[i], record->words[i]);
	}
}

/* Text as it is, bytes that are not printable ASCII as \xNN; UTF-8 passes. */
static void add_text(struct text *t, const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++) {
		unsigned char c = (unsigned char)text[i];

		if (c < ' ' || c == 0x7f)
			add(t, "\\x%02x", c);
		else
			add(t, "%c", c);
	}
}

/* "channel bytes in hex", for TRC_REPORT. */
static void add_report(struct text *t, const struct trc_record *record)
{
	size_t name = strnlen(record->text, record->text_len);

	add_text(t, record->text, name);
	for (size_t i = name + 1; i < record->text_len; i++)
		add(t, "%s%02x", (i - name) % 8 == 1 ? " " : "", (unsigned char)record->text[i]);
}

static void set_ssid(struct smmu_trace *trace, uint64_t ssid)
{
	trace->has_ssid = ssid != TRC_NO_SSID;
	trace->ssid = trace->has_ssid ? (uint32_t)ssid : 0;
}

static void set_data(struct smmu_trace *trace, const struct trc_record *record, unsigned int first)
{
	trace->n_data = record->n_words - first;
	memcpy(trace->data, record->words + first, 8 * trace->n_data);
}

/* Words that the record must have to be given to the SMMU's decoder. */
static unsigned int smmu_words(enum trc_kind kind)
{
	static const uint8_t words[TRC_KINDS] = {
		[TRC_SMMU_CMD] = 3,    [TRC_SMMU_EVENT] = 5,   [TRC_SMMU_L1STD] = 3,
		[TRC_SMMU_STE] = 10,   [TRC_SMMU_L1CD] = 4,    [TRC_SMMU_CD] = 11,
		[TRC_SMMU_WALK] = 6,   [TRC_SMMU_TLB_HIT] = 5, [TRC_SMMU_TRANSLATE] = 5,
		[TRC_SMMU_GERROR] = 1,
	};

	return words[kind];
}

_Static_assert(TRC_SMMU_GERROR - TRC_SMMU_CMD == SMMU_TRACE_GERROR - SMMU_TRACE_CMD,
	       "the SMMU kinds are in the order of enum smmu_trace_kind");

/* The record as the SMMU told it. */
static void smmu_record(struct smmu_trace *trace, const struct trc_record *record)
{
	const uint64_t *w = record->words;

	*trace = (struct smmu_trace){.kind = SMMU_TRACE_CMD + (record->kind - TRC_SMMU_CMD)};
	switch (record->kind) {
	case TRC_SMMU_CMD:
	case TRC_SMMU_EVENT:
		trace->addr = w[0];
		set_data(trace, record, 1);
		return;
	case TRC_SMMU_GERROR:
		set_data(trace, record, 0);
		return;
	case TRC_SMMU_L1STD:
	case TRC_SMMU_STE:
		trace->sid = (uint32_t)w[0];
		trace->addr = w[1];
		set_data(trace, record, 2);
		return;
	default:
		break;
	}
	trace->sid = (uint32_t)w[0];
	set_ssid(trace, w[1]);
	switch (record->kind) {
	case TRC_SMMU_WALK:
		trace->stage = (uint8_t)w[2];
		trace->level = (int8_t)w[3];
		trace->addr = w[4];
		set_data(trace, record, 5);
		break;
	case TRC_SMMU_TLB_HIT:
		trace->stage = (uint8_t)w[2];
		trace->addr = w[3];
		set_data(trace, record, 4);
		break;
	default: /* L1CD, CD, TRANSLATE */
		trace->addr = w[2];
		set_data(trace, record, 3);
		break;
	}
}

static void add_smmu(struct text *t, const struct trc_record *record)
{
	struct smmu_trace trace;
	char line[1024];

	smmu_record(&trace, record);
	smmu_decode_trace(line, sizeof(line), &trace);
	add(t, "%s", line);
}

int trc_format(char *buf, size_t size, const struct trc_record *record)
{
	const struct trc_kind_info *info = trc_kind_info(record->kind);
	struct text t = {buf, size, 0};
	uint64_t second = UINT64_C(1000000000000);

	if (size)
		buf[0] = '\0';
	add(&t, "[%5" PRIu64 ".%012" PRIu64 "] %-14s ", record->time / second,
	    record->time % second, info ? info->name : "?");
	if (!info)
		return (int)t.used;
	if (smmu_words(record->kind) && smmu_words(record->kind) == record->n_words) {
		add_smmu(&t, record);
		return (int)t.used;
	}
	add_words(&t, info, record);
	if (record->text) {
		add(&t, "%s%s%s", record->n_words ? " " : "", info->text ? info->text : "",
		    info->text ? "=" : "");
		if (record->kind == TRC_REPORT)
			add_report(&t, record);
		else
			add_text(&t, record->text, record->text_len);
	}
	return (int)t.used;
}
