/* SPDX-License-Identifier: MIT */
/*
 * A slow, plain walker to compare the model with: one rule a line, no caches, no
 * tables of fields, written from the specification (DDI 0487 D8, IHI 0070 3.3,
 * 3.4, 7.3.22). It takes decoded parameters, so that it shares nothing with the
 * model but the memory.
 */
#ifndef TESTS_SMMU_ORACLE_H
#define TESTS_SMMU_ORACLE_H

#include "tests/smmu/tables.h"

struct oracle_setup {
	struct rig *rig;
	bool s1, s2;
	struct tree half[2]; /* TTB0, TTB1 */
	struct tree stage2;
	bool epd[2], tbi[2], had[2], wxn, pan, affd, s2_affd;
	unsigned int ips, s2ps; /* bits */
	uint64_t cd;		/* address of the CD, an IPA if s2 */
};

struct oracle_answer {
	unsigned int event; /* 0: OK */
	bool s2, ttrnw;
	unsigned int class;
	uint64_t pa, ipa, fetch;
};

struct oracle_access {
	uint64_t addr;
	bool write, instruction, privileged;
};

struct oracle_answer oracle(const struct oracle_setup *setup, const struct oracle_access *access);

#endif
