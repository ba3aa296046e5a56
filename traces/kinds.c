/* SPDX-License-Identifier: MIT */
#include "traces/kinds.h"

static const char *const access_status[] = {"ok", "abort", "raz-wi", "stall", NULL};
static const char *const direction[] = {"read", "write", NULL};
static const char *const yes_no[] = {"no", "yes", NULL};
static const char *const log_level[] = {"emerg",  "alert", "crit",  "err", "warning",
					"notice", "info",  "debug", NULL};

#define HEX(n)                                                                                     \
	{                                                                                          \
		n, TRC_HEX, NULL                                                                   \
	}
#define DEC(n)                                                                                     \
	{                                                                                          \
		n, TRC_DEC, NULL                                                                   \
	}
#define SSID                                                                                       \
	{                                                                                          \
		"ssid", TRC_SSID, NULL                                                             \
	}
#define ENUM(n, of)                                                                                \
	{                                                                                          \
		n, TRC_ENUM, of                                                                    \
	}
#define DWORDS8                                                                                    \
	HEX("dw0"), HEX("dw1"), HEX("dw2"), HEX("dw3"), HEX("dw4"), HEX("dw5"), HEX("dw6"),        \
		HEX("dw7")

static const struct trc_kind_info kinds[TRC_KINDS] = {
	[TRC_LOG] = {"log", NULL, {ENUM("level", log_level)}},
	[TRC_MMIO_READ] = {"mmio-read", "reg", {HEX("addr"), HEX("value"), DEC("size")}},
	[TRC_MMIO_WRITE] = {"mmio-write", "reg", {HEX("addr"), HEX("value"), DEC("size")}},
	[TRC_SMMU_CMD] = {"smmu-cmd", NULL, {HEX("at"), HEX("dw0"), HEX("dw1")}},
	[TRC_SMMU_EVENT] = {"smmu-event",
			    NULL,
			    {HEX("at"), HEX("dw0"), HEX("dw1"), HEX("dw2"), HEX("dw3")}},
	[TRC_SMMU_L1STD] = {"smmu-l1std", NULL, {HEX("sid"), HEX("at"), HEX("dw0")}},
	[TRC_SMMU_STE] = {"smmu-ste", NULL, {HEX("sid"), HEX("at"), DWORDS8}},
	[TRC_SMMU_L1CD] = {"smmu-l1cd", NULL, {HEX("sid"), SSID, HEX("at"), HEX("dw0")}},
	[TRC_SMMU_CD] = {"smmu-cd", NULL, {HEX("sid"), SSID, HEX("at"), DWORDS8}},
	[TRC_SMMU_WALK] = {"smmu-walk",
			   NULL,
			   {HEX("sid"),
			    SSID,
			    DEC("stage"),
			    {"level", TRC_SIGNED, NULL},
			    HEX("at"),
			    HEX("desc")}},
	[TRC_SMMU_TLB_HIT] = {"smmu-tlb-hit",
			      NULL,
			      {HEX("sid"), SSID, DEC("stage"), HEX("input"), HEX("output")}},
	[TRC_SMMU_TRANSLATE] = {"smmu-translate",
				NULL,
				{HEX("sid"), SSID, HEX("input"), HEX("output"),
				 ENUM("status", access_status)}},
	[TRC_SMMU_GERROR] = {"smmu-gerror", NULL, {HEX("gerror")}},
	[TRC_DMA] = {"dma",
		     NULL,
		     {HEX("sid"), SSID, HEX("addr"), DEC("length"), ENUM("dir", direction),
		      ENUM("status", access_status)}},
	[TRC_IRQ_LINE] = {"irq-line", NULL, {DEC("line")}},
	[TRC_IRQ_TAKEN] = {"irq-taken", NULL, {DEC("cpu"), DEC("hwirq")}},
	[TRC_SWITCH] = {"switch", "task", {DEC("cpu"), DEC("pid")}},
	[TRC_CALL] = {"call", "op", {{NULL, TRC_HEX, NULL}}},
	[TRC_REPORT] = {"report", NULL, {{NULL, TRC_HEX, NULL}}},
	[TRC_CASE] = {"case", "name", {DEC("number"), ENUM("passed", yes_no)}},
	[TRC_FINDING] = {"finding", NULL, {{NULL, TRC_HEX, NULL}}},
};

const struct trc_kind_info *trc_kind_info(enum trc_kind kind)
{
	if ((unsigned int)kind >= TRC_KINDS || !kinds[kind].name)
		return NULL;
	return &kinds[kind];
}

const char *trc_kind_name(enum trc_kind kind)
{
	const struct trc_kind_info *info = trc_kind_info(kind);

	return info ? info->name : NULL;
}
