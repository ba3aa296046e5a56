// SPDX-License-Identifier: GPL-2.0-only
/*
 * Domains by handle: create, destroy. A domain becomes one for nesting by an
 * attribute, and has to have it before its MSI cookie and its first device.
 */
#include <linux/dma-iommu.h>
#include <linux/slab.h>

#include "nested.h"

DEFINE_MUTEX(nested_lock);

static struct nested_domain *domains[NESTED_MAX_DOMAINS];

struct nested_domain *nested_domain_get(unsigned long handle)
{
	lockdep_assert_held(&nested_lock);
	if (handle < 1 || handle > NESTED_MAX_DOMAINS)
		return NULL;
	return domains[handle - 1];
}

static int free_handle(void)
{
	for (int i = 0; i < NESTED_MAX_DOMAINS; i++)
		if (!domains[i])
			return i + 1;
	return -ENOSPC;
}

static int set_nesting(struct nested_domain *nested, int nesting)
{
	return iommu_domain_set_attr(nested->domain, DOMAIN_ATTR_NESTING, &nesting);
}

static long create(struct device *dev, bool plain)
{
	struct nested_domain *nested;
	int handle = free_handle(), ret = 0;

	if (handle < 0)
		return handle;
	nested = kzalloc(sizeof(*nested), GFP_KERNEL);
	if (!nested)
		return -ENOMEM;
	INIT_LIST_HEAD(&nested->devices);
	INIT_LIST_HEAD(&nested->ram);

	nested->domain = iommu_domain_alloc(dev->bus);
	if (!nested->domain) {
		kfree(nested);
		return -ENOMEM;
	}
	if (!plain)
		ret = set_nesting(nested, 1);
	if (!plain && !ret)
		ret = iommu_get_msi_cookie(nested->domain, 0);
	if (ret) {
		iommu_domain_free(nested->domain);
		kfree(nested);
		return ret;
	}
	domains[handle - 1] = nested;
	return handle;
}

/* arg[0]: 1 for a domain that is not for nesting yet, without an MSI cookie. */
static long op_create(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	long ret;

	if (!dev)
		return -ENODEV;

	mutex_lock(&nested_lock);
	ret = create(dev, args->arg[0]);
	mutex_unlock(&nested_lock);
	put_device(dev);
	return ret;
}
KUT_OP("nested.create", op_create);

static long op_destroy(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = 0;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (!nested) {
		ret = -EBADF;
	} else if (!list_empty(&nested->devices)) {
		ret = -EBUSY;
	} else {
		domains[args->arg[0] - 1] = NULL;
		nested_ram_free(nested);
		iommu_domain_free(nested->domain);
		kfree(nested);
	}
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.destroy", op_destroy);

static long op_set_nesting(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = set_nesting(nested, (int)args->arg[1]);
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.set_nesting", op_set_nesting);

static long op_get_msi_cookie(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = iommu_get_msi_cookie(nested->domain, args->arg[1]);
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.get_msi_cookie", op_get_msi_cookie);
