/* SPDX-License-Identifier: MIT */
/* kernel add: inputs, what of them is new, and the steps in their order. */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/build.h"
#include "kernel-under-test/kbuild/manifest.h"
#include "kernel-under-test/kbuild/paths.h"
#include "kernel-under-test/kbuild/run.h"
#include "kernel-under-test/kbuild/source.h"
#include "kernel-under-test/kbuild/tree.h"

struct job {
	const struct kut_add_request *req;
	kut_progress_fn progress;
	void *arg;
	char *kernels, *resources;
	char *final, *tmp; /* folders of the set */

	struct kut_source source;
	struct kut_target target;
	struct kut_series *series;
	size_t n_series;
	struct kut_list series_names;
	struct kut_list settings; /* of .config */
	struct kut_list runtime_sources;
	char *compiler;
	char *config; /* text of the user's fragment */
	char fingerprint[KUT_HASH_HEX], runtime_fingerprint[KUT_HASH_HEX], build_key[KUT_HASH_HEX];

	struct kut_list objects;
	size_t imports;
};

static void ignore_progress(void *arg, enum kut_progress_kind kind, const char *text, int percent)
{
	(void)arg;
	(void)kind;
	(void)text;
	(void)percent;
}

static void step(const struct job *job, const char *text)
{
	job->progress(job->arg, KUT_PROGRESS_STEP, text, -1);
}

/* What a build runs, and the Debian package it comes from. */
static int check_tools(const struct job *job, char **why)
{
	static const struct {
		const char *program, *package;
	} tools[] = {
		{"make", "make"},   {"gcc", "gcc"},	{"ld", "binutils"},
		{"ar", "binutils"}, {"patch", "patch"}, {"flex", "flex"},
		{"bison", "bison"}, {"bc", "bc"},	{"tar", "tar"},
	};
	struct kut_list programs = {0}, packages = {0};
	int ret = 0;

	for (size_t i = 0; i < sizeof(tools) / sizeof(tools[0]); i++)
		if (!kut_program_exists(tools[i].program)) {
			kut_list_add(&programs, tools[i].program);
			kut_list_add(&packages, tools[i].package);
		}
	if (job->source.archive != NULL && kut_ends(job->source.archive, ".xz") &&
	    !kut_program_exists("xz")) {
		kut_list_add(&programs, "xz");
		kut_list_add(&packages, "xz-utils");
	}
	if (access("/usr/include/gelf.h", R_OK) != 0) {
		kut_list_add(&programs, "gelf.h");
		kut_list_add(&packages, "libelf-dev");
	}
	if (programs.n > 0) {
		char *what = kut_list_join(&programs, ", "), *from = kut_list_join(&packages, " ");

		ret = kut_fail(why, ENOENT,
			       "missing to build a kernel: %s; install with \"apt-get install %s\"",
			       what, from);
		free(what);
		free(from);
	}
	kut_list_free(&programs);
	kut_list_free(&packages);
	return ret;
}

static int read_compiler(struct job *job, char **why)
{
	struct kut_run run = {0};
	int ret;

	kut_run_args(&run, "gcc", "--version", NULL);
	ret = kut_run(&run, why);
	if (ret == 0 && run.status != 0)
		ret = kut_fail(why, EINVAL, "gcc --version failed:\n%s", run.err.data);
	if (ret == 0)
		job->compiler = kut_format("%.*s", (int)strcspn(run.out.data, "\n"), run.out.data);
	kut_run_free(&run);
	return ret;
}

static int read_series(struct job *job, char **why)
{
	int ret = 0;

	job->series = kut_alloc(job->req->n_series * sizeof(*job->series));
	for (size_t i = 0; ret == 0 && i < job->req->n_series; i++) {
		struct kut_series *s = &job->series[i];

		ret = kut_series_read(s, job->req->series[i], job->resources, why);
		if (ret != 0)
			break;
		job->n_series++;
		if (kut_list_has(&job->series_names, s->name))
			ret = kut_fail(why, EINVAL, "two series are named %s; rename one", s->name);
		kut_list_add(&job->series_names, s->name);
	}
	return ret;
}

/* A series may need options of its own: faultline.config beside its patches. */
static void add_series_config(const struct kut_series *series, struct kut_list *files)
{
	char *path = kut_format("%s/faultline.config", series->path);

	if (access(path, F_OK) == 0)
		kut_list_add(files, path);
	free(path);
}

