// SPDX-License-Identifier: MIT
/* Primitives: the ACPI tables in the machine's memory. */
#include <errno.h>
#include <lauxlib.h>

#include "sim/scenario/api.h"

static struct sim_machine *need_machine(lua_State *L)
{
	struct scn_run *run = scn_run_of(L);

	if (!run->world.machine)
		luaL_error(L, "there is no machine yet: call machine{...} first");
	return run->world.machine;
}

/* acpi_table(signature) -> bytes */
static int api_acpi_table(lua_State *L)
{
	char *why = NULL;
	size_t len;
	const void *table = sim_machine_acpi(need_machine(L), luaL_checkstring(L, 1), &len, &why);

	if (!table)
		return scn_raise(L, -ENOENT, why);
	lua_pushlstring(L, table, len);
	return 1;
}

/* acpi_write(signature, offset, bytes, keep_checksum) */
static int api_acpi_write(lua_State *L)
{
	struct sim_machine *m = need_machine(L);
	const char *signature = luaL_checkstring(L, 1);
	lua_Integer offset = luaL_checkinteger(L, 2);
	char *why = NULL;
	size_t len;
	const char *bytes = luaL_checklstring(L, 3, &len);
	int ret;

	if (scn_run_of(L)->world.kernel)
		return luaL_error(L, "acpi_write: the kernel has read its tables already; write "
				     "between machine{...} and kernel{...}");
	luaL_argcheck(L, offset >= 0, 2, "not an offset");
	ret = sim_machine_acpi_write(m, signature, (size_t)offset, bytes, len, lua_toboolean(L, 4),
				     &why);
	return ret ? scn_raise(L, ret, why) : 0;
}

void scn_api_acpi(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"acpi_table", api_acpi_table},
		{"acpi_write", api_acpi_write},
		{NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
}
