/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/crypto.h"

/* PAGE_INFO */
enum {
	INFO_LD = 0,
	INFO_CONTENTS = 0x30,
	INFO_LENGTH = 0x60,
	INFO_TYPE = 0x62,
	INFO_IMI = 0x63,
	INFO_PERMS = 0x65, /* VMPL1, 2, 3 */
	INFO_GPA = 0x68,
	INFO_SIZE = 0x70,
};

static void small_page(uint8_t ld[48], const struct owner_page *page, size_t offset)
{
	uint8_t info[INFO_SIZE] = {0};

	memcpy(info + INFO_LD, ld, 48);
	if (page->type == OWNER_PAGE_NORMAL || page->type == OWNER_PAGE_VMSA)
		owner_sha384((const uint8_t *)page->contents + offset, OWNER_PAGE,
			     info + INFO_CONTENTS);
	owner_put16(info + INFO_LENGTH, INFO_SIZE);
	info[INFO_TYPE] = (uint8_t)page->type;
	info[INFO_IMI] = page->imi;
	memcpy(info + INFO_PERMS, page->vmpl_perms, sizeof(page->vmpl_perms));
	owner_put64(info + INFO_GPA, page->gpa + offset);
	owner_sha384(info, sizeof(info), ld);
}

void owner_digest_page(uint8_t ld[48], const struct owner_page *page)
{
	size_t size = page->large ? OWNER_LARGE_PAGE : OWNER_PAGE;

	for (size_t offset = 0; offset < size; offset += OWNER_PAGE)
		small_page(ld, page, offset);
}
