/* SPDX-License-Identifier: GPL-2.0-only */
/* Every spin loop of the hosted kernel is a point where another CPU may run. */
#ifndef KUT_ASM_VDSO_PROCESSOR_H
#define KUT_ASM_VDSO_PROCESSOR_H

#include_next <asm/vdso/processor.h>

#ifndef __ASSEMBLY__
void kut_cpu_relax(void);
#define cpu_relax kut_cpu_relax
#endif

#endif
