// SPDX-License-Identifier: GPL-2.0-only
/*
 * Interrupts: the virtual IF of each CPU, taking an interrupt, and the driver of
 * the simulated interrupt controller (models/intc_regs.h); its MSI frame: seam_msi.c.
 */
#include <linux/interrupt.h>
#include <linux/io.h>
#include <linux/irq.h>
#include <linux/irqchip.h>
#include <linux/irqdomain.h>
#include <linux/of.h>
#include <linux/of_address.h>
#include <linux/of_irq.h>
#include <linux/irqdesc.h>
#include <linux/preempt.h>

#include "intc.h"
#include "kut.h"
#include "models/intc_regs.h"

#define FIRST_SHARED 32 /* INTID of a GIC's first shared interrupt */

static void __iomem *regs;
static struct irq_domain *wired, *msi_parent;
atomic_t irq_err_count;

unsigned long kut_irq_flags(void)
{
	return kut_this_cpu()->flags;
}

unsigned long kut_irq_set(unsigned long flags)
{
	struct kut_cpu *cpu = kut_this_cpu();
	unsigned long old = cpu->flags;

	cpu->spins = 0;
	cpu->flags = flags & X86_EFLAGS_IF;
	if (old && !cpu->flags)
		cpu->irqs_off_ip = _RET_IP_;
	if (!(old & X86_EFLAGS_IF) && cpu->flags)
		kut_irq_poll();
	return old;
}

static const void *handler_of(unsigned int virq)
{
	struct irq_desc *desc = irq_to_desc(virq);

	return desc && desc->action ? desc->action->handler : NULL;
}

static void dispatch(unsigned int hwirq)
{
	struct irq_domain *domain = hwirq < FLT_INTC_MSI_FIRST ? wired : msi_parent;
	int count = preempt_count();

	kut_host->trace_irq(raw_smp_processor_id(), hwirq);
	if (kut_handle_domain_irq(domain, hwirq)) {
		kut_finding("spurious interrupt", "irq: no handler for hwirq %u", hwirq);
		writel(hwirq, regs + FLT_INTC_EOI(raw_smp_processor_id()));
	}
	if (preempt_count() != count || !irqs_disabled())
		kut_check_balance("interrupt", handler_of(irq_find_mapping(domain, hwirq)), count,
				  true);
}

static void take_interrupts(struct kut_cpu *cpu)
{
	struct kut_outer outer = kut_interrupt_enter(cpu);
	unsigned int hwirq;

	cpu->flags = 0;
	cpu->irqs_off_ip = _THIS_IP_;
	preempt_count_add(HARDIRQ_OFFSET);
	kut_spend(KUT_COST_IRQ_ENTRY);
	if (cpu->alarm != KUT_NEVER)
		kut_vectors_take(cpu);
	while (cpu->line && regs) {
		hwirq = readl(regs + FLT_INTC_IAR(cpu->id));
		if (hwirq == FLT_INTC_NONE)
			break;
		dispatch(hwirq);
	}
	preempt_count_sub(HARDIRQ_OFFSET);
	cpu->flags = X86_EFLAGS_IF;
	kut_interrupt_leave(cpu, &outer);
}

void kut_irq_poll(void)
{
	struct kut_cpu *cpu = kut_this_cpu();

	if (!(cpu->flags & X86_EFLAGS_IF))
		return;
	if (((cpu->line && regs) || unlikely(kut_vector_due(cpu))) && !in_hardirq())
		take_interrupts(cpu);
	if (cpu->softirq && !in_interrupt())
		kut_softirq_run(cpu);
	if (unlikely(cpu->tick != jiffies))
		kut_tick(cpu);
	if (IS_ENABLED(CONFIG_PREEMPTION) && unlikely(tif_need_resched()))
		kut_preempt();
}

static void set_bit_reg(struct irq_data *d, unsigned int reg)
{
	writel(BIT(d->hwirq % 32), regs + FLT_INTC_WORD(reg, d->hwirq));
}

static void intc_mask(struct irq_data *d)
{
	set_bit_reg(d, FLT_INTC_CLR_ENABLE);
}

static void intc_unmask(struct irq_data *d)
{
	set_bit_reg(d, FLT_INTC_SET_ENABLE);
}

static void intc_eoi(struct irq_data *d)
{
	writel(d->hwirq, regs + FLT_INTC_EOI(raw_smp_processor_id()));
}

static int intc_set_affinity(struct irq_data *d, const struct cpumask *mask, bool force)
{
	unsigned int cpu = cpumask_first_and(mask, cpu_online_mask);

	if (cpu >= nr_cpu_ids)
		return -EINVAL;
	writel(cpu, regs + FLT_INTC_ROUTE(d->hwirq));
	irq_data_update_effective_affinity(d, cpumask_of(cpu));
	return IRQ_SET_MASK_OK;
}

