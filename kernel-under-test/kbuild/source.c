/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/paths.h"
#include "kernel-under-test/kbuild/run.h"
#include "kernel-under-test/kbuild/source.h"
#include "kernel-under-test/kbuild/tree.h"

#define DEFAULT_PACKAGE "linux-source-6.12"
/* Below the kernels folder: what fetch-source brought. */
#define KUT_FETCHED_DIR ".packages"

/* Value of a "NAME = value" line of a Makefile's head. malloc()ed, NULL if absent. */
static char *make_variable(const char *text, const char *name)
{
	size_t len = strlen(name);

	for (const char *line = text; line != NULL; line = strchr(line, '\n')) {
		const char *p;
		size_t n;

		line += *line == '\n';
		if (strncmp(line, name, len) != 0)
			continue;
		p = line + len;
		p += strspn(p, " \t");
		if (*p != '=')
			continue;
		p++;
		p += strspn(p, " \t");
		n = strcspn(p, "\n");
		while (n > 0 && isspace((unsigned char)p[n - 1]))
			n--;
		return kut_format("%.*s", (int)n, p);
	}
	return NULL;
}

int kut_tree_version(const char *tree, char **version, char **why)
{
	char *path = kut_format("%s/Makefile", tree), *kconfig = kut_format("%s/Kconfig", tree);
	char *v = NULL, *p = NULL, *s = NULL, *e = NULL, *none = NULL;
	struct kut_text text = {0};
	int ret = 0;

	if (access(kconfig, R_OK) == 0 && kut_file_read(path, &text, &none) == 0) {
		v = make_variable(text.data, "VERSION");
		p = make_variable(text.data, "PATCHLEVEL");
		s = make_variable(text.data, "SUBLEVEL");
		e = make_variable(text.data, "EXTRAVERSION");
	}
	if (v != NULL && p != NULL && isdigit((unsigned char)*v) && isdigit((unsigned char)*p))
		*version =
			kut_format("%s.%s%s%s%s", v, p, s && *s ? "." : "", s ? s : "", e ? e : "");
	else
		ret = kut_fail(why, EINVAL,
			       "%s is no Linux kernel tree: it has no Kconfig, or no Makefile with "
			       "VERSION and PATCHLEVEL",
			       tree);
	kut_text_free(&text);
	free(v);
	free(p);
	free(s);
	free(e);
	free(none);
	free(path);
	free(kconfig);
	return ret;
}

/* Run a program and give its stdout; false if it fails in any way. */
static bool output_of(struct kut_run *run)
{
	char *why = NULL;
	bool ok = kut_run(run, &why) == 0 && run->status == 0;

	free(why);
	return ok;
}

/* "NAME VERSION" beside a fetched tarball; malloc()ed version, NULL if there is none. */
static char *fetched_version(const char *dir, const char *package)
{
	char *path = kut_format("%s/%s.version", dir, package), *version = NULL, *ignored = NULL;
	struct kut_text text = {0};

	if (kut_file_read(path, &text, &ignored) == 0 && strchr(text.data, ' ') != NULL) {
		const char *v = strchr(text.data, ' ') + 1;

		version = kut_format("%.*s", (int)strcspn(v, "\n"), v);
	}
	kut_text_free(&text);
	free(ignored);
	free(path);
	return version;
}

/* Version of the Debian package that is installed; NULL: it is not. */
static char *installed_version(const char *package)
{
	struct kut_run run = {0};
	char *version = NULL;

	if (!kut_program_exists("dpkg-query"))
		return NULL;
	kut_run_args(&run, "dpkg-query", "-W", "-f", "${Version}", package, NULL);
	if (output_of(&run) && run.out.len > 0)
		version = kut_strdup(run.out.data);
	kut_run_free(&run);
	return version;
}

/* dir/PACKAGE.tar.*: sets archive if there is one. */
static void find_archive(struct kut_source *source, const char *dir, const char *package,
			 struct stat *st)
{
	static const char *const endings[] = {"tar.xz", "tar.zst", "tar.bz2", "tar.gz"};

	for (size_t i = 0; i < 4 && source->archive == NULL; i++) {
		char *path = kut_format("%s/%s.%s", dir, package, endings[i]);

		if (stat(path, st) == 0 && S_ISREG(st->st_mode))
			source->archive = path;
		else
			free(path);
	}
}

