/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include <jansson.h>

#include "kernel-under-test/kbuild/manifest.h"
#include "kernel-under-test/kbuild/paths.h"

/* The strings of a manifest, by their names. */
static const struct {
	const char *key;
	size_t offset;
} strings[] = {
	{"version", offsetof(struct kut_manifest, set.version)},
	{"target", offsetof(struct kut_manifest, set.target)},
	{"source", offsetof(struct kut_manifest, set.source)},
	{"compiler", offsetof(struct kut_manifest, set.compiler)},
	{"config", offsetof(struct kut_manifest, set.config)},
	{"fingerprint", offsetof(struct kut_manifest, set.fingerprint)},
	{"runtime_fingerprint", offsetof(struct kut_manifest, set.runtime_fingerprint)},
	{"build_key", offsetof(struct kut_manifest, build_key)},
};
enum { N_STRINGS = sizeof(strings) / sizeof(strings[0]) };

static char **string_at(const struct kut_manifest *m, size_t i)
{
	return (char **)((char *)m + strings[i].offset);
}

void kut_manifest_free(struct kut_manifest *m)
{
	if (m == NULL)
		return;
	for (size_t i = 0; i < N_STRINGS; i++)
		free(*string_at(m, i));
	for (size_t i = 0; i < m->set.n_series; i++) {
		free(m->set.series[i]);
		kut_list_free(&m->patches[i]);
	}
	for (size_t i = 0; i < m->set.n_skip_initcalls; i++)
		free(m->set.skip_initcalls[i]);
	free(m->set.series);
	free(m->set.skip_initcalls);
	free(m->patches);
	free(m->set.name);
	free(m->set.dir);
	free(m->set.kernel_o);
	free(m->set.runtime_o);
	kut_list_free(&m->runtime);
	free(m);
}

static bool read_strings(const json_t *array, struct kut_list *list)
{
	size_t i;
	json_t *value;

	if (!json_is_array(array))
		return false;
	json_array_foreach(array, i, value) {
		if (!json_is_string(value))
			return false;
		kut_list_add(list, json_string_value(value));
	}
	return true;
}

static bool read_series(const json_t *array, struct kut_manifest *m)
{
	size_t n = json_array_size(array);

	if (!json_is_array(array))
		return false;
	m->set.series = kut_alloc(n * sizeof(*m->set.series));
	m->patches = kut_alloc(n * sizeof(*m->patches));
	for (size_t i = 0; i < n; i++) {
		const json_t *one = json_array_get(array, i);
		const json_t *name = json_object_get(one, "name");

		if (!json_is_string(name))
			return false;
		m->set.series[m->set.n_series++] = kut_strdup(json_string_value(name));
		if (!read_strings(json_object_get(one, "patches"), &m->patches[i]))
			return false;
	}
	return true;
}

/* NULL, or the key that is missing or of the wrong kind. */
static const char *fill(struct kut_manifest *m, const json_t *root)
{
	struct kut_list skip = {0};

	for (size_t i = 0; i < N_STRINGS; i++) {
		const json_t *value = json_object_get(root, strings[i].key);

		if (!json_is_string(value))
			return strings[i].key;
		*string_at(m, i) = kut_strdup(json_string_value(value));
	}
	if (!json_is_integer(json_object_get(root, "objects")))
		return "objects";
	if (!json_is_integer(json_object_get(root, "imports")))
		return "imports";
	m->set.trace_pc = json_is_true(json_object_get(root, "trace_pc"));
	m->objects = (unsigned int)json_integer_value(json_object_get(root, "objects"));
	m->imports = (unsigned int)json_integer_value(json_object_get(root, "imports"));
	if (!read_series(json_object_get(root, "series"), m))
		return "series";
	if (!read_strings(json_object_get(root, "runtime"), &m->runtime))
		return "runtime";
	if (!read_strings(json_object_get(root, "skip_initcalls"), &skip)) {
		kut_list_free(&skip);
		return "skip_initcalls";
	}
	m->set.skip_initcalls = skip.item;
	m->set.n_skip_initcalls = skip.n;
	return NULL;
}

