// SPDX-License-Identifier: GPL-2.0-only
/* Bindings of a guest's MSI doorbells, and an MSI of a device to use them. */
#include <linux/interrupt.h>
#include <linux/msi.h>
#include <linux/pci.h>
#include <linux/platform_device.h>
#include <linux/slab.h>
#include <linux/string.h>

#include "nested.h"
#include "seam.h"

/* One interrupt, set up for a device. */
struct nested_msi {
	struct list_head node;
	struct device *dev;
	unsigned int irq;
	struct msi_msg msg; /* as written to the device, when it is not a PCI device */
};

/* What compose_msi leaves in buf: the message that the device has to write. */
struct nested_msi_message {
	__u64 address;
	__u32 data;
	__u32 irq;
};

static LIST_HEAD(msis);

static long op_bind_msi(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = iommu_bind_guest_msi(nested->domain, args->arg[1], args->arg[2],
					   args->arg[3]);
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.bind_msi", op_bind_msi);

static long op_unbind_msi(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested) {
		iommu_unbind_guest_msi(nested->domain, args->arg[1]);
		ret = 0;
	}
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.unbind_msi", op_unbind_msi);

static struct nested_msi *find_msi(const struct device *dev)
{
	struct nested_msi *msi;

	list_for_each_entry(msi, &msis, node)
		if (msi->dev == dev)
			return msi;
	return NULL;
}

/* The channel "nested.msi" gets the device's name for each interrupt. */
static irqreturn_t on_interrupt(int irq, void *data)
{
	const struct nested_msi *msi = data;

	kut_report("nested.msi", dev_name(msi->dev), strlen(dev_name(msi->dev)));
	return IRQ_HANDLED;
}

/* Called by the MSI core when a platform device is to learn its message. */
static void write_msg(struct msi_desc *desc, struct msi_msg *msg)
{
	struct nested_msi *msi = find_msi(msi_desc_to_dev(desc));

	if (msi)
		msi->msg = *msg;
}

static void fill_message(struct nested_msi *msi, struct nested_msi_message *message)
{
	if (dev_is_pci(msi->dev))
		get_cached_msi_msg(msi->irq, &msi->msg);
	message->address = (u64)msi->msg.address_hi << 32 | msi->msg.address_lo;
	message->data = msi->msg.data;
	message->irq = msi->irq;
}

static int alloc_vector(struct nested_msi *msi)
{
	int ret;

	if (!dev_is_pci(msi->dev))
		return nested_seam_alloc_msi(msi->dev, write_msg, &msi->irq);

	ret = pci_alloc_irq_vectors(to_pci_dev(msi->dev), 1, 1, PCI_IRQ_MSI | PCI_IRQ_MSIX);
	if (ret < 0)
		return ret;
	msi->irq = pci_irq_vector(to_pci_dev(msi->dev), 0);
	return 0;
}

static void free_vector(struct nested_msi *msi)
{
	if (dev_is_pci(msi->dev))
		pci_free_irq_vectors(to_pci_dev(msi->dev));
	else
		nested_seam_free_msi(msi->dev);
}

/* On success the reference to the device is the entry's. */
static long add_msi(struct device *dev, struct nested_msi_message *message)
{
	struct nested_msi *msi;
	int ret;

	if (find_msi(dev))
		return -EBUSY;
	msi = kzalloc(sizeof(*msi), GFP_KERNEL);
	if (!msi)
		return -ENOMEM;
	msi->dev = dev;
	list_add_tail(&msi->node, &msis);

	/* No driver is bound whose end would release what the MSI core takes. */
	if (!devres_open_group(dev, msi, GFP_KERNEL)) {
		ret = -ENOMEM;
		goto unlist;
	}
	ret = alloc_vector(msi);
	if (ret)
		goto release;
	ret = request_irq(msi->irq, on_interrupt, 0, "nested", msi);
	if (ret)
		goto free;

	fill_message(msi, message);
	return 0;

free:
	free_vector(msi);
release:
	devres_release_group(dev, msi);
unlist:
	list_del(&msi->node);
	kfree(msi);
	return ret;
}

static long op_compose_msi(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct nested_msi_message message = {};
	long ret;

	if (!dev)
		return -ENODEV;

	mutex_lock(&nested_lock);
	ret = add_msi(dev, &message);
	mutex_unlock(&nested_lock);
	if (ret)
		put_device(dev);
	else
		memcpy(args->buf, &message, min(args->buf_len, sizeof(message)));
	return ret;
}
KUT_OP("nested.compose_msi", op_compose_msi);

static long op_free_msi(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct nested_msi *msi;
	long ret = -ENOENT;

	if (!dev)
		return -ENODEV;

	mutex_lock(&nested_lock);
	msi = find_msi(dev);
	if (msi) {
		free_irq(msi->irq, msi);
		free_vector(msi);
		devres_release_group(dev, msi);
		list_del(&msi->node);
		put_device(msi->dev);
		kfree(msi);
		ret = 0;
	}
	mutex_unlock(&nested_lock);
	put_device(dev);
	return ret;
}
KUT_OP("nested.free_msi", op_free_msi);

/* The interrupt moves to CPU arg[0]; buf has the message that the host composed anew. */
static long op_move_msi(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct nested_msi_message message = {};
	struct nested_msi *msi;
	long ret = -ENOENT;

	if (!dev)
		return -ENODEV;
	if (args->arg[0] >= nr_cpu_ids) {
		put_device(dev);
		return -EINVAL;
	}

	mutex_lock(&nested_lock);
	msi = find_msi(dev);
	if (msi) {
		ret = irq_set_affinity(msi->irq, cpumask_of(args->arg[0]));
		fill_message(msi, &message);
		memcpy(args->buf, &message, min(args->buf_len, sizeof(message)));
	}
	mutex_unlock(&nested_lock);
	put_device(dev);
	return ret;
}
KUT_OP("nested.move_msi", op_move_msi);
