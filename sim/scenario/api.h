/* SPDX-License-Identifier: MIT */
/* The primitives of a scenario, the Lua table `sim`; api.lua builds the rest on them. */
#ifndef SIM_SCENARIO_API_H
#define SIM_SCENARIO_API_H

#include <lua.h>

#include "sim/scenario/world.h"

struct scn_run {
	struct scn_world world;
	struct scn_result *result;
	lua_State *lua;
	uint64_t case_start; /* ps */
};

/* The run that a Lua state belongs to. */
struct scn_run *scn_run_of(lua_State *lua);

/* Raise a Lua error with *why, which is freed. */
int scn_raise(lua_State *lua, char *why);

/* Put the functions into the table on top of the stack. */
void scn_api_machine(lua_State *lua); /* machine, kernel, boot, call, run, now, peek, poke */
void scn_api_dma(lua_State *lua);     /* dma */
void scn_api_query(lua_State *lua);   /* events, reports, findings, log, take, history, stats */
void scn_api_case(lua_State *lua);    /* case_start, case_end, random, print, fault */

/* A state with only what is deterministic, and the API; NULL: out of memory. */
lua_State *scn_lua_new(struct scn_run *run);

#endif
