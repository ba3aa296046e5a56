// SPDX-License-Identifier: MIT
/* Primitives: building the machine, booting the kernel, calling it, letting time pass. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "sim/evk.h"
#include "sim/scenario/api.h"

enum { MAX_PROPS = 32 };

static uint64_t field_int(lua_State *L, int table, const char *name, uint64_t fallback)
{
	uint64_t v = fallback;

	if (lua_getfield(L, table, name) != LUA_TNIL)
		v = (uint64_t)luaL_checkinteger(L, -1);
	lua_pop(L, 1);
	return v;
}

/* true and false count as 1 and 0. */
static size_t read_props(lua_State *L, int table, struct sim_machine_prop *props)
{
	size_t n = 0;

	if (lua_getfield(L, table, "smmu") == LUA_TTABLE) {
		for (lua_pushnil(L); lua_next(L, -2); lua_pop(L, 1)) {
			if (n == MAX_PROPS || lua_type(L, -2) != LUA_TSTRING)
				luaL_error(L, "machine: smmu = { name = value, ... } is wanted");
			props[n].name = lua_tostring(L, -2);
			props[n].value = lua_isboolean(L, -1) ? (uint64_t)lua_toboolean(L, -1)
							      : (uint64_t)luaL_checkinteger(L, -1);
			n++;
		}
	}
	return n; /* the table stays on the stack and keeps the names alive */
}

static void push_devices(lua_State *L, struct sim_machine *m)
{
	struct sim_device **devices;
	size_t n = sim_machine_devices(m, &devices);

	lua_createtable(L, (int)n, 0);
	for (size_t i = 0; i < n; i++) {
		lua_createtable(L, 0, 3);
		lua_pushstring(L, devices[i]->name);
		lua_setfield(L, -2, "name");
		lua_pushstring(L, devices[i]->kernel_name);
		lua_setfield(L, -2, "kernel_name");
		lua_pushinteger(L, devices[i]->sid);
		lua_setfield(L, -2, "sid");
		lua_rawseti(L, -2, (int)i + 1);
	}
}

static int api_machine(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	struct sim_machine_prop props[MAX_PROPS];
	struct scn_machine_wish wish = {.props = props};
	char *why = NULL;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, "dts");
	wish.dts = luaL_checkstring(L, -1);
	wish.cpus = (unsigned int)field_int(L, 1, "cpus", 1);
	wish.ram_size = field_int(L, 1, "ram", 0);
	wish.n_props = read_props(L, 1, props);
	if (scn_world_machine(&run->world, &wish, &why))
		return scn_raise(L, why);
	push_devices(L, run->world.machine);
	return 1;
}

static int api_kernel(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	const char *name = luaL_checkstring(L, 1);
	const char *cmdline = luaL_optstring(L, 2, "");
	char *why = NULL;

	if (run->world.request->kernel)
		name = run->world.request->kernel;
	if (scn_world_kernel(&run->world, name, cmdline, &why) || scn_world_boot(&run->world, &why))
		return scn_raise(L, why);
	lua_pushstring(L, run->world.set->name);
	lua_pushstring(L, run->world.set->version);
	return 2;
}

static void need_kernel(lua_State *L, struct scn_run *run)
{
	if (!run->world.kernel)
		luaL_error(L, "there is no kernel yet: call kernel{...} first");
}

/* call(op, cpu, buf or nil, numbers ...) -> result, buf */
static int api_call(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	struct kut_call call = {.op = luaL_checkstring(L, 1),
				.cpu = (unsigned int)luaL_checkinteger(L, 2)};
	size_t len = 0;
	const char *in = luaL_optlstring(L, 3, NULL, &len);
	char *why = NULL, *buf = calloc(1, len + 1);
	int ret;

	need_kernel(L, run);
	for (int i = 0; i < 8 && !lua_isnoneornil(L, 4 + i); i++)
		call.arg[i] = (unsigned long)lua_tointeger(L, 4 + i);
	if (!buf)
		return luaL_error(L, "out of memory");
	if (in)
		memcpy(buf, in, len);
	call.buf = buf;
	call.buf_len = len;
	ret = kut_kernel_call(run->world.kernel, &call, &why);
	lua_pushinteger(L, call.result);
	lua_pushlstring(L, buf, len);
	free(buf);
	return ret ? scn_raise(L, why) : 2;
}

static int api_run(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	uint64_t ps = (uint64_t)luaL_checkinteger(L, 1);
	char *why = NULL;

	need_kernel(L, run);
	if (kut_kernel_run(run->world.kernel, evk_now() + ps, NULL, &why))
		return scn_raise(L, why);
	if (run->world.difference)
		return luaL_error(L, "replay differs");
	return 0;
}

static int api_now(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)evk_now());
	return 1;
}

static void *ram_at(lua_State *L, lua_Integer pa, size_t len)
{
	struct scn_run *run = scn_run_of(L);
	void *p = run->world.machine
			  ? mdl_ram_ptr(sim_machine_ram(run->world.machine), (uint64_t)pa, len)
			  : NULL;

	if (!p)
		luaL_error(L, "physical address 0x%I with %d bytes is not in RAM", pa, (int)len);
	return p;
}

static int api_peek(lua_State *L)
{
	lua_Integer pa = luaL_checkinteger(L, 1), len = luaL_checkinteger(L, 2);

	luaL_argcheck(L, len >= 0 && len <= 1 << 28, 2, "not a length");
	lua_pushlstring(L, ram_at(L, pa, (size_t)len), (size_t)len);
	return 1;
}

static int api_poke(lua_State *L)
{
	size_t len;
	const char *data = luaL_checklstring(L, 2, &len);

	memcpy(ram_at(L, luaL_checkinteger(L, 1), len), data, len);
	return 0;
}

void scn_api_machine(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"machine", api_machine}, {"kernel", api_kernel}, {"call", api_call},
		{"run", api_run},	  {"now", api_now},	  {"peek", api_peek},
		{"poke", api_poke},	  {NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
}
