// SPDX-License-Identifier: MIT
/* Primitives: building the machine, booting the kernel, calling it, letting time pass. */
#include <lauxlib.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/evk.h"
#include "sim/scenario/api.h"

enum { MAX_PROPS = 32 };

static uint64_t field_int(lua_State *L, int table, const char *name)
{
	int is_integer;
	uint64_t v;

	lua_getfield(L, table, name);
	v = (uint64_t)lua_tointegerx(L, -1, &is_integer);
	if (!is_integer)
		luaL_error(L, "machine: %s is a number, not %s", name, luaL_typename(L, -1));
	lua_pop(L, 1);
	return v;
}

/* smmu = { { name, value }, ... }; the names stay alive in the table below. */
static size_t read_props(lua_State *L, int table, struct sim_machine_prop *props)
{
	lua_Unsigned n;

	lua_getfield(L, table, "smmu");
	n = lua_rawlen(L, -1);
	if (n > MAX_PROPS)
		luaL_error(L, "machine: at most %d properties of the SMMU", MAX_PROPS);
	for (lua_Unsigned i = 0; i < n; i++) {
		lua_rawgeti(L, -1, (lua_Integer)i + 1);
		lua_rawgeti(L, -1, 1);
		props[i].name = lua_tostring(L, -1);
		lua_rawgeti(L, -2, 2);
		props[i].value = (uint64_t)lua_tointeger(L, -1);
		lua_pop(L, 3);
	}
	lua_pop(L, 1);
	return n;
}

static void push_devices(lua_State *L, struct sim_machine *m)
{
	struct sim_device **devices;
	size_t n = sim_machine_devices(m, &devices);

	lua_createtable(L, (int)n, 0);
	for (size_t i = 0; i < n; i++) {
		lua_createtable(L, 0, 1);
		lua_pushstring(L, devices[i]->name);
		lua_setfield(L, -2, "name");
		lua_rawseti(L, -2, (int)i + 1);
	}
}

static int api_machine(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	struct sim_machine_prop props[MAX_PROPS];
	struct scn_machine_wish wish = {.props = props};
	char *why = NULL;
	uint64_t cpus;
	int ret;

	luaL_checktype(L, 1, LUA_TTABLE);
	lua_getfield(L, 1, "dts");
	wish.dts = luaL_checkstring(L, -1);
	cpus = field_int(L, 1, "cpus");
	wish.cpus = cpus > UINT32_MAX ? UINT32_MAX : (unsigned int)cpus;
	wish.ram_size = field_int(L, 1, "ram");
	lua_getfield(L, 1, "acpi");
	wish.acpi = lua_toboolean(L, -1);
	wish.n_props = read_props(L, 1, props);
	ret = scn_world_machine(&run->world, &wish, &why);
	if (ret)
		return scn_raise(L, ret, why);
	push_devices(L, run->world.machine);
	return 1;
}

/* The first name of the list that has an object set; the first, if none has. */
static const char *first_prepared(lua_State *L, int list)
{
	int n = (int)luaL_len(L, list);

	for (int i = 1; i <= n; i++) {
		struct kut_object_set *set = NULL;
		char *ignored = NULL;
		int ret;

		lua_geti(L, list, i);
		ret = kut_object_set_open(luaL_checkstring(L, -1), &set, &ignored);
		free(ignored);
		if (ret == 0) {
			kut_object_set_close(set);
			return lua_tostring(L, -1);
		}
	}
	lua_geti(L, list, 1);
	return luaL_checkstring(L, -1);
}

static int api_kernel(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	const char *name;
	const char *cmdline = luaL_optstring(L, 2, "");
	char *why = NULL;
	int ret;

	luaL_checktype(L, 1, LUA_TTABLE);
	name = run->world.request->kernel;
	if (!name)
		name = first_prepared(L, 1);
	ret = scn_world_kernel(&run->world, name, cmdline, lua_toboolean(L, 3), &why);
	if (!ret)
		ret = scn_world_boot(&run->world, &why);
	scn_check_difference(L);
	if (ret)
		return scn_raise(L, ret, why);
	lua_pushstring(L, run->world.set->name);
	lua_pushstring(L, run->world.set->version);
	return 2;
}

