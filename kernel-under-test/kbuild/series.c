/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "kernel-under-test/kbuild/mail.h"
#include "kernel-under-test/kbuild/series.h"
#include "kernel-under-test/kbuild/tree.h"

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

static bool is_file(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISREG(st.st_mode);
}

static void add_patch(struct kut_series *series, char *label, const char *diff, unsigned int strip)
{
	struct kut_patch *patch;

	series->patch = realloc(series->patch, (series->n + 1) * sizeof(*patch));
	if (series->patch == NULL)
		abort();
	patch = &series->patch[series->n++];
	*patch = (struct kut_patch){.label = label, .strip = strip};
	kut_text_puts(&patch->text, diff);
	if (patch->text.len > 0 && patch->text.data[patch->text.len - 1] != '\n')
		kut_text_puts(&patch->text, "\n");
}

/* The mails that are patches, first. Returns their number. */
static size_t keep_patches(struct kut_mails *mails)
{
	size_t n = 0;

	for (size_t i = 0; i < mails->n; i++) {
		struct kut_mail mail = mails->mail[i];
		bool again = false;

		for (size_t j = 0; j < n; j++)
			again = again ||
				(*mail.id != '\0' && strcmp(mail.id, mails->mail[j].id) == 0) ||
				(strcmp(mail.subject, mails->mail[j].subject) == 0 &&
				 strcmp(mail.body, mails->mail[j].body) == 0);
		if (mail.reply || mail.diff == NULL || (mail.numbered && mail.n == 0) || again)
			continue;
		mails->mail[i] = mails->mail[n];
		mails->mail[n++] = mail;
	}
	return n;
}

static int check_versions(const struct kut_mails *mails, size_t n, const char *path, char **why)
{
	struct kut_list versions = {0};
	int ret = 0;

	for (size_t i = 0; i < n; i++) {
		char *v = kut_format("v%u", mails->mail[i].version);

		if (!kut_list_has(&versions, v))
			kut_list_add(&versions, v);
		free(v);
	}
	if (versions.n > 1) {
		char *all;

		kut_list_sort(&versions);
		all = kut_list_join(&versions, ", ");
		ret = kut_fail(why, EINVAL,
			       "%s: mails of several versions of the series are mixed: %s; keep "
			       "those of one version",
			       path, all);
		free(all);
	}
	kut_list_free(&versions);
	return ret;
}

static int by_number(const void *a, const void *b)
{
	const struct kut_mail *x = a, *y = b;

	return x->n < y->n ? -1 : x->n > y->n;
}

/* Sort by n of m; each n must be there once. */
static int order_numbered(struct kut_mails *mails, size_t n, const char *path, char **why)
{
	struct kut_text missing = {0};
	unsigned int m = mails->mail[0].m, next = 1, holes = 0;
	int ret = 0;

	for (size_t i = 0; i < n; i++)
		if (!mails->mail[i].numbered)
			return kut_fail(why, EINVAL,
					"%s: \"%s\" has no number, while \"%s\" has one; cannot "
					"tell their order",
					path, mails->mail[i].subject, mails->mail[0].subject);
		else if (mails->mail[i].m != m)
			return kut_fail(why, EINVAL,
					"%s: mails of two series are mixed: one of %u patches "
					"(\"%s\"), one of %u (\"%s\"); give each with a --series "
					"of its own",
					path, m, mails->mail[0].subject, mails->mail[i].m,
					mails->mail[i].subject);
	qsort(mails->mail, n, sizeof(*mails->mail), by_number);
	for (size_t i = 1; i < n; i++)
		if (mails->mail[i].n == mails->mail[i - 1].n)
			return kut_fail(
				why, EINVAL,
				"%s: two different mails are patch %u/%u: \"%s\" and \"%s\"", path,
				mails->mail[i].n, m, mails->mail[i - 1].subject,
				mails->mail[i].subject);
	for (size_t i = 0; i <= n; i++) {
		unsigned int have = i < n ? mails->mail[i].n : m + 1;

		for (; next < have; next++) {
			char *s = kut_format("%s%u/%u", holes++ ? ", " : "", next, m);

			kut_text_puts(&missing, s);
			free(s);
		}
		next = have + 1;
	}
	if (holes > 0)
		ret = kut_fail(why, EINVAL, "%s: the series is not whole, missing: %s", path,
			       missing.data);
	kut_text_free(&missing);
	return ret;
}

