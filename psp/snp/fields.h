/* SPDX-License-Identifier: MIT */
/*
 * Accessors generated from fields.def: REPORT_policy(b) reads a field of the report
 * at b, REPORT_put_policy(b, v) sets it; REPORT_chip_id(b) is the address of an array,
 * REPORT_chip_id_SIZE its length.
 */
#ifndef PSP_SNP_FIELDS_H
#define PSP_SNP_FIELDS_H

#include "psp/buffers.h"

#define UNUSED __attribute__((unused))
#define F(S, N, off, bytes)                                                                        \
	static inline UNUSED uint64_t S##_##N(const uint8_t *b)                                    \
	{                                                                                          \
		return psp_get_le(b + (off), bytes);                                               \
	}                                                                                          \
	static inline UNUSED void S##_put_##N(uint8_t *b, uint64_t v)                              \
	{                                                                                          \
		psp_put_le(b + (off), v, bytes);                                                   \
	}
#define A(S, N, off, bytes)                                                                        \
	enum { S##_##N##_SIZE = (bytes) };                                                         \
	static inline UNUSED uint8_t *S##_##N(const uint8_t *b)                                    \
	{                                                                                          \
		return (uint8_t *)b + (off);                                                       \
	}
#include "psp/snp/fields.def"
#undef F
#undef A
#undef UNUSED

#endif
