/* SPDX-License-Identifier: MIT */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/run.h"
#include "kernel-under-test/kbuild/tree.h"

void kut_dir_names(const char *path, struct kut_list *names)
{
	DIR *dir = opendir(path);
	struct dirent *e;

	if (dir == NULL)
		return;
	while ((e = readdir(dir)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			kut_list_add(names, e->d_name);
	closedir(dir);
	kut_list_sort(names);
}

int kut_mkdirs(const char *path, char **why)
{
	char *copy = kut_strdup(path);
	int ret = 0;

	for (char *p = copy + 1; ret == 0; p++) {
		char c = *p;

		if (c != '/' && c != '\0')
			continue;
		*p = '\0';
		if (mkdir(copy, 0777) != 0 && errno != EEXIST)
			ret = kut_fail_errno(why, "make the folder", copy);
		*p = c;
		if (c == '\0')
			break;
	}
	free(copy);
	return ret;
}

static int copy_data(const char *from, const char *to, const struct stat *st, char **why)
{
	static char buf[1 << 16];
	struct timespec times[2] = {st->st_atim, st->st_mtim};
	int in = open(from, O_RDONLY | O_CLOEXEC), out, ret = 0;
	ssize_t n = 0;

	if (in < 0)
		return kut_fail_errno(why, "open", from);
	out = open(to, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, (st->st_mode & 0777) | 0600);
	if (out < 0) {
		ret = kut_fail_errno(why, "create", to);
		close(in);
		return ret;
	}
	while (ret == 0 && (n = read(in, buf, sizeof(buf))) > 0)
		if (write(out, buf, (size_t)n) != n)
			ret = kut_fail_errno(why, "write", to);
	if (ret == 0 && n < 0)
		ret = kut_fail_errno(why, "read", from);
	if (ret == 0)
		futimens(out, times);
	close(in);
	if (close(out) != 0 && ret == 0)
		ret = kut_fail_errno(why, "write", to);
	return ret;
}

static int copy_one(const char *from, const char *to, const struct stat *st, enum kut_copy how,
		    char **why)
{
	char target[4096];
	ssize_t n;

	if (S_ISLNK(st->st_mode)) {
		struct timespec times[2] = {st->st_atim, st->st_mtim};

		n = readlink(from, target, sizeof(target) - 1);
		if (n < 0)
			return kut_fail_errno(why, "read the link", from);
		target[n] = '\0';
		if (symlink(target, to) != 0)
			return kut_fail_errno(why, "make the link", to);
		utimensat(AT_FDCWD, to, times, AT_SYMLINK_NOFOLLOW);
		return 0;
	}
	if (!S_ISREG(st->st_mode))
		return 0;
	/* Another file system, too many links, not our file: then the data. */
	if (how == KUT_COPY_LINK && link(from, to) == 0)
		return 0;
	return copy_data(from, to, st, why);
}

/*
 * Call fn for each file and folder below root in byte order of names, a folder
 * before what it holds. `at` is the path below root.
 */
struct walk {
	const char *root;
	kut_skip_fn skip;
	int (*fn)(struct walk *w, const char *path, const char *at, const struct stat *st);
	char **why;
	/* for fn */
	const char *to;
	enum kut_copy how;
	struct kut_hash *hash;
	enum kut_tree_part part;
	struct kut_list *changed;
	uint64_t size;
};

static int walk_dir(struct walk *w, const char *at)
{
	char *dir = *at ? kut_format("%s/%s", w->root, at) : kut_strdup(w->root);
	struct kut_list names = {0};
	int ret = kut_interrupted(w->why);

	kut_dir_names(dir, &names);
	for (size_t i = 0; ret == 0 && i < names.n; i++) {
		const char *base = names.item[i];
		char *path = kut_format("%s/%s", dir, base);
		char *below = *at ? kut_format("%s/%s", at, base) : kut_strdup(base);
		struct stat st;

		if ((w->skip == NULL || !w->skip(below, base)) && lstat(path, &st) == 0) {
			ret = w->fn(w, path, below, &st);
			if (ret == 0 && S_ISDIR(st.st_mode))
				ret = walk_dir(w, below);
		}
		free(path);
		free(below);
	}
	kut_list_free(&names);
	free(dir);
	return ret;
}

static int copy_visit(struct walk *w, const char *path, const char *at, const struct stat *st)
{
	char *to = kut_format("%s/%s", w->to, at);
	int ret = 0;

	if (!S_ISDIR(st->st_mode))
		ret = copy_one(path, to, st, w->how, w->why);
	else if (mkdir(to, (st->st_mode & 0777) | 0700) != 0)
		ret = kut_fail_errno(w->why, "make the folder", to);
	free(to);
	return ret;
}

int kut_tree_copy(const char *from, const char *to, enum kut_copy how, kut_skip_fn skip, char **why)
{
	struct walk w = {
		.root = from, .skip = skip, .fn = copy_visit, .why = why, .to = to, .how = how};

	if (mkdir(to, 0777) != 0)
		return kut_fail_errno(why, "make the folder", to);
	return walk_dir(&w, "");
}

int kut_tree_copy_list(const char *from, const char *to, const struct kut_list *files, char **why)
{
	int ret = kut_mkdirs(to, why);

	for (size_t i = 0; ret == 0 && i < files->n; i++) {
		char *path = kut_format("%s/%s", from, files->item[i]);
		char *copy = kut_format("%s/%s", to, files->item[i]);
		char *slash = strrchr(copy, '/');
		struct stat st;

		if (lstat(path, &st) == 0 && !S_ISDIR(st.st_mode)) {
			*slash = '\0';
			if (access(copy, F_OK) != 0)
				ret = kut_mkdirs(copy, why);
			*slash = '/';
			if (ret == 0)
				ret = copy_one(path, copy, &st, KUT_COPY_LINK, why);
		}
		free(path);
		free(copy);
		if (ret == 0)
			ret = kut_interrupted(why);
	}
	return ret;
}

int kut_tree_remove(const char *path, char **why)
{
	struct kut_list names = {0};
	struct stat st;
	int ret = 0;

	if (lstat(path, &st) != 0)
		return 0;
	if (!S_ISDIR(st.st_mode))
		return unlink(path) == 0 ? 0 : kut_fail_errno(why, "remove", path);
	kut_dir_names(path, &names);
	for (size_t i = 0; ret == 0 && i < names.n; i++) {
		char *below = kut_format("%s/%s", path, names.item[i]);

		ret = kut_tree_remove(below, why);
		free(below);
	}
	kut_list_free(&names);
	if (ret == 0 && rmdir(path) != 0)
		ret = kut_fail_errno(why, "remove", path);
	return ret;
}

static int size_visit(struct walk *w, const char *path, const char *at, const struct stat *st)
{
	(void)path;
	(void)at;
	if (S_ISREG(st->st_mode))
		w->size += (uint64_t)st->st_size;
	return 0;
}

uint64_t kut_tree_size(const char *path)
{
	char *why = NULL;
	struct walk w = {.root = path, .fn = size_visit, .why = &why};

	walk_dir(&w, "");
	free(why);
	return w.size;
}

static int hash_visit(struct walk *w, const char *path, const char *at, const struct stat *st)
{
	struct kut_text text;
	int ret;

	if (S_ISDIR(st->st_mode))
		return 0;
	kut_hash_string(w->hash, at);
	if (w->part == KUT_TREE_TIMES) {
		kut_hash_add(w->hash, &st->st_size, sizeof(st->st_size));
		kut_hash_add(w->hash, &st->st_mtim, sizeof(st->st_mtim));
	}
	if (w->part != KUT_TREE_CONTENTS)
		return 0;
	ret = kut_file_read(path, &text, w->why);
	if (ret == 0)
		kut_hash_add(w->hash, text.data, text.len);
	kut_text_free(&text);
	return ret;
}

int kut_tree_hash(const char *path, enum kut_tree_part part, struct kut_hash *hash,
		  kut_skip_fn skip, char **why)
{
	struct walk w = {.root = path,
			 .skip = skip,
			 .fn = hash_visit,
			 .why = why,
			 .hash = hash,
			 .part = part};

	return walk_dir(&w, "");
}

static bool same_data(const char *a, const char *b)
{
	struct kut_text x = {0}, y = {0};
	char *why = NULL;
	bool same = kut_file_read(a, &x, &why) == 0 && kut_file_read(b, &y, &why) == 0 &&
		    x.len == y.len && memcmp(x.data, y.data, x.len) == 0;

	kut_text_free(&x);
	kut_text_free(&y);
	free(why);
	return same;
}

/* Give the file these times; other names of the same file keep theirs. */
static int set_time(const char *path, const struct stat *st, const struct timespec times[2],
		    char **why)
{
	char *fresh;
	int ret;

	if (st->st_nlink == 1) {
		ret = utimensat(AT_FDCWD, path, times, 0);
		return ret == 0 ? 0 : kut_fail_errno(why, "set the time of", path);
	}
	fresh = kut_format("%s.kut-new", path);
	ret = copy_data(path, fresh, st, why);
	if (ret == 0 && (utimensat(AT_FDCWD, fresh, times, 0) != 0 || rename(fresh, path) != 0))
		ret = kut_fail_errno(why, "replace", path);
	if (ret != 0)
		unlink(fresh);
	free(fresh);
	return ret;
}

static int reconcile_visit(struct walk *w, const char *path, const char *at, const struct stat *st)
{
	char *old = kut_format("%s/%s", w->to, at);
	struct timespec times[2] = {{.tv_nsec = UTIME_NOW}, {.tv_nsec = UTIME_NOW}};
	struct stat base;
	int ret = 0;

	if (!S_ISREG(st->st_mode)) {
		free(old);
		return 0;
	}
	if (lstat(old, &base) != 0) {
		kut_list_add(w->changed, at);
	} else if (base.st_size == st->st_size && base.st_mtim.tv_sec == st->st_mtim.tv_sec &&
		   base.st_mtim.tv_nsec == st->st_mtim.tv_nsec) {
		/* one file with two names, or a copy of it */
	} else if (base.st_size == st->st_size && same_data(path, old)) {
		times[0] = base.st_atim;
		times[1] = base.st_mtim;
		ret = set_time(path, st, times, w->why);
	} else {
		kut_list_add(w->changed, at);
		ret = set_time(path, st, times, w->why);
	}
	free(old);
	return ret;
}

static int missing_visit(struct walk *w, const char *path, const char *at, const struct stat *st)
{
	char *other = kut_format("%s/%s", w->to, at);
	struct stat now;

	(void)path;
	if (S_ISREG(st->st_mode) && lstat(other, &now) != 0)
		kut_list_add(w->changed, at);
	free(other);
	return 0;
}

int kut_tree_reconcile(const char *now, const char *base, kut_skip_fn skip,
		       struct kut_list *changed, char **why)
{
	struct walk w = {.root = now,
			 .skip = skip,
			 .fn = reconcile_visit,
			 .why = why,
			 .to = base,
			 .changed = changed};
	int ret = walk_dir(&w, "");

	if (ret != 0)
		return ret;
	w.root = base;
	w.to = now;
	w.fn = missing_visit;
	return walk_dir(&w, "");
}
