/* SPDX-License-Identifier: MIT */
#ifndef SIM_CLI_BENCH_H
#define SIM_CLI_BENCH_H

/* What a benchmark measured. */
struct bench_figures {
	double median_ms, rss_mib;
	unsigned int runs;
};

/*
 * Time from the start of a process to its probed driver, and the largest resident
 * set, over several processes. 0 or an exit status, message on stderr.
 */
int bench_kernel_boot(const char *kernel, struct bench_figures *figures);

#endif
