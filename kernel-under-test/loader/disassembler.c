/* SPDX-License-Identifier: MIT */
#include "kernel-under-test/loader/disassembler.h"

#include <dlfcn.h>
#include <stdio.h>
#include <string.h>

/* POSIX lets a data pointer from dlsym() be used as a function pointer, C does not. */
static bool resolve(void *library, const char *name, void *function)
{
	void *symbol = dlsym(library, name);

	memcpy(function, &symbol, sizeof(symbol));
	return symbol != NULL;
}

bool kut_disassembler_load(struct kut_disassembler *d)
{
	char name[32];

	snprintf(name, sizeof(name), "libcapstone.so.%d", CS_API_MAJOR);
	d->library = dlopen(name, RTLD_NOW | RTLD_LOCAL);
	if (d->library == NULL)
		return false;
	if (resolve(d->library, "cs_open", &d->open) &&
	    resolve(d->library, "cs_close", &d->close) &&
	    resolve(d->library, "cs_malloc", &d->alloc) &&
	    resolve(d->library, "cs_free", &d->free) &&
	    resolve(d->library, "cs_disasm_iter", &d->next))
		return true;
	kut_disassembler_unload(d);
	return false;
}

void kut_disassembler_unload(struct kut_disassembler *d)
{
	dlclose(d->library);
	d->library = NULL;
}
