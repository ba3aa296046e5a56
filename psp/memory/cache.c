/* SPDX-License-Identifier: MIT */
/* What moves between cores, caches, the data fabric and DRAM, and what goes wrong on it. */
#include <stdlib.h>

#include "psp/memory/lines.h"
#include "psp/memory/memory_state.h"

struct psp_cache {
	struct psp_lines lines, fabric;
	uint64_t time; /* counts writes */
};

struct psp_cache *psp_cache_new(unsigned int lines)
{
	struct psp_cache *cache = calloc(1, sizeof(*cache));

	if (cache && psp_lines_init(&cache->lines, lines) &&
	    psp_lines_init(&cache->fabric, PSP_FABRIC_LINES))
		return cache;
	psp_cache_free(cache);
	return NULL;
}

void psp_cache_free(struct psp_cache *cache)
{
	if (!cache)
		return;
	psp_lines_free(&cache->lines);
	psp_lines_free(&cache->fabric);
	free(cache);
}

void psp_cache_reset(struct psp_cache *cache)
{
	psp_lines_clear(&cache->lines);
	psp_lines_clear(&cache->fabric);
}

static void hazard(struct psp *psp, enum psp_hazard_kind kind, const struct psp_line *line,
		   int view)
{
	const struct psp_hazard h = {
		.kind = kind,
		.pa = line->pa,
		.cached_asid = line->view > 0 ? (unsigned int)line->view : 0,
		.cached_encrypted = line->view != PSP_PLAIN,
		.asid = view > 0 ? (unsigned int)view : 0,
		.encrypted = view != PSP_PLAIN,
	};

	psp->stats.hazards++;
	if (psp->ops.hazard)
		psp->ops.hazard(psp->ctx, &h);
}

static uint32_t epoch(const struct psp *psp, int view)
{
	return view == PSP_PLAIN ? 0 : psp->memory->engine.epoch[view];
}

static void check_key(struct psp *psp, struct psp_line *line)
{
	if (line->epoch == epoch(psp, line->view))
		return;
	hazard(psp, PSP_HAZARD_STALE_KEY, line, line->view);
	line->epoch = epoch(psp, line->view);
}

/* ---- Fabric to DRAM. ---- */

static void drain(struct psp *psp, struct psp_line *line)
{
	check_key(psp, line);
	psp_view_write(psp, line->view, line->pa, line->data, PSP_LINE);
	psp_lines_remove(&psp->memory->cache->fabric, line);
}

void psp_cache_drain(struct psp *psp)
{
	struct psp_lines *fabric = &psp->memory->cache->fabric;

	while (fabric->oldest)
		drain(psp, fabric->oldest);
}

/* What the fabric has of an address, but in the view `keep` (NO_VIEW: all). */
enum { NO_VIEW = -2 };

static void drain_line(struct psp *psp, uint64_t pa, int keep)
{
	struct psp_line *next;

	for (struct psp_line *l = psp_lines_at(&psp->memory->cache->fabric, pa); l; l = next) {
		next = psp_lines_next(l);
		if (l->view != keep)
			drain(psp, l);
	}
}

/* ---- Cache to fabric. ---- */

/* A write of `view` reached memory: lines of other views are older than it from now on. */
static void passes(struct psp_cache *cache, uint64_t pa, int view, uint64_t written)
{
	for (struct psp_line *l = psp_lines_at(&cache->lines, pa); l; l = psp_lines_next(l))
		if (l->view != view && l->passed < written)
			l->passed = written;
}

static void write_back(struct psp *psp, struct psp_line *line)
{
	struct psp_cache *cache = psp->memory->cache;
	struct psp_line *f = psp_lines_find(&cache->fabric, line->pa, line->view);

	if (line->passed > line->written)
		hazard(psp, PSP_HAZARD_LOST_WRITE, line, line->view);
	check_key(psp, line);
	drain_line(psp, line->pa, line->view);
	passes(cache, line->pa, line->view, line->written);
	if (!f && psp_lines_full(&cache->fabric))
		drain(psp, cache->fabric.oldest);
	if (!f)
		f = psp_lines_insert(&cache->fabric, line->pa, line->view);
	f->epoch = line->epoch;
	memcpy(f->data, line->data, PSP_LINE);
}

static void drop(struct psp *psp, struct psp_line *line)
{
	if (line->dirty)
		write_back(psp, line);
	psp_lines_remove(&psp->memory->cache->lines, line);
}

void psp_cache_wbinvd(struct psp *psp, unsigned int core)
{
	struct psp_line *newer;

	for (struct psp_line *l = psp->memory->cache->lines.oldest; l; l = newer) {
		newer = l->newer;
		if (l->core == core)
			drop(psp, l);
	}
}

