// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the IOMMU driver tells of its hardware to who virtualises it: the operation
 * behind IOMMU_GET_HW_INFO of /dev/iommu.
 */
#include <linux/err.h>
#include <linux/iommu.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "dma_test.h"
#include "kut_module.h"

#if IS_ENABLED(CONFIG_IOMMUFD)
#include <uapi/linux/iommufd.h>

/*
 * iommu.hw_info: device, enum iommu_hw_info_type that is asked for (0: the driver's
 * own) -> the type that is answered; buf gets the type's structure. A driver without
 * it, or without this type: -EOPNOTSUPP.
 */
static long op_hw_info(const struct kut_op_args *a)
{
	struct device *dev = dma_test_device(a->arg[0]);
	const struct iommu_ops *ops =
		dev && device_iommu_mapped(dev) ? dev->iommu->iommu_dev->ops : NULL;
	enum iommu_hw_info_type type = a->arg[1];
	u32 len = 0;
	void *info;

	if (!ops)
		return -ENODEV;
	if (!ops->hw_info)
		return -EOPNOTSUPP;
	info = ops->hw_info(dev, &len, &type);
	if (IS_ERR(info))
		return PTR_ERR(info);
	memcpy(a->buf, info, min_t(unsigned long, len, a->buf_len));
	kfree(info);
	return len <= a->buf_len ? type : -EMSGSIZE;
}
KUT_OP("iommu.hw_info", op_hw_info);
#endif
