/* SPDX-License-Identifier: MIT */
#include "tests/fuzz/machine.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/hash.h"
#include "tests/fuzz/ledger.h"

/* Longer than any command may take, unless it is to be late: 100 s, what drivers wait. */
#define LATE (100ull * 1000 * 1000 * 1000 * 1000)

noreturn void machine_fail(struct machine *m, const char *format, ...)
{
	char text[400];
	va_list args;

	va_start(args, format);
	vsnprintf(text, sizeof(text), format, args);
	va_end(args);
	m->fail(text);
	abort();
}

static bool is_ram(uint64_t pa, size_t len)
{
	return pa <= MACHINE_RAM && len <= MACHINE_RAM - pa;
}

static int ram_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	struct machine *m = ctx;

	if (!is_ram(pa, len))
		return -EFAULT;
	memcpy(buf, m->ram + pa, len);
	return 0;
}

static int ram_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	struct machine *m = ctx;

	if (!is_ram(pa, len))
		return -EFAULT;
	memcpy(m->ram + pa, buf, len);
	return 0;
}

static void *ram_pointer(void *ctx, uint64_t pa, size_t len)
{
	struct machine *m = ctx;

	return is_ram(pa, len) ? m->ram + pa : NULL;
}

static void on_kick(void *ctx)
{
	(void)ctx;
}

static bool on_fault(void *ctx, const char *name)
{
	struct machine *m = ctx;

	if (!m->fault || !m->fault_left || strcmp(m->fault, name) != 0)
		return false;
	m->fault_left--;
	return true;
}

static void on_trace(void *ctx, const struct psp_trace *record)
{
	struct machine *m = ctx;

	machine_hash_record(m->hash, record);
	ledger_trace(m->ledger, record);
}

/* One machine's RAM serves the next: to clear it is cheaper than to have it anew. */
static uint8_t *spare;

static uint8_t *new_ram(void)
{
	uint8_t *ram = spare ? spare : malloc(MACHINE_RAM);

	spare = NULL;
	return memset(ram, 0, MACHINE_RAM);
}

static void free_ram(uint8_t *ram)
{
	free(spare);
	spare = ram;
}

static bool start(struct machine *m, bool in_place)
{
	struct psp_ops ops = {
		.read = ram_read,
		.write = ram_write,
		.ram = in_place ? ram_pointer : NULL,
		.kick = on_kick,
		.fault = on_fault,
		.trace = on_trace,
	};
	const char *why = NULL;

	if (psp_new(&m->psp, &m->config, &ops, m, &why)) {
		if (!why)
			machine_fail(m, "psp_new failed and does not say why");
		return false;
	}
	m->ram = new_ram();
	m->hash = machine_hash_new();
	m->ledger = ledger_new(m);
	return true;
}

static void default_config(struct machine *m, void (*fail)(const char *text))
{
	*m = (struct machine){.fail = fail};
	psp_config_default(&m->config);
	m->config.cpus = MACHINE_CPUS;
	m->config.max_asid = MACHINE_MAX_ASID;
	m->config.min_sev_asid = MACHINE_SEV_ASID;
	m->config.max_guests = 4;
	m->config.memory_end = MACHINE_RAM;
}

bool machine_new(struct machine *m, struct input *in, void (*fail)(const char *text))
{
	static const enum psp_generation generations[] = {PSP_V2, PSP_V1, PSP_V4, PSP_V6};
	static const enum psp_product products[] = {PSP_MILAN, PSP_GENOA, PSP_TURIN, PSP_ROME,
						    PSP_NAPLES};
	static const uint8_t minors[] = {55, 55, 55, 55, 54, 53, 52, 51};
	unsigned int flags = input_byte(in), chip = input_byte(in);

	default_config(m, fail);
	m->config.caches = flags & 1 ? 64 : 0;
	m->config.tsme = flags & 4;
	m->config.fused = !(flags & 8);
	m->config.smt = !(flags & 16);
	m->config.api_minor = minors[flags >> 5];
	m->config.generation = generations[chip & 3];
	m->config.product = products[(chip >> 2) % 5];
	m->config.tee = m->config.generation >= PSP_V4;
	m->config.snp = m->config.product >= PSP_MILAN;
	return start(m, !(flags & 2));
}

