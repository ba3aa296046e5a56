// SPDX-License-Identifier: GPL-2.0-only
/*
 * Seam: what ACPI is told of the interrupt controller, and how it gets at a PCI
 * host. Newer kernels have the latter in drivers/pci/pci-acpi.c, older ones in
 * arch/arm64.
 */
#include <linux/acpi.h>
#include <linux/gfp.h>
#include <linux/of_fdt.h>

#include "kut.h"

#ifdef CONFIG_ACPI
#include <linux/pci-acpi.h>
#include <linux/pci-ecam.h>
#include <asm/smp.h>

#include "intc.h"

DEFINE_PER_CPU_READ_MOSTLY(typeof(x86_cpu_to_apicid), x86_cpu_to_apicid);

#if KUT_BEFORE(6, 2)

void kut_acpi_gsi_init(struct fwnode_handle *domain)
{
	acpi_set_irq_model(ACPI_IRQ_MODEL_GIC, domain);
}

struct host {
	struct acpi_pci_root_info common;
	struct acpi_pci_root_ops ops;
	struct pci_config_window *cfg;
};

int pcibios_alloc_irq(struct pci_dev *dev)
{
	if (!acpi_disabled)
		acpi_pci_irq_enable(dev);
	return 0;
}

int pcibios_root_bridge_prepare(struct pci_host_bridge *bridge)
{
	struct pci_config_window *cfg = bridge->bus->sysdata;

	if (!acpi_disabled)
		ACPI_COMPANION_SET(&bridge->dev, to_acpi_device(cfg->parent));
	return 0;
}

void pcibios_add_bus(struct pci_bus *bus)
{
	acpi_pci_add_bus(bus);
}

void pcibios_remove_bus(struct pci_bus *bus)
{
	acpi_pci_remove_bus(bus);
}

/* Only windows go to devices; what the bridge itself consumes does not. */
static int prepare_resources(struct acpi_pci_root_info *info)
{
	int ret = acpi_pci_probe_root_resources(info);
	struct resource_entry *entry, *tmp;

	resource_list_for_each_entry_safe(entry, tmp, &info->resources)
		if (!(entry->res->flags & IORESOURCE_WINDOW))
			resource_list_destroy_entry(entry);
	return ret;
}

static void release_host(struct acpi_pci_root_info *info)
{
	struct host *host = container_of(info, struct host, common);

	pci_ecam_free(host->cfg);
	kfree(host);
}

static struct pci_config_window *map_ecam(struct acpi_pci_root *root)
{
	struct device *dev = &root->device->dev;
	const struct pci_ecam_ops *ops;
	struct pci_config_window *cfg;
	struct acpi_device *holder;
	struct resource res;

	if (pci_mcfg_lookup(root, &res, &ops)) {
		dev_err(dev, "%04x:%pR ECAM region not found\n", root->segment, &root->secondary);
		return NULL;
	}
	holder = acpi_resource_consumer(&res);
	if (holder)
		dev_info(dev, "ECAM area %pR reserved by %s\n", &res, dev_name(&holder->dev));
	else
		dev_warn(dev, FW_BUG "ECAM area %pR not reserved in ACPI namespace\n", &res);
	cfg = pci_ecam_create(dev, &res, &root->secondary, ops);
	if (IS_ERR(cfg)) {
		dev_err(dev, "%04x:%pR error %ld mapping ECAM\n", root->segment, &root->secondary,
			PTR_ERR(cfg));
		return NULL;
	}
	return cfg;
}

struct pci_bus *pci_acpi_scan_root(struct acpi_pci_root *root)
{
	struct host *host = kzalloc(sizeof(*host), GFP_KERNEL);
	struct pci_bus *bus, *child;

	if (!host)
		return NULL;
	host->cfg = map_ecam(root);
	if (!host->cfg) {
		kfree(host);
		return NULL;
	}
	host->ops.release_info = release_host;
	host->ops.prepare_resources = prepare_resources;
	host->ops.pci_ops = (struct pci_ops *)&host->cfg->ops->pci_ops;
	bus = acpi_pci_root_create(root, &host->ops, &host->common, host->cfg);
	if (!bus)
		return NULL;
	pci_bus_size_bridges(bus);
	pci_bus_assign_resources(bus);
	list_for_each_entry(child, &bus->children, node)
		pcie_bus_configure_settings(child);
	return bus;
}

#else

static struct fwnode_handle *gsi_domain;

static struct fwnode_handle *domain_of(u32 gsi)
{
	return gsi_domain;
}

void kut_acpi_gsi_init(struct fwnode_handle *domain)
{
	gsi_domain = domain;
#if KUT_BEFORE(7, 0)
	acpi_set_irq_model(ACPI_IRQ_MODEL_GIC, domain_of);
#else
	acpi_set_irq_model(ACPI_IRQ_MODEL_GIC, domain_of, NULL);
#endif
}

#endif

#if KUT_BEFORE(7, 0)

static void make_zero_page(void)
{
}

#else

struct page *__zero_page; /* the namespace's mark for a handle that became invalid */

static void make_zero_page(void)
{
	__zero_page = alloc_page(GFP_KERNEL | __GFP_ZERO);
	if (!__zero_page)
		panic("no memory for the zero page");
}

#endif

/* Beside ACPI a kernel has an empty devicetree, or in older ones none. */
void kut_acpi_prepare(void)
{
	make_zero_page();
	if (!KUT_BEFORE(6, 2))
		unflatten_device_tree();
}

#endif
