/* SPDX-License-Identifier: MIT */
/*
 * Caches and the data fabric's write buffers (config.caches), as far as encryption makes
 * software see them. Lines of 64 bytes hold plaintext and are known by address and view
 * (encrypt.h): accesses in one view are coherent with each other, whoever makes them, and
 * those in another view of the same address are not.
 *
 *	core --> cache line --WBINVD, CLFLUSH, eviction--> fabric --DF_FLUSH, overflow--> DRAM
 *
 * A line belongs to the core that used it last. Plaintext is encrypted on its way into
 * DRAM, by the key that the ASID has then. The fabric keeps the order of writes to one
 * address, and a core's access to an address drains what the fabric has of it in another
 * view; the firmware's and devices' reads do not, and find DRAM as it is.
 */
#ifndef PSP_CACHE_H
#define PSP_CACHE_H

#include "psp/internal.h"

enum { PSP_LINE = 64, PSP_FABRIC_LINES = 32 };

struct psp_cache;

struct psp_cache *psp_cache_new(unsigned int lines);
void psp_cache_free(struct psp_cache *cache);
void psp_cache_reset(struct psp_cache *cache); /* what is not in DRAM is lost */

/* By a core. False: not RAM; a part may then have been transferred. */
bool psp_cache_read(struct psp *psp, unsigned int core, int view, uint64_t pa, void *buf,
		    size_t len);
bool psp_cache_write(struct psp *psp, unsigned int core, int view, uint64_t pa, const void *buf,
		     size_t len);
/* By the firmware or a device: no line is filled. */
bool psp_cache_read_past(struct psp *psp, int view, uint64_t pa, void *buf, size_t len);
bool psp_cache_write_past(struct psp *psp, int view, uint64_t pa, const void *buf, size_t len);

void psp_cache_wbinvd(struct psp *psp, unsigned int core);
void psp_cache_clflush(struct psp *psp, int view, uint64_t pa, size_t len);
void psp_cache_drain(struct psp *psp); /* DF_FLUSH */

#endif
