// SPDX-License-Identifier: MIT
/* Primitives: the hosted kernel's memory, and fault points of its allocations. */
#include <lauxlib.h>
#include <stdio.h>
#include <string.h>

#include "sim/scenario/api.h"
#include "sim/scenario/lua_fields.h"

/* memory() -> { { name, cache = bool, objects, bytes }, ... } */
static int api_memory(lua_State *L)
{
	struct kut_kernel *k = scn_run_of(L)->world.kernel;
	struct kut_memory_item item;

	lua_newtable(L);
	for (unsigned int i = 0; kut_kernel_memory_item(k, i, &item); i++) {
		lua_createtable(L, 0, 4);
		lua_pushstring(L, item.name);
		lua_setfield(L, -2, "name");
		scn_set_bool(L, "cache", item.is_cache);
		scn_set_int(L, "objects", item.objects);
		scn_set_int(L, "bytes", item.bytes);
		lua_rawseti(L, -2, (int)i + 1);
	}
	return 1;
}

static int api_memory_mark(lua_State *L)
{
	kut_kernel_memory_mark(scn_run_of(L)->world.kernel, SCN_MARK_CASE);
	return 0;
}

/* memory_leaks(minimum) -> places that leak since memory_mark(), which are findings now */
static int api_memory_leaks(lua_State *L)
{
	lua_Integer minimum = luaL_checkinteger(L, 1);

	luaL_argcheck(L, minimum > 0, 1, "a positive number is wanted");
	lua_pushinteger(L, kut_kernel_memory_leaks(scn_run_of(L)->world.kernel, SCN_MARK_CASE,
						   (unsigned long)minimum));
	return 1;
}

static int api_memory_check(lua_State *L)
{
	kut_kernel_memory_check(scn_run_of(L)->world.kernel);
	return 0;
}

/* leak_check(): at the end of the run, what was allocated since now is a finding. */
static int api_leak_check(lua_State *L)
{
	struct scn_world *w = &scn_run_of(L)->world;

	kut_kernel_memory_mark(w->kernel, SCN_MARK_RUN);
	w->leak_check = true;
	return 0;
}

static uint64_t size_field(lua_State *L, const char *name)
{
	uint64_t v;

	lua_getfield(L, 2, name);
	v = (uint64_t)luaL_optinteger(L, -1, 0);
	lua_pop(L, 1);
	return v;
}

static void function_field(lua_State *L, const char *field, char name[SCN_ALLOC_CALLER])
{
	const char *text;

	lua_getfield(L, 2, field);
	text = luaL_optstring(L, -1, "");
	luaL_argcheck(L, strlen(text) < SCN_ALLOC_CALLER, 2, "a function's name is too long");
	snprintf(name, SCN_ALLOC_CALLER, "%s", text);
	lua_pop(L, 1);
}

/* fault_filter(name, { caller, except, min, max, may_sleep } or nil) -> is it one of memory? */
static int api_fault_filter(lua_State *L)
{
	struct scn_alloc_filter *f =
		scn_allocs_filter(&scn_run_of(L)->world.allocs, luaL_checkstring(L, 1));

	lua_pushboolean(L, f != NULL);
	if (!f)
		return 1;
	scn_allocs_no_filter(f);
	if (!lua_istable(L, 2))
		return 1;
	f->min_size = size_field(L, "min");
	f->max_size = size_field(L, "max");
	lua_getfield(L, 2, "may_sleep");
	if (!lua_isnil(L, -1))
		f->may_sleep = lua_toboolean(L, -1);
	lua_pop(L, 1);
	function_field(L, "caller", f->caller);
	function_field(L, "except", f->except);
	return 1;
}

/* fault_count(name) -> occurrences, those that happened; nil: no such point */
static int api_fault_count(lua_State *L)
{
	const struct sim_fault *point =
		sim_fault_find(scn_run_of(L)->world.faults, luaL_checkstring(L, 1));

	if (!point)
		return 0;
	lua_pushinteger(L, (lua_Integer)sim_fault_seen(point));
	lua_pushinteger(L, (lua_Integer)sim_fault_fired(point));
	return 2;
}

void scn_api_memory(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"memory", api_memory},
		{"memory_mark", api_memory_mark},
		{"memory_leaks", api_memory_leaks},
		{"memory_check", api_memory_check},
		{"leak_check", api_leak_check},
		{"fault_filter", api_fault_filter},
		{"fault_count", api_fault_count},
		{NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
}
