// SPDX-License-Identifier: GPL-2.0-only
/*
 * Driver of the DMA test device (models/dma_regs.h), on the platform bus and
 * behind PCIe, and the operations that let a scenario use the kernel's DMA API
 * with it. Devices and buffers are known by small numbers from 0.
 */
#include <linux/delay.h>
#include <linux/dma-map-ops.h>
#include <linux/dma-mapping.h>
#include <linux/iommu.h>
#include <linux/module.h>
#include <linux/mutex.h>
#include <linux/of.h>
#include <linux/platform_device.h>
#include <linux/slab.h>

#include "dma_dev.h"

#define RING_ENTRIES 64
#define RING_BYTES   (RING_ENTRIES * FLT_DMA_DESC_SIZE)
#define MAX_DEVICES  64
#define MAX_BUFFERS  256

struct dma_buf {
	struct dma_dev *owner;
	void *va;
	dma_addr_t iova;
	size_t size;
	enum dma_data_direction dir;
	bool coherent, mapped;
};

static struct dma_dev *devices[MAX_DEVICES];
static struct dma_buf *buffers[MAX_BUFFERS];

static int enable_ring(struct dma_dev *d)
{
	d->ring = dma_alloc_coherent(d->dev, RING_BYTES, &d->ring_iova, GFP_KERNEL);
	if (!d->ring)
		return -ENOMEM;
	writel(lower_32_bits(d->ring_iova), d->regs + FLT_DMA_RING_BASE_LO);
	writel(upper_32_bits(d->ring_iova), d->regs + FLT_DMA_RING_BASE_HI);
	writel(RING_ENTRIES, d->regs + FLT_DMA_RING_SIZE);
	d->head = 0;
	writel(FLT_DMA_CTRL_ENABLE | FLT_DMA_CTRL_IRQ_ENABLE, d->regs + FLT_DMA_CTRL);
	return 0;
}

static struct dma_dev *dma_probe(struct device *dev, void __iomem *regs)
{
	struct dma_dev *d;
	unsigned int slot = 0;

	if (readl(regs + FLT_DMA_ID) != FLT_DMA_ID_VALUE)
		return ERR_PTR(-ENODEV);
	while (slot < MAX_DEVICES && devices[slot])
		slot++;
	if (slot == MAX_DEVICES)
		return ERR_PTR(-ENOSPC);
	d = devm_kzalloc(dev, sizeof(*d), GFP_KERNEL);
	if (!d)
		return ERR_PTR(-ENOMEM);
	d->dev = dev;
	d->regs = regs;
	init_completion(&d->done);
	if (dma_set_mask_and_coherent(dev, DMA_BIT_MASK(48)))
		return ERR_PTR(-EIO);
	devices[slot] = d;
	return d;
}

static void forget(struct dma_dev *d)
{
	for (unsigned int i = 0; i < MAX_DEVICES; i++)
		if (devices[i] == d)
			devices[i] = NULL;
}

/* A probe that has failed with `ret` leaves no device behind. */
static int give_up(struct dma_dev *d, int ret)
{
	if (ret)
		forget(d);
	return ret;
}

static void dma_gone(struct dma_dev *d)
{
	writel(FLT_DMA_CTRL_RESET, d->regs + FLT_DMA_CTRL);
	dma_free_coherent(d->dev, RING_BYTES, d->ring, d->ring_iova);
	dma_vectors_put(d);
	forget(d);
}

/* The vectors are there; a ring is still missing. */
static int finish_probe(struct dma_dev *d)
{
	int ret = enable_ring(d);

	if (ret)
		dma_vectors_put(d);
	return ret;
}

static int plat_probe(struct platform_device *pdev)
{
	void __iomem *regs = devm_platform_ioremap_resource(pdev, 0);
	struct dma_dev *d;
	int irq, ret;

	if (IS_ERR(regs))
		return PTR_ERR(regs);
	d = dma_probe(&pdev->dev, regs);
	if (IS_ERR(d))
		return PTR_ERR(d);
	platform_set_drvdata(pdev, d);
	irq = platform_get_irq(pdev, 0);
	ret = irq < 0 ? irq : dma_vectors_wire(d, irq);
	return give_up(d, ret ?: finish_probe(d));
}

static kut_remove_t plat_remove(struct platform_device *pdev)
{
	dma_gone(platform_get_drvdata(pdev));
	return KUT_REMOVED;
}

