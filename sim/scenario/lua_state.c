// SPDX-License-Identifier: MIT
/*
 * The Lua state of a scenario: base, string, table, math and utf8, less what
 * would let the host in (files, clocks, the process, Lua's own random numbers),
 * within a limit of memory, and the embedded API.
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "sim/scenario/api.h"

#define HOOK_INSTRUCTIONS 1000000
#define MEMORY_LIMIT	  ((size_t)SCN_LUA_MEMORY_MIB << 20)

extern const char scn_sandbox_lua[], scn_sandbox_lua_end[];
extern const char scn_api_lua[], scn_api_lua_end[], scn_nested_lua[], scn_nested_lua_end[];
extern const char scn_pci_lua[], scn_pci_lua_end[], scn_smmu_lua[], scn_smmu_lua_end[];

struct scn_run *scn_run_of(lua_State *L)
{
	return *(struct scn_run **)lua_getextraspace(L);
}

int scn_raise(lua_State *L, int code, char *why)
{
	scn_run_of(L)->code = code;
	lua_pushstring(L, why ? why : "out of memory");
	free(why);
	luaL_where(L, 1);
	lua_insert(L, -2);
	lua_concat(L, 2);
	return lua_error(L);
}

static void *allocate(void *arg, void *p, size_t old, size_t size)
{
	struct scn_run *run = arg;

	if (!p)
		old = 0; /* it is the kind of object then */
	if (size > old && run->lua_memory + (size - old) > MEMORY_LIMIT && !run->ended)
		return NULL;
	if (size) {
		p = realloc(p, size);
		if (!p)
			return NULL;
	} else {
		free(p);
		p = NULL;
	}
	run->lua_memory += size - old;
	return p;
}

static void open_libraries(lua_State *L)
{
	static const luaL_Reg libraries[] = {
		{LUA_GNAME, luaopen_base},	 {LUA_STRLIBNAME, luaopen_string},
		{LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
		{LUA_UTF8LIBNAME, luaopen_utf8},
	};
	static const char *const unwanted[] = {"dofile", "loadfile", "collectgarbage", "warn"};

	for (size_t i = 0; i < sizeof(libraries) / sizeof(libraries[0]); i++) {
		luaL_requiref(L, libraries[i].name, libraries[i].func, 1);
		lua_pop(L, 1);
	}
	for (size_t i = 0; i < sizeof(unwanted) / sizeof(unwanted[0]); i++) {
		lua_pushnil(L);
		lua_setglobal(L, unwanted[i]);
	}
	lua_getglobal(L, "math");
	lua_pushnil(L);
	lua_setfield(L, -2, "random");
	lua_pushnil(L);
	lua_setfield(L, -2, "randomseed");
	lua_pop(L, 1);
}

void scn_check_over(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);

	scn_check_difference(L);
	if (scn_timed_out(run))
		luaL_error(L, "time limit of %f s reached", run->world.request->timeout_s);
}

/* An endless loop of the scenario itself must end too. */
static void check_time(lua_State *L, lua_Debug *unused)
{
	(void)unused;
	scn_check_over(L);
}

static int load_chunk(lua_State *L, const char *start, const char *end, const char *name)
{
	return luaL_loadbuffer(L, start, (size_t)(end - start), name) || lua_pcall(L, 0, 0, 0);
}

static int load_api(lua_State *L)
{
	lua_newtable(L);
	scn_api_machine(L);
	scn_api_dma(L);
	scn_api_pci(L);
	scn_api_query(L);
	scn_api_memory(L);
	scn_api_smmu(L);
	scn_api_acpi(L);
	scn_api_case(L);
	scn_api_error(L);
	lua_setglobal(L, "sim");
	if (load_chunk(L, scn_sandbox_lua, scn_sandbox_lua_end, "=sandbox.lua") ||
	    load_chunk(L, scn_api_lua, scn_api_lua_end, "=api.lua") ||
	    load_chunk(L, scn_nested_lua, scn_nested_lua_end, "=nested.lua") ||
	    load_chunk(L, scn_pci_lua, scn_pci_lua_end, "=pci.lua") ||
	    load_chunk(L, scn_smmu_lua, scn_smmu_lua_end, "=smmu.lua"))
		return -1;
	lua_pushnil(L);
	lua_setglobal(L, "_API");
	return 0;
}

lua_State *scn_lua_new(struct scn_run *run)
{
	lua_State *L = lua_newstate(allocate, run);

	if (!L)
		return NULL;
	*(struct scn_run **)lua_getextraspace(L) = run;
	open_libraries(L);
	lua_sethook(L, check_time, LUA_MASKCOUNT, HOOK_INSTRUCTIONS);
	if (load_api(L)) {
		lua_close(L);
		return NULL;
	}
	return L;
}
