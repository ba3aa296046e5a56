/* SPDX-License-Identifier: MIT */
/* Folders of files: copied, compared, removed, measured. Symbolic links stay links. */
#ifndef KUT_KBUILD_TREE_H
#define KUT_KBUILD_TREE_H

#include "kernel-under-test/kbuild/text.h"

enum kut_copy {
	KUT_COPY_LINK, /* hard links where the file system can, times and modes are the file's */
	KUT_COPY_DATA  /* new files with the times and modes of the old ones */
};

/* Return true to leave a file or folder (path below the root) out. */
typedef bool (*kut_skip_fn)(const char *path, const char *base);

/* Copy folder `from` to `to`, which must not exist. */
int kut_tree_copy(const char *from, const char *to, enum kut_copy how, kut_skip_fn skip,
		  char **why);
/* Copy the files named (paths below `from`) only; a name without a file is left out. */
int kut_tree_copy_list(const char *from, const char *to, const struct kut_list *files, char **why);
/* Remove it all; what does not exist is no error. */
int kut_tree_remove(const char *path, char **why);
/* Sum of the sizes of the regular files below, in bytes. */
uint64_t kut_tree_size(const char *path);
/* What of all files goes into a hash, besides the paths below the root. */
enum kut_tree_part { KUT_TREE_PATHS, KUT_TREE_TIMES, KUT_TREE_CONTENTS }; /* TIMES: and sizes */
int kut_tree_hash(const char *path, enum kut_tree_part part, struct kut_hash *hash,
		  kut_skip_fn skip, char **why);
/* Sorted names in a folder, without . and .., empty if it cannot be read. */
void kut_dir_names(const char *path, struct kut_list *names);
int kut_mkdirs(const char *path, char **why);

/*
 * Make the times of `now` tell make what differs from `base`, of which a build
 * exists that was copied: a file with the contents of base's gets its time, any
 * other is new as of now. Files are replaced, never written through. *changed
 * gets the paths that differ, missing ones of base too.
 */
int kut_tree_reconcile(const char *now, const char *base, kut_skip_fn skip,
		       struct kut_list *changed, char **why);

#endif
