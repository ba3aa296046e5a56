/* SPDX-License-Identifier: MIT */
#include <check.h>
#include <endian.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "tests/smmu/rig.h"

static unsigned char *page_of(struct rig *rig, uint64_t pa)
{
	uint64_t number = (pa >> 12) + 1;
	unsigned int slot = (unsigned int)(number * 0x9e3779b97f4a7c15ull >> 40) % RIG_PAGES;

	for (unsigned int i = 0; i < RIG_PAGES; i++, slot = (slot + 1) % RIG_PAGES) {
		if (rig->pages[slot].number == number)
			return rig->pages[slot].bytes;
		if (rig->pages[slot].number == 0) {
			rig->pages[slot].number = number;
			rig->pages[slot].bytes = calloc(1, 4096);
			ck_assert_ptr_nonnull(rig->pages[slot].bytes);
			return rig->pages[slot].bytes;
		}
	}
	ck_abort_msg("the rig is out of pages");
}

static bool aborts(const struct rig *rig, uint64_t pa)
{
	return pa >= rig->abort_first && pa <= rig->abort_last;
}

static int ops_read(void *ctx, uint64_t pa, void *buf, size_t len, struct smmu_attr attr)
{
	struct rig *rig = ctx;

	rig->reads++;
	rig->last_read = attr;
	ck_assert_uint_eq(pa % (len > 8 ? 16 : len), 0);
	if (aborts(rig, pa))
		return -EFAULT;
	memcpy(buf, page_of(rig, pa) + pa % 4096, len);
	return 0;
}

static int ops_write(void *ctx, uint64_t pa, const void *buf, size_t len, struct smmu_attr attr)
{
	struct rig *rig = ctx;

	rig->last_write = attr;
	if (aborts(rig, pa))
		return -EFAULT;
	memcpy(page_of(rig, pa) + pa % 4096, buf, len);
	return 0;
}

static int ops_cas64(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired, uint64_t *old)
{
	struct rig *rig = ctx;

	if (rig->cas_aborts || aborts(rig, pa))
		return -EFAULT;
	if (rig->race_pa == pa) {
		rig_put64(rig, pa, rig->race_value);
		rig->race_pa = 0;
	}
	*old = rig_get64(rig, pa);
	if (*old == expected)
		rig_put64(rig, pa, desired);
	return 0;
}

static void ops_irq(void *ctx, enum smmu_line line)
{
	((struct rig *)ctx)->irqs[line]++;
}

static void ops_sev(void *ctx)
{
	((struct rig *)ctx)->sevs++;
}

static void ops_kick(void *ctx)
{
	((struct rig *)ctx)->kicks++;
}

static void ops_resume(void *ctx, uint16_t stag, bool retry, bool abort)
{
	struct rig *rig = ctx;

	if (rig->n_resumed < RIG_LOG) {
		rig->resumed[rig->n_resumed].stag = stag;
		rig->resumed[rig->n_resumed].retry = retry;
		rig->resumed[rig->n_resumed].abort = abort;
	}
	rig->n_resumed++;
}

static bool ops_fault(void *ctx, const char *name)
{
	const struct rig *rig = ctx;

	return rig->fault && strcmp(rig->fault, name) == 0;
}

static int ops_atc_inv(void *ctx, const struct smmu_atc_inv *inv)
{
	struct rig *rig = ctx;

	if (rig->n_atc < RIG_LOG)
		rig->atc[rig->n_atc] = *inv;
	rig->n_atc++;
	return rig->atc_times_out ? -ETIMEDOUT : 0;
}

static void ops_pri_resp(void *ctx, const struct smmu_prg_response *response)
{
	struct rig *rig = ctx;

	if (rig->n_prg < RIG_LOG)
		rig->prg[rig->n_prg] = *response;
	rig->n_prg++;
}

static void ops_trace(void *ctx, const struct smmu_trace *record)
{
	struct rig *rig = ctx;

	if (rig->n_traces < RIG_LOG)
		rig->traces[rig->n_traces] = *record;
	rig->n_traces++;
}

struct smmu_config rig_config(void)
{
	struct smmu_config c;

	smmu_config_default(&c);
	c.stall = true;
	c.hyp = true;
	c.sev = true;
	c.httu = 2;
	c.aidr = 3;
	c.tlb_entries = 0;
	c.cfg_entries = 0;
	return c;
}

static void open_with(struct rig *rig, const struct smmu_config *config,
		      void (*trace)(void *ctx, const struct smmu_trace *record))
{
	const struct smmu_ops ops = {
		.trace = trace,
		.read = ops_read,
		.write = ops_write,
		.cas64 = ops_cas64,
		.irq = ops_irq,
		.sev = ops_sev,
		.kick = ops_kick,
		.resume = ops_resume,
		.fault = ops_fault,
		.atc_inv = ops_atc_inv,
		.pri_resp = ops_pri_resp,
	};

	memset(rig, 0, sizeof(*rig));
	rig->config = config ? *config : rig_config();
	rig->next = RIG_ALLOC;
	rig->abort_first = 1;
	ck_assert_int_eq(smmu_new(&rig->smmu, &rig->config, &ops, rig), 0);
}

void rig_open(struct rig *rig, const struct smmu_config *config)
{
	open_with(rig, config, NULL);
}

void rig_run(struct rig *rig)
{
	unsigned int n = 0;

	while (smmu_step(rig->smmu, NULL))
		ck_assert_msg(n++ < 100000, "the SMMU never comes to rest");
}

