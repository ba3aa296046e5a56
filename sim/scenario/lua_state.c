// SPDX-License-Identifier: MIT
/*
 * The Lua state of a scenario: base, string, table, math and utf8, less what
 * would let the host in (files, clocks, the process, Lua's own random numbers),
 * and the embedded API.
 */
#include <lauxlib.h>
#include <lualib.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/host/kernel.h"
#include "sim/scenario/api.h"

#define HOOK_INSTRUCTIONS 1000000

extern const char scn_api_lua[], scn_api_lua_end[], scn_nested_lua[], scn_nested_lua_end[];

struct scn_run *scn_run_of(lua_State *L)
{
	return *(struct scn_run **)lua_getextraspace(L);
}

int scn_raise(lua_State *L, char *why)
{
	lua_pushstring(L, why ? why : "out of memory");
	free(why);
	luaL_where(L, 1);
	lua_insert(L, -2);
	lua_concat(L, 2);
	return lua_error(L);
}

static void open_libraries(lua_State *L)
{
	static const luaL_Reg libraries[] = {
		{LUA_GNAME, luaopen_base},	 {LUA_STRLIBNAME, luaopen_string},
		{LUA_TABLIBNAME, luaopen_table}, {LUA_MATHLIBNAME, luaopen_math},
		{LUA_UTF8LIBNAME, luaopen_utf8},
	};
	static const char *const unwanted[] = {"dofile", "loadfile", "collectgarbage"};

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

/* An endless loop of the scenario itself must end too. */
static void check_time(lua_State *L, lua_Debug *unused)
{
	struct scn_run *run = scn_run_of(L);

	(void)unused;
	if (kut_kernel_timed_out(run->world.kernel))
		luaL_error(L, "time limit of %f s reached", run->world.request->timeout_s);
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
	scn_api_query(L);
	scn_api_case(L);
	lua_setglobal(L, "sim");
	if (load_chunk(L, scn_api_lua, scn_api_lua_end, "=api.lua") ||
	    load_chunk(L, scn_nested_lua, scn_nested_lua_end, "=nested.lua"))
		return -1;
	lua_pushnil(L);
	lua_setglobal(L, "_API");
	return 0;
}

lua_State *scn_lua_new(struct scn_run *run)
{
	lua_State *L = luaL_newstate();

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
