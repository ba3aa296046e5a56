// SPDX-License-Identifier: MIT
/* Running a scenario file from its text to its verdict; see scenario.h. */
#define _GNU_SOURCE
#include <errno.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "sim/evk.h"
#include "sim/scenario/api.h"
#include "sim/scenario/fault_list.h"
#include "sim/scenario/paths.h"

bool scn_timed_out(const struct scn_run *run)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return kut_kernel_timed_out(run->world.kernel) ||
	       (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec >= run->deadline;
}

bool scn_over(const struct scn_run *run)
{
	return run->world.difference || scn_timed_out(run);
}

/* Seconds from now as a time of CLOCK_MONOTONIC, ns. */
static uint64_t deadline_after(double seconds)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	if (seconds <= 0 || seconds > 1e9)
		return UINT64_MAX;
	return (uint64_t)now.tv_sec * 1000000000 + (uint64_t)now.tv_nsec +
	       (uint64_t)(seconds * 1e9);
}

static bool is_skip(lua_State *L)
{
	bool skip = luaL_getmetafield(L, -1, "__name") == LUA_TSTRING &&
		    strcmp(lua_tostring(L, -1), "faultline.skip") == 0;

	lua_settop(L, 2); /* the handler and the error */
	return skip;
}

/*
 * The scenario has ended before its last line. What its text, or what it asked
 * for, makes impossible is an error; but a kernel that died, a time limit, or an
 * error behind the first case is the result of a run.
 */
static int stopped(struct scn_run *run)
{
	struct scn_result *res = run->result;
	bool over = scn_over(run), skip = !over && is_skip(run->lua);

	run->ended = true;
	scn_error_text(run->lua);
	res->error = strdup(lua_tostring(run->lua, -1));
	if (skip && !res->n_cases) {
		res->verdict = SCN_SKIP;
		return 0;
	}
	res->verdict = SCN_FAIL;
	if (over || run->code == -EIO || res->n_cases)
		return 0;
	return run->code ? run->code : -EINVAL;
}

/* Chunk "@path": Lua puts "path:line:" in front of its messages. */
static int run_text(struct scn_run *run, const char *path, const char *text)
{
	lua_State *L = run->lua;
	char *chunk;
	int ret;

	if (asprintf(&chunk, "@%s", path) < 0)
		return -ENOMEM;
	lua_settop(L, 0);
	lua_pushcfunction(L, scn_error_handler);
	ret = luaL_loadbufferx(L, text, strlen(text), chunk, "t");
	free(chunk);
	if (!ret)
		ret = lua_pcall(L, 0, 0, 1);
	return ret ? stopped(run) : 0;
}

static void collect(struct scn_run *run)
{
	struct scn_result *res = run->result;
	bool passed = false, failed = res->error && res->verdict == SCN_FAIL;

	for (size_t i = 0; i < res->n_cases; i++) {
		failed = failed || res->cases[i].verdict == SCN_FAIL;
		passed = passed || res->cases[i].verdict == SCN_PASS ||
			 res->cases[i].verdict == SCN_XFAIL;
	}
	res->verdict = failed ? SCN_FAIL : passed ? SCN_PASS : SCN_SKIP;
	res->simulated_ns = evk_now() / 1000;
	if (run->world.stats)
		res->stats = sim_stats_json(run->world.stats, evk_now());
	if (run->world.set)
		res->kernel = strdup(run->world.set->name);
}

/* What the kernel has done to its memory, and what it keeps; with leak_check it should not. */
static void check_memory(struct scn_run *run)
{
	struct scn_world *w = &run->world;
	struct kut_call settle = {.op = "memory.settle"};
	char *why = NULL;

	kut_kernel_memory_check(w->kernel);
	if (!w->leak_check) {
		kut_kernel_memory_left(w->kernel);
		return;
	}
	if (scn_over(run))
		return;
	if (!kut_kernel_call(w->kernel, &settle, &why) && !scn_over(run))
		kut_kernel_memory_leaks(w->kernel, SCN_MARK_RUN, 1);
	free(why);
}

/* Findings that no case has taken, for instance those of the boot. */
static void check_findings(struct scn_run *run)
{
	const struct scn_list *list = &run->world.findings;

	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].taken)
			continue;
		run->result->verdict = SCN_FAIL;
		if (!run->result->error)
			run->result->error = strdup(list->items[i].text);
	}
}

static int check_cases(struct scn_run *run, const char *path)
{
	struct scn_result *res = run->result;
	const char *filter = run->world.request->filter;
	int n;

	if (res->n_cases || res->error)
		return 0;
	n = filter ? asprintf(&res->error, "%s: no case matches the filter \"%s\"", path, filter)
		   : asprintf(&res->error, "%s: the scenario has no case", path);
	if (n < 0)
		res->error = NULL;
	res->verdict = SCN_FAIL;
	return -EINVAL;
}

static int run_in_world(struct scn_run *run, const char *path, const char *text)
{
	int ret;

	run->lua = scn_lua_new(run);
	if (!run->lua) {
		run->result->error = strdup("cannot make a Lua state");
		return -ENOMEM;
	}
	ret = run_text(run, path, text);
	check_memory(run);
	collect(run);
	if (!ret)
		check_findings(run);
	if (!ret)
		ret = check_cases(run, path);
	return ret;
}