static int from_mails(struct kut_series *series, struct kut_mails *mails, const char *path,
		      char **why)
{
	size_t n = keep_patches(mails);
	bool any_numbered = false;
	int ret;

	if (n == 0)
		return kut_fail(why, EINVAL, "%s: no mail in it holds a patch (%zu %s read)", path,
				mails->n, mails->n == 1 ? "mail" : "mails");
	ret = check_versions(mails, n, path, why);
	for (size_t i = 0; i < n; i++)
		any_numbered = any_numbered || mails->mail[i].numbered;
	if (ret == 0 && any_numbered) {
		for (size_t i = 1; i < n && !mails->mail[0].numbered; i++)
			if (mails->mail[i].numbered) {
				struct kut_mail first = mails->mail[0];

				mails->mail[0] = mails->mail[i];
				mails->mail[i] = first;
			}
		ret = order_numbered(mails, n, path, why);
	}
	for (size_t i = 0; ret == 0 && i < n; i++) {
		const struct kut_mail *mail = &mails->mail[i];
		char *label = mail->numbered
				      ? kut_format("%u/%u %s", mail->n, mail->m, mail->title)
				      : kut_strdup(*mail->title ? mail->title : "(no subject)");

		add_patch(series, label, mail->diff, 1);
	}
	return ret;
}

static int read_mbox(struct kut_series *series, const char *path, char **why)
{
	struct kut_mails mails = {0};
	struct kut_text text;
	int ret = kut_file_read(path, &text, why);

	if (ret != 0)
		return ret;
	if (kut_mail_like(text.data)) {
		kut_mbox_add(&mails, text.data, text.len);
		ret = from_mails(series, &mails, path, why);
		kut_mails_free(&mails);
	} else if (kut_diff_find(text.data) != NULL) {
		add_patch(series, kut_strdup(series->name), kut_diff_find(text.data), 1);
	} else {
		ret = kut_fail(why, EINVAL,
			       "%s: neither an mbox nor a patch (a folder of git format-patch, a "
			       "maildir and a quilt series are understood too)",
			       path);
	}
	kut_text_free(&text);
	return ret;
}

/* Add each mail file of a folder. */
static int add_mail_files(struct kut_mails *mails, const char *dir, const struct kut_list *names,
			  char **why)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < names->n; i++) {
		char *path = kut_format("%s/%s", dir, names->item[i]);
		struct kut_text text = {0};

		if (is_file(path)) {
			ret = kut_file_read(path, &text, why);
			if (ret == 0)
				kut_mail_add(mails, text.data, text.len);
			kut_text_free(&text);
		}
		free(path);
	}
	return ret;
}

static int read_maildir(struct kut_series *series, const char *path, char **why)
{
	static const char *const folders[] = {"cur", "new"};
	struct kut_mails mails = {0};
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < 2; i++) {
		char *dir = kut_format("%s/%s", path, folders[i]);
		struct kut_list names = {0};

		kut_dir_names(dir, &names);
		ret = add_mail_files(&mails, dir, &names, why);
		kut_list_free(&names);
		free(dir);
	}
	if (ret == 0)
		ret = from_mails(series, &mails, path, why);
	kut_mails_free(&mails);
	return ret;
}

/* git format-patch: mails again; a folder of bare diffs is taken in order of names. */
static int read_folder(struct kut_series *series, const char *path, char **why)
{
	struct kut_list names = {0}, patches = {0};
	struct kut_mails mails = {0};
	size_t bare = 0;
	int ret = 0;

	kut_dir_names(path, &names);
	for (size_t i = 0; i < names.n; i++)
		if (kut_ends(names.item[i], ".patch") || kut_ends(names.item[i], ".eml") ||
		    kut_ends(names.item[i], ".diff"))
			kut_list_add(&patches, names.item[i]);
	kut_list_free(&names);
	if (patches.n == 0)
		ret = kut_fail(why, EINVAL,
			       "%s: no *.patch file, no quilt series and no maildir in this folder",
			       path);
	for (size_t i = 0; ret == 0 && i < patches.n; i++) {
		char *file = kut_format("%s/%s", path, patches.item[i]);
		struct kut_text text;

		ret = kut_file_read(file, &text, why);
		if (ret == 0 && kut_mail_like(text.data)) {
			kut_mail_add(&mails, text.data, text.len);
		} else if (ret == 0 && kut_diff_find(text.data) != NULL) {
			bare++;
			add_patch(series, kut_strdup(patches.item[i]), kut_diff_find(text.data), 1);
		} else if (ret == 0) {
			ret = kut_fail(why, EINVAL, "%s: neither a mail nor a patch", file);
		}
		if (ret == 0)
			kut_text_free(&text);
		free(file);
	}
	if (ret == 0 && bare > 0 && mails.n > 0)
		ret = kut_fail(why, EINVAL,
			       "%s: some patches are mails and some are not; cannot tell their "
			       "order",
			       path);
	if (ret == 0 && bare == 0)
		ret = from_mails(series, &mails, path, why);
	kut_mails_free(&mails);
	kut_list_free(&patches);
	return ret;
}

