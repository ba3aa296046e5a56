// SPDX-License-Identifier: GPL-2.0-only
/*
 * The command line, as the kernel takes it: early_param() handlers see the whole
 * line first; then, in the order of the line, module parameters of the objects
 * ("module.name=value") and __setup() handlers. What nobody takes is logged.
 */
#include <linux/ctype.h>
#include <linux/init.h>
#include <linux/kernel.h>
#include <linux/moduleparam.h>
#include <linux/slab.h>
#include <linux/string.h>
#include <asm/setup.h>

#include "kut.h"

extern const struct obs_kernel_param __setup_start[], __setup_end[];

#define NUMBER_PARAM(name, parse)                                                                  \
	int param_set_##name(const char *val, const struct kernel_param *kp)                       \
	{                                                                                          \
		return parse(val, 0, kp->arg);                                                     \
	}                                                                                          \
	const struct kernel_param_ops param_ops_##name = {.set = param_set_##name}

NUMBER_PARAM(byte, kstrtou8);
NUMBER_PARAM(short, kstrtos16);
NUMBER_PARAM(ushort, kstrtou16);
NUMBER_PARAM(int, kstrtoint);
NUMBER_PARAM(uint, kstrtouint);
NUMBER_PARAM(long, kstrtol);
NUMBER_PARAM(ulong, kstrtoul);
NUMBER_PARAM(ullong, kstrtoull);

static int set_bool(const char *val, const struct kernel_param *kp)
{
	return kstrtobool(val ?: "1", kp->arg);
}

static int set_invbool(const char *val, const struct kernel_param *kp)
{
	bool value;
	int ret = kstrtobool(val, &value);

	if (!ret)
		*(bool *)kp->arg = !value;
	return ret;
}

/* The line that the value is a part of stays: see kut_parse_cmdline(). */
static int set_charp(const char *val, const struct kernel_param *kp)
{
	*(const char **)kp->arg = val;
	return 0;
}

const struct kernel_param_ops param_ops_bool = {.flags = KERNEL_PARAM_OPS_FL_NOARG,
						.set = set_bool};
const struct kernel_param_ops param_ops_invbool = {.set = set_invbool};
const struct kernel_param_ops param_ops_charp = {.set = set_charp};

static char fold(char c)
{
	return c == '-' ? '_' : c;
}

bool parameqn(const char *a, const char *b, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (fold(a[i]) != fold(b[i]))
			return false;
		if (!a[i])
			return true;
	}
	return true;
}

bool parameq(const char *a, const char *b)
{
	return parameqn(a, b, strlen(a) + 1);
}

static void do_early(char *name, char *value)
{
	for (const struct obs_kernel_param *p = __setup_start; p < __setup_end; p++)
		if (p->early && parameq(name, p->str) && p->setup_func(value))
			pr_warn("Malformed early option '%s'\n", name);
}

/* Such a handler gets what follows its own text, and says 1 if it took it. */
static bool do_setup(char *option, const char *name)
{
	bool was_early = false;

	for (const struct obs_kernel_param *p = __setup_start; p < __setup_end; p++) {
		size_t n = strlen(p->str);

		if (p->early)
			was_early |= parameq(name, p->str);
		else if (parameqn(option, p->str, n) && p->setup_func(option + n))
			return true;
	}
	return was_early;
}

static bool do_module_param(const char *name, const char *value)
{
	for (const struct kernel_param *p = __start___param; p < __stop___param; p++) {
		if (!parameq(p->name, name))
			continue;
		if ((!value && !(p->ops->flags & KERNEL_PARAM_OPS_FL_NOARG)) ||
		    p->ops->set(value, p))
			pr_err("Booting kernel: `%s' invalid for parameter `%s'\n", value ?: "",
			       name);
		return true;
	}
	return false;
}

static void do_option(char *name, char *value)
{
	char *option;
	bool taken;

	if (do_module_param(name, value))
		return;
	option = kasprintf(GFP_KERNEL, "%s%s%s", name, value ? "=" : "", value ?: "");
	if (!option)
		panic("no memory for the command line");
	taken = do_setup(option, name);	  /* who takes it may keep a pointer into it */
	if (!taken && !strchr(name, '.')) /* a dot: the parameter of a module that is not here */
		pr_notice("Unknown kernel command line parameters \"%s\", will be passed to user "
			  "space.\n",
			  option);
	if (!taken)
		kfree(option);
}

static void each_option(char *line, void (*fn)(char *name, char *value))
{
	char *name, *value;

	line = skip_spaces(line);
	while (*line) {
		line = next_arg(line, &name, &value);
		if (!value && !strcmp(name, "--"))
			return;
		fn(name, value);
	}
}

/* Handlers may keep pointers into their line. */
void kut_parse_cmdline(void)
{
	static char early[COMMAND_LINE_SIZE], line[COMMAND_LINE_SIZE];

	strscpy(early, boot_command_line, sizeof(early));
	each_option(early, do_early);
	strscpy(line, boot_command_line, sizeof(line));
	each_option(line, do_option);
}
