/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Forced in front of arm-smmu-v3*.c: the few Arm names that the driver takes
 * from the arm64 tree and that an x86-64 build lacks.
 */
#ifndef KUT_ARM_SMMU_V3_H
#define KUT_ARM_SMMU_V3_H

#include <linux/types.h>

#define VA_BITS 48
#define vabits_actual 48
#define cpus_have_cap(cap) false
#define __iomb() mb()
#define dsb(scope) mb()

/* Waits as the Arm instruction does: other CPUs and devices run meanwhile. */
void kut_wfe(void);
#define wfe() kut_wfe()

/* ID_AA64MMFR0_EL1 of the simulated CPU: 48-bit physical addresses, 16-bit ASIDs. */
#define SYS_ID_AA64MMFR0_EL1 0
#define ID_AA64MMFR0_EL1_PARANGE_SHIFT 0
#define ID_AA64MMFR0_EL1_ASIDBITS_SHIFT 4
#define ID_AA64MMFR0_PARANGE_SHIFT ID_AA64MMFR0_EL1_PARANGE_SHIFT /* 5.10 */
#define ID_AA64MMFR0_ASID_SHIFT ID_AA64MMFR0_EL1_ASIDBITS_SHIFT
u64 kut_read_sanitised_ftr_reg(u32 id);
#define read_sanitised_ftr_reg(id) kut_read_sanitised_ftr_reg(id)
#define cpuid_feature_extract_unsigned_field(reg, shift) ((unsigned int)(((reg) >> (shift)) & 0xf))
static inline u32 id_aa64mmfr0_parange_to_phys_shift(int parange)
{
	static const u8 bits[] = { 32, 36, 40, 42, 44, 48, 52, 56 };

	return bits[parange & 7];
}
#define arm64_kernel_unmapped_at_el0() false

/* Features that the simulated CPU does not have. */
#define system_supports_haft() false
#define system_supports_poe() false
#define system_supports_gcs() false
#define system_supports_bbml3() false

/* MAIR_EL1 as arm64 Linux sets it: memory types by index. */
u64 kut_read_mair_el1(void);
#define read_sysreg(reg) kut_read_##reg()

struct mm_struct;
unsigned long kut_mm_context_get(struct mm_struct *mm);
void kut_mm_context_put(struct mm_struct *mm);
#define arm64_mm_context_get(mm) kut_mm_context_get(mm)
#define arm64_mm_context_put(mm) kut_mm_context_put(mm)

#endif
