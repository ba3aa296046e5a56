/* SPDX-License-Identifier: MIT */
/* The tree a set is made of: a distribution's package, a tarball, the user's folder. */
#ifndef KUT_KBUILD_SOURCE_H
#define KUT_KBUILD_SOURCE_H

#include "kernel-under-test/kbuild/kbuild.h"
#include "kernel-under-test/kbuild/text.h"

struct kut_source {
	char *label;	/* "package linux-source-6.12 6.12.117-1", for people */
	char *key;	/* what stays equal when the user's tree changes: a base for rebuilding */
	char *identity; /* changes with any change of the tree */
	char *dir;	/* a readable tree, once prepared */
	char *archive;	/* to unpack into dir; NULL for a folder of the user's */
	struct kut_list files; /* the tracked ones, if `git` */
	bool git;
	char *version; /* "6.12.117", once prepared */
};

/* Where the tree is, and that it is there. Nothing is unpacked. */
int kut_source_find(struct kut_source *source, const struct kut_add_request *req,
		    const char *kernels, char **why);
/* The archive is unpacked, unless it was before; sets dir and version. */
int kut_source_prepare(struct kut_source *source, const char *kernels, kut_progress_fn progress,
		       void *arg, char **why);
/* A copy to work in; hard links where possible, without what a build left. */
int kut_source_copy(const struct kut_source *source, const char *to, char **why);
void kut_source_free(struct kut_source *source);

/* Version of the tree from its Makefile; -EINVAL if it is no Linux tree. malloc()ed. */
int kut_tree_version(const char *tree, char **version, char **why);

#endif
