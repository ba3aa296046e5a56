// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest's owner says about stage 1. Structures are passed on as the
 * user's, byte for byte, so that the kernel's own checks of them are what counts.
 */
#include <linux/string.h>
#include <linux/uaccess.h>

#include "nested.h"

/* A user's structure: what buf lacks reads as zero. */
static bool user_struct(void *to, unsigned long size, const struct kut_op_args *args)
{
	if (!args->buf || !args->buf_len)
		return false;
	memset(to, 0, size);
	memcpy(to, args->buf, min(args->buf_len, size));
	return true;
}

static long op_attach_pasid_table(const struct kut_op_args *args)
{
	struct iommu_pasid_table_config config;
	struct nested_domain *nested;
	long ret = -EBADF;

	if (!user_struct(&config, sizeof(config), args))
		return -EFAULT;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = iommu_uapi_attach_pasid_table(nested->domain, (void __user *)&config);
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.attach_pasid_table", op_attach_pasid_table);

static long op_detach_pasid_table(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested) {
		iommu_detach_pasid_table(nested->domain);
		ret = 0;
	}
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.detach_pasid_table", op_detach_pasid_table);

/* VFIO repeats the call for each device; the driver serves all of them at once. */
static long op_cache_invalidate(const struct kut_op_args *args)
{
	struct iommu_cache_invalidate_info info;
	struct nested_device *first;
	struct nested_domain *nested;
	long ret = -EBADF;

	if (!user_struct(&info, sizeof(info), args))
		return -EFAULT;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested) {
		first = list_first_entry_or_null(&nested->devices, struct nested_device, node);
		ret = iommu_uapi_cache_invalidate(nested->domain, first ? first->dev : NULL,
						  (void __user *)&info);
	}
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.cache_invalidate", op_cache_invalidate);
