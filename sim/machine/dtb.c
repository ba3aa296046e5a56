// SPDX-License-Identifier: MIT
/* Getting a devicetree blob: a .dtb file as it is, a .dts file through dtc. */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "sim/machine/machine.h"

#define MAX_DTB (16 * 1024 * 1024)

static int fail(char **why, int err, const char *path, const char *what)
{
	if (asprintf(why, "%s: %s", path, what) < 0)
		*why = NULL;
	return err;
}

/* All of fd, at most MAX_DTB bytes, NUL-terminated. */
static char *slurp(int fd, size_t *size)
{
	char *buf = malloc(MAX_DTB + 1);
	ssize_t n;

	*size = 0;
	while (buf && *size < MAX_DTB && (n = read(fd, buf + *size, MAX_DTB - *size)) > 0)
		*size += n;
	if (buf) {
		char *fitted = realloc(buf, *size + 1);

		buf = fitted ? fitted : buf;
		buf[*size] = '\0';
	}
	return buf;
}

static void exec_dtc(const char *path, int out, int err)
{
	dup2(out, STDOUT_FILENO);
	dup2(err, STDERR_FILENO);
	execlp("dtc", "dtc", "-q", "-I", "dts", "-O", "dtb", path, (char *)NULL);
	dprintf(STDERR_FILENO, "cannot run dtc: %s (Debian package device-tree-compiler)\n",
		strerror(errno));
	_exit(127);
}

/* The messages go to a temporary file, so that neither side waits for the other. */
static int compile(const char *path, void **dtb, size_t *size, char **why)
{
	int out[2], status, err = memfd_create("dtc", MFD_CLOEXEC);
	char *text;
	pid_t pid;
	size_t n;

	if (err < 0 || pipe2(out, O_CLOEXEC))
		return fail(why, -errno, path, strerror(errno));
	pid = fork();
	if (pid == 0)
		exec_dtc(path, out[1], err);
	close(out[1]);
	*dtb = slurp(out[0], size);
	close(out[0]);
	if (pid < 0 || waitpid(pid, &status, 0) < 0 || status != 0 || *size == 0) {
		lseek(err, 0, SEEK_SET);
		text = slurp(err, &n);
		fail(why, -EINVAL, "devicetree source not valid", text ? text : path);
		free(text);
		free(*dtb);
		close(err);
		return -EINVAL;
	}
	close(err);
	return 0;
}

static bool ends_with(const char *s, const char *end)
{
	size_t n = strlen(s), m = strlen(end);

	return n >= m && strcmp(s + n - m, end) == 0;
}

int sim_dtb_load(const char *path, void **dtb, size_t *size, char **why)
{
	struct stat st;
	int fd, ret = 0;

	if (access(path, R_OK))
		return fail(why, -errno, path, strerror(errno));
	if (ends_with(path, ".dts"))
		return compile(path, dtb, size, why);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK);
	if (fd < 0)
		return fail(why, -errno, path, strerror(errno));
	if (fstat(fd, &st) || !S_ISREG(st.st_mode)) {
		close(fd);
		return fail(why, -EINVAL, path, "not a file");
	}
	*dtb = slurp(fd, size);
	close(fd);
	if (!*dtb)
		return -ENOMEM;
	if (fdt_check_full(*dtb, *size)) {
		free(*dtb);
		ret = fail(why, -EINVAL, path, "not a valid devicetree blob");
	}
	return ret;
}
