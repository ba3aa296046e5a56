// SPDX-License-Identifier: GPL-2.0-only
/* Random bytes of the hosted kernel: a stream that only the run's seed decides. */
#include <linux/random.h>
#include <linux/types.h>

#include "kut.h"

static u64 state;

static u64 next(void)
{
	u64 z;

	if (!state)
		state = kut_layout.seed ^ 0x6b65726e656c2121ULL;
	z = (state += 0x9e3779b97f4a7c15ULL); /* splitmix64 */
	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ULL;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebULL;
	return z ^ (z >> 31);
}

void get_random_bytes(void *buf, size_t len)
{
	u8 *p = buf;
	u64 word = 0;

	for (size_t i = 0; i < len; i++) {
		if (i % 8 == 0)
			word = next();
		p[i] = word >> (8 * (i % 8));
	}
}

u8 get_random_u8(void)
{
	return next();
}

u16 get_random_u16(void)
{
	return next();
}

u32 get_random_u32(void)
{
	return next();
}

u64 get_random_u64(void)
{
	return next();
}

u32 __get_random_u32_below(u32 ceil)
{
	return ceil ? (u64)(u32)next() * ceil >> 32 : get_random_u32();
}
