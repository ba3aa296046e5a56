/* SPDX-License-Identifier: MIT */
/*
 * PCI Express: a root complex, its ports, and the functions behind them.
 *
 * Concepts. A struct mdl_pcie is the host bridge: an ECAM region (PCIe 7.2.2), and
 * one or two windows of memory space, whose PCI addresses are their CPU addresses.
 * On bus 0, and behind each port, are up to 32 devices of 8 functions, each a
 * struct mdl_pcie_fn with 4 KiB of configuration space and the capabilities that
 * its description asks for. A port (a type 1 header) has the buses that software
 * gives it, and passes on what its windows hold. A function's registers answer
 * while its Command register and those of all ports above say Memory Space
 * Enable; what it sends upstream, DMA and messages, it may send while they say Bus
 * Master Enable. INTx, I/O space and error messages are not there.
 *
 * A physical function with SR-IOV has virtual functions (chapter 9); those are
 * there while it enables them, with Requester IDs that follow from its own.
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

#define MDL_PCIE_ECAM_SIZE 0x100000 /* of one bus */

struct mdl_pcie_ops {
	/*
	 * A function sends a message: a 32-bit memory write from requester `rid`, to
	 * be translated as any other write of it. Whether it arrives, it never learns.
	 */
	void (*msi)(void *ctx, uint16_t rid, uint64_t addr, uint32_t data);
	mdl_fault_fn fault; /* pcie.cfg; optional */
};

struct mdl_pcie_config {
	uint64_t mem_base, mem_size;	 /* the window of memory space */
	uint64_t mem64_base, mem64_size; /* another; size 0: there is none */
	unsigned int buses;		 /* 1..256; 0: 1 */
	uint64_t cfg_latency;		 /* of an access to configuration space */
	uint64_t mem_latency; /* of the way to a BAR and back; the function's own comes on top */
};

/* NULL with errno: EINVAL (no window, or beyond 2^64; more than 256 buses), ENOMEM. */
struct mdl_pcie *mdl_pcie_new(const struct mdl_pcie_config *config, const struct mdl_pcie_ops *ops,
			      void *ctx);
/* With all its functions. NULL is allowed. */
void mdl_pcie_free(struct mdl_pcie *pcie);

/*
 * For mdl_bus_add() with a struct mdl_pcie as ctx: MDL_PCIE_ECAM_SIZE bytes for each bus;
 * mem_size and mem64_size bytes.
 */
extern const struct mdl_mmio_ops mdl_pcie_ecam_mmio;
extern const struct mdl_mmio_ops mdl_pcie_mem_mmio;
extern const struct mdl_mmio_ops mdl_pcie_mem64_mmio;

struct mdl_pcie_bar {
	uint64_t size; /* a power of two, at least 16; 0: not there */
	bool is64;     /* takes this BAR and the next */
	bool prefetchable;
	const struct mdl_mmio_ops *ops; /* offset counts from the BAR's start */
	void *ctx;
};

/* SR-IOV (9.3.3). Virtual function n has the Requester ID of its PF + offset + n * stride. */
struct mdl_pcie_sriov {
	unsigned int total; /* 0: none; up to 256 */
	uint16_t offset, stride;
	uint16_t device;	    /* Device ID of the VFs */
	struct mdl_pcie_bar bar[6]; /* of each VF, of at least 4096 bytes; ops and ctx unused */
};

/* ACS capability bits (7.7.11.2): V, B, R, C, U and T; not Egress Control. */
#define MDL_PCIE_ACS_MASK 0x5f

struct mdl_pcie_desc {
	uint16_t vendor, device, subsystem_vendor, subsystem;
	uint32_t class_code; /* 24 bits */
	uint8_t revision;
	struct mdl_pcie_bar bar[6];
	unsigned int msi_vectors;  /* 0: no MSI; 1, 2, 4, 8, 16 or 32; 64-bit, maskable */
	unsigned int msix_vectors; /* 0: no MSI-X; up to 2048 */
	/*
	 * Where its table begins: MDL_PCIE_MSIX_SIZE(vectors) bytes of that BAR from there
	 * on are the table and the pending bits; the offset is a multiple of 4096. The rest
	 * of the BAR is the function's, if it has ops.
	 */
	unsigned int msix_bar;
	uint32_t msix_offset;
	bool pm; /* power management: D0 and D3hot (7.5.2) */
	bool ats;
	unsigned int pasid_width; /* 0: no PASID; 1..20 */
	bool pasid_exec, pasid_priv;
	unsigned int pri; /* 0: no PRI; its Outstanding Page Request Capacity, up to 512 */
	uint16_t acs;	  /* 0: no ACS */
	struct mdl_pcie_sriov sriov;
	/* The function is reset: configuration space already is. Optional. */
	void (*reset)(void *ctx);
	void *ctx;
};