/* The target's fragments, those of the series, the user's; a later one overrides. */
static int read_config(struct job *job, char **why)
{
	struct kut_list files = {0};
	struct kut_text text = {0};
	int ret = 0;

	for (size_t i = 0; i < job->target.configs.n; i++)
		kut_list_add(&files, job->target.configs.item[i]);
	for (size_t i = 0; i < job->n_series; i++)
		add_series_config(&job->series[i], &files);
	if (job->req->config != NULL) {
		kut_list_add(&files, job->req->config);
		ret = kut_file_read(job->req->config, &text, why);
	}
	if (ret == 0)
		ret = kut_config_lines(&files, &job->settings, why);
	job->config = kut_strdup(text.data ? text.data : "");
	kut_text_free(&text);
	kut_list_free(&files);
	return ret;
}

static int take_fingerprints(struct job *job, char **why)
{
	struct kut_hash *all = kut_hash_new(), *key = kut_hash_new();
	char *overrides = kut_format("%s/overrides", job->resources);
	char *settings = kut_list_join(&job->settings, "\n");
	char *format = kut_format("format %d", KUT_MANIFEST_FORMAT);
	int ret;

	kut_hash_string(key, format);
	kut_hash_string(key, job->source.key);
	kut_hash_string(key, job->target.fingerprint);
	kut_hash_string(key, settings);
	kut_hash_string(key, job->compiler);
	/* Nothing stands for its absence, in either hash. */
	if (job->req->trace_pc)
		kut_hash_string(key, kut_trace_pc_arg);
	/* make sees that a header has changed, not that a new one hides the kernel's */
	ret = kut_tree_hash(overrides, KUT_TREE_PATHS, key, NULL, why);
	kut_hash_end(key, job->build_key);

	kut_hash_string(all, format);
	kut_hash_string(all, job->source.identity);
	kut_hash_string(all, job->target.fingerprint);
	kut_hash_string(all, settings);
	kut_hash_string(all, job->compiler);
	if (job->req->trace_pc)
		kut_hash_string(all, kut_trace_pc_arg);
	for (size_t i = 0; i < job->n_series; i++) {
		kut_hash_string(all, job->series[i].name);
		kut_hash_string(all, job->series[i].fingerprint);
	}
	if (ret == 0)
		ret = kut_tree_hash(overrides, KUT_TREE_CONTENTS, all, NULL, why);
	kut_hash_end(all, job->fingerprint);
	free(format);
	free(settings);
	free(overrides);
	if (ret == 0)
		ret = kut_runtime_sources(job->resources, &job->series_names, &job->runtime_sources,
					  why);
	if (ret == 0)
		ret = kut_runtime_fingerprint(job->resources, &job->runtime_sources,
					      job->runtime_fingerprint, why);
	return ret;
}

static int read_inputs(struct job *job, char **why)
{
	const struct kut_add_request *req = job->req;
	int ret = kut_source_find(&job->source, req, job->kernels, why);

	if (ret == 0)
		ret = check_tools(job, why);
	if (ret == 0)
		ret = read_series(job, why);
	if (ret == 0)
		ret = kut_source_prepare(&job->source, job->kernels, job->progress, job->arg, why);
	if (ret == 0)
		ret = kut_target_read(&job->target, job->resources,
				      req->target ? req->target : "smmu", job->source.version, why);
	if (ret == 0)
		ret = read_config(job, why);
	if (ret == 0)
		ret = read_compiler(job, why);
	if (ret == 0 && req->trace_pc)
		ret = kut_trace_pc_check(job->compiler, why);
	if (ret == 0)
		ret = take_fingerprints(job, why);
	return ret;
}

static int patched_tree(const struct job *job, const char *src, char **why)
{
	char *overrides = kut_format("%s/overrides", job->resources);
	char *copy = kut_format("%s/" KUT_OVERRIDES_DIR, src);
	char *keep = kut_format("%s/patches", job->tmp);
	struct kut_text notes = {0};
	int ret;

	step(job, "copying the tree");
	ret = kut_source_copy(&job->source, src, why);
	if (ret == 0)
		ret = kut_tree_copy(overrides, copy, KUT_COPY_DATA, NULL, why);
	for (size_t i = 0; ret == 0 && i < job->n_series; i++) {
		char *text = kut_format("applying %s, %zu patches", job->series[i].name,
					job->series[i].n);

		step(job, text);
		free(text);
		ret = kut_series_apply(&job->series[i], src, keep, &notes, why);
	}
	if (ret == 0 && notes.len > 0)
		job->progress(job->arg, KUT_PROGRESS_WARNING, notes.data, -1);
	if (ret == 0)
		ret = kut_kconfig_apply(&job->target, src, why);
	kut_text_free(&notes);
	free(overrides);
	free(copy);
	free(keep);
	return ret;
}