static const struct of_device_id of_ids[] = {{.compatible = "faultline,dma-test"}, {}};

static const struct acpi_device_id acpi_ids[] = {{"FLTL0001"}, {}};

static struct platform_driver plat_driver = {
	.probe = plat_probe,
	.remove = plat_remove,
	.driver = {.name = "faultline-dma-test",
		   .of_match_table = of_ids,
		   .acpi_match_table = acpi_ids},
};

static int pci_probe(struct pci_dev *pdev, const struct pci_device_id *id)
{
	struct dma_dev *d;
	int ret = pcim_enable_device(pdev);

	if (!ret)
		ret = pcim_iomap_regions(pdev, BIT(0), "faultline-dma-test");
	if (ret)
		return ret;
	pci_set_master(pdev);
	d = dma_probe(&pdev->dev, pcim_iomap_table(pdev)[0]);
	if (IS_ERR(d))
		return PTR_ERR(d);
	pci_set_drvdata(pdev, d);
	ret = dma_vectors_get(d, 1, readl(d->regs + FLT_DMA_VECTORS), PCI_IRQ_MSIX | PCI_IRQ_MSI);
	return give_up(d, ret ?: finish_probe(d));
}

static void pci_remove(struct pci_dev *pdev)
{
	pci_disable_sriov(pdev);
	dma_gone(pci_get_drvdata(pdev));
}

static const struct pci_device_id pci_ids[] = {
	{PCI_DEVICE(FLT_DMA_PCI_VENDOR, FLT_DMA_PCI_DEVICE)},
	{PCI_DEVICE(FLT_DMA_PCI_VENDOR, FLT_DMA_PCI_VF_DEVICE)},
	{},
};

static struct pci_driver pci_driver = {
	.name = "faultline-dma-test-pci",
	.id_table = pci_ids,
	.probe = pci_probe,
	.remove = pci_remove,
	.sriov_configure = pci_sriov_configure_simple,
};

static int __init dma_test_init(void)
{
	return platform_driver_register(&plat_driver) ?: pci_register_driver(&pci_driver);
}
device_initcall(dma_test_init);

struct dma_dev *dma_dev_of(unsigned long number)
{
	return number < MAX_DEVICES ? devices[number] : NULL;
}

static struct dma_dev *device_arg(const struct kut_op_args *a)
{
	return dma_dev_of(a->arg[0]);
}

static struct dma_buf *buffer_arg(const struct kut_op_args *a)
{
	return a->arg[0] < MAX_BUFFERS ? buffers[a->arg[0]] : NULL;
}

/* dma.find: the kernel's name of a device in buf -> its number. */
static long op_find(const struct kut_op_args *a)
{
	for (unsigned int i = 0; i < MAX_DEVICES; i++)
		if (devices[i] && !strcmp(dev_name(devices[i]->dev), a->buf))
			return i;
	return -ENODEV;
}
KUT_OP("dma.find", op_find);

static long buffer_add(const struct kut_op_args *a, struct dma_buf *b)
{
	u64 *out = a->buf;

	for (unsigned int i = 0; i < MAX_BUFFERS; i++) {
		if (buffers[i])
			continue;
		buffers[i] = b;
		if (a->buf_len >= 2 * sizeof(u64)) {
			out[0] = b->iova;
			out[1] = b->coherent ? 0 : virt_to_phys(b->va);
		}
		return i;
	}
	return -ENOSPC;
}

static struct dma_buf *buffer_new(struct dma_dev *d, size_t size)
{
	struct dma_buf *b = d && size ? kzalloc(sizeof(*b), GFP_KERNEL) : NULL;

	if (b) {
		b->owner = d;
		b->size = size;
	}
	return b;
}

/*
 * dma.map: device, bytes, direction (enum dma_data_direction) -> number of a
 * buffer of fresh pages, mapped with dma_map_single(); buf gets its bus address
 * and its physical address.
 */
