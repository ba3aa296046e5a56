/* SPDX-License-Identifier: MIT */
#include <stdio.h>

#include "tests/bench/smmu_bench.h"

int main(void)
{
	struct smmu_bench_result result;
	const char *why;

	if (smmu_bench_run(&result, &why)) {
		fprintf(stderr, "smmu-bench: %s\n", why);
		return 1;
	}
	printf("hit_per_s %.0f\ns1_walk_per_s %.0f\nnested_walk_per_s %.0f\n", result.hit_per_s,
	       result.s1_walk_per_s, result.nested_walk_per_s);
	return 0;
}
