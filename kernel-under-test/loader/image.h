/* SPDX-License-Identifier: MIT */
/*
 * Inside of the loader: an image on its way from object files to addresses.
 *
 * kut_image_add() checks an object completely and keeps it mapped; nothing is
 * resolved then. kut_image_link() goes through the steps below in order; behind
 * it the object files are no longer needed, what remains is the placed memory
 * and one table of symbols.
 *
 *   globals_resolve  one definition for each global name
 *   layout_place     input sections -> output sections -> addresses
 *   bounds_define    symbols of a linker script
 *   stubs_collect    stubs and guard areas for what is missing
 *   globals_finish   a value for each symbol of each object
 *   layout_map       memory, at the fixed address; sections copied into it
 *   relocate_all
 *   symtab_build     the sorted table of symbols
 *   tables_build     initcalls, bug table
 *   jit_register     the same for the debugger
 *   layout_protect
 */
#ifndef KUT_LOADER_IMAGE_H
#define KUT_LOADER_IMAGE_H

#include <elf.h>

#include "kernel-under-test/loader/loader.h"

enum {
	KUT_PAGE = 4096,
	KUT_STUB_SIZE = 16,
	KUT_GUARD_SIZE = 4 * KUT_PAGE, /* so that the far end of a large object is still its own */
};

#define KUT_IMAGE_MAX UINT64_C(0x40000000) /* keeps the end below 2 GiB */
#define KUT_ALIGN_MAX UINT64_C(0x200000)
#define KUT_NO_GLOBAL UINT32_MAX
#define KUT_NO_OUT    UINT16_MAX

/* Kinds of memory, in the order of their addresses. */
enum kut_class {
	KUT_TEXT,
	KUT_RODATA,
	KUT_DATA,
	KUT_BSS,
	KUT_PERCPU,
	KUT_CLASSES, /* number of the above */
	KUT_DEBUG,   /* DWARF: offsets from 0, never placed in the image */
	KUT_DROP,
};

/* An output section: all input sections of one name. */
struct kut_out {
	char *name;
	enum kut_class class;
	unsigned int rank, index; /* place within the class: rank, then first come */
	uint64_t addr, size, align;
	struct kut_section *first, **tail;
	struct kut_out *next_in_bucket;
	uint8_t *debug;	    /* KUT_DEBUG: the bytes */
	uint16_t elf_index; /* in the debugger's ELF image */
};

/* An input section. */
struct kut_section {
	const struct kut_object *object;
	const char *name;
	enum kut_class class;
	uint64_t size, align;
	const uint8_t *data; /* NULL: zeroes */
	const Elf64_Rela *rela;
	uint64_t n_rela;
	uint64_t offset; /* in its output section */
	struct kut_out *out;
	struct kut_section *next;
};

struct kut_object {
	char *path;
	void *map;
	size_t map_size;
	struct kut_section *sections; /* by ELF index */
	size_t n_sections;
	const Elf64_Sym *syms;
	size_t n_syms, n_global;
	const char *strtab;
	uint8_t *use;	  /* by symbol: KUT_USE_*, how relocations of kept sections use it */
	uint32_t *global; /* by symbol: index in image->globals, KUT_NO_GLOBAL for locals */
	uint64_t *value;  /* by symbol: final address */
};

enum {
	KUT_USE_CALL = 1, /* by R_X86_64_PLT32 */
	KUT_USE_DATA = 2, /* by any other relocation */
};

/* How strongly a global name is defined; the higher wins. */
enum kut_def {
	KUT_WEAK_REF,
	KUT_REF,
	KUT_WEAK,
	KUT_COMMON,
	KUT_STRONG,
};

struct kut_global {
	const char *name;
	uint32_t hash, stored; /* stored: offset of the name in image->names */
	uint8_t def, use;
	bool bound;			 /* a linker script's: the loader gives the value */
	const struct kut_object *object; /* that defines it, or first wants it; NULL: the host */
	const struct kut_section *section;
	uint64_t value, size, align; /* value: within the section if there is one */
};

/* kut_image_define() and kut_image_alias() */
struct kut_defined {
	char *name, *target; /* target NULL: a value */
	uint64_t value;
};

struct jit_code_entry; /* gdb's */