static long op_map(const struct kut_op_args *a)
{
	struct dma_buf *b = buffer_new(device_arg(a), a->arg[1]);
	long ret = -ENOMEM;

	if (!b)
		return -EINVAL;
	b->dir = a->arg[2];
	b->va = (void *)__get_free_pages(GFP_KERNEL | __GFP_ZERO, get_order(b->size));
	if (!b->va)
		goto free;
	b->iova = dma_map_single(b->owner->dev, b->va, b->size, b->dir);
	if (dma_mapping_error(b->owner->dev, b->iova))
		goto free;
	b->mapped = true;
	ret = buffer_add(a, b);
	if (ret >= 0)
		return ret;
	dma_unmap_single(b->owner->dev, b->iova, b->size, b->dir);
free:
	free_pages((unsigned long)b->va, get_order(b->size));
	kfree(b);
	return ret;
}
KUT_OP("dma.map", op_map);

/* dma.unmap: buffer. Its pages stay until dma.free. */
static long op_unmap(const struct kut_op_args *a)
{
	struct dma_buf *b = buffer_arg(a);

	if (!b || !b->mapped)
		return -EINVAL;
	dma_unmap_single(b->owner->dev, b->iova, b->size, b->dir);
	b->mapped = false;
	return 0;
}
KUT_OP("dma.unmap", op_unmap);

/* dma.alloc: device, bytes -> number of a coherent buffer; buf gets its bus address. */
static long op_alloc(const struct kut_op_args *a)
{
	struct dma_buf *b = buffer_new(device_arg(a), a->arg[1]);
	long ret = -ENOMEM;

	if (!b)
		return -EINVAL;
	b->coherent = true;
	b->va = dma_alloc_coherent(b->owner->dev, b->size, &b->iova, GFP_KERNEL);
	if (b->va)
		ret = buffer_add(a, b);
	if (ret < 0 && b->va)
		dma_free_coherent(b->owner->dev, b->size, b->va, b->iova);
	if (ret < 0)
		kfree(b);
	return ret;
}
KUT_OP("dma.alloc", op_alloc);

/* dma.free: buffer; unmapped first if it is mapped. */
static long op_free(const struct kut_op_args *a)
{
	struct dma_buf *b = buffer_arg(a);

	if (!b)
		return -EINVAL;
	if (b->coherent)
		dma_free_coherent(b->owner->dev, b->size, b->va, b->iova);
	else
		op_unmap(a);
	if (!b->coherent)
		free_pages((unsigned long)b->va, get_order(b->size));
	buffers[a->arg[0]] = NULL;
	kfree(b);
	return 0;
}
KUT_OP("dma.free", op_free);

/* dma.read, dma.write: buffer, offset: bytes between the buffer and buf, by the CPU. */
static long transfer(const struct kut_op_args *a, bool write)
{
	struct dma_buf *b = buffer_arg(a);

	if (!b || a->arg[1] > b->size || a->buf_len > b->size - a->arg[1])
		return -EINVAL;
	if (write)
		memcpy(b->va + a->arg[1], a->buf, a->buf_len);
	else
		memcpy(a->buf, b->va + a->arg[1], a->buf_len);
	return 0;
}

static long op_read(const struct kut_op_args *a)
{
	return transfer(a, false);
}
KUT_OP("dma.read", op_read);

static long op_write(const struct kut_op_args *a)
{
	return transfer(a, true);
}
KUT_OP("dma.write", op_write);

/* Descriptors go into the ring and come back with their results. */
static long run_ring(struct dma_dev *d, void *descs, unsigned long n)
{
	unsigned int first = d->head;

	reinit_completion(&d->done);
	d->irq_status = 0;
	for (unsigned long i = 0; i < n; i++) {
		u32 *slot = d->ring + (first + i) % RING_ENTRIES * FLT_DMA_DESC_SIZE;

		memcpy(slot, descs + i * FLT_DMA_DESC_SIZE, FLT_DMA_DESC_SIZE);
		slot[FLT_DMA_DESC_STATUS / 4] = 0;
		if (i == n - 1)
			slot[FLT_DMA_DESC_CTL / 4] |= FLT_DMA_DESC_IRQ;
	}
	d->head = (first + n) % RING_ENTRIES;
	writel(d->head, d->regs + FLT_DMA_HEAD);
	if (!wait_for_completion_timeout(&d->done, HZ))
		return -ETIMEDOUT;
	for (unsigned long i = 0; i < n; i++)
		memcpy(descs + i * FLT_DMA_DESC_SIZE,
		       d->ring + (first + i) % RING_ENTRIES * FLT_DMA_DESC_SIZE, FLT_DMA_DESC_SIZE);
	return d->irq_status & FLT_DMA_IRQ_ERROR ? -EIO : 0;
}

