/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/build.h"
#include "kernel-under-test/kbuild/run.h"
#include "kernel-under-test/kbuild/tree.h"

/* Where the output was made: tools/objtool's rules hold this path. */
#define MADE_AT KUT_BUILD_DIR "/.kut-made-at"

/*
 * Variables are the same in each call: they are part of the commands that Kbuild
 * saves, and another command compiles everything again. make runs in src/build.
 */
static void make_args(const struct kut_build *build, struct kut_run *run)
{
	kut_run_args(run, "make", "-k", "O=" KUT_BUILD_DIR, NULL);
	kut_list_take(&run->argv,
		      kut_format("NOSTDINC_FLAGS=-nostdinc -I../" KUT_OVERRIDES_DIR "%s",
				 build->target->compiler_headers
					 ? " -isystem $(shell $(CC) -print-file-name=include)"
					 : ""));
	for (size_t i = 0; i < build->target->n_forced; i++) {
		const struct kut_forced *f = &build->target->forced[i];

		kut_list_take(&run->argv, kut_format("CFLAGS_%s.o=-include ../%s/%s", f->object,
						     KUT_OVERRIDES_DIR, f->header));
	}
	if (build->trace_pc)
		kut_list_add(&run->argv, kut_trace_pc_arg);
	kut_list_take(&run->argv, kut_format("-j%u", kut_run_cores()));
}

/* The object in "make[3]: *** [../scripts/Makefile.build:229: lib/idr.o] Error 1" */
static char *failed_object(const char *text)
{
	const char *at = text;

	while ((at = strstr(at, "*** [")) != NULL) {
		size_t len = strcspn(at, "]\n");
		const char *end = at + len, *name = end;

		while (name > at && name[-1] != ' ')
			name--;
		if (len > 2 && strncmp(end - 2, ".o", 2) == 0)
			return kut_format("%.*s", (int)(end - name), name);
		at = end;
	}
	return NULL;
}

/* Without the lines with which make -k names all that an error leaves unmade. */
static char *without_consequences(const char *text)
{
	struct kut_text out = {0};

	kut_text_puts(&out, "");
	while (*text != '\0') {
		size_t len = strcspn(text, "\n");
		char *line = kut_format("%.*s", (int)len, text);

		len += text[len] == '\n';
		if (!kut_starts(line, "make") || (strstr(line, "not remade because of") == NULL &&
						  strstr(line, "Nothing to be done") == NULL))
			kut_text_add(&out, text, len);
		free(line);
		text += len;
	}
	return out.data;
}

static int make_failed(const char *what, const char *src, const struct kut_run *run, char **why)
{
	char *object = failed_object(run->err.data), *said = without_consequences(run->err.data);
	int ret;

	if (strstr(run->err.data, "No space left on device") != NULL) {
		errno = ENOSPC;
		ret = kut_fail_errno(why, "build in", src);
	} else if (object != NULL) {
		ret = kut_fail(why, EINVAL, "%s%s did not compile", said, object);
	} else {
		ret = kut_fail(why, EINVAL, "%s%s failed (make ended with status %d)", said, what,
			       run->status);
	}
	free(object);
	free(said);
	return ret;
}

static int make_config(const struct kut_build *build, const char *goal, char **why)
{
	char *src = kut_format("%s/src", build->set);
	struct kut_run run = {.cwd = src};
	int ret;

	kut_run_args(&run, "make", "-s", "O=" KUT_BUILD_DIR, goal, NULL);
	ret = kut_run(&run, why);
	if (ret == 0 && run.status != 0)
		ret = make_failed(goal, src, &run, why);
	kut_run_free(&run);
	free(src);
	return ret;
}

static int append_settings(const char *path, const struct kut_list *settings, char **why)
{
	FILE *f = fopen(path, "ae");
	int bad = 0;

	if (f == NULL)
		return kut_fail_errno(why, "open", path);
	for (size_t i = 0; i < settings->n; i++)
		bad |= fprintf(f, "%s\n", settings->item[i]) < 0;
	bad |= fclose(f) != 0;
	return bad ? kut_fail_errno(why, "write", path) : 0;
}

