/* SPDX-License-Identifier: GPL-2.0-only */
/* What other exercisers use of the DMA test device's driver. Devices are numbers from 0. */
#ifndef DMA_TEST_H
#define DMA_TEST_H

#include <linux/device.h>

/* NULL: the driver has no device of this number. */
struct device *dma_test_device(unsigned long number);

/*
 * The device writes a pattern to bytes [iova, iova + len) and compares it. May sleep;
 * calls at the same time take turns at the ring. -ENODEV, -ETIMEDOUT after one second,
 * -EFAULT if an access is aborted, -EIO for anything else that is not right.
 */
int dma_test_touch(unsigned long number, dma_addr_t iova, u32 len, u64 pattern);

#endif
