/* SPDX-License-Identifier: MIT */
/* The command `faultline kernel`. */
#ifndef KUT_KBUILD_COMMAND_H
#define KUT_KBUILD_COMMAND_H

#include <stddef.h>

/* One option, as --help, the man page and the completion show it. */
struct kut_option {
	const char *name; /* without the dashes */
	const char *arg;  /* what follows it, NULL if nothing does */
	const char *help;
};

struct kut_subcommand {
	const char *name;
	const char *args; /* "NAME [OPTION]..." */
	const char *help;
	const struct kut_option *options; /* ends with a NULL name */
};

/* add, list, show, remove; ends with a NULL name. */
extern const struct kut_subcommand kut_kernel_subcommands[];

/* argv[0] is "kernel". Returns the exit status: 0, 1 for failure, 2 for wrong use. */
int kut_kernel_main(int argc, char **argv);

#endif
