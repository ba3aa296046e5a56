// SPDX-License-Identifier: MIT
/* Devices as ACPI describes them: of the platform bus, and the PCIe host. */
#include <libfdt.h>
#include <stdio.h>
#include <string.h>

#include "models/dma.h"
#include "sim/machine/acpi.h"

#define DMA_HID	      "FLTL0001"
#define MAX_PASID     20
#define ECAM_PER_BUS  (1U << 20)
#define MAX_OF(array) (sizeof(array) / sizeof((array)[0]))

static bool has(const void *dtb, int node, const char *property)
{
	return fdt_getprop(dtb, node, property, NULL) != NULL;
}

/* iommus: <phandle StreamID> ... */
static int read_sids(struct sim_machine *m, int node, struct fw_acpi_device *d, uint32_t *sids,
		     size_t room, char **why)
{
	int len = 0;

	fdt_getprop(m->dtb, node, "iommus", &len);
	d->n_sids = len > 0 ? (size_t)len / 8 : 0;
	d->translated = d->n_sids > 0;
	d->sids = sids;
	if (d->n_sids > room)
		return sim_dt_error(why, m->dtb, node, "ACPI: at most %zu StreamIDs for a device",
				    room);
	for (size_t i = 0; i < d->n_sids; i++)
		sids[i] = sim_dt_cell(m->dtb, node, "iommus", (unsigned int)(2 * i + 1), 0);
	return 0;
}

int sim_acpi_device(struct sim_machine *m, int node, struct sim_acpi *a, char **why)
{
	size_t n = a->machine.n_devices;
	struct fw_acpi_device *d = &a->devices[n];
	int parent = fdt_parent_offset(m->dtb, node), ret;

	if (parent >= 0 && sim_dt_text(m->dtb, parent, "device_type") &&
	    strcmp(sim_dt_text(m->dtb, parent, "device_type"), "pci") == 0)
		return 0; /* found by its configuration space */
	if (n == MAX_OF(a->devices))
		return sim_dt_error(why, m->dtb, node, "ACPI: at most %zu platform devices", n);
	*d = (struct fw_acpi_device){.hid = DMA_HID, .uid = (uint32_t)n};
	snprintf(d->name, sizeof(d->name), "DM%02X", (unsigned int)n & 0xff);
	sim_dt_reg(m->dtb, node, 0, &d->base, &d->size);
	d->coherent = has(m->dtb, node, "dma-coherent");
	d->stall = has(m->dtb, node, "dma-can-stall");
	d->pasid_bits = sim_dt_cell(m->dtb, node, "pasid-num-bits", 0, 0);
	if (d->pasid_bits > MAX_PASID)
		return sim_dt_error(why, m->dtb, node, "ACPI: pasid-num-bits is %u, at most %u",
				    d->pasid_bits, MAX_PASID);
	ret = sim_acpi_gsi(m, node, NULL, &d->gsi, &d->edge, why);
	if (!ret)
		ret = read_sids(m, node, d, a->sids[n], MAX_OF(a->sids[n]), why);
	a->machine.n_devices++;
	return ret;
}

static uint64_t cell64(const void *dtb, int node, const char *name, unsigned int i)
{
	return (uint64_t)sim_dt_cell(dtb, node, name, i, 0) << 32 |
	       sim_dt_cell(dtb, node, name, i + 1, 0);
}

/* ranges: <flags pci(2) cpu(2) size(2)> ...; flags: IEEE 1275 PCI binding 2.2.1.1. */
static int read_windows(struct sim_machine *m, int node, struct sim_acpi *a, char **why)
{
	int len = 0;

	fdt_getprop(m->dtb, node, "ranges", &len);
	for (unsigned int i = 0; (int)(i + 7) * 4 <= len; i += 7) {
		uint32_t flags = sim_dt_cell(m->dtb, node, "ranges", i, 0);
		struct fw_acpi_window *w = &a->windows[a->machine.host.n_windows++];

		if (a->machine.host.n_windows > MAX_OF(a->windows))
			return sim_dt_error(why, m->dtb, node, "ACPI: at most %zu windows",
					    MAX_OF(a->windows));
		if ((flags >> 24 & 3) < 2)
			return sim_dt_error(why, m->dtb, node,
					    "ACPI: its ranges may be memory only");
		*w = (struct fw_acpi_window){.pci = cell64(m->dtb, node, "ranges", i + 1),
					     .cpu = cell64(m->dtb, node, "ranges", i + 3),
					     .size = cell64(m->dtb, node, "ranges", i + 5),
					     .prefetchable = flags >> 30 & 1};
	}
	a->machine.host.windows = a->windows;
	return 0;
}

/* iommu-map: <requester ID, phandle, StreamID, count> ... */
static int read_maps(struct sim_machine *m, int node, struct sim_acpi *a, char **why)
{
	int len = 0;

	fdt_getprop(m->dtb, node, "iommu-map", &len);
	a->machine.host.maps = a->maps;
	for (unsigned int i = 0; (int)(i + 4) * 4 <= len; i += 4) {
		struct fw_acpi_map *map = &a->maps[a->machine.host.n_maps];

		if (a->machine.host.n_maps == MAX_OF(a->maps))
			return sim_dt_error(why, m->dtb, node, "ACPI: at most %zu ID mappings",
					    MAX_OF(a->maps));
		*map = (struct fw_acpi_map){
			.in = sim_dt_cell(m->dtb, node, "iommu-map", i, 0),
			.out = sim_dt_cell(m->dtb, node, "iommu-map", i + 2, 0),
			.count = sim_dt_cell(m->dtb, node, "iommu-map", i + 3, 0)};
		a->machine.host.n_maps += map->count != 0;
	}
	return 0;
}

int sim_acpi_host(struct sim_machine *m, int node, struct sim_acpi *a, char **why)
{
	struct fw_acpi_host *h = &a->machine.host;
	uint64_t base, size;
	int ret;

	a->machine.has_host = true;
	sim_dt_reg(m->dtb, node, 0, &base, &size);
	h->first_bus = (uint8_t)sim_dt_cell(m->dtb, node, "bus-range", 0, 0);
	h->last_bus = (uint8_t)sim_dt_cell(m->dtb, node, "bus-range", 1,
					   (uint32_t)(h->first_bus + size / ECAM_PER_BUS - 1));
	h->ecam = base - (uint64_t)h->first_bus * ECAM_PER_BUS;
	h->coherent = has(m->dtb, node, "dma-coherent");
	h->ats = has(m->dtb, node, "ats-supported");
	h->msi = has(m->dtb, node, "msi-parent");
	if (sim_dt_cell(m->dtb, node, "linux,pci-domain", 0, 0))
		return sim_dt_error(why, m->dtb, node, "ACPI: the PCI domain must be 0");
	if (has(m->dtb, node, "msi-map") || has(m->dtb, node, "iommu-map-mask"))
		return sim_dt_error(why, m->dtb, node,
				    "ACPI: msi-map and iommu-map-mask are not translated to IORT");
	ret = read_windows(m, node, a, why);
	return ret ? ret : read_maps(m, node, a, why);
}
