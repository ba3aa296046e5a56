/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <inttypes.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "sim/log.h"

enum { SHORT_TEXT = 512 };

static const uint64_t PS_PER_US = 1000000, US_PER_S = 1000000;

static void to_stderr(void *arg, const struct sim_log_message *message);

static struct {
	sim_log_sink sink;
	void *arg;
	enum sim_log_level level;
	uint64_t (*now)(void);
	bool in_sink;
} logger = {.sink = to_stderr, .level = SIM_LOG_INFO};

const char *sim_log_level_name(enum sim_log_level level)
{
	static const char *const names[] = {"error", "warning", "info", "debug"};

	return names[level];
}

static void to_stderr(void *arg, const struct sim_log_message *message)
{
	uint64_t us = message->time / PS_PER_US;

	(void)arg;
	if (logger.now)
		fprintf(stderr, "[%5" PRIu64 ".%06" PRIu64 "] ", us / US_PER_S, us % US_PER_S);
	if (message->level != SIM_LOG_INFO)
		fprintf(stderr, "%s: ", sim_log_level_name(message->level));
	fprintf(stderr, "%s: %s\n", message->source, message->text);
}

void sim_log_set_sink(sim_log_sink sink, void *arg)
{
	logger.sink = sink ? sink : to_stderr;
	logger.arg = arg;
}

void sim_log_set_level(enum sim_log_level level)
{
	logger.level = level;
}

void sim_log_set_clock(uint64_t (*now)(void))
{
	logger.now = now;
}

static void deliver(enum sim_log_level level, const char *source, const char *text)
{
	const struct sim_log_message message = {
		.time = logger.now ? logger.now() : 0,
		.level = level,
		.source = source,
		.text = text,
	};

	if (logger.in_sink) {
		to_stderr(NULL, &message);
		return;
	}
	logger.in_sink = true;
	logger.sink(logger.arg, &message);
	logger.in_sink = false;
}

void sim_log(enum sim_log_level level, const char *source, const char *format, ...)
{
	char text[SHORT_TEXT], *longer = NULL;
	va_list args;
	int length;

	if (level > logger.level)
		return;
	va_start(args, format);
	length = vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	if (length >= SHORT_TEXT) {
		va_start(args, format);
		if (vasprintf(&longer, format, args) < 0)
			longer = NULL; /* the beginning is better than nothing */
		va_end(args);
	}
	deliver(level, source, longer ? longer : text);
	free(longer);
}

int sim_log_kernel_line(char *buffer, size_t size, uint64_t ps, const char *text)
{
	uint64_t us = ps / PS_PER_US;

	return snprintf(buffer, size, "[%5" PRIu64 ".%06" PRIu64 "] %s", us / US_PER_S,
			us % US_PER_S, text);
}
