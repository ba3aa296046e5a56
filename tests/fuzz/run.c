/* SPDX-License-Identifier: MIT */
/*
 * Runs the fuzzer FUZZER for FUZZ_SECONDS. Beside the suites, in build/fuzz/, it keeps for the
 * next run what it has learnt (corpus/FUZZER) and what it has found (findings/FUZZER): an input
 * that failed is tried first until it passes. FAULTLINE_FUZZ_SEED=N takes the place of a seed
 * of the time.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "tests/suite.h"

enum { PATH = 1024, TAIL = 3000, SEEDS = 18, SEED_BYTES = 1000, GRACE_S = 120 };

static char folder[PATH - 256], log_file[PATH], corpus[PATH], findings[PATH], prefix[PATH + 1];

static void make_folder(const char *path)
{
	ck_assert_msg(mkdir(path, 0777) == 0 || errno == EEXIST, "cannot make %s", path);
}

static void find_folders(void)
{
	ssize_t n = readlink("/proc/self/exe", folder, sizeof(folder) - 8);

	ck_assert_int_gt(n, 0);
	folder[n] = '\0';
	for (int i = 0; i < 2; i++)
		*strrchr(folder, '/') = '\0';
	strcat(folder, "/fuzz");
	snprintf(corpus, sizeof(corpus), "%s/corpus", folder);
	snprintf(findings, sizeof(findings), "%s/findings", folder);
	make_folder(corpus);
	make_folder(findings);
	strcat(corpus, "/" FUZZER);
	strcat(findings, "/" FUZZER);
	make_folder(corpus);
	make_folder(findings);
	snprintf(prefix, sizeof(prefix), "%s/", findings);
	snprintf(log_file, sizeof(log_file), "%s/" FUZZER ".log", folder);
}

static bool is_empty(const char *path)
{
	DIR *dir = opendir(path);
	unsigned int n = 0;

	ck_assert_ptr_nonnull(dir);
	while (readdir(dir))
		n++;
	closedir(dir);
	return n <= 2;
}

/* Something to begin with: programs as long as useful, of every beginning. */
static void write_seed(unsigned int number)
{
	uint64_t state = number;
	char path[PATH + 32];
	FILE *file;

	snprintf(path, sizeof(path), "%s/seed-%u", corpus, number);
	file = fopen(path, "w");
	ck_assert_ptr_nonnull(file);
	fputc(number & 1, file);
	fputc(0, file);
	fputc((int)number, file);
	for (unsigned int i = 0; i < SEED_BYTES; i++) {
		state = state * 6364136223846793005 + 1442695040888963407;
		fputc((int)(state >> 56), file);
	}
	fclose(file);
}

static unsigned int pick_seed(void)
{
	const char *given = getenv("FAULTLINE_FUZZ_SEED");

	/* 0 would have libFuzzer choose */
	return given ? (unsigned int)strtoul(given, NULL, 0) : (unsigned int)time(NULL) | 1;
}

static void exec_fuzzer(unsigned int seed)
{
	char program[PATH], seed_option[32], time_option[32], prefix_option[PATH + 32];
	int out = open(log_file, O_WRONLY | O_CREAT | O_TRUNC, 0666);

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	dup2(out, STDOUT_FILENO);
	dup2(out, STDERR_FILENO);
	snprintf(program, sizeof(program), "%s/" FUZZER, folder);
	snprintf(seed_option, sizeof(seed_option), "-seed=%u", seed);
	snprintf(time_option, sizeof(time_option), "-max_total_time=%d", FUZZ_SECONDS);
	snprintf(prefix_option, sizeof(prefix_option), "-artifact_prefix=%s", prefix);
	setenv("ASAN_OPTIONS", "malloc_context_size=6:quarantine_size_mb=16", 1);
	setenv("UBSAN_OPTIONS", "print_stacktrace=1", 1);
	execl(program, program, seed_option, time_option, prefix_option, "-max_len=2000",
	      "-len_control=0", "-timeout=20", "-rss_limit_mb=1024", "-print_final_stats=1", corpus,
	      findings, (char *)NULL);
	dprintf(STDERR_FILENO, "cannot run %s: %s\n", program, strerror(errno));
	_exit(127);
}

/* The log's end and, from "Test unit written to", the input that failed. */
static const char *read_log(char text[TAIL + 1], char input[PATH])
{
	static const char mark[] = "Test unit written to ";
	FILE *file = fopen(log_file, "r");
	const char *found;
	size_t n = 0;

	strcpy(input, "INPUT");
	if (file) {
		if (fseek(file, -TAIL, SEEK_END))
			rewind(file);
		n = fread(text, 1, TAIL, file);
		fclose(file);
	}
	text[n] = '\0';
	found = strstr(text, mark);
	if (found)
		sscanf(found + strlen(mark), "%1000s", input);
	return text;
}

START_TEST(fuzz)
{
	char text[TAIL + 1], input[PATH];
	unsigned int seed = pick_seed();
	int status;
	pid_t pid;

	find_folders();
	if (is_empty(corpus))
		for (unsigned int i = 0; i < SEEDS; i++)
			write_seed(i);
	pid = fork();
	ck_assert_int_ge(pid, 0);
	if (pid == 0)
		exec_fuzzer(seed);
	ck_assert_int_eq(waitpid(pid, &status, 0), pid);
	read_log(text, input);
	ck_assert_msg(status == 0 && strstr(text, "number_of_executed_units"),
		      "seed %u (FAULTLINE_FUZZ_SEED=%u): status %#x\n%s\nlog: %s\nagain: %s/%s %s",
		      seed, seed, (unsigned int)status, text, log_file, folder, FUZZER, input);
}
END_TEST

void suite_cases(void)
{
	suite_add_limit(FUZZ_CASE, fuzz, FUZZ_SECONDS + GRACE_S);
}
