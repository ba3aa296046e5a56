/* SPDX-License-Identifier: MIT */
/* `faultline bench`. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/cli/bench.h"
#include "sim/cli/cli.h"
#include "sim/cli/report.h"
#include "sim/scenario/scenario.h"
#include "tests/bench/evk_bench.h"
#include "tests/bench/psp_bench.h"
#include "tests/bench/smmu_bench.h"

enum { DMA_MAP_RUNS = 3, DMA_MAP_ROUNDS = 300000 };

static int kernel_boot(const struct cli_args *args, json_t *object)
{
	struct bench_figures figures;
	int status = bench_kernel_boot(cli_get(args, "kernel"), &figures);

	json_object_set_new(object, "median_ms", json_real(figures.median_ms));
	json_object_set_new(object, "rss_mib", json_real(figures.rss_mib));
	json_object_set_new(object, "runs", json_integer(figures.runs));
	return status;
}

static int dma_map(const struct cli_args *args, json_t *object)
{
	const char *kernel = cli_get(args, "kernel");
	double seconds, best = 0;
	char *why = NULL;

	for (int i = 0; i < DMA_MAP_RUNS; i++) {
		int ret = scn_map_unmap(kernel, DMA_MAP_ROUNDS, &seconds, &why);

		if (ret < 0) {
			cli_error("bench dma-map: %s", why ? why : strerror(-ret));
			free(why);
			return CLI_FAIL;
		}
		if (!best || seconds < best)
			best = seconds;
	}
	json_object_set_new(object, "map_unmap_per_s", json_real(DMA_MAP_ROUNDS / best));
	json_object_set_new(object, "rounds", json_integer(DMA_MAP_ROUNDS));
	return CLI_PASS;
}

static int smmu(const struct cli_args *args, json_t *object)
{
	struct smmu_bench_result result;
	const char *why = NULL;
	int ret = smmu_bench_run(&result, &why);

	(void)args;
	if (ret < 0) {
		cli_error("bench smmu: %s", why ? why : strerror(-ret));
		return CLI_FAIL;
	}
	json_object_set_new(object, "hit_per_s", json_real(result.hit_per_s));
	json_object_set_new(object, "s1_walk_per_s", json_real(result.s1_walk_per_s));
	json_object_set_new(object, "nested_walk_per_s", json_real(result.nested_walk_per_s));
	return CLI_PASS;
}

static int evk(const struct cli_args *args, json_t *object)
{
	struct evk_bench_result result;
	const char *why = NULL;
	int ret = evk_bench_run(&result, &why);

	(void)args;
	if (ret < 0) {
		cli_error("bench evk: %s", why ? why : strerror(-ret));
		return CLI_FAIL;
	}
	json_object_set_new(object, "round_trip_ns", json_real(result.round_trip_ns));
	json_object_set_new(object, "switch_ns", json_real(result.switch_ns));
	json_object_set_new(object, "notify_ns", json_real(result.notify_ns));
	json_object_set_new(object, "thread_start_ns", json_real(result.thread_start_ns));
	json_object_set_new(object, "open_close_us", json_real(result.open_close_us));
	return CLI_PASS;
}

static int psp(const struct cli_args *args, json_t *object)
{
	struct psp_bench_result result;
	const char *why = NULL;
	int ret = psp_bench_run(&result, &why);

	(void)args;
	if (ret < 0) {
		cli_error("bench psp: %s", why ? why : strerror(-ret));
		return CLI_FAIL;
	}
	json_object_set_new(object, "commands_model_per_s", json_real(result.commands_model_per_s));
	json_object_set_new(object, "launch_update_mb_s", json_real(result.launch_update_mb_s));
	json_object_set_new(object, "snp_launch_update_mb_s",
			    json_real(result.snp_launch_update_mb_s));
	json_object_set_new(object, "encrypted_mb_s", json_real(result.encrypted_mb_s));
	json_object_set_new(object, "encrypted_page_mb_s", json_real(result.encrypted_page_mb_s));
	json_object_set_new(object, "rmp_check_per_s", json_real(result.rmp_check_per_s));
	return CLI_PASS;
}

static const struct {
	const char *name;
	int (*measure)(const struct cli_args *args, json_t *object);
} benchmarks[] = {
	{"kernel-boot", kernel_boot},
	{"dma-map", dma_map},
	{"smmu", smmu},
	{"evk", evk},
	{"psp", psp},
};

enum { BENCHMARKS = sizeof(benchmarks) / sizeof(*benchmarks) };

static void print_figures(const json_t *object)
{
	const char *key;
	json_t *value;

	json_object_foreach((json_t *)object, key, value) {
		if (json_is_string(value))
			printf("%s %s\n", key, json_string_value(value));
		else
			printf("%-20s %.10g\n", key, json_number_value(value));
	}
}

int cli_bench(const struct cli_args *args)
{
	const char *name = args->operands[0];
	json_t *object = json_object();
	int i = 0, status;

	while (i < BENCHMARKS && strcmp(benchmarks[i].name, name) != 0)
		i++;
	if (i == BENCHMARKS) {
		json_decref(object);
		return cli_usage_error(args->command, "unknown benchmark '%s'; there are %s", name,
				       args->command->operands);
	}
	cli_catch_interrupts();
	json_object_set_new(object, "benchmark", json_string(name));
	status = benchmarks[i].measure(args, object);
	if (status == CLI_PASS && cli_get(args, "json")) {
		report_json_print(object);
		return status;
	}
	if (status == CLI_PASS)
		print_figures(object);
	json_decref(object);
	return status;
}
