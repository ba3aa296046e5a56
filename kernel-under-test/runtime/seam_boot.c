// SPDX-License-Identifier: GPL-2.0-only
/* Seam: what the way up has more or less of in one kernel than in another. */
#include <linux/cpumask.h>
#include <linux/dma-map-ops.h>
#include <linux/kobject.h>
#include <linux/module.h>
#include <linux/of_fdt.h>
#include <linux/radix-tree.h>
#include <linux/slab.h>
#include <linux/wait_bit.h>

#include "kut.h"

void __init radix_tree_init(void);

#if KUT_BEFORE(6, 2)

#include <linux/dma-iommu.h>

const struct dma_map_ops *dma_ops; /* NULL: a device without its own maps directly */
struct kset *module_kset;
struct mem_section **mem_section;

/* As arm64 does: 5.10 leaves it to the architecture to put the IOMMU in front. */
void arch_setup_dma_ops(struct device *dev, u64 base, u64 size, const struct iommu_ops *iommu,
			bool coherent)
{
	if (iommu)
		iommu_setup_dma_ops(dev, base, size);
}

static void sections_init(void)
{
	unsigned long last = pfn_to_section_nr(PFN_DOWN(kut_layout.ram_base + kut_layout.ram_size));

	mem_section = kcalloc(NR_SECTION_ROOTS, sizeof(*mem_section), GFP_KERNEL);
	for (unsigned long s = 0; mem_section && s <= last; s++) {
		struct mem_section **root = &mem_section[SECTION_NR_TO_ROOT(s)];

		if (!*root)
			*root = kcalloc(SECTIONS_PER_ROOT, sizeof(**root), GFP_KERNEL);
		if (!*root)
			break;
		(*root)[s & SECTION_ROOT_MASK].section_mem_map =
			SECTION_MARKED_PRESENT | SECTION_HAS_MEM_MAP | SECTION_IS_ONLINE |
			SECTION_IS_EARLY;
	}
}

void kut_lib_init(void)
{
	radix_tree_init();
	wait_bit_init();
	sections_init();
}

bool kut_dt_verify(phys_addr_t dtb)
{
	return early_init_dt_verify(__va(dtb));
}

/* Drivers of built-in modules hang their folder in /sys/module without looking. */
void kut_base_init(void)
{
	module_kset = kset_create_and_add("module", NULL, NULL);
}

#else

#include <linux/maple_tree.h>

void __init maple_tree_init(void);

void kut_lib_init(void)
{
	radix_tree_init();
	maple_tree_init();
	wait_bit_init();
}

bool kut_dt_verify(phys_addr_t dtb)
{
	return early_init_dt_verify(__va(dtb), dtb);
}

void kut_base_init(void)
{
}

#endif
