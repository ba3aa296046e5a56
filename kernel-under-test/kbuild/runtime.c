/* SPDX-License-Identifier: MIT */
/* Our kernel-side sources, compiled as Kbuild compiled the kernel's. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/build.h"
#include "kernel-under-test/kbuild/run.h"
#include "kernel-under-test/kbuild/tree.h"

/* Append the .c files of a folder, as absolute paths, sorted. */
static void add_sources(const char *resource_dir, const char *folder, struct kut_list *sources)
{
	char *dir = kut_format("%s/%s", resource_dir, folder);
	struct kut_list names = {0};

	kut_dir_names(dir, &names);
	for (size_t i = 0; i < names.n; i++)
		if (kut_ends(names.item[i], ".c"))
			kut_list_take(sources, kut_format("%s/%s", dir, names.item[i]));
	kut_list_free(&names);
	free(dir);
}

/* Those of modules/shared/NAME, for each NAME that a line of the file has. */
static int add_shared(const char *resource_dir, const char *file, struct kut_list *sources,
		      char **why)
{
	struct kut_text text;
	int ret = kut_file_read(file, &text, why);
	char *at = text.data, *line;

	while (ret == 0 && (line = strsep(&at, "\n")) != NULL) {
		size_t before = sources->n;
		char *folder;

		if (*line == '\0' || *line == '#')
			continue;
		folder = kut_format("modules/shared/%s", line);
		add_sources(resource_dir, folder, sources);
		if (sources->n == before)
			ret = kut_fail(why, ENOENT, "%s: no sources in %s/%s", file, resource_dir,
				       folder);
		free(folder);
	}
	kut_text_free(&text);
	return ret;
}

int kut_runtime_sources(const char *resource_dir, const struct kut_list *series,
			struct kut_list *sources, char **why)
{
	int ret = 0;

	add_sources(resource_dir, "runtime", sources);
	if (sources->n == 0)
		return kut_fail(why, ENOENT,
				"no runtime sources in %s/runtime: install Faultline again",
				resource_dir);
	add_sources(resource_dir, "modules", sources);
	for (size_t i = 0; ret == 0 && i < series->n; i++) {
		char *folder = kut_format("modules/%s", series->item[i]);
		char *shared = kut_format("%s/%s/shared.txt", resource_dir, folder);

		add_sources(resource_dir, folder, sources);
		if (access(shared, F_OK) == 0)
			ret = add_shared(resource_dir, shared, sources, why);
		free(folder);
		free(shared);
	}
	return ret;
}

/* Of models/, only the register layouts are for the runtime. */
static bool skip_non_layout(const char *path, const char *base)
{
	(void)path;
	return !kut_ends(base, "_regs.h");
}

static bool skip_non_header(const char *path, const char *base)
{
	(void)path;
	return strchr(base, '.') != NULL && !kut_ends(base, ".h");
}

int kut_runtime_fingerprint(const char *resource_dir, const struct kut_list *sources,
			    char hex[KUT_HASH_HEX], char **why)
{
	static const struct {
		const char *folder;
		kut_skip_fn skip;
	} headers[] = {
		{"runtime", skip_non_header},
		{"modules", skip_non_header},
		{"../models", skip_non_layout},
	};
	struct kut_hash *hash = kut_hash_new();
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < sources->n; i++) {
		struct kut_text text;

		ret = kut_file_read(sources->item[i], &text, why);
		if (ret != 0)
			break;
		kut_hash_string(hash, sources->item[i] + strlen(resource_dir));
		kut_hash_add(hash, text.data, text.len);
		kut_text_free(&text);
	}
	for (size_t i = 0; ret == 0 && i < sizeof(headers) / sizeof(headers[0]); i++) {
		char *dir = kut_format("%s/%s", resource_dir, headers[i].folder);

		ret = kut_tree_hash(dir, KUT_TREE_CONTENTS, hash, headers[i].skip, why);
		free(dir);
	}
	kut_hash_end(hash, hex);
	return ret;
}

/* The next word of a shell command, unquoted; *at moves behind it. NULL at the end. */
static char *shell_word(const char **at)
{
	const char *p = *at + strspn(*at, " \t");
	struct kut_text word = {0};
	char quote = '\0';

	if (*p == '\0' || *p == '\n' || *p == ';')
		return NULL;
	kut_text_puts(&word, "");
	for (; *p != '\0' && *p != '\n'; p++) {
		if (quote == '\0' && (*p == ' ' || *p == '\t' || *p == ';'))
			break;
		if (*p == quote)
			quote = '\0';
		else if (quote == '\0' && (*p == '\'' || *p == '"'))
			quote = *p;
		else if (*p == '\\' && quote != '\'' && p[1] != '\0' && p[1] != '\n')
			kut_text_add(&word, ++p, 1);
		else
			kut_text_add(&word, p, 1);
	}
	*at = p;
	return word.data;
}

/* Flags that belong to the one object. */
static bool own_flag(const char *word)
{
	static const char *const own[] = {"-Wp,-MMD",
					  "-Wp,-MD",
					  "-DKBUILD_MODFILE",
					  "-DKBUILD_BASENAME",
					  "-DKBUILD_MODNAME",
					  "-D__KBUILD_MODNAME",
					  "-fsanitize-coverage="};

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++)
		if (kut_starts(word, own[i]))
			return true;
	return false;
}

