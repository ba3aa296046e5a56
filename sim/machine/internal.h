/* SPDX-License-Identifier: MIT */
/* What the files of the machine share. */
#ifndef SIM_MACHINE_INTERNAL_H
#define SIM_MACHINE_INTERNAL_H

#include "firmware/acpi.h"
#include "models/intc.h"
#include "sim/evk.h"
#include "sim/machine/machine.h"

struct sim_machine {
	struct sim_machine_config config;
	void *dtb;			     /* our copy, with the scenario's wishes written in */
	struct fw_acpi acpi;		     /* the tables; empty with a devicetree */
	uint64_t dtb_pa, rsdp, firmware_end; /* where they are in RAM; dtb_pa or rsdp is 0 */
	struct mdl_ram *ram;
	struct mdl_bus *bus;
	struct mdl_intc *intc;
	struct smmu *smmu;
	struct sim_engine smmu_engine;
	uint32_t smmu_irq[4]; /* intc input of each enum smmu_line; UINT32_MAX: none */
	struct mdl_pcie *pcie;
	int pcie_node;			     /* of the devicetree; valid with `pcie` */
	unsigned int pcie_buses;	     /* that ports and virtual functions need */
	uint64_t pcie_window, pcie_window64; /* bytes of memory space; 0: none */
	struct sim_device **devices;
	size_t n_devices;
	uint64_t mmio_reads, mmio_writes;
	bool looking; /* at tables that nothing in the machine reads: no faults, no bus errors */
};

/* engine.c */
int sim_engine_start(struct sim_engine *engine, const char *name,
		     bool (*step)(void *model, uint64_t *latency), void *model);
void sim_engine_kick(struct sim_engine *engine);

/* dt.c: reading the devicetree. */
int sim_dt_error(char **why, const void *dtb, int node, const char *fmt, ...)
	__attribute__((format(printf, 4, 5)));
/* "0x1000 bytes at 0x8000000 overlap ram": what mdl_bus_add() has refused. */
int sim_dt_overlap(char **why, struct sim_machine *m, int node, uint64_t base, uint64_t size);
/*
 * Region number `index` of a node's reg with 2 address and 2 size cells; false: there
 * is none, or its parent has other #address-cells or #size-cells.
 */
bool sim_dt_reg(const void *dtb, int node, unsigned int index, uint64_t *base, uint64_t *size);
bool sim_dt_compatible(const void *dtb, int node, const char *compatible);
/* Cell number `index` of a property; `fallback` if it is absent or too short. */
uint32_t sim_dt_cell(const void *dtb, int node, const char *name, unsigned int index,
		     uint32_t fallback);
/* A property that is one text; NULL: absent, or not terminated. */
const char *sim_dt_text(const void *dtb, int node, const char *name);
/* Input of the interrupt called `name` (interrupt-names; NULL: the first); UINT32_MAX: none. */
uint32_t sim_dt_interrupt(const void *dtb, int node, const char *name);

/* pcie_node.c: StreamID of a requester, by iommu-map; UINT32_MAX: none. */
uint32_t sim_pcie_sid(struct sim_machine *m, uint16_t rid);
/* Its names, its StreamID and whether it is there, as software has it now. */
void sim_pcie_locate(struct sim_device *d);
int sim_pcie_build(struct sim_machine *m, int node, char **why);

/* page_request.c */
void sim_pri_response(struct sim_machine *m, const struct smmu_prg_response *response);

/* dtb_edit.c: a copy of the blob with the memory size and properties that were asked for. */
int sim_dtb_edit(void **out, const struct sim_machine_config *config, char **why);

/* acpi.c: the tables instead of the blob, at the start of RAM. */
int sim_acpi_place(struct sim_machine *m, char **why);

/* smmu_node.c */
int sim_smmu_build(struct sim_machine *m, int node, char **why);

/* devices.c */
int sim_devices_build(struct sim_machine *m, char **why);
void sim_devices_free(struct sim_machine *m);

/* record.c */
void sim_record(struct sim_machine *m, struct trc_record *record);
void sim_record_smmu(struct sim_machine *m, const struct smmu_trace *t);

#endif
