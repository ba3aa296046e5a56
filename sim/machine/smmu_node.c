// SPDX-License-Identifier: MIT
/* The arm,smmu-v3 node: an SMMU with the features that its properties name. */
#include <errno.h>
#include <libfdt.h>
#include <stddef.h>
#include <string.h>

#include "sim/machine/internal.h"

/* Scenario and devicetree names of the features; docs/scenario-api.md has this table. */
static const struct feature {
	const char *name;
	size_t offset, size;
	uint32_t max;
} features[] = {
#define FLAG(name, field)                                                                          \
	{                                                                                          \
		name, offsetof(struct smmu_config, field), sizeof(bool), 1                         \
	}
#define BYTE(name, field, max)                                                                     \
	{                                                                                          \
		name, offsetof(struct smmu_config, field), sizeof(uint8_t), max                    \
	}
	FLAG("s1p", s1p),
	FLAG("s2p", s2p),
	FLAG("ats", ats),
	FLAG("pri", pri),
	FLAG("msi", msi),
	FLAG("ril", ril),
	FLAG("stall", stall),
	FLAG("cd2l", cd2l),
	FLAG("st2l", st2l),
	FLAG("sev", sev),
	FLAG("hyp", hyp),
	FLAG("cohacc", cohacc),
	FLAG("asid16", asid16),
	FLAG("vmid16", vmid16),
	BYTE("ssidsize", ssidsize, 20),
	BYTE("sidsize", sidsize, 32),
	BYTE("oas", oas, 52),
	BYTE("gran", gran, 7),
	BYTE("cmdqs", cmdqs, 19),
	BYTE("eventqs", eventqs, 19),
	BYTE("priqs", priqs, 19),
	BYTE("bbml", bbml, 2),
	BYTE("httu", httu, 3),
	BYTE("aidr", aidr, 4),
#undef FLAG
#undef BYTE
};

/* stage: 1, 2, or 3 for both; short for s1p and s2p. */
static void set_stage(struct smmu_config *c, uint32_t stage)
{
	c->s1p = stage & 1;
	c->s2p = (stage & 2) != 0;
}

/* IDR5.OAS has a code for these only (6.3.6). */
static bool is_address_size(uint32_t bits)
{
	static const uint8_t sizes[] = {32, 36, 40, 42, 44, 48, 52};

	return memchr(sizes, (int)bits, sizeof(sizes)) != NULL;
}

static int set_feature(struct sim_machine *m, int node, struct smmu_config *c, const char *name,
		       uint32_t value, char **why)
{
	if (strcmp(name, "stage") == 0 && value >= 1 && value <= 3) {
		set_stage(c, value);
		return 0;
	}
	for (size_t i = 0; i < sizeof(features) / sizeof(features[0]); i++) {
		const struct feature *f = &features[i];

		if (strcmp(f->name, name) != 0)
			continue;
		if (value > f->max)
			return sim_dt_error(why, m->dtb, node, "%s is %u, at most %u is possible",
					    name, value, f->max);
		if (strcmp(name, "oas") == 0 && !is_address_size(value))
			return sim_dt_error(
				why, m->dtb, node,
				"oas is %u bits: 32, 36, 40, 42, 44, 48 and 52 are possible",
				value);
		((uint8_t *)c)[f->offset] = (uint8_t)value;
		return 0;
	}
	return sim_dt_error(
		why, m->dtb, node,
		"the SMMU has no property \"%s\" (known: stage s1p s2p ats pri msi ril "
		"stall cd2l st2l sev hyp cohacc asid16 vmid16 ssidsize sidsize oas gran "
		"cmdqs eventqs priqs bbml httu aidr)",
		name);
}

static int read_features(struct sim_machine *m, int node, struct smmu_config *c, char **why)
{
	int prop, len, ret;

	fdt_for_each_property_offset(prop, m->dtb, node) {
		const char *name;
		const fdt32_t *cell = fdt_getprop_by_offset(m->dtb, prop, &name, &len);

		if (!cell || strncmp(name, "faultline,", 10) != 0)
			continue;
		if (len != 0 && len != 4)
			return sim_dt_error(why, m->dtb, node, "%s: one cell is wanted", name);
		ret = set_feature(m, node, c, name + 10, len ? fdt32_to_cpu(*cell) : 1, why);
		if (ret)
			return ret;
	}
	return 0;
}

static int smmu_read(void *ctx, uint64_t pa, void *buf, size_t len, struct smmu_attr attr)
{
	struct sim_machine *m = ctx;

	(void)attr;
	return mdl_bus_dma_read(m->bus, pa, buf, len, NULL);
}

static int smmu_write(void *ctx, uint64_t pa, const void *buf, size_t len, struct smmu_attr attr)
{
	struct sim_machine *m = ctx;

	(void)attr;
	return mdl_bus_dma_write(m->bus, pa, buf, len, NULL);
}