static int find_package(struct kut_source *source, const char *package, const char *dir,
			const char *kernels, char **why)
{
	char *fetched = kut_format("%s/" KUT_FETCHED_DIR, kernels), *version = NULL;
	struct stat st;

	if (dir == NULL)
		dir = "/usr/src";
	for (const char *p = package; *p != '\0'; p++)
		if (!isalnum((unsigned char)*p) && strchr(".+-", *p) == NULL) {
			free(fetched);
			return kut_fail(why, EINVAL, "\"%s\" is not the name of a package",
					package);
		}
	find_archive(source, dir, package, &st);
	if (source->archive != NULL) {
		version = installed_version(package);
	} else {
		find_archive(source, fetched, package, &st);
		version = source->archive ? fetched_version(fetched, package) : NULL;
	}
	free(fetched);
	if (source->archive == NULL)
		return kut_fail(why, ENOENT,
				"no %s/%s.tar.xz: install it with \"apt-get install %s\", fetch it "
				"with \"./bootstrap kernels\", or give --tree or --tarball",
				dir, package, package);
	if (version == NULL)
		version = kut_format("%lld-%lld", (long long)st.st_size,
				     (long long)st.st_mtim.tv_sec);
	for (char *p = version; *p != '\0'; p++)
		if (*p == '/' || *p == ':')
			*p = '_';
	source->label = kut_format("package %s %s", package, version);
	source->key = kut_format("package %s", package);
	source->identity = kut_strdup(source->label);
	source->dir = kut_format("%s/.trees/%s-%s", kernels, package, version);
	free(version);
	return 0;
}

static int find_tarball(struct kut_source *source, const char *path, const char *kernels,
			char **why)
{
	struct kut_hash *hash;
	struct kut_text text;
	char hex[KUT_HASH_HEX], real[PATH_MAX];
	int ret;

	if (realpath(path, real) == NULL)
		return kut_fail_errno(why, "open the tarball", path);
	ret = kut_file_read(real, &text, why);
	if (ret != 0)
		return ret;
	hash = kut_hash_new();
	kut_hash_add(hash, text.data, text.len);
	kut_hash_end(hash, hex);
	kut_text_free(&text);
	source->archive = kut_strdup(real);
	source->label = kut_format("tarball %s", real);
	source->key = kut_format("tarball %s", real);
	source->identity = kut_format("tarball %s", hex);
	source->dir = kut_format("%s/.trees/tarball-%.16s", kernels, hex);
	return 0;
}

static bool git_ask(const char *dir, struct kut_run *run)
{
	struct kut_list argv = run->argv;
	bool ok;

	run->argv = (struct kut_list){0};
	kut_run_args(run, "git", "-C", dir, NULL);
	for (size_t i = 0; i < argv.n; i++)
		kut_list_add(&run->argv, argv.item[i]);
	kut_list_free(&argv);
	ok = output_of(run);
	return ok;
}

static void add_zero_ended(struct kut_list *list, const struct kut_text *text)
{
	for (size_t at = 0; at < text->len; at += strlen(text->data + at) + 1)
		kut_list_add(list, text->data + at);
}

/* A checkout's identity is its tree's name, and what differs from it now. */
static bool find_git(struct kut_source *source, const char *dir)
{
	struct kut_run files = {0}, head = {0}, diff = {0};
	char hex[KUT_HASH_HEX];
	struct kut_hash *hash;

	if (!kut_program_exists("git"))
		return false;
	kut_run_args(&files, "ls-files", "-z", NULL);
	kut_run_args(&head, "rev-parse", "HEAD^{tree}", NULL);
	kut_run_args(&diff, "diff", "--binary", "--no-ext-diff", "--no-textconv", "HEAD", NULL);
	if (git_ask(dir, &files) && files.out.len > 0 && git_ask(dir, &head) &&
	    git_ask(dir, &diff)) {
		add_zero_ended(&source->files, &files.out);
		source->git = kut_list_has(&source->files, "Makefile");
	}
	if (source->git) {
		hash = kut_hash_new();
		kut_hash_add(hash, head.out.data, head.out.len);
		kut_hash_add(hash, diff.out.data, diff.out.len);
		kut_hash_end(hash, hex);
		source->identity = kut_format("git %s", hex);
	} else {
		kut_list_free(&source->files);
	}
	kut_run_free(&files);
	kut_run_free(&head);
	kut_run_free(&diff);
	return source->git;
}

/* Products of a build made inside the user's tree, and version control. */
static bool skip_products(const char *path, const char *base)
{
	if (strchr(path, '/') == NULL && (strcmp(base, ".git") == 0 || kut_starts(base, "vmlinux")))
		return true;
	return kut_ends(base, ".o") || kut_ends(base, ".ko") || kut_ends(base, ".a") ||
	       kut_ends(base, ".mod") || kut_ends(base, ".mod.c") ||
	       (*base == '.' && (kut_ends(base, ".cmd") || kut_ends(base, ".d")));
}

static int find_tree(struct kut_source *source, const char *path, char **why)
{
	char real[PATH_MAX], hex[KUT_HASH_HEX];
	struct kut_hash *hash;
	int ret;

	if (realpath(path, real) == NULL)
		return kut_fail_errno(why, "open the tree", path);
	ret = kut_tree_version(real, &source->version, why);
	if (ret != 0)
		return ret;
	source->dir = kut_strdup(real);
	source->label = kut_format("tree %s", real);
	source->key = kut_strdup(source->label);
	if (find_git(source, real))
		return 0;
	hash = kut_hash_new();
	ret = kut_tree_hash(real, KUT_TREE_TIMES, hash, skip_products, why);
	kut_hash_end(hash, hex);
	source->identity = kut_format("folder %s", hex);
	return ret;
}