/* A set whose build can be gone on from: our own older one first. malloc()ed, or NULL. */
static char *find_base(const struct job *job, int *lock)
{
	struct kut_list names = {0};
	char *found = NULL;

	kut_list_add(&names, job->req->name);
	kut_set_names(job->kernels, &names);
	for (size_t i = 0; found == NULL && i < names.n; i++) {
		struct kut_manifest *m;
		char *why = NULL;
		bool ours = strcmp(names.item[i], job->req->name) == 0;

		if (!ours)
			*lock = kut_lock(job->kernels, names.item[i], false, &why);
		if ((ours || *lock >= 0) &&
		    kut_manifest_read(job->kernels, names.item[i], &m, &why) == 0) {
			if (strcmp(m->build_key, job->build_key) == 0)
				found = kut_strdup(m->set.dir);
			kut_manifest_free(m);
		}
		if (found == NULL && *lock >= 0) {
			close(*lock);
			*lock = -1;
		}
		free(why);
	}
	kut_list_free(&names);
	return found;
}

/* The set's build folder, configured: another set's if one fits. */
static int prepare_build(const struct job *job, const struct kut_build *build, char **why)
{
	struct kut_list changed = {0};
	int lock = -1, ret = 0;
	char *base = find_base(job, &lock);
	bool configure = base == NULL;

	if (base != NULL) {
		char *text = kut_format("starting from the build of %s", strrchr(base, '/') + 1);

		step(job, text);
		free(text);
		ret = kut_build_reuse(build, base, &changed, why);
	}
	for (size_t i = 0; i < changed.n; i++) {
		const char *slash = strrchr(changed.item[i], '/');

		configure = configure || kut_starts(slash ? slash + 1 : changed.item[i], "Kconfig");
	}
	if (ret == 0 && configure)
		ret = kut_build_configure(build, &job->settings, why);
	if (lock >= 0)
		close(lock);
	kut_list_free(&changed);
	free(base);
	return ret;
}

static int build_runtime(const struct job *job, const char *set, const char *output, char **why)
{
	char *src = kut_format("%s/src", set), *scratch = kut_format("%s/scratch", job->tmp);
	struct kut_runtime runtime = {.src = src,
				      .resource_dir = job->resources,
				      .scratch = scratch,
				      .output = output,
				      .sources = &job->runtime_sources,
				      .progress = job->progress,
				      .arg = job->arg};
	int ret = kut_runtime_build(&runtime, why);

	if (ret == 0)
		ret = kut_tree_remove(scratch, why);
	free(src);
	free(scratch);
	return ret;
}

static int write_manifest(const struct job *job, const char *dir, char **why)
{
	struct kut_manifest *m = kut_alloc(sizeof(*m));
	struct kut_list skip = {0};
	int ret;

	m->set.name = kut_strdup(job->req->name);
	m->set.version = kut_strdup(job->source.version);
	m->set.target = kut_strdup(job->target.name);
	m->set.source = kut_strdup(job->source.label);
	m->set.compiler = kut_strdup(job->compiler);
	m->set.config = kut_strdup(job->config);
	m->set.trace_pc = job->req->trace_pc;
	m->set.fingerprint = kut_strdup(job->fingerprint);
	m->set.runtime_fingerprint = kut_strdup(job->runtime_fingerprint);
	m->build_key = kut_strdup(job->build_key);
	m->objects = (unsigned int)job->objects.n;
	m->imports = (unsigned int)job->imports;
	m->set.series = kut_alloc(job->n_series * sizeof(*m->set.series));
	m->patches = kut_alloc(job->n_series * sizeof(*m->patches));
	for (size_t i = 0; i < job->n_series; i++) {
		m->set.series[m->set.n_series++] = kut_strdup(job->series[i].name);
		for (size_t p = 0; p < job->series[i].n; p++)
			kut_list_add(&m->patches[i], job->series[i].patch[p].label);
	}
	for (size_t i = 0; i < job->target.skip_initcalls.n; i++)
		kut_list_add(&skip, job->target.skip_initcalls.item[i]);
	m->set.skip_initcalls = skip.item;
	m->set.n_skip_initcalls = skip.n;
	for (size_t i = 0; i < job->runtime_sources.n; i++)
		kut_list_add(&m->runtime,
			     job->runtime_sources.item[i] + strlen(job->resources) + 1);
	ret = kut_manifest_write(m, dir, why);
	kut_manifest_free(m);
	return ret;
}

