/* SPDX-License-Identifier: MIT */
/*
 * Throughput of libfaultline-psp alone, on the calling thread.
 *
 * Concepts. One machine with 64 MiB of RAM behind callbacks, SNP initialised, SEV and SNP
 * guests running. Each figure is the best of three runs of at least 0.2 s, in time of the core:
 *
 * - commands: PLATFORM_STATUS and GUEST_STATUS in turn, whole: three register writes,
 *   psp_step(), psp_complete(), the response read back and checked;
 * - LAUNCH_UPDATE: a 4 KiB page of random bytes by each command, SHA-256 and encryption
 *   (SEV), SHA-384, RMP and encryption (SNP);
 * - encrypted memory: reads and writes in turn of 64 bytes, in an order without locality
 *   over 1 MiB (the host's caches hold it), by an SNP guest through psp_access(), RMP checks
 *   included;
 * - page state checks: psp_rmp_check() of host, device and guest in turn, over 8 MiB.
 */
#ifndef TESTS_BENCH_PSP_BENCH_H
#define TESTS_BENCH_PSP_BENCH_H

struct psp_bench_result {
	double commands_model_per_s;
	double launch_update_mb_s;     /* LAUNCH_UPDATE_DATA; MB = 10^6 bytes */
	double snp_launch_update_mb_s; /* SNP_LAUNCH_UPDATE, NORMAL pages */
	double encrypted_mb_s;
	double encrypted_page_mb_s; /* the same with 4096 bytes at a time */
	double rmp_check_per_s;
};

/* 0, or negative errno with *why a constant text. */
int psp_bench_run(struct psp_bench_result *out, const char **why);

#endif