static void enable(struct rig *rig)
{
	rig_write(rig, REG_CR1, 0xd75);	    /* all inner shareable write-back */
	rig_write(rig, REG_CR2, 0x2 | 0x8); /* RECINVSID, REC_CFG_ATS */
	rig_write64(rig, REG_STRTAB_BASE, RIG_STRTAB);
	rig_write(rig, REG_STRTAB_BASE_CFG, RIG_LOG2_STES);
	rig_write64(rig, REG_CMDQ_BASE, RIG_CMDQ | RIG_LOG2_CMDS);
	rig_write64(rig, REG_EVENTQ_BASE, RIG_EVTQ | RIG_LOG2_EVENTS);
	rig_write64(rig, REG_PRIQ_BASE, RIG_PRIQ | RIG_LOG2_PRIS);
	rig_write(rig, REG_IRQ_CTRL, 7);
	rig_write(rig, REG_CR0, CR0_CMDQEN | CR0_EVENTQEN | CR0_PRIQEN | CR0_SMMUEN);
	rig_run(rig);
}

void rig_boot(struct rig *rig, const struct smmu_config *config)
{
	rig_open(rig, config);
	enable(rig);
}

void rig_boot_traced(struct rig *rig, const struct smmu_config *config)
{
	open_with(rig, config, ops_trace);
	enable(rig);
}

void rig_close(struct rig *rig)
{
	smmu_free(rig->smmu);
	for (unsigned int i = 0; i < RIG_PAGES; i++)
		free(rig->pages[i].bytes);
}

uint64_t rig_get64(struct rig *rig, uint64_t pa)
{
	uint64_t value;

	memcpy(&value, page_of(rig, pa) + pa % 4096, sizeof(value));
	return le64toh(value);
}

uint32_t rig_get32(struct rig *rig, uint64_t pa)
{
	uint32_t value;

	memcpy(&value, page_of(rig, pa) + pa % 4096, sizeof(value));
	return le32toh(value);
}

void rig_put64(struct rig *rig, uint64_t pa, uint64_t value)
{
	value = htole64(value);
	memcpy(page_of(rig, pa) + pa % 4096, &value, sizeof(value));
}

void rig_put(struct rig *rig, uint64_t pa, const uint64_t *words, unsigned int n)
{
	for (unsigned int i = 0; i < n; i++)
		rig_put64(rig, pa + i * 8, words[i]);
}

/* Aligned to its size, rounded up to a power of two. */
uint64_t rig_alloc(struct rig *rig, uint64_t size)
{
	uint64_t align = 64, pa;

	while (align < size)
		align *= 2;
	pa = (rig->next + align - 1) & ~(align - 1);
	rig->next = pa + align;
	return pa;
}

uint64_t rig_read(struct rig *rig, uint32_t offset)
{
	return smmu_mmio_read(rig->smmu, offset, 4, NULL);
}

void rig_write(struct rig *rig, uint32_t offset, uint64_t value)
{
	smmu_mmio_write(rig->smmu, offset, value, 4, NULL);
}

uint64_t rig_read64(struct rig *rig, uint32_t offset)
{
	return smmu_mmio_read(rig->smmu, offset, 8, NULL);
}

void rig_write64(struct rig *rig, uint32_t offset, uint64_t value)
{
	smmu_mmio_write(rig->smmu, offset, value, 8, NULL);
}

void rig_cmd(struct rig *rig, uint64_t dw0, uint64_t dw1)
{
	uint64_t prod = rig_read(rig, REG_CMDQ_PROD);
	uint64_t slot = RIG_CMDQ + (prod & ((1 << RIG_LOG2_CMDS) - 1)) * 16;

	rig_put64(rig, slot, dw0);
	rig_put64(rig, slot + 8, dw1);
	rig_write(rig, REG_CMDQ_PROD, (prod + 1) & ((2 << RIG_LOG2_CMDS) - 1));
	rig_run(rig);
}

unsigned int rig_cmd_error(struct rig *rig)
{
	if (!((rig_read(rig, REG_GERROR) ^ rig_read(rig, REG_GERRORN)) & 1))
		return 0;
	return rig_read(rig, REG_CMDQ_CONS) >> 24 & 0x7f;
}

void rig_flush(struct rig *rig)
{
	rig_cmd(rig, 0x04, 31);
	rig_cmd(rig, 0x30, 0);
}

bool rig_event(struct rig *rig, uint64_t r[4])
{
	uint64_t prod = rig_read(rig, REG_EVENTQ_PROD), cons = rig_read(rig, REG_EVENTQ_CONS);
	uint64_t slot = RIG_EVTQ + (cons & ((1 << RIG_LOG2_EVENTS) - 1)) * 32;
	uint64_t mask = (2 << RIG_LOG2_EVENTS) - 1;

	if (((prod ^ cons) & mask) == 0) {
		r[0] = 0;
		return false;
	}
	for (unsigned int i = 0; i < 4; i++)
		r[i] = rig_get64(rig, slot + i * 8);
	rig_write(rig, REG_EVENTQ_CONS, (cons & ~mask) | ((cons + 1) & mask));
	rig_run(rig);
	return true;
}

void rig_ste(struct rig *rig, uint32_t sid, const uint64_t ste[8])
{
	rig_put(rig, RIG_STRTAB + sid * 64, ste, 8);
}

struct smmu_result rig_translate(struct rig *rig, uint32_t sid, uint64_t addr, bool write)
{
	struct smmu_txn txn = {.sid = sid, .addr = addr, .write = write};
	struct smmu_result result;

	smmu_translate(rig->smmu, &txn, &result);
	return result;
}

struct smmu_result rig_translate_ssid(struct rig *rig, uint32_t sid, uint32_t ssid, uint64_t addr)
{
	struct smmu_txn txn = {.sid = sid, .ssid = ssid, .has_ssid = true, .addr = addr};
	struct smmu_result result;

	smmu_translate(rig->smmu, &txn, &result);
	return result;
}
