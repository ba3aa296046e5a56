/* SPDX-License-Identifier: GPL-2.0-only */
/*
 * What the kernels with nested translation do each in their own way. A series that
 * shares this folder has these functions in a seam.c of its own; int is 0 or a
 * negative errno.
 */
#ifndef KUT_NESTED_SEAM_H
#define KUT_NESTED_SEAM_H

#include <linux/iommu.h>
#include <linux/msi.h>

#include "kut_module.h"

/* The series of 2020 adds to <linux/iommu.h>; its record is one of several kinds. */
#if __has_include(<linux/iommu-nested.h>)
#include <linux/iommu-nested.h>
typedef struct iommu_fault_record nested_record_t;
#else
typedef struct iommu_fault nested_record_t;
#endif

/* A domain for nested.create, whose numbers are the series' own; else an ERR_PTR(). */
struct iommu_domain *nested_seam_alloc_domain(struct device *dev, const struct kut_op_args *args);
/* A user's device joins with its group, and leaves. */
int nested_seam_attach(struct iommu_domain *domain, struct iommu_group *group);
void nested_seam_detach(struct iommu_domain *domain, struct iommu_group *group);
int nested_seam_map(struct iommu_domain *domain, unsigned long ipa, phys_addr_t pa, size_t size,
		    int prot);
/* One MSI of a platform device; *irq gets its number. */
int nested_seam_alloc_msi(struct device *dev, irq_write_msi_msg_t write, unsigned int *irq);
void nested_seam_free_msi(struct device *dev);

#endif
