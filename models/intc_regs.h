/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Registers of the "faultline,intc" interrupt controller. All are 32 bits wide
 * and take 32-bit accesses only. Inputs are numbered 0 to 1022; number 1023
 * means "none", and its bits and its ROUTE read as zero and ignore writes.
 *
 * The registers with a bit for each input are arrays of 32 words: input n is
 * bit n % 32 of the word at base + 4 * (n / 32).
 */
#ifndef MODELS_INTC_REGS_H
#define MODELS_INTC_REGS_H

#define FLT_INTC_SIZE	0x3000
#define FLT_INTC_INPUTS 1023
#define FLT_INTC_NONE	1023
#define FLT_INTC_CPUS	8

/* RW, resets to 0: the CPU that input n goes to. A CPU that does not exist: ignored. */
#define FLT_INTC_ROUTE(n) (0x0000 + 4 * (n))

/* Base of bit n's word. */
#define FLT_INTC_WORD(base, n) ((base) + 4 * ((n) / 32))

/* Write 1: enable, disable. Both read as what is enabled. Resets to 0. */
#define FLT_INTC_SET_ENABLE 0x1000
#define FLT_INTC_CLR_ENABLE 0x1100
/* RO: an edge was seen and not yet taken, or software set it, or a level input is high. */
#define FLT_INTC_PENDING 0x1200
/*
 * Write 1: make pending, forget. Both read as PENDING. A level input that is
 * high stays pending whatever is written.
 */
#define FLT_INTC_SET_PENDING 0x1300
#define FLT_INTC_CLR_PENDING 0x1400
/* RW, resets to 0: 1 level, 0 rising edge. Message-signalled inputs are edges. */
#define FLT_INTC_TRIGGER 0x1500

/*
 * Of CPU c. A read of IAR takes the lowest-numbered input that is pending,
 * enabled, not active and routed to c: it becomes active, and what was latched
 * of it is forgotten; FLT_INTC_NONE if there is none. A write of its number to
 * the same CPU's EOI ends that; other numbers are ignored. An edge that comes
 * while the input is active, or a level that is high still, is taken after EOI.
 * IAR ignores writes, EOI reads as zero.
 */
#define FLT_INTC_IAR(c) (0x2000 + 0x10 * (c))
#define FLT_INTC_EOI(c) (0x2004 + 0x10 * (c))

/*
 * The message frame, a page of its own: a 32-bit write of n at DOORBELL makes
 * input n pending, MSI_FIRST to MSI_LAST. All else is ignored and counted; the
 * page reads as zero.
 */
#define FLT_INTC_MSI_SIZE     0x1000
#define FLT_INTC_MSI_DOORBELL 0x40
#define FLT_INTC_MSI_FIRST    256
#define FLT_INTC_MSI_LAST     1022

#endif
