/* SPDX-License-Identifier: MIT */
/*
 * The trace of a run: what happened, in order, with simulated time.
 *
 * Concepts. A trace is a header and a stream of records. A record has a time, a
 * kind, and a payload of 64-bit words followed by optional text. The kinds and
 * the names of their words are one table (traces/kinds.c). The digest of a run is
 * the SHA-256 over the canonical bytes of all records; a run computes it whether
 * or not a file is written. docs/trace-format.md describes the file.
 */
#ifndef TRACES_TRACE_H
#define TRACES_TRACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/*
 * Words that name a SubstreamID hold TRC_NO_SSID when the transaction has none;
 * TRC_SMMU_WALK's stage is 1 or 2, TRC_SMMU_TLB_HIT's may be 0 (combined).
 */
#define TRC_NO_SSID UINT64_MAX

enum trc_kind {
	TRC_LOG = 1,	    /* level | text */
	TRC_MMIO_READ,	    /* address, value, size | name of the register, if known */
	TRC_MMIO_WRITE,	    /* address, value, size | as for MMIO_READ */
	TRC_SMMU_CMD,	    /* address, dw0, dw1 */
	TRC_SMMU_EVENT,	    /* address, dw0..dw3 */
	TRC_SMMU_L1STD,	    /* sid, address, dw0 */
	TRC_SMMU_STE,	    /* sid, address, dw0..dw7 */
	TRC_SMMU_L1CD,	    /* sid, ssid, address, dw0 */
	TRC_SMMU_CD,	    /* sid, ssid, address, dw0..dw7 */
	TRC_SMMU_WALK,	    /* sid, ssid, stage, level (as int64), address, descriptor */
	TRC_SMMU_TLB_HIT,   /* sid, ssid, stage, input, output */
	TRC_SMMU_TRANSLATE, /* sid, ssid, input, output, status */
	TRC_SMMU_GERROR,    /* gerror */
	TRC_DMA,	    /* sid, ssid, address, length, write, status */
	TRC_IRQ_LINE,	    /* line */
	TRC_IRQ_TAKEN,	    /* cpu, hwirq */
	TRC_SWITCH,	    /* cpu, pid | task name */
	TRC_CALL,	    /* operation's arguments, 8 words | operation name */
	TRC_REPORT,	    /* | channel, NUL, bytes */
	TRC_CASE,	    /* number, passed | case name */
	TRC_FINDING,	    /* | text */
	TRC_KINDS
};

enum { TRC_MAX_WORDS = 12, TRC_MAX_TEXT = 65535 };

struct trc_record {
	uint64_t time; /* ps */
	enum trc_kind kind;
	unsigned int n_words;
	uint64_t words[TRC_MAX_WORDS];
	const char *text; /* bytes, may hold NULs; NULL: none */
	size_t text_len;
};

/* What a run is, in the header: enough to run it again. */
struct trc_identity {
	const char *scenario;	   /* path as given */
	const char *scenario_hash; /* SHA-256 of its text, hex */
	const char *kernel;	   /* name of the object set */
	const char *kernel_hash;   /* its fingerprint, hex */
	const char *options;	   /* other options of the run that matter, one line */
	uint64_t seed;
};

#define TRC_DIGEST_HEX 65

/* SHA-256 of any bytes, as struct trc_identity wants it. */
void trc_sha256(const void *data, size_t size, char hex[TRC_DIGEST_HEX]);

struct trc_writer;
/*
 * `path` NULL: digest only; NULL strings of `identity` become "". Errors: negative
 * errno, *why a malloc()ed text.
 */
int trc_writer_open(struct trc_writer **out, const char *path, const struct trc_identity *identity,
		    char **why);
/*
 * Never fails by itself: an error of the file is kept and told by trc_writer_close().
 * n_words is at most TRC_MAX_WORDS; text beyond TRC_MAX_TEXT bytes is cut off.
 */
void trc_write(struct trc_writer *writer, const struct trc_record *record);
/* Of the records so far; more may follow. */
void trc_writer_digest(struct trc_writer *writer, char hex[TRC_DIGEST_HEX]);
uint64_t trc_writer_records(const struct trc_writer *writer);
/*
 * Finish the file (written under a temporary name and renamed: a file that exists
 * is whole; a device, a pipe or a link is written to directly). 0, or negative errno
 * with *why (disk full ...); nothing stays behind.
 */
int trc_writer_close(struct trc_writer *writer, char **why);
/* Give up: no file is left. */
void trc_writer_abandon(struct trc_writer *writer);
/* For a signal handler that ends the process: remove the temporary files of all open writers. */
void trc_unlink_unfinished(void);

struct trc_reader;
int trc_reader_open(struct trc_reader **out, const char *path, char **why);
const struct trc_identity *trc_reader_identity(const struct trc_reader *reader);
/*
 * 1 a record, 0 the end (digest verified), negative errno with *why. Text lives
 * until the next call. After an error or the end, the same is returned again,
 * without *why.
 */
int trc_read(struct trc_reader *reader, struct trc_record *record, char **why);
/* What the end of the file says; valid once trc_read() has returned 0. */
const char *trc_reader_digest(const struct trc_reader *reader);
void trc_reader_close(struct trc_reader *reader);

/*
 * Compare a running simulation with a recorded trace, record by record.
 * trc_compare() returns 0 while equal; at the first difference 1, once, with
 * *text a malloc()ed report that shows both sides decoded and the records before.
 * A recording that turns out damaged: negative errno, once, *text says where.
 */
struct trc_comparer;
int trc_comparer_open(struct trc_comparer **out, const char *path, char **why);
int trc_compare(struct trc_comparer *comparer, const struct trc_record *record, char **text);
/*
 * At the end: 0 equal, 1 the recorded trace goes on (*text), negative errno
 * (*text). A difference or damage that trc_compare() has told already gives the
 * same value again and *text NULL.
 */
int trc_comparer_close(struct trc_comparer *comparer, char **text);

/* One line, names decoded (SMMU records by smmu/'s decoders). As snprintf. */
int trc_format(char *buf, size_t size, const struct trc_record *record);
/* "smmu-cmd" ...; NULL if there is no such kind. */
const char *trc_kind_name(enum trc_kind kind);

#endif
