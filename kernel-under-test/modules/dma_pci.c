// SPDX-License-Identifier: GPL-2.0-only
/*
 * What a scenario asks the PCI core to do with a DMA test device: configuration
 * space, BARs, power states, resets, page requests.
 */
#include <linux/pci-ats.h>

#include "dma_dev.h"

static struct pci_dev *pci_arg(const struct kut_op_args *a)
{
	struct dma_dev *d = dma_dev_of(a->arg[0]);

	return d && dev_is_pci(d->dev) ? to_pci_dev(d->dev) : NULL;
}

/* pci.config_read: device, offset, bytes (1, 2, 4) -> what is there. */
static long op_config_read(const struct kut_op_args *a)
{
	struct pci_dev *pdev = pci_arg(a);
	u32 value = 0;
	u16 word;
	u8 byte;

	if (!pdev || a->arg[1] >= PCI_CFG_SPACE_EXP_SIZE)
		return -EINVAL;
	switch (a->arg[2]) {
	case 1:
		pci_read_config_byte(pdev, a->arg[1], &byte);
		return byte;
	case 2:
		pci_read_config_word(pdev, a->arg[1], &word);
		return word;
	case 4:
		pci_read_config_dword(pdev, a->arg[1], &value);
		return value;
	default:
		return -EINVAL;
	}
}
KUT_OP("pci.config_read", op_config_read);

/* pci.config_write: device, offset, bytes (1, 2, 4), value. */
static long op_config_write(const struct kut_op_args *a)
{
	struct pci_dev *pdev = pci_arg(a);

	if (!pdev || a->arg[1] >= PCI_CFG_SPACE_EXP_SIZE)
		return -EINVAL;
	switch (a->arg[2]) {
	case 1:
		return pci_write_config_byte(pdev, a->arg[1], a->arg[3]);
	case 2:
		return pci_write_config_word(pdev, a->arg[1], a->arg[3]);
	case 4:
		return pci_write_config_dword(pdev, a->arg[1], a->arg[3]);
	default:
		return -EINVAL;
	}
}
KUT_OP("pci.config_write", op_config_write);

/* pci.capability: device, ID, 1 if it is an extended one -> its offset, 0: it has none. */
static long op_capability(const struct kut_op_args *a)
{
	struct pci_dev *pdev = pci_arg(a);

	if (!pdev)
		return -EINVAL;
	return a->arg[2] ? pci_find_ext_capability(pdev, a->arg[1])
			 : pci_find_capability(pdev, a->arg[1]);
}
KUT_OP("pci.capability", op_capability);

/* A 32-bit register of a BAR; `value` goes in or comes out. */
static long bar_access(struct pci_dev *pdev, unsigned long bar, unsigned long offset, u32 *value,
		       bool write)
{
	resource_size_t start, len;
	void __iomem *at;

	if (!pdev || bar >= PCI_STD_NUM_BARS || offset % 4)
		return -EINVAL;
	start = pci_resource_start(pdev, bar);
	len = pci_resource_len(pdev, bar);
	if (offset >= len)
		return -EINVAL;
	at = ioremap(start + (offset & PAGE_MASK), PAGE_SIZE);
	if (!at)
		return -ENOMEM;
	if (write)
		writel(*value, at + offset % PAGE_SIZE);
	else
		*value = readl(at + offset % PAGE_SIZE);
	iounmap(at);
	return 0;
}

/* pci.bar_read: device, BAR, offset -> 32 bits. */
static long op_bar_read(const struct kut_op_args *a)
{
	u32 value = 0;
	long ret = bar_access(pci_arg(a), a->arg[1], a->arg[2], &value, false);

	return ret ? ret : (long)value;
}
KUT_OP("pci.bar_read", op_bar_read);

/* pci.bar_write: device, BAR, offset, 32 bits. */
static long op_bar_write(const struct kut_op_args *a)
{
	u32 value = a->arg[3];

	return bar_access(pci_arg(a), a->arg[1], a->arg[2], &value, true);
}
KUT_OP("pci.bar_write", op_bar_write);

/* pci.bar: device, BAR; buf gets 64-bit words: its start, its length. */
static long op_bar(const struct kut_op_args *a)
{
	struct pci_dev *pdev = pci_arg(a);
	u64 *out = a->buf;

	if (!pdev || a->arg[1] >= PCI_STD_NUM_BARS || a->buf_len < 2 * sizeof(u64))
		return -EINVAL;
	out[0] = pci_resource_start(pdev, a->arg[1]);
	out[1] = pci_resource_len(pdev, a->arg[1]);
	return 0;
}
KUT_OP("pci.bar", op_bar);

/* pci.power: device, 0 for D0, 3 for D3hot. */
static long op_power(const struct kut_op_args *a)
{
	struct pci_dev *pdev = pci_arg(a);

	return pdev ? pci_set_power_state(pdev, a->arg[1] ? PCI_D3hot : PCI_D0) : -EINVAL;
}
KUT_OP("pci.power", op_power);

/*
 * pci.flr: device. Configuration space is saved and restored as the kernel does for a
 * driver; what the driver had set up in the device is gone until it binds again.
 */
static long op_flr(const struct kut_op_args *a)
{
	struct pci_dev *pdev = pci_arg(a);
	long ret;

	if (!pdev)
		return -EINVAL;
	pci_save_state(pdev);
	ret = pcie_flr(pdev);
	pci_restore_state(pdev);
	return ret;
}
KUT_OP("pci.flr", op_flr);

/* pci.pri: device, page requests that it may have outstanding; 0: PRI is turned off. */
static long op_pri(const struct kut_op_args *a)
{
	struct pci_dev *pdev = pci_arg(a);

	if (!pdev)
		return -EINVAL;
	if (a->arg[1])
		return pci_reset_pri(pdev) ?: pci_enable_pri(pdev, a->arg[1]);
	if (!pdev->pri_enabled)
		return -EALREADY;
	pci_disable_pri(pdev);
	return 0;
}
KUT_OP("pci.pri", op_pri);
