/* SPDX-License-Identifier: MIT */
/*
 * Object sets: kernel trees made into the objects that the loader takes.
 *
 * Concepts. An object set is one kernel, with its patch series, built for one
 * target (targets/README.md). It is a folder below the kernels folder, named as
 * the user named it, and holds
 *
 *	manifest.json	what it was made of
 *	kernel.o	the target's objects, in the order of their initcalls
 *	runtime.o	kernel-under-test/runtime and modules, for this kernel
 *	wanted.txt	each undefined symbol of kernel.o, and the objects that want it
 *	patches/	the patches, as they were applied
 *	src/, src/build	the patched copy of the tree, and Kbuild's output
 *
 * A set comes into being whole, by a rename, and is replaced by another whole.
 * The user's own tree is read, and never written.
 *
 * The kernels folder is $FAULTLINE_KERNELS; else kernels/ of the build tree, for a
 * program that runs from there; else $XDG_DATA_HOME/faultline/kernels, where
 * XDG_DATA_HOME is ~/.local/share if not set.
 *
 * Functions that fail return a negative errno and set *why to a malloc()ed text
 * that says what, where and what to do.
 */
#ifndef KUT_KBUILD_H
#define KUT_KBUILD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>

struct kut_add_request {
	const char *name;   /* letters, digits and . _ + -, not starting with a dot */
	const char *target; /* NULL: smmu */

	/* Where the tree comes from: at most one is set; none: package linux-source-6.12. */
	const char *package; /* /usr/src/PACKAGE.tar.*, or fetched: KERNELS/.packages/ */
	const char *tree;    /* a folder; of a git checkout the tracked files, as they are now */
	const char *tarball;

	/* mbox, maildir, format-patch folder, quilt series, or a name in series/ */
	const char *const *series;
	size_t n_series;
	const char *config; /* file with lines of a .config, appended to the target's; or NULL */
	bool trace_pc;	    /* each basic block is a point where the CPU may stand still */

	const char *kernels_dir;  /* NULL: as told above */
	const char *resource_dir; /* folder with targets/, overrides/, runtime/ ...; NULL: found */
	const char *package_dir;  /* NULL: /usr/src */
};

enum kut_progress_kind {
	KUT_PROGRESS_STEP,    /* a step begins; or goes on, percent having grown */
	KUT_PROGRESS_WARNING, /* text of a tool that succeeded, lines as it wrote them */
	KUT_PROGRESS_RESULT   /* the last line: what was done */
};

/* percent: 0 to 100, -1 if not known. */
typedef void (*kut_progress_fn)(void *arg, enum kut_progress_kind kind, const char *text,
				int percent);

/*
 * Make the set req->name, or bring it up to date: nothing is done if all that it
 * is made of is unchanged, and runtime.o alone is made if only that is. SIGINT
 * and SIGTERM end it with -EINTR, everything half-made removed.
 */
int kut_kernel_add(const struct kut_add_request *req, kut_progress_fn progress, void *arg,
		   char **why);

struct kut_object_set {
	char *name;
	char *version; /* of the kernel: 6.12.117 */
	char *target;
	char *dir;
	char *kernel_o;
	char *runtime_o;
	char *fingerprint; /* SHA-256 in hex over all that kernel.o is made of */
	char *runtime_fingerprint;
	char *source; /* "package linux-source-6.12 6.12.117-1" */
	char *compiler;
	char *config; /* the user's fragment, "" if none */
	bool trace_pc;
	char **series;
	size_t n_series;
	char **skip_initcalls; /* functions that must not be called at boot */
	size_t n_skip_initcalls;
};

/*
 * Read the manifest and see that the files are there; takes well below 1 ms. If no
 * set has the name "7", it means the highest of "7.2", "7.3" ...
 */
int kut_object_set_open(const char *name, struct kut_object_set **set, char **why);
void kut_object_set_close(struct kut_object_set *set);

/*
 * In the folder that kernels_dir names (NULL: as told above). A set whose manifest
 * cannot be read is listed with the reason in place of its version.
 */
int kut_kernel_find(const char *kernels_dir, const char *name, struct kut_object_set **set,
		    char **why);
/*
 * Names of the sets whose target is `target`, by name. The array and each name are
 * malloc()ed. A set whose manifest cannot be read is left out.
 */
int kut_kernels_of_target(const char *kernels_dir, const char *target, char ***names, size_t *n,
			  char **why);
int kut_kernel_list(const char *kernels_dir, FILE *out, char **why);
int kut_kernel_show(const char *kernels_dir, const char *name, FILE *out, char **why);
int kut_kernel_remove(const char *kernels_dir, const char *name, char **why);

#endif
