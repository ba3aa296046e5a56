/* SPDX-License-Identifier: MIT */
#include "models/intc.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { WORDS = 32 };

struct mdl_intc {
	unsigned int cpus;
	uint64_t latency;
	struct mdl_intc_ops ops;
	void *ctx;
	uint32_t line[WORDS];	 /* level of each wire */
	uint32_t latched[WORDS]; /* pending by an edge, a message or software */
	uint32_t enabled[WORDS], active[WORDS], level[WORDS];
	uint32_t routed[FLT_INTC_CPUS][WORDS];
	uint8_t taker[WORDS * 32]; /* CPU that made the input active */
	bool out[FLT_INTC_CPUS];
	struct mdl_intc_stats stats;
};

static void route_all_to_cpu0(struct mdl_intc *intc)
{
	memset(intc->routed, 0, sizeof(intc->routed));
	memset(intc->routed[0], 0xff, sizeof(intc->routed[0]));
}

struct mdl_intc *mdl_intc_new(unsigned int cpus, uint64_t latency, const struct mdl_intc_ops *ops,
			      void *ctx)
{
	struct mdl_intc *intc;

	if (!cpus || cpus > FLT_INTC_CPUS) {
		errno = EINVAL;
		return NULL;
	}
	intc = calloc(1, sizeof(*intc));
	if (!intc)
		return NULL;
	intc->cpus = cpus;
	intc->latency = latency;
	intc->ops = *ops;
	intc->ctx = ctx;
	route_all_to_cpu0(intc);
	return intc;
}

void mdl_intc_free(struct mdl_intc *intc)
{
	free(intc);
}

static uint32_t valid_bits(unsigned int word)
{
	return word == WORDS - 1 ? 0x7fffffff : 0xffffffff;
}

static uint32_t pending(const struct mdl_intc *intc, unsigned int word)
{
	return intc->latched[word] | (intc->level[word] & intc->line[word]);
}

/* Inputs of this word that IAR of `cpu` may give. */
static uint32_t offered(const struct mdl_intc *intc, unsigned int cpu, unsigned int word)
{
	return pending(intc, word) & intc->enabled[word] & ~intc->active[word] &
	       intc->routed[cpu][word];
}

static unsigned int first_offered(const struct mdl_intc *intc, unsigned int cpu)
{
	for (unsigned int word = 0; word < WORDS; word++) {
		uint32_t bits = offered(intc, cpu, word);

		if (bits)
			return 32 * word + (unsigned int)__builtin_ctz(bits);
	}
	return FLT_INTC_NONE;
}

/*
 * Bring the outputs up to date. A callback may change the model's state and so
 * come here again; the loop looks at the state of now for each CPU, so that
 * what the callback last heard is always true in the end.
 */
static void update(struct mdl_intc *intc)
{
	for (unsigned int cpu = 0; cpu < intc->cpus; cpu++) {
		bool out = first_offered(intc, cpu) != FLT_INTC_NONE;

		if (out == intc->out[cpu])
			continue;
		intc->out[cpu] = out;
		if (intc->ops.cpu_line)
			intc->ops.cpu_line(intc->ctx, cpu, out);
	}
}

void mdl_intc_reset(struct mdl_intc *intc)
{
	memset(intc->latched, 0, sizeof(intc->latched));
	memset(intc->enabled, 0, sizeof(intc->enabled));
	memset(intc->active, 0, sizeof(intc->active));
	memset(intc->level, 0, sizeof(intc->level));
	memset(&intc->stats, 0, sizeof(intc->stats));
	route_all_to_cpu0(intc);
	update(intc);
}

void mdl_intc_input(struct mdl_intc *intc, unsigned int n, bool level)
{
	uint32_t bit = UINT32_C(1) << (n % 32);
	unsigned int word = n / 32;

	if (n >= FLT_INTC_INPUTS || level == !!(intc->line[word] & bit))
		return;
	intc->line[word] ^= bit;
	if (level && !(intc->level[word] & bit))
		intc->latched[word] |= bit;
	update(intc);
}

static uint32_t route_read(const struct mdl_intc *intc, unsigned int n)
{
	for (unsigned int cpu = 0; cpu < intc->cpus; cpu++)
		if (intc->routed[cpu][n / 32] & (UINT32_C(1) << (n % 32)))
			return cpu;
	return 0;
}

static void route_write(struct mdl_intc *intc, unsigned int n, uint32_t target)
{
	uint32_t bit = UINT32_C(1) << (n % 32);

	if (n >= FLT_INTC_INPUTS || target >= intc->cpus)
		return;
	for (unsigned int cpu = 0; cpu < intc->cpus; cpu++)
		intc->routed[cpu][n / 32] &= ~bit;
	intc->routed[target][n / 32] |= bit;
}

