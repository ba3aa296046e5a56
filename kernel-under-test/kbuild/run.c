/* SPDX-License-Identifier: MIT */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/run.h"

static volatile sig_atomic_t caught;
static volatile sig_atomic_t groups[KUT_RUN_MAX]; /* 0: free */
static struct sigaction saved_int, saved_term;

static void on_signal(int sig)
{
	int err = errno;

	caught = sig;
	for (int i = 0; i < KUT_RUN_MAX; i++)
		if (groups[i] > 0)
			kill(-(pid_t)groups[i], SIGTERM);
	errno = err;
}

void kut_signals_hold(void)
{
	struct sigaction action = {.sa_handler = on_signal};

	caught = 0;
	sigemptyset(&action.sa_mask);
	sigaction(SIGINT, &action, &saved_int);
	sigaction(SIGTERM, &action, &saved_term);
}

void kut_signals_release(void)
{
	sigaction(SIGINT, &saved_int, NULL);
	sigaction(SIGTERM, &saved_term, NULL);
}

int kut_interrupted(char **why)
{
	if (caught == 0)
		return 0;
	return kut_fail(why, EINTR, "interrupted (%s); nothing half-made was left behind",
			strsignal(caught));
}

bool kut_program_exists(const char *name)
{
	const char *path = getenv("PATH");
	bool found = false;
	char *copy, *at, *dir;

	copy = at = kut_strdup(path ? path : "/usr/bin:/bin");
	while (!found && (dir = strsep(&at, ":")) != NULL) {
		char *file = kut_format("%s/%s", *dir ? dir : ".", name);

		found = access(file, X_OK) == 0;
		free(file);
	}
	free(copy);
	return found;
}

void kut_run_args(struct kut_run *run, ...)
{
	va_list args;
	const char *s;

	va_start(args, run);
	while ((s = va_arg(args, const char *)) != NULL)
		kut_list_add(&run->argv, s);
	va_end(args);
}

void kut_run_free(struct kut_run *run)
{
	kut_list_free(&run->argv);
	kut_text_free(&run->out);
	kut_text_free(&run->err);
}

static void child(const struct kut_run *run, int out, int err)
{
	static const char *const keep[] = {"PATH", "HOME", "TMPDIR"};
	struct kut_list env = {0};
	int null = open("/dev/null", O_RDONLY);

	setpgid(0, 0);
	for (size_t i = 0; i < sizeof(keep) / sizeof(keep[0]); i++)
		if (getenv(keep[i]) != NULL)
			kut_list_take(&env, kut_format("%s=%s", keep[i], getenv(keep[i])));
	kut_list_add(&env, "LC_ALL=C");
	kut_list_add(&env, "GIT_OPTIONAL_LOCKS=0");
	signal(SIGINT, SIG_DFL);
	signal(SIGTERM, SIG_DFL);
	dup2(null, 0);
	dup2(out, 1);
	dup2(err, 2);
	if (run->cwd != NULL && chdir(run->cwd) != 0) {
		dprintf(2, "cannot enter %s: %s\n", run->cwd, strerror(errno));
		_exit(127);
	}
	execvpe(run->argv.item[0], run->argv.item, env.item);
	dprintf(2, "cannot run %s: %s\n", run->argv.item[0], strerror(errno));
	_exit(127);
}

static void group_add(pid_t pid)
{
	for (int i = 0; i < KUT_RUN_MAX; i++)
		if (groups[i] == 0) {
			groups[i] = pid;
			return;
		}
}

static void group_remove(pid_t pid)
{
	for (int i = 0; i < KUT_RUN_MAX; i++)
		if (groups[i] == pid)
			groups[i] = 0;
}

/* stderr goes to a file in memory, so that a child never waits for us to read it. */
int kut_run_start(struct kut_run *run, char **why)
{
	int out[2];
	pid_t pid;

	if (kut_interrupted(why) != 0)
		return -EINTR;
	if (pipe2(out, O_CLOEXEC) != 0)
		return kut_fail_errno(why, "make a pipe for", run->argv.item[0]);
	run->out_fd = out[0];
	run->err_fd = memfd_create("stderr", MFD_CLOEXEC);
	pid = run->err_fd < 0 ? -1 : fork();
	if (pid == 0)
		child(run, out[1], run->err_fd);
	close(out[1]);
	if (pid < 0) {
		int ret = kut_fail_errno(why, "start", run->argv.item[0]);

		close(out[0]);
		if (run->err_fd >= 0)
			close(run->err_fd);
		return ret;
	}
	setpgid(pid, pid);
	group_add(pid);
	if (caught != 0) /* it came between the check and here */
		kill(-pid, SIGTERM);
	run->pid = pid;
	return 0;
}

/* Hand out the whole lines at the head of run->out. */
static void hand_lines(struct kut_run *run, bool last)
{
	char *at = run->out.data, *end;

	if (run->line == NULL)
		return;
	while ((end = strchr(at, '\n')) != NULL) {
		*end = '\0';
		run->line(run->arg, at);
		at = end + 1;
	}
	if (last && *at != '\0') {
		run->line(run->arg, at);
		at += strlen(at);
	}
	run->out.len = strlen(at);
	memmove(run->out.data, at, run->out.len + 1);
}

int kut_run_finish(struct kut_run *run, char **why)
{
	char buf[4096];
	int status;
	ssize_t n;

	kut_text_puts(&run->out, "");
	kut_text_puts(&run->err, "");
	while ((n = read(run->out_fd, buf, sizeof(buf))) > 0 || (n < 0 && errno == EINTR)) {
		if (n < 0)
			continue;
		kut_text_add(&run->out, buf, (size_t)n);
		hand_lines(run, false);
	}
	hand_lines(run, true);
	while (waitpid(run->pid, &status, 0) < 0 && errno == EINTR)
		;
	group_remove(run->pid);
	for (off_t at = 0; (n = pread(run->err_fd, buf, sizeof(buf), at)) > 0; at += n)
		kut_text_add(&run->err, buf, (size_t)n);
	close(run->out_fd);
	close(run->err_fd);
	run->status = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
	return kut_interrupted(why);
}

int kut_run(struct kut_run *run, char **why)
{
	int ret = kut_run_start(run, why);

	return ret == 0 ? kut_run_finish(run, why) : ret;
}

unsigned int kut_run_cores(void)
{
	long n = sysconf(_SC_NPROCESSORS_ONLN);

	return n < 1 ? 1 : n > KUT_RUN_MAX ? KUT_RUN_MAX : (unsigned int)n;
}
