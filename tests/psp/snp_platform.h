/* SPDX-License-Identifier: MIT */
/* Commands that bring SNP up and down. */
#ifndef TESTS_PSP_SNP_PLATFORM_H
#define TESTS_PSP_SNP_PLATFORM_H

#include "tests/psp/page_rig.h"
#include "tests/suite.h"

enum { INIT_RMP = 1, LIST_EN = 2, RAPL_DIS = 4, HIDING = 8, TIO = 16 };

static inline int init_ex(struct rig *rig, uint32_t flags, uint64_t list, uint16_t max_snp_asid)
{
	uint8_t buf[0x40] = {0};

	put32(buf, flags);
	put64(buf + 8, list);
	put16(buf + 0x10, max_snp_asid);
	return rig_cmd_raw(rig, PSP_CMD_SNP_INIT_EX, buf, sizeof(buf));
}

static inline int shutdown_ex(struct rig *rig, uint32_t len, uint32_t flags)
{
	uint8_t buf[8];

	put32(buf, len);
	put32(buf + 4, flags);
	return rig_cmd_raw(rig, PSP_CMD_SNP_SHUTDOWN_EX, buf, sizeof(buf));
}

static inline void flush(struct rig *rig)
{
	rig_wbinvd(rig);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0));
}

static inline bool initialized(struct rig *rig)
{
	struct psp_info info;

	psp_get_info(rig->psp, &info);
	return info.snp_initialized;
}

#endif
