/* SPDX-License-Identifier: MIT */
/* Target files: which objects of which kernel make up a target (targets/README.md). */
#ifndef KUT_KBUILD_TARGET_H
#define KUT_KBUILD_TARGET_H

#include "kernel-under-test/kbuild/text.h"

struct kut_kconfig_edit {
	char *file;   /* Kconfig file, below the tree */
	char *symbol; /* without CONFIG_; NULL: a line is added at the end of the file */
	char *term;   /* a word of the "depends on" line that is widened; NULL: a select is added */
	char *added;  /* the symbol that satisfies it too, or is selected; or the line */
};

struct kut_forced {
	char *object; /* base name without .o, as in Kbuild's CFLAGS_<object>.o */
	char *header; /* below overrides/ */
};

/* A line of the link: an object file or a folder's built-in.a. */
struct kut_link {
	char *path; /* "lib/idr.o", or "drivers/iommu/arm/arm-smmu-v3" of a folder */
	char *goal; /* what make is told to build for it */
	bool folder;
};

struct kut_target {
	char *name;
	char *version;		 /* "6.12", or "7" for all of a major version */
	bool compiler_headers;	 /* the tree takes <stdarg.h> from the compiler */
	struct kut_list configs; /* paths of the fragments; a later one overrides an earlier one */
	struct kut_kconfig_edit *edit;
	size_t n_edits;
	struct kut_forced *forced;
	size_t n_forced;
	struct kut_link *link;
	size_t n_links;
	struct kut_list skip_initcalls;
	char fingerprint[KUT_HASH_HEX]; /* over the files and the fragments */
};

/*
 * `version`: of the tree, "6.12.117"; its first two numbers choose the file, or else
 * the first alone.
 */
int kut_target_read(struct kut_target *target, const char *resource_dir, const char *name,
		    const char *version, char **why);
void kut_target_free(struct kut_target *target);

/* Apply the edits to the tree; a file is replaced, not written through. */
int kut_kconfig_apply(const struct kut_target *target, const char *tree, char **why);

/*
 * The lines that a .config is made of: those of the files given, of which a later
 * one overrides an earlier one. A line that sets no option is an error.
 */
int kut_config_lines(const struct kut_list *files, struct kut_list *lines, char **why);
/* See that .config has each setting; what Kconfig dropped is named. */
int kut_config_check(const struct kut_list *lines, const char *dot_config, char **why);

#endif
