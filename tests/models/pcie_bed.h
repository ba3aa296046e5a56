/* SPDX-License-Identifier: MIT */
/*
 * A root complex as software sees it: through ECAM and memory windows alone. The
 * decoder reads configuration space as lspci does, by the numbers of the PCI Express
 * base specification, and knows nothing of the model.
 */
#ifndef TESTS_MODELS_PCIE_BED_H
#define TESTS_MODELS_PCIE_BED_H

#include "models/pcie.h"

enum {
	BED_MEM = 0x10000000,
	BED_MEM_SIZE = 0x10000000,
	BED_BUSES = 8,
};

#define BED_MEM64      UINT64_C(0x8000000000)
#define BED_MEM64_SIZE UINT64_C(0x1000000000)
/* Bus, device and function as one number, as a Requester ID has them. */
#define BDF(bus, device, function) ((unsigned int)((bus) << 8 | (device) << 3 | (function)))

struct pcie_bed {
	struct mdl_pcie *pcie;
	unsigned int messages; /* that functions have sent, and the last of them */
	uint16_t rid;
	uint64_t addr;
	uint32_t data;
	unsigned int accesses; /* of BARs, and the last of them */
	const void *bar;
	uint64_t offset;
};

/* A BAR's ops; its ctx is any pointer, and what reads give is its first byte. */
extern const struct mdl_mmio_ops bed_bar_ops;

void pcie_bed_new(void);
void pcie_bed_free(void);
extern struct pcie_bed pcie_bed;

uint32_t cfg_rd(unsigned int bdf, unsigned int offset, unsigned int size);
void cfg_wr(unsigned int bdf, unsigned int offset, unsigned int size, uint32_t value);
/* 0 or -EFAULT, for addresses in either window. */
int mem_rd(uint64_t addr, unsigned int size, uint64_t *value);

/* Offset of a capability by walking the list, which must be well formed; 0: not there. */
unsigned int cap_at(unsigned int bdf, uint8_t id);
unsigned int ext_cap_at(unsigned int bdf, uint16_t id);

/* Size of a BAR register at `offset`, by writing ones; what it held is put back. */
uint64_t bar_size(unsigned int bdf, unsigned int offset);

/*
 * Number the buses behind `bus` depth first from `next` on, as a kernel does, and turn
 * on memory and mastering of every function found; the next bus number that is free.
 */
unsigned int number_buses(unsigned int bus, unsigned int next);

#endif