void machine_new_default(struct machine *m, void (*fail)(const char *text))
{
	default_config(m, fail);
	if (!start(m, true))
		machine_fail(m, "the default machine is refused");
}

void machine_free(struct machine *m)
{
	psp_free(m->psp);
	ledger_free(m->ledger);
	machine_hash_free(m->hash);
	free_ram(m->ram);
}

void machine_digest(struct machine *m, uint8_t digest[32])
{
	machine_hash_end(m->hash, m->ram, MACHINE_RAM, digest);
}

bool machine_snp_on(const struct machine *m)
{
	struct psp_info info;

	psp_get_info(m->psp, &info);
	return info.snp_initialized;
}

int machine_command(struct machine *m, unsigned int id, uint64_t pa)
{
	uint64_t latency = 0;
	int status = psp_command(m->psp, id, pa, &latency);
	struct psp_info info;

	psp_get_info(m->psp, &info);
	if (status == -EBUSY)
		return status;
	if (status < 0 && (status != -ETIMEDOUT || !info.dead))
		machine_fail(m, "command %#x: %d", id, status);
	if (status >= 0 && !psp_status_name((unsigned int)status))
		machine_fail(m, "command %#x: status %#x has no name", id, (unsigned int)status);
	if (status >= 0 && (!latency || (latency > LATE && !m->fault)))
		machine_fail(m, "command %#x took %llu ps", id, (unsigned long long)latency);
	return status;
}

int machine_cmd(struct machine *m, unsigned int id, void *buf, size_t len)
{
	bool firmware;
	int status;

	if (!buf)
		return machine_command(m, id, 0);
	memcpy(m->ram + MACHINE_CMD, buf, len);
	firmware = machine_snp_on(m) && machine_to_firmware(m, MACHINE_CMD);
	status = machine_command(m, id, MACHINE_CMD);
	memcpy(buf, m->ram + MACHINE_CMD, len);
	if (firmware)
		machine_to_host(m, MACHINE_CMD);
	return status;
}

int machine_sure(struct machine *m, unsigned int id, void *buf, size_t len)
{
	int status = machine_cmd(m, id, buf, len);

	return status == PSP_RING_BUFFER_EXIT ? machine_cmd(m, id, buf, len) : status;
}

bool machine_to_firmware(struct machine *m, uint64_t pa)
{
	struct psp_rmp_entry state = {.assigned = true, .immutable = true};

	if (psp_page_state(m->psp, pa) != PSP_PAGE_HYPERVISOR)
		return false;
	return ledger_rmpupdate(m->ledger, 0, pa, &state) == PSP_RMP_OK;
}

void machine_settle(struct machine *m)
{
	uint64_t latency;

	psp_complete(m->psp);
	for (unsigned int i = 0; psp_step(m->psp, &latency); i++) {
		psp_complete(m->psp);
		if (i > 100)
			machine_fail(m, "there is always something to step");
	}
}

/* SNP_PAGE_RECLAIM; a ring of commands ends with the first. */
static int reclaim(struct machine *m, uint64_t pa_and_size)
{
	enum { BUFFER = MACHINE_CMD + MACHINE_PAGE };
	int status;

	fuzz_put(m->ram + BUFFER, pa_and_size, 8);
	status = machine_command(m, PSP_CMD_SNP_PAGE_RECLAIM, BUFFER);
	if (status == PSP_RING_BUFFER_EXIT)
		status = machine_command(m, PSP_CMD_SNP_PAGE_RECLAIM, BUFFER);
	return status;
}

