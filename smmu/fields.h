/* SPDX-License-Identifier: MIT */
/*
 * Accessors generated from the field tables (*.def): STE_Config(ste) reads a
 * field of the structure at `ste`, CR0_SMMUEN(value) a field of a register value;
 * EVT_put_SID(record, v) sets one. PTR fields are read and set in place, as
 * addresses. M_<struct>_<field> is the mask within the dword.
 */
#ifndef SMMU_FIELDS_H
#define SMMU_FIELDS_H

#include <stdint.h>

#define FIELD_ONES(hi, lo) (~0ull >> (63 - (hi) + (lo)))

#define FIELD_MASK(S, N, hi, lo)                                                                   \
	static const uint64_t __attribute__((unused)) M_##S##_##N = FIELD_ONES(hi, lo) << (lo);

#define FIELD_GETTER(S, N, dw, hi, lo)                                                             \
	static inline uint64_t S##_##N(const uint64_t *w)                                          \
	{                                                                                          \
		return w[dw] >> (lo)&FIELD_ONES(hi, lo);                                           \
	}

#define FIELD_SETTER(S, N, dw, hi, lo)                                                             \
	static inline void S##_put_##N(uint64_t *w, uint64_t v)                                    \
	{                                                                                          \
		w[dw] = (w[dw] & ~(FIELD_ONES(hi, lo) << (lo))) | (v & FIELD_ONES(hi, lo))         \
									  << (lo);                 \
	}

#define PTR_GETTER(S, N, dw, hi, lo)                                                               \
	static inline uint64_t S##_##N(const uint64_t *w)                                          \
	{                                                                                          \
		return w[dw] & FIELD_ONES(hi, lo) << (lo);                                         \
	}

#define PTR_SETTER(S, N, dw, hi, lo)                                                               \
	static inline void S##_put_##N(uint64_t *w, uint64_t v)                                    \
	{                                                                                          \
		w[dw] = (w[dw] & ~(FIELD_ONES(hi, lo) << (lo))) |                                  \
			(v & FIELD_ONES(hi, lo) << (lo));                                          \
	}

#define FIELD(N, dw, hi, lo) FIELD_GETTER(STE, N, dw, hi, lo)
#define PTR(N, dw, hi, lo)   PTR_GETTER(STE, N, dw, hi, lo)
#include "smmu/fields_ste.def"
#undef FIELD
#undef PTR

#define FIELD(N, dw, hi, lo) FIELD_GETTER(CD, N, dw, hi, lo)
#define PTR(N, dw, hi, lo)   PTR_GETTER(CD, N, dw, hi, lo)
#include "smmu/fields_cd.def"
#undef FIELD
#undef PTR

#define FIELD(S, N, dw, hi, lo) FIELD_GETTER(S, N, dw, hi, lo)
#define PTR(S, N, dw, hi, lo)	PTR_GETTER(S, N, dw, hi, lo)
#include "smmu/fields_l1.def"
#undef FIELD
#undef PTR

#define FIELD(N, dw, hi, lo) FIELD_GETTER(CMD, N, dw, hi, lo)
#define PTR(N, dw, hi, lo)   PTR_GETTER(CMD, N, dw, hi, lo)
#include "smmu/fields_cmd.def"
#undef FIELD
#undef PTR

#define FIELD(N, dw, hi, lo, in)                                                                   \
	FIELD_GETTER(EVT, N, dw, hi, lo)                                                           \
	FIELD_SETTER(EVT, N, dw, hi, lo)
#define PTR(N, dw, hi, lo, in)                                                                     \
	PTR_GETTER(EVT, N, dw, hi, lo)                                                             \
	PTR_SETTER(EVT, N, dw, hi, lo)
#include "smmu/fields_event.def"
#undef FIELD
#undef PTR

#define FIELD(N, dw, hi, lo) FIELD_SETTER(PRI, N, dw, hi, lo)
#define PTR(N, dw, hi, lo)   PTR_SETTER(PRI, N, dw, hi, lo)
#include "smmu/fields_priq.def"
#undef FIELD
#undef PTR

/* Descriptors and registers are single words, taken by value. */
#define FIELD(S, N, dw, hi, lo)                                                                    \
	FIELD_MASK(S, N, hi, lo)                                                                   \
	static inline uint64_t S##_##N(uint64_t w)                                                 \
	{                                                                                          \
		return w >> (lo)&FIELD_ONES(hi, lo);                                               \
	}
#include "smmu/fields_desc.def"
#undef FIELD

#define FIELD(S, N, hi, lo)                                                                        \
	FIELD_MASK(S, N, hi, lo)                                                                   \
	static inline uint64_t S##_##N(uint64_t w)                                                 \
	{                                                                                          \
		return w >> (lo)&FIELD_ONES(hi, lo);                                               \
	}                                                                                          \
	static inline uint64_t S##_put_##N(uint64_t v)                                             \
	{                                                                                          \
		return (v & FIELD_ONES(hi, lo)) << (lo);                                           \
	}
#define PTR(S, N, hi, lo)                                                                          \
	FIELD_MASK(S, N, hi, lo)                                                                   \
	static inline uint64_t S##_##N(uint64_t w)                                                 \
	{                                                                                          \
		return w & FIELD_ONES(hi, lo) << (lo);                                             \
	}
#include "smmu/fields_reg.def"
#undef FIELD
#undef PTR

#endif
