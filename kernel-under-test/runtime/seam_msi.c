// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: how an interrupt controller offers message signalled interrupts. From
 * 6.12 on it is the parent of a domain that the kernel makes for each device; in
 * 5.10 it makes a domain for platform devices and one for PCI. Who puts the
 * address that the IOMMU maps the doorbell at into the message differs as well.
 */
#include <linux/iommu.h>
#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/msi.h>
#include <linux/pci.h>

#include "intc.h"
#include "kut.h"
#include "models/intc_regs.h"

#if KUT_BEFORE(6, 2)
#include <linux/dma-iommu.h>
#else
bool msi_lib_init_dev_msi_info(struct device *dev, struct irq_domain *domain,
			       struct irq_domain *real_parent, struct msi_domain_info *info);
int msi_lib_irq_domain_select(struct irq_domain *d, struct irq_fwspec *fwspec,
			      enum irq_domain_bus_token bus_token);
#endif

#define N_MSI (FLT_INTC_MSI_LAST + 1 - FLT_INTC_MSI_FIRST)

static phys_addr_t doorbell;
static struct irq_chip *msi_chip;
static DECLARE_BITMAP(msi_used, N_MSI);

static void compose(struct irq_data *d, struct msi_msg *msg)
{
	msg->data = d->hwirq;
#if KUT_BEFORE(6, 15)
	msg->address_lo = lower_32_bits(doorbell);
	msg->address_hi = upper_32_bits(doorbell);
	iommu_dma_compose_msi_msg(irq_data_get_msi_desc(d), msg);
#else
	msi_msg_set_addr(irq_data_get_msi_desc(d), msg, doorbell);
#endif
}

static int msi_alloc(struct irq_domain *d, unsigned int virq, unsigned int n, void *arg)
{
	msi_alloc_info_t *info = arg;
	unsigned int first = bitmap_find_next_zero_area(msi_used, N_MSI, 0, n, n - 1);
	int ret;

	if (first >= N_MSI)
		return -ENOSPC;
	ret = iommu_dma_prepare_msi(info->desc, doorbell);
	if (ret)
		return ret;
	bitmap_set(msi_used, first, n);
	for (unsigned int i = 0; i < n; i++) {
		kut_intc_forget(FLT_INTC_MSI_FIRST + first + i);
		kut_intc_setup(d, virq + i, FLT_INTC_MSI_FIRST + first + i, msi_chip);
	}
	return 0;
}

static void msi_free(struct irq_domain *d, unsigned int virq, unsigned int n)
{
	bitmap_clear(msi_used, irq_domain_get_irq_data(d, virq)->hwirq - FLT_INTC_MSI_FIRST, n);
	for (unsigned int i = 0; i < n; i++)
		irq_domain_reset_irq_data(irq_domain_get_irq_data(d, virq + i));
}

static const struct irq_domain_ops msi_ops = {
	.alloc = msi_alloc,
	.free = msi_free,
#if !KUT_BEFORE(6, 2)
	.select = msi_lib_irq_domain_select,
#endif
};

#if KUT_BEFORE(6, 2)

/* Each interrupt needs a number of its own in the devices' domain; any will do. */
static void set_desc(msi_alloc_info_t *arg, struct msi_desc *desc)
{
	static irq_hw_number_t next;

	arg->desc = desc;
	arg->hwirq = next;
	next += desc->nvec_used;
}

static void pci_mask(struct irq_data *d)
{
	pci_msi_mask_irq(d);
	irq_chip_mask_parent(d);
}

static void pci_unmask(struct irq_data *d)
{
	pci_msi_unmask_irq(d);
	irq_chip_unmask_parent(d);
}

static struct irq_chip platform_chip = {.name = "INTC-MSI-platform"};
static struct irq_chip pci_chip = {
	.name = "INTC-MSI-PCI",
	.irq_mask = pci_mask,
	.irq_unmask = pci_unmask,
	.irq_eoi = irq_chip_eoi_parent,
};
static struct msi_domain_ops platform_ops = {.set_desc = set_desc}, pci_ops;
static struct msi_domain_info platform_info = {
	.flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS,
	.ops = &platform_ops,
	.chip = &platform_chip,
};
static struct msi_domain_info pci_info = {
	.flags = MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS | MSI_FLAG_PCI_MSIX |
		 MSI_FLAG_MULTI_PCI_MSI,
	.ops = &pci_ops,
	.chip = &pci_chip,
};

static void offer(struct irq_domain *parent, struct fwnode_handle *fwnode)
{
	parent->flags |= IRQ_DOMAIN_FLAG_MSI_REMAP;
	if (!platform_msi_create_irq_domain(fwnode, &platform_info, parent) ||
	    !pci_msi_create_irq_domain(fwnode, &pci_info, parent))
		panic("intc: no memory for the MSI domains");
}

#else

static const struct msi_parent_ops msi_parent_ops = {
	.supported_flags = MSI_GENERIC_FLAGS_MASK | MSI_FLAG_PCI_MSIX | MSI_FLAG_MULTI_PCI_MSI |
			   MSI_FLAG_ALLOC_SIMPLE_MSI_DESCS | MSI_FLAG_FREE_MSI_DESCS,
	.required_flags =
		MSI_FLAG_USE_DEF_DOM_OPS | MSI_FLAG_USE_DEF_CHIP_OPS | MSI_FLAG_PCI_MSI_MASK_PARENT,
#if !KUT_BEFORE(6, 15)
	.chip_flags = MSI_CHIP_FLAG_SET_EOI,
#endif
	.bus_select_token = DOMAIN_BUS_NEXUS,
	.bus_select_mask = BIT(DOMAIN_BUS_PCI_MSI) | BIT(DOMAIN_BUS_PLATFORM_MSI),
	.prefix = "INTC-",
	.init_dev_msi_info = msi_lib_init_dev_msi_info,
};

static void offer(struct irq_domain *parent, struct fwnode_handle *fwnode)
{
	parent->flags |= IRQ_DOMAIN_FLAG_MSI_PARENT | IRQ_DOMAIN_FLAG_ISOLATED_MSI;
	parent->msi_parent_ops = &msi_parent_ops;
	fwnode_dev_initialized(fwnode, true);
}

#endif

struct irq_domain *kut_msi_frame_init(phys_addr_t base, struct fwnode_handle *fwnode,
				      struct irq_chip *chip)
{
	struct irq_domain *domain;

	doorbell = base + FLT_INTC_MSI_DOORBELL;
	msi_chip = chip;
	chip->irq_compose_msi_msg = compose;
	domain = irq_domain_create_linear(fwnode, FLT_INTC_NONE, &msi_ops, NULL);
	if (!domain)
		panic("intc: no memory for the MSI frame");
	irq_domain_update_bus_token(domain, DOMAIN_BUS_NEXUS);
	offer(domain, fwnode);
	return domain;
}
