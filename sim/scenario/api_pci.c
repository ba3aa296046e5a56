// SPDX-License-Identifier: MIT
/* Primitives: where a device is, its configuration space, its page requests. */
#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "sim/scenario/api.h"
#include "sim/scenario/lua_fields.h"

static struct sim_device *device_arg(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	const char *name = luaL_checkstring(L, 1);
	struct sim_device *d =
		run->world.machine ? sim_machine_device(run->world.machine, name) : NULL;

	if (!d)
		luaL_error(L, "there is no device \"%s\"", name);
	return d;
}

/* place(device) -> StreamID, the kernel's name; nothing while it is not there. */
static int api_place(lua_State *L)
{
	struct sim_device *d = device_arg(L);

	sim_device_locate(d);
	if (!d->present)
		return 0;
	lua_pushinteger(L, d->sid);
	lua_pushstring(L, d->kernel_name);
	return 2;
}

/* config(device, offset, size) -> value, as the root complex sees it; nil: not behind PCIe. */
static int api_config(lua_State *L)
{
	struct sim_device *d = device_arg(L);
	lua_Integer offset = luaL_checkinteger(L, 2), size = luaL_checkinteger(L, 3);

	if (size != 1 && size != 2 && size != 4)
		return luaL_error(L, "config: 1, 2 or 4 bytes are possible");
	if (offset < 0 || offset > 4096 - size || offset % size)
		return luaL_error(L, "config: the offset is below 4096 and a multiple of the size");
	if (!d->pcie)
		return 0;
	lua_pushinteger(L, mdl_pcie_cfg_read(mdl_pcie_dma_fn(d->pcie), (unsigned int)offset,
					     (unsigned int)size));
	return 1;
}

static uint64_t number(lua_State *L, const char *name, uint64_t fallback)
{
	uint64_t v = fallback;
	int is_integer = true;

	if (lua_getfield(L, 2, name) != LUA_TNIL)
		v = (uint64_t)lua_tointegerx(L, -1, &is_integer);
	if (!is_integer)
		luaL_error(L, "page_request: %s is a number, not %s", name, luaL_typename(L, -1));
	lua_pop(L, 1);
	return v;
}

static bool flag(lua_State *L, const char *name)
{
	bool v;

	lua_getfield(L, 2, name);
	v = lua_toboolean(L, -1);
	lua_pop(L, 1);
	return v;
}

/* page_request(device, { addr, ssid, read, write, exec, privileged, last, index }) -> 0 or -errno
 */
static int api_page_request(lua_State *L)
{
	struct sim_device *d = device_arg(L);
	uint64_t ssid, index;
	struct smmu_page_request request = {0};

	luaL_checktype(L, 2, LUA_TTABLE);
	ssid = number(L, "ssid", UINT64_MAX);
	index = number(L, "index", 0);
	if (index > UINT16_MAX || (ssid != UINT64_MAX && ssid > 0xfffff))
		return luaL_error(L, "page_request: index or ssid is out of range");
	request.addr = number(L, "addr", 0);
	request.has_ssid = ssid != UINT64_MAX;
	request.ssid = request.has_ssid ? (uint32_t)ssid : 0;
	request.prg_index = (uint16_t)index;
	request.read = flag(L, "read");
	request.write = flag(L, "write");
	request.exec = flag(L, "exec");
	request.privileged = flag(L, "privileged");
	request.last = flag(L, "last");
	lua_pushinteger(L, sim_device_page_request(d, &request));
	return 1;
}

/* responses(device) -> list of all so far */
static int api_responses(lua_State *L)
{
	struct sim_device *d = device_arg(L);

	lua_createtable(L, (int)d->n_responses, 0);
	for (size_t i = 0; i < d->n_responses; i++) {
		const struct sim_prg_response *r = &d->responses[i];

		lua_createtable(L, 0, 6);
		scn_set_int(L, "index", r->index);
		scn_set_int(L, "code", r->code);
		scn_set_int(L, "time", r->time);
		scn_set_bool(L, "automatic", r->automatic);
		scn_set_bool(L, "unexpected", r->unexpected);
		if (r->has_ssid)
			scn_set_int(L, "ssid", r->ssid);
		lua_rawseti(L, -2, (int)i + 1);
	}
	return 1;
}

void scn_api_pci(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"place", api_place},
		{"config", api_config},
		{"page_request", api_page_request},
		{"responses", api_responses},
		{NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
}