int kut_build_configure(const struct kut_build *build, const struct kut_list *settings, char **why)
{
	char *config = kut_format("%s/src/" KUT_BUILD_DIR "/.config", build->set);
	int ret;

	build->progress(build->arg, KUT_PROGRESS_STEP, "configuring", -1);
	ret = make_config(build, "tinyconfig", why);
	if (ret == 0)
		ret = append_settings(config, settings, why);
	if (ret == 0)
		ret = make_config(build, "olddefconfig", why);
	if (ret == 0)
		ret = kut_config_check(settings, config, why);
	free(config);
	return ret;
}

struct meter {
	const struct kut_build *build;
	const char *text;
	size_t done, all;
};

/* "  CC      lib/idr.o": objects of the target are counted, roughly. */
static void on_make_line(void *arg, const char *line)
{
	struct meter *m = arg;
	const char *object;

	if (!kut_starts(line, "  CC  ") && !kut_starts(line, "  AS  "))
		return;
	object = strrchr(line, ' ') + 1;
	if (*object == '/' || !kut_ends(object, ".o") || kut_starts(object, "scripts/") ||
	    kut_starts(object, "arch/x86/entry/"))
		return; /* tools, vdso */
	if (m->done < m->all)
		m->done++;
	m->build->progress(m->build->arg, KUT_PROGRESS_STEP, m->text,
			   (int)(m->done * 100 / m->all));
}

/* Members of a folder's built-in.a, a thin archive: paths below the folder. */
static int add_members(const char *dir, const char *folder, struct kut_list *objects, char **why)
{
	struct kut_run run = {.cwd = dir};
	char *archive = kut_format("%s/built-in.a", folder), *at, *line;
	int ret;

	kut_run_args(&run, "ar", "t", archive, NULL);
	ret = kut_run(&run, why);
	if (ret == 0 && run.status != 0)
		ret = kut_fail(why, EINVAL, "cannot list %s/%s:\n%s", dir, archive, run.err.data);
	at = run.out.data;
	while (ret == 0 && (line = strsep(&at, "\n")) != NULL)
		if (*line != '\0')
			kut_list_add(objects, line);
	free(archive);
	kut_run_free(&run);
	return ret;
}

int kut_link(const char *dir, const struct kut_list *files, const char *output, char **why)
{
	struct kut_run run = {.cwd = dir};
	int ret;

	kut_run_args(&run, "ld", "-r", "-m", "elf_x86_64", "-z", "noexecstack", "-o", output, NULL);
	for (size_t i = 0; i < files->n; i++)
		kut_list_add(&run.argv, files->item[i]);
	ret = kut_run(&run, why);
	if (ret == 0 && run.status != 0)
		ret = kut_fail(why, EINVAL, "%s does not link:\n%s", output, run.err.data);
	kut_run_free(&run);
	return ret;
}

static int make_objects(const struct kut_build *build, const char *src, char **why)
{
	struct kut_run run = {.cwd = src, .line = on_make_line};
	char *text = kut_format("building %zu objects", build->target->n_links);
	struct meter meter = {.build = build, .text = text, .all = build->target->n_links};
	int ret;

	run.arg = &meter;
	make_args(build, &run);
	for (size_t i = 0; i < build->target->n_links; i++)
		if (!kut_list_has(&run.argv, build->target->link[i].goal))
			kut_list_add(&run.argv, build->target->link[i].goal);
	build->progress(build->arg, KUT_PROGRESS_STEP, text, -1);
	ret = kut_run(&run, why);
	if (ret == 0 && run.status != 0)
		ret = make_failed("building the objects", src, &run, why);
	else if (ret == 0 && run.err.len > 0)
		build->progress(build->arg, KUT_PROGRESS_WARNING, run.err.data, -1);
	kut_run_free(&run);
	free(text);
	return ret;
}

