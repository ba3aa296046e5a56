/* SPDX-License-Identifier: MIT */
/*
 * Accessors generated from buffers.def: LAUNCH_START_handle(b) reads a field of the
 * command buffer at b, LAUNCH_START_put_handle(b, v) sets it; ATTESTATION_mnonce(b) is
 * the address of an array. Buffers have room for 8 bytes at each field (PSP_CMD_BYTES).
 */
#ifndef PSP_BUFFERS_H
#define PSP_BUFFERS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

/* Little-endian numbers at any address. */
static inline uint64_t psp_get_le(const uint8_t *p, size_t bytes)
{
	uint64_t v = 0;

	memcpy(&v, p, bytes);
	return v;
}

static inline void psp_put_le(uint8_t *p, uint64_t v, size_t bytes)
{
	memcpy(p, &v, bytes);
}

static inline bool psp_is_zero(const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		if (p[i])
			return false;
	return true;
}

static inline uint64_t psp_ones(unsigned int hi, unsigned int lo)
{
	return ~0ull >> (63 - hi + lo);
}

#define UNUSED __attribute__((unused))
#define F(C, N, off, bytes)                                                                        \
	static inline UNUSED uint64_t C##_##N(const uint8_t *b)                                    \
	{                                                                                          \
		return psp_get_le(b + (off), bytes);                                               \
	}                                                                                          \
	static inline UNUSED void C##_put_##N(uint8_t *b, uint64_t v)                              \
	{                                                                                          \
		psp_put_le(b + (off), v, bytes);                                                   \
	}
#define B(C, N, off, hi, lo)                                                                       \
	static inline UNUSED uint64_t C##_##N(const uint8_t *b)                                    \
	{                                                                                          \
		return psp_get_le(b + (off), 8) >> (lo)&psp_ones(hi, lo);                          \
	}                                                                                          \
	static inline UNUSED void C##_put_##N(uint8_t *b, uint64_t v)                              \
	{                                                                                          \
		uint64_t w = psp_get_le(b + (off), 8) & ~(psp_ones(hi, lo) << (lo));               \
                                                                                                   \
		psp_put_le(b + (off), w | (v & psp_ones(hi, lo)) << (lo), 8);                      \
	}
#define A(C, N, off, bytes)                                                                        \
	static inline UNUSED const uint8_t *C##_##N(const uint8_t *b)                              \
	{                                                                                          \
		return b + (off);                                                                  \
	}
#include "psp/buffers.def"
#undef F
#undef B
#undef A
#undef UNUSED

#endif
