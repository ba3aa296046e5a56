/* SPDX-License-Identifier: MIT */
/* The primitives of a scenario, the Lua table `sim`; api.lua builds the rest on them. */
#ifndef SIM_SCENARIO_API_H
#define SIM_SCENARIO_API_H

#include <lua.h>

#include "sim/scenario/world.h"

/* What a scenario's values may take. */
enum { SCN_LUA_MEMORY_MIB = 512 };

struct scn_run {
	struct scn_world world;
	struct scn_result *result;
	lua_State *lua;
	uint64_t case_start; /* ps */
	uint64_t deadline;   /* ns of CLOCK_MONOTONIC; UINT64_MAX: none */
	size_t lua_memory;   /* bytes */
	char *changed;	     /* replay: which inputs are not the recorded ones; NULL: none asked */
	int code;	     /* negative errno of the primitive that raised the last error, or 0 */
	bool ended;	     /* the text has been run: messages may take memory beyond the limit */
};

/* The run that a Lua state belongs to. */
struct scn_run *scn_run_of(lua_State *lua);

/* Raise a Lua error with *why, which is freed; code is a negative errno. */
int scn_raise(lua_State *lua, int code, char *why);

/* The run's time limit has passed. */
bool scn_timed_out(const struct scn_run *run);
/* The same, or a replay has met a difference: no error may be caught any more. */
bool scn_over(const struct scn_run *run);

/* Raise an error if the run is over in the sense of scn_over(). */
void scn_check_over(lua_State *lua);
/* Raise an error if a replay has met a difference. */
void scn_check_difference(lua_State *lua);

/* A message handler: errors raised within the API name the scenario's line. */
int scn_error_handler(lua_State *lua);
/* Replace the error on top of the stack by its text, which holds no host address. */
void scn_error_text(lua_State *lua);

/* Put the functions into the table on top of the stack. */
void scn_api_machine(lua_State *lua); /* machine, kernel, boot, call, run, now, peek, poke */
void scn_api_dma(lua_State *lua);     /* dma */
void scn_api_pci(lua_State *lua);     /* place, config, page_request, responses */
void scn_api_query(lua_State *lua);   /* items, take, history, stats */
void scn_api_memory(lua_State *lua);  /* memory, memory_*, leak_check, fault_filter, fault_count */
void scn_api_smmu(lua_State *lua);    /* ste, watch_commands, commands */
void scn_api_acpi(lua_State *lua);    /* acpi_table, acpi_write */
void scn_api_case(lua_State *lua);    /* case_start, case_end, random, print, fault */
void scn_api_error(lua_State *lua);   /* try, error_text, over; the globals pcall, xpcall */

/* A state with only what is deterministic, and the API; NULL: out of memory. */
lua_State *scn_lua_new(struct scn_run *run);

#endif