void psp_cache_clflush(struct psp *psp, int view, uint64_t pa, size_t len)
{
	struct psp_line *newer;

	for (struct psp_line *l = psp->memory->cache->lines.oldest; l; l = newer) {
		newer = l->newer;
		if (l->view == view && l->pa + PSP_LINE > pa && l->pa < pa + len)
			drop(psp, l);
	}
}

/* ---- Core to cache. ---- */

/* The access finds the address cached in other views. */
static void meet(struct psp *psp, uint64_t pa, int view)
{
	for (struct psp_line *l = psp_lines_at(&psp->memory->cache->lines, pa); l;
	     l = psp_lines_next(l))
		if (l->view != view)
			hazard(psp, PSP_HAZARD_ALIAS, l, view);
}

/* A line's bytes as memory gives them to `view`. */
static bool fetch(struct psp *psp, int view, uint64_t pa, uint8_t data[PSP_LINE])
{
	const struct psp_line *f = psp_lines_find(&psp->memory->cache->fabric, pa, view);

	if (!f)
		return psp_view_read(psp, view, pa, data, PSP_LINE);
	memcpy(data, f->data, PSP_LINE);
	return true;
}

/* NULL: not RAM. */
static struct psp_line *fill(struct psp *psp, int view, uint64_t pa)
{
	struct psp_cache *cache = psp->memory->cache;
	struct psp_line *line = psp_lines_find(&cache->lines, pa, view);
	uint8_t data[PSP_LINE];

	if (line)
		return line;
	meet(psp, pa, view);
	drain_line(psp, pa, view);
	if (!fetch(psp, view, pa, data))
		return NULL;
	if (psp_lines_full(&cache->lines))
		drop(psp, cache->lines.oldest);
	line = psp_lines_insert(&cache->lines, pa, view);
	memcpy(line->data, data, PSP_LINE);
	return line;
}

static size_t piece(uint64_t pa, size_t len)
{
	const size_t rest = PSP_LINE - pa % PSP_LINE;

	return rest < len ? rest : len;
}

bool psp_cache_read(struct psp *psp, unsigned int core, int view, uint64_t pa, void *buf,
		    size_t len)
{
	uint8_t *to = buf;

	for (size_t n; len; pa += n, to += n, len -= n) {
		struct psp_line *line = fill(psp, view, pa - pa % PSP_LINE);

		n = piece(pa, len);
		if (!line)
			return false;
		if (!line->dirty)
			line->core = (uint16_t)core;
		memcpy(to, line->data + pa % PSP_LINE, n);
	}
	return true;
}

bool psp_cache_write(struct psp *psp, unsigned int core, int view, uint64_t pa, const void *buf,
		     size_t len)
{
	const uint8_t *from = buf;

	for (size_t n; len; pa += n, from += n, len -= n) {
		struct psp_line *line = fill(psp, view, pa - pa % PSP_LINE);

		n = piece(pa, len);
		if (!line)
			return false;
		memcpy(line->data + pa % PSP_LINE, from, n);
		line->core = (uint16_t)core;
		line->dirty = true;
		line->epoch = epoch(psp, view);
		line->written = ++psp->memory->cache->time;
	}
	return true;
}

/* ---- The firmware and devices. ---- */

static bool line_past(struct psp *psp, int view, uint64_t pa, uint8_t data[PSP_LINE])
{
	struct psp_cache *cache = psp->memory->cache;
	const struct psp_line *line = psp_lines_find(&cache->lines, pa, view);

	meet(psp, pa, view);
	if (line) {
		memcpy(data, line->data, PSP_LINE);
		return true;
	}
	for (struct psp_line *f = psp_lines_at(&cache->fabric, pa); f; f = psp_lines_next(f))
		if (f->view != view)
			hazard(psp, PSP_HAZARD_FABRIC, f, view);
	return fetch(psp, view, pa, data);
}

bool psp_cache_read_past(struct psp *psp, int view, uint64_t pa, void *buf, size_t len)
{
	uint8_t *to = buf;

	for (size_t n; len; pa += n, to += n, len -= n) {
		uint8_t data[PSP_LINE];

		n = piece(pa, len);
		if (!line_past(psp, view, pa - pa % PSP_LINE, data))
			return false;
		memcpy(to, data + pa % PSP_LINE, n);
	}
	return true;
}

bool psp_cache_write_past(struct psp *psp, int view, uint64_t pa, const void *buf, size_t len)
{
	struct psp_cache *cache = psp->memory->cache;
	const uint8_t *from = buf;

	for (size_t n; len; pa += n, from += n, len -= n) {
		const uint64_t at = pa - pa % PSP_LINE;
		struct psp_line *line = psp_lines_find(&cache->lines, at, view);

		n = piece(pa, len);
		meet(psp, at, view);
		if (line)
			drop(psp, line);
		drain_line(psp, at, NO_VIEW);
		if (!psp_view_write(psp, view, pa, from, n))
			return false;
		passes(cache, at, view, ++cache->time);
	}
	return true;
}
