// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line: early_param() and __setup() handlers, and module parameters
 * of the objects ("module.name=value"). An option that nobody takes is logged,
 * as the kernel does.
 */
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/string.h>
#include <asm/setup.h>

#include "kut.h"

extern const struct obs_kernel_param __setup_start[], __setup_end[];

static int set_bool(const char *val, const struct kernel_param *kp)
{
	return kstrtobool(val ?: "1", kp->arg);
}

static int set_int(const char *val, const struct kernel_param *kp)
{
	return val ? kstrtoint(val, 0, kp->arg) : -EINVAL;
}

static int set_uint(const char *val, const struct kernel_param *kp)
{
	return val ? kstrtouint(val, 0, kp->arg) : -EINVAL;
}

const struct kernel_param_ops param_ops_bool = { .flags = KERNEL_PARAM_OPS_FL_NOARG,
						 .set = set_bool };
const struct kernel_param_ops param_ops_int = { .set = set_int };
const struct kernel_param_ops param_ops_uint = { .set = set_uint };

/* Handlers are matched with their "=", if they have one. */
static bool try_setup(const char *name, char *value)
{
	bool taken = false;

	for (const struct obs_kernel_param *p = __setup_start; p < __setup_end; p++) {
		size_t n = strlen(p->str);
		bool with_value = n && p->str[n - 1] == '=';

		if (strncmp(p->str, name, n - with_value) || name[n - with_value])
			continue;
		if (with_value && !value)
			continue;
		p->setup_func(value);
		taken = true;
	}
	return taken;
}

static bool try_module_param(const char *name, const char *value)
{
	for (const struct kernel_param *p = __start___param; p < __stop___param; p++) {
		if (!parameq(p->name, name))
			continue;
		if (!p->ops->set || p->ops->set(value, p))
			kut_log(LOGLEVEL_ERR, "%s: invalid value \"%s\"\n", name, value ?: "");
		return true;
	}
	return false;
}

bool parameq(const char *a, const char *b)
{
	for (; *a && *b; a++, b++)
		if ((*a == '-' ? '_' : *a) != (*b == '-' ? '_' : *b))
			return false;
	return *a == *b;
}

void kut_parse_cmdline(void)
{
	static char line[COMMAND_LINE_SIZE]; /* handlers may keep pointers into it */
	char *rest = line, *word;

	strscpy(line, boot_command_line, sizeof(line));
	while ((word = strsep(&rest, " "))) {
		char *value = strchr(word, '=');

		if (!*word)
			continue;
		if (value)
			*value++ = '\0';
		if (!try_setup(word, value) && !try_module_param(word, value))
			kut_log(LOGLEVEL_NOTICE, "Unknown kernel command line parameter \"%s\"\n",
				word);
	}
}
