/* SPDX-License-Identifier: MIT */
/* Fields of the table on top of the Lua stack. */
#ifndef SIM_SCENARIO_LUA_FIELDS_H
#define SIM_SCENARIO_LUA_FIELDS_H

#include <lua.h>

#include <stdbool.h>
#include <stdint.h>

static inline void scn_set_int(lua_State *lua, const char *name, uint64_t value)
{
	lua_pushinteger(lua, (lua_Integer)value);
	lua_setfield(lua, -2, name);
}

static inline void scn_set_bool(lua_State *lua, const char *name, bool value)
{
	lua_pushboolean(lua, value);
	lua_setfield(lua, -2, name);
}

#endif
