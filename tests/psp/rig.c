/* SPDX-License-Identifier: MIT */
#include "tests/psp/rig.h"

#include <check.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

static int ram_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	struct rig *rig = ctx;

	if (pa > RIG_RAM || len > RIG_RAM - pa)
		return -EFAULT;
	memcpy(buf, rig->ram + pa, len);
	return 0;
}

static int ram_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	struct rig *rig = ctx;

	if (pa > RIG_RAM || len > RIG_RAM - pa)
		return -EFAULT;
	memcpy(rig->ram + pa, buf, len);
	return 0;
}

static void *ram_pointer(void *ctx, uint64_t pa, size_t len)
{
	struct rig *rig = ctx;

	return pa > RIG_RAM || len > RIG_RAM - pa ? NULL : rig->ram + pa;
}

static void on_irq(void *ctx)
{
	struct rig *rig = ctx;

	rig->irqs++;
}

static void on_kick(void *ctx)
{
	struct rig *rig = ctx;

	rig->kicks++;
}

static bool on_fault(void *ctx, const char *name)
{
	struct rig *rig = ctx;

	if (!rig->fault || strcmp(rig->fault, name) != 0)
		return false;
	rig->fault_seen++;
	return rig->fault_seen >= rig->fault_at && rig->fault_seen <= rig->fault_to;
}

static void on_hazard(void *ctx, const struct psp_hazard *hazard)
{
	struct rig *rig = ctx;

	rig->hazards++;
	rig->hazard = *hazard;
}

void rig_new(struct rig *rig, const struct psp_config *config)
{
	static const struct psp_ops ops = {
		.read = ram_read,
		.write = ram_write,
		.ram = ram_pointer,
		.irq = on_irq,
		.kick = on_kick,
		.fault = on_fault,
		.hazard = on_hazard,
	};
	const char *why = "";
	int ret;

	memset(rig, 0, sizeof(*rig));
	if (config)
		rig->config = *config;
	else
		psp_config_default(&rig->config);
	rig->config.memory_end = RIG_RAM;
	rig->ram = calloc(1, RIG_RAM);
	ck_assert_ptr_nonnull(rig->ram);
	ret = psp_new(&rig->psp, &rig->config, &ops, rig, &why);
	ck_assert_msg(ret == 0, "psp_new: %d %s", ret, why);
}

void rig_free(struct rig *rig)
{
	psp_free(rig->psp);
	free(rig->ram);
}

void rig_fault(struct rig *rig, const char *name, unsigned int first, unsigned int last)
{
	rig->fault = name;
	rig->fault_at = first;
	rig->fault_to = last;
	rig->fault_seen = 0;
}

static bool snp_on(const struct rig *rig)
{
	struct psp_info info;

	psp_get_info(rig->psp, &info);
	return info.snp_initialized;
}

int rig_cmd_raw(struct rig *rig, enum psp_cmd_id id, void *buf, size_t len)
{
	int status;

	if (!buf)
		return psp_command(rig->psp, id, 0, &rig->latency);
	memcpy(rig->ram + RIG_CMD, buf, len);
	status = psp_command(rig->psp, id, RIG_CMD, &rig->latency);
	memcpy(buf, rig->ram + RIG_CMD, len);
	return status;
}

int rig_cmd(struct rig *rig, enum psp_cmd_id id, void *buf, size_t len)
{
	int status;

	if (!buf || !snp_on(rig))
		return rig_cmd_raw(rig, id, buf, len);
	memcpy(rig->ram + RIG_CMD, buf, len);
	rig_to_firmware(rig, RIG_CMD, 1);
	status = psp_command(rig->psp, id, RIG_CMD, &rig->latency);
	memcpy(buf, rig->ram + RIG_CMD, len);
	if (snp_on(rig))
		rig_to_host(rig, RIG_CMD, 1);
	return status;
}

void rig_wbinvd(struct rig *rig)
{
	for (unsigned int cpu = 0; cpu < rig->config.cpus; cpu++)
		psp_wbinvd(rig->psp, cpu);
}

void rig_snp_enable(struct rig *rig)
{
	for (unsigned int cpu = 0; cpu < rig->config.cpus; cpu++) {
		ck_assert_int_eq(psp_wrmsr(rig->psp, cpu, PSP_MSR_RMP_BASE, RIG_RMP), 0);
		ck_assert_int_eq(psp_wrmsr(rig->psp, cpu, PSP_MSR_RMP_END, RIG_RAM - 1), 0);
	}
	for (unsigned int cpu = 0; cpu < rig->config.cpus; cpu++) {
		ck_assert_int_eq(psp_wrmsr(rig->psp, cpu, PSP_MSR_SYSCFG, PSP_SYSCFG_MFDM), 0);
		ck_assert_int_eq(
			psp_wrmsr(rig->psp, cpu, PSP_MSR_SYSCFG,
				  PSP_SYSCFG_MFDM | PSP_SYSCFG_SNP_EN | PSP_SYSCFG_VMPL_EN),
			0);
		ck_assert_int_eq(psp_wrmsr(rig->psp, cpu, PSP_MSR_VM_HSAVE_PA, 0), 0);
	}
	rig_wbinvd(rig);
}

static void rmpupdate(struct rig *rig, uint64_t pa, bool firmware)
{
	struct psp_rmp_entry state = {.assigned = firmware, .immutable = firmware};

	ck_assert_int_eq(psp_rmpupdate(rig->psp, 0, pa, &state), PSP_RMP_OK);
}

void rig_to_firmware(struct rig *rig, uint64_t pa, unsigned int pages)
{
	for (unsigned int i = 0; i < pages; i++)
		rmpupdate(rig, pa + (uint64_t)i * RIG_PAGE, true);
}

void rig_to_host(struct rig *rig, uint64_t pa, unsigned int pages)
{
	for (unsigned int i = 0; i < pages; i++) {
		uint64_t page = pa + (uint64_t)i * RIG_PAGE;

		if (psp_page_state(rig->psp, page) != PSP_PAGE_RECLAIM) {
			put64(rig->ram + RIG_CMD + RIG_PAGE, page);
			expect_ok(psp_command(rig->psp, PSP_CMD_SNP_PAGE_RECLAIM,
					      RIG_CMD + RIG_PAGE, NULL));
		}
		rmpupdate(rig, page, false);
	}
}

void rig_init(struct rig *rig)
{
	uint8_t init[0x14] = {0};
	bool snp = snp_on(rig);

	put32(init, 1);
	put64(init + 8, RIG_TMR);
	put32(init + 0x10, snp ? 2 << 20 : 1 << 20);
	if (snp)
		rig_to_firmware(rig, RIG_TMR, 512);
	rig_wbinvd(rig);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_INIT, init, sizeof(init)));
	rig_wbinvd(rig);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_DF_FLUSH, NULL, 0));
}

void rig_snp_init(struct rig *rig)
{
	uint8_t init[0x40] = {1};

	rig_snp_enable(rig);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_INIT_EX, init, sizeof(init)));
	rig_wbinvd(rig);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_DF_FLUSH, NULL, 0));
}

void put16(void *p, uint16_t v)
{
	memcpy(p, &v, sizeof(v));
}

void put32(void *p, uint32_t v)
{
	memcpy(p, &v, sizeof(v));
}

void put64(void *p, uint64_t v)
{
	memcpy(p, &v, sizeof(v));
}

uint16_t get16(const void *p)
{
	uint16_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

uint32_t get32(const void *p)
{
	uint32_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}

uint64_t get64(const void *p)
{
	uint64_t v;

	memcpy(&v, p, sizeof(v));
	return v;
}
