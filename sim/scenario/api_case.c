// SPDX-License-Identifier: MIT
/* Primitives: cases and their verdicts, seeded random numbers, fault points, output. */
#include <fnmatch.h>
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/evk.h"
#include "sim/scenario/api.h"

/* case_start(name) -> does the filter want it? */
static int api_case_start(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	const char *name = luaL_checkstring(L, 1);
	const char *filter = run->world.request->filter;

	run->case_start = evk_now();
	lua_pushboolean(L, !filter || fnmatch(filter, name, 0) == 0);
	return 1;
}

static void record_case(struct scn_run *run, const struct scn_case *c)
{
	struct trc_record r = {.time = evk_now(),
			       .kind = TRC_CASE,
			       .n_words = 2,
			       .words = {run->result->n_cases, c->verdict == SCN_PASS},
			       .text = c->name,
			       .text_len = strlen(c->name)};

	scn_world_record(&run->world, &r);
}

/* case_end(name, "pass" | "fail" | "skip" | "xfail", message or nil) */
static int api_case_end(lua_State *L)
{
	static const char *const verdicts[] = {"pass", "fail", "skip", "xfail", NULL};
	struct scn_run *run = scn_run_of(L);
	struct scn_result *res = run->result;
	const char *name = luaL_checkstring(L, 1);
	int verdict = luaL_checkoption(L, 2, NULL, verdicts);
	const char *message = luaL_optstring(L, 3, NULL);
	struct scn_case *more = realloc(res->cases, (res->n_cases + 1) * sizeof(*more));
	struct scn_case *c;

	if (!more)
		return luaL_error(L, "out of memory");
	res->cases = more;
	c = &res->cases[res->n_cases++];
	*c = (struct scn_case){.name = strdup(name),
			       .verdict = (enum scn_verdict)verdict,
			       .message = message ? strdup(message) : NULL,
			       .simulated_ns = (evk_now() - run->case_start) / 1000};
	record_case(run, c);
	run->world.sink->finished(run->world.sink->arg, (unsigned int)res->n_cases, c);
	return 0;
}

static int api_random(lua_State *L)
{
	lua_Integer bound = luaL_checkinteger(L, 1);

	luaL_argcheck(L, bound > 0, 1, "a positive number is wanted");
	lua_pushinteger(L, (lua_Integer)sim_rng_below(&scn_run_of(L)->world.rng, (uint64_t)bound));
	return 1;
}

static int api_print(lua_State *L)
{
	struct scn_world *w = &scn_run_of(L)->world;
	size_t len;
	const char *text = luaL_checklstring(L, 1, &len);

	for (;;) { /* a line at a time: each becomes a comment of the report */
		const char *end = memchr(text, '\n', len);
		size_t n = end ? (size_t)(end - text) : len;

		w->sink->log(w->sink->arg, evk_now(), 6, text, n);
		if (!end)
			return 0;
		text += n + 1;
		len -= n + 1;
	}
}

static int unknown_fault(lua_State *L, struct scn_world *w, const char *name)
{
	const struct sim_fault *f = NULL;

	lua_pushfstring(L, "there is no fault point \"%s\" (known:", name);
	while ((f = sim_fault_next(w->faults, f)))
		lua_pushfstring(L, " %s", sim_fault_name(f)), lua_concat(L, 2);
	lua_pushstring(L, ")");
	lua_concat(L, 2);
	return luaL_error(L, "%s", lua_tostring(L, -1));
}

/* fault(name, first, count): the first-th occurrence from now and count - 1 more fail. */
static int api_fault(lua_State *L)
{
	struct scn_world *w = &scn_run_of(L)->world;
	const char *name = luaL_checkstring(L, 1);
	const struct sim_fault *point = sim_fault_find(w->faults, name);
	lua_Integer first = luaL_optinteger(L, 2, 1), count = luaL_optinteger(L, 3, 1);

	if (!point)
		return unknown_fault(L, w, name);
	if (first < 1 || count < 1)
		return luaL_error(L, "fault: counts start at 1");
	if (sim_fault_arm(w->faults, name, sim_fault_seen(point) + (uint64_t)first,
			  (uint64_t)count))
		return luaL_error(L, "fault: out of memory");
	return 0;
}

void scn_api_case(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"case_start", api_case_start}, {"case_end", api_case_end}, {"random", api_random},
		{"print", api_print},		{"fault", api_fault},	    {NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
}
