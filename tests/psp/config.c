/* SPDX-License-Identifier: MIT */
/* Configurations that contradict themselves, fault points by name, resets. */
#include <check.h>
#include <errno.h>
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

static const struct psp_ops no_world;

/* -EINVAL, and a reason that names the field. */
static void refused(const struct psp_config *config, const char *field)
{
	struct psp *psp = NULL;
	const char *why = NULL;

	ck_assert_int_eq(psp_new(&psp, config, &no_world, NULL, &why), -EINVAL);
	ck_assert_ptr_nonnull(why);
	ck_assert_msg(strstr(why, field), "'%s' does not name %s", why, field);
	ck_assert_int_eq(psp_new(&psp, config, &no_world, NULL, NULL), -EINVAL);
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

START_TEST(the_default_is_a_machine)
{
	struct psp_config config;
	struct psp *psp;

	psp_config_default(&config);
	ck_assert_int_eq(psp_new(&psp, &config, &no_world, NULL, NULL), 0);
	psp_free(psp);
	psp_free(NULL);
}
END_TEST

START_TEST(fault_points_are_named)
{
	static const char *const expected[] = {
		"psp.dead",
		"psp.timeout",
		"psp.spurious-irq",
		"psp.busy",
		"psp.inaccessible",
		"psp.nv-corrupt",
		"psp.firmware-downgrade",
		"psp.rmp-violation",
		"psp.status.INIT",
		"psp.status.SNP_GUEST_REQUEST",
	};
	unsigned int found = 0;

	for (const char *const *name = psp_fault_names; *name; name++) {
		ck_assert_ptr_nonnull(psp_fault_help(*name));
		for (size_t i = 0; i < sizeof(expected) / sizeof(expected[0]); i++)
			found += !strcmp(*name, expected[i]);
	}
	ck_assert_uint_eq(found, sizeof(expected) / sizeof(expected[0]));
	ck_assert_ptr_null(psp_fault_help("psp.none"));
	ck_assert_ptr_null(psp_fault_help("psp.status.NONE"));
}
END_TEST

/* By command and occurrence: the second DF_FLUSH alone, HWERROR_PLATFORM unless another is set. */
START_TEST(a_status_is_injected)
{
	struct rig rig;

	rig_new(&rig, NULL);
	rig_init(&rig);
	rig_fault(&rig, "psp.status.DF_FLUSH", 2, 2);
	expect_ok(psp_command(rig.psp, PSP_CMD_DF_FLUSH, 0, NULL));
	expect_status(psp_command(rig.psp, PSP_CMD_DF_FLUSH, 0, NULL), PSP_HWERROR_PLATFORM);
	expect_ok(psp_command(rig.psp, PSP_CMD_DF_FLUSH, 0, NULL));
	ck_assert_int_eq(psp_inject_status(rig.psp, PSP_CMD_SHUTDOWN, PSP_RESOURCE_LIMIT), 0);
	ck_assert_int_eq(psp_inject_status(rig.psp, 0x7ff, 1), -EINVAL);
	rig_fault(&rig, "psp.status.SHUTDOWN", 1, 1);
	expect_status(psp_command(rig.psp, PSP_CMD_SHUTDOWN, 0, NULL), PSP_RESOURCE_LIMIT);
	expect_ok(psp_command(rig.psp, PSP_CMD_DF_FLUSH, 0, NULL)); /* it did not run */
	rig_free(&rig);
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
	SUITE_CASE(the_default_is_a_machine);
	SUITE_CASE(fault_points_are_named);
	SUITE_CASE(a_status_is_injected);
	SUITE_CASE(a_power_cycle_forgets_all_but_storage);
	SUITE_CASE(last_asid_has_pages);
}
