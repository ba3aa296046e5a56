/* SPDX-License-Identifier: MIT */
/* Sets that exist: opened, listed, shown, removed. */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/build.h"
#include "kernel-under-test/kbuild/manifest.h"
#include "kernel-under-test/kbuild/paths.h"
#include "kernel-under-test/kbuild/tree.h"

int kut_kernel_find(const char *kernels_dir, const char *name, struct kut_object_set **set,
		    char **why)
{
	struct kut_manifest *m;
	char *kernels, *real;
	int ret = kut_kernels_dir(kernels_dir, false, &kernels, why);

	if (ret != 0)
		return ret;
	real = kut_set_resolve(kernels, name);
	ret = kut_manifest_read(kernels, real, &m, why);
	if (ret == 0)
		*set = &m->set; /* the manifest's first member */
	free(real);
	free(kernels);
	return ret;
}

int kut_object_set_open(const char *name, struct kut_object_set **set, char **why)
{
	return kut_kernel_find(NULL, name, set, why);
}

void kut_object_set_close(struct kut_object_set *set)
{
	kut_manifest_free((struct kut_manifest *)set);
}

int kut_kernels_of_target(const char *kernels_dir, const char *target, char ***names, size_t *n,
			  char **why)
{
	struct kut_list all = {0}, found = {0};
	char *kernels;
	int ret = kut_kernels_dir(kernels_dir, false, &kernels, why);

	if (ret != 0)
		return ret;
	kut_set_names(kernels, &all);
	for (size_t i = 0; i < all.n; i++) {
		struct kut_manifest *m;
		char *reason = NULL;

		if (kut_manifest_read(kernels, all.item[i], &m, &reason) != 0) {
			free(reason);
			continue;
		}
		if (strcmp(m->set.target, target) == 0)
			kut_list_add(&found, m->set.name);
		kut_manifest_free(m);
	}
	*names = found.item;
	*n = found.n;
	kut_list_free(&all);
	free(kernels);
	return 0;
}

/* What is the set's own: all but the files it shares with the unpacked tree. */
static uint64_t own_size(const char *dir)
{
	static const char *const files[] = {"manifest.json", "kernel.o", "runtime.o", "wanted.txt"};
	static const char *const folders[] = {"src/" KUT_BUILD_DIR, "patches"};
	uint64_t sum = 0;
	struct stat st;

	for (size_t i = 0; i < sizeof(files) / sizeof(files[0]); i++) {
		char *path = kut_format("%s/%s", dir, files[i]);

		if (stat(path, &st) == 0)
			sum += (uint64_t)st.st_size;
		free(path);
	}
	for (size_t i = 0; i < sizeof(folders) / sizeof(folders[0]); i++) {
		char *path = kut_format("%s/%s", dir, folders[i]);

		sum += kut_tree_size(path);
		free(path);
	}
	return sum;
}

static char *join_series(const struct kut_object_set *set)
{
	struct kut_list list = {.item = set->series, .n = set->n_series};

	return kut_list_join(&list, ",");
}

int kut_kernel_list(const char *kernels_dir, FILE *out, char **why)
{
	struct kut_list names = {0};
	char *kernels;
	int ret = kut_kernels_dir(kernels_dir, false, &kernels, why);

	if (ret != 0)
		return ret;
	kut_set_names(kernels, &names);
	if (names.n == 0)
		fprintf(out, "no kernels in %s; make one with \"faultline kernel add 6.12\"\n",
			kernels);
	else
		fprintf(out, "%-24s %-12s %-11s %8s  %-8s  %s\n", "NAME", "VERSION", "TARGET",
			"SIZE", "TRACE-PC", "SERIES");
	for (size_t i = 0; i < names.n; i++) {
		struct kut_manifest *m;
		char *reason = NULL, *series;

		if (kut_manifest_read(kernels, names.item[i], &m, &reason) != 0) {
			fprintf(out, "%-24s %s\n", names.item[i], reason);
			free(reason);
			continue;
		}
		series = join_series(&m->set);
		fprintf(out, "%-24s %-12s %-11s %5llu MB  %-8s  %s\n", m->set.name, m->set.version,
			m->set.target, (unsigned long long)(own_size(m->set.dir) / 1000000),
			m->set.trace_pc ? "yes" : "-", *series ? series : "-");
		free(series);
		kut_manifest_free(m);
	}
	kut_list_free(&names);
	free(kernels);
	return 0;
}

