/* SPDX-License-Identifier: MIT */
/*
 * The machine: models wired together as a devicetree says, in simulated time.
 *
 * Concepts. A machine is built from one devicetree blob, the same that the
 * hosted kernel reads. Nodes are recognised by `compatible`: memory, the
 * interrupt controller and its MSI frame, one arm,smmu-v3, DMA test devices on
 * the platform bus or below a PCIe host. Properties "faultline,NAME" of the SMMU
 * node choose its features (docs/scenario-api.md lists them). If the firmware is
 * ACPI, tables made from the blob are in memory instead of it. Each model that
 * works by itself gets a thread of the event kernel, its engine, which turns the
 * model's latencies into time; evk must be open as long as the machine lives.
 *
 * Functions that fail return a negative errno and set *why to a malloc()ed text
 * that names the node or property.
 */
#ifndef SIM_MACHINE_H
#define SIM_MACHINE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "models/bus.h"
#include "models/dma.h"
#include "models/pcie_dma.h"
#include "models/ram.h"
#include "sim/stats.h"
#include "smmu/smmu.h"
#include "traces/trace.h"

struct sim_machine;

struct sim_machine_hooks {
	void *ctx;
	/* Everything that happens, in order. */
	void (*record)(void *ctx, const struct trc_record *record);
	/* An interrupt controller output. */
	void (*cpu_line)(void *ctx, unsigned int cpu, bool level);
	/* An access that no device answers: a finding. */
	void (*bus_error)(void *ctx, const char *text);
	/* Named fault points; may be NULL. */
	bool (*fault)(void *ctx, const char *name);
};

/* A property of the SMMU node, set before the machine is built ("ssidsize", 8). */
struct sim_machine_prop {
	const char *name;
	uint64_t value;
};

enum sim_firmware { SIM_DEVICETREE, SIM_ACPI };

struct sim_machine_config {
	const void *dtb; /* the blob, `dtb_size` bytes; copied */
	size_t dtb_size;
	unsigned int cpus;
	uint64_t ram_size;	    /* bytes; 0: as the devicetree says */
	enum sim_firmware firmware; /* what the kernel is told of the machine by */
	const struct sim_machine_prop *smmu_props;
	size_t n_smmu_props;
	struct sim_machine_hooks hooks;
};

int sim_machine_new(struct sim_machine **out, const struct sim_machine_config *config, char **why);
void sim_machine_free(struct sim_machine *machine);

struct mdl_ram *sim_machine_ram(const struct sim_machine *machine);
unsigned int sim_machine_cpus(const struct sim_machine *machine);
/* Physical addresses in RAM: of the devicetree blob or of ACPI's root pointer, the other 0. */
uint64_t sim_machine_dtb(const struct sim_machine *machine);
uint64_t sim_machine_rsdp(const struct sim_machine *machine);
/* Behind what belongs to either; it begins with RAM. */
uint64_t sim_machine_firmware_end(const struct sim_machine *machine);

/*
 * The bytes of an ACPI table in RAM, *len of them, by signature ("IORT", "RSDP");
 * NULL and *why if there is none. A write puts the checksum right, if it is not told
 * to keep the old one; it means something before a kernel has read the table.
 */
void *sim_machine_acpi(struct sim_machine *machine, const char *signature, size_t *len, char **why);
int sim_machine_acpi_write(struct sim_machine *machine, const char *signature, size_t offset,
			   const void *data, size_t len, bool keep_checksum, char **why);
/* Each table into a file of the folder, as iasl takes it: "iort.dat". */
int sim_machine_acpi_dump(struct sim_machine *machine, const char *dir, char **why);

/*
 * Register the machine's figures: "smmu.tlb.hits", "intc.taken", "dma0.bytes" ...
 * The registry must not be read after sim_machine_free(). 0 or -ENOMEM.
 */
int sim_machine_stats(struct sim_machine *machine, struct sim_stats *stats);

/* A CPU's register access; the trace hears of it. */
uint64_t sim_machine_mmio_read(struct sim_machine *machine, uint64_t pa, unsigned int size,
			       uint64_t *latency);
void sim_machine_mmio_write(struct sim_machine *machine, uint64_t pa, unsigned int size,
			    uint64_t value, uint64_t *latency);

/* As smmu_read_ste(); -ENODEV: the machine has no SMMU. */
int sim_machine_ste(const struct sim_machine *machine, uint32_t sid, uint64_t ste[8]);

/* One access of a device, as the SMMU answered it. */
struct sim_access {
	uint64_t addr, pa;
	uint32_t ssid;
	bool has_ssid, write;
	enum smmu_status status;
	uint8_t event;	   /* number of the event, recorded or suppressed; 0 none */
	bool stale;	   /* the tables in memory say otherwise than the caches did */
	bool fresh_fault;  /* the tables do not map it now */
	uint64_t fresh_pa; /* where they lead now; valid if !fresh_fault */
	uint64_t time;	   /* ps */
};

/* An engine: does a model's work piece by piece, in the model's time. */
struct sim_engine {
	struct evk_event *kicked, *stepped;
	bool busy; /* until `stepped` fires */
	bool (*step)(void *model, uint64_t *latency);
	void *model;
};

/* The answer to a group of page requests, as the device saw it. */
struct sim_prg_response {
	uint16_t index;
	uint8_t code;	 /* 0 Success, 1 Invalid Request, 15 Response Failure */
	bool automatic;	 /* the SMMU gave it by itself */
	bool unexpected; /* the device had no request of this group */
	bool has_ssid;
	uint32_t ssid;
	uint64_t time; /* ps */
};

/* A DMA test device as a scenario sees it. */
struct sim_device {
	char name[32]; /* its label in the devicetree */
	/*
	 * Behind a PCIe port these three follow the bus numbers that software gives, and
	 * mean nothing while `present` is false: it has given none yet, or the device is a
	 * virtual function that is not enabled.
	 */
	char kernel_name[64]; /* as the kernel names it: "a000000.dma", "0000:00:01.0" */
	uint32_t sid;
	bool translated; /* false: no SMMU in front of it */
	bool present;
	uint32_t irq; /* input of the interrupt controller; UINT32_MAX: none */
	struct mdl_dma *dma;
	struct mdl_pcie_dma *pcie; /* behind PCIe: owns dma */
	uint16_t rid;		   /* its Requester ID then */
	struct sim_engine engine;
	struct sim_machine *machine;
	struct sim_access last; /* the last access it made */
	uint64_t accesses, bytes, refused;
	/* The last panel descriptor: evk_stop() is called when `complete` becomes true. */
	bool complete, stalled;
	struct mdl_dma_result result;
	struct sim_access result_access;
	struct sim_prg_response *responses; /* to its page requests, in order */
	size_t n_responses;
};

size_t sim_machine_devices(struct sim_machine *machine, struct sim_device ***devices);
/* NULL: there is none of this name. */
struct sim_device *sim_machine_device(struct sim_machine *machine, const char *name);

/* Bring `present`, `sid` and `kernel_name` up to date. */
void sim_device_locate(struct sim_device *device);

/*
 * The device sends a page request (PRI) of a group. 0; -ENODEV: it is not behind PCIe and
 * an SMMU; else as mdl_pcie_page_request(). The answer, which may come at once, is one
 * of its `responses`.
 */
int sim_device_page_request(struct sim_device *device, const struct smmu_page_request *request);

/* Compile a devicetree source, or read a blob: by the file's name. Result is malloc()ed. */
int sim_dtb_load(const char *path, void **dtb, size_t *size, char **why);

#endif
