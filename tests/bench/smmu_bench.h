/* SPDX-License-Identifier: MIT */
/*
 * Throughput of libfaultline-smmu alone, on the calling thread.
 *
 * Concepts. The benchmark builds its own tables in memory of its own, reached by
 * the model through callbacks only, and checks the address of every translation.
 * A figure is translations per second, best of three runs of at least 0.3 s, over
 * 64 pages in turn with the 4 KiB granule. The walk figures are whole walks with
 * every cache off: STE, CD and all descriptors are read each time.
 */
#ifndef TESTS_BENCH_SMMU_BENCH_H
#define TESTS_BENCH_SMMU_BENCH_H

struct smmu_bench_result {
	double hit_per_s;	  /* stage 1, TLB and configuration caches warm */
	double s1_walk_per_s;	  /* stage 1 from level 0 */
	double nested_walk_per_s; /* the same over stage 2 from level 0 */
};

/* 0, or negative errno with *why a constant text. */
int smmu_bench_run(struct smmu_bench_result *out, const char **why);

#endif
