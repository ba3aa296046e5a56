// SPDX-License-Identifier: GPL-2.0-only
/* What only the series of 2020 has, or 5.10 needs. */
#include <linux/dma-iommu.h>
#include <linux/string.h>

#include "shared/nested/nested.h"

static long op_set_nesting(const struct kut_op_args *args)
{
	int nesting = (int)args->arg[1];
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = iommu_domain_set_attr(nested->domain, DOMAIN_ATTR_NESTING, &nesting);
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

/* As it comes: what VFIO, which knows of its own mappings alone, may ask for. */
static long op_map_unchecked(const struct kut_op_args *args)
{
	int prot = args->arg[4] ? args->arg[4] : IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE;
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = iommu_map(nested->domain, args->arg[1], args->arg[2], args->arg[3], prot);
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.map_unchecked", op_map_unchecked);

/* What the ACPI tables would say of the device's root complex: 5.10 asks no devicetree for it. */
static long op_allow_ats(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct iommu_fwspec *fwspec;

	if (!dev)
		return -ENODEV;
	fwspec = dev_iommu_fwspec_get(dev);
	if (fwspec)
		fwspec->flags |= IOMMU_FWSPEC_PCI_RC_ATS;
	put_device(dev);
	return fwspec ? 0 : -ENODEV;
}
KUT_OP("nested.allow_ats", op_allow_ats);

/* buf: the device's name, padded to NESTED_NAME_SIZE, and struct iommu_page_response. */
static long op_page_response(const struct kut_op_args *args)
{
	struct iommu_page_response response = {};
	struct device *dev = nested_device_find(args);
	long ret;

	if (!dev)
		return -ENODEV;
	if (args->buf_len > NESTED_NAME_SIZE)
		memcpy(&response, args->buf + NESTED_NAME_SIZE,
		       min(args->buf_len - NESTED_NAME_SIZE, sizeof(response)));
	mutex_lock(&nested_lock);
	ret = iommu_page_response(dev, &response);
	mutex_unlock(&nested_lock);
	put_device(dev);
	return ret;
}
KUT_OP("nested.page_response", op_page_response);
