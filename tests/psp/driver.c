/* SPDX-License-Identifier: MIT */
/*
 * The registers as Linux' driver (ccp) uses them, in its order: the feature register and the
 * interrupt registers at probe, polled commands until the interrupt is there, then one
 * interrupt for each; a command that is not answered in time ends everything.
 */
#include <string.h>

#include "tests/psp/rig.h"
#include "tests/suite.h"

#define RESPONSE (1u << 31)
#define SECOND	 1000000000000ull /* ps */

enum { IMAGE = 0x40000, DRIVER_EBUSY = -16, DRIVER_ENODEV = -19, DRIVER_ETIMEDOUT = -110 };

/* The driver's own state, as far as it shows. */
struct driver {
	struct psp *psp;
	uint32_t cmdresp, lo, hi, feature, inten, intsts;
	bool dead, interrupts, answered;
	unsigned int spurious;
	uint64_t timeout;
};

static struct rig rig;
static struct driver driver;

static uint32_t at(const char *reg)
{
	int offset = psp_reg_offset(rig.psp, reg);

	ck_assert_int_gt(offset, 0);
	return (uint32_t)offset;
}

/* The handler: take the cause, give it back, and see whether it was the command. */
static void handle_interrupts(unsigned int before)
{
	for (unsigned int n = before; n < rig.irqs; n++) {
		uint32_t cause = psp_mmio_read(driver.psp, driver.intsts);

		psp_mmio_write(driver.psp, driver.intsts, cause);
		ck_assert_uint_eq(psp_mmio_read(driver.psp, driver.intsts), 0);
		if (!(cause & 2))
			continue;
		if (psp_mmio_read(driver.psp, driver.cmdresp) & RESPONSE)
			driver.answered = true;
		else
			driver.spurious++;
	}
}

/* The machine's part: time passes until the response, or the driver's patience is over. */
static void wait_for_it(void)
{
	unsigned int before = rig.irqs;
	uint64_t latency;

	ck_assert(psp_step(driver.psp, &latency));
	handle_interrupts(before);
	if (latency > driver.timeout)
		return;
	before = rig.irqs;
	psp_complete(driver.psp);
	handle_interrupts(before);
	if (!driver.interrupts)
		driver.answered = psp_mmio_read(driver.psp, driver.cmdresp) & RESPONSE;
}

/* The status, or the driver's errno. */
static int command(uint32_t id, void *buf, size_t len)
{
	if (driver.dead)
		return DRIVER_EBUSY;
	if (len)
		memcpy(rig.ram + RIG_CMD, buf, len);
	psp_mmio_write(driver.psp, driver.lo, len ? RIG_CMD : 0);
	psp_mmio_write(driver.psp, driver.hi, 0);
	driver.answered = false;
	psp_mmio_write(driver.psp, driver.cmdresp, id << 16 | driver.interrupts);
	wait_for_it();
	driver.timeout = 100 * SECOND;
	if (!driver.answered) {
		driver.dead = true;
		return DRIVER_ETIMEDOUT;
	}
	if (len)
		memcpy(buf, rig.ram + RIG_CMD, len);
	return (int)(psp_mmio_read(driver.psp, driver.cmdresp) & 0xffff);
}

static int probe(void)
{
	driver = (struct driver){
		.psp = rig.psp,
		.cmdresp = at("CmdResp"),
		.lo = at("CmdBufAddr_Lo"),
		.hi = at("CmdBufAddr_Hi"),
		.feature = at("feature"),
		.inten = at("inten"),
		.intsts = at("intsts"),
		.timeout = 5 * SECOND,
	};
	psp_mmio_write(driver.psp, driver.inten, 0);
	psp_mmio_write(driver.psp, driver.intsts, ~0u);
	if (psp_mmio_read(driver.psp, driver.feature) == ~0u)
		return DRIVER_ENODEV;
	ck_assert_uint_eq(psp_mmio_read(driver.psp, driver.feature) & 1, 1);
	return 0;
}

static void enable_interrupts(void)
{
	psp_mmio_write(driver.psp, driver.inten, ~0u);
	driver.interrupts = true;
}

struct version {
	int major, minor, build;
};

static struct version status(void)
{
	uint8_t buf[0xc] = {0};

	expect_ok(command(0x004, buf, sizeof(buf)));
	return (struct version){buf[0], buf[1], buf[7]};
}

static int init(void)
{
	uint8_t buf[0x14] = {0};

	put32(buf, 1);
	put64(buf + 8, RIG_TMR);
	put32(buf + 0x10, 1 << 20);
	return command(0x001, buf, sizeof(buf));
}

static void boot(enum psp_generation generation, uint8_t minor)
{
	struct psp_config config;

	psp_config_default(&config);
	config.generation = generation;
	config.api_minor = minor;
	config.snp = minor >= 51;
	rig_new(&rig, &config);
}

