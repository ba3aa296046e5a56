/* SPDX-License-Identifier: MIT */
/* Messages of the trace library: malloc()ed texts handed out through *why. */
#ifndef TRACES_ERROR_H
#define TRACES_ERROR_H

/* Set *why (NULL: nobody wants it) and return `error`, a negative errno. */
int trc_error(char **why, int error, const char *format, ...) __attribute__((format(printf, 3, 4)));

#endif
