/* SPDX-License-Identifier: MIT */
/*
 * What the chapters of the model share. A translation is one struct xlate on the
 * stack, passed from chapter to chapter; a function that returns false has
 * filled x->fault.
 */
#ifndef SMMU_INTERNAL_H
#define SMMU_INTERNAL_H

#include <endian.h>
#include <errno.h>
#include <string.h>

#include "smmu/fields.h"
#include "smmu/smmu.h"

#define likely(x)   __builtin_expect(!!(x), 1)
#define unlikely(x) __builtin_expect(!!(x), 0)

#define BIT(n) (1ull << (n))

/* Low `n` bits, n in 0..64. */
static inline uint64_t ones(unsigned int n)
{
	return n >= 64 ? ~0ull : BIT(n) - 1;
}

enum reg {
#define REG(N, off, bytes) R_##N,
#include "smmu/regs.def"
#undef REG
	N_REGS
};

/* Which fields a record has (7.3). */
enum event_layout {
	E_ALL = 1,
	E_SSV = 2,
	E_SSID = 4,
	E_STALL = 8,
	E_REASON = 0x10,
	E_ACCESS = 0x20,
	E_RNW = 0x40,
	E_STAGE = 0x80,
	E_CLASS = 0x100,
	E_TTRNW = 0x200,
	E_INPUT = 0x400,
	E_IPA = 0x800,
	E_FETCH = 0x1000,
	E_TREQ = 0x2000,
	E_TRANSLATION =
		E_SSV | E_SSID | E_STALL | E_ACCESS | E_RNW | E_STAGE | E_CLASS | E_INPUT | E_IPA,
};

enum event_id {
#define EVENT(number, name, layout) EVT_##name = number,
#include "smmu/events.def"
#undef EVENT
};

/* CLASS of an event (7.3.12). */
enum fault_class { CLASS_CD, CLASS_TT, CLASS_IN };

/* STE.Config (5.2). */
enum ste_config {
	CONFIG_ABORT = 0,
	CONFIG_BYPASS = 4,
	CONFIG_S1 = 5,
	CONFIG_S2 = 6,
	CONFIG_NESTED
};

/* StreamWorld (3.4.1), as a TLB tag; stage 2 entries have a kind of their own (3.17). */
enum world { WORLD_EL1, WORLD_EL2, WORLD_EL2_E2H, TAG_STAGE2 };

/* Command errors (7.1). */
enum cerror { CERROR_NONE, CERROR_ILL, CERROR_ABT, CERROR_ATC_INV_SYNC };

/*
 * Permissions are one bit for each kind of access: bit (privileged << 2 |
 * instruction << 1 | write). PERM_TT is a table fetch: privileged data read.
 */
enum { PERM_READ = 0x55, PERM_WRITE = 0xaa, PERM_DATA = 0x33, PERM_INSTR = 0xcc };
enum { PERM_UNPRIV = 0x0f, PERM_PRIV = 0xf0, PERM_TT = BIT(4), PERM_TT_WRITE = BIT(5) };

struct fault {
	uint8_t event; /* 0: none, e.g. a silent abort */
	uint8_t class;
	bool s2, ttrnw;
	uint64_t ipa, fetch_addr;
};

struct stage2 {
	uint64_t ttb;
	uint8_t ia_bits, oa_bits, granule, level, sh;
	bool affd, ptw, fwb, ha, hd, stall, record;
	uint16_t vmid;
	struct smmu_attr walk_attr;
};

struct ste {
	uint64_t raw[8];
	uint64_t tag;	    /* SID + 1; 0: unused slot */
	uint8_t event;	    /* 0 or C_BAD_STE */
	bool s1, s2, plain; /* plain: no attribute or permission override */
	uint8_t config, eats, s1dss, s1fmt, s1cdmax, world;
	uint64_t s1ctxptr;
	struct smmu_attr cd_attr;
	struct stage2 stage2;
};

/* One half of stage 1: TTB0 or TTB1. */
struct stage1 {
	uint64_t ttb;
	uint8_t ia_bits, granule, level, top, sh;
	bool epd, had, e0pd;
	struct smmu_attr walk_attr;
};

