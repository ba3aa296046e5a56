// SPDX-License-Identifier: GPL-2.0-only
/* Devices by name: what they are, and giving them to a guest as VFIO does. */
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "nested.h"
#include "seam.h"

struct device *nested_device_find(const struct kut_op_args *args)
{
	char name[NESTED_NAME_SIZE];
	unsigned long len = min(args->buf_len, sizeof(name) - 1);
	struct device *dev;

	if (!args->buf)
		return NULL;
	memcpy(name, args->buf, len);
	name[len] = '\0';

	dev = bus_find_device_by_name(&platform_bus_type, NULL, name);
	if (!dev)
		dev = bus_find_device_by_name(&pci_bus_type, NULL, name);
	return dev;
}

/* A device that is not enabled, or must not be master, sends nothing. */
static int enable(struct device *dev)
{
	int ret;

	if (!dev_is_pci(dev))
		return 0;
	ret = pci_enable_device(to_pci_dev(dev));
	if (!ret)
		pci_set_master(to_pci_dev(dev));
	return ret;
}

static void disable(struct device *dev)
{
	if (!dev_is_pci(dev))
		return;
	pci_clear_master(to_pci_dev(dev));
	pci_disable_device(to_pci_dev(dev));
}

/* On success the references to device and group are the entry's. */
static long attach(struct nested_domain *nested, struct device *dev, struct iommu_group *group)
{
	struct nested_device *entry = kzalloc(sizeof(*entry), GFP_KERNEL);
	int ret;

	if (!entry)
		return -ENOMEM;

	ret = nested_seam_attach(nested->domain, group);
	if (ret)
		goto free;
	ret = enable(dev);
	if (ret)
		goto detach;

	entry->dev = dev;
	entry->group = group;
	list_add_tail(&entry->node, &nested->devices);
	return 0;

detach:
	nested_seam_detach(nested->domain, group);
free:
	kfree(entry);
	return ret;
}

static long op_attach(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct nested_domain *nested;
	struct iommu_group *group;
	long ret = -EBADF;

	if (!dev)
		return -ENODEV;
	group = iommu_group_get(dev);
	if (!group) {
		put_device(dev);
		return -ENODEV;
	}

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = attach(nested, dev, group);
	mutex_unlock(&nested_lock);

	if (ret) {
		iommu_group_put(group);
		put_device(dev);
	}
	return ret;
}
KUT_OP("nested.attach", op_attach);

static void detach(struct nested_domain *nested, struct nested_device *entry)
{
	disable(entry->dev);
	nested_seam_detach(nested->domain, entry->group);
	iommu_group_put(entry->group);
	put_device(entry->dev);
	list_del(&entry->node);
	kfree(entry);
}

static long op_detach(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct nested_device *entry, *next;
	struct nested_domain *nested;
	long ret = -EBADF;

	if (!dev)
		return -ENODEV;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested) {
		ret = -ENODEV;
		list_for_each_entry_safe(entry, next, &nested->devices, node) {
			if (entry->dev == dev) {
				detach(nested, entry);
				ret = 0;
				break;
			}
		}
	}
	mutex_unlock(&nested_lock);
	put_device(dev);
	return ret;
}
KUT_OP("nested.detach", op_detach);

static long op_unbind_driver(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);

	if (!dev)
		return -ENODEV;
	device_release_driver(dev);
	put_device(dev);
	return 0;
}
KUT_OP("nested.unbind_driver", op_unbind_driver);

static long op_bind_driver(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	long ret;

	if (!dev)
		return -ENODEV;
	ret = device_attach(dev);
	put_device(dev);
	return ret;
}
KUT_OP("nested.bind_driver", op_bind_driver);

static long op_stream_ids(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct iommu_fwspec *fwspec;
	long ret = -ENODEV;

	if (!dev)
		return -ENODEV;

	fwspec = dev_iommu_fwspec_get(dev);
	if (fwspec) {
		memcpy(args->buf, fwspec->ids,
		       min(args->buf_len, fwspec->num_ids * sizeof(fwspec->ids[0])));
		ret = fwspec->num_ids;
	}
	put_device(dev);
	return ret;
}
KUT_OP("nested.stream_ids", op_stream_ids);

static long op_domain_type(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct iommu_domain *domain;
	long ret;

	if (!dev)
		return -ENODEV;
	domain = iommu_get_domain_for_dev(dev);
	ret = domain ? (long)domain->type : -ENOENT;
	put_device(dev);
	return ret;
}
KUT_OP("nested.domain_type", op_domain_type);
