/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * Register accesses of the hosted kernel become calls to the simulator.
 * The accessors are redefined as object-like macros, so that passing one by
 * name (readl_poll_timeout) works as in the kernel.
 */
#ifndef KUT_ASM_IO_H
#define KUT_ASM_IO_H

#include_next <asm/io.h>

#ifndef __ASSEMBLY__

u64 kut_mmio_read(const volatile void __iomem *addr, unsigned int size);
void kut_mmio_write(volatile void __iomem *addr, u64 value, unsigned int size);
void kut_memcpy_fromio(void *to, const volatile void __iomem *from, size_t n);
void kut_memcpy_toio(volatile void __iomem *to, const void *from, size_t n);
void kut_memset_io(volatile void __iomem *to, int byte, size_t n);

#define KUT_MMIO(suffix, type)                                                     \
	static inline type kut_read##suffix(const volatile void __iomem *addr)     \
	{                                                                          \
		return (type)kut_mmio_read(addr, sizeof(type));                    \
	}                                                                          \
	static inline void kut_write##suffix(type value, volatile void __iomem *addr) \
	{                                                                          \
		kut_mmio_write(addr, value, sizeof(type));                         \
	}
KUT_MMIO(b, u8)
KUT_MMIO(w, u16)
KUT_MMIO(l, u32)
KUT_MMIO(q, u64)
#undef KUT_MMIO

#undef readb
#undef readw
#undef readl
#undef readq
#undef readb_relaxed
#undef readw_relaxed
#undef readl_relaxed
#undef readq_relaxed
#undef __raw_readb
#undef __raw_readw
#undef __raw_readl
#undef __raw_readq
#undef writeb
#undef writew
#undef writel
#undef writeq
#undef writeb_relaxed
#undef writew_relaxed
#undef writel_relaxed
#undef writeq_relaxed
#undef __raw_writeb
#undef __raw_writew
#undef __raw_writel
#undef __raw_writeq
#undef memcpy_fromio
#undef memcpy_toio
#undef memset_io

#define readb kut_readb
#define readw kut_readw
#define readl kut_readl
#define readq kut_readq
#define readb_relaxed kut_readb
#define readw_relaxed kut_readw
#define readl_relaxed kut_readl
#define readq_relaxed kut_readq
#define __raw_readb kut_readb
#define __raw_readw kut_readw
#define __raw_readl kut_readl
#define __raw_readq kut_readq
#define writeb kut_writeb
#define writew kut_writew
#define writel kut_writel
#define writeq kut_writeq
#define writeb_relaxed kut_writeb
#define writew_relaxed kut_writew
#define writel_relaxed kut_writel
#define writeq_relaxed kut_writeq
#define __raw_writeb kut_writeb
#define __raw_writew kut_writew
#define __raw_writel kut_writel
#define __raw_writeq kut_writeq
#define memcpy_fromio kut_memcpy_fromio
#define memcpy_toio kut_memcpy_toio
#define memset_io kut_memset_io

#endif /* __ASSEMBLY__ */
#endif
