// SPDX-License-Identifier: MIT
/* Engines; see internal.h. */
#include <errno.h>

#include "sim/machine/internal.h"

static void engine_main(void *arg)
{
	struct sim_engine *e = arg;
	uint64_t latency;

	for (;;) {
		latency = 0;
		while (e->step(e->model, &latency)) {
			if (latency)
				evk_wait(latency);
			latency = 0;
		}
		evk_wait_event(e->kicked, EVK_FOREVER);
	}
}

int sim_engine_start(struct sim_engine *engine, const char *name,
		     bool (*step)(void *model, uint64_t *latency), void *model)
{
	engine->step = step;
	engine->model = model;
	engine->kicked = evk_event_new(name);
	if (!engine->kicked || !evk_thread_new(name, engine_main, engine, 0))
		return -ENOMEM;
	return 0;
}

void sim_engine_kick(struct sim_engine *engine)
{
	evk_notify(engine->kicked, 0);
}
