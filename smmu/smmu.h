/* SPDX-License-Identifier: MIT */
/*
 * libfaultline-smmu: a functional, cycle-approximate Arm SMMUv3 (IHI 0070).
 *
 * Concepts. A struct smmu is one SMMU. It sees the world through struct
 * smmu_ops and knows nothing of who drives it: no threads, no clock of its own,
 * no allocation after smmu_new() except where stated. Translations and register
 * accesses are direct calls that return their result and their latency; the
 * caller turns latency into time. Work that the hardware does by itself
 * (register updates that are acknowledged later, command consumption, event
 * records waiting for room) is done one piece at a time by smmu_step(), each
 * with its latency; ops->kick says that there is some.
 *
 * The TLB and the configuration caches answer from what they hold until an
 * invalidation command names it or a deterministic replacement drops it, whatever
 * memory says meanwhile: a missing invalidation shows as a stale translation.
 * docs/smmu-coverage.md lists what is modelled.
 *
 * All addresses are byte addresses, physical unless said; all structures in
 * memory are little-endian; time is in picoseconds. Errors are negative errno.
 * A library never prints and never exits. One struct smmu is not thread-safe;
 * two are independent.
 */
#ifndef SMMU_SMMU_H
#define SMMU_SMMU_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct smmu;

/* Size of the register window: page 0 and page 1 (IHI 0070 6.1). */
#define SMMU_MMIO_SIZE 0x20000

enum smmu_line { SMMU_LINE_EVENTQ, SMMU_LINE_PRIQ, SMMU_LINE_CMD_SYNC, SMMU_LINE_GERROR };

/* Attributes of an access that the SMMU makes (3.15, 13.1). */
struct smmu_attr {
	uint8_t memtype; /* MAIR-style attribute byte */
	uint8_t sh;	 /* 0 non, 2 outer, 3 inner shareable */
};

enum smmu_trace_kind {
	SMMU_TRACE_CMD,	      /* data: the command's 2 dwords; addr: its address */
	SMMU_TRACE_EVENT,     /* data: the record's 4 dwords; addr: its address, 0 if lost */
	SMMU_TRACE_L1STD,     /* data: 1 dword */
	SMMU_TRACE_STE,	      /* data: 8 dwords */
	SMMU_TRACE_L1CD,      /* data: 1 dword */
	SMMU_TRACE_CD,	      /* data: 8 dwords */
	SMMU_TRACE_WALK,      /* data: descriptor; stage, level, addr: of the descriptor */
	SMMU_TRACE_TLB_HIT,   /* addr: input address; data: output, stage in `stage` */
	SMMU_TRACE_TRANSLATE, /* addr: input; data: output address, result status */
	SMMU_TRACE_GERROR,    /* data: GERROR */
	SMMU_TRACE_KINDS
};

struct smmu_trace {
	enum smmu_trace_kind kind;
	uint8_t stage; /* 1 or 2 for WALK; 0 combined */
	int8_t level;
	bool has_ssid;
	uint32_t sid, ssid;
	uint64_t addr;
	unsigned int n_data; /* dwords */
	uint64_t data[8];
};

/* CMD_ATC_INV as sent to the endpoint. size_log2: in 4 KiB pages; 52 is everything. */
struct smmu_atc_inv {
	uint32_t sid, ssid;
	bool has_ssid, global;
	uint64_t addr;
	uint8_t size_log2;
};

/* PRG response codes of PCIe: 0 Success, 1 Invalid Request, 15 Response Failure. */
struct smmu_prg_response {
	uint32_t sid, ssid;
	bool has_ssid;
	uint16_t prg_index;
	uint8_t code;
};

