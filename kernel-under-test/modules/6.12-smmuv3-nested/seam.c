// SPDX-License-Identifier: GPL-2.0-only
/* The exerciser's seam on 6.12 with this project's series. */
#include "shared/nested/seam.h"

/* Ownership of a group is claimed for an address; this one is ours. */
static const char dma_owner;

struct iommu_domain *nested_seam_alloc_domain(struct device *dev, const struct kut_op_args *args)
{
	return iommu_domain_alloc_nested(dev);
}

int nested_seam_attach(struct iommu_domain *domain, struct iommu_group *group)
{
	int ret = iommu_group_claim_dma_owner(group, (void *)&dma_owner);

	if (ret)
		return ret;
	ret = iommu_attach_group(domain, group);
	if (ret)
		iommu_group_release_dma_owner(group);
	return ret;
}

void nested_seam_detach(struct iommu_domain *domain, struct iommu_group *group)
{
	iommu_detach_group(domain, group);
	iommu_group_release_dma_owner(group);
}

int nested_seam_map(struct iommu_domain *domain, unsigned long ipa, phys_addr_t pa, size_t size,
		    int prot)
{
	return iommu_map(domain, ipa, pa, size, prot, GFP_KERNEL);
}

int nested_seam_alloc_msi(struct device *dev, irq_write_msi_msg_t write, unsigned int *irq)
{
	int ret = platform_device_msi_init_and_alloc_irqs(dev, 1, write);

	if (ret) {
		/* The device's MSI domain is left behind when only the vector fails. */
		if (dev->msi.data)
			platform_device_msi_free_irqs_all(dev);
		return ret;
	}
	*irq = msi_get_virq(dev, 0);
	return 0;
}

void nested_seam_free_msi(struct device *dev)
{
	platform_device_msi_free_irqs_all(dev);
}
