// SPDX-License-Identifier: MIT
/* Primitives: stream table entries as memory has them, and the commands that the SMMU consumes. */
#include <errno.h>
#include <lauxlib.h>
#include <string.h>

#include "sim/scenario/api.h"
#include "sim/scenario/list.h"
#include "sim/scenario/lua_fields.h"

static void push_field(void *lua, const char *name, uint64_t value)
{
	scn_set_int(lua, name, value);
}

/* { V = 1, Config = 7, ..., the dwords at [1] to [8], text } */
static void push_ste(lua_State *L, const uint64_t ste[8])
{
	char text[512];

	lua_createtable(L, 8, 60);
	smmu_ste_fields(ste, push_field, L);
	for (int i = 0; i < 8; i++) {
		lua_pushinteger(L, (lua_Integer)ste[i]);
		lua_rawseti(L, -2, i + 1);
	}
	smmu_decode_ste(text, sizeof(text), ste);
	lua_pushstring(L, text);
	lua_setfield(L, -2, "text");
}

/* ste(sid) -> table; nil: no STE has this StreamID */
static int api_ste(lua_State *L)
{
	const struct sim_machine *m = scn_run_of(L)->world.machine;
	lua_Integer sid = luaL_checkinteger(L, 1);
	uint64_t ste[8];

	luaL_argcheck(L, sid >= 0 && sid <= UINT32_MAX, 1, "not a StreamID");
	if (!m || sim_machine_ste(m, (uint32_t)sid, ste))
		return 0;
	push_ste(L, ste);
	return 1;
}

/* watch_commands(true): from now on. */
static int api_watch_commands(lua_State *L)
{
	scn_run_of(L)->world.watches_commands = lua_toboolean(L, 1);
	return 0;
}

static void push_command(lua_State *L, const struct scn_item *item)
{
	const char *name = smmu_cmd_name((uint8_t)item->words[0]);
	uint64_t ste[8];
	char text[256];

	lua_createtable(L, 0, 16);
	smmu_cmd_fields(item->words, push_field, L);
	lua_pushstring(L, name ? name : "CMD_reserved");
	lua_setfield(L, -2, "name");
	smmu_decode_cmd(text, sizeof(text), item->words);
	lua_pushstring(L, text);
	lua_setfield(L, -2, "text");
	scn_set_int(L, "time", item->time);
	if (item->text_len != sizeof(ste))
		return;
	memcpy(ste, item->text, sizeof(ste));
	push_ste(L, ste);
	lua_setfield(L, -2, "ste");
}

/* commands() -> those consumed while they were watched; they are forgotten then. */
static int api_commands(lua_State *L)
{
	struct scn_list *list = &scn_run_of(L)->world.commands;

	lua_createtable(L, (int)list->n, 0);
	for (size_t i = 0; i < list->n; i++) {
		push_command(L, &list->items[i]);
		lua_rawseti(L, -2, (int)i + 1);
	}
	scn_list_free(list);
	return 1;
}

void scn_api_smmu(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"ste", api_ste},
		{"watch_commands", api_watch_commands},
		{"commands", api_commands},
		{NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
}
