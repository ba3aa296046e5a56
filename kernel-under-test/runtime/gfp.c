// SPDX-License-Identifier: GPL-2.0-only
/* What GFP flags say of an allocation: may it sleep here, what may it use, shall it fail. */
#include <linux/gfp.h>
#include <linux/ratelimit.h>
#include <linux/sched.h>
#include <linux/sched/mm.h>

#include "memory.h"

#define RETRY (HZ / 50) /* as the page allocator's congestion wait */

gfp_t kut_gfp_enter(gfp_t gfp)
{
	might_alloc(gfp);
	return current_gfp_context(gfp);
}

bool kut_alloc_fails(enum kut_alloc_kind kind, unsigned long size, gfp_t gfp,
		     const unsigned long *frame)
{
	struct kut_alloc alloc = {
		.kind = kind,
		.size = size,
		.may_sleep = gfpflags_allow_blocking(gfp),
	};
	struct kut_track track;

	if (gfp & __GFP_NOFAIL || !kut_host->alloc_fails(&alloc))
		return false;
	kut_track_take(&track, frame);
	kut_track_log("Failed", &track);
	return true;
}

/* As __zone_watermark_ok(): who cannot wait may go deeper. */
unsigned long kut_gfp_reserve(gfp_t gfp, unsigned long min)
{
	bool memalloc = gfp & __GFP_MEMALLOC || current->flags & PF_MEMALLOC;

	if (gfp & __GFP_NOFAIL || (memalloc && !(gfp & __GFP_NOMEMALLOC)))
		return 0;
	if (gfp & __GFP_HIGH) {
		min -= min / 2;
		if (!gfpflags_allow_blocking(gfp))
			min -= min / 4;
	}
	return min;
}

/* The kernel goes round and round; so does this, and the run ends by its time limits. */
bool kut_gfp_retry(gfp_t gfp)
{
	if (!(gfp & __GFP_NOFAIL) || WARN_ON_ONCE(!gfpflags_allow_blocking(gfp)))
		return false;
	schedule_timeout_uninterruptible(RETRY);
	return true;
}

void kut_gfp_failed(gfp_t gfp, unsigned int order)
{
	static DEFINE_RATELIMIT_STATE(limit, 10 * HZ, 1);

	if (gfp & __GFP_NOWARN || !__ratelimit(&limit))
		return;
	pr_warn("%s: page allocation failure: order:%u, mode:%#x(%pGg), nodemask=(null)\n",
		current->comm, order, gfp, &gfp);
	dump_stack();
}