int kut_saved_flags(const char *cmd_file, struct kut_list *flags, char **why)
{
	struct kut_text text;
	int ret = kut_file_read(cmd_file, &text, why);
	const char *at;
	bool found = false;
	char *word;

	if (ret != 0)
		return ret;
	/* "savedcmd_kernel/resource.o := gcc ...", "cmd_" in older kernels */
	at = strstr(text.data, " := ");
	if (at != NULL && (kut_starts(text.data, "savedcmd_") || kut_starts(text.data, "cmd_"))) {
		at += 4;
		while (!found && (word = shell_word(&at)) != NULL) {
			found = strcmp(word, "-c") == 0;
			if (found || own_flag(word))
				free(word);
			else
				kut_list_take(flags, word);
		}
	}
	kut_text_free(&text);
	if (!found)
		return kut_fail(why, EINVAL, "%s: no compile command in it; make the set again",
				cmd_file);
	return 0;
}

/* Base name of a source without .c; dashes become underscores for `modname`. */
static char *stem(const char *path, bool modname)
{
	const char *base = strrchr(path, '/') + 1;
	char *s = kut_format("%.*s", (int)(strlen(base) - 2), base);

	for (char *p = s; modname && *p != '\0'; p++)
		if (*p == '-')
			*p = '_';
	return s;
}

static char *object_of(const struct kut_runtime *rt, size_t i)
{
	char *base = stem(rt->sources->item[i], false);
	char *object = kut_format("%s/%03zu-%s.o", rt->scratch, i, base);

	free(base);
	return object;
}

static void compile_args(const struct kut_runtime *rt, const struct kut_list *flags, size_t i,
			 struct kut_run *run)
{
	char *object = object_of(rt, i), *name = stem(rt->sources->item[i], true);

	for (size_t f = 0; f < flags->n; f++)
		kut_list_add(&run->argv, flags->item[f]);
	/* Kernels before 5.18 are C89. */
	kut_list_add(&run->argv, "-std=gnu11");
	kut_list_add(&run->argv, "-Wno-declaration-after-statement");
	kut_list_take(&run->argv, kut_format("-DKBUILD_BASENAME=\"%s\"", name));
	kut_list_take(&run->argv, kut_format("-DKBUILD_MODFILE=\"kut/%s\"", name));
	kut_list_take(&run->argv, kut_format("-DKBUILD_MODNAME=\"%s\"", name));
	kut_list_take(&run->argv, kut_format("-D__KBUILD_MODNAME=kmod_%s", name));
	kut_list_take(&run->argv, kut_format("-fmacro-prefix-map=%s/=", rt->resource_dir));
	kut_list_take(&run->argv, kut_format("-I%s/runtime", rt->resource_dir));
	kut_list_take(&run->argv, kut_format("-I%s/modules", rt->resource_dir));
	/* For "models/intc_regs.h": register layouts that models and runtime share. */
	kut_list_take(&run->argv, kut_format("-I%s/..", rt->resource_dir));
	/* For <kernel/sched/wait.c> and the like: sources of the tree inside ours. */
	kut_run_args(run, "-I..", "-c", "-o", object, rt->sources->item[i], NULL);
	free(object);
	free(name);
}

/* Compile all, several at once; messages in the order of the sources. */
static int compile(const struct kut_runtime *rt, const struct kut_list *flags, const char *cwd,
		   char **why)
{
	size_t n = rt->sources->n, started = 0, done = 0, cores = kut_run_cores();
	struct kut_run *run = kut_alloc(n * sizeof(*run));
	struct kut_text errors = {0}, warnings = {0};
	char *failed = NULL, *text = kut_format("building runtime.o, %zu sources", n);
	int ret = 0;

	for (; done < n && (ret == 0 || done < started); done++) {
		for (; ret == 0 && started < n && started < done + cores; started++) {
			run[started].cwd = cwd;
			compile_args(rt, flags, started, &run[started]);
			ret = kut_run_start(&run[started], why);
			if (ret != 0)
				break;
		}
		if (done == started)
			break;
		if (kut_run_finish(&run[done], why) != 0)
			ret = -EINTR;
		kut_text_puts(run[done].status ? &errors : &warnings, run[done].err.data);
		if (run[done].status != 0 && failed == NULL)
			failed = stem(rt->sources->item[done], false);
		rt->progress(rt->arg, KUT_PROGRESS_STEP, text, (int)((done + 1) * 100 / n));
	}
	if (ret == 0 && failed != NULL && strstr(errors.data, "No space left on device") != NULL) {
		errno = ENOSPC;
		ret = kut_fail_errno(why, "compile into", rt->scratch);
	} else if (ret == 0 && failed != NULL) {
		ret = kut_fail(why, EINVAL, "%s%s.c of the runtime did not compile for this kernel",
			       errors.data, failed);
	} else if (ret == 0 && warnings.len > 0) {
		rt->progress(rt->arg, KUT_PROGRESS_WARNING, warnings.data, -1);
	}
	for (size_t i = 0; i < n; i++)
		kut_run_free(&run[i]);
	free(run);
	free(failed);
	free(text);
	kut_text_free(&errors);
	kut_text_free(&warnings);
	return ret;
}

int kut_runtime_build(const struct kut_runtime *rt, char **why)
{
	char *out = kut_format("%s/" KUT_BUILD_DIR, rt->src);
	char *cmd = kut_format("%s/kernel/.resource.o.cmd", out);
	struct kut_list flags = {0}, objects = {0};
	int ret = kut_saved_flags(cmd, &flags, why);

	if (ret == 0)
		ret = kut_mkdirs(rt->scratch, why);
	if (ret == 0)
		ret = compile(rt, &flags, out, why);
	for (size_t i = 0; i < rt->sources->n; i++)
		kut_list_take(&objects, object_of(rt, i));
	if (ret == 0)
		ret = kut_link(out, &objects, rt->output, why);
	kut_list_free(&flags);
	kut_list_free(&objects);
	free(cmd);
	free(out);
	return ret;
}
