/* SPDX-License-Identifier: MIT */
#include <getopt.h>
#include <stdbool.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/command.h"
#include "kernel-under-test/kbuild/kbuild.h"
#include "kernel-under-test/kbuild/text.h"

enum { MAX_OPTIONS = 16 };

static const struct kut_option add_options[] = {
	{"package", "NAME", "source package that is installed (default: linux-source-6.12)"},
	{"tree", "DIR", "a kernel tree; of a git checkout the tracked files as they are"},
	{"tarball", "FILE", "a packed kernel tree"},
	{"series", "PATH",
	 "patches to apply: mbox, maildir, git format-patch folder, quilt series, or the name of a "
	 "series of this project; may be given several times"},
	{"config", "FRAGMENT", "lines for .config, after the target's"},
	{"target", "NAME", "what is hosted (default: smmu)"},
	{"trace-pc", NULL,
	 "with seeds other than 0, a CPU may stand still at any basic block, not only at locks"},
	{"quiet", NULL, "say nothing but errors"},
	{"help", NULL, "show this help"},
	{NULL, NULL, NULL},
};

static const struct kut_option plain_options[] = {
	{"help", NULL, "show this help"},
	{NULL, NULL, NULL},
};

const struct kut_subcommand kut_kernel_subcommands[] = {
	{"add", "NAME [OPTION]...", "build a kernel from its source, or bring it up to date",
	 add_options},
	{"list", "", "list the kernels", plain_options},
	{"show", "NAME", "show what a kernel was made of", plain_options},
	{"remove", "NAME", "remove a kernel", plain_options},
	{NULL, NULL, NULL, NULL},
};

static void print_options(const struct kut_option *options, FILE *out)
{
	for (; options->name != NULL; options++) {
		char *left = kut_format("--%s%s%s", options->name, options->arg ? " " : "",
					options->arg ? options->arg : "");

		fprintf(out, "  %-20s %s\n", left, options->help);
		free(left);
	}
}

static void print_help(const struct kut_subcommand *sub, FILE *out)
{
	fprintf(out, "usage: faultline kernel %s %s\n%s\n\n", sub->name, sub->args, sub->help);
	print_options(sub->options, out);
}

static void print_subcommands(FILE *out)
{
	fprintf(out, "usage: faultline kernel COMMAND ...\n\n");
	for (const struct kut_subcommand *s = kut_kernel_subcommands; s->name != NULL; s++)
		fprintf(out, "  %-8s %-18s %s\n", s->name, s->args, s->help);
}

/* What was given to one subcommand. */
struct given {
	const char *value[MAX_OPTIONS]; /* by the option's place in the table */
	struct kut_list series;
	const char *name;
	bool help;
};

static const char *value_of(const struct kut_subcommand *sub, const struct given *given,
			    const char *name)
{
	for (int i = 0; sub->options[i].name != NULL; i++)
		if (strcmp(sub->options[i].name, name) == 0)
			return given->value[i];
	return NULL;
}

static int wrong_option(const struct kut_subcommand *sub, int which, char **argv)
{
	if (which == ':')
		fprintf(stderr, "faultline kernel %s: %s needs an argument; options:\n", sub->name,
			argv[optind - 1]);
	else
		fprintf(stderr, "faultline kernel %s: unknown option %s; known ones:\n", sub->name,
			argv[optind - 1]);
	print_options(sub->options, stderr);
	return 2;
}

/* Returns 0, or the exit status 2 after a message. */
static int parse(const struct kut_subcommand *sub, int argc, char **argv, struct given *given)
{
	struct option longs[MAX_OPTIONS + 1] = {0};
	bool wants_name = strncmp(sub->args, "NAME", 4) == 0;
	int c, at;

	for (int i = 0; sub->options[i].name != NULL; i++)
		longs[i] = (struct option){sub->options[i].name,
					   sub->options[i].arg ? required_argument : no_argument,
					   NULL, 1};
	optind = 1;
	while ((c = getopt_long(argc, argv, ":", longs, &at)) != -1) {
		if (c != 1)
			return wrong_option(sub, c, argv);
		if (strcmp(longs[at].name, "series") == 0)
			kut_list_add(&given->series, optarg);
		else if (strcmp(longs[at].name, "help") == 0)
			given->help = true;
		else
			given->value[at] = longs[at].has_arg ? optarg : "";
	}
	if (given->help)
		return 0;
	if (argc - optind != wants_name) {
		if (argc - optind < wants_name)
			fprintf(stderr, "faultline kernel %s: which kernel? Give its NAME.\n",
				sub->name);
		else
			fprintf(stderr, "faultline kernel %s: \"%s\" is one argument too many\n",
				sub->name, argv[optind + wants_name]);
		fprintf(stderr, "usage: faultline kernel %s %s\n", sub->name, sub->args);
		return 2;
	}
	given->name = wants_name ? argv[optind] : NULL;
	return 0;
}