START_TEST(comes_up_polled_and_goes_on_by_interrupts)
{
	static const enum psp_generation generations[] = {PSP_V1, PSP_V2, PSP_V4, PSP_V6};
	uint8_t csr[0xc] = {0};

	for (unsigned int g = 0; g < 4; g++) {
		boot(generations[g], 55);
		ck_assert_int_eq(probe(), 0);
		ck_assert_int_eq(status().minor, 55);
		ck_assert_uint_eq(rig.irqs, 0);
		enable_interrupts();
		ck_assert_uint_eq(rig.irqs, 0); /* nothing is left from before */
		expect_ok(init());
		expect_status(command(0x00a, NULL, 0), PSP_WBINVD_REQUIRED);
		rig_wbinvd(&rig);
		expect_ok(command(0x00a, NULL, 0));
		expect_status(command(0x006, csr, sizeof(csr)), PSP_INVALID_LENGTH);
		ck_assert_uint_eq(get32(csr + 8), 0x824);
		ck_assert_uint_eq(rig.irqs, 4);
		driver.interrupts = false; /* as in a panic */
		expect_ok(command(0x002, NULL, 0));
		ck_assert_uint_eq(rig.irqs, 4);
		rig_free(&rig);
	}
}
END_TEST

START_TEST(inaccessible_registers_end_the_probe)
{
	boot(PSP_V2, 55);
	rig_fault(&rig, "psp.inaccessible", 1, 1);
	ck_assert_int_eq(probe(), DRIVER_ENODEV);
	rig_free(&rig);
}
END_TEST

/* Before 1.50 the driver gives the image twice, so that it is committed, too. */
START_TEST(old_firmware_is_replaced_twice)
{
	struct psp_firmware firmware = {1, 51, 7, {0, 3, 0, 9, 115}};
	uint8_t buf[0xc] = {0};
	struct psp_info info;
	int len;

	boot(PSP_V2, 49);
	ck_assert_int_eq(probe(), 0);
	ck_assert_int_eq(status().minor, 49);
	len = psp_firmware_image(rig.psp, &firmware, rig.ram + IMAGE, 0x1000);
	ck_assert_int_gt(len, 0);
	put64(buf, IMAGE);
	put32(buf + 8, (uint32_t)len);
	expect_ok(command(0x00b, buf, sizeof(buf)));
	psp_get_info(rig.psp, &info);
	ck_assert_uint_ne(info.committed_tcb, info.current_tcb);
	expect_ok(command(0x00b, buf, sizeof(buf)));
	psp_get_info(rig.psp, &info);
	ck_assert_uint_eq(info.committed_tcb, info.current_tcb);
	ck_assert_int_eq(status().minor, 51);
	ck_assert_int_eq(status().build, 7);
	rig_free(&rig);
}
END_TEST

START_TEST(init_is_given_once_more_for_bad_data)
{
	boot(PSP_V2, 55);
	ck_assert_int_eq(probe(), 0);
	enable_interrupts();
	rig_fault(&rig, "psp.nv-corrupt", 1, 1);
	expect_status(init(), 0x18);
	expect_ok(init());
	rig_free(&rig);
}
END_TEST

START_TEST(spurious_interrupt_is_no_answer)
{
	boot(PSP_V2, 55);
	ck_assert_int_eq(probe(), 0);
	enable_interrupts();
	rig_fault(&rig, "psp.spurious-irq", 1, 1);
	expect_ok(init());
	ck_assert_uint_eq(driver.spurious, 1);
	ck_assert_uint_eq(rig.irqs, 2);
	rig_free(&rig);
}
END_TEST

/* Late or never is the same to the driver; only a power cycle helps. */
static void silence(const char *point)
{
	boot(PSP_V2, 55);
	ck_assert_int_eq(probe(), 0);
	enable_interrupts();
	ck_assert_int_eq(status().major, 1);
	rig_fault(&rig, point, 1, 1);
	ck_assert_int_eq(init(), DRIVER_ETIMEDOUT);
	ck_assert_int_eq(init(), DRIVER_EBUSY);
	psp_reset(rig.psp);
	ck_assert_int_eq(probe(), 0);
	enable_interrupts();
	expect_ok(init());
	rig_free(&rig);
}

START_TEST(silence_ends_everything)
{
	silence("psp.dead");
	silence("psp.timeout");
}
END_TEST

/* What is answered too late is still answered, into registers that nobody reads. */
START_TEST(late_answer_leaves_the_mailbox_free)
{
	boot(PSP_V2, 55);
	ck_assert_int_eq(probe(), 0);
	rig_fault(&rig, "psp.timeout", 1, 1);
	ck_assert_int_eq(init(), DRIVER_ETIMEDOUT);
	psp_complete(rig.psp);
	ck_assert_uint_eq(psp_mmio_read(rig.psp, driver.cmdresp), RESPONSE);
	driver.dead = false;
	expect_status(init(), PSP_INVALID_PLATFORM_STATE);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(comes_up_polled_and_goes_on_by_interrupts);
	SUITE_CASE(inaccessible_registers_end_the_probe);
	SUITE_CASE(old_firmware_is_replaced_twice);
	SUITE_CASE(init_is_given_once_more_for_bad_data);
	SUITE_CASE(spurious_interrupt_is_no_answer);
	SUITE_CASE(silence_ends_everything);
	SUITE_CASE(late_answer_leaves_the_mailbox_free);
}
