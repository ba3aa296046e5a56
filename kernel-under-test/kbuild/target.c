/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/target.h"
#include "kernel-under-test/kbuild/tree.h"

/* A file that includes itself is told from one that is well made by this. */
#define MAX_INCLUDES 8

#define GROW(array, n)                                                                             \
	do {                                                                                       \
		(array) = realloc((array), ((n) + 1) * sizeof(*(array)));                          \
		if ((array) == NULL)                                                               \
			abort();                                                                   \
	} while (0)

static void add_link(struct kut_target *target, char *path, char *goal, bool folder)
{
	GROW(target->link, target->n_links);
	target->link[target->n_links++] = (struct kut_link){path, goal, folder};
}

/* "objects FOLDER NAME...", or "objects-in": built by building the folder. */
static void add_objects(struct kut_target *target, const struct kut_list *word, bool in)
{
	for (size_t i = 2; i < word->n; i++) {
		char *path = kut_format("%s/%s.o", word->item[1], word->item[i]);
		char *goal = in ? kut_format("%s/", word->item[1]) : kut_strdup(path);

		add_link(target, path, goal, false);
	}
}

/* "append FILE WORD..." */
static void add_line(struct kut_target *target, const struct kut_list *word)
{
	struct kut_list line = {.item = word->item + 2, .n = word->n - 2};

	GROW(target->edit, target->n_edits);
	target->edit[target->n_edits++] = (struct kut_kconfig_edit){
		.file = kut_strdup(word->item[1]),
		.added = kut_list_join(&line, " "),
	};
}

/* One line, in words. Returns false if it is none of the file's statements. */
static bool statement(struct kut_target *target, const char *dir, const struct kut_list *word)
{
	const char *what = word->item[0];

	if (strcmp(what, "version") == 0 && word->n == 2) {
		free(target->version);
		target->version = kut_strdup(word->item[1]);
	} else if (strcmp(what, "config") == 0 && word->n == 2) {
		kut_list_take(&target->configs, kut_format("%s/%s", dir, word->item[1]));
	} else if (strcmp(what, "kconfig") == 0 && word->n == 5) {
		GROW(target->edit, target->n_edits);
		target->edit[target->n_edits++] = (struct kut_kconfig_edit){
			.file = kut_strdup(word->item[1]),
			.symbol = kut_strdup(word->item[2]),
			.term = kut_strdup(word->item[3]),
			.added = kut_strdup(word->item[4]),
		};
	} else if (strcmp(what, "select") == 0 && word->n == 4) {
		GROW(target->edit, target->n_edits);
		target->edit[target->n_edits++] = (struct kut_kconfig_edit){
			.file = kut_strdup(word->item[1]),
			.symbol = kut_strdup(word->item[2]),
			.added = kut_strdup(word->item[3]),
		};
	} else if (strcmp(what, "append") == 0 && word->n > 2) {
		add_line(target, word);
	} else if (strcmp(what, "compiler-headers") == 0 && word->n == 1) {
		target->compiler_headers = true;
	} else if (strcmp(what, "force") == 0 && word->n == 3) {
		GROW(target->forced, target->n_forced);
		target->forced[target->n_forced++] = (struct kut_forced){
			.object = kut_strdup(word->item[1]),
			.header = kut_strdup(word->item[2]),
		};
	} else if (strcmp(what, "objects") == 0 && word->n > 2) {
		add_objects(target, word, false);
	} else if (strcmp(what, "objects-in") == 0 && word->n > 2) {
		add_objects(target, word, true);
	} else if (strcmp(what, "folder") == 0 && word->n == 2) {
		add_link(target, kut_strdup(word->item[1]), kut_format("%s/", word->item[1]), true);
	} else if (strcmp(what, "skip-initcall") == 0 && word->n == 2) {
		kut_list_add(&target->skip_initcalls, word->item[1]);
	} else {
		return false;
	}
	return true;
}

static int read_file(struct kut_target *target, struct kut_hash *hash, const char *dir,
		     const char *path, unsigned int depth, char **why);

/* "include FILE", in place. */
static int include(struct kut_target *target, struct kut_hash *hash, const char *dir,
		   const char *name, unsigned int depth, char **why)
{
	char *path = kut_format("%s/%s", dir, name);
	int ret = read_file(target, hash, dir, path, depth, why);

	free(path);
	return ret;
}

static int parse(struct kut_target *target, struct kut_hash *hash, const char *dir,
		 const char *path, char *text, unsigned int depth, char **why)
{
	unsigned int number = 0;
	char *line, *w;
	int ret = 0;

	while (ret == 0 && (line = strsep(&text, "\n")) != NULL) {
		struct kut_list words = {0};

		number++;
		line[strcspn(line, "#")] = '\0';
		while ((w = strsep(&line, " \t")) != NULL)
			if (*w != '\0')
				kut_list_add(&words, w);
		if (words.n == 2 && strcmp(words.item[0], "include") == 0)
			ret = include(target, hash, dir, words.item[1], depth + 1, why);
		else if (words.n > 0 && !statement(target, dir, &words))
			ret = kut_fail(why, EINVAL,
				       "%s:%u: \"%s\" with %zu words behind it is not a statement "
				       "of a target file",
				       path, number, words.item[0], words.n - 1);
		kut_list_free(&words);
	}
	return ret;
}