/* Progress on stderr: one line that changes on a terminal, else a line for each step. */
struct display {
	bool terminal, quiet;
	bool open; /* the terminal's line has no end yet */
	char *last;
};

static void end_line(struct display *d)
{
	if (d->open)
		fprintf(stderr, "\r\033[K");
	d->open = false;
}

static void on_progress(void *arg, enum kut_progress_kind kind, const char *text, int percent)
{
	struct display *d = arg;
	bool same = d->last != NULL && strcmp(d->last, text) == 0;

	if (d->quiet)
		return;
	if (kind == KUT_PROGRESS_RESULT) {
		end_line(d);
		printf("%s\n", text);
		return;
	}
	if (kind == KUT_PROGRESS_WARNING) {
		end_line(d);
		fprintf(stderr, "%s", text);
		return;
	}
	if (d->terminal) {
		if (percent >= 0)
			fprintf(stderr, "\r\033[K%s ... %d%%", text, percent);
		else
			fprintf(stderr, "\r\033[K%s ...", text);
		fflush(stderr);
		d->open = true;
	} else if (!same) {
		fprintf(stderr, "%s ...\n", text);
	}
	if (!same) {
		free(d->last);
		d->last = kut_strdup(text);
	}
}

static int run_add(const struct kut_subcommand *sub, const struct given *given, char **why)
{
	struct display display = {.terminal = isatty(2) == 1,
				  .quiet = value_of(sub, given, "quiet") != NULL};
	struct kut_add_request req = {
		.name = given->name,
		.target = value_of(sub, given, "target"),
		.package = value_of(sub, given, "package"),
		.tree = value_of(sub, given, "tree"),
		.tarball = value_of(sub, given, "tarball"),
		.config = value_of(sub, given, "config"),
		.trace_pc = value_of(sub, given, "trace-pc") != NULL,
		.series = (const char *const *)given->series.item,
		.n_series = given->series.n,
	};
	int ret = kut_kernel_add(&req, on_progress, &display, why);

	end_line(&display);
	free(display.last);
	return ret;
}

static int run(const struct kut_subcommand *sub, const struct given *given)
{
	char *why = NULL;
	int ret;

	if (strcmp(sub->name, "add") == 0)
		ret = run_add(sub, given, &why);
	else if (strcmp(sub->name, "list") == 0)
		ret = kut_kernel_list(NULL, stdout, &why);
	else if (strcmp(sub->name, "show") == 0)
		ret = kut_kernel_show(NULL, given->name, stdout, &why);
	else
		ret = kut_kernel_remove(NULL, given->name, &why);
	if (ret != 0)
		fprintf(stderr, "faultline kernel %s:%s%s\n", sub->name,
			strchr(why, '\n') ? "\n" : " ", why);
	free(why);
	return ret == -EINTR ? 130 : ret != 0;
}

int kut_kernel_main(int argc, char **argv)
{
	const struct kut_subcommand *sub = kut_kernel_subcommands;
	struct given given = {0};
	int status;

	if (argc < 2) {
		print_subcommands(stderr);
		return 2;
	}
	if (strcmp(argv[1], "--help") == 0) {
		print_subcommands(stdout);
		return 0;
	}
	while (sub->name != NULL && strcmp(sub->name, argv[1]) != 0)
		sub++;
	if (sub->name == NULL) {
		fprintf(stderr, "faultline kernel: no command \"%s\"\n", argv[1]);
		print_subcommands(stderr);
		return 2;
	}
	status = parse(sub, argc - 1, argv + 1, &given);
	if (status == 0 && given.help)
		print_help(sub, stdout);
	else if (status == 0)
		status = run(sub, &given);
	kut_list_free(&given.series);
	return status;
}
