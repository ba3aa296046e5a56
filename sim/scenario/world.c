// SPDX-License-Identifier: MIT
/* Making the world of a run and taking it down; see world.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "sim/evk.h"
#include "sim/log.h"
#include "sim/scenario/fault_list.h"
#include "sim/scenario/list.h"
#include "sim/scenario/paths.h"

static int declare_faults(struct scn_world *w)
{
	for (const char *const *n = smmu_fault_names; *n; n++)
		sim_fault_declare(w->faults, *n, "SMMU");
	for (const char *const *n = mdl_fault_names; *n; n++)
		sim_fault_declare(w->faults, *n, "platform");
	return scn_allocs_declare(&w->allocs, w->faults);
}

/* What the simulator itself says stands beside the kernel's log, with its source in front. */
static void simulator_log(void *world, const struct sim_log_message *message)
{
	static const int levels[] = {3, 4, 6, 7}; /* the kernel's, by enum sim_log_level */
	struct scn_world *w = world;
	char line[512];
	int n = snprintf(line, sizeof(line), "faultline %s: %s", message->source, message->text);

	if (n >= (int)sizeof(line))
		n = sizeof(line) - 1;
	w->sink->log(w->sink->arg, message->time, levels[message->level], line, (size_t)n);
}

int scn_world_open(struct scn_world *w, const struct scn_request *request,
		   const struct scn_sink *sink, const char *scenario_hash, char **why)
{
	int ret = evk_open(NULL);

	*w = (struct scn_world){.request = request, .sink = sink};
	if (ret) {
		*why = strdup("a run is in progress already");
		return ret;
	}
	w->evk_open = true;
	w->scenario_hash = strdup(scenario_hash);
	w->faults = sim_faults_new();
	if (!w->faults || declare_faults(w))
		return -ENOMEM;
	if (request->faults) {
		ret = scn_fault_list_arm(request->faults, w->faults, &w->allocs, why);
		if (ret)
			return ret;
	}
	sim_log_set_sink(simulator_log, w);
	sim_log_set_clock(evk_now);
	sim_rng_init(&w->rng, request->seed, "scenario");
	if (request->replay_path)
		return trc_comparer_open(&w->comparer, request->replay_path, why);
	return 0;
}

static int close_trace(struct scn_world *w, bool keep, char digest[TRC_DIGEST_HEX], char **why)
{
	int ret = 0;

	digest[0] = '\0';
	if (!w->writer)
		return 0;
	trc_writer_digest(w->writer, digest);
	if (keep)
		ret = trc_writer_close(w->writer, why);
	else
		trc_writer_abandon(w->writer);
	w->writer = NULL;
	return ret;
}

int scn_world_close(struct scn_world *w, bool keep, char digest[TRC_DIGEST_HEX], char **why)
{
	int ret = close_trace(w, keep, digest, why);

	if (w->comparer) {
		char *text = NULL;

		if (trc_comparer_close(w->comparer, &text) && text && !w->difference)
			w->difference = text;
		else
			free(text);
	}
	kut_kernel_free(w->kernel);
	sim_stats_free(w->stats);
	sim_machine_free(w->machine);
	kut_object_set_close(w->set);
	sim_faults_free(w->faults);
	scn_list_free(&w->commands);
	scn_list_free(&w->events);
	scn_list_free(&w->reports);
	scn_list_free(&w->findings);
	scn_list_free(&w->log);
	free(w->scenario_hash);
	free(w->wanted);
	sim_log_set_sink(NULL, NULL);
	sim_log_set_clock(NULL);
	if (w->evk_open)
		evk_close();
	return ret;
}

/* ---- what happens ---- */

/* A command that a scenario watches; with CFGI_STE, the STE as memory has it just then. */
static void watch(struct scn_world *w, const struct trc_record *r)
{
	enum { OPCODE_CFGI_STE = 0x03 };
	struct scn_item *command;
	uint64_t ste[8];
	bool has_ste = (uint8_t)r->words[1] == OPCODE_CFGI_STE &&
		       sim_machine_ste(w->machine, (uint32_t)(r->words[1] >> 32), ste) == 0;

	command = scn_list_add(&w->commands, r->time, "", (const char *)ste,
			       has_ste ? sizeof(ste) : 0);
	if (command)
		memcpy(command->words, r->words + 1, 2 * sizeof(uint64_t));
}

