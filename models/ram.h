/* SPDX-License-Identifier: MIT */
/*
 * Simulated RAM.
 *
 * Concepts. A struct mdl_ram is the physical range [base, base + size), backed
 * by an anonymous file: file offset = physical address - base. The host commits
 * memory when a page is first touched, and what was never written reads as
 * zero. The model has a view of its own at some host address; others may map
 * the file, or single pages of it, wherever they like and see the same bytes.
 *
 * Addresses are physical byte addresses, lengths bytes. Words are little-endian.
 */
#ifndef MODELS_RAM_H
#define MODELS_RAM_H

#include <stddef.h>
#include <stdint.h>

#include "models/fault.h"

struct mdl_ram;

/*
 * base and size: multiples of 4096, size not 0, base + size at most 2^63.
 * NULL with errno: EINVAL, ENOMEM, or what the host said.
 */
struct mdl_ram *mdl_ram_new(uint64_t base, uint64_t size);

/* Ends the model's own view and those made by mdl_ram_map(). NULL is allowed. */
void mdl_ram_free(struct mdl_ram *ram);

/* Fault point ram.read. */
void mdl_ram_set_fault(struct mdl_ram *ram, mdl_fault_fn fault, void *ctx);

uint64_t mdl_ram_base(const struct mdl_ram *ram);
uint64_t mdl_ram_size(const struct mdl_ram *ram);

/* The file; it stays the model's, who closes it. */
int mdl_ram_fd(const struct mdl_ram *ram);

/*
 * Make the whole RAM appear at host address `at`, readable and writable; for a
 * linear map `at` is page_offset + base. Nothing that is mapped there already
 * is replaced. 0, -EEXIST: something is in the way; -EINVAL: not page-aligned;
 * -ENOMEM; -ENOSPC: more than 4 views.
 */
int mdl_ram_map(struct mdl_ram *ram, void *at);

/* 0, or -EFAULT: not wholly in RAM, nothing was transferred. */
int mdl_ram_read(struct mdl_ram *ram, uint64_t pa, void *buf, size_t len);
int mdl_ram_write(struct mdl_ram *ram, uint64_t pa, const void *buf, size_t len);

/*
 * Atomic compare and swap of the word at pa. 0: *old is what was there, and it
 * was replaced iff *old == expected. -EFAULT: outside; -EINVAL: pa not 8-aligned.
 */
int mdl_ram_cas64(struct mdl_ram *ram, uint64_t pa, uint64_t expected, uint64_t desired,
		  uint64_t *old);

/*
 * Host address of pa, in the model's own view, good for `len` bytes until
 * mdl_ram_free(); NULL: not wholly in RAM. Passes no fault point.
 */
void *mdl_ram_ptr(const struct mdl_ram *ram, uint64_t pa, uint64_t len);

#endif
