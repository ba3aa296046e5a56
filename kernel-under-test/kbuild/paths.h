/* SPDX-License-Identifier: MIT */
/* Where things are: the kernels folder, our own files, names and locks of sets. */
#ifndef KUT_KBUILD_PATHS_H
#define KUT_KBUILD_PATHS_H

#include "kernel-under-test/kbuild/text.h"

/* The kernels folder (made if `make`), as an absolute path; `given` wins if not NULL. */
int kut_kernels_dir(const char *given, bool make, char **dir, char **why);
/* The folder with targets/, overrides/, runtime/, modules/ and series/. */
int kut_resource_dir(const char *given, char **dir, char **why);

int kut_name_check(const char *name, char **why);

/*
 * Take the lock of a set: fd to close, or -EBUSY (with a message) if another
 * process works on it. It goes with the process that holds it.
 */
int kut_lock(const char *kernels, const char *name, bool wait, char **why);
/* Remove the folders that an add which was killed left behind. The set is locked by us. */
int kut_remove_stale(const char *kernels, const char *name, char **why);

/* Names of the sets in the folder, sorted. */
/*
 * The set that `name` means: its own, or else of "7.2", "7.3" ... the last for "7".
 * malloc()ed; a copy of the name if there is none.
 */
char *kut_set_resolve(const char *kernels, const char *name);
void kut_set_names(const char *kernels, struct kut_list *names);

#endif
