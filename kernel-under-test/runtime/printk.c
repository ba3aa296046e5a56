// SPDX-License-Identifier: GPL-2.0-only
/* The kernel log: whole lines go to the host, with their level. */
#include <linux/kernel.h>
#include <linux/kern_levels.h>
#include <linux/printk.h>
#include <linux/string.h>
#include <linux/dev_printk.h>

#include "kut.h"

#define LINE_MAX 1024

static char line[LINE_MAX]; /* a line that KERN_CONT may still continue */
static unsigned int line_len;
static int line_level;

int console_printk[4] = {7, 4, 1, 7};
bool console_set_on_cmdline;

/* What kernel/irq/spurious.c says of an interrupt that no handler knows: it shuts it off. */
static void report_bad_irq(void)
{
	static const char words[] = ": nobody cared";
	char text[64];

	if (strncmp(line, "irq ", 4) || !strnstr(line, words, line_len))
		return;
	snprintf(text, sizeof(text), "%.*s",
		 (int)(strnstr(line, words, line_len) + sizeof(words) - 1 - line), line);
	kut_host->finding("nobody cared", text);
}

static void flush_line(void)
{
	if (!line_len)
		return;
	kut_host->log(line_level, line, line_len);
	report_bad_irq();
	line_len = 0;
}

static void add(const char *text, unsigned int len, int level)
{
	len = min(len, (unsigned int)LINE_MAX - line_len);
	if (!line_len)
		line_level = level;
	memcpy(line + line_len, text, len);
	line_len += len;
}

static void emit(int level, const char *text)
{
	bool cont = false;
	char c;

	while ((c = printk_get_level(text))) {
		if (c == 'c')
			cont = true;
		else if (level == LOGLEVEL_DEFAULT)
			level = c - '0';
		text = printk_skip_level(text);
	}
	if (level == LOGLEVEL_DEFAULT)
		level = LOGLEVEL_WARNING;
	if (!cont)
		flush_line();
	while (*text) {
		const char *end = strchrnul(text, '\n');

		add(text, end - text, level);
		if (!*end)
			return;
		if (line_len == 0)
			kut_host->log(level, "", 0);
		flush_line();
		text = end + 1;
	}
}

int vprintk_emit(int facility, int level, const struct dev_printk_info *info, const char *fmt,
		 va_list args)
{
	char text[LINE_MAX];
	int len = vscnprintf(text, sizeof(text), fmt, args);

	emit(level, text);
	return len;
}

int vprintk(const char *fmt, va_list args)
{
	return vprintk_emit(0, LOGLEVEL_DEFAULT, NULL, fmt, args);
}

void kut_log(int level, const char *fmt, ...)
{
	va_list args;

	va_start(args, fmt);
	vprintk_emit(0, level, NULL, fmt, args);
	va_end(args);
	flush_line();
}

void kut_finding(const char *kind, const char *fmt, ...)
{
	char text[256];
	va_list args;

	va_start(args, fmt);
	vscnprintf(text, sizeof(text), fmt, args);
	va_end(args);
	kut_log(LOGLEVEL_ALERT, "%s\n", text);
	kut_host->finding(kind, text);
}
