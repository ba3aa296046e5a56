/* SPDX-License-Identifier: MIT */
/*
 * capstone, loaded when it is first wanted: its tables of a megabyte hold
 * pointers, whose relocation would cost every run more than booting a kernel.
 */
#ifndef KUT_LOADER_DISASSEMBLER_H
#define KUT_LOADER_DISASSEMBLER_H

#include <stdbool.h>

#include <capstone/capstone.h>

struct kut_disassembler {
	void *library;
	cs_err (*open)(cs_arch arch, cs_mode mode, csh *handle);
	cs_err (*close)(csh *handle);
	cs_insn *(*alloc)(csh handle);
	void (*free)(cs_insn *insn, size_t count);
	bool (*next)(csh handle, const uint8_t **code, size_t *size, uint64_t *address,
		     cs_insn *insn);
};

/* False: the library of the version that we were built with is not there. */
bool kut_disassembler_load(struct kut_disassembler *d);
void kut_disassembler_unload(struct kut_disassembler *d);

#endif
