/* SPDX-License-Identifier: MIT */
/* How long commands take. */
#include "psp/commands.h"
#include "psp/config.h"

enum { US = 1000000 };

void psp_latency_default(struct psp_latency *latency)
{
	size_t n = 0;

	*latency = (struct psp_latency){.command = 50ull * US, .per_page = 8ull * US};
#define LATENCY(name, us)                                                                          \
	latency->by_command[n].id = PSP_CMD_##name;                                                \
	latency->by_command[n++].ps = (us) * (uint64_t)US;
#include "psp/latency.def"
#undef LATENCY
}

static uint64_t base(const struct psp_latency *latency, uint16_t id)
{
	for (size_t i = 0; i < PSP_LATENCIES && latency->by_command[i].id; i++)
		if (latency->by_command[i].id == id)
			return latency->by_command[i].ps;
	return latency->command;
}

uint64_t psp_cmd_latency(const struct psp_latency *latency, uint16_t id, uint64_t pages)
{
	return base(latency, id) + pages * latency->per_page;
}
