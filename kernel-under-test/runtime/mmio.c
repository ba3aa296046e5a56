// SPDX-License-Identifier: GPL-2.0-only
/* Register accesses, and what stands for Arm instructions and system registers. */
#include <linux/io.h>
#include <linux/string.h>

#include "kut.h"

static unsigned long phys_of(const volatile void __iomem *addr)
{
	return (unsigned long)addr - kut_layout.io_base;
}

/* No address of a cookie is ever mapped: the page fault is the kernel's. */
static void must_be_mapped(const volatile void __iomem *addr, bool write)
{
	volatile u8 *p = (volatile u8 __force *)addr;

	if (kut_io_mapped(addr))
		return;
	if (write)
		*p = 0;
	else
		(void)*p;
}

u64 kut_mmio_read(const volatile void __iomem *addr, unsigned int size)
{
	struct kut_cpu *cpu = kut_this_cpu();
	u64 value;

	must_be_mapped(addr, false);
	value = kut_host->mmio_read(phys_of(addr), size);
	kut_resumed(cpu);
	kut_check_lockup(cpu);
	kut_irq_poll();
	return value;
}

void kut_mmio_write(volatile void __iomem *addr, u64 value, unsigned int size)
{
	struct kut_cpu *cpu = kut_this_cpu();

	cpu->spins = 0;
	must_be_mapped(addr, true);
	kut_host->mmio_write(phys_of(addr), value, size);
	kut_resumed(cpu);
	kut_irq_poll();
}

/* As on x86: bytes and words up to alignment, then 32 bits at a time. */
static unsigned int piece(const volatile void __iomem *io, size_t left)
{
	unsigned long at = (unsigned long)io;

	if (at & 1 || left < 2)
		return 1;
	return at & 2 || left < 4 ? 2 : 4;
}

void kut_memcpy_fromio(void *to, const volatile void __iomem *from, size_t n)
{
	for (unsigned int size; n; n -= size, from += size, to += size) {
		u64 value;

		size = piece(from, n);
		value = kut_mmio_read(from, size);
		memcpy(to, &value, size);
	}
}

void kut_memcpy_toio(volatile void __iomem *to, const void *from, size_t n)
{
	for (unsigned int size; n; n -= size, to += size, from += size) {
		u64 value = 0;

		size = piece(to, n);
		memcpy(&value, from, size);
		kut_mmio_write(to, value, size);
	}
}

void kut_memset_io(volatile void __iomem *to, int byte, size_t n)
{
	for (unsigned int size; n; n -= size, to += size) {
		size = piece(to, n);
		kut_mmio_write(to,
			       (u8)byte * (u32)(size == 4   ? 0x01010101
						: size == 2 ? 0x0101
							    : 1),
			       size);
	}
}

void kut_cpu_relax(void);
void kut_wfe(void);
void kut_wfe(void)
{
	kut_cpu_relax();
}

/* ID_AA64MMFR0_EL1: PARange 5 (48 bits), ASIDBits 2 (16 bits). */
u64 kut_read_sanitised_ftr_reg(u32 id);
u64 kut_read_sanitised_ftr_reg(u32 id)
{
	return 0x25;
}

/* MAIR_EL1 of the simulated CPU: Normal WB, Normal WB, Normal NC, Device nGnRnE, Device nGnRE. */
u64 kut_read_mair_el1(void);
u64 kut_read_mair_el1(void)
{
	return 0x000000040044ffffULL;
}
