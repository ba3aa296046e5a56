// SPDX-License-Identifier: MIT
/*
 * Engines; see internal.h. A kick while a step takes its time changes nothing: the
 * next step comes by itself.
 */
#include <errno.h>

#include "sim/machine/internal.h"

static void run(struct sim_engine *e)
{
	uint64_t latency;

	do {
		latency = 0;
		if (!e->step(e->model, &latency))
			return;
	} while (!latency);
	e->busy = true;
	evk_notify(e->stepped, latency);
}

static void kicked(void *arg)
{
	struct sim_engine *e = arg;

	if (!e->busy)
		run(e);
}

static void stepped(void *arg)
{
	struct sim_engine *e = arg;

	e->busy = false;
	run(e);
}

int sim_engine_start(struct sim_engine *engine, const char *name,
		     bool (*step)(void *model, uint64_t *latency), void *model)
{
	engine->step = step;
	engine->model = model;
	engine->kicked = evk_event_new(name);
	engine->stepped = evk_event_new(name);
	if (!engine->kicked || !evk_method_new(name, kicked, engine, engine->kicked) ||
	    !engine->stepped || !evk_method_new(name, stepped, engine, engine->stepped))
		return -ENOMEM;
	return 0;
}

void sim_engine_kick(struct sim_engine *engine)
{
	evk_notify(engine->kicked, 0);
}