struct cd {
	uint64_t raw[8];
	uint64_t tag;  /* SID << 20 | SSID, + 1; 0: unused slot */
	uint8_t event; /* 0 or C_BAD_CD */
	uint8_t oa_bits;
	bool stall, record, abort, aset, affd, wxn, pan, epan, ha, hd, two_priv;
	uint16_t asid;
	uint64_t mair;
	struct stage1 half[2];
};

/* What one translation yields, and what the TLB keeps of it. */
struct tlb_entry {
	uint64_t tag, tag_mask; /* tag 0 with mask ~0: unused */
	uint64_t page;		/* input address >> shift */
	uint64_t pa, ipa;	/* of the page's first byte */
	uint8_t shift, s1_perm, s2_perm;
	bool s1_dirty, s2_dirty; /* a write makes the page writable by HTTU first */
	struct smmu_attr attr;
	bool global, nested;
};

enum { TLB_WAYS = 4 };

struct tlb {
	struct tlb_entry *entries; /* NULL: off */
	uint8_t *next;		   /* round-robin way of each set */
	unsigned int sets, log2_sets;
	uint64_t shifts; /* bit n: entries of 2^n bytes may exist */
};

/* STE or CD cache: sets of four ways. */
struct cfg_cache {
	void *slots; /* NULL: off */
	size_t slot_size;
	uint8_t *next;
	unsigned int sets;
};

struct stall {
	uint32_t sid;
	bool used, recorded;
	uint64_t sequence;
};

enum { STALLS = 1024, STALL_MAX = 64 };

struct smmu {
	struct smmu_config config;
	struct smmu_ops ops;
	void *ctx;
	uint64_t reg[N_REGS];
	/* CR0ACK.SMMUEN and STRTAB_BASE* decoded, for the way of each transaction. */
	bool enabled, recinvsid;
	struct {
		uint64_t base;
		uint8_t log2size, split;
		bool two_level;
		struct smmu_attr attr;
	} strtab;
	struct tlb tlb;
	struct cfg_cache ste_cache, cd_cache;
	struct ste uncached_ste;
	struct cd uncached_cd;
	bool frozen; /* a probe: no fills, no updates of memory */
	bool atc_timeout;
	struct stall *stalls; /* STALLS of them */
	unsigned int stalls_recorded, stalls_waiting;
	uint64_t stall_sequence;
	struct smmu_stats stats;
};

struct xlate {
	struct smmu *smmu;
	const struct smmu_txn *txn;
	const struct ste *ste;
	const struct cd *cd;
	uint32_t ssid;
	bool write, privileged, instruction; /* after the STE's overrides */
	uint8_t perm; /* its bit, which must be granted; 0: an ATS request takes what there is */
	uint8_t want; /* its bit, for which a page is made dirty */
	struct fault fault;
	uint64_t latency;
};

/* config.c */
int config_check(const struct smmu_config *config);
void config_id_registers(struct smmu *smmu);
uint8_t oas_encode(unsigned int bits);
unsigned int oas_decode(unsigned int code);

/* regs.c */
void regs_reset(struct smmu *smmu);
bool regs_step(struct smmu *smmu, uint64_t *latency);

/* memory.c: accesses of the SMMU itself */
int mem_read(struct smmu *smmu, uint64_t pa, uint64_t *words, unsigned int n,
	     struct smmu_attr attr);
static inline bool fault_point(struct smmu *smmu, const char *name)
{
	return unlikely(smmu->ops.fault != NULL) && !smmu->frozen &&
	       smmu->ops.fault(smmu->ctx, name);
}
void kick(struct smmu *smmu);
void trace_words(struct xlate *x, enum smmu_trace_kind kind, uint64_t addr, const uint64_t *words,
		 unsigned int n);
void trace_walk(struct xlate *x, unsigned int stage, int level, uint64_t addr, uint64_t desc);

/* queues.c */
bool queue_empty(uint64_t prod, uint64_t cons, unsigned int log2size);
bool queue_full(uint64_t prod, uint64_t cons, unsigned int log2size);
uint64_t queue_next(uint64_t index, unsigned int log2size);
uint64_t queue_slot(uint64_t base, uint64_t index, unsigned int log2size, size_t entry);
struct smmu_attr queue_attr(const struct smmu *smmu);

