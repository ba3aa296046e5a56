// SPDX-License-Identifier: GPL-2.0-only
/* Stage 2: what a guest physical address means. */
#include <linux/gfp.h>
#include <linux/mm.h>
#include <linux/slab.h>

#include "nested.h"
#include "seam.h"

/* Memory of a guest: pages[i] is at ipa + i * PAGE_SIZE. */
struct nested_ram {
	struct list_head node;
	unsigned long ipa;
	unsigned long n;
	struct page *block; /* the pages are one block of this order ... */
	unsigned int order;
	struct page *pages[]; /* ... or allocated one by one, when block is NULL */
};

/*
 * The kernel's page table code warns when it is asked for what cannot be; the
 * caller of VFIO's ioctl gets an error before that.
 */
static int check_aligned(struct iommu_domain *domain, unsigned long ipa, unsigned long size)
{
	unsigned long page = 1UL << __ffs(domain->pgsize_bitmap);

	if (!size || (ipa | size) & (page - 1))
		return -EINVAL;
	if (ipa + (size - 1) < ipa || ipa + (size - 1) > domain->geometry.aperture_end)
		return -EINVAL;
	return 0;
}

static int check_free(struct iommu_domain *domain, unsigned long ipa, unsigned long size)
{
	unsigned long page = 1UL << __ffs(domain->pgsize_bitmap);
	unsigned long offset;
	int ret = check_aligned(domain, ipa, size);

	if (ret)
		return ret;
	for (offset = 0; offset < size; offset += page)
		if (iommu_iova_to_phys(domain, ipa + offset))
			return -EEXIST;
	return 0;
}

static long op_map(const struct kut_op_args *args)
{
	int prot = args->arg[4] ? args->arg[4] : IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE;
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested) {
		ret = check_free(nested->domain, args->arg[1], args->arg[3]);
		if (!ret)
			ret = nested_seam_map(nested->domain, args->arg[1], args->arg[2],
					      args->arg[3], prot);
	}
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.map", op_map);

static unsigned long mapped_run(struct iommu_domain *domain, unsigned long ipa, unsigned long left)
{
	unsigned long page = 1UL << __ffs(domain->pgsize_bitmap);
	unsigned long run = 0;

	while (run < left && iommu_iova_to_phys(domain, ipa + run))
		run += page;
	return run;
}

/* Unmap what is mapped in the range; returns how many bytes that were. */
static unsigned long unmap_range(struct iommu_domain *domain, unsigned long ipa, unsigned long size)
{
	unsigned long page = 1UL << __ffs(domain->pgsize_bitmap);
	unsigned long done = 0, end = ipa + size;

	while (ipa < end) {
		unsigned long run = mapped_run(domain, ipa, end - ipa);

		if (run)
			done += iommu_unmap(domain, ipa, run);
		ipa += run ? run : page;
	}
	return done;
}

static long op_unmap(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested) {
		ret = check_aligned(nested->domain, args->arg[1], args->arg[2]);
		if (!ret)
			ret = unmap_range(nested->domain, args->arg[1], args->arg[2]);
	}
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.unmap", op_unmap);

static long op_translate(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested) {
		phys_addr_t pa = iommu_iova_to_phys(nested->domain, args->arg[1]);

		ret = pa ? (long)pa : -ENOENT;
	}
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.translate", op_translate);

static void free_pages_of(struct nested_ram *ram)
{
	unsigned long i;

	if (ram->block) {
		__free_pages(ram->block, ram->order);
		return;
	}
	for (i = 0; i < ram->n && ram->pages[i]; i++)
		__free_page(ram->pages[i]);
}

static int alloc_pages_of(struct nested_ram *ram, bool scattered)
{
	unsigned long i;

	if (!scattered) {
		ram->order = get_order(ram->n << PAGE_SHIFT);
		ram->block = alloc_pages(GFP_KERNEL | __GFP_ZERO, ram->order);
		if (!ram->block)
			return -ENOMEM;
		for (i = 0; i < ram->n; i++)
			ram->pages[i] = nth_page(ram->block, i);
		return 0;
	}

	for (i = 0; i < ram->n; i++) {
		ram->pages[i] = alloc_page(GFP_KERNEL | __GFP_ZERO);
		if (!ram->pages[i])
			return -ENOMEM;
	}
	/* Allocated in a row they may be adjacent: descending, they are not */
	for (i = 0; i < ram->n / 2; i++)
		swap(ram->pages[i], ram->pages[ram->n - 1 - i]);
	return 0;
}

static int map_pages_of(struct nested_domain *nested, struct nested_ram *ram)
{
	const int prot = IOMMU_READ | IOMMU_WRITE | IOMMU_CACHE;
	unsigned long i;
	int ret;

	if (ram->block)
		return nested_seam_map(nested->domain, ram->ipa, page_to_phys(ram->block),
				       ram->n << PAGE_SHIFT, prot);

	for (i = 0; i < ram->n; i++) {
		ret = nested_seam_map(nested->domain, ram->ipa + (i << PAGE_SHIFT),
				      page_to_phys(ram->pages[i]), PAGE_SIZE, prot);
		if (ret) {
			unmap_range(nested->domain, ram->ipa, i << PAGE_SHIFT);
			return ret;
		}
	}
	return 0;
}

static long add_ram(struct nested_domain *nested, unsigned long ipa, unsigned long size,
		    bool scattered)
{
	unsigned long n = size >> PAGE_SHIFT;
	struct nested_ram *ram;
	int ret = check_free(nested->domain, ipa, size);

	if (ret)
		return ret;
	if ((ipa | size) & ~PAGE_MASK)
		return -EINVAL;

	ram = kzalloc(struct_size(ram, pages, n), GFP_KERNEL);
	if (!ram)
		return -ENOMEM;
	ram->ipa = ipa;
	ram->n = n;

	ret = alloc_pages_of(ram, scattered);
	if (!ret)
		ret = map_pages_of(nested, ram);
	if (ret) {
		free_pages_of(ram);
		kfree(ram);
		return ret;
	}
	list_add_tail(&ram->node, &nested->ram);
	return page_to_phys(ram->pages[0]);
}

static long op_alloc_guest_ram(const struct kut_op_args *args)
{
	struct nested_domain *nested;
	long ret = -EBADF;

	mutex_lock(&nested_lock);
	nested = nested_domain_get(args->arg[0]);
	if (nested)
		ret = add_ram(nested, args->arg[1], args->arg[2], args->arg[3]);
	mutex_unlock(&nested_lock);
	return ret;
}
KUT_OP("nested.alloc_guest_ram", op_alloc_guest_ram);

void nested_ram_free(struct nested_domain *nested)
{
	struct nested_ram *ram, *next;

	list_for_each_entry_safe(ram, next, &nested->ram, node) {
		unmap_range(nested->domain, ram->ipa, ram->n << PAGE_SHIFT);
		list_del(&ram->node);
		free_pages_of(ram);
		kfree(ram);
	}
}