struct device *dma_test_device(unsigned long number)
{
	return number < MAX_DEVICES && devices[number] ? devices[number]->dev : NULL;
}

static int touched(const u32 *desc)
{
	u32 code = desc[FLT_DMA_DESC_STATUS / 4] & FLT_DMA_DESC_CODE;

	return code == FLT_DMA_CODE_OK ? 0 : code == FLT_DMA_CODE_ABORT ? -EFAULT : -EIO;
}

int dma_test_touch(unsigned long number, dma_addr_t iova, u32 len, u64 pattern)
{
	static DEFINE_MUTEX(turn);
	u32 descs[2][FLT_DMA_DESC_SIZE / 4] = {};
	long ret;

	if (!dma_test_device(number))
		return -ENODEV;
	for (unsigned int i = 0; i < 2; i++) {
		descs[i][FLT_DMA_DESC_CTL / 4] = i ? FLT_DMA_OP_CHECK : FLT_DMA_OP_FILL;
		descs[i][FLT_DMA_DESC_LEN / 4] = len;
		memcpy(&descs[i][(i ? FLT_DMA_DESC_SRC : FLT_DMA_DESC_DST) / 4], &iova, 8);
		memcpy(&descs[i][FLT_DMA_DESC_DATA / 4], &pattern, 8);
	}
	mutex_lock(&turn);
	ret = run_ring(devices[number], descs, 2);
	mutex_unlock(&turn);
	return ret ?: touched(descs[0]) ?: touched(descs[1]);
}

/*
 * dma.run: device, number of descriptors in buf. Puts them into the ring, waits
 * for the device's interrupt and gives them back with their results. -ETIMEDOUT
 * after one second, -EIO if the device reports a ring error.
 */
static long op_run(const struct kut_op_args *a)
{
	struct dma_dev *d = device_arg(a);
	unsigned long n = a->arg[1];

	if (!d || !n || n >= RING_ENTRIES || a->buf_len < n * FLT_DMA_DESC_SIZE)
		return -EINVAL;
	return run_ring(d, a->buf, n);
}
KUT_OP("dma.run", op_run);

/* dma.domain: device -> type of its current domain (__IOMMU_DOMAIN_ bits). */
static long op_domain(const struct kut_op_args *a)
{
	struct dma_dev *d = device_arg(a);
	struct iommu_domain *domain = d ? iommu_get_domain_for_dev(d->dev) : NULL;

	return domain ? domain->type : -ENODEV;
}
KUT_OP("dma.domain", op_domain);

/* dma.loop: device, rounds of map and unmap of one page. */
static long op_loop(const struct kut_op_args *a)
{
	struct dma_dev *d = device_arg(a);
	void *va = d ? (void *)__get_free_page(GFP_KERNEL) : NULL;
	long ret = 0;

	if (!va)
		return -EINVAL;
	for (unsigned long i = 0; i < a->arg[1] && !ret; i++) {
		dma_addr_t iova = dma_map_single(d->dev, va, PAGE_SIZE, DMA_BIDIRECTIONAL);

		ret = dma_mapping_error(d->dev, iova);
		if (!ret)
			dma_unmap_single(d->dev, iova, PAGE_SIZE, DMA_BIDIRECTIONAL);
	}
	free_page((unsigned long)va);
	return ret;
}
KUT_OP("dma.loop", op_loop);

/* dma.unbind, dma.bind: the driver leaves the device named in buf, or takes it again. */
static struct device *named(const char *name)
{
	return bus_find_device_by_name(&platform_bus_type, NULL, name)
		       ?: bus_find_device_by_name(&pci_bus_type, NULL, name);
}

static long op_unbind(const struct kut_op_args *a)
{
	struct device *dev = named(a->buf);

	if (!dev)
		return -ENODEV;
	device_release_driver(dev);
	put_device(dev);
	return 0;
}
KUT_OP("dma.unbind", op_unbind);

static long op_bind(const struct kut_op_args *a)
{
	struct device *dev = named(a->buf);
	long ret = dev ? device_attach(dev) : -ENODEV;

	put_device(dev);
	return ret < 0 ? ret : ret == 1 ? 0 : -ENODEV;
}
KUT_OP("dma.bind", op_bind);