/* The pending bits are at the next multiple of 2048 behind the table. */
#define MDL_PCIE_MSIX_SIZE(vectors) ((((vectors)*16u + 2047) / 2048 + 1) * 2048)

/*
 * Add function `fn` (0..7) of device `slot` (0..31). NULL with errno: EINVAL (a
 * rule above is broken, or not all BARs fit), EEXIST, ENOMEM. A device needs its
 * function 0 to be found by software.
 */
struct mdl_pcie_fn *mdl_pcie_add(struct mdl_pcie *pcie, unsigned int slot, unsigned int fn,
				 const struct mdl_pcie_desc *desc);

/* The same on the bus behind `port`; behind a root or downstream port is slot 0 alone. */
struct mdl_pcie_fn *mdl_pcie_add_below(struct mdl_pcie_fn *port, unsigned int slot, unsigned int fn,
				       const struct mdl_pcie_desc *desc);

struct mdl_pcie_port_desc {
	uint16_t vendor, device;
	uint16_t acs; /* 0: no ACS; not of an upstream port */
};

/*
 * Add a port: on bus 0 (port NULL) a root port; behind a root or downstream port the
 * upstream port of a switch; behind that, a downstream port. Errors as above.
 */
struct mdl_pcie_fn *mdl_pcie_add_port(struct mdl_pcie *pcie, struct mdl_pcie_fn *port,
				      unsigned int slot, unsigned int fn,
				      const struct mdl_pcie_port_desc *desc);

/*
 * Add virtual function n (from 0) of `pf`, in order. Of its description count the BARs
 * (as the PF's says), messages, ATS, ACS and reset; IDs, PASID and PRI are the
 * PF's. NULL with errno as above; EINVAL if n is not the next, or 16 bits do not hold
 * its Requester ID.
 */
struct mdl_pcie_fn *mdl_pcie_add_vf(struct mdl_pcie_fn *pf, unsigned int n,
				    const struct mdl_pcie_desc *desc);

/*
 * Requester ID: bus << 8 | slot << 3 | function. The bus is what software has given the
 * port above; while it has given none, or while a virtual function is not enabled,
 * mdl_pcie_present() is false and the ID means nothing.
 */
uint16_t mdl_pcie_rid(const struct mdl_pcie_fn *fn);
bool mdl_pcie_present(const struct mdl_pcie_fn *fn);

bool mdl_pcie_bus_master(const struct mdl_pcie_fn *fn);
bool mdl_pcie_ats_enabled(const struct mdl_pcie_fn *fn);
bool mdl_pcie_pasid_enabled(const struct mdl_pcie_fn *fn);

/* The attributes that a request carries only in a PASID prefix (PCIe 6.20.2). */
struct mdl_pcie_prefix {
	bool has_pasid, privileged, execute;
};

/*
 * The function wants to make a memory request. -EACCES: it ends as an
 * Unsupported Request (Bus Master Enable is off here or at a port above, it is in
 * D3hot, or it has a PASID without PASID Enable) and Status says Received Master
 * Abort. 0: go ahead; *prefix then holds
 * what may go with it: nothing of it without a PASID, and what is enabled.
 */
int mdl_pcie_request(struct mdl_pcie_fn *fn, struct mdl_pcie_prefix *prefix);

enum mdl_pcie_msi_result {
	MDL_PCIE_MSI_SENT,
	MDL_PCIE_MSI_PENDING, /* masked: goes out when it is unmasked */
	MDL_PCIE_MSI_OFF,     /* no messages enabled, no such vector, or no Bus Master Enable */
};

/*
 * Page requests (PRI, 10.4). Those of a virtual function go by the PF's capability.
 *
 * mdl_pcie_page_request(): the function sends one of group `index` (below 512). 0: it may,
 * and one more is outstanding. -EACCES: PRI is not enabled, or it may make no requests
 * (see mdl_pcie_request()); -EBUSY: as many are outstanding as software has allocated;
 * -EINVAL: no such group.
 *
 * mdl_pcie_prg_response(): a PRG response has come. True: requests of this group were
 * outstanding and are no longer. False: none were, and Status says Unexpected Page
 * Request Group Index. A response with code 15 (Response Failure) turns PRI off, what
 * is outstanding is dropped, and Status says Response Failure and Stopped. A function
 * with PASID says PRG Response PASID Required.
 */
int mdl_pcie_page_request(struct mdl_pcie_fn *fn, unsigned int index);
bool mdl_pcie_prg_response(struct mdl_pcie_fn *fn, unsigned int index, unsigned int code);
bool mdl_pcie_pri_enabled(const struct mdl_pcie_fn *fn);

struct mdl_pcie_stats {
	uint64_t requests_refused; /* with -EACCES */
	uint64_t messages_refused; /* MDL_PCIE_MSI_OFF */
};
void mdl_pcie_get_stats(const struct mdl_pcie *pcie, struct mdl_pcie_stats *stats);

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
