// SPDX-License-Identifier: MIT
/* Reading the devicetree. */
#define _GNU_SOURCE
#include <errno.h>
#include <libfdt.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/internal.h"

int sim_dt_error(char **why, const void *dtb, int node, const char *fmt, ...)
{
	char path[256] = "?", *text = NULL;
	va_list args;

	if (node >= 0)
		fdt_get_path(dtb, node, path, sizeof(path));
	va_start(args, fmt);
	if (vasprintf(&text, fmt, args) < 0)
		text = NULL;
	va_end(args);
	if (asprintf(why, "devicetree node %s: %s", path, text ? text : "not valid") < 0)
		*why = NULL;
	free(text);
	return -EINVAL;
}

int sim_dt_overlap(char **why, struct sim_machine *m, int node, uint64_t base, uint64_t size)
{
	const char *other = mdl_bus_name(m->bus, base, NULL);

	if (!other)
		other = mdl_bus_name(m->bus, base + size - 1, NULL);
	return sim_dt_error(why, m->dtb, node, "0x%llx bytes at 0x%llx overlap %s",
			    (unsigned long long)size, (unsigned long long)base,
			    other ? other : "another region");
}

static uint64_t cells64(const fdt32_t *p)
{
	return (uint64_t)fdt32_to_cpu(p[0]) << 32 | fdt32_to_cpu(p[1]);
}

bool sim_dt_reg(const void *dtb, int node, unsigned int index, uint64_t *base, uint64_t *size)
{
	int len, parent = fdt_parent_offset(dtb, node);
	const fdt32_t *reg = fdt_getprop(dtb, node, "reg", &len);

	if (parent < 0 || fdt_address_cells(dtb, parent) != 2 || fdt_size_cells(dtb, parent) != 2)
		return false;
	if (!reg || (unsigned int)len < (index + 1) * 16)
		return false;
	*base = cells64(reg + index * 4);
	*size = cells64(reg + index * 4 + 2);
	return true;
}

bool sim_dt_compatible(const void *dtb, int node, const char *compatible)
{
	return fdt_node_check_compatible(dtb, node, compatible) == 0;
}

uint32_t sim_dt_cell(const void *dtb, int node, const char *name, unsigned int index,
		     uint32_t fallback)
{
	int len;
	const fdt32_t *p = fdt_getprop(dtb, node, name, &len);

	return p && (unsigned int)len >= (index + 1) * 4 ? fdt32_to_cpu(p[index]) : fallback;
}

const char *sim_dt_text(const void *dtb, int node, const char *name)
{
	return fdt_stringlist_get(dtb, node, name, 0, NULL);
}

uint32_t sim_dt_interrupt(const void *dtb, int node, const char *name)
{
	int index = name ? fdt_stringlist_search(dtb, node, "interrupt-names", name) : 0;

	return index < 0 ? UINT32_MAX
			 : sim_dt_cell(dtb, node, "interrupts", 3 * index + 1, UINT32_MAX);
}
