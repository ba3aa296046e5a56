/* SPDX-License-Identifier: GPL-2.0-only */
/* Between irq.c, which drives the interrupt controller, and seam_msi.c, its MSI frame. */
#ifndef KUT_INTC_H
#define KUT_INTC_H

#include <linux/irq.h>
#include <linux/irqdomain.h>
#include <linux/of.h>

/* The mapping of an interrupt number of the controller's, as all kinds have it. */
void kut_intc_setup(struct irq_domain *d, unsigned int virq, irq_hw_number_t hwirq,
		    struct irq_chip *chip);

void kut_intc_forget(irq_hw_number_t hwirq); /* it is no longer pending */

/* The controller and its MSI frame, by whatever the firmware has described them. */
void kut_intc_start(phys_addr_t base, struct fwnode_handle *fwnode);
void kut_intc_msi_start(phys_addr_t base, struct fwnode_handle *fwnode);

/*
 * The MSI frame at `base`; `chip` lacks only the message. The result is the domain
 * that maps the controller's interrupt numbers.
 */
struct irq_domain *kut_msi_frame_init(phys_addr_t base, struct fwnode_handle *fwnode,
				      struct irq_chip *chip);

/* seam_acpi.c: GSIs are interrupts of this domain. */
void kut_acpi_gsi_init(struct fwnode_handle *domain);

#endif
