/* SPDX-License-Identifier: MIT */
/* manifest.json of a set, and the folders of sets. */
#ifndef KUT_KBUILD_MANIFEST_H
#define KUT_KBUILD_MANIFEST_H

#include "kernel-under-test/kbuild/kbuild.h"
#include "kernel-under-test/kbuild/series.h"
#include "kernel-under-test/kbuild/text.h"

/* A change of how sets are made, which makes old ones stale. */
#define KUT_MANIFEST_FORMAT 1

struct kut_manifest {
	struct kut_object_set set;
	char *build_key;	  /* sets with the same one can start from each other's build */
	struct kut_list *patches; /* labels, for each of set.series */
	struct kut_list runtime;  /* names of the sources in runtime.o, below kernel-under-test/ */
	unsigned int objects, imports;
};

int kut_manifest_read(const char *kernels, const char *name, struct kut_manifest **manifest,
		      char **why);
/* Written to a new file, which is then renamed to DIR/manifest.json. */
int kut_manifest_write(const struct kut_manifest *manifest, const char *dir, char **why);
void kut_manifest_free(struct kut_manifest *manifest);

#endif