static int quilt_line(struct kut_series *series, const char *dir, const char *path, char *line,
		      unsigned int number, char **why)
{
	char *name = strtok(line, " \t"), *option, *file, *end;
	unsigned long strip = 1;
	struct kut_text text = {0};
	const char *diff;
	int ret;

	if (name == NULL)
		return 0;
	while ((option = strtok(NULL, " \t")) != NULL) {
		end = option;
		if (kut_starts(option, "-p") && isdigit((unsigned char)option[2]))
			strip = strtoul(option + 2, &end, 10);
		if (end == option || *end != '\0' || strip > 9)
			return kut_fail(why, EINVAL, "%s:%u: option %s is not supported; -pN is",
					path, number, option);
	}
	file = kut_format("%s/%s", dir, name);
	ret = kut_file_read(file, &text, why);
	diff = ret == 0 ? kut_diff_find(text.data) : NULL;
	if (ret == 0 && diff == NULL)
		ret = kut_fail(why, EINVAL, "%s: named by %s:%u, holds no patch", file, path,
			       number);
	else if (ret == 0)
		add_patch(series, kut_strdup(name), diff, (unsigned int)strip);
	kut_text_free(&text);
	free(file);
	return ret;
}

static int read_quilt(struct kut_series *series, const char *path, char **why)
{
	const char *slash = strrchr(path, '/');
	char *dir = slash ? kut_format("%.*s", (int)(slash - path), path) : kut_strdup(".");
	struct kut_text text;
	unsigned int number = 0;
	int ret = kut_file_read(path, &text, why);
	char *at = text.data, *line;

	while (ret == 0 && (line = strsep(&at, "\n")) != NULL) {
		line[strcspn(line, "#\r")] = '\0';
		ret = quilt_line(series, dir, path, line, ++number, why);
	}
	if (ret == 0 && series->n == 0)
		ret = kut_fail(why, EINVAL, "%s: the quilt series names no patch", path);
	kut_text_free(&text);
	free(dir);
	return ret;
}

static char *series_name(const char *path)
{
	static const char *const endings[] = {".mbx", ".mbox", ".patch", ".diff", ".eml"};
	char *copy = kut_strdup(path), *name, *base;
	size_t len = strlen(copy);

	while (len > 1 && copy[len - 1] == '/')
		copy[--len] = '\0';
	base = strrchr(copy, '/');
	name = kut_strdup(base && base[1] ? base + 1 : copy);
	for (size_t i = 0; i < sizeof(endings) / sizeof(endings[0]); i++)
		if (kut_ends(name, endings[i]) && strlen(name) > strlen(endings[i])) {
			name[strlen(name) - strlen(endings[i])] = '\0';
			break;
		}
	free(copy);
	return name;
}

/* The path that the user's word means; NULL and a message if there is none. */
static char *find_path(const char *path, const char *resource_dir, char **why)
{
	struct kut_list names = {0};
	struct stat st;
	char *dir, *found, *all;

	if (stat(path, &st) == 0)
		return kut_strdup(path);
	if (strchr(path, '/') != NULL) {
		kut_fail_errno(why, "read the series", path);
		return NULL;
	}
	dir = kut_format("%s/series", resource_dir);
	found = kut_format("%s/%s", dir, path);
	if (stat(found, &st) != 0) {
		kut_dir_names(dir, &names);
		all = kut_list_join(&names, ", ");
		kut_fail(why, ENOENT, "no series %s here, and none in %s (there: %s)", path, dir,
			 *all ? all : "nothing");
		free(all);
		free(found);
		found = NULL;
		kut_list_free(&names);
	}
	free(dir);
	return found;
}

int kut_series_read(struct kut_series *series, const char *path, const char *resource_dir,
		    char **why)
{
	char *found, *cur, *quilt, *fresh;
	struct kut_hash *hash;
	int ret;

	*series = (struct kut_series){0};
	found = find_path(path, resource_dir, why);
	if (found == NULL)
		return -ENOENT;
	cur = kut_format("%s/cur", found);
	fresh = kut_format("%s/new", found);
	quilt = kut_format("%s/series", found);
	series->name = series_name(found);
	series->path = kut_strdup(found);
	if (!is_dir(found))
		ret = strcmp(series->name, "series") == 0 ? read_quilt(series, found, why)
							  : read_mbox(series, found, why);
	else if (is_dir(cur) || is_dir(fresh))
		ret = read_maildir(series, found, why);
	else if (is_file(quilt))
		ret = read_quilt(series, quilt, why);
	else
		ret = read_folder(series, found, why);
	hash = kut_hash_new();
	for (size_t i = 0; i < series->n; i++) {
		kut_hash_add(hash, &series->patch[i].strip, sizeof(series->patch[i].strip));
		kut_hash_add(hash, series->patch[i].text.data, series->patch[i].text.len);
	}
	kut_hash_end(hash, series->fingerprint);
	free(found);
	free(cur);
	free(fresh);
	free(quilt);
	if (ret != 0)
		kut_series_free(series);
	return ret;
}

void kut_series_free(struct kut_series *series)
{
	for (size_t i = 0; i < series->n; i++) {
		free(series->patch[i].label);
		kut_text_free(&series->patch[i].text);
	}
	free(series->patch);
	free(series->name);
	free(series->path);
	*series = (struct kut_series){0};
}