/* gerror.c */
bool gerror_active(const struct smmu *smmu, uint64_t mask);
void gerror_raise(struct smmu *smmu, uint64_t mask);

/* interrupts.c */
void interrupt(struct smmu *smmu, enum smmu_line line);
bool msi_write(struct smmu *smmu, uint64_t addr, uint32_t data, struct smmu_attr attr);

/* commands.c */
bool commands_step(struct smmu *smmu, uint64_t *latency);

/* invalidate.c, and the rest of the handlers in commands.def */
#define COMMAND(op, name, handler, condition, shown)                                               \
	enum cerror command_##handler(struct smmu *smmu, const uint64_t *cmd);
#include "smmu/commands.def"
#undef COMMAND

/* events.c */
bool event_record(struct xlate *x, bool stall, uint16_t stag);
bool eventq_writable(const struct smmu *smmu);
unsigned int event_layout(uint8_t event);

/* stall.c */
bool stall_begin(struct xlate *x, uint16_t *stag);
bool stall_step(struct smmu *smmu, uint64_t *latency);
void stall_abort_all(struct smmu *smmu);

/* stream_table.c, ste.c */
bool stream_table_find(struct xlate *x);
void ste_decode(const struct smmu *smmu, struct ste *ste);

/* context.c, cd.c */
bool context_find(struct xlate *x);
void cd_decode(const struct smmu *smmu, const struct ste *ste, struct cd *cd);

/* geometry.c: what chapter D8 says of granules and start levels */
unsigned int granule_shift_tg0(unsigned int tg);
unsigned int granule_shift_tg1(unsigned int tg);
bool granule_supported(const struct smmu_config *config, unsigned int shift);
int start_level(unsigned int ia_bits, unsigned int granule);

/* stage1.c, stage2.c */
/* AGAIN: the descriptor in memory changed under the walk. */
enum leaf { LEAF_FAULT, LEAF_AGAIN, LEAF_DONE };
bool stage1_input(struct xlate *x, uint64_t va);
bool stage1_walk(struct xlate *x, uint64_t va, struct tlb_entry *out);
/*
 * NULL: x->fault is set. The entry may be `local`. Its attr is stage 2's own: MemAttr
 * in memtype, SH in sh, for attr_stage2().
 */
const struct tlb_entry *stage2_translate(struct xlate *x, uint64_t ipa, enum fault_class class,
					 uint8_t perm, struct tlb_entry *local);
bool fault_set(struct xlate *x, uint8_t event, bool s2, enum fault_class class, uint64_t ipa);

static inline uint64_t entry_pa(const struct tlb_entry *entry, uint64_t addr)
{
	return entry->pa | (addr & ones(entry->shift));
}

/* httu.c */
enum httu { HTTU_DONE, HTTU_CHANGED, HTTU_ABORT };
/* *desc becomes what is in memory now. */
enum httu httu_update(struct smmu *smmu, uint64_t pa, uint64_t *desc, uint64_t to);

/* permissions.c */
uint8_t stage1_permissions(const struct cd *cd, unsigned int ap, bool xn, bool pxn);
uint8_t stage2_permissions(const struct smmu_config *config, unsigned int ap, unsigned int xn);

/* attributes.c */
struct smmu_attr attr_combine(struct smmu_attr in, unsigned int memattr, unsigned int sh, bool fwb);

static inline struct smmu_attr attr_stage2(struct smmu_attr in, unsigned int memattr,
					   unsigned int sh, bool fwb)
{
	/* Write-back memory under write-back memory of the same shareability changes nothing. */
	if (likely(memattr == 0xf && !fwb && in.memtype == 0xff && in.sh == sh))
		return in;
	return attr_combine(in, memattr, sh, fwb);
}

struct smmu_attr attr_make(uint8_t memtype, unsigned int sh);
/* Codings of cacheability: CR1 (6.3.11), STE.S1CIR (5.2), CD.IR0 and STE.S2IR0 (5.4). */
enum attr_coding { ATTR_CR1, ATTR_S1C, ATTR_TCR };
struct smmu_attr attr_cacheability(enum attr_coding coding, unsigned int inner, unsigned int outer,
				   unsigned int sh);
