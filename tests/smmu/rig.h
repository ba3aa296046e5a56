/* SPDX-License-Identifier: MIT */
/*
 * A workbench for one SMMU: sparse memory that reads as zero, places that abort,
 * counters of everything the SMMU does to the outside, and the few registers a
 * driver would set. Layouts are written here by hand from the specification: no
 * header of the model but the public one is used.
 *
 * Physical memory as rig_boot() lays it out:
 *
 *   0x1000_0000  stream table, linear, 64 entries      0x1100_0000  command queue, 16 entries
 *   0x1200_0000  event queue, 8 entries                0x1300_0000  PRI queue, 4 entries
 *   0x4000_0000  rig_alloc() from here
 */
#ifndef TESTS_SMMU_RIG_H
#define TESTS_SMMU_RIG_H

#include <stdbool.h>
#include <stdint.h>

#include "smmu/smmu.h"

enum { RIG_STRTAB = 0x10000000, RIG_CMDQ = 0x11000000, RIG_EVTQ = 0x12000000 };
enum { RIG_PRIQ = 0x13000000, RIG_ALLOC = 0x40000000 };
enum { RIG_LOG2_STES = 6, RIG_LOG2_CMDS = 4, RIG_LOG2_EVENTS = 3, RIG_LOG2_PRIS = 2 };

/* Registers (IHI 0070 6.1). */
enum {
	REG_IDR0 = 0x0,
	REG_IDR1 = 0x4,
	REG_IDR3 = 0xc,
	REG_IDR5 = 0x14,
	REG_AIDR = 0x1c,
	REG_CR0 = 0x20,
	REG_CR0ACK = 0x24,
	REG_CR1 = 0x28,
	REG_CR2 = 0x2c,
	REG_GBPA = 0x44,
	REG_IRQ_CTRL = 0x50,
	REG_IRQ_CTRLACK = 0x54,
	REG_GERROR = 0x60,
	REG_GERRORN = 0x64,
	REG_GERROR_IRQ_CFG0 = 0x68,
	REG_GERROR_IRQ_CFG1 = 0x70,
	REG_STRTAB_BASE = 0x80,
	REG_STRTAB_BASE_CFG = 0x88,
	REG_CMDQ_BASE = 0x90,
	REG_CMDQ_PROD = 0x98,
	REG_CMDQ_CONS = 0x9c,
	REG_EVENTQ_BASE = 0xa0,
	REG_EVENTQ_IRQ_CFG0 = 0xb0,
	REG_EVENTQ_IRQ_CFG1 = 0xb8,
	REG_PRIQ_BASE = 0xc0,
	REG_PRIQ_IRQ_CFG0 = 0xd0,
	REG_PRIQ_IRQ_CFG2 = 0xdc,
	REG_EVENTQ_PROD = 0x100a8,
	REG_EVENTQ_CONS = 0x100ac,
	REG_PRIQ_PROD = 0x100c8,
	REG_PRIQ_CONS = 0x100cc,
};

enum { CR0_SMMUEN = 1, CR0_PRIQEN = 2, CR0_EVENTQEN = 4, CR0_CMDQEN = 8, CR0_ATSCHK = 16 };

enum { RIG_PAGES = 8192, RIG_LOG = 64 };

struct rig {
	struct smmu *smmu;
	struct smmu_config config;
	struct {
		uint64_t number;
		unsigned char *bytes;
	} pages[RIG_PAGES];
	uint64_t next;
	uint64_t abort_first, abort_last; /* accesses here abort; none if first > last */
	const char *fault;		  /* the fault point that fires, NULL none */
	unsigned int irqs[4], sevs, kicks, reads;
	struct {
		uint16_t stag;
		bool retry, abort;
	} resumed[RIG_LOG];
	unsigned int n_resumed;
	struct smmu_atc_inv atc[RIG_LOG];
	unsigned int n_atc;
	bool atc_times_out;
	struct smmu_prg_response prg[RIG_LOG];
	unsigned int n_prg;
	/* Changes memory in the middle of the next atomic access, once. */
	uint64_t race_pa, race_value;
	bool cas_aborts;
	struct smmu_attr last_read, last_write;
	struct smmu_trace traces[RIG_LOG];
	unsigned int n_traces;
};

/* All features on, caches off unless said otherwise afterwards. */
struct smmu_config rig_config(void);
void rig_open(struct rig *rig, const struct smmu_config *config);
/* The same with queues and stream table set up and everything enabled. */
void rig_boot(struct rig *rig, const struct smmu_config *config);
/* The same with the trace kept in rig->traces. */
void rig_boot_traced(struct rig *rig, const struct smmu_config *config);
void rig_close(struct rig *rig);
void rig_run(struct rig *rig);

uint64_t rig_get64(struct rig *rig, uint64_t pa);
void rig_put64(struct rig *rig, uint64_t pa, uint64_t value);
uint32_t rig_get32(struct rig *rig, uint64_t pa);
void rig_put(struct rig *rig, uint64_t pa, const uint64_t *words, unsigned int n);
uint64_t rig_alloc(struct rig *rig, uint64_t size);

uint64_t rig_read(struct rig *rig, uint32_t offset);
void rig_write(struct rig *rig, uint32_t offset, uint64_t value);
uint64_t rig_read64(struct rig *rig, uint32_t offset);
void rig_write64(struct rig *rig, uint32_t offset, uint64_t value);

/* Put a command into the queue and let the SMMU run. */
void rig_cmd(struct rig *rig, uint64_t dw0, uint64_t dw1);
/* CERROR of the command queue if CMDQ_ERR is active; 0 otherwise. */
unsigned int rig_cmd_error(struct rig *rig);
/* CFGI_ALL and TLBI_NSNH_ALL. */
void rig_flush(struct rig *rig);
/* Take the oldest event record; false if there is none. */
bool rig_event(struct rig *rig, uint64_t r[4]);
void rig_ste(struct rig *rig, uint32_t sid, const uint64_t ste[8]);

struct smmu_result rig_translate(struct rig *rig, uint32_t sid, uint64_t addr, bool write);
struct smmu_result rig_translate_ssid(struct rig *rig, uint32_t sid, uint32_t ssid, uint64_t addr);

/* The event queue holds exactly this one record. */
#define ck_event(rig, d0, d1, d2, d3)                                                              \
	do {                                                                                       \
		uint64_t r_[4];                                                                    \
		ck_assert_msg(rig_event(rig, r_), "no event");                                     \
		ck_assert_uint_eq(r_[0], (uint64_t)(d0));                                          \
		ck_assert_uint_eq(r_[1], (uint64_t)(d1));                                          \
		ck_assert_uint_eq(r_[2], (uint64_t)(d2));                                          \
		ck_assert_uint_eq(r_[3], (uint64_t)(d3));                                          \
		ck_assert_msg(!rig_event(rig, r_), "a second event");                              \
	} while (0)

#define ck_no_event(rig)                                                                           \
	do {                                                                                       \
		uint64_t r_[4];                                                                    \
		ck_assert_msg(!rig_event(rig, r_), "unexpected event %#llx",                       \
			      (unsigned long long)r_[0]);                                          \
	} while (0)

#endif