/* Text of several lines, each indented. */
static void print_lines(FILE *out, const char *text)
{
	while (*text != '\0') {
		int len = (int)strcspn(text, "\n");

		fprintf(out, "  %.*s\n", len, text);
		text += len + (text[len] == '\n');
	}
}

static void print_manifest(const struct kut_manifest *m, FILE *out)
{
	fprintf(out, "kernel:      %s\n", m->set.name);
	fprintf(out, "version:     %s\n", m->set.version);
	fprintf(out, "target:      %s\n", m->set.target);
	fprintf(out, "source:      %s\n", m->set.source);
	fprintf(out, "compiler:    %s\n", m->set.compiler);
	fprintf(out, "trace-pc:    %s\n", m->set.trace_pc ? "yes" : "no");
	fprintf(out, "objects:     %u, wanting %u symbols of the runtime\n", m->objects,
		m->imports);
	fprintf(out, "fingerprint: %s\n", m->set.fingerprint);
	fprintf(out, "runtime:     %s\n", m->set.runtime_fingerprint);
	fprintf(out, "folder:      %s\n", m->set.dir);
	for (size_t i = 0; i < m->set.n_series; i++) {
		fprintf(out, "series %s:\n", m->set.series[i]);
		for (size_t p = 0; p < m->patches[i].n; p++)
			fprintf(out, "  %s\n", m->patches[i].item[p]);
	}
	if (*m->set.config != '\0') {
		fprintf(out, "config:\n");
		print_lines(out, m->set.config);
	}
	fprintf(out, "initcalls left out:\n");
	for (size_t i = 0; i < m->set.n_skip_initcalls; i++)
		fprintf(out, "  %s\n", m->set.skip_initcalls[i]);
	fprintf(out, "runtime sources:\n");
	for (size_t i = 0; i < m->runtime.n; i++)
		fprintf(out, "  %s\n", m->runtime.item[i]);
}

int kut_kernel_show(const char *kernels_dir, const char *name, FILE *out, char **why)
{
	struct kut_object_set *set;
	int ret = kut_kernel_find(kernels_dir, name, &set, why);

	if (ret != 0)
		return ret;
	print_manifest((struct kut_manifest *)set, out);
	kut_object_set_close(set);
	return 0;
}

int kut_kernel_remove(const char *kernels_dir, const char *name, char **why)
{
	struct kut_manifest *m;
	char *kernels, *dir, *doomed;
	int lock, ret = kut_name_check(name, why);

	if (ret != 0)
		return ret;
	ret = kut_kernels_dir(kernels_dir, false, &kernels, why);
	if (ret != 0)
		return ret;
	dir = kut_format("%s/%s", kernels, name);
	doomed = kut_format("%s.tmp-%d", dir, (int)getpid());
	if (access(dir, F_OK) != 0) {
		ret = kut_manifest_read(kernels, name, &m, why); /* names those there are */
	} else if ((lock = kut_lock(kernels, name, false, why)) < 0) {
		ret = lock;
	} else {
		/* Renamed first, so that a set is there whole or not at all. */
		if (rename(dir, doomed) != 0)
			ret = kut_fail_errno(why, "remove", dir);
		else
			ret = kut_tree_remove(doomed, why);
		close(lock);
	}
	free(dir);
	free(doomed);
	free(kernels);
	return ret;
}
