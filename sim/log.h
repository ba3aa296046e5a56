/* SPDX-License-Identifier: MIT */
/*
 * The one log sink.
 *
 * Concepts. Every part of the simulator logs through sim_log(); one sink takes
 * the messages, with the simulated time at which they came. Without a sink of
 * one's own they go to stderr. Sink, level and clock belong to the process, as
 * stderr does. A message is one line or several, without a newline at its end.
 */
#ifndef SIM_LOG_H
#define SIM_LOG_H

#include <stddef.h>
#include <stdint.h>

enum sim_log_level { SIM_LOG_ERROR, SIM_LOG_WARNING, SIM_LOG_INFO, SIM_LOG_DEBUG };

struct sim_log_message {
	uint64_t time; /* ps; 0 while there is no clock */
	enum sim_log_level level;
	const char *source; /* who speaks: "smmu0", "loader" */
	const char *text;
};

typedef void (*sim_log_sink)(void *arg, const struct sim_log_message *message);

/* NULL: stderr again. A sink does not wait; what it logs itself goes to stderr. */
void sim_log_set_sink(sim_log_sink sink, void *arg);
/* Messages above `level` are dropped; SIM_LOG_INFO at start. */
void sim_log_set_level(enum sim_log_level level);
/* Where the time comes from, usually evk_now; NULL: none. */
void sim_log_set_clock(uint64_t (*now)(void));

void sim_log(enum sim_log_level level, const char *source, const char *format, ...)
	__attribute__((format(printf, 3, 4)));

/* "error", "warning", "info", "debug". */
const char *sim_log_level_name(enum sim_log_level level);

/*
 * A line as the kernel's log shows it, "[    0.001234] text": seconds, and
 * microseconds rounded down. Returns as snprintf() does; no newline is added.
 */
int sim_log_kernel_line(char *buffer, size_t size, uint64_t ps, const char *text);

#endif
