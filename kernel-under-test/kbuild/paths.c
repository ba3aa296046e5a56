/* SPDX-License-Identifier: MIT */
#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/paths.h"
#include "kernel-under-test/kbuild/tree.h"

static bool is_dir(const char *path)
{
	struct stat st;

	return stat(path, &st) == 0 && S_ISDIR(st.st_mode);
}

/* Folder of the running program, resolved. malloc()ed. */
static char *program_dir(void)
{
	char path[PATH_MAX], *slash;
	ssize_t n = readlink("/proc/self/exe", path, sizeof(path) - 1);

	if (n < 0)
		return kut_strdup("");
	path[n] = '\0';
	slash = strrchr(path, '/');
	*slash = '\0';
	return kut_strdup(path);
}

/* The program runs from the build tree: it is below the folder that holds kernels/. */
static bool in_build_tree(void)
{
	char *build = kut_strdup(FAULTLINE_BUILD_KERNELS), *dir = program_dir();
	char real[PATH_MAX];
	bool inside = false;

	*strrchr(build, '/') = '\0';
	if (realpath(build, real) != NULL)
		inside = kut_starts(dir, real) &&
			 (dir[strlen(real)] == '/' || dir[strlen(real)] == '\0');
	free(build);
	free(dir);
	return inside;
}

int kut_kernels_dir(const char *given, bool make, char **dir, char **why)
{
	const char *env = getenv("FAULTLINE_KERNELS"), *data = getenv("XDG_DATA_HOME");
	const char *home = getenv("HOME");
	char *path, real[PATH_MAX];

	if (given != NULL)
		path = kut_strdup(given);
	else if (env != NULL && *env != '\0')
		path = kut_strdup(env);
	else if (in_build_tree())
		path = kut_strdup(FAULTLINE_BUILD_KERNELS);
	else if (data != NULL && *data == '/')
		path = kut_format("%s/faultline/kernels", data);
	else if (home != NULL && *home != '\0')
		path = kut_format("%s/.local/share/faultline/kernels", home);
	else
		return kut_fail(why, ENOENT,
				"no folder for kernels: HOME is not set; set FAULTLINE_KERNELS");
	if (make && kut_mkdirs(path, why) != 0) {
		free(path);
		return -EACCES;
	}
	if (realpath(path, real) == NULL) {
		*dir = path;
		return 0;
	}
	free(path);
	*dir = kut_strdup(real);
	return 0;
}

int kut_resource_dir(const char *given, char **dir, char **why)
{
	char *program = program_dir(), *candidate[3], *tried;
	int ret = 0;

	candidate[0] = kut_strdup(FAULTLINE_SOURCE_DIR "/kernel-under-test");
	candidate[1] = kut_format("%s/../share/faultline/kernel-under-test", program);
	candidate[2] = kut_strdup(FAULTLINE_DATA_DIR "/kernel-under-test");
	*dir = given ? realpath(given, NULL) : NULL;
	if (given && *dir == NULL)
		ret = kut_fail_errno(why, "open the folder", given);
	for (int i = in_build_tree() ? 0 : 1; given == NULL && *dir == NULL && i < 3; i++) {
		tried = kut_format("%s/targets", candidate[i]);
		if (is_dir(tried))
			*dir = realpath(candidate[i], NULL);
		free(tried);
	}
	if (*dir == NULL && ret == 0)
		ret = kut_fail(why, ENOENT,
			       "Faultline's own files (targets, overrides, runtime) are neither in "
			       "%s nor in %s; install it again",
			       candidate[1], candidate[2]);
	for (int i = 0; i < 3; i++)
		free(candidate[i]);
	free(program);
	return ret;
}

int kut_name_check(const char *name, char **why)
{
	bool ok = *name != '\0' && *name != '.' && *name != '-' && strlen(name) <= 64 &&
		  strstr(name, ".tmp-") == NULL;

	for (const char *p = name; *p != '\0'; p++)
		ok = ok && (isalnum((unsigned char)*p) || strchr("._+-", *p) != NULL);
	if (ok)
		return 0;
	return kut_fail(why, EINVAL,
			"\"%s\" cannot name a kernel: use up to 64 letters, digits and . _ + -, "
			"starting with a letter or digit, without \".tmp-\"",
			name);
}

int kut_lock(const char *kernels, const char *name, bool wait, char **why)
{
	char *dir = kut_format("%s/.locks", kernels), *path = kut_format("%s/%s", dir, name);
	int ret = kut_mkdirs(dir, why), fd;

	free(dir);
	if (ret != 0) {
		free(path);
		return ret;
	}
	fd = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0666);
	ret = fd;
	if (fd < 0) {
		ret = kut_fail_errno(why, "create the lock", path);
	} else if (flock(fd, wait ? LOCK_EX : LOCK_EX | LOCK_NB) != 0) {
		ret = errno == EINTR
			      ? kut_fail(why, EINTR, "interrupted")
			      : kut_fail(why, EBUSY,
					 "%s is being worked on by another process; wait for "
					 "it to end",
					 name);
		close(fd);
	}
	free(path);
	return ret;
}

int kut_remove_stale(const char *kernels, const char *name, char **why)
{
	struct kut_list names = {0};
	char *ours = kut_format("%s.tmp-", name);
	int ret = 0;

	kut_dir_names(kernels, &names);
	for (size_t i = 0; ret == 0 && i < names.n; i++) {
		const char *mark = strstr(names.item[i], ".tmp-");
		char *path;
		long pid;

		if (mark == NULL)
			continue;
		pid = strtol(mark + strlen(".tmp-"), NULL, 10);
		if (!kut_starts(names.item[i], ours) &&
		    (pid <= 0 || kill((pid_t)pid, 0) == 0 || errno != ESRCH))
			continue;
		path = kut_format("%s/%s", kernels, names.item[i]);
		ret = kut_tree_remove(path, why);
		free(path);
	}
	kut_list_free(&names);
	free(ours);
	return ret;
}

void kut_set_names(const char *kernels, struct kut_list *names)
{
	struct kut_list all = {0};

	kut_dir_names(kernels, &all);
	for (size_t i = 0; i < all.n; i++) {
		char *path = kut_format("%s/%s", kernels, all.item[i]);
		char *why = NULL;

		if (kut_name_check(all.item[i], &why) == 0 && is_dir(path))
			kut_list_add(names, all.item[i]);
		free(why);
		free(path);
	}
	kut_list_free(&all);
}

/* N of the set "NAME.N"; -1: it is none of those. */
static long family_member(const char *set, const char *name)
{
	size_t len = strlen(name);
	char *end;
	long n;

	if (!kut_starts(set, name) || set[len] != '.' || !isdigit((unsigned char)set[len + 1]))
		return -1;
	n = strtol(set + len + 1, &end, 10);
	return *end == '\0' ? n : -1;
}

char *kut_set_resolve(const char *kernels, const char *name)
{
	char *path = kut_format("%s/%s", kernels, name), *best = kut_strdup(name);
	struct kut_list sets = {0};
	long last = -1;

	if (!is_dir(path))
		kut_set_names(kernels, &sets);
	for (size_t i = 0; i < sets.n; i++) {
		long n = family_member(sets.item[i], name);

		if (n <= last)
			continue;
		last = n;
		free(best);
		best = kut_strdup(sets.item[i]);
	}
	kut_list_free(&sets);
	free(path);
	return best;
}