static void remember(struct scn_world *w, const struct trc_record *r)
{
	struct scn_item *event;

	switch (r->kind) {
	case TRC_SMMU_EVENT:
		event = scn_list_add(&w->events, r->time, "", "", 0);
		if (event)
			memcpy(event->words, r->words, 5 * sizeof(uint64_t));
		break;
	case TRC_SMMU_CMD:
		if (w->watches_commands)
			watch(w, r);
		/* fall through */
	case TRC_SMMU_STE:
	case TRC_SMMU_CD:
		w->history[w->history_next++ % SCN_HISTORY] = *r;
		break;
	default:
		break;
	}
}

static void tell(struct scn_world *w, const struct trc_record *r)
{
	char line[1024];

	if (!w->request->verbose || r->kind == TRC_LOG)
		return;
	trc_format(line, sizeof(line), r);
	w->sink->verbose(w->sink->arg, line);
}

void scn_world_record(void *world, const struct trc_record *r)
{
	struct scn_world *w = world;

	if (w->writer)
		trc_write(w->writer, r);
	if (w->comparer && !w->difference && trc_compare(w->comparer, r, &w->difference))
		evk_stop(0);
	remember(w, r);
	tell(w, r);
}

void scn_world_finding(void *world, const char *kind, const char *text)
{
	struct scn_world *w = world;
	struct trc_record r = {.time = evk_now(), .kind = TRC_FINDING};

	scn_list_add(&w->findings, evk_now(), kind, text, strlen(text));
	r.text = text;
	r.text_len = strlen(text);
	scn_world_record(w, &r);
}

static void kernel_log(void *world, int level, const char *text, size_t len)
{
	struct scn_world *w = world;
	struct trc_record r = {.time = evk_now(),
			       .kind = TRC_LOG,
			       .n_words = 1,
			       .words = {(uint64_t)level},
			       .text = text,
			       .text_len = len};
	struct scn_item *item = scn_list_add(&w->log, evk_now(), "", text, len);

	if (item)
		item->words[0] = (uint64_t)level;
	scn_world_record(w, &r);
	w->sink->log(w->sink->arg, evk_now(), level, text, len);
}

static void kernel_report(void *world, const char *channel, const void *data, size_t len)
{
	struct scn_world *w = world;
	struct trc_record r = {.time = evk_now(), .kind = TRC_REPORT};
	size_t n = strlen(channel) + 1;
	char bytes[1024];

	scn_list_add(&w->reports, evk_now(), channel, data, len);
	if (n + len > sizeof(bytes))
		len = sizeof(bytes) - n;
	memcpy(bytes, channel, n);
	memcpy(bytes + n, data, len);
	r.text = bytes;
	r.text_len = n + len;
	scn_world_record(w, &r);
}

static void bus_error(void *world, const char *text)
{
	sim_log(SIM_LOG_ERROR, "bus", "%s", text);
	scn_world_finding(world, "bus error", text);
}

static bool fault(void *world, const char *name)
{
	struct scn_world *w = world;
	bool fails = sim_fault_hit(w->faults, name);

	if (fails)
		sim_log(SIM_LOG_INFO, "fault", "%s happens", name);
	return fails;
}

static bool alloc_fails(void *world, const struct kut_alloc *alloc)
{
	struct scn_world *w = world;
	const char *name = scn_allocs_hit(&w->allocs, w->kernel, alloc);

	if (name)
		sim_log(SIM_LOG_INFO, "fault", "%s happens: %lu bytes", name, alloc->size);
	return name != NULL;
}

static void cpu_line(void *world, unsigned int cpu, bool level)
{
	struct scn_world *w = world;

	if (w->kernel)
		kut_kernel_cpu_line(w->kernel, cpu, level);
}

static uint64_t mmio_read(void *world, uint64_t pa, unsigned int size, uint64_t *latency)
{
	struct scn_world *w = world;

	return sim_machine_mmio_read(w->machine, pa, size, latency);
}

