// SPDX-License-Identifier: MIT
/* Finding the files that a scenario names. */
#define _GNU_SOURCE
#include <errno.h>
#include <libgen.h>
#include <stdio.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/paths.h"
#include "sim/scenario/paths.h"

static bool is_file_name(const char *name)
{
	return strchr(name, '/') || strstr(name, ".dts") || strstr(name, ".dtb");
}

/* A relative path counts from the scenario's folder. */
static char *beside(const char *scenario, const char *name)
{
	char *copy = strdup(scenario ? scenario : "."), *path = NULL;

	if (name[0] == '/' || !copy) {
		free(copy);
		return strdup(name);
	}
	if (asprintf(&path, "%s/%s", dirname(copy), name) < 0)
		path = NULL;
	free(copy);
	return path;
}

/* machines/NAME.dtb of the build or the installation. */
static char *own_machine(const char *name)
{
	char *path = NULL, exe[4096];
	ssize_t n = readlink("/proc/self/exe", exe, sizeof(exe) - 1);
	static const char *const places[] = {"machines", "../share/faultline/machines"};

	if (n < 0)
		return NULL;
	exe[n] = '\0';
	*strrchr(exe, '/') = '\0';
	for (int i = 0; i < 2; i++) {
		if (asprintf(&path, "%s/%s/%s.dtb", exe, places[i], name) < 0)
			return NULL;
		if (access(path, R_OK) == 0)
			return path;
		free(path);
	}
	return NULL;
}

char *scn_find_machine(const char *name, const char *scenario, char **why)
{
	char *path = is_file_name(name) ? beside(scenario, name) : own_machine(name);

	if (path && access(path, R_OK) == 0)
		return path;
	if (asprintf(why,
		     "there is no machine \"%s\": give the name of one of Faultline's "
		     "(virt-pcie), or the path of a .dts or .dtb file%s%s",
		     name, path ? "; not readable: " : "", path ? path : "") < 0)
		*why = NULL;
	free(path);
	return NULL;
}

char *scn_read_file(const char *path, char **why)
{
	FILE *f = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	ssize_t n = -1;

	if (f) {
		n = getdelim(&text, &size, '\0', f);
		if (n < 0 && feof(f)) { /* an empty file */
			free(text);
			text = strdup("");
			n = 0;
		}
	}
	if (n < 0 && asprintf(why, "%s: %s", path, strerror(errno)) < 0)
		*why = NULL;
	if (f)
		fclose(f);
	if (n < 0) {
		free(text);
		return NULL;
	}
	return text;
}
