// SPDX-License-Identifier: MIT
/*
 * Errors of a scenario: whose line they name, and which of them may not be
 * caught. The API is written in Lua too, but its lines say nothing to a user.
 */
#include <lauxlib.h>
#include <string.h>

#include "sim/scenario/api.h"

static bool is_api(const char *source)
{
	return strcmp(source, "=api.lua") == 0 || strcmp(source, "=nested.lua") == 0 ||
	       strcmp(source, "=case.lua") == 0 || strcmp(source, "=pci.lua") == 0 ||
	       strcmp(source, "=smmu.lua") == 0 || strcmp(source, "=sandbox.lua") == 0;
}

/* "path:line: " of the nearest running line of the scenario; false: there is none. */
static bool push_where(lua_State *L)
{
	lua_Debug ar;

	for (int level = 0; lua_getstack(L, level, &ar); level++) {
		lua_getinfo(L, "Sl", &ar);
		if (ar.currentline <= 0 || is_api(ar.source))
			continue;
		lua_pushfstring(L, "%s:%d: ", ar.short_src, ar.currentline);
		return true;
	}
	return false;
}

/* What stands behind "api.lua:12: " and the like; NULL: it begins otherwise. */
static const char *behind_api_line(const char *text)
{
	static const char *const names[] = {
		"api.lua:", "nested.lua:", "case.lua:", "pci.lua:", "smmu.lua:", "sandbox.lua:"};

	for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		size_t n = strlen(names[i]), digits;

		if (strncmp(text, names[i], n) != 0)
			continue;
		digits = strspn(text + n, "0123456789");
		if (digits && strncmp(text + n + digits, ": ", 2) == 0)
			return text + n + digits + 2;
	}
	return NULL;
}

int scn_error_handler(lua_State *L)
{
	const char *rest =
		lua_type(L, 1) == LUA_TSTRING ? behind_api_line(lua_tostring(L, 1)) : NULL;

	lua_settop(L, 1);
	if (!rest || !push_where(L))
		return 1;
	lua_pushstring(L, rest);
	lua_concat(L, 2);
	return 1;
}

static int to_text(lua_State *L)
{
	luaL_tolstring(L, 1, NULL);
	return 1;
}

void scn_error_text(lua_State *L)
{
	bool own = luaL_getmetafield(L, -1, "__tostring") != LUA_TNIL;
	const char *text = lua_type(L, -1) == LUA_TSTRING ? lua_tostring(L, -1) : "";

	if (strcmp(text, "not enough memory") == 0) { /* Lua's, without a place */
		lua_pop(L, 1);
		lua_pushfstring(L, "the scenario's values need more than %d MiB of memory",
				SCN_LUA_MEMORY_MIB);
		return;
	}

	if (own)
		lua_pop(L, 1);
	if (own || lua_type(L, -1) == LUA_TSTRING || lua_type(L, -1) == LUA_TNUMBER) {
		lua_pushcfunction(L, to_text);
		lua_pushvalue(L, -2);
		if (!lua_pcall(L, 1, 1, 0) && lua_type(L, -1) == LUA_TSTRING) {
			lua_remove(L, -2);
			return;
		}
		lua_pop(L, 1);
	}
	/* Not tostring(): it shows an address of the host. */
	lua_pushfstring(L, "(an error object that is a %s)", luaL_typename(L, -1));
	lua_remove(L, -2);
}

/* handler(error): the user's own, behind ours, while there is time. */
static int both_handlers(lua_State *L)
{
	lua_settop(L, 1);
	scn_error_handler(L);
	if (scn_over(scn_run_of(L)))
		return 1;
	lua_pushvalue(L, lua_upvalueindex(1));
	lua_insert(L, -2);
	lua_call(L, 1, 1);
	return 1;
}

/* The function and its arguments are behind the handler, at `handler` + 1. */
static int protected_call(lua_State *L, int handler)
{
	struct scn_run *run = scn_run_of(L);

	if (lua_pcall(L, lua_gettop(L) - handler - 1, LUA_MULTRET, handler)) {
		scn_check_over(L);
		run->code = 0;
		lua_pushboolean(L, false);
		lua_insert(L, -2);
		return 2;
	}
	lua_pushboolean(L, true);
	lua_replace(L, handler);
	return lua_gettop(L) - handler + 1;
}

static int own_pcall(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_pushcfunction(L, scn_error_handler);
	lua_insert(L, 1);
	return protected_call(L, 1);
}

/* xpcall(f, handler, ...): the handler goes below the function. */
static int own_xpcall(lua_State *L)
{
	luaL_checktype(L, 2, LUA_TFUNCTION);
	lua_pushvalue(L, 2);
	lua_pushcclosure(L, both_handlers, 1);
	lua_pushvalue(L, 1);
	lua_replace(L, 2);
	lua_replace(L, 1);
	return protected_call(L, 1);
}

/* try(f) -> true, or false and the error: also of a run that is over. */
static int api_try(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_settop(L, 1);
	lua_pushcfunction(L, scn_error_handler);
	lua_insert(L, 1);
	lua_pushboolean(L, lua_pcall(L, 0, 0, 1) == LUA_OK);
	lua_insert(L, 2);
	return lua_gettop(L) - 1;
}

/* error_text(error) -> string */
static int api_error_text(lua_State *L)
{
	luaL_checkany(L, 1);
	lua_settop(L, 1);
	scn_error_text(L);
	return 1;
}

static int api_over(lua_State *L)
{
	lua_pushboolean(L, scn_over(scn_run_of(L)));
	return 1;
}

void scn_api_error(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"try", api_try},
		{"error_text", api_error_text},
		{"over", api_over},
		{NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
	lua_register(L, "pcall", own_pcall);
	lua_register(L, "xpcall", own_xpcall);
}