struct smmu_attr attr_memattr(unsigned int memattr, unsigned int sh);
struct smmu_attr attr_override(struct smmu_attr in, bool mtcfg, unsigned int memattr,
			       unsigned int alloccfg, unsigned int shcfg);
struct smmu_attr attr_incoming(const struct xlate *x);
bool attr_is_device(struct smmu_attr attr);

/* tlb.c */
int tlb_init(struct tlb *tlb, unsigned int entries);
void tlb_free(struct tlb *tlb);
/* A tag: world 1:0, ASET 2, VMID 31:16, ASID 47:32, valid 63. */
enum { TAG_ASET_BIT = 2, TAG_VMID_SHIFT = 16, TAG_ASID_SHIFT = 32, TAG_VALID_BIT = 63 };

static inline uint64_t tlb_tag(enum world world, bool aset, uint16_t vmid, uint16_t asid)
{
	return BIT(TAG_VALID_BIT) | (uint64_t)asid << TAG_ASID_SHIFT |
	       (uint64_t)vmid << TAG_VMID_SHIFT | (uint64_t)aset << TAG_ASET_BIT | world;
}

const struct tlb_entry *tlb_search(const struct tlb *tlb, uint64_t tag, uint64_t addr,
				   bool *conflict);

static inline const struct tlb_entry *tlb_lookup(const struct tlb *tlb, uint64_t tag, uint64_t addr,
						 bool *conflict)
{
	return tlb->entries ? tlb_search(tlb, tag, addr, conflict) : NULL;
}

/* Addresses compare as 56 bits, sign-extended: a tag byte plays no part. */
static inline uint64_t canonical(uint64_t va)
{
	return (uint64_t)((int64_t)(va << 8) >> 8);
}

void tlb_insert(struct tlb *tlb, const struct tlb_entry *entry);
/* What an invalidation reaches: entries of `world` that match what is asked for. */
struct tlb_match {
	enum world world;
	bool any_vmid, any_asid, any_address, spare_global;
	uint16_t vmid, asid;
	uint64_t first, last; /* addresses, inclusive */
};
void tlb_invalidate(struct tlb *tlb, const struct tlb_match *match);

/* cfg_cache.c */
int cfg_cache_init(struct cfg_cache *cache, size_t slot_size, unsigned int entries);
void cfg_cache_free(struct cfg_cache *cache);
struct ste *ste_cache_find(const struct smmu *smmu, uint32_t sid);
struct ste *ste_cache_victim(struct smmu *smmu, uint32_t sid);
void ste_cache_keep(struct ste *ste, uint32_t sid);
struct cd *cd_cache_find(const struct smmu *smmu, uint32_t sid, uint32_t ssid);
struct cd *cd_cache_victim(struct smmu *smmu, uint32_t sid, uint32_t ssid);
void cd_cache_keep(struct cd *cd, uint32_t sid, uint32_t ssid);
void cfg_invalidate_stes(struct smmu *smmu, uint32_t first, uint32_t last);
void cfg_invalidate_cds(struct smmu *smmu, uint32_t sid, uint32_t first_ssid, uint32_t last_ssid);

/* translate.c */
void xlate_begin(struct xlate *x, struct smmu *smmu, const struct smmu_txn *txn);
bool xlate_find_config(struct xlate *x);
void xlate_overrides(struct xlate *x);
const struct tlb_entry *xlate_address(struct xlate *x, struct tlb_entry *local);
bool xlate_result(struct xlate *x, struct smmu_result *result);
void result_disabled(struct xlate *x, struct smmu_result *result);

/* ats.c */
void ats_request(struct xlate *x, struct smmu_result *result);
void ats_translated(struct xlate *x, struct smmu_result *result);
void result_ok(struct xlate *x, const struct tlb_entry *entry, struct smmu_result *result);
void result_bypass(struct xlate *x, struct smmu_attr attr, struct smmu_result *result);
void result_fault(struct xlate *x, struct smmu_result *result);

#endif
