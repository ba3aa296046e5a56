/* SPDX-License-Identifier: MIT */
/*
 * SNP_GUEST_REQUEST: pages, header, counters; the messages TSC_INFO and CPUID.
 * Offsets in the header are written out; the owner's side makes and opens messages.
 */
#include <string.h>

#include "tests/psp/snp_rig.h"
#include "tests/suite.h"

static struct rig rig;
static struct snp_vm vm;
static uint8_t tsc[OWNER_TSC_REQ_SIZE];
static struct owner_request tsc_request = {
	.type = OWNER_MSG_TSC_INFO, .version = 1, .payload = tsc, .len = sizeof(tsc)};

static void machine(void)
{
	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_run(&vm, &rig, 0, 5, SNP_POLICY);
}

static void seal(const struct owner_request *request)
{
	ck_assert_int_eq(owner_request_seal(&vm.owner, request, rig.ram + SNP_REQ), OWNER_OK);
}

/* A command that fails writes nothing and moves no counter. */
static void expect_refused(enum psp_status status)
{
	uint8_t before[RIG_PAGE];

	memcpy(before, rig.ram + SNP_RSP, sizeof(before));
	expect_status(snp_request_raw(&vm), status);
	ck_assert_mem_eq(rig.ram + SNP_RSP, before, sizeof(before));
}

static void expect_answered(void)
{
	uint8_t payload[OWNER_MSG_MAX];
	size_t len;

	ck_assert_uint_eq(snp_exchange(&vm, &tsc_request, payload, &len), 0);
}

START_TEST(counters_advance_by_two)
{
	machine();
	for (unsigned int i = 0; i < 3; i++) {
		expect_answered();
		ck_assert_uint_eq(get64(rig.ram + SNP_REQ + 0x20), 2 * i + 1);
		ck_assert_uint_eq(get64(rig.ram + SNP_RSP + 0x20), 2 * i + 2);
	}
	rig_free(&rig);
}
END_TEST

/* Each VMPCK counts for itself. */
START_TEST(vmpcks_are_independent)
{
	machine();
	for (unsigned int i = 0; i < 4; i++) {
		tsc_request.vmpck = i;
		expect_answered();
		ck_assert_uint_eq(get64(rig.ram + SNP_RSP + 0x20), 2);
		ck_assert_uint_eq(rig.ram[SNP_RSP + 0x3c], i);
	}
	tsc_request.vmpck = 0;
	expect_answered();
	ck_assert_uint_eq(get64(rig.ram + SNP_RSP + 0x20), 4);
	rig_free(&rig);
}
END_TEST

START_TEST(response_header)
{
	static const uint8_t zero[0x23];
	const uint8_t *h = rig.ram;

	machine();
	expect_answered();
	h = rig.ram + SNP_RSP;
	ck_assert_mem_eq(h + 0x10, zero, 16);
	ck_assert_uint_eq(get64(h + 0x28), 0);
	ck_assert_uint_eq(h[0x30], 1);
	ck_assert_uint_eq(h[0x31], 1);
	ck_assert_uint_eq(get16(h + 0x32), 0x60);
	ck_assert_uint_eq(h[0x34], 0x12);
	ck_assert_uint_eq(h[0x35], 1);
	ck_assert_uint_eq(get16(h + 0x36), 0x80);
	ck_assert_uint_eq(get32(h + 0x38), 0);
	ck_assert_mem_eq(h + 0x3d, zero, 0x23);
	ck_assert_int_eq(psp_page_state(rig.psp, SNP_RSP), PSP_PAGE_FIRMWARE);
	rig_to_host(&rig, SNP_RSP, 1);
	rig_free(&rig);
}
END_TEST

START_TEST(replayed_and_skipped_requests)
{
	struct owner_guest saved;

	machine();
	saved = vm.owner;
	expect_answered();
	seal(&tsc_request);
	vm.owner.count[0] = 4;
	seal(&tsc_request);
	expect_refused(PSP_INVALID_PARAM);
	vm.owner = saved;
	seal(&tsc_request);
	expect_refused(PSP_INVALID_PARAM);
	vm.owner.count[0] = 2;
	expect_answered();
	rig_free(&rig);
}
END_TEST

START_TEST(wrong_tag)
{
	static const size_t covered[] = {0, 0xf, 0x60, 0x60 + 0x7f};

	machine();
	for (size_t i = 0; i < sizeof(covered) / sizeof(covered[0]); i++) {
		seal(&tsc_request);
		rig.ram[SNP_REQ + covered[i]] ^= 1;
		expect_refused(PSP_BAD_MEASUREMENT);
	}
	/* a shorter message, and one of another VMPCK */
	seal(&tsc_request);
	put16(rig.ram + SNP_REQ + 0x36, 0x7f);
	expect_refused(PSP_BAD_MEASUREMENT);
	seal(&tsc_request);
	rig.ram[SNP_REQ + 0x3c] = 1;
	expect_refused(PSP_BAD_MEASUREMENT);
	expect_answered();
	rig_free(&rig);
}
END_TEST

