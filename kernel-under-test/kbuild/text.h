/* SPDX-License-Identifier: MIT */
/* Strings, lists of strings, whole files and hashes, as kbuild needs them. */
#ifndef KUT_KBUILD_TEXT_H
#define KUT_KBUILD_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct kut_list {
	char **item; /* n strings and a NULL behind them */
	size_t n;
};

struct kut_text {
	char *data; /* always ends in a NUL, which len does not count */
	size_t len;
};

/* These end the program when memory is out, as nothing sensible can follow. */
void *kut_alloc(size_t size);
char *kut_strdup(const char *s);
char *kut_format(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Set *why (a previous text is freed) and return -err. */
int kut_fail(char **why, int err, const char *format, ...) __attribute__((format(printf, 3, 4)));
/* "cannot VERB PATH: the reason of errno", with what to do when the disk is full. */
int kut_fail_errno(char **why, const char *verb, const char *path);

void kut_list_add(struct kut_list *list, const char *s);
void kut_list_take(struct kut_list *list, char *s); /* s becomes the list's */
bool kut_list_has(const struct kut_list *list, const char *s);
void kut_list_sort(struct kut_list *list); /* byte order */
char *kut_list_join(const struct kut_list *list, const char *between);
void kut_list_free(struct kut_list *list);

void kut_text_add(struct kut_text *text, const char *data, size_t len);
void kut_text_puts(struct kut_text *text, const char *s);
void kut_text_free(struct kut_text *text);

int kut_file_read(const char *path, struct kut_text *text, char **why);
int kut_file_write(const char *path, const char *data, size_t len, char **why);

bool kut_starts(const char *s, const char *prefix);
bool kut_ends(const char *s, const char *suffix);

enum { KUT_HASH_HEX = 65 };
struct kut_hash;
struct kut_hash *kut_hash_new(void);
/* Each field is hashed with its length, so that fields cannot flow into another. */
void kut_hash_add(struct kut_hash *hash, const void *data, size_t len);
void kut_hash_string(struct kut_hash *hash, const char *s);
void kut_hash_end(struct kut_hash *hash, char hex[KUT_HASH_HEX]); /* frees it */

#endif