static int parse(struct kut_manifest *m, const char *path, char **why)
{
	json_error_t error;
	json_t *root = json_load_file(path, 0, &error);
	const char *bad;
	int ret = 0;

	if (root == NULL)
		return kut_fail(why, EINVAL,
				"%s is damaged (line %d: %s); remove the kernel and add it again",
				path, error.line, error.text);
	if (json_integer_value(json_object_get(root, "format")) != KUT_MANIFEST_FORMAT)
		ret = kut_fail(why, EINVAL,
			       "%s is not a manifest of this version of Faultline; add the kernel "
			       "again",
			       path);
	else if ((bad = fill(m, root)) != NULL)
		ret = kut_fail(why, EINVAL,
			       "%s is damaged (\"%s\" is missing or of the wrong kind); remove the "
			       "kernel and add it again",
			       path, bad);
	json_decref(root);
	return ret;
}

/* The name is unknown: say which are there. */
static int no_set(const char *kernels, const char *name, char **why)
{
	struct kut_list names = {0};
	char *all;
	int ret;

	kut_set_names(kernels, &names);
	all = kut_list_join(&names, ", ");
	ret = kut_fail(why, ENOENT,
		       "no kernel %s in %s (there: %s); make it with \"faultline kernel add %s\" "
		       "and what it is of: --package, --tree or --tarball, and --series",
		       name, kernels, *all ? all : "nothing", name);
	free(all);
	kut_list_free(&names);
	return ret;
}

int kut_manifest_read(const char *kernels, const char *name, struct kut_manifest **manifest,
		      char **why)
{
	struct kut_manifest *m;
	char *path;
	int ret = kut_name_check(name, why);

	if (ret != 0)
		return ret;
	m = kut_alloc(sizeof(*m));
	m->set.name = kut_strdup(name);
	m->set.dir = kut_format("%s/%s", kernels, name);
	m->set.kernel_o = kut_format("%s/kernel.o", m->set.dir);
	m->set.runtime_o = kut_format("%s/runtime.o", m->set.dir);
	path = kut_format("%s/manifest.json", m->set.dir);
	if (access(m->set.dir, F_OK) != 0)
		ret = no_set(kernels, name, why);
	else
		ret = parse(m, path, why);
	if (ret == 0 && (access(m->set.kernel_o, R_OK) != 0 || access(m->set.runtime_o, R_OK) != 0))
		ret = kut_fail(why, ENOENT,
			       "%s lacks kernel.o or runtime.o; remove the kernel and add it again",
			       m->set.dir);
	free(path);
	if (ret == 0)
		*manifest = m;
	else
		kut_manifest_free(m);
	return ret;
}

static json_t *write_strings(char *const *item, size_t n)
{
	json_t *array = json_array();

	for (size_t i = 0; i < n; i++)
		json_array_append_new(array, json_string(item[i]));
	return array;
}

int kut_manifest_write(const struct kut_manifest *m, const char *dir, char **why)
{
	char *path = kut_format("%s/manifest.json", dir), *fresh = kut_format("%s.new", path);
	json_t *root = json_object(), *series = json_array();
	char *text;
	int ret;

	json_object_set_new(root, "format", json_integer(KUT_MANIFEST_FORMAT));
	json_object_set_new(root, "name", json_string(m->set.name));
	for (size_t i = 0; i < N_STRINGS; i++)
		json_object_set_new(root, strings[i].key, json_string(*string_at(m, i)));
	for (size_t i = 0; i < m->set.n_series; i++) {
		json_t *one = json_object();

		json_object_set_new(one, "name", json_string(m->set.series[i]));
		json_object_set_new(one, "patches",
				    write_strings(m->patches[i].item, m->patches[i].n));
		json_array_append_new(series, one);
	}
	json_object_set_new(root, "series", series);
	json_object_set_new(root, "trace_pc", json_boolean(m->set.trace_pc));
	json_object_set_new(root, "objects", json_integer(m->objects));
	json_object_set_new(root, "imports", json_integer(m->imports));
	json_object_set_new(root, "runtime", write_strings(m->runtime.item, m->runtime.n));
	json_object_set_new(root, "skip_initcalls",
			    write_strings(m->set.skip_initcalls, m->set.n_skip_initcalls));
	text = json_dumps(root, JSON_INDENT(2));
	if (text == NULL)
		ret = kut_fail(why, EINVAL,
			       "%s cannot be written: a path or a subject is not valid UTF-8",
			       path);
	else
		ret = kut_file_write(fresh, text, strlen(text), why);
	if (ret == 0 && rename(fresh, path) != 0)
		ret = kut_fail_errno(why, "put in place", path);
	free(text);
	json_decref(root);
	free(fresh);
	free(path);
	return ret;
}