/* As open_writer() of world.c writes them: the filter stands last. */
static int take_options(struct scn_request *request, const char *options, char **faults)
{
	const char *filter = strstr(options, " filter="), *fault = strstr(options, " fault=");

	if (filter)
		request->filter = filter + strlen(" filter=");
	if (!fault || (filter && fault > filter))
		return 0;
	fault += strlen(" fault=");
	*faults = strndup(fault, strcspn(fault, " "));
	request->faults = *faults;
	return *faults ? 0 : -ENOMEM;
}

/* A replay takes scenario, seed, kernel, fault points and filter from the recording. */
static int take_identity(struct scn_request *request, struct trc_reader **reader, char **faults,
			 char **why)
{
	const struct trc_identity *id;
	int ret = trc_reader_open(reader, request->replay_path, why);

	if (ret)
		return ret;
	id = trc_reader_identity(*reader);
	if (!request->path)
		request->path = id->scenario;
	request->seed = id->seed;
	if (!request->kernel && id->kernel && *id->kernel)
		request->kernel = id->kernel;
	return take_options(request, id->options, faults);
}

/* What explains a difference: the inputs that are not the recorded ones. */
static char *changed_inputs(const struct scn_run *run, const struct trc_identity *id,
			    const char *hash)
{
	const struct kut_object_set *set = run->world.set;
	char *text = NULL, runtime[32];
	int n;

	snprintf(runtime, sizeof(runtime), "runtime=%.16s", set ? set->runtime_fingerprint : "");
	n = asprintf(&text, "%s%s%s",
		     strcmp(id->scenario_hash, hash) ? "the scenario has changed since the "
						       "recording\n"
						     : "",
		     set && strcmp(id->kernel_hash, set->fingerprint)
			     ? "the kernel was built anew since the recording\n"
			     : "",
		     set && strncmp(id->options, runtime, strlen(runtime))
			     ? "the kernel's runtime was made anew since the recording\n"
			     : "");
	return n < 0 ? NULL : text;
}

static void take_difference(struct scn_run *run)
{
	const char *changed = run->changed ? run->changed : "";

	if (!run->world.difference)
		return;
	free(run->result->error);
	if (asprintf(&run->result->error, "%s%s", changed, run->world.difference) < 0)
		run->result->error = NULL;
	free(run->world.difference);
	run->result->verdict = SCN_FAIL;
}

static int run_request(struct scn_run *run, const struct scn_request *request,
		       const struct trc_identity *recorded, const struct scn_sink *sink)
{
	char hash[TRC_DIGEST_HEX], *why = NULL, *text = scn_read_file(request->path, &why);
	int ret, closed;
	bool by_clock;

	if (!text) {
		run->result->error = why;
		return -EINVAL;
	}
	trc_sha256(text, strlen(text), hash);
	run->deadline = deadline_after(request->timeout_s);
	ret = scn_world_open(&run->world, request, sink, hash, &why);
	if (!ret)
		ret = run_in_world(run, request->path, text);
	else
		run->result->error = why;
	free(text);
	if (!ret && request->faults)
		run->result->idle_faults = scn_fault_list_idle(request->faults, run->world.faults);
	why = NULL;
	if (recorded)
		run->changed = changed_inputs(run, recorded, hash);
	by_clock = scn_timed_out(run) || kut_kernel_ended_by_clock(run->world.kernel);
	closed = scn_world_close(&run->world, ret == 0, run->result->digest, &why);
	if (by_clock)
		run->result->digest[0] = '\0';
	if (run->lua)
		lua_close(run->lua);
	if (!ret)
		take_difference(run);
	else
		free(run->world.difference); /* of a run that could not be */
	if (closed && !ret) {
		free(run->result->error);
		run->result->error = why;
		run->result->verdict = SCN_FAIL;
		return closed;
	}
	free(why);
	return ret;
}

int scn_run(const struct scn_request *request, const struct scn_sink *sink, struct scn_result *out)
{
	struct scn_request own = *request;
	struct scn_run run = {.result = out};
	struct trc_reader *reader = NULL;
	char *why = NULL, *faults = NULL;
	int ret = 0;

	*out = (struct scn_result){.verdict = SCN_FAIL, .seed = request->seed};
	if (request->replay_path)
		ret = take_identity(&own, &reader, &faults, &why);
	if (ret) {
		out->error = why;
	} else {
		out->seed = own.seed;
		ret = run_request(&run, &own, reader ? trc_reader_identity(reader) : NULL, sink);
	}
	free(run.changed);
	free(faults);
	trc_reader_close(reader);
	return ret;
}

void scn_result_free(struct scn_result *r)
{
	for (size_t i = 0; i < r->n_cases; i++) {
		free(r->cases[i].name);
		free(r->cases[i].message);
	}
	free(r->cases);
	free(r->kernel);
	json_decref(r->stats);
	free(r->idle_faults);
	free(r->error);
	*r = (struct scn_result){0};
}
