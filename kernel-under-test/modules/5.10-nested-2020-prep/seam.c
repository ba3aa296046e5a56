// SPDX-License-Identifier: GPL-2.0-only
/* The exerciser's seam on 5.10 with the series of 2020. */
#include <linux/dma-iommu.h>
#include <linux/err.h>

#include "shared/nested/seam.h"

static int make_nesting(struct iommu_domain *domain)
{
	int nesting = 1, ret = iommu_domain_set_attr(domain, DOMAIN_ATTR_NESTING, &nesting);

	return ret ? ret : iommu_get_msi_cookie(domain, 0);
}

/*
 * A domain becomes one for nesting by an attribute, and has to have it before its MSI
 * cookie and its first device. arg[0]: 1 for a domain that has neither yet.
 */
struct iommu_domain *nested_seam_alloc_domain(struct device *dev, const struct kut_op_args *args)
{
	struct iommu_domain *domain = iommu_domain_alloc(dev->bus);
	int ret;

	if (!domain)
		return ERR_PTR(-ENOMEM);
	ret = args->arg[0] ? 0 : make_nesting(domain);
	if (ret) {
		iommu_domain_free(domain);
		return ERR_PTR(ret);
	}
	return domain;
}

int nested_seam_attach(struct iommu_domain *domain, struct iommu_group *group)
{
	return iommu_attach_group(domain, group);
}

void nested_seam_detach(struct iommu_domain *domain, struct iommu_group *group)
{
	iommu_detach_group(domain, group);
}

int nested_seam_map(struct iommu_domain *domain, unsigned long ipa, phys_addr_t pa, size_t size,
		    int prot)
{
	return iommu_map(domain, ipa, pa, size, prot);
}

int nested_seam_alloc_msi(struct device *dev, irq_write_msi_msg_t write, unsigned int *irq)
{
	int ret = platform_msi_domain_alloc_irqs(dev, 1, write);

	if (!ret)
		*irq = first_msi_entry(dev)->irq;
	return ret;
}

void nested_seam_free_msi(struct device *dev)
{
	platform_msi_domain_free_irqs(dev);
}
