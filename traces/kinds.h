/* SPDX-License-Identifier: MIT */
/* The table of record kinds: one place that names a kind and its words. */
#ifndef TRACES_KINDS_H
#define TRACES_KINDS_H

#include "traces/trace.h"

enum trc_word_format {
	TRC_HEX,
	TRC_DEC,
	TRC_SIGNED,
	TRC_SSID, /* hex, or "none" for TRC_NO_SSID */
	TRC_ENUM, /* one of `values`, decimal beyond */
};

struct trc_word {
	const char *name; /* NULL ends the list; NULL too for words without a name */
	enum trc_word_format format;
	const char *const *values; /* of TRC_ENUM, NULL-terminated */
};

struct trc_kind_info {
	const char *name;
	const char *text; /* name of the text, NULL: printed bare */
	struct trc_word words[TRC_MAX_WORDS];
};

/* NULL if there is no such kind. */
const struct trc_kind_info *trc_kind_info(enum trc_kind kind);

#endif
