// SPDX-License-Identifier: GPL-2.0-only
/*
 * What the guest's owner says about stage 1. Structures are passed on as the
 * user's, byte for byte, so that the kernel's own checks of them are what counts.
 */
#include <linux/string.h>
#include <linux/uaccess.h>
#include <linux/vmalloc.h>

#include "nested.h"
#include "seam.h"

/*
 * The user's memory: buf, at the end of a page with none behind it, as a process
 * may have it. What the kernel reads beyond is a fault, and so is an empty buf,
 * which is at address 0. *page is to be freed with vfree().
 */
static int user_memory(const struct kut_op_args *args, void **page, void __user **user)
{
	*page = NULL;
	*user = NULL;
	if (!args->buf || !args->buf_len)
		return 0;
	if (args->buf_len > PAGE_SIZE)
		return -E2BIG;
	*page = vmalloc(PAGE_SIZE);
	if (!*page)
		return -ENOMEM;
	*user = (void __user *)(*page + PAGE_SIZE - args->buf_len);
	memcpy((void __force *)*user, args->buf, args->buf_len);
	return 0;
}

static long op_attach_pasid_table(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	void __user *user;
	void *page;
	long ret = user_memory(args, &page, &user);

	if (ret)
		return ret;
	ret = -EBADF;
	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = iommu_uapi_attach_pasid_table(nested->domain, user);
	mutex_unlock(&nested_lock);
	vfree(page);
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
	struct nested_device *first;
	struct nested_domain *nested;
	void __user *user;
	void *page;
	long ret = user_memory(args, &page, &user);

	if (ret)
		return ret;
	ret = -EBADF;
	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested) {
		first = list_first_entry_or_null(&nested->devices, struct nested_device, node);
		ret = iommu_uapi_cache_invalidate(nested->domain, first ? first->dev : NULL, user);
	}
	mutex_unlock(&nested_lock);
	vfree(page);
	return ret;
}
KUT_OP("nested.cache_invalidate", op_cache_invalidate);