/* The page of whatever size at pa, in whatever state. */
static void give_back(struct machine *m, uint64_t pa, bool large)
{
	struct psp_rmp_entry entry;
	enum psp_page_state state = psp_page_state(m->psp, pa);
	int status;

	psp_rmp_lookup(m->psp, pa, &entry);
	if (entry.immutable) {
		status = reclaim(m, pa | large);
		if (status)
			machine_fail(m, "%s page %#llx cannot be reclaimed: %s",
				     psp_page_state_name(state), (unsigned long long)pa,
				     status < 0 ? "-errno" : psp_status_name((unsigned int)status));
	}
	entry = (struct psp_rmp_entry){.page_2m = large};
	status = ledger_rmpupdate(m->ledger, 0, pa, &entry);
	if (status || psp_page_state(m->psp, pa) != PSP_PAGE_HYPERVISOR)
		machine_fail(m, "%s page %#llx does not go back to the host: %d",
			     psp_page_state_name(state), (unsigned long long)pa, status);
}

void machine_to_host(struct machine *m, uint64_t pa)
{
	enum psp_page_state state;
	struct psp_info info;

	machine_settle(m);
	state = psp_page_state(m->psp, pa);
	/* A late or missing answer leaves the page with a firmware that is not there any more. */
	psp_get_info(m->psp, &info);
	if (info.dead || !info.snp_initialized || m->fault || ledger_tmr(m->ledger, pa))
		return;
	if (state == PSP_PAGE_FIRMWARE || state == PSP_PAGE_RECLAIM)
		give_back(m, pa, false);
}

void machine_wbinvd(struct machine *m)
{
	for (unsigned int cpu = 0; cpu < MACHINE_CPUS; cpu++)
		psp_wbinvd(m->psp, cpu);
}

void machine_snp_enable(struct machine *m)
{
	for (unsigned int cpu = 0; cpu < MACHINE_CPUS; cpu++) {
		psp_wrmsr(m->psp, cpu, PSP_MSR_RMP_BASE, MACHINE_RMP);
		psp_wrmsr(m->psp, cpu, PSP_MSR_RMP_END, MACHINE_LARGE - 1);
	}
	for (unsigned int cpu = 0; cpu < MACHINE_CPUS; cpu++) {
		psp_wrmsr(m->psp, cpu, PSP_MSR_SYSCFG, PSP_SYSCFG_MFDM);
		psp_wrmsr(m->psp, cpu, PSP_MSR_SYSCFG,
			  PSP_SYSCFG_MFDM | PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN);
		psp_wrmsr(m->psp, cpu, PSP_MSR_VM_HSAVE_PA, 0);
	}
	machine_wbinvd(m);
}

static void all_pages_back(struct machine *m)
{
	struct psp_rmp_entry entry;
	bool large;

	for (uint64_t pa = 0; pa < MACHINE_RAM; pa += large ? MACHINE_2M : MACHINE_PAGE) {
		enum psp_page_state state = psp_page_state(m->psp, pa);

		psp_rmp_lookup(m->psp, pa, &entry);
		large = entry.assigned && entry.page_2m;
		if (state == PSP_PAGE_HYPERVISOR || state == PSP_PAGE_HV_FIXED ||
		    ledger_rmp_own(m->ledger, pa))
			continue;
		give_back(m, pa, large);
	}
}

/* The program may have had every page fixed for the hypervisor: then nobody can ask. */
static void expect_answer(struct machine *m)
{
	uint8_t status[0xc] = {0};
	struct psp_info info;
	int result;

	psp_get_info(m->psp, &info);
	if (info.snp_initialized && psp_page_state(m->psp, MACHINE_CMD) != PSP_PAGE_HYPERVISOR)
		return;
	result = machine_sure(m, PSP_CMD_PLATFORM_STATUS, status, sizeof(status));
	if (result || status[0] != info.api_major || status[2] != info.state)
		machine_fail(m, "PLATFORM_STATUS: %d, state %u", result, status[2]);
}

void machine_finish(struct machine *m)
{
	struct psp_info info;

	m->fault = NULL;
	machine_settle(m);
	psp_get_info(m->psp, &info);
	if (info.dead)
		return;
	ledger_end_guests(m->ledger);
	if (machine_sure(m, PSP_CMD_SHUTDOWN, NULL, 0))
		machine_fail(m, "SHUTDOWN is refused");
	if (info.snp_initialized)
		all_pages_back(m);
	expect_answer(m);
}
