/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * The exerciser of nested translation: it stands where VFIO would, between the
 * scenario, which plays guest and virtual machine monitor, and the IOMMU core. It is
 * part of each kernel with a series whose folder beside this one names it; what
 * these kernels do each in their own way is in seam.h.
 *
 * Concepts. A domain (a guest's address space: stage 2, and stage 1 once a table
 * is attached) is known to scenarios by a handle of 1 .. NESTED_MAX_DOMAINS. A
 * device is known by its name on the platform or PCI bus, given in buf. What a
 * caller forgets is not undone: domains keep their memory until destroyed.
 *
 * Every operation runs under one mutex. The operations and their arguments are
 * described in each series' README.md.
 */
#ifndef KUT_NESTED_H
#define KUT_NESTED_H

#include <linux/device.h>
#include <linux/iommu.h>
#include <linux/list.h>
#include <linux/mutex.h>
#include <linux/types.h>

#include "kut_module.h"

#define NESTED_MAX_DOMAINS 16
#define NESTED_NAME_SIZE   32

struct nested_domain {
	struct iommu_domain *domain;
	struct list_head devices; /* struct nested_device */
	struct list_head ram;	  /* struct nested_ram */
};

struct nested_device {
	struct list_head node; /* in a domain's devices */
	struct device *dev;
	struct iommu_group *group;
};

/* Whoever holds it owns all that is reachable from the domains. */
extern struct mutex nested_lock;

/* NULL: no such handle. */
struct nested_domain *nested_domain_get(unsigned long handle);
/* The device named in buf, with a reference to put; NULL: there is none. */
struct device *nested_device_find(const struct kut_op_args *args);
/* Unmap and free what alloc_guest_ram gave to the domain. */
void nested_ram_free(struct nested_domain *nested);

#endif