struct smmu_ops {
	/* Physical memory. 0, or -EFAULT for an external abort. Length at most 64 bytes. */
	int (*read)(void *ctx, uint64_t pa, void *buf, size_t len, struct smmu_attr attr);
	int (*write)(void *ctx, uint64_t pa, const void *buf, size_t len, struct smmu_attr attr);
	/* Atomic compare and swap of one 64-bit little-endian word, for HTTU and ordering.
	 * Returns 0 and stores what was there in *old, or -EFAULT. */
	int (*cas64)(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired, uint64_t *old);
	/* Wired interrupt, edge-triggered (3.18). MSIs are 32-bit writes through `write`. */
	void (*irq)(void *ctx, enum smmu_line line);
	/* CMD_SYNC completion by SEV (4.7.3): an event for waiting CPUs. */
	void (*sev)(void *ctx);
	/* smmu_step() has something to do. May be called from any smmu_ function. */
	void (*kick)(void *ctx);
	/* A stalled transaction may be presented again (RESUME), or has been terminated. */
	void (*resume)(void *ctx, uint16_t stag, bool retry, bool abort);
	/* NULL: no trace, at no cost. */
	void (*trace)(void *ctx, const struct smmu_trace *record);
	/*
	 * Named fault points (optional, NULL): true makes the named thing fail this
	 * time. Names: see smmu_fault_names[].
	 */
	bool (*fault)(void *ctx, const char *name);
	/*
	 * ATS invalidation to the endpoint (4.5.1), optional. -ETIMEDOUT: the endpoint did
	 * not answer; the next CMD_SYNC then reports CERROR_ATC_INV_SYNC.
	 */
	int (*atc_inv)(void *ctx, const struct smmu_atc_inv *inv);
	/* A PRG response to the endpoint (4.5.2), optional. */
	void (*pri_resp)(void *ctx, const struct smmu_prg_response *response);
};

extern const char *const smmu_fault_names[]; /* NULL-terminated */

/* Latency of each operation in ps; smmu_config_default() gives plausible ones. */
struct smmu_latency {
	uint64_t mmio, cr_ack, cmd, cmd_sync, tlb_hit, cfg_hit, ste_fetch, cd_fetch, desc_fetch,
		event_write, msi;
};

/* What the ID registers say (6.3.1 ff.). */
struct smmu_config {
	bool s1p, s2p, cohacc, ats, pri, msi, sev, ril, cd2l, st2l, stall, hyp, had, xnx, stt;
	bool asid16, vmid16;
	uint8_t bbml, httu; /* as the ID fields */
	uint8_t sidsize, ssidsize;
	uint8_t cmdqs, eventqs, priqs;
	uint8_t oas;			   /* bits: 32, 36, 40, 42, 44, 48, 52 */
	uint8_t gran;			   /* bit 0: 4K, bit 1: 16K, bit 2: 64K */
	uint8_t aidr;			   /* architecture minor version: 0..4 */
	uint32_t tlb_entries, cfg_entries; /* 0: caches off */
	struct smmu_latency latency;
};

void smmu_config_default(struct smmu_config *config);

/* -EINVAL: a configuration that the architecture forbids; -ENOMEM. */
int smmu_new(struct smmu **out, const struct smmu_config *config, const struct smmu_ops *ops,
	     void *ctx);
void smmu_free(struct smmu *smmu);
void smmu_reset(struct smmu *smmu);

/*
 * Register access (chapter 6). `offset` below SMMU_MMIO_SIZE, size 4 or 8,
 * naturally aligned; what the architecture leaves open reads as zero and ignores
 * writes. *latency (may be NULL) receives the cost in ps.
 */
uint64_t smmu_mmio_read(struct smmu *smmu, uint32_t offset, unsigned int size, uint64_t *latency);
void smmu_mmio_write(struct smmu *smmu, uint32_t offset, uint64_t value, unsigned int size,
		     uint64_t *latency);

/* Do the next piece of pending work. False: there was none. *latency: what it cost, in ps. */
bool smmu_step(struct smmu *smmu, uint64_t *latency);

/* A client transaction as it arrives (3.3, 13.1.2). */
struct smmu_txn {
	uint32_t sid, ssid;
	bool has_ssid;
	uint64_t addr;
	bool write, instruction, privileged;
	/* ATS: TRANSLATED passes an already translated address; REQUEST asks for one (write: NW=0).
	 */
	enum { SMMU_ATS_UNTRANSLATED, SMMU_ATS_TRANSLATED, SMMU_ATS_REQUEST } ats;
};

enum smmu_status {
	SMMU_OK,     /* access at `pa`, valid for `span` bytes from it */
	SMMU_ABORT,  /* the client sees an abort */
	SMMU_RAZ_WI, /* terminated: reads as zero, writes ignored */
	/* Held: ops->resume names `stag` later. At most 1024 at a time; more are aborted. */
	SMMU_STALL,
};

