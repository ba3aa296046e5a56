// SPDX-License-Identifier: GPL-2.0-only
/* Domains by handle: create, destroy. */
#include <linux/err.h>
#include <linux/slab.h>

#include "nested.h"
#include "seam.h"

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

static long create(struct device *dev, const struct kut_op_args *args)
{
	struct nested_domain *nested;
	int handle = free_handle();
	long ret;

	if (handle < 0)
		return handle;
	nested = kzalloc(sizeof(*nested), GFP_KERNEL);
	if (!nested)
		return -ENOMEM;

	nested->domain = nested_seam_alloc_domain(dev, args);
	if (IS_ERR(nested->domain)) {
		ret = PTR_ERR(nested->domain);
		kfree(nested);
		return ret;
	}
	INIT_LIST_HEAD(&nested->devices);
	INIT_LIST_HEAD(&nested->ram);
	domains[handle - 1] = nested;
	return handle;
}

static long op_create(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	long ret;

	if (!dev)
		return -ENODEV;

	mutex_lock(&nested_lock);
	ret = create(dev, args);
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
