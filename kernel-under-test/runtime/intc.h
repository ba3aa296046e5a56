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

/*
 * The MSI frame of the devicetree node; `chip` lacks only the message. The result
 * is the domain that maps the controller's interrupt numbers.
 */
struct irq_domain *kut_msi_frame_init(struct device_node *node, struct irq_chip *chip);

#endif