/* The text is hashed, then parsed; so is what it includes. */
static int read_file(struct kut_target *target, struct kut_hash *hash, const char *dir,
		     const char *path, unsigned int depth, char **why)
{
	struct kut_text text = {0};
	char *copy;
	int ret;

	if (depth > MAX_INCLUDES)
		return kut_fail(why, EINVAL,
				"%s: target files include each other, more than %d deep", path,
				MAX_INCLUDES);
	ret = kut_file_read(path, &text, why);
	if (ret != 0)
		return ret;
	kut_hash_add(hash, text.data, text.len);
	copy = kut_strdup(text.data);
	ret = parse(target, hash, dir, path, copy, depth, why);
	free(copy);
	kut_text_free(&text);
	return ret;
}

/* The file, the fragments that it and the included ones name, and whether that is all. */
static int read_all(struct kut_target *target, const char *dir, const char *path, char **why)
{
	struct kut_hash *hash = kut_hash_new();
	int ret = read_file(target, hash, dir, path, 0, why);

	if (ret == 0 && (target->version == NULL || target->configs.n == 0 || target->n_links == 0))
		ret = kut_fail(why, EINVAL, "%s: needs a version, a config and objects", path);
	for (size_t i = 0; ret == 0 && i < target->configs.n; i++) {
		struct kut_text config = {0};

		ret = kut_file_read(target->configs.item[i], &config, why);
		if (ret == 0)
			kut_hash_add(hash, config.data, config.len);
		kut_text_free(&config);
	}
	kut_hash_end(hash, target->fingerprint);
	return ret;
}

/* Names what there is instead. */
static int no_target(const char *dir, const char *name, const char *version, char **why)
{
	struct kut_list files = {0}, versions = {0}, others = {0};
	char *prefix = kut_format("%s-", name), *all;
	int ret;

	kut_dir_names(dir, &files);
	for (size_t i = 0; i < files.n; i++) {
		char *file = files.item[i], *dash = strrchr(file, '-');

		if (!dash || !kut_ends(file, ".target"))
			continue;
		file[strlen(file) - strlen(".target")] = '\0';
		if (kut_starts(file, prefix) && isdigit((unsigned char)file[strlen(prefix)]))
			kut_list_add(&versions, file + strlen(prefix));
		*dash = '\0'; /* the version is behind it */
		if (!kut_list_has(&others, file))
			kut_list_add(&others, file);
	}
	all = kut_list_join(versions.n > 0 ? &versions : &others, ", ");
	if (versions.n > 0)
		ret = kut_fail(why, EINVAL,
			       "the tree is Linux %s; target %s supports: %s (a further version "
			       "needs a file in %s)",
			       version, name, all, dir);
	else
		ret = kut_fail(why, EINVAL, "no target %s in %s; there: %s", name, dir,
			       *all ? all : "nothing");
	free(all);
	free(prefix);
	kut_list_free(&files);
	kut_list_free(&versions);
	kut_list_free(&others);
	return ret;
}

/* The file of the version's first two numbers; if there is none, of the first. */
static char *target_path(const char *dir, const char *name, const char *version)
{
	size_t major = strcspn(version, "."), len = major;
	char *path;

	if (version[major] == '.')
		len = major + 1 + strspn(version + major + 1, "0123456789");
	path = kut_format("%s/%s-%.*s.target", dir, name, (int)len, version);
	if (access(path, F_OK) != 0) {
		free(path);
		path = kut_format("%s/%s-%.*s.target", dir, name, (int)major, version);
	}
	return path;
}

int kut_target_read(struct kut_target *target, const char *resource_dir, const char *name,
		    const char *version, char **why)
{
	char *dir = kut_format("%s/targets", resource_dir);
	char *path;
	int ret;

	*target = (struct kut_target){.name = kut_strdup(name)};
	path = target_path(dir, name, version);
	if (access(path, F_OK) != 0)
		ret = no_target(dir, name, version, why);
	else
		ret = read_all(target, dir, path, why);
	if (ret != 0)
		kut_target_free(target);
	free(path);
	free(dir);
	return ret;
}

void kut_target_free(struct kut_target *target)
{
	for (size_t i = 0; i < target->n_edits; i++) {
		free(target->edit[i].file);
		free(target->edit[i].symbol);
		free(target->edit[i].term);
		free(target->edit[i].added);
	}
	for (size_t i = 0; i < target->n_forced; i++) {
		free(target->forced[i].object);
		free(target->forced[i].header);
	}
	for (size_t i = 0; i < target->n_links; i++) {
		free(target->link[i].path);
		free(target->link[i].goal);
	}
	free(target->edit);
	free(target->forced);
	free(target->link);
	free(target->name);
	free(target->version);
	kut_list_free(&target->configs);
	kut_list_free(&target->skip_initcalls);
	*target = (struct kut_target){0};
}
