/* SPDX-License-Identifier: MIT */
/*
 * The RMP once more, as simply as can be: an array of 4 KiB pages, each of which knows all
 * about itself. It shares nothing with psp/ but the types of the questions.
 */
#ifndef TESTS_PSP_RMP_ORACLE_H
#define TESTS_PSP_RMP_ORACLE_H

#include "psp/psp.h"

enum { ORACLE_LARGE = 3, ORACLE_PAGES = ORACLE_LARGE * 512 };

struct oracle_page {
	bool assigned, immutable, validated, vmsa;
	bool large; /* assigned as a part of 2 MiB */
	unsigned int owner;
	uint64_t gpa; /* of this 4 KiB */
	uint8_t perms[4];
};

struct oracle {
	struct oracle_page pages[ORACLE_PAGES];
};

/* What the guest's instructions give: a nested fault, or else a result. */
struct oracle_answer {
	enum psp_access_status fault;
	enum psp_rmp_result result;
	bool unchanged;
};

/* `page` is the number of a page; of the first one, for 2 MiB. */
enum psp_rmp_result oracle_update(struct oracle *o, unsigned int page,
				  const struct psp_rmp_entry *state);
enum psp_rmp_result oracle_smash(struct oracle *o, unsigned int page);
struct oracle_answer oracle_validate(struct oracle *o, unsigned int page,
				     const struct psp_access *access, bool page_2m, bool validate);
struct oracle_answer oracle_adjust(struct oracle *o, unsigned int page,
				   const struct psp_access *access, bool page_2m,
				   uint64_t attributes);
enum psp_access_status oracle_check(const struct oracle *o, unsigned int page,
				    const struct psp_access *access);

#endif
