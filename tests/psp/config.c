/* SPDX-License-Identifier: MIT */
/* Configurations that contradict themselves, worlds that lack something, resets. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

static int nothing_to_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	(void)ctx, (void)pa, (void)buf, (void)len;
	return -EFAULT;
}

static int nothing_to_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	(void)ctx, (void)pa, (void)buf, (void)len;
	return -EFAULT;
}

static const struct psp_ops no_ram = {.read = nothing_to_read, .write = nothing_to_write};

/* -EINVAL, and a reason that names the field. */
static void refused(const struct psp_config *config, const char *field)
{
	struct psp *psp = NULL;
	const char *why = NULL;

	ck_assert_int_eq(psp_new(&psp, config, &no_ram, NULL, &why), -EINVAL);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, field), "'%s' does not name %s", why, field);
	ck_assert_int_eq(psp_new(&psp, config, &no_ram, NULL, NULL), -EINVAL);
}

#define REFUSED(field, value, text)                                                                \
	do {                                                                                       \
		struct psp_config c;                                                               \
                                                                                                   \
		psp_config_default(&c);                                                            \
		c.field = (value);                                                                 \
		refused(&c, text);                                                                 \
	} while (0)

START_TEST(contradictions_are_refused)
{
	REFUSED(generation, 3, "generation");
	REFUSED(product, 9, "product");
	REFUSED(cpus, 0, "cpus");
	REFUSED(cpus, PSP_MAX_CPUS + 1, "cpus");
	REFUSED(max_asid, 0, "max_asid");
	REFUSED(max_asid, 1024, "max_asid");
	REFUSED(min_sev_asid, 0, "min_sev_asid");
	REFUSED(min_sev_asid, 511, "min_sev_asid");
	REFUSED(max_guests, 0, "max_guests");
	REFUSED(max_guests, PSP_MAX_GUESTS + 1, "max_guests");
	REFUSED(tsc_khz, 0, "tsc_khz");
	REFUSED(c_bit, 31, "c_bit");
	REFUSED(c_bit, 52, "c_bit");
	REFUSED(memory_end, 0x1001, "memory_end");
	REFUSED(memory_end, 1ull << 52, "memory_end");
	REFUSED(tee, true, "TEE");
	REFUSED(product, PSP_ROME, "SNP");
	REFUSED(tcb.fmc, 1, "FMC");
}
END_TEST

/* All other functions are optional. */
START_TEST(a_world_without_memory_is_refused)
{
	const struct psp_ops no_read = {.write = nothing_to_write};
	const struct psp_ops no_write = {.read = nothing_to_read};
	struct psp_config config;
	struct psp *psp = NULL;
	const char *why = "";

	psp_config_default(&config);
	ck_assert_int_eq(psp_new(&psp, &config, &no_read, NULL, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why, "read"));
	ck_assert_int_eq(psp_new(&psp, &config, &no_write, NULL, &why), -EINVAL);
	ck_assert_ptr_nonnull(strstr(why, "write"));
}
END_TEST

START_TEST(the_default_is_a_machine)
{
	struct psp_config config;
	struct psp *psp;

	psp_config_default(&config);
	ck_assert_int_eq(psp_new(&psp, &config, &no_ram, NULL, NULL), 0);
	psp_free(psp);
	psp_free(NULL);
}
END_TEST

START_TEST(a_power_cycle_forgets_all_but_storage)
{
	struct psp_info before, after;
	struct rig rig;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	rig_init(&rig);
	psp_get_info(rig.psp, &before);
	ck_assert(before.snp_initialized);
	ck_assert_int_eq(before.state, PSP_INIT);
	psp_reset(rig.psp);
	psp_get_info(rig.psp, &after);
	ck_assert(!after.snp_initialized);
	ck_assert_int_eq(after.state, PSP_UNINIT);
	ck_assert_mem_eq(after.chip_id, before.chip_id, sizeof(before.chip_id));
	ck_assert_int_eq(psp_page_state(rig.psp, RIG_TMR), PSP_PAGE_HYPERVISOR);
	rig_init(&rig);
	rig_free(&rig);
}
END_TEST

/* The last ASID fits into an entry of the RMP: the guest that has it has its pages. */
START_TEST(last_asid_has_pages)
{
	struct psp_config config;
	struct psp_rmp_entry entry;
	struct snp_vm vm;
	struct rig rig;

	psp_config_default(&config);
	config.max_asid = 1023;
	config.min_sev_asid = 1024;
	rig_new(&rig, &config);
	rig_snp_init(&rig);
	snp_vm_run(&vm, &rig, 0, 1023, SNP_POLICY);
	psp_rmp_lookup(rig.psp, SNP_RAM, &entry);
	ck_assert_uint_eq(entry.asid, 1023);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(contradictions_are_refused);
	SUITE_CASE(a_world_without_memory_is_refused);
	SUITE_CASE(the_default_is_a_machine);
	SUITE_CASE(a_power_cycle_forgets_all_but_storage);
	SUITE_CASE(last_asid_has_pages);
}
