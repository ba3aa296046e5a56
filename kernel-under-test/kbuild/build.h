/* SPDX-License-Identifier: MIT */
/* Kbuild and the linker, in a set's folder that is being made. */
#ifndef KUT_KBUILD_BUILD_H
#define KUT_KBUILD_BUILD_H

#include "kernel-under-test/kbuild/kbuild.h"
#include "kernel-under-test/kbuild/target.h"

struct kut_build {
	const char *set; /* the folder; its src/ is the patched tree */
	const struct kut_target *target;
	bool trace_pc;
	kut_progress_fn progress;
	void *arg;
};

/* Where Kbuild's output stands, and our overrides, below a set's src/. */
#define KUT_BUILD_DIR	  "build"
#define KUT_OVERRIDES_DIR "kut-overrides"

/* tinyconfig and these settings; what Kconfig drops is an error. */
int kut_build_configure(const struct kut_build *build, const struct kut_list *settings, char **why);
/* The target's objects, kernel.o and wanted.txt. *objects gets the paths, in link order. */
int kut_build_objects(const struct kut_build *build, struct kut_list *objects, char **why);

/*
 * Start from the output of another set: src/build of `base` is copied, and made
 * to hold for our src/. *changed gets the sources that differ.
 */
int kut_build_reuse(const struct kut_build *build, const char *base, struct kut_list *changed,
		    char **why);

/*
 * Write each undefined symbol of `kernel_o` with those of the objects (paths below
 * dir) that want it: "symbol<TAB>object object", sorted by symbol.
 */
int kut_wanted_write(const char *kernel_o, const char *dir, const struct kut_list *objects,
		     const char *path, size_t *count, char **why);

/* trace_pc.c: an argument of make; and whether gcc, which calls itself `compiler`, can do it. */
extern const char kut_trace_pc_arg[];
int kut_trace_pc_check(const char *compiler, char **why);

/* Link relocatable files below dir into one. */
int kut_link(const char *dir, const struct kut_list *files, const char *output, char **why);

/*
 * runtime.o: each .c file of `sources` with the flags Kbuild used for
 * kernel/resource.o, linked to `output`; objects go to the folder `scratch`.
 */
struct kut_runtime {
	const char *src; /* the patched tree, built */
	const char *resource_dir;
	const char *scratch;
	const char *output;
	const struct kut_list *sources;
	kut_progress_fn progress;
	void *arg;
};
int kut_runtime_build(const struct kut_runtime *runtime, char **why);
/*
 * The sources that a set with these series gets: runtime/, modules/, modules/<series>/,
 * and modules/shared/NAME/ for each line NAME of modules/<series>/shared.txt.
 */
int kut_runtime_sources(const char *resource_dir, const struct kut_list *series,
			struct kut_list *sources, char **why);
/* Over these and all headers beside them. */
int kut_runtime_fingerprint(const char *resource_dir, const struct kut_list *sources,
			    char hex[KUT_HASH_HEX], char **why);
/* Compiler flags from a .cmd file of Kbuild, without those that name its object. */
int kut_saved_flags(const char *cmd_file, struct kut_list *flags, char **why);

/*
 * audit.c: link the two, run nothing. *text: what in their code would reach the
 * real host, malloc()ed; NULL: nothing.
 */
int kut_audit_set(const char *kernel_o, const char *runtime_o, char **text, char **why);

#endif
