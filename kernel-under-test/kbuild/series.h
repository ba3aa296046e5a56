/* SPDX-License-Identifier: MIT */
/*
 * A patch series as a user has it: an mbox (b4 am, patchwork), a maildir, a
 * folder of git format-patch, a quilt series. Mails are put in the order of
 * their [PATCH n/m]; cover letters, replies and mails without a diff are left
 * out; a series with a hole, or two versions mixed, is refused.
 */
#ifndef KUT_KBUILD_SERIES_H
#define KUT_KBUILD_SERIES_H

#include "kernel-under-test/kbuild/text.h"

struct kut_patch {
	char *label;	      /* "2/5 iommu: frob" or the file's name: what messages say */
	struct kut_text text; /* from the diff on */
	unsigned int strip;   /* leading path parts to take off */
};

struct kut_series {
	char *name; /* last part of the path, without a trailing .mbx and the like */
	char *path;
	struct kut_patch *patch;
	size_t n;
	char fingerprint[KUT_HASH_HEX];
};

/* resource_dir/series/PATH is taken if PATH has no slash and names no file here. */
int kut_series_read(struct kut_series *series, const char *path, const char *resource_dir,
		    char **why);
void kut_series_free(struct kut_series *series);

/*
 * Apply to the tree at `dir`; patches are kept in the folder `keep`. What patch
 * says of fuzz and offsets is appended to `notes`. On failure *why has all that
 * it said, and the rejects.
 */
int kut_series_apply(const struct kut_series *series, const char *dir, const char *keep,
		     struct kut_text *notes, char **why);

#endif