static void mmio_write(void *world, uint64_t pa, unsigned int size, uint64_t value,
		       uint64_t *latency)
{
	struct scn_world *w = world;

	sim_machine_mmio_write(w->machine, pa, size, value, latency);
}

/* ---- machine and kernel ---- */

int scn_world_machine(struct scn_world *w, const struct scn_machine_wish *wish, char **why)
{
	struct sim_machine_config config = {
		.cpus = wish->cpus,
		.ram_size = wish->ram_size,
		.firmware = wish->acpi ? SIM_ACPI : SIM_DEVICETREE,
		.smmu_props = wish->props,
		.n_smmu_props = wish->n_props,
		.hooks = {w, scn_world_record, cpu_line, bus_error, fault},
	};
	char *path;
	void *dtb;
	int ret;

	if (w->machine) {
		*why = strdup("there is a machine already; a run has one");
		return -EINVAL;
	}
	path = scn_find_machine(wish->dts, w->request->path, why);
	if (!path)
		return -ENOENT;
	ret = sim_dtb_load(path, &dtb, &config.dtb_size, why);
	free(path);
	if (ret)
		return ret;
	config.dtb = dtb;
	ret = sim_machine_new(&w->machine, &config, why);
	free(dtb);
	if (ret)
		return ret;
	w->stats = sim_stats_new();
	return w->stats ? sim_machine_stats(w->machine, w->stats) : -ENOMEM;
}

static int open_writer(struct scn_world *w, char **why)
{
	const char *filter = w->request->filter, *faults = w->request->faults;
	char options[512];
	struct trc_identity id = {.scenario = w->request->path,
				  .scenario_hash = w->scenario_hash,
				  .kernel = w->set->name,
				  .kernel_hash = w->set->fingerprint,
				  .options = options,
				  .seed = w->request->seed};

	/* The filter stands last: it may hold blanks. */
	snprintf(options, sizeof(options), "runtime=%.16s%s%s%s%s", w->set->runtime_fingerprint,
		 faults ? " fault=" : "", faults ? faults : "", filter ? " filter=" : "",
		 filter ? filter : "");
	return trc_writer_open(&w->writer, w->request->trace_path, &id, why);
}

int scn_world_kernel(struct scn_world *w, const char *name, const char *cmdline, bool guard,
		     char **why)
{
	struct kut_kernel_config config = {
		.cmdline = cmdline,
		.memory = guard ? KUT_MEMORY_GUARD : 0,
		.seed = w->request->seed,
		.timeout_s = w->request->timeout_s,
		.hooks = {w, kernel_log, scn_world_finding, kernel_report, scn_world_record,
			  alloc_fails, mmio_read, mmio_write},
	};
	char *wanted;
	int ret;

	if (!w->machine || w->kernel) {
		*why = strdup(w->kernel ? "there is a kernel already; a run has one"
					: "a kernel needs a machine: call machine{...} first");
		return -EINVAL;
	}
	if (w->request->acpi_dump)
		ret = sim_machine_acpi_dump(w->machine, w->request->acpi_dump, why);
	else
		ret = 0;
	if (!ret)
		ret = kut_object_set_open(name, &w->set, why);
	if (!ret)
		ret = open_writer(w, why);
	if (ret)
		return ret;
	if (asprintf(&wanted, "%s/wanted.txt", w->set->dir) < 0)
		return -ENOMEM;
	config.kernel_o = w->set->kernel_o;
	config.runtime_o = w->set->runtime_o;
	config.wanted = wanted;
	config.skip_initcalls = w->set->skip_initcalls;
	config.n_skip_initcalls = w->set->n_skip_initcalls;
	config.ram = sim_machine_ram(w->machine);
	config.dtb = sim_machine_dtb(w->machine);
	config.rsdp = sim_machine_rsdp(w->machine);
	config.firmware_end = sim_machine_firmware_end(w->machine);
	config.cpus = sim_machine_cpus(w->machine);
	ret = kut_kernel_new(&w->kernel, &config, why);
	/* The kernel keeps the path; it lives as long as the set. */
	w->wanted = wanted;
	return ret;
}

int scn_world_boot(struct scn_world *w, char **why)
{
	return kut_kernel_boot(w->kernel, why);
}
