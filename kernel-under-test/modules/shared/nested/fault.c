// SPDX-License-Identifier: GPL-2.0-only
/* The faults of a guest's stage 1, on their way to the scenario. */
#include <linux/slab.h>
#include <linux/string.h>

#include "nested.h"
#include "seam.h"

/* Sent to the channel "nested.fault". */
struct nested_fault {
	char device[NESTED_NAME_SIZE]; /* padded with zeros */
	nested_record_t record;
};

struct nested_handler {
	struct list_head node;
	struct device *dev;
	int result;
};

static LIST_HEAD(handlers);

static int on_fault(nested_record_t *record, void *data)
{
	const struct nested_handler *handler = data;
	struct nested_fault fault = {};

	if (handler->result)
		return handler->result;

	strscpy(fault.device, dev_name(handler->dev), sizeof(fault.device));
	fault.record = *record;
	kut_report("nested.fault", &fault, sizeof(fault));
	return 0;
}

static struct nested_handler *find_handler(const struct device *dev)
{
	struct nested_handler *handler;

	list_for_each_entry(handler, &handlers, node)
		if (handler->dev == dev)
			return handler;
	return NULL;
}

/* On success the reference to the device is the handler's. */
static long add_handler(struct device *dev, int result)
{
	struct nested_handler *handler = kzalloc(sizeof(*handler), GFP_KERNEL);
	int ret;

	if (!handler)
		return -ENOMEM;
	handler->dev = dev;
	handler->result = result;

	ret = iommu_register_device_fault_handler(dev, on_fault, handler);
	if (ret) {
		kfree(handler);
		return ret;
	}
	list_add_tail(&handler->node, &handlers);
	return 0;
}

/* arg[0]: 0, or what the handler fails with, like an owner whose queue is full. */
static long op_register_fault_handler(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	long ret;

	if (!dev)
		return -ENODEV;

	mutex_lock(&nested_lock);
	ret = add_handler(dev, (int)args->arg[0]);
	mutex_unlock(&nested_lock);
	if (ret)
		put_device(dev);
	return ret;
}
KUT_OP("nested.register_fault_handler", op_register_fault_handler);

static long op_unregister_fault_handler(const struct kut_op_args *args)
{
	struct device *dev = nested_device_find(args);
	struct nested_handler *handler;
	long ret;

	if (!dev)
		return -ENODEV;

	mutex_lock(&nested_lock);
	ret = iommu_unregister_device_fault_handler(dev);
	handler = find_handler(dev);
	if (!ret && handler) {
		list_del(&handler->node);
		put_device(handler->dev);
		kfree(handler);
	}
	mutex_unlock(&nested_lock);
	put_device(dev);
	return ret;
}
KUT_OP("nested.unregister_fault_handler", op_unregister_fault_handler);