static int smmu_cas64(void *ctx, uint64_t pa, uint64_t expected, uint64_t desired, uint64_t *old)
{
	struct sim_machine *m = ctx;

	return mdl_bus_cas64(m->bus, pa, expected, desired, old);
}

static void smmu_irq(void *ctx, enum smmu_line line)
{
	struct sim_machine *m = ctx;
	struct trc_record r = {.kind = TRC_IRQ_LINE, .n_words = 1, .words = {m->smmu_irq[line]}};

	if (m->smmu_irq[line] == UINT32_MAX)
		return;
	sim_record(m, &r);
	mdl_intc_input(m->intc, m->smmu_irq[line], true); /* an edge */
	mdl_intc_input(m->intc, m->smmu_irq[line], false);
}

/* Waiting CPUs poll (kut_wfe); the event has nobody else to wake. */
static void smmu_sev(void *ctx)
{
	(void)ctx;
}

static void smmu_kick(void *ctx)
{
	struct sim_machine *m = ctx;

	sim_engine_kick(&m->smmu_engine);
}

static void smmu_resume(void *ctx, uint16_t stag, bool retry, bool abort)
{
	struct sim_machine *m = ctx;

	for (size_t i = 0; i < m->n_devices; i++)
		mdl_dma_resume(m->devices[i]->dma, stag, retry, abort);
}

static void smmu_pri_resp(void *ctx, const struct smmu_prg_response *response)
{
	sim_pri_response(ctx, response);
}

static void smmu_trace(void *ctx, const struct smmu_trace *record)
{
	sim_record_smmu(ctx, record);
}

static bool smmu_fault(void *ctx, const char *name)
{
	struct sim_machine *m = ctx;

	return !m->looking && m->config.hooks.fault &&
	       m->config.hooks.fault(m->config.hooks.ctx, name);
}

static const struct smmu_ops ops = {
	.read = smmu_read,
	.write = smmu_write,
	.cas64 = smmu_cas64,
	.irq = smmu_irq,
	.sev = smmu_sev,
	.kick = smmu_kick,
	.resume = smmu_resume,
	.trace = smmu_trace,
	.fault = smmu_fault,
	.pri_resp = smmu_pri_resp,
};

static int reg_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		    uint64_t *latency)
{
	if (size < 4)
		return -EFAULT;
	*value = smmu_mmio_read(ctx, (uint32_t)offset, size, latency);
	return 0;
}

static int reg_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		     uint64_t *latency)
{
	if (size < 4)
		return -EFAULT;
	smmu_mmio_write(ctx, (uint32_t)offset, value, size, latency);
	return 0;
}

static const struct mdl_mmio_ops mmio = {reg_read, reg_write};

static bool step(void *smmu, uint64_t *latency)
{
	return smmu_step(smmu, latency);
}

int sim_smmu_build(struct sim_machine *m, int node, char **why)
{
	static const char *const lines[] = {"eventq", "priq", "cmdq-sync", "gerror"};
	struct smmu_config config;
	uint64_t base, size;
	int ret;

	if (m->smmu)
		return sim_dt_error(why, m->dtb, node, "a second SMMU; one is supported");
	if (!sim_dt_reg(m->dtb, node, 0, &base, &size) || size < SMMU_MMIO_SIZE)
		return sim_dt_error(why, m->dtb, node,
				    "reg must span 0x20000 bytes (two 64 KiB pages)");
	for (int i = 0; i < 4; i++)
		m->smmu_irq[i] = sim_dt_interrupt(m->dtb, node, lines[i]);
	smmu_config_default(&config);
	ret = read_features(m, node, &config, why);
	if (ret)
		return ret;
	/* RIL is mandatory from SMMUv3.2 on (6.3.4): without it the SMMU is a 3.1. */
	if (!config.ril && config.aidr > 1)
		config.aidr = 1;
	ret = sim_engine_start(&m->smmu_engine, "smmu", step, NULL);
	if (ret)
		return ret;
	ret = smmu_new(&m->smmu, &config, &ops, m);
	if (ret)
		return sim_dt_error(why, m->dtb, node,
				    "the architecture forbids this combination of SMMU properties");
	m->smmu_engine.model = m->smmu;
	ret = mdl_bus_add(m->bus, "smmu", base, SMMU_MMIO_SIZE, &mmio, m->smmu);
	return ret ? sim_dt_overlap(why, m, node, base, SMMU_MMIO_SIZE) : 0;
}

int sim_machine_ste(const struct sim_machine *m, uint32_t sid, uint64_t ste[8])
{
	return m->smmu ? smmu_read_ste(m->smmu, sid, ste) : -ENODEV;
}