static void need_kernel(lua_State *L, struct scn_run *run)
{
	if (!run->world.kernel)
		luaL_error(L, "there is no kernel yet: call kernel{...} first");
}

void scn_check_difference(lua_State *L)
{
	if (scn_run_of(L)->world.difference)
		luaL_error(L, "replay differs");
}

/* call(op, cpu, buf or nil, numbers ...) -> result, buf */
static int api_call(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	lua_Integer cpu = luaL_checkinteger(L, 2);
	struct kut_call call = {.op = luaL_checkstring(L, 1),
				.cpu = cpu < 0 || cpu > UINT32_MAX ? UINT32_MAX
								   : (unsigned int)cpu};
	size_t len = 0;
	const char *in = luaL_optlstring(L, 3, NULL, &len);
	char *why = NULL;
	int ret, n = lua_gettop(L);

	need_kernel(L, run);
	luaL_argcheck(L, n <= 3 + 8, n, "an operation takes at most 8 numbers");
	for (int i = 0; i < n - 3; i++)
		call.arg[i] = (unsigned long)luaL_checkinteger(L, 4 + i);
	call.buf = lua_newuserdatauv(L, len + 1, 0);
	call.buf_len = len;
	if (in)
		memcpy(call.buf, in, len);
	ret = kut_kernel_call(run->world.kernel, &call, &why);
	scn_check_difference(L);
	if (ret)
		return scn_raise(L, ret, why);
	lua_pushinteger(L, call.result);
	lua_pushlstring(L, call.buf, len);
	return 2;
}

static int api_hung_timeout(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	lua_Integer ps = luaL_checkinteger(L, 1);

	need_kernel(L, run);
	luaL_argcheck(L, ps > 0, 1, "a time is wanted");
	kut_kernel_hung_timeout(run->world.kernel, (uint64_t)ps);
	return 0;
}

static int api_run(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	uint64_t ps = (uint64_t)luaL_checkinteger(L, 1);
	char *why = NULL;
	int ret;

	need_kernel(L, run);
	if (ps > EVK_TIME_MAX - evk_now())
		return luaL_error(L, "simulated time ends after 106 days");
	ret = kut_kernel_run(run->world.kernel, evk_now() + ps, NULL, &why);
	scn_check_difference(L);
	return ret ? scn_raise(L, ret, why) : 0;
}

/* The same for the end of a case: without a kernel nothing is going on. */
static int api_settle(lua_State *L)
{
	return scn_run_of(L)->world.kernel ? api_run(L) : 0;
}

static int api_now(lua_State *L)
{
	lua_pushinteger(L, (lua_Integer)evk_now());
	return 1;
}

static const char *hex(char *buf, size_t size, lua_Integer n)
{
	snprintf(buf, size, "0x%llx", (unsigned long long)n);
	return buf;
}

static void *ram_at(lua_State *L, lua_Integer pa, size_t len)
{
	char buf[24];
	struct scn_run *run = scn_run_of(L);
	void *p = run->world.machine
			  ? mdl_ram_ptr(sim_machine_ram(run->world.machine), (uint64_t)pa, len)
			  : NULL;

	if (!p)
		luaL_error(L, "physical address %s with %d bytes is not in RAM",
			   hex(buf, sizeof(buf), pa), (int)len);
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
		{"machine", api_machine}, {"kernel", api_kernel},
		{"call", api_call},	  {"run", api_run},
		{"settle", api_settle},	  {"now", api_now},
		{"peek", api_peek},	  {"hung_timeout", api_hung_timeout},
		{"poke", api_poke},	  {NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
}
