// SPDX-License-Identifier: MIT
/* Primitives: what has happened so far. */
#include <lauxlib.h>
#include <stdlib.h>
#include <string.h>

#include "sim/evk.h"
#include "sim/scenario/api.h"
#include "sim/scenario/lua_fields.h"
#include "smmu/fields.h"

/* The fields of an event record by the names that expect.event takes; IHI 0070 7.3. */
static void push_event(lua_State *L, const struct scn_item *item)
{
	static const char *const classes[] = {"CD", "TT", "IN", "reserved"};
	const uint64_t *r = item->words + 1;
	bool lost = item->words[0] == 0;
	const char *name = smmu_event_name((uint8_t)EVT_ID(r));
	char text[256];

	smmu_decode_event(text, sizeof(text), r);
	lua_createtable(L, 0, 16);
	lua_pushstring(L, name ? name : "reserved");
	lua_setfield(L, -2, "name");
	lua_pushfstring(L, "%s%s", text, lost ? " (lost)" : "");
	lua_setfield(L, -2, "text");
	scn_set_bool(L, "lost", lost);
	lua_pushstring(L, classes[EVT_CLASS(r)]);
	lua_setfield(L, -2, "class");
	scn_set_int(L, "sid", EVT_SID(r));
	if (EVT_SSV(r))
		scn_set_int(L, "ssid", EVT_SSID(r));
	scn_set_int(L, "substream", EVT_SSID(r));
	scn_set_bool(L, "s2", EVT_S2(r));
	scn_set_bool(L, "rnw", EVT_RnW(r));
	scn_set_bool(L, "pnu", EVT_PnU(r));
	scn_set_bool(L, "ind", EVT_InD(r));
	scn_set_bool(L, "ttrnw", EVT_TTRnW(r));
	scn_set_bool(L, "stall", EVT_Stall(r));
	scn_set_int(L, "stag", EVT_STAG(r));
	scn_set_int(L, "addr", EVT_InputAddr(r));
	scn_set_int(L, "ipa", EVT_IPA(r));
	scn_set_int(L, "fetch_addr", EVT_FetchAddr(r));
}

static void push_text(lua_State *L, const struct scn_item *item)
{
	lua_createtable(L, 0, 4);
	lua_pushlstring(L, item->text, item->text_len);
	lua_setfield(L, -2, "text");
	lua_pushstring(L, item->kind);
	lua_setfield(L, -2, "kind");
	scn_set_int(L, "level", item->words[0]);
}

static struct scn_list *list_named(lua_State *L)
{
	static const char *const names[] = {"events", "reports", "findings", "log", NULL};
	struct scn_world *w = &scn_run_of(L)->world;
	struct scn_list *lists[] = {&w->events, &w->reports, &w->findings, &w->log};

	return lists[luaL_checkoption(L, 1, NULL, names)];
}

/* items(list) -> those not taken yet, in order, each with its `index` and `time` */
static int api_items(lua_State *L)
{
	struct scn_list *list = list_named(L);
	int n = 0;

	lua_newtable(L);
	for (size_t i = 0; i < list->n; i++) {
		if (list->items[i].taken)
			continue;
		if (list == &scn_run_of(L)->world.events)
			push_event(L, &list->items[i]);
		else
			push_text(L, &list->items[i]);
		scn_set_int(L, "index", i);
		scn_set_int(L, "time", list->items[i].time);
		lua_rawseti(L, -2, ++n);
	}
	return 1;
}

/* take(list, index): an expectation has met it. */
static int api_take(lua_State *L)
{
	struct scn_list *list = list_named(L);
	lua_Integer i = luaL_checkinteger(L, 2);

	luaL_argcheck(L, i >= 0 && (size_t)i < list->n, 2, "no such item");
	list->items[i].taken = true;
	return 0;
}

static int api_history(lua_State *L)
{
	char *text = scn_world_history(&scn_run_of(L)->world, (uint32_t)luaL_checkinteger(L, 1));

	lua_pushstring(L, text ? text : "");
	free(text);
	return 1;
}

static void push_stat(void *lua, const struct sim_stat *stat)
{
	lua_State *L = lua;

	if (stat->kind == SIM_STAT_COUNTER)
		lua_pushinteger(L, (lua_Integer)stat->count);
	else
		lua_pushinteger(L, (lua_Integer)stat->value);
	lua_setfield(L, -2, stat->name);
}

static int api_stats(lua_State *L)
{
	struct scn_world *w = &scn_run_of(L)->world;

	lua_newtable(L);
	if (w->stats)
		sim_stats_each(w->stats, evk_now(), push_stat, L);
	return 1;
}

void scn_api_query(lua_State *L)
{
	static const luaL_Reg functions[] = {
		{"items", api_items}, {"take", api_take}, {"history", api_history},
		{"stats", api_stats}, {NULL, NULL},
	};

	luaL_setfuncs(L, functions, 0);
}