int kut_source_find(struct kut_source *source, const struct kut_add_request *req,
		    const char *kernels, char **why)
{
	int given = (req->package != NULL) + (req->tree != NULL) + (req->tarball != NULL);
	int ret;

	*source = (struct kut_source){0};
	if (given > 1)
		return kut_fail(why, EINVAL,
				"give one of a package, a tree and a tarball, not several");
	if (req->tree != NULL)
		ret = find_tree(source, req->tree, why);
	else if (req->tarball != NULL)
		ret = find_tarball(source, req->tarball, kernels, why);
	else
		ret = find_package(source, req->package ? req->package : DEFAULT_PACKAGE,
				   req->package_dir, kernels, why);
	if (ret != 0)
		kut_source_free(source);
	return ret;
}

static int unpack(const struct kut_source *source, const char *tmp, char **why)
{
	struct kut_run run = {0};
	struct kut_list names = {0};
	char *root, *version = NULL;
	int ret = kut_mkdirs(tmp, why);

	kut_run_args(&run, "tar", "-x", "--no-same-owner", "-f", source->archive, "-C", tmp, NULL);
	if (ret == 0)
		ret = kut_run(&run, why);
	if (ret == 0 && strstr(run.err.data, "No space left on device") != NULL) {
		errno = ENOSPC;
		ret = kut_fail_errno(why, "unpack into", tmp);
	} else if (ret == 0 && run.status != 0) {
		ret = kut_fail(why, EINVAL, "tar cannot unpack %s:\n%s", source->archive,
			       run.err.data);
	}
	kut_dir_names(tmp, &names);
	root = names.n == 1 ? kut_format("%s/%s", tmp, names.item[0]) : kut_strdup(tmp);
	if (ret == 0 && kut_tree_version(root, &version, why) != 0)
		ret = kut_fail(why, EINVAL,
			       "%s holds no Linux kernel tree (a Kconfig, and a Makefile with "
			       "VERSION and PATCHLEVEL)",
			       source->archive);
	if (ret == 0 && rename(root, source->dir) != 0)
		ret = kut_fail_errno(why, "put in place", source->dir);
	free(root);
	free(version);
	kut_list_free(&names);
	kut_run_free(&run);
	return ret;
}

int kut_source_prepare(struct kut_source *source, const char *kernels, kut_progress_fn progress,
		       void *arg, char **why)
{
	char *trees, *tmp, *text, *ignored = NULL;
	int lock, ret;

	if (source->archive == NULL)
		return 0; /* the user's folder, looked at by find */
	trees = kut_format("%s/.trees", kernels);
	ret = kut_mkdirs(trees, why);
	lock = ret == 0 ? kut_lock(kernels, ".trees", true, why) : -1;
	if (ret == 0 && lock < 0)
		ret = lock;
	if (ret == 0 && access(source->dir, F_OK) != 0) {
		const char *base = strrchr(source->dir, '/') + 1;

		text = kut_format("unpacking %s", source->archive);
		progress(arg, KUT_PROGRESS_STEP, text, -1);
		free(text);
		tmp = kut_format("%s.tmp-%d", source->dir, (int)getpid());
		ret = kut_remove_stale(trees, base, why);
		if (ret == 0)
			ret = unpack(source, tmp, why);
		kut_tree_remove(tmp, &ignored);
		free(ignored);
		free(tmp);
	}
	if (lock >= 0)
		close(lock);
	if (ret == 0)
		ret = kut_tree_version(source->dir, &source->version, why);
	free(trees);
	return ret;
}

/* A tree that was configured in place makes Kbuild refuse another output folder. */
static int clean(const char *tree, char **why)
{
	static const char *const traces[] = {".config", "include/config", "include/generated",
					     "arch/x86/include/generated"};
	struct kut_run run = {.cwd = tree};
	bool built = false;
	int ret = 0;

	for (size_t i = 0; i < sizeof(traces) / sizeof(traces[0]); i++) {
		char *path = kut_format("%s/%s", tree, traces[i]);

		built = built || access(path, F_OK) == 0;
		free(path);
	}
	if (!built)
		return 0;
	kut_run_args(&run, "make", "-s", "mrproper", NULL);
	ret = kut_run(&run, why);
	if (ret == 0 && run.status != 0)
		ret = kut_fail(why, EINVAL, "the copy of the tree cannot be cleaned:\n%s",
			       run.err.data);
	kut_run_free(&run);
	return ret;
}

int kut_source_copy(const struct kut_source *source, const char *to, char **why)
{
	int ret;

	if (source->git)
		return kut_tree_copy_list(source->dir, to, &source->files, why);
	if (source->archive != NULL)
		return kut_tree_copy(source->dir, to, KUT_COPY_LINK, NULL, why);
	ret = kut_tree_copy(source->dir, to, KUT_COPY_LINK, skip_products, why);
	return ret == 0 ? clean(to, why) : ret;
}

void kut_source_free(struct kut_source *source)
{
	free(source->label);
	free(source->key);
	free(source->identity);
	free(source->dir);
	free(source->archive);
	free(source->version);
	kut_list_free(&source->files);
	*source = (struct kut_source){0};
}