/* The finished folder takes its name; what had it is then removed. */
static int put_in_place(const struct job *job, char **why)
{
	if (access(job->final, F_OK) != 0)
		return rename(job->tmp, job->final) == 0
			       ? 0
			       : kut_fail_errno(why, "put in place", job->final);
	if (renameat2(AT_FDCWD, job->tmp, AT_FDCWD, job->final, RENAME_EXCHANGE) == 0)
		return 0;
	/* A file system without it: there is no set for a moment. */
	if (kut_tree_remove(job->final, why) != 0 || rename(job->tmp, job->final) != 0)
		return kut_fail_errno(why, "replace", job->final);
	return 0;
}

/* What would only be seen by the first run is told now. */
static int audit(struct job *job, const char *kernel_o, const char *runtime_o, char **why)
{
	char *text;
	int ret = kut_audit_set(kernel_o, runtime_o, &text, why);

	if (text != NULL)
		job->progress(job->arg, KUT_PROGRESS_WARNING, text, -1);
	free(text);
	return ret;
}

static int build_set(struct job *job, char **why)
{
	struct kut_build build = {.set = job->tmp,
				  .target = &job->target,
				  .trace_pc = job->req->trace_pc,
				  .progress = job->progress,
				  .arg = job->arg};
	char *src = kut_format("%s/src", job->tmp), *out = kut_format("%s/" KUT_BUILD_DIR, src);
	char *kernel_o = kut_format("%s/kernel.o", job->tmp);
	char *runtime_o = kut_format("%s/runtime.o", job->tmp);
	char *wanted = kut_format("%s/wanted.txt", job->tmp);
	int ret = kut_mkdirs(job->tmp, why);

	if (ret == 0)
		ret = patched_tree(job, src, why);
	if (ret == 0)
		ret = prepare_build(job, &build, why);
	if (ret == 0)
		ret = kut_build_objects(&build, &job->objects, why);
	if (ret == 0)
		ret = kut_wanted_write(kernel_o, out, &job->objects, wanted, &job->imports, why);
	if (ret == 0)
		ret = build_runtime(job, job->tmp, runtime_o, why);
	if (ret == 0)
		ret = audit(job, kernel_o, runtime_o, why);
	if (ret == 0)
		ret = write_manifest(job, job->tmp, why);
	if (ret == 0)
		ret = kut_interrupted(why);
	if (ret == 0)
		ret = put_in_place(job, why);
	free(src);
	free(out);
	free(kernel_o);
	free(runtime_o);
	free(wanted);
	return ret;
}

/* Only runtime.o is stale: made beside, then put in place with its manifest. */
static int rebuild_runtime(struct job *job, struct kut_manifest *m, char **why)
{
	char *fresh = kut_format("%s/runtime.o", job->tmp);
	int ret = kut_mkdirs(job->tmp, why);

	if (ret == 0)
		ret = build_runtime(job, job->final, fresh, why);
	if (ret == 0)
		ret = audit(job, m->set.kernel_o, fresh, why);
	if (ret == 0 && rename(fresh, m->set.runtime_o) != 0)
		ret = kut_fail_errno(why, "put in place", m->set.runtime_o);
	if (ret == 0) {
		free(m->set.runtime_fingerprint);
		m->set.runtime_fingerprint = kut_strdup(job->runtime_fingerprint);
		/* What the key is made of is in the fingerprint, which has not changed. */
		free(m->build_key);
		m->build_key = kut_strdup(job->build_key);
		kut_list_free(&m->runtime);
		for (size_t i = 0; i < job->runtime_sources.n; i++)
			kut_list_add(&m->runtime,
				     job->runtime_sources.item[i] + strlen(job->resources) + 1);
		ret = kut_manifest_write(m, job->final, why);
	}
	free(fresh);
	return ret;
}

