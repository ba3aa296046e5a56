/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <openssl/evp.h>

#include "kernel-under-test/kbuild/text.h"

static void out_of_memory(void)
{
	fputs("out of memory\n", stderr);
	abort();
}

void *kut_alloc(size_t size)
{
	void *p = calloc(1, size ? size : 1);

	if (p == NULL)
		out_of_memory();
	return p;
}

char *kut_strdup(const char *s)
{
	char *copy = strdup(s);

	if (copy == NULL)
		out_of_memory();
	return copy;
}

static char *format_list(const char *format, va_list args)
{
	char *s;

	if (vasprintf(&s, format, args) < 0)
		out_of_memory();
	return s;
}

char *kut_format(const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = format_list(format, args);
	va_end(args);
	return s;
}

int kut_fail(char **why, int err, const char *format, ...)
{
	va_list args;
	char *s;

	va_start(args, format);
	s = format_list(format, args);
	va_end(args);
	free(*why);
	*why = s;
	return -err;
}

int kut_fail_errno(char **why, const char *verb, const char *path)
{
	int err = errno;

	if (err == ENOSPC || err == EDQUOT)
		return kut_fail(why, err,
				"cannot %s %s: the disk is full; a set needs about 200 MB, an "
				"unpacked tree 1.8 GB (FAULTLINE_KERNELS names another place)",
				verb, path);
	return kut_fail(why, err, "cannot %s %s: %s", verb, path, strerror(err));
}

void kut_list_take(struct kut_list *list, char *s)
{
	/* Room for n + 1 pointers is always there; it doubles at powers of two. */
	if ((list->n & (list->n + 1)) == 0) {
		char **item = realloc(list->item, (2 * list->n + 2) * sizeof(*item));

		if (item == NULL)
			out_of_memory();
		list->item = item;
	}
	list->item[list->n++] = s;
	list->item[list->n] = NULL;
}

void kut_list_add(struct kut_list *list, const char *s)
{
	kut_list_take(list, kut_strdup(s));
}

bool kut_list_has(const struct kut_list *list, const char *s)
{
	for (size_t i = 0; i < list->n; i++)
		if (strcmp(list->item[i], s) == 0)
			return true;
	return false;
}

static int compare(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

void kut_list_sort(struct kut_list *list)
{
	if (list->n > 1)
		qsort(list->item, list->n, sizeof(*list->item), compare);
}

char *kut_list_join(const struct kut_list *list, const char *between)
{
	struct kut_text text = {0};

	kut_text_puts(&text, "");
	for (size_t i = 0; i < list->n; i++) {
		if (i > 0)
			kut_text_puts(&text, between);
		kut_text_puts(&text, list->item[i]);
	}
	return text.data;
}

void kut_list_free(struct kut_list *list)
{
	for (size_t i = 0; i < list->n; i++)
		free(list->item[i]);
	free(list->item);
	*list = (struct kut_list){0};
}

void kut_text_add(struct kut_text *text, const char *data, size_t len)
{
	/* Capacity is the power of two above len, and 64 at least; realloc is cheap if it stays. */
	size_t room = 64;
	char *grown;

	while (room <= text->len + len)
		room *= 2;
	grown = realloc(text->data, room);
	if (grown == NULL)
		out_of_memory();
	text->data = grown;
	if (len > 0)
		memcpy(text->data + text->len, data, len);
	text->len += len;
	text->data[text->len] = '\0';
}

void kut_text_puts(struct kut_text *text, const char *s)
{
	kut_text_add(text, s, strlen(s));
}

void kut_text_free(struct kut_text *text)
{
	free(text->data);
	*text = (struct kut_text){0};
}

int kut_file_read(const char *path, struct kut_text *text, char **why)
{
	static const size_t chunk = 1 << 16;
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	char *buf;
	ssize_t n;

	*text = (struct kut_text){0};
	if (fd < 0)
		return kut_fail_errno(why, "open", path);
	buf = kut_alloc(chunk);
	kut_text_puts(text, "");
	while ((n = read(fd, buf, chunk)) > 0)
		kut_text_add(text, buf, (size_t)n);
	free(buf);
	if (n < 0) {
		int ret = kut_fail_errno(why, "read", path);

		kut_text_free(text);
		close(fd);
		return ret;
	}
	close(fd);
	return 0;
}

int kut_file_write(const char *path, const char *data, size_t len, char **why)
{
	FILE *f = fopen(path, "we");
	bool ok;

	if (f == NULL)
		return kut_fail_errno(why, "create", path);
	ok = fwrite(data, 1, len, f) == len;
	ok = fclose(f) == 0 && ok;
	return ok ? 0 : kut_fail_errno(why, "write", path);
}

bool kut_starts(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

bool kut_ends(const char *s, const char *suffix)
{
	size_t n = strlen(s), m = strlen(suffix);

	return n >= m && strcmp(s + n - m, suffix) == 0;
}

struct kut_hash {
	EVP_MD_CTX *ctx;
};

struct kut_hash *kut_hash_new(void)
{
	struct kut_hash *hash = kut_alloc(sizeof(*hash));

	hash->ctx = EVP_MD_CTX_new();
	if (hash->ctx == NULL || EVP_DigestInit_ex(hash->ctx, EVP_sha256(), NULL) != 1)
		out_of_memory();
	return hash;
}

void kut_hash_add(struct kut_hash *hash, const void *data, size_t len)
{
	uint64_t size = len;

	EVP_DigestUpdate(hash->ctx, &size, sizeof(size));
	EVP_DigestUpdate(hash->ctx, data, len);
}

void kut_hash_string(struct kut_hash *hash, const char *s)
{
	kut_hash_add(hash, s, strlen(s));
}

void kut_hash_end(struct kut_hash *hash, char hex[KUT_HASH_HEX])
{
	unsigned char digest[EVP_MAX_MD_SIZE];

	EVP_DigestFinal_ex(hash->ctx, digest, NULL);
	for (int i = 0; i < 32; i++)
		snprintf(hex + 2 * i, 3, "%02x", digest[i]);
	EVP_MD_CTX_free(hash->ctx);
	free(hash);
}
