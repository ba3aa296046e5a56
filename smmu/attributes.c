/* SPDX-License-Identifier: MIT */
/* Memory attributes: IHI 0070 13.1, DDI 0487 D8.6. An attribute byte is coded as in MAIR. */
#include "smmu/internal.h"

enum { SH_NON = 0, SH_OUTER = 2, SH_INNER = 3 };
enum { NIBBLE_NC = 4 };

/* Cacheability of one level as stage 2 codes it; the weaker of two is the smaller. */
enum { CLASS_NC = 1, CLASS_WT = 2, CLASS_WB = 3 };

bool attr_is_device(struct smmu_attr attr)
{
	return attr.memtype >> 4 == 0;
}

static unsigned int nibble_class(unsigned int nibble)
{
	if (nibble == NIBBLE_NC)
		return CLASS_NC;
	/* 10RW and 00RW (transient) are write-through; 11RW and 01RW write-back. */
	return nibble & 4 ? CLASS_WB : CLASS_WT;
}

static unsigned int nibble_weaken(unsigned int nibble, unsigned int class)
{
	if (class == CLASS_NC)
		return NIBBLE_NC;
	if (class == CLASS_WT && nibble_class(nibble) == CLASS_WB)
		return nibble & ~4u;
	return nibble;
}

/* Reserved bytes get the meaning they have (4.4); Device and NC-NC are outer shareable. */
struct smmu_attr attr_make(uint8_t memtype, unsigned int sh)
{
	struct smmu_attr attr = {.memtype = memtype, .sh = (uint8_t)(sh == 1 ? SH_NON : sh)};

	if (memtype >> 4 == 0)
		attr.memtype = memtype & 0x0c;
	else if ((memtype & 0xf) == 0)
		attr.memtype = memtype | 3;
	if (attr.memtype < 0x10 || attr.memtype == 0x44)
		attr.sh = SH_OUTER;
	return attr;
}

struct smmu_attr attr_cacheability(enum attr_coding coding, unsigned int inner, unsigned int outer,
				   unsigned int sh)
{
	static const uint8_t nibble[3][4] = {
		[ATTR_CR1] = {0x4, 0xf, 0xb, 0x4},
		[ATTR_S1C] = {0x4, 0xe, 0xa, 0xc},
		[ATTR_TCR] = {0x4, 0xf, 0xa, 0xe},
	};

	return attr_make((uint8_t)(nibble[coding][outer] << 4 | nibble[coding][inner]), sh);
}

/* MemAttr as STE, GBPA and the MSI registers code it; its reserved values are nGnRnE. */
struct smmu_attr attr_memattr(unsigned int memattr, unsigned int sh)
{
	static const uint8_t nibble[4] = {0, NIBBLE_NC, 0xb, 0xf};

	if (memattr < 4)
		return attr_make((uint8_t)(memattr << 2), sh);
	if ((memattr & 3) == 0)
		return attr_make(0, sh);
	return attr_make((uint8_t)(nibble[memattr >> 2] << 4 | nibble[memattr & 3]), sh);
}

static unsigned int sh_combine(unsigned int a, unsigned int b)
{
	if (a == SH_OUTER || b == SH_OUTER)
		return SH_OUTER;
	return a == SH_INNER || b == SH_INNER ? SH_INNER : SH_NON;
}

static uint8_t device_combine(uint8_t in, unsigned int type)
{
	/* Device beats Normal, and the stricter Device the other. */
	if (in >> 4 == 0 && (unsigned int)in >> 2 < type)
		return in;
	return (uint8_t)(type << 2);
}

/* FWB=1 (5.2, S2FWB): stage 2 may force the type. */
static uint8_t combine_fwb(uint8_t in, unsigned int memattr)
{
	switch (memattr & 7) {
	case 6:
		return in >> 4 && in != 0x44 ? (uint8_t)(in | 0xcc) : 0xff;
	case 7:
		return in;
	case 4:
	case 5:
		return in >> 4 ? 0x44 : in;
	default:
		return device_combine(in, memattr & 3);
	}
}

static uint8_t combine(uint8_t in, unsigned int memattr)
{
	if (memattr < 4)
		return device_combine(in, memattr);
	if (in >> 4 == 0)
		return in;
	return (uint8_t)(nibble_weaken(in >> 4, memattr >> 2) << 4 |
			 nibble_weaken(in & 0xf, memattr & 3));
}

struct smmu_attr attr_combine(struct smmu_attr in, unsigned int memattr, unsigned int sh, bool fwb)
{
	uint8_t type = fwb ? combine_fwb(in.memtype, memattr) : combine(in.memtype, memattr);

	return attr_make(type, sh_combine(in.sh, sh));
}

/* STE and GBPA overrides (13.1.2): MTCFG the type, ALLOCCFG (1RWT) the hints, SHCFG. */
struct smmu_attr attr_override(struct smmu_attr in, bool mtcfg, unsigned int memattr,
			       unsigned int alloccfg, unsigned int shcfg)
{
	struct smmu_attr out = mtcfg ? attr_memattr(memattr, in.sh) : in;
	uint8_t hints = (alloccfg >> 1 & 3) | (alloccfg >> 1 & 3) << 4;

	if (alloccfg & 8 && out.memtype >> 4 && out.memtype != 0x44 && hints)
		out.memtype = (uint8_t)((out.memtype & 0xcc) | hints);
	return attr_make(out.memtype, shcfg == 1 ? in.sh : shcfg);
}
