// SPDX-License-Identifier: MIT
/* Primitive: one descriptor of a DMA test device, from its front panel. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "sim/evk.h"
#include "sim/scenario/api.h"
#include "sim/scenario/lua_fields.h"

/* A descriptor that is not done after this much simulated time has stalled or hangs. */
#define PATIENCE (10 * EVK_MS)
#define MAX_LEN	 (16 * 1024 * 1024)
#define MAX_SSID 0xfffff /* 20 bits, IHI 0070 3.2 */

static uint64_t number(lua_State *L, const char *name, uint64_t fallback)
{
	uint64_t v = fallback;
	int is_integer = true;

	if (lua_getfield(L, 2, name) != LUA_TNIL)
		v = (uint64_t)lua_tointegerx(L, -1, &is_integer);
	if (!is_integer)
		luaL_error(L, "%s: a number is wanted, not %s",
			   strcmp(name, "src") && strcmp(name, "dst") ? name : "address",
			   luaL_typename(L, -1));
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

static enum mdl_dma_op op_of(lua_State *L)
{
	static const char *const names[] = {"read", "write", "copy", "fill", "check", NULL};
	static const enum mdl_dma_op ops[] = {MDL_DMA_READ, MDL_DMA_WRITE, MDL_DMA_COPY,
					      MDL_DMA_FILL, MDL_DMA_CHECK};
	int i;

	lua_getfield(L, 2, "op");
	i = luaL_checkoption(L, -1, NULL, names);
	lua_pop(L, 1);
	return ops[i];
}

static void read_desc(lua_State *L, struct mdl_dma_desc *d)
{
	uint64_t len = number(L, "len", 0), ssid = number(L, "ssid", UINT64_MAX);

	d->op = op_of(L);
	d->src = number(L, "src", 0);
	d->dst = number(L, "dst", 0);
	d->data = number(L, "seed", 0);
	d->has_ssid = ssid != UINT64_MAX;
	d->privileged = flag(L, "privileged");
	d->instruction = flag(L, "instruction");
	if (len < 1 || len > MAX_LEN)
		luaL_error(L, "a transfer has from 1 to %d bytes", MAX_LEN);
	if (d->has_ssid && ssid > MAX_SSID)
		luaL_error(L, "ssid: from 0 to %d is possible", MAX_SSID);
	d->len = (uint32_t)len;
	d->ssid = d->has_ssid ? (uint32_t)ssid : 0;
}

static void push_access(lua_State *L, const struct sim_access *a)
{
	const char *event = a->event ? smmu_event_name(a->event) : NULL;

	scn_set_int(L, "at", a->addr);
	scn_set_int(L, "pa", a->pa);
	scn_set_int(L, "time", a->time);
	scn_set_bool(L, "stale", a->stale);
	scn_set_bool(L, "fresh_fault", a->fresh_fault);
	scn_set_int(L, "fresh_pa", a->fresh_pa);
	if (event) {
		lua_pushstring(L, event);
		lua_setfield(L, -2, "event");
	}
}

static int push_result(lua_State *L, struct sim_device *d, const struct mdl_dma_desc *desc)
{
	lua_createtable(L, 0, 12);
	lua_pushstring(L, d->complete ? mdl_dma_code_name(d->result.code) : "STALLED");
	lua_setfield(L, -2, "code");
	scn_set_bool(L, "stalled", d->stalled);
	scn_set_int(L, "sid", d->sid);
	push_access(L, d->complete ? &d->result_access : &d->last);
	if (!d->complete)
		return 1;
	scn_set_int(L, "done", d->result.done);
	scn_set_int(L, "addr", d->result.addr);
	if (d->result.code == MDL_DMA_CODE_MISMATCH) {
		scn_set_int(L, "expected", d->result.expected);
		scn_set_int(L, "got", d->result.got);
	}
	if (desc->op == MDL_DMA_READ && d->result.code == MDL_DMA_CODE_OK) {
		lua_pushlstring(L, desc->buf, desc->len);
		lua_setfield(L, -2, "data");
	}
	return 1;
}

/* The buffer is Lua's: it lives until the next transfer of the device, which may hold it stalled.
 */
static void *own_buffer(lua_State *L, const struct sim_device *d, const struct mdl_dma_desc *desc)
{
	size_t len = 0;
	const char *data;
	void *buf = lua_newuserdatauv(L, desc->len ? desc->len : 1, 0);

	lua_rawsetp(L, LUA_REGISTRYINDEX, d);
	memset(buf, 0, desc->len);
	lua_getfield(L, 2, "data");
	data = lua_tolstring(L, -1, &len);
	if (data)
		memcpy(buf, data, len < desc->len ? len : desc->len);
	lua_pop(L, 1);
	return desc->op == MDL_DMA_READ || data ? buf : NULL;
}

/* dma(device, { op, src, dst, len, data, seed, ssid, privileged, instruction }) -> result */
static int api_dma(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);
	const char *name = luaL_checkstring(L, 1);
	struct sim_device *d =
		run->world.machine ? sim_machine_device(run->world.machine, name) : NULL;
	struct mdl_dma_desc desc = {0};
	char *why = NULL;
	int ret;

	luaL_checktype(L, 2, LUA_TTABLE);
	if (!d || !run->world.kernel)
		return luaL_error(L, "dma: no device \"%s\", or no kernel yet", name);
	if (mdl_dma_busy(d->dma))
		return luaL_error(L, "dma: %s still holds a stalled transfer", name);
	read_desc(L, &desc);
	desc.buf = own_buffer(L, d, &desc);
	d->complete = d->stalled = false;
	if (mdl_dma_submit(d->dma, &desc))
		return luaL_error(L, "dma: not a valid descriptor");
	ret = kut_kernel_run(run->world.kernel, evk_now() + PATIENCE, &d->complete, &why);
	scn_check_difference(L);
	if (ret)
		return scn_raise(L, ret, why);
	return push_result(L, d, &desc);
}

void scn_api_dma(lua_State *L)
{
	static const luaL_Reg functions[] = {{"dma", api_dma}, {NULL, NULL}};

	luaL_setfuncs(L, functions, 0);
}