static void say_result(const struct job *job, const char *what)
{
	char *series = kut_list_join(&job->series_names, ", ");
	char *text = kut_format("kernel %s: Linux %s for target %s%s%s%s, %s", job->req->name,
				job->source.version, job->target.name, *series ? ", with " : "",
				series, job->req->trace_pc ? ", with trace-pc" : "", what);

	job->progress(job->arg, KUT_PROGRESS_RESULT, text, 100);
	free(text);
	free(series);
}

/* The default package must not silently take the place of what a set was made of. */
static int check_same_source(const struct job *job, const struct kut_manifest *m, char **why)
{
	const struct kut_add_request *req = job->req;

	if (m == NULL || req->package || req->tree || req->tarball ||
	    strcmp(m->set.source, job->source.label) == 0)
		return 0;
	return kut_fail(why, EINVAL,
			"the set %s was made of %s; say with --package, --tree or --tarball what "
			"it shall be made of now",
			req->name, m->set.source);
}

/* Decide what is to be done, and do it. */
static int update(struct job *job, char **why)
{
	struct kut_manifest *m = NULL;
	char *reason = NULL, *text;
	int ret;

	if (access(job->final, F_OK) == 0)
		kut_manifest_read(job->kernels, job->req->name, &m, &reason);
	free(reason); /* a damaged set is made again */
	ret = check_same_source(job, m, why);
	if (ret != 0) {
		text = NULL;
	} else if (m == NULL || strcmp(m->set.fingerprint, job->fingerprint) != 0) {
		ret = build_set(job, why);
		text = kut_format("made of %zu objects", job->objects.n);
	} else if (strcmp(m->set.runtime_fingerprint, job->runtime_fingerprint) != 0) {
		ret = rebuild_runtime(job, m, why);
		text = kut_strdup("runtime.o made again, the rest is up to date");
	} else {
		ret = 0;
		text = kut_strdup("is up to date");
	}
	if (ret == 0)
		say_result(job, text);
	free(text);
	kut_manifest_free(m);
	return ret;
}

static void job_free(struct job *job)
{
	for (size_t i = 0; i < job->n_series; i++)
		kut_series_free(&job->series[i]);
	free(job->series);
	kut_source_free(&job->source);
	kut_target_free(&job->target);
	kut_list_free(&job->series_names);
	kut_list_free(&job->settings);
	kut_list_free(&job->runtime_sources);
	kut_list_free(&job->objects);
	free(job->compiler);
	free(job->config);
	free(job->kernels);
	free(job->resources);
	free(job->final);
	free(job->tmp);
}

/* Kbuild's makefiles cannot stand these in the path of a tree. */
static int check_folder(const char *kernels, char **why)
{
	if (strpbrk(kernels, " \t:'\"\\$#%") == NULL)
		return 0;
	return kut_fail(why, EINVAL,
			"the kernels folder %s has a blank or a sign in its name that Kbuild does "
			"not support; set FAULTLINE_KERNELS to another",
			kernels);
}

int kut_kernel_add(const struct kut_add_request *req, kut_progress_fn progress, void *arg,
		   char **why)
{
	struct job job = {
		.req = req, .progress = progress ? progress : ignore_progress, .arg = arg};
	char *ignored = NULL;
	int lock = -1, ret;

	*why = NULL;
	kut_signals_hold();
	ret = kut_name_check(req->name, why);
	if (ret == 0)
		ret = kut_kernels_dir(req->kernels_dir, true, &job.kernels, why);
	if (ret == 0)
		ret = kut_resource_dir(req->resource_dir, &job.resources, why);
	if (ret == 0)
		ret = check_folder(job.kernels, why);
	if (ret == 0) {
		job.final = kut_format("%s/%s", job.kernels, req->name);
		job.tmp = kut_format("%s.tmp-%d", job.final, (int)getpid());
		lock = kut_lock(job.kernels, req->name, false, why);
		ret = lock < 0 ? lock : kut_remove_stale(job.kernels, req->name, why);
	}
	if (ret == 0)
		ret = read_inputs(&job, why);
	if (ret == 0)
		ret = update(&job, why);
	if (lock >= 0) {
		kut_tree_remove(job.tmp, &ignored);
		close(lock);
	}
	free(ignored);
	job_free(&job);
	kut_signals_release();
	return ret;
}