/* A symbol of the finished image. Names are offsets into image->names. */
struct kut_sym {
	uint32_t addr, size, name;
	uint16_t out; /* index of the output section, KUT_NO_OUT for a common symbol */
	uint8_t type; /* STT_* */
	bool local;
};

struct kut_import {
	uint32_t name;
	const char *object;
	uint32_t addr; /* of the stub or guard */
	bool guard;
};

struct kut_bug_range {
	uint64_t addr, count;
	unsigned int entry_size;
};

struct kut_image {
	void (*missing)(const char *symbol);
	struct kut_object **objects;
	size_t n_objects;
	struct kut_defined *defined;
	size_t n_defined;

	struct kut_out **outs;
	size_t n_outs;
	struct kut_global *globals;
	size_t n_globals;
	uint32_t *buckets;
	size_t n_buckets;
	uint64_t class_start[KUT_CLASSES], class_end[KUT_CLASSES];
	uint64_t stubs, stubs_end, guards, guards_end, end;
	uint64_t common_size, common_addr;

	bool mapped, linked, failed; /* failed: a link did, the image can only be freed */

	char *names;
	size_t names_size, names_room;
	struct kut_sym *syms; /* by address, then order of the objects */
	size_t n_syms;
	struct kut_import *imports;
	size_t n_imports, n_stubs; /* the stubs come first */
	struct kut_initcall *initcalls;
	size_t n_initcalls;
	struct kut_bug_range *bugs;
	size_t n_bugs;
	bool bug_file_from_entry;
	uint64_t ex_table, n_ex;
	struct kut_percpu percpu;
	struct jit_code_entry *jit;
};

/* Set *why (if why is not NULL) and return `error`, a negative errno. */
int kut_image_fail(char **why, int error, const char *format, ...)
	__attribute__((format(printf, 3, 4)));
int kut_nomem(char **why);

static inline uint64_t kut_align(uint64_t value, uint64_t align)
{
	return (value + align - 1) & ~(align - 1);
}

/* object.c */
int kut_object_open(struct kut_object **out, const char *path, char **why);
void kut_object_unmap(struct kut_object *object);
void kut_object_free(struct kut_object *object);

/* check.c: symbols and relocations of an object whose sections are known */
int kut_check_symbols(const struct kut_object *object, size_t strtab_size, char **why);
int kut_check_relocations(struct kut_object *object, char **why);

/* classes.c */
enum kut_class kut_section_class(const char *name, uint32_t type, uint64_t flags);
/* The output section's name, in buf; at most size - 1 characters count. */
void kut_section_out_name(const char *name, enum kut_class class, char *buf, size_t size);
/* Place of an output section within its class: lower first, equal ones as they come. */
unsigned int kut_section_rank(const char *name, enum kut_class class);
/* Level of ".initcall<level>.init", NULL for other sections and unknown levels. */
const char *kut_section_initcall_level(const char *name);

/* globals.c */
int kut_globals_resolve(struct kut_image *image, char **why);
int kut_globals_finish(struct kut_image *image, char **why);
struct kut_global *kut_globals_find(const struct kut_image *image, const char *name);

/* layout.c */
int kut_layout_place(struct kut_image *image, char **why);
const struct kut_out *kut_layout_find(const struct kut_image *image, const char *name);

/* memory.c */
int kut_image_map(struct kut_image *image, char **why);
int kut_memory_protect(struct kut_image *image, char **why);
void kut_image_unmap(struct kut_image *image);

/* bounds.c */
size_t kut_bounds_count(void);
const char *kut_bounds_name(size_t i);
void kut_bounds_define(struct kut_image *image);

/* stubs.c */
int kut_stubs_collect(struct kut_image *image, char **why);
void kut_stubs_write(struct kut_image *image);

/* relocate.c */
int kut_relocate_all(struct kut_image *image, char **why);

/* symtab.c */
int kut_symtab_build(struct kut_image *image, char **why);
/* The nearest symbol at or before `addr` in the same section, NULL if there is none. */
const struct kut_sym *kut_symtab_at(const struct kut_image *image, uint64_t addr);
int kut_name_add(struct kut_image *image, const char *name, uint32_t *offset, char **why);

/* tables.c */
int kut_tables_build(struct kut_image *image, char **why);

/* jit.c */
int kut_jit_register(struct kut_image *image, char **why);
void kut_jit_unregister(struct kut_image *image);

#endif
