/* SPDX-License-Identifier: MIT */
/* Names of commands and statuses. */
#include <errno.h>
#include <string.h>

#include "psp/commands.h"

static const char *const commands[PSP_CMD_IDS] = {
#define COMMAND(id, name, ...) [id] = #name,
#include "psp/commands.def"
#undef COMMAND
};

const char *psp_cmd_name(unsigned int id)
{
	return id < PSP_CMD_IDS ? commands[id] : NULL;
}

int psp_cmd_number(const char *name)
{
	for (int id = 0; id < PSP_CMD_IDS; id++)
		if (commands[id] && !strcmp(commands[id], name))
			return id;
	return -EINVAL;
}

void psp_cmd_each(void (*fn)(void *arg, unsigned int id, const char *name), void *arg)
{
	for (unsigned int id = 0; id < PSP_CMD_IDS; id++)
		if (commands[id])
			fn(arg, id, commands[id]);
}

const char *psp_status_name(unsigned int status)
{
	switch (status) {
#define STATUS(name, code)                                                                         \
	case code:                                                                                 \
		return #name;
#include "psp/status.def"
#undef STATUS
	}
	return NULL;
}
