/* SPDX-License-Identifier: MIT */
/* Interrupts, wired and message-signalled: IHI 0070 3.18. */
#include "smmu/internal.h"

struct source {
	enum reg cfg0, cfg1, cfg2;
	uint64_t enable, abort;
};

static struct source source_of(enum smmu_line line)
{
	switch (line) {
	case SMMU_LINE_EVENTQ:
		return (struct source){R_EVENTQ_IRQ_CFG0, R_EVENTQ_IRQ_CFG1, R_EVENTQ_IRQ_CFG2,
				       M_IRQ_CTRL_EVENTQ_IRQEN, M_GERROR_MSI_EVENTQ_ABT_ERR};
	case SMMU_LINE_PRIQ:
		return (struct source){R_PRIQ_IRQ_CFG0, R_PRIQ_IRQ_CFG1, R_PRIQ_IRQ_CFG2,
				       M_IRQ_CTRL_PRIQ_IRQEN, M_GERROR_MSI_PRIQ_ABT_ERR};
	default:
		return (struct source){R_GERROR_IRQ_CFG0, R_GERROR_IRQ_CFG1, R_GERROR_IRQ_CFG2,
				       M_IRQ_CTRL_GERROR_IRQEN, M_GERROR_MSI_GERROR_ABT_ERR};
	}
}

bool msi_write(struct smmu *smmu, uint64_t addr, uint32_t data, struct smmu_attr attr)
{
	uint32_t le = htole32(data);

	/* 3.4.3: the address is truncated to OAS. */
	addr &= ones(smmu->config.oas);
	return !fault_point(smmu, "smmu.msi-abort") &&
	       smmu->ops.write(smmu->ctx, addr, &le, sizeof(le), attr) == 0;
}

void interrupt(struct smmu *smmu, enum smmu_line line)
{
	struct source source = source_of(line);
	uint64_t addr = smmu->reg[source.cfg0];
	uint64_t cfg2 = smmu->reg[source.cfg2];
	struct smmu_attr attr;

	if (!(smmu->reg[R_IRQ_CTRL] & smmu->reg[R_IRQ_CTRLACK] & source.enable))
		return;
	if (!addr) {
		if (smmu->ops.irq)
			smmu->ops.irq(smmu->ctx, line);
		return;
	}
	attr = attr_memattr((unsigned int)EVENTQ_IRQ_CFG2_MemAttr(cfg2),
			    (unsigned int)EVENTQ_IRQ_CFG2_SH(cfg2));
	if (!msi_write(smmu, addr, (uint32_t)smmu->reg[source.cfg1], attr))
		gerror_raise(smmu, source.abort);
}
