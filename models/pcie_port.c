/* SPDX-License-Identifier: MIT */
/* Ports: the type 1 header (PCIe 7.5.1.3), and what passes through them. */
#include "models/pcie_internal.h"

enum {
	HEADER_TYPE1 = 0x01,
	SECONDARY_STATUS = 0x1e,
	MEMORY_BASE = 0x20,
	MEMORY_LIMIT = 0x22,
	PREFETCH_BASE = 0x24,
	PREFETCH_LIMIT = 0x26,
	PREFETCH_BASE_HI = 0x28,
	PREFETCH_LIMIT_HI = 0x2c,
	PREFETCH_64BIT = 0x1,
	BRIDGE_CONTROL = 0x3e,
	BRIDGE_PARITY = 0x0001,
	BRIDGE_SERR = 0x0002,
	BRIDGE_RESET = 0x0040,
	LOWER_BITS = 0xfffff, /* windows are of 1 MiB */
};

/* There is no I/O space: its base and limit read as zero. */
void mdl_pcie_build_port(struct mdl_pcie_fn *fn)
{
	cfg_set(fn, CFG_HEADER_TYPE, 1, HEADER_TYPE1, 0);
	cfg_set(fn, CFG_PRIMARY, 1, 0, 0xff);
	cfg_set(fn, CFG_SECONDARY, 1, 0, 0xff);
	cfg_set(fn, CFG_SUBORDINATE, 1, 0, 0xff);
	le_put(fn->w1c + SECONDARY_STATUS, 2, STATUS_W1C);
	cfg_set(fn, MEMORY_BASE, 2, 0, 0xfff0);
	cfg_set(fn, MEMORY_LIMIT, 2, 0, 0xfff0);
	cfg_set(fn, PREFETCH_BASE, 2, PREFETCH_64BIT, 0xfff0);
	cfg_set(fn, PREFETCH_LIMIT, 2, PREFETCH_64BIT, 0xfff0);
	cfg_set(fn, PREFETCH_BASE_HI, 4, 0, 0xffffffff);
	cfg_set(fn, PREFETCH_LIMIT_HI, 4, 0, 0xffffffff);
	cfg_set(fn, BRIDGE_CONTROL, 2, 0, BRIDGE_PARITY | BRIDGE_SERR | BRIDGE_RESET);
}

/* Bus number 0 behind a port: software has given it none. */
bool mdl_pcie_port_reaches(const struct mdl_pcie_fn *port, unsigned int bus)
{
	for (; port; port = port->port)
		if (!port->cfg[CFG_SECONDARY] || bus < port->cfg[CFG_SECONDARY] ||
		    bus > port->cfg[CFG_SUBORDINATE] ||
		    (cfg_get(port, BRIDGE_CONTROL, 2) & BRIDGE_RESET))
			return false;
	return true;
}

static bool window(const struct mdl_pcie_fn *port, unsigned int base, unsigned int limit,
		   uint64_t base_hi, uint64_t limit_hi, uint64_t addr)
{
	uint64_t first = base_hi << 32 | (uint64_t)(cfg_get(port, base, 2) & 0xfff0) << 16;
	uint64_t last = limit_hi << 32 | (uint64_t)(cfg_get(port, limit, 2) & 0xfff0) << 16;

	return addr >= first && addr <= (last | LOWER_BITS);
}

static bool passes(const struct mdl_pcie_fn *port, uint64_t addr)
{
	return (cfg_get(port, CFG_COMMAND, 2) & CMD_MEMORY) &&
	       (window(port, MEMORY_BASE, MEMORY_LIMIT, 0, 0, addr) ||
		window(port, PREFETCH_BASE, PREFETCH_LIMIT, cfg_get(port, PREFETCH_BASE_HI, 4),
		       cfg_get(port, PREFETCH_LIMIT_HI, 4), addr));
}

bool mdl_pcie_port_passes(const struct mdl_pcie_fn *port, uint64_t addr)
{
	for (; port; port = port->port)
		if (!passes(port, addr))
			return false;
	return true;
}

bool mdl_pcie_port_masters(const struct mdl_pcie_fn *port)
{
	for (; port; port = port->port)
		if (!(cfg_get(port, CFG_COMMAND, 2) & CMD_MASTER))
			return false;
	return true;
}

/* A hot reset reaches everything below (7.5.1.3.13). */
static void reset_below(const struct mdl_pcie_fn *port)
{
	for (struct mdl_pcie_fn *fn = port->pcie->first; fn; fn = fn->next) {
		const struct mdl_pcie_fn *above = fn->port;

		while (above && above != port)
			above = above->port;
		if (above)
			mdl_pcie_fn_reset(fn);
	}
}

void mdl_pcie_port_written(struct mdl_pcie_fn *port, unsigned int offset, unsigned int size)
{
	if (touches(offset, size, BRIDGE_CONTROL) &&
	    (cfg_get(port, BRIDGE_CONTROL, 2) & BRIDGE_RESET))
		reset_below(port);
}
