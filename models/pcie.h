/* SPDX-License-Identifier: MIT */
/*
 * PCI Express: a root complex with its integrated endpoints on bus 0.
 *
 * Concepts. A struct mdl_pcie is the host bridge: an ECAM region (PCIe 7.2.2),
 * one window of memory space, whose PCI addresses are its CPU addresses, and up
 * to 32 devices of 8 functions, each a struct mdl_pcie_fn with 4 KiB of
 * configuration space: a type 0 header, and the capabilities that its
 * description asks for. A function's registers answer in the window while its
 * Command register says Memory Space Enable; what it sends upstream, DMA and
 * messages, it may send while it says Bus Master Enable. INTx is not there.
 *
 * Functions are added before the simulation runs. What drivers write, they read
 * back as the field's kind says; latencies are ps.
 */
#ifndef MODELS_PCIE_H
#define MODELS_PCIE_H

#include <stdbool.h>
#include <stdint.h>

#include "models/fault.h"
#include "models/mmio.h"

struct mdl_pcie;
struct mdl_pcie_fn;

#define MDL_PCIE_ECAM_SIZE 0x100000 /* of bus 0 */

struct mdl_pcie_ops {
	/*
	 * A function sends a message: a 32-bit memory write from requester `rid`, to
	 * be translated as any other write of it. Whether it arrives, it never learns.
	 */
	void (*msi)(void *ctx, uint16_t rid, uint64_t addr, uint32_t data);
	mdl_fault_fn fault; /* pcie.cfg; optional */
};

struct mdl_pcie_config {
	uint64_t mem_base, mem_size; /* the window of memory space */
	uint64_t cfg_latency;	     /* of an access to configuration space */
	uint64_t mem_latency; /* of the way to a BAR and back; the function's own comes on top */
};

/* NULL with errno: EINVAL (no window, or beyond 2^64), ENOMEM. */
struct mdl_pcie *mdl_pcie_new(const struct mdl_pcie_config *config, const struct mdl_pcie_ops *ops,
			      void *ctx);
/* With all its functions. NULL is allowed. */
void mdl_pcie_free(struct mdl_pcie *pcie);

/* For mdl_bus_add() with a struct mdl_pcie as ctx: MDL_PCIE_ECAM_SIZE and mem_size bytes. */
extern const struct mdl_mmio_ops mdl_pcie_ecam_mmio;
extern const struct mdl_mmio_ops mdl_pcie_mem_mmio;

struct mdl_pcie_bar {
	uint64_t size; /* a power of two, at least 16; 0: not there */
	bool is64;     /* takes this BAR and the next */
	bool prefetchable;
	const struct mdl_mmio_ops *ops; /* offset counts from the BAR's start */
	void *ctx;
};

struct mdl_pcie_desc {
	uint16_t vendor, device, subsystem_vendor, subsystem;
	uint32_t class_code; /* 24 bits */
	uint8_t revision;
	struct mdl_pcie_bar bar[6];
	unsigned int msi_vectors;  /* 0: no MSI; 1, 2, 4, 8, 16 or 32; 64-bit, maskable */
	unsigned int msix_vectors; /* 0: no MSI-X; up to 128 */
	unsigned int msix_bar;	   /* a BAR of at least 4096 bytes that serves for nothing else */
	bool ats;
	unsigned int pasid_width; /* 0: no PASID; 1..20 */
	bool pasid_exec, pasid_priv;
	void (*reset)(
		void *ctx); /* a function level reset, after configuration space's; optional */
	void *ctx;
};

/*
 * Add function `fn` (0..7) of device `slot` (0..31). NULL with errno: EINVAL (a
 * rule above is broken, or not all BARs fit), EEXIST, ENOMEM. A device needs its
 * function 0 to be found by software.
 */
struct mdl_pcie_fn *mdl_pcie_add(struct mdl_pcie *pcie, unsigned int slot, unsigned int fn,
				 const struct mdl_pcie_desc *desc);

/* Requester ID: slot << 3 | function, on bus 0. */
uint16_t mdl_pcie_rid(const struct mdl_pcie_fn *fn);

bool mdl_pcie_bus_master(const struct mdl_pcie_fn *fn);
bool mdl_pcie_ats_enabled(const struct mdl_pcie_fn *fn);
bool mdl_pcie_pasid_enabled(const struct mdl_pcie_fn *fn);

/* The attributes that a request carries only in a PASID prefix (PCIe 6.20.2). */
struct mdl_pcie_prefix {
	bool has_pasid, privileged, execute;
};

/*
 * The function wants to make a memory request. -EACCES: it ends as an
 * Unsupported Request (Bus Master Enable is off, or it has a PASID without PASID
 * Enable) and Status says Received Master Abort. 0: go ahead; *prefix then holds
 * what may go with it: nothing of it without a PASID, and what is enabled.
 */
int mdl_pcie_request(struct mdl_pcie_fn *fn, struct mdl_pcie_prefix *prefix);

enum mdl_pcie_msi_result {
	MDL_PCIE_MSI_SENT,
	MDL_PCIE_MSI_PENDING, /* masked: goes out when it is unmasked */
	MDL_PCIE_MSI_OFF,     /* no messages enabled, no such vector, or no Bus Master Enable */
};

/*
 * Send message `vector`, by MSI-X if that is enabled, by MSI otherwise (with
 * fewer messages allocated than the function has, the number wraps).
 */
enum mdl_pcie_msi_result mdl_pcie_msi(struct mdl_pcie_fn *fn, unsigned int vector);

/*
 * Configuration space as the root complex sees it: offset below 4096, size 1, 2
 * or 4, naturally aligned. No fault point, no latency.
 */
uint32_t mdl_pcie_cfg_read(const struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size);
void mdl_pcie_cfg_write(struct mdl_pcie_fn *fn, unsigned int offset, unsigned int size,
			uint32_t value);

#endif
