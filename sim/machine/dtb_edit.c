// SPDX-License-Identifier: MIT
/* The machine's copy of the blob, with what the scenario asked for written in. */
#include <errno.h>
#include <libfdt.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/machine/internal.h"

#define ROOM 4096 /* for properties that are added */

static int set_ram(void *dtb, const struct sim_machine_config *c, char **why)
{
	int node = fdt_node_offset_by_prop_value(dtb, -1, "device_type", "memory", 7);
	uint64_t base, size;

	if (node < 0 || !sim_dt_reg(dtb, node, 0, &base, &size))
		return sim_dt_error(why, dtb, 0, "there is no memory node with a reg property");
	if (!c->ram_size)
		return 0;
	if (fdt_setprop_u64(dtb, node, "reg", base) ||
	    fdt_appendprop_u64(dtb, node, "reg", c->ram_size))
		return sim_dt_error(why, dtb, node, "cannot set the size of memory");
	return 0;
}

static int set_smmu_props(void *dtb, const struct sim_machine_config *c, char **why)
{
	int node = fdt_node_offset_by_compatible(dtb, -1, "arm,smmu-v3");
	char name[64];

	if (c->n_smmu_props && node < 0)
		return sim_dt_error(why, dtb, 0, "there is no arm,smmu-v3 to give properties to");
	for (size_t i = 0; i < c->n_smmu_props; i++) {
		snprintf(name, sizeof(name), "faultline,%s", c->smmu_props[i].name);
		if (fdt_setprop_u32(dtb, node, name, (uint32_t)c->smmu_props[i].value))
			return sim_dt_error(why, dtb, node, "cannot set %s", name);
		/* Setting a property may move the nodes behind it, not this one. */
	}
	return 0;
}

int sim_dtb_edit(void **out, const struct sim_machine_config *c, char **why)
{
	size_t size = c->dtb_size + ROOM;
	int ret;

	*out = malloc(size);
	if (!*out)
		return -ENOMEM;
	if (fdt_check_full(c->dtb, c->dtb_size) || fdt_open_into(c->dtb, *out, size)) {
		*why = strdup("the devicetree blob is not valid");
		ret = -EINVAL;
	} else {
		ret = set_ram(*out, c, why);
	}
	if (!ret)
		ret = set_smmu_props(*out, c, why);
	if (ret) {
		free(*out);
		*out = NULL;
		return ret;
	}
	fdt_pack(*out);
	return 0;
}
