/* SPDX-License-Identifier: MIT OR GPL-2.0-only */
/*
 * Registers and ring descriptors of the "faultline,dma-test" device: a window of
 * its own as a platform device, BAR 0 behind PCIe. Registers are 32 bits wide
 * and take 32-bit accesses only; what is not listed reads as zero and ignores
 * writes. What can be written resets to zero.
 *
 * A driver writes RING_BASE and RING_SIZE, enables, fills descriptors and writes
 * the index behind the last one to HEAD; the device works from TAIL to HEAD in
 * order, and TAIL moves on when a descriptor's result has been written. The ring
 * is empty when they are equal, so it holds RING_SIZE - 1 descriptors at most.
 */
#ifndef MODELS_DMA_REGS_H
#define MODELS_DMA_REGS_H

#define FLT_DMA_SIZE 0x1000

/* Identity behind PCIe; the numbers are assigned to nobody. */
#define FLT_DMA_PCI_VENDOR    0xfa17
#define FLT_DMA_PCI_DEVICE    0x0001
#define FLT_DMA_PCI_VF_DEVICE 0x0002

#define FLT_DMA_ID	 0x000 /* RO */
#define FLT_DMA_ID_VALUE 0xfa170001

#define FLT_DMA_CTRL 0x004
/*
 * 0 to 1 sets HEAD and TAIL to 0 and clears STATUS.RING_ERROR; it is not taken
 * (stays 0) while BUSY, and with a RING_SIZE out of range (RING_ERROR then). 1 to
 * 0: the descriptor in progress is finished, no other is begun.
 */
#define FLT_DMA_CTRL_ENABLE	(1u << 0)
#define FLT_DMA_CTRL_IRQ_ENABLE (1u << 1)
/* Write 1, reads as 0: all as after power-on; what was in progress is dropped. */
#define FLT_DMA_CTRL_RESET (1u << 2)

#define FLT_DMA_STATUS		  0x008	    /* RO */
#define FLT_DMA_STATUS_BUSY	  (1u << 0) /* a descriptor of the ring is in progress */
#define FLT_DMA_STATUS_STALLED	  (1u << 1) /* an access of the device is held */
#define FLT_DMA_STATUS_RING_ERROR (1u << 2) /* see FLT_DMA_IRQ_ERROR */

/* Bus address, multiple of 64 (the low bits read as zero). Ignored while enabled or BUSY. */
#define FLT_DMA_RING_BASE_LO 0x010
#define FLT_DMA_RING_BASE_HI 0x014
/* Number of descriptors, 2 to 65536. Ignored while enabled or BUSY. */
#define FLT_DMA_RING_SIZE     0x018
#define FLT_DMA_RING_SIZE_MAX 65536
#define FLT_DMA_HEAD	      0x01c /* doorbell; ignored while not enabled */
#define FLT_DMA_TAIL	      0x020 /* RO */

/*
 * W1C. The wire is high while IRQ_ENABLE is set and a bit of IRQ_STATUS; a
 * message is sent for each event while IRQ_ENABLE is set, and when IRQ_ENABLE
 * becomes set with a bit set already.
 */
#define FLT_DMA_IRQ_STATUS 0x024
#define FLT_DMA_IRQ_DONE   (1u << 0) /* a descriptor with FLT_DMA_DESC_IRQ is finished */
/*
 * HEAD out of range, or a descriptor could not be read or its result written:
 * the device has cleared CTRL.ENABLE and set STATUS.RING_ERROR.
 */
#define FLT_DMA_IRQ_ERROR (1u << 1)

/*
 * Messages. Each event has a vector: that of its descriptor, or ERROR_VECTOR for a
 * ring error; its number counts modulo VECTORS. An event sets its vector's bit in
 * VECTOR_STATUS, and its message is that number; what is sent when IRQ_ENABLE
 * becomes set is one message for each bit. When IRQ_STATUS becomes 0 by a write, so
 * does VECTOR_STATUS; otherwise they do not touch each other.
 */
#define FLT_DMA_VECTORS	      0x028 /* RO: how many the device has, 1 to 32 */
#define FLT_DMA_VECTORS_MAX   32
#define FLT_DMA_VECTOR_STATUS 0x02c /* W1C */
#define FLT_DMA_ERROR_VECTOR  0x030 /* RW, below 32 */
/* Write n, reads as 0: as if a descriptor with FLT_DMA_DESC_IRQ and vector n had finished. */
#define FLT_DMA_TRIGGER 0x034

/*
 * A descriptor: 64 bytes, little-endian, at RING_BASE + 64 * index. Offsets of
 * its fields; the device reads all of it and writes STATUS to VALUE (24 bytes).
 * The ring itself is accessed unprivileged and without a SubstreamID.
 */
#define FLT_DMA_DESC_SIZE   64
#define FLT_DMA_DESC_CTL    0x00 /* 32 bits, see below */
#define FLT_DMA_DESC_SSID   0x04 /* 32 bits, SubstreamID, below 2^20 */
#define FLT_DMA_DESC_SRC    0x08 /* 64 bits */
#define FLT_DMA_DESC_DST    0x10 /* 64 bits */
#define FLT_DMA_DESC_LEN    0x18 /* 32 bits, bytes; 0 is done at once */
#define FLT_DMA_DESC_COOKIE 0x1c /* 32 bits, the driver's own */
#define FLT_DMA_DESC_DATA   0x20 /* 64 bits: what WRITE writes; seed of FILL and CHECK */
#define FLT_DMA_DESC_STATUS 0x28 /* 32 bits, see below */
#define FLT_DMA_DESC_DONE   0x2c /* 32 bits: bytes done; MISMATCH: offset of the wrong byte */
#define FLT_DMA_DESC_ADDR   0x30 /* 64 bits: where it went wrong first, 0 if it did not */
#define FLT_DMA_DESC_VALUE                                                                         \
	0x38 /* 64 bits: READ: the first bytes; MISMATCH: expected | got << 8                      \
	      */

/* CTL */
#define FLT_DMA_DESC_OP		0xffu
#define FLT_DMA_DESC_SSID_VALID (1u << 8)
#define FLT_DMA_DESC_PRIV	(1u << 9)
#define FLT_DMA_DESC_INSTR	(1u << 10) /* its reads are instruction fetches */
#define FLT_DMA_DESC_IRQ	(1u << 11)
#define FLT_DMA_DESC_VECTOR(n)	((n) << 16) /* below 32; of its interrupt */

#define FLT_DMA_OP_READ	 1 /* SRC */
#define FLT_DMA_OP_WRITE 2 /* DST: DATA, its 8 bytes again and again */
#define FLT_DMA_OP_COPY	 3 /* SRC to DST, ascending */
#define FLT_DMA_OP_FILL	 4 /* DST: the pattern of DATA */
#define FLT_DMA_OP_CHECK 5 /* SRC against the pattern of DATA */

/* STATUS */
#define FLT_DMA_DESC_CODE    0xffu
#define FLT_DMA_DESC_STALLED (1u << 8) /* an access of it was held for a time */

#define FLT_DMA_CODE_OK	      1
#define FLT_DMA_CODE_ABORT    2 /* an access was aborted; nothing was done behind it */
#define FLT_DMA_CODE_RAZ_WI   3 /* accesses were terminated: read as zero, writes ignored */
#define FLT_DMA_CODE_MISMATCH 4
#define FLT_DMA_CODE_INVALID  5 /* no such operation, SSID too large, or beyond the last address */

#endif
