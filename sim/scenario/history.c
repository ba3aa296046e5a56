// SPDX-License-Identifier: MIT
/* What a failure message shows of the past: commands and table reads that concern a stream. */
#define _GNU_SOURCE
#include <stdio.h>
#include <stdlib.h>

#include "sim/scenario/world.h"

enum { OPCODE_SYNC = 0x46 };

static bool concerns(const struct trc_record *r, uint32_t sid)
{
	uint8_t op = (uint8_t)r->words[1];

	if (r->kind != TRC_SMMU_CMD)
		return r->words[0] == sid;
	if (op == OPCODE_SYNC)
		return false;
	/* Configuration commands carry a StreamID in dw0[63:32]; TLB commands concern all. */
	return op >= 0x10 || r->words[1] >> 32 == sid;
}

char *scn_world_history(const struct scn_world *w, uint32_t sid)
{
	char *text = NULL, line[512];
	size_t size;
	FILE *f = open_memstream(&text, &size);

	if (!f)
		return NULL;
	for (unsigned int i = 0; i < SCN_HISTORY; i++) {
		const struct trc_record *r = &w->history[(w->history_next + i) % SCN_HISTORY];

		if (!r->kind || !concerns(r, sid))
			continue;
		trc_format(line, sizeof(line), r);
		fprintf(f, "  %s\n", line);
	}
	fclose(f);
	return text;
}