struct smmu_result {
	enum smmu_status status;
	uint64_t pa;
	uint64_t span; /* bytes from pa that the same translation serves, >= 1 */
	struct smmu_attr attr;
	bool readable, writable;
	uint8_t event; /* event number recorded or suppressed, 0 none (7.3) */
	uint16_t stag;
	uint64_t latency; /* ps */
	/*
	 * Answer to SMMU_ATS_REQUEST (3.9.1): OK becomes a completion with the permissions
	 * above and `executable`; SMMU_ABORT becomes UR or CA.
	 */
	enum { SMMU_ATS_NONE, SMMU_ATS_SUCCESS, SMMU_ATS_UR, SMMU_ATS_CA } completion;
	bool executable;
};

/* Translate one transaction: it must not cross a 4 KiB boundary. */
void smmu_translate(struct smmu *smmu, const struct smmu_txn *txn, struct smmu_result *result);

/*
 * A PCIe page request (PRI, 3.13.7, 8): written to the PRI queue, or answered at
 * once. True: *response is an automatic PRG response for the endpoint.
 */
struct smmu_page_request {
	uint32_t sid, ssid;
	bool has_ssid, read, write, exec, privileged, last;
	uint64_t addr;
	uint16_t prg_index;
};
bool smmu_page_request(struct smmu *smmu, const struct smmu_page_request *request,
		       struct smmu_prg_response *response);

/*
 * What the tables in memory say of an untranslated transaction now: no cache is
 * asked or filled, nothing is recorded, traced or changed. status is SMMU_OK or
 * SMMU_ABORT, event the reason. Where it differs from what smmu_translate()
 * answers, a cache holds something stale.
 */
void smmu_translate_fresh(const struct smmu *smmu, const struct smmu_txn *txn,
			  struct smmu_result *result);

/*
 * The STE of a StreamID as memory has it now, found as the SMMU would; with no more
 * effects than above. 0; -ENOENT: there is none (C_BAD_STREAMID); -EFAULT: it cannot be read.
 */
int smmu_read_ste(const struct smmu *smmu, uint32_t sid, uint64_t ste[8]);

/* Counters since reset, for statistics. */
struct smmu_stats {
	uint64_t translations, tlb_hits, tlb_misses, walks, desc_fetches, ste_fetches, cd_fetches,
		commands, events, events_lost;
};
void smmu_get_stats(const struct smmu *smmu, struct smmu_stats *stats);

/*
 * What the TLB would answer now, without side effects: for diagnosis of stale
 * mappings. True if an entry matches; pa as for smmu_translate().
 */
bool smmu_tlb_probe(const struct smmu *smmu, const struct smmu_txn *txn, uint64_t *pa);

/*
 * Decoders: one line of text, spec names, into buf (always terminated). Return
 * the length that was needed, as snprintf does.
 */
int smmu_decode_cmd(char *buf, size_t size, const uint64_t cmd[2]);
int smmu_decode_event(char *buf, size_t size, const uint64_t record[4]);
int smmu_decode_ste(char *buf, size_t size, const uint64_t ste[8]);
int smmu_decode_cd(char *buf, size_t size, const uint64_t cd[8]);
int smmu_decode_desc(char *buf, size_t size, uint64_t desc, unsigned int stage, int level);
int smmu_decode_trace(char *buf, size_t size, const struct smmu_trace *record);
/*
 * Structures by field, in spec names: fn is called for each field of an STE, and for
 * each that a command with this opcode has. Addresses are in place.
 */
typedef void (*smmu_field_fn)(void *arg, const char *name, uint64_t value);
void smmu_ste_fields(const uint64_t ste[8], smmu_field_fn fn, void *arg);
void smmu_cmd_fields(const uint64_t cmd[2], smmu_field_fn fn, void *arg);
/* "CMD_SYNC" for 0x46; NULL if reserved. */
const char *smmu_cmd_name(uint8_t opcode);
/* "CR0", "CMDQ_PROD" ...; NULL if there is none at this offset. */
const char *smmu_reg_name(uint32_t offset);
/* "F_TRANSLATION" for 0x10; NULL if reserved. And back; -EINVAL. */
const char *smmu_event_name(uint8_t number);
int smmu_event_number(const char *name);

#endif