START_TEST(wrong_header)
{
	static const struct {
		size_t at;
		uint8_t value;
	} wrong[] = {
		{0x28, 1},    {0x2f, 1},    {0x30, 0}, {0x30, 2},    {0x31, 0},	   {0x31, 2},
		{0x32, 0x61}, {0x33, 1},    {0x34, 0}, {0x34, 2},    {0x34, 0x13}, {0x35, 0},
		{0x35, 2},    {0x37, 0x10}, {0x38, 1}, {0x3b, 0x80}, {0x3c, 4},	   {0x3d, 1},
		{0x5f, 1},    {0x20, 2},    {0x27, 1},
	};

	machine();
	for (size_t i = 0; i < sizeof(wrong) / sizeof(wrong[0]); i++) {
		seal(&tsc_request);
		rig.ram[SNP_REQ + wrong[i].at] = wrong[i].value;
		expect_refused(PSP_INVALID_PARAM);
	}
	seal(&tsc_request);
	put16(rig.ram + SNP_REQ + 0x36, 0xfa1);
	expect_refused(PSP_INVALID_PARAM);
	seal(&tsc_request);
	put64(rig.ram + SNP_REQ + 0x20, 0);
	expect_refused(PSP_INVALID_PARAM);
	expect_answered();
	rig_free(&rig);
}
END_TEST

static int request(uint64_t req, uint64_t rsp)
{
	uint8_t b[0x18];

	put64(b, vm.gctx);
	put64(b + 8, req);
	put64(b + 0x10, rsp);
	return rig_cmd_raw(&rig, PSP_CMD_SNP_GUEST_REQUEST, b, sizeof(b));
}

START_TEST(pages)
{
	enum { HOST = SNP_ID_AUTH };

	machine();
	seal(&tsc_request);
	expect_status(request(SNP_REQ + 8, SNP_RSP), PSP_INVALID_ADDRESS);
	expect_status(request(SNP_REQ, SNP_RSP + 8), PSP_INVALID_ADDRESS);
	expect_status(request(RIG_RAM, SNP_RSP), PSP_INVALID_ADDRESS);
	expect_status(request(SNP_REQ, RIG_RAM), PSP_INVALID_ADDRESS);
	expect_status(request(SNP_REQ, HOST), PSP_INVALID_PAGE_STATE);
	expect_status(request(SNP_REQ, vm.gctx), PSP_INVALID_PAGE_STATE);
	expect_status(request(SNP_REQ, SNP_RAM), PSP_INVALID_PAGE_STATE);
	expect_status(request(SNP_RAM, SNP_RSP), PSP_INVALID_PAGE_STATE);
	expect_status(request(vm.gctx, SNP_RSP), PSP_INVALID_PAGE_STATE);
	rig_to_firmware(&rig, SNP_REQ, 1);
	expect_ok(request(SNP_REQ, SNP_RSP));
	rig_to_host(&rig, SNP_REQ, 1);
	rig_to_host(&rig, SNP_RSP, 1);
	rig_free(&rig);
}
END_TEST

START_TEST(only_a_running_guest)
{
	struct owner_secrets secrets;

	rig_new(&rig, NULL);
	rig_snp_init(&rig);
	snp_vm_start(&vm, &rig, 0, 5, SNP_POLICY);
	snp_secrets(&vm, SNP_RAM, &secrets);
	rig_to_firmware(&rig, SNP_RSP, 1);
	seal(&tsc_request);
	expect_refused(PSP_INVALID_GUEST_STATE);
	expect_ok(snp_finish(&vm));
	expect_answered();
	rig_free(&rig);
}
END_TEST

/* What is wrong inside of a message is told in its status; the counter moves. */
START_TEST(payload_of_another_length)
{
	uint8_t payload[OWNER_MSG_MAX];
	struct owner_request shorter = tsc_request;
	size_t len;

	machine();
	shorter.len = 0x7f;
	ck_assert_uint_eq(snp_exchange(&vm, &shorter, payload, &len), 0x16);
	ck_assert_uint_eq(len, 0x80);
	shorter.len = 0;
	ck_assert_uint_eq(snp_exchange(&vm, &shorter, payload, &len), 0x16);
	ck_assert_uint_eq(get64(rig.ram + SNP_RSP + 0x20), 4);
	tsc[0x7f] = 1;
	ck_assert_uint_eq(snp_exchange(&vm, &tsc_request, payload, &len), 0x16);
	tsc[0x7f] = 0;
	expect_answered();
	rig_free(&rig);
}
END_TEST

static struct owner_tsc_info tsc_info(uint32_t machine_khz, uint32_t desired_khz)
{
	struct owner_tsc_info info = {0};
	struct owner_secrets secrets;
	struct psp_config config;
	uint8_t payload[OWNER_MSG_MAX], start[0x30];
	uint32_t status;
	size_t len;

