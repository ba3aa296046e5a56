/* SPDX-License-Identifier: MIT */
/* Named fault points, and the status that a command is made to give. */
#include <errno.h>
#include <string.h>

#include "psp/commands.h"

static const char *const status_points[PSP_CMD_IDS] = {
#define COMMAND(id, name, ...) [id] = "psp.status." #name,
#include "psp/commands.def"
#undef COMMAND
};

const char *const psp_fault_names[] = {
#define FAULT(name, help) name,
#include "psp/fault.def"
#undef FAULT
#define COMMAND(id, name, ...) "psp.status." #name,
#include "psp/commands.def"
#undef COMMAND
	NULL,
};

const char *psp_fault_help(const char *name)
{
#define FAULT(point, help)                                                                         \
	if (!strcmp(name, point))                                                                  \
		return help;
#include "psp/fault.def"
#undef FAULT
	for (int id = 0; id < PSP_CMD_IDS; id++)
		if (status_points[id] && !strcmp(name, status_points[id]))
			return "the command is not run and answers an error status";
	return NULL;
}

int psp_inject_status(struct psp *psp, enum psp_cmd_id id, uint16_t status)
{
	if (!psp_cmd_name(id))
		return -EINVAL;
	psp->injected[id] = status;
	return 0;
}

bool psp_injected(struct psp *psp, uint16_t id, enum psp_status *status)
{
	if (!psp_fault_hit(psp, status_points[id]))
		return false;
	*status = psp->injected[id] ? psp->injected[id] : PSP_HWERROR_PLATFORM;
	return true;
}