static uint32_t take(struct mdl_intc *intc, unsigned int cpu)
{
	unsigned int n = first_offered(intc, cpu);
	uint32_t bit = UINT32_C(1) << (n % 32);

	if (n == FLT_INTC_NONE)
		return n;
	intc->active[n / 32] |= bit;
	intc->latched[n / 32] &= ~bit;
	intc->taker[n] = (uint8_t)cpu;
	intc->stats.taken++;
	update(intc);
	return n;
}

static void end(struct mdl_intc *intc, unsigned int cpu, uint32_t n)
{
	uint32_t bit = UINT32_C(1) << (n % 32);

	if (n < FLT_INTC_INPUTS && intc->taker[n] == cpu)
		intc->active[n / 32] &= ~bit;
}

static bool in_array(uint64_t offset, uint64_t base)
{
	return offset >= base && offset < base + 4 * WORDS;
}

/* The CPU whose register at FLT_INTC_IAR(c) or FLT_INTC_EOI(c) is meant, -1 if none. */
static int cpu_register(const struct mdl_intc *intc, uint64_t offset, uint64_t first)
{
	uint64_t cpu = (offset - first) / 0x10;

	if (offset < first || (offset - first) % 0x10 || cpu >= intc->cpus)
		return -1;
	return (int)cpu;
}

static int intc_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		     uint64_t *latency)
{
	struct mdl_intc *intc = ctx;
	unsigned int word = (offset % 0x100) / 4;
	int cpu = cpu_register(intc, offset, FLT_INTC_IAR(0));

	if (size != 4 || offset >= FLT_INTC_SIZE)
		return -EFAULT;
	*latency += intc->latency;
	*value = 0;
	if (offset < FLT_INTC_SET_ENABLE)
		*value = offset / 4 < FLT_INTC_INPUTS ? route_read(intc, (unsigned int)offset / 4)
						      : 0;
	else if (in_array(offset, FLT_INTC_SET_ENABLE) || in_array(offset, FLT_INTC_CLR_ENABLE))
		*value = intc->enabled[word];
	else if (in_array(offset, FLT_INTC_PENDING) || in_array(offset, FLT_INTC_SET_PENDING) ||
		 in_array(offset, FLT_INTC_CLR_PENDING))
		*value = pending(intc, word);
	else if (in_array(offset, FLT_INTC_TRIGGER))
		*value = intc->level[word];
	else if (cpu >= 0)
		*value = take(intc, (unsigned int)cpu);
	return 0;
}

static void array_write(struct mdl_intc *intc, uint64_t offset, uint32_t value)
{
	unsigned int word = (offset % 0x100) / 4;

	value &= valid_bits(word);
	if (in_array(offset, FLT_INTC_SET_ENABLE))
		intc->enabled[word] |= value;
	else if (in_array(offset, FLT_INTC_CLR_ENABLE))
		intc->enabled[word] &= ~value;
	else if (in_array(offset, FLT_INTC_SET_PENDING))
		intc->latched[word] |= value;
	else if (in_array(offset, FLT_INTC_CLR_PENDING))
		intc->latched[word] &= ~value;
	else if (in_array(offset, FLT_INTC_TRIGGER))
		intc->level[word] = value;
}

static int intc_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		      uint64_t *latency)
{
	struct mdl_intc *intc = ctx;
	int cpu = cpu_register(intc, offset, FLT_INTC_EOI(0));

	if (size != 4 || offset >= FLT_INTC_SIZE)
		return -EFAULT;
	*latency += intc->latency;
	if (offset < FLT_INTC_SET_ENABLE)
		route_write(intc, (unsigned int)offset / 4, (uint32_t)value);
	else if (cpu >= 0)
		end(intc, (unsigned int)cpu, (uint32_t)value);
	else
		array_write(intc, offset, (uint32_t)value);
	update(intc);
	return 0;
}

const struct mdl_mmio_ops mdl_intc_mmio = {.read = intc_read, .write = intc_write};

static int msi_read(void *ctx, uint64_t offset, unsigned int size, uint64_t *value,
		    uint64_t *latency)
{
	struct mdl_intc *intc = ctx;

	(void)offset;
	(void)size;
	*latency += intc->latency;
	*value = 0;
	return 0;
}

static int msi_write(void *ctx, uint64_t offset, unsigned int size, uint64_t value,
		     uint64_t *latency)
{
	struct mdl_intc *intc = ctx;

	*latency += intc->latency;
	if (size != 4 || offset != FLT_INTC_MSI_DOORBELL || value < FLT_INTC_MSI_FIRST ||
	    value > FLT_INTC_MSI_LAST) {
		intc->stats.msi_ignored++;
		return 0;
	}
	intc->stats.msi++;
	intc->latched[value / 32] |= UINT32_C(1) << (value % 32);
	update(intc);
	return 0;
}

const struct mdl_mmio_ops mdl_intc_msi_mmio = {.read = msi_read, .write = msi_write};

void mdl_intc_get_stats(const struct mdl_intc *intc, struct mdl_intc_stats *stats)
{
	*stats = intc->stats;
}