static int intc_set_type(struct irq_data *d, unsigned int type)
{
	unsigned int reg = FLT_INTC_WORD(FLT_INTC_TRIGGER, d->hwirq);
	u32 bits = readl(regs + reg) & ~BIT(d->hwirq % 32);

	if (type & IRQ_TYPE_LEVEL_MASK)
		bits |= BIT(d->hwirq % 32);
	writel(bits, regs + reg);
	return IRQ_SET_MASK_OK;
}

/* What came for the vector's last owner is not for the new one. */
void kut_intc_forget(irq_hw_number_t hwirq)
{
	writel(BIT(hwirq % 32), regs + FLT_INTC_WORD(FLT_INTC_CLR_PENDING, hwirq));
}

static int intc_retrigger(struct irq_data *d)
{
	set_bit_reg(d, FLT_INTC_SET_PENDING);
	return 1;
}

static struct irq_chip intc_chip = {
	.name = "INTC",
	.irq_mask = intc_mask,
	.irq_unmask = intc_unmask,
	.irq_eoi = intc_eoi,
	.irq_set_affinity = intc_set_affinity,
	.irq_set_type = intc_set_type,
	.irq_retrigger = intc_retrigger,
};

static struct irq_chip msi_chip = {
	.name = "INTC-MSI",
	.irq_mask = intc_mask,
	.irq_unmask = intc_unmask,
	.irq_eoi = intc_eoi,
	.irq_set_affinity = intc_set_affinity,
	.irq_retrigger = intc_retrigger,
};

void kut_intc_setup(struct irq_domain *d, unsigned int virq, irq_hw_number_t hwirq,
		    struct irq_chip *chip)
{
	irq_domain_set_info(d, virq, hwirq, chip, NULL, handle_fasteoi_irq, NULL, NULL);
	irq_set_probe(virq);
	kut_irq_moves_at_once(virq);
	irqd_set_single_target(irq_get_irq_data(virq));
}

static int wired_map(struct irq_domain *d, unsigned int virq, irq_hw_number_t hwirq)
{
	kut_intc_setup(d, virq, hwirq, &intc_chip);
	return 0;
}

/*
 * As with the GIC: a devicetree has three cells, kind (0: shared), number and flags;
 * ACPI a GSI, which counts shared ones from 32 on, and flags.
 */
static int wired_translate(struct irq_domain *d, struct irq_fwspec *spec, unsigned long *hwirq,
			   unsigned int *type)
{
	const u32 *cells = spec->param;

	if (is_of_node(spec->fwnode) && spec->param_count == 3 && cells[0] == 0)
		*hwirq = cells[1];
	else if (!is_of_node(spec->fwnode) && spec->param_count == 2 && cells[0] >= FIRST_SHARED)
		*hwirq = cells[0] - FIRST_SHARED;
	else
		return -EINVAL;
	*type = cells[spec->param_count - 1] & IRQ_TYPE_SENSE_MASK;
	return *hwirq < FLT_INTC_MSI_FIRST ? 0 : -EINVAL;
}

static const struct irq_domain_ops wired_ops = {
	.map = wired_map,
	.translate = wired_translate,
};

void kut_intc_start(phys_addr_t base, struct fwnode_handle *fwnode)
{
	regs = ioremap(base, FLT_INTC_SIZE);
	wired = irq_domain_create_linear(fwnode, FLT_INTC_MSI_FIRST, &wired_ops, NULL);
	fwnode_dev_initialized(fwnode, true);
}

void kut_intc_msi_start(phys_addr_t base, struct fwnode_handle *fwnode)
{
	msi_parent = kut_msi_frame_init(base, fwnode, &msi_chip);
}

static phys_addr_t base_of(struct device_node *node)
{
	struct resource res;

	if (of_address_to_resource(node, 0, &res))
		panic("intc: %pOF has no reg", node);
	return res.start;
}

static void devicetree_intc_init(void)
{
	struct device_node *node = of_find_compatible_node(NULL, NULL, "faultline,intc");
	struct device_node *frame = of_find_compatible_node(NULL, NULL, "faultline,intc-msi");

	if (!node)
		panic("intc: the devicetree has no node compatible with faultline,intc");
	kut_intc_start(base_of(node), of_fwnode_handle(node));
	if (frame)
		kut_intc_msi_start(base_of(frame), of_fwnode_handle(frame));
}

void kut_intc_init(void)
{
	if (IS_ENABLED(CONFIG_ACPI) && kut_layout.rsdp)
		kut_acpi_intc_init();
	else
		devicetree_intc_init();
}

/* Virtual interrupt numbers start behind the legacy ones, as on x86. */
int arch_probe_nr_irqs(void)
{
	return NR_IRQS_LEGACY;
}

unsigned int arch_dynirq_lower_bound(unsigned int from)
{
	return from;
}

void ack_bad_irq(unsigned int irq)
{
	kut_finding("unexpected interrupt", "unexpected IRQ trap at vector %02x", irq);
}
