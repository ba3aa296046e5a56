/* SPDX-License-Identifier: MIT */
/*
 * The loader: relocatable x86-64 kernel objects (ET_REL) into this process.
 *
 * Concepts. An image is a set of objects linked together in a name space of its
 * own: kernel symbols never meet libc's. Everything is placed at a fixed address
 * below 2 GiB (KUT_IMAGE_BASE), so that addresses are equal in every run, ASLR on
 * or off. Symbols that nobody defines get a stub that calls `missing` with the
 * symbol's name; if one is used as data (any relocation but PLT32), it gets
 * PROT_NONE pages of its own, so that an access faults and kut_image_missing_at()
 * names it. Only one image can be linked at a time.
 *
 * Errors: -ENOEXEC a file that is damaged, foreign or cannot be placed; -EEXIST
 * two strong definitions; -ENOENT an alias without target; -EADDRINUSE something
 * else lies at the image's addresses; -EINVAL called in the wrong order.
 *
 * Functions that fail return a negative errno and set *why to a malloc()ed text
 * that says what, where and what to do.
 */
#ifndef KUT_LOADER_H
#define KUT_LOADER_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define KUT_IMAGE_BASE	UINT64_C(0x20000000)
#define KUT_PERCPU_ROOM (256 * 1024) /* behind the static per-CPU data, for pcpu_alloc */

struct kut_image;

/* `missing` is called in place of an import that nobody provides; it must not return. */
int kut_image_new(struct kut_image **out, void (*missing)(const char *symbol), char **why);
void kut_image_free(struct kut_image *image);

/* Add an object file; a damaged or foreign file is -ENOEXEC, and the image is unchanged. */
int kut_image_add(struct kut_image *image, const char *path, char **why);

/* Define an absolute symbol (a bound, an alias's value) before linking. */
int kut_image_define(struct kut_image *image, const char *name, uint64_t value, char **why);
/* `alias` gets the value of `target`, which must be defined by an object. */
int kut_image_alias(struct kut_image *image, const char *alias, const char *target, char **why);

/*
 * Once; after a failure the image can only be freed.
 * Place, resolve, relocate, protect (text r-x, rodata r--, data rw-), register
 * with gdb's JIT interface. Defines the bounds that a linker script would:
 * __start_X and __stop_X for the sections that the objects name so,
 * __start/__end_pci_fixups_*, __reservedmem_of_table, __start/__end_rodata,
 * __lock_text_start/end, __kunit_suites_start/end, __start/__stop_kut_ops
 * (section .kut_ops), __per_cpu_start/end, _text/_etext, __bss_start/stop,
 * __sched_text_start/end, __noinstr_text_start/end, __setup_start/end. A definition
 * by an object goes before the loader's.
 */
int kut_image_link(struct kut_image *image, char **why);

/* Address of a global symbol, 0 if there is none. Locals are found too if unique. */
uint64_t kut_image_symbol(const struct kut_image *image, const char *name);

/* All imports that got a stub or a guard page. Returns the count; names[] may be NULL. */
size_t kut_image_imports(const struct kut_image *image, const char **names, size_t size);
/* Path of the object that wants this import first, NULL if it is no import. */
const char *kut_image_import_object(const struct kut_image *image, const char *symbol);
/* Name of the import whose stub or guard page holds `addr`, NULL if none. */
const char *kut_image_missing_at(const struct kut_image *image, uint64_t addr);

struct kut_initcall {
	uint64_t fn;
	const char *name;  /* of the function */
	const char *level; /* "early", "0" ... "7s" */
};
/* In kernel order. The array belongs to the image. */
size_t kut_image_initcalls(const struct kut_image *image, const struct kut_initcall **calls);

struct kut_percpu {
	uint64_t start; /* template address */
	size_t used;	/* bytes of static per-CPU data */
	size_t size;	/* used + KUT_PERCPU_ROOM, page aligned */
};
void kut_image_percpu(const struct kut_image *image, struct kut_percpu *percpu);

struct kut_bug {
	const char *file; /* of the kernel source, may be NULL */
	unsigned int line, flags;
};
/* The __bug_table entry for the instruction at `ip`. */
bool kut_image_bug(const struct kut_image *image, uint64_t ip, struct kut_bug *bug);
/* Before Linux 6.0: the place of the file counts from the start of the entry. */
void kut_image_bug_file_from_entry(struct kut_image *image);
/* The __ex_table fixup for `ip`; *fixup and *type are set. */
bool kut_image_fixup(const struct kut_image *image, uint64_t ip, uint64_t *fixup, uint32_t *type);
/*
 * Before Linux 5.17 an entry has no type, but leads to a function. Its name, if it is an
 * import that is not provided; NULL: there is no entry for `ip`, or it has a type.
 */
const char *kut_image_fixup_handler(const struct kut_image *image, uint64_t ip);

bool kut_image_contains(const struct kut_image *image, uint64_t addr);
bool kut_image_is_text(const struct kut_image *image, uint64_t addr);

/* "function+0x10/0x80"; "0x..." outside the image. As snprintf. */
int kut_image_symbolize(const struct kut_image *image, uint64_t addr, char *buf, size_t size);

/*
 * Privileged or host-leaking instructions in text (cpuid, rdtsc, in, out, hlt,
 * cli, rdmsr, tdcall ...), found with capstone and an own table for what it
 * misdecodes. `found` is called for each. Returns their number; -ENOENT: capstone is
 * not installed; -EINVAL: not linked; -ENOMEM.
 */
long kut_image_audit(const struct kut_image *image,
		     void (*found)(void *arg, uint64_t addr, const char *mnemonic), void *arg);

#endif
