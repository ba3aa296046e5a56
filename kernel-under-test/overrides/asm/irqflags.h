/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The interrupt flag is virtual: in user mode pushf shows IF=1 and popf ignores
 * it, so the real instructions would not only be slow (traps) but wrong.
 * Flags words carry X86_EFLAGS_IF, as on hardware.
 */
#ifndef KUT_ASM_IRQFLAGS_H
#define KUT_ASM_IRQFLAGS_H

#include_next <asm/irqflags.h>

#ifndef __ASSEMBLY__

unsigned long kut_irq_flags(void);
unsigned long kut_irq_set(unsigned long flags);

static __always_inline unsigned long kut_local_irq_save(void)
{
	return kut_irq_set(0);
}

#define arch_local_save_flags() kut_irq_flags()
#define arch_local_irq_disable() ((void)kut_irq_set(0))
#define arch_local_irq_enable() ((void)kut_irq_set(X86_EFLAGS_IF))
#define arch_local_irq_restore(flags) ((void)kut_irq_set(flags))
#define arch_local_irq_save() kut_local_irq_save()
#define arch_irqs_disabled() arch_irqs_disabled_flags(kut_irq_flags())

#endif /* __ASSEMBLY__ */
#endif