	psp_config_default(&config);
	config.tsc_khz = machine_khz;
	rig_new(&rig, &config);
	rig_snp_init(&rig);
	vm = (struct snp_vm){.rig = &rig, .asid = 5, .policy = SNP_POLICY};
	vm.gctx = snp_gctx(&rig, 0);
	snp_start_buffer(&vm, start);
	put32(start + 0x1c, desired_khz);
	expect_ok(rig_cmd_raw(&rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	expect_ok(snp_activate(&rig, vm.gctx, 5));
	snp_secrets(&vm, SNP_RAM, &secrets);
	expect_ok(snp_finish(&vm));
	rig_to_firmware(&rig, SNP_RSP, 1);
	ck_assert_uint_eq(snp_exchange(&vm, &tsc_request, payload, &len), 0);
	ck_assert_int_eq(owner_tsc_response(payload, len, &status, &info), OWNER_OK);
	ck_assert_uint_eq(info.factor, secrets.tsc_factor);
	rig_free(&rig);
	return info;
}

/* A fixed-point ratio with 32 bits after the point. */
START_TEST(tsc_scale)
{
	ck_assert_uint_eq(tsc_info(2000000, 0).scale, 1ull << 32);
	ck_assert_uint_eq(tsc_info(2000000, 2000000).scale, 1ull << 32);
	ck_assert_uint_eq(tsc_info(2000000, 3000000).scale, 0x180000000ull);
	ck_assert_uint_eq(tsc_info(3000000, 1000000).scale, 0x55555555);
	ck_assert_uint_eq(tsc_info(2000000, 3000000).offset, 0);
}
END_TEST

START_TEST(cpuid_message)
{
	/* hypervisor's leaf, a right one, and one with a reserved feature bit (ECX bit 2) */
	struct owner_cpuid in[] = {
		{.eax_in = 0x40000000, .eax = 0x12345678},
		{.eax_in = 1, .eax = 0xa00f11, .ebx = 0x0800, .ecx = 1u << 31, .edx = 1},
	};
	struct owner_cpuid out[OWNER_CPUID_MAX];
	uint8_t req[OWNER_MSG_MAX], payload[OWNER_MSG_MAX];
	struct owner_request request = {.type = OWNER_MSG_CPUID, .version = 1, .payload = req};
	uint32_t status;
	size_t len, n;

	machine();
	ck_assert_int_eq(owner_cpuid_request(req, &request.len, in, 2), OWNER_OK);
	ck_assert_uint_eq(snp_exchange(&vm, &request, payload, &len), 0);
	ck_assert_int_eq(owner_cpuid_response(payload, len, &status, out, &n), OWNER_OK);
	ck_assert_uint_eq(n, 2);
	ck_assert_mem_eq(out, in, sizeof(in));
	in[1].ecx |= 4;
	ck_assert_int_eq(owner_cpuid_request(req, &request.len, in, 2), OWNER_OK);
	ck_assert_uint_eq(snp_exchange(&vm, &request, payload, &len), 0x16);
	ck_assert_uint_eq(len, 0x70);
	ck_assert_uint_eq(get32(payload + 4), 2);
	ck_assert_uint_eq(get32(payload + 0x40 + 0x20), 1u << 31);
	/* the count must be that of the entries */
	put32(req, 3);
	ck_assert_uint_eq(snp_exchange(&vm, &request, payload, &len), 0x16);
	ck_assert_uint_eq(len, 0x10);
	put32(req, 65);
	ck_assert_uint_eq(snp_exchange(&vm, &request, payload, &len), 0x16);
	rig_free(&rig);
}
END_TEST

START_TEST(absorb_is_refused)
{
	uint8_t payload[OWNER_MSG_MAX], req[0x40] = {0};
	struct owner_request request = {
		.type = OWNER_MSG_ABSORB, .version = 1, .payload = req, .len = sizeof(req)};
	size_t len;

	machine();
	ck_assert_uint_eq(snp_exchange(&vm, &request, payload, &len), 0x15);
	request.type = OWNER_MSG_ABSORB_NOMA;
	ck_assert_uint_eq(snp_exchange(&vm, &request, payload, &len), 0x15);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(counters_advance_by_two);
	SUITE_CASE(vmpcks_are_independent);
	SUITE_CASE(response_header);
	SUITE_CASE(replayed_and_skipped_requests);
	SUITE_CASE(wrong_tag);
	SUITE_CASE(wrong_header);
	SUITE_CASE(pages);
	SUITE_CASE(only_a_running_guest);
	SUITE_CASE(payload_of_another_length);
	SUITE_CASE(tsc_scale);
	SUITE_CASE(cpuid_message);
	SUITE_CASE(absorb_is_refused);
}