int kut_build_objects(const struct kut_build *build, struct kut_list *objects, char **why)
{
	char *src = kut_format("%s/src", build->set), *out = kut_format("%s/" KUT_BUILD_DIR, src);
	char *made_at = kut_format("%s/" MADE_AT, src);
	char *kernel_o = kut_format("%s/kernel.o", build->set);
	int ret = make_objects(build, src, why);

	for (size_t i = 0; ret == 0 && i < build->target->n_links; i++) {
		const struct kut_link *link = &build->target->link[i];

		if (link->folder)
			ret = add_members(out, link->path, objects, why);
		else
			kut_list_add(objects, link->path);
	}
	if (ret == 0)
		build->progress(build->arg, KUT_PROGRESS_STEP, "linking kernel.o", -1);
	if (ret == 0)
		ret = kut_link(out, objects, kernel_o, why);
	if (ret == 0)
		ret = kut_file_write(made_at, src, strlen(src), why);
	free(src);
	free(out);
	free(made_at);
	free(kernel_o);
	return ret;
}

static bool skip_build(const char *path, const char *base)
{
	(void)base;
	return strcmp(path, KUT_BUILD_DIR) == 0;
}

/* Replace each `from` in the file by `to`; its time stays. */
static int retarget_file(const char *path, const struct stat *st, const char *from, const char *to,
			 char **why)
{
	struct timespec times[2] = {st->st_atim, st->st_mtim};
	struct kut_text text, out = {0};
	const char *at, *hit;
	int ret = kut_file_read(path, &text, why);

	if (ret != 0)
		return ret;
	for (at = text.data; (hit = strstr(at, from)) != NULL; at = hit + strlen(from)) {
		kut_text_add(&out, at, (size_t)(hit - at));
		kut_text_puts(&out, to);
	}
	if (at != text.data) {
		kut_text_puts(&out, at);
		ret = kut_file_write(path, out.data, out.len, why);
		if (ret == 0 && utimensat(AT_FDCWD, path, times, 0) != 0)
			ret = kut_fail_errno(why, "set the time of", path);
	}
	kut_text_free(&text);
	kut_text_free(&out);
	return ret;
}

/* The host tools below tools/ are built by absolute path; else all would be built again. */
static int retarget(const char *dir, const char *from, const char *to, char **why)
{
	struct kut_list names = {0};
	int ret = 0;

	kut_dir_names(dir, &names);
	for (size_t i = 0; ret == 0 && i < names.n; i++) {
		char *path = kut_format("%s/%s", dir, names.item[i]);
		struct stat st;

		if (lstat(path, &st) == 0 && S_ISDIR(st.st_mode))
			ret = retarget(path, from, to, why);
		else if (kut_ends(path, ".cmd") || kut_ends(path, ".d"))
			ret = retarget_file(path, &st, from, to, why);
		free(path);
	}
	kut_list_free(&names);
	return ret;
}

int kut_build_reuse(const struct kut_build *build, const char *base, struct kut_list *changed,
		    char **why)
{
	char *src = kut_format("%s/src", build->set), *base_src = kut_format("%s/src", base);
	char *from = kut_format("%s/" KUT_BUILD_DIR, base_src);
	char *to = kut_format("%s/" KUT_BUILD_DIR, src), *tools = kut_format("%s/tools", to);
	char *made_at = kut_format("%s/" MADE_AT, src);
	struct kut_text old = {0};
	int ret;

	ret = kut_tree_reconcile(src, base_src, skip_build, changed, why);
	if (ret == 0)
		ret = kut_tree_copy(from, to, KUT_COPY_DATA, NULL, why);
	if (ret == 0)
		ret = kut_file_read(made_at, &old, why);
	if (ret == 0)
		ret = retarget(tools, old.data, src, why);
	kut_text_free(&old);
	free(src);
	free(base_src);
	free(from);
	free(to);
	free(tools);
	free(made_at);
	return ret;
}
