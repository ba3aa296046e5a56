// SPDX-License-Identifier: MIT
/* The machine's figures; the names stand in docs/scenario-api.md. */
#include <errno.h>
#include <stddef.h>
#include <stdio.h>

#include "sim/machine/internal.h"

/* The SMMU gives its counters as a snapshot: a gauge reads one of them. */
#define SMMU_GAUGE(field)                                                                          \
	static double gauge_##field(void *smmu)                                                    \
	{                                                                                          \
		struct smmu_stats s;                                                               \
                                                                                                   \
		smmu_get_stats(smmu, &s);                                                          \
		return (double)s.field;                                                            \
	}
SMMU_GAUGE(translations)
SMMU_GAUGE(tlb_hits)
SMMU_GAUGE(tlb_misses)
SMMU_GAUGE(walks)
SMMU_GAUGE(desc_fetches)
SMMU_GAUGE(ste_fetches)
SMMU_GAUGE(cd_fetches)
SMMU_GAUGE(commands)
SMMU_GAUGE(events)
SMMU_GAUGE(events_lost)

static const struct {
	const char *name;
	sim_stat_gauge gauge;
} smmu_gauges[] = {
	{"smmu.translations", gauge_translations},
	{"smmu.tlb.hits", gauge_tlb_hits},
	{"smmu.tlb.misses", gauge_tlb_misses},
	{"smmu.walks", gauge_walks},
	{"smmu.fetches.desc", gauge_desc_fetches},
	{"smmu.fetches.ste", gauge_ste_fetches},
	{"smmu.fetches.cd", gauge_cd_fetches},
	{"smmu.commands", gauge_commands},
	{"smmu.events", gauge_events},
	{"smmu.events.lost", gauge_events_lost},
};

static double gauge_intc_taken(void *intc)
{
	struct mdl_intc_stats s;

	mdl_intc_get_stats(intc, &s);
	return (double)s.taken;
}

static double gauge_intc_msi(void *intc)
{
	struct mdl_intc_stats s;

	mdl_intc_get_stats(intc, &s);
	return (double)s.msi;
}

static double gauge_requests_refused(void *pcie)
{
	struct mdl_pcie_stats s;

	mdl_pcie_get_stats(pcie, &s);
	return (double)s.requests_refused;
}

static double gauge_messages_refused(void *pcie)
{
	struct mdl_pcie_stats s;

	mdl_pcie_get_stats(pcie, &s);
	return (double)s.messages_refused;
}

static int add_pcie(struct sim_stats *stats, struct mdl_pcie *pcie)
{
	int ret =
		sim_stats_gauge(stats, "pcie.requests.refused", "1", gauge_requests_refused, pcie);

	if (!ret)
		ret = sim_stats_gauge(stats, "pcie.messages.refused", "1", gauge_messages_refused,
				      pcie);
	return ret;
}

static int add_device(struct sim_stats *stats, const struct sim_device *d)
{
	const struct {
		const char *name, *unit;
		const uint64_t *counter;
	} figures[] = {
		{"accesses", "1", &d->accesses},
		{"bytes", "B", &d->bytes},
		{"refused", "1", &d->refused},
	};
	char name[64];
	int ret = 0;

	for (size_t i = 0; i < sizeof(figures) / sizeof(figures[0]) && !ret; i++) {
		snprintf(name, sizeof(name), "%s.%s", d->name, figures[i].name);
		ret = sim_stats_counter(stats, name, figures[i].unit, figures[i].counter);
	}
	return ret;
}

static int add_smmu(struct sim_stats *stats, struct smmu *smmu)
{
	int ret = 0;

	for (size_t i = 0; i < sizeof(smmu_gauges) / sizeof(smmu_gauges[0]) && !ret; i++)
		ret = sim_stats_gauge(stats, smmu_gauges[i].name, "1", smmu_gauges[i].gauge, smmu);
	return ret;
}

int sim_machine_stats(struct sim_machine *m, struct sim_stats *stats)
{
	int ret = m->smmu ? add_smmu(stats, m->smmu) : 0;

	if (!ret)
		ret = sim_stats_gauge(stats, "intc.taken", "1", gauge_intc_taken, m->intc);
	if (!ret)
		ret = sim_stats_gauge(stats, "intc.msi", "1", gauge_intc_msi, m->intc);
	if (!ret && m->pcie)
		ret = add_pcie(stats, m->pcie);
	if (!ret)
		ret = sim_stats_counter(stats, "cpu.mmio.reads", "1", &m->mmio_reads);
	if (!ret)
		ret = sim_stats_counter(stats, "cpu.mmio.writes", "1", &m->mmio_writes);
	for (size_t i = 0; i < m->n_devices && !ret; i++)
		ret = add_device(stats, m->devices[i]);
	return ret;
}
