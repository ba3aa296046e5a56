/* SPDX-License-Identifier: GPL-2.0-only */
/* The ACPI tables lie where the machine has put them. */
#ifndef KUT_ASM_ACPI_H
#define KUT_ASM_ACPI_H

#include_next <asm/acpi.h>

#if !defined(__ASSEMBLY__) && defined(CONFIG_ACPI_IORT)
u64 kut_acpi_root_pointer(void);
#define ACPI_HAVE_ARCH_GET_ROOT_POINTER
#define acpi_arch_get_root_pointer() kut_acpi_root_pointer()
#endif

#endif
