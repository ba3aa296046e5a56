// SPDX-License-Identifier: MIT
/* Worlds without a scenario, for the benchmarks of the hosted kernel. */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/evk.h"
#include "sim/scenario/world.h"

#define DEFAULT_KERNEL "6.12"
#define DEVICE	       "dma1"

static void no_log(void *arg, uint64_t time, int level, const char *text, size_t length)
{
	(void)arg, (void)time, (void)level, (void)text, (void)length;
}

static int boot(struct scn_world *w, const char *kernel, unsigned int cpus, const char *cmdline,
		char **why)
{
	static const struct scn_sink sink = {.log = no_log};
	static const struct scn_request request = {.path = "."};
	struct scn_machine_wish wish = {.dts = "virt-pcie", .cpus = cpus};
	int ret = scn_world_open(w, &request, &sink, "", why);

	if (!ret)
		ret = scn_world_machine(w, &wish, why);
	if (!ret)
		ret = scn_world_kernel(w, kernel ? kernel : DEFAULT_KERNEL, cmdline, false, why);
	return ret ? ret : scn_world_boot(w, why);
}

static void shut(struct scn_world *w)
{
	char digest[TRC_DIGEST_HEX], *ignored = NULL;

	scn_world_close(w, false, digest, &ignored);
	free(ignored);
}

int scn_boot_once(const char *kernel, void (*booted)(void), char **why)
{
	struct scn_world world;
	int ret = boot(&world, kernel, 2, "", why);

	if (!ret)
		booted();
	shut(&world);
	return ret;
}

static double cpu_seconds(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static int find_device(struct scn_world *w, uint64_t *number, char **why)
{
	const struct sim_device *d = sim_machine_device(w->machine, DEVICE);
	char name[sizeof(d->kernel_name)];
	struct kut_call call = {.op = "dma.find", .buf = name, .buf_len = sizeof(name)};
	int ret;

	memcpy(name, d->kernel_name, sizeof(name));
	ret = kut_kernel_call(w->kernel, &call, why);
	*number = (uint64_t)call.result;
	return ret ? ret : call.result < 0 ? (int)call.result : 0;
}

static uint64_t commands(const struct scn_world *w)
{
	json_t *all = sim_stats_json(w->stats, evk_now());
	json_t *value = json_object_get(json_object_get(all, "smmu.commands"), "value");
	uint64_t n = (uint64_t)json_number_value(value);

	json_decref(all);
	return n;
}

/* Strict invalidation: at least a TLBI and a CMD_SYNC for each unmap. */
static int loop(struct scn_world *w, uint64_t rounds, double *seconds, char **why)
{
	struct kut_call call = {.op = "dma.loop"};
	uint64_t before = commands(w);
	int ret = find_device(w, &call.arg[0], why);
	double start = cpu_seconds();

	call.arg[1] = rounds;
	if (!ret)
		ret = kut_kernel_call(w->kernel, &call, why);
	*seconds = cpu_seconds() - start;
	if (ret || call.result < 0)
		return ret ? ret : (int)call.result;
	if (commands(w) - before >= 2 * rounds)
		return 0;
	*why = strdup("the kernel has invalidated fewer times than it has unmapped");
	return -EIO;
}

int scn_map_unmap(const char *kernel, uint64_t rounds, double *seconds, char **why)
{
	struct scn_world world;
	int ret = boot(&world, kernel, 1, "iommu.strict=1", why);

	if (!ret)
		ret = loop(&world, rounds, seconds, why);
	shut(&world);
	return ret;
}
