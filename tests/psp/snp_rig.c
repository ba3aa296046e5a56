/* SPDX-License-Identifier: MIT */
#include "tests/psp/snp_rig.h"

#include <check.h>
#include <stdlib.h>
#include <string.h>

void snp_start_buffer(const struct snp_vm *vm, uint8_t b[0x30])
{
	memset(b, 0, 0x30);
	put64(b, vm->gctx);
	put64(b + 8, vm->policy);
}

uint64_t snp_gctx(struct rig *rig, unsigned int n)
{
	uint64_t pa = SNP_GCTX + (uint64_t)n * RIG_PAGE;
	uint8_t b[8];

	rig_to_firmware(rig, pa, 1);
	put64(b, pa);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_GCTX_CREATE, b, sizeof(b)));
	return pa;
}

int snp_activate(struct rig *rig, uint64_t gctx, uint32_t asid)
{
	uint8_t b[0xc];

	put64(b, gctx);
	put32(b + 8, asid);
	return rig_cmd_raw(rig, PSP_CMD_SNP_ACTIVATE, b, sizeof(b));
}

void snp_vm_start(struct snp_vm *vm, struct rig *rig, unsigned int n, unsigned int asid,
		  uint64_t policy)
{
	uint8_t b[0x30];

	*vm = (struct snp_vm){.rig = rig, .asid = asid, .policy = policy};
	vm->gctx = snp_gctx(rig, n);
	snp_start_buffer(vm, b);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_LAUNCH_START, b, sizeof(b)));
	expect_ok(snp_activate(rig, vm->gctx, asid));
}

void snp_pre_guest(const struct snp_vm *vm, uint64_t pa, uint64_t gpa, bool large)
{
	struct psp_rmp_entry state = {
		.assigned = true,
		.immutable = true,
		.page_2m = large,
		.asid = vm->asid,
		.gpa = gpa,
	};

	ck_assert_int_eq(psp_rmpupdate(vm->rig->psp, 0, pa, &state), PSP_RMP_OK);
}

int snp_update_raw(const struct snp_vm *vm, uint64_t pa, const struct owner_page *page)
{
	uint8_t b[0x20] = {0};

	put64(b, vm->gctx);
	put32(b + 8, (page->large ? 1u : 0u) | (uint32_t)page->type << 1 | (page->imi ? 16u : 0u));
	put64(b + 0x10, pa);
	memcpy(b + 0x19, page->vmpl_perms, 3);
	return rig_cmd_raw(vm->rig, PSP_CMD_SNP_LAUNCH_UPDATE, b, sizeof(b));
}

void snp_update(struct snp_vm *vm, uint64_t pa, struct owner_page page)
{
	size_t size = page.large ? RIG_2M : RIG_PAGE;
	uint8_t *before = malloc(size);

	if (page.contents)
		memcpy(vm->rig->ram + pa, page.contents, size);
	memcpy(before, vm->rig->ram + pa, size);
	page.contents = before;
	snp_pre_guest(vm, pa, page.gpa, page.large);
	expect_ok(snp_update_raw(vm, pa, &page));
	owner_digest_page(vm->ld, &page);
	free(before);
}

int snp_finish(const struct snp_vm *vm)
{
	uint8_t b[0x40] = {0};

	put64(b, vm->gctx);
	return rig_cmd_raw(vm->rig, PSP_CMD_SNP_LAUNCH_FINISH, b, sizeof(b));
}

void snp_guest_read(const struct snp_vm *vm, uint64_t pa, uint64_t gpa, void *buf, size_t len)
{
	struct psp_access access = {
		.agent = PSP_GUEST,
		.pa = pa,
		.encrypted = true,
		.asid = vm->asid,
		.snp = true,
		.gpa = gpa,
	};

	ck_assert_int_eq(psp_access(vm->rig->psp, &access, buf, len, NULL), PSP_ACCESS_OK);
}

void snp_secrets(struct snp_vm *vm, uint64_t pa, struct owner_secrets *secrets)
{
	uint8_t page[RIG_PAGE];

	snp_update(vm, pa, (struct owner_page){.type = OWNER_PAGE_SECRETS, .gpa = 0x801000});
	snp_guest_read(vm, pa, 0x801000, page, sizeof(page));
	ck_assert_int_eq(owner_secrets_parse(page, secrets), OWNER_OK);
	owner_guest_init(&vm->owner, secrets);
}

void snp_vm_run(struct snp_vm *vm, struct rig *rig, unsigned int n, unsigned int asid,
		uint64_t policy)
{
	uint64_t pa = SNP_RAM + (uint64_t)n * 0x10000;
	struct owner_secrets secrets;

	snp_vm_start(vm, rig, n, asid, policy);
	memset(rig->ram + pa, 0x40 + (int)n, RIG_PAGE);
	snp_update(vm, pa, (struct owner_page){.type = OWNER_PAGE_NORMAL, .gpa = 0x800000});
	snp_secrets(vm, pa + RIG_PAGE, &secrets);
	expect_ok(snp_finish(vm));
	rig_to_firmware(rig, SNP_RSP, psp_page_state(rig->psp, SNP_RSP) == PSP_PAGE_HYPERVISOR);
}

int snp_request_raw(const struct snp_vm *vm)
{
	uint8_t b[0x18];

	put64(b, vm->gctx);
	put64(b + 8, SNP_REQ);
	put64(b + 0x10, SNP_RSP);
	return rig_cmd_raw(vm->rig, PSP_CMD_SNP_GUEST_REQUEST, b, sizeof(b));
}

uint32_t snp_exchange(struct snp_vm *vm, const struct owner_request *request, uint8_t *payload,
		      size_t *len)
{
	ck_assert_int_eq(owner_request_seal(&vm->owner, request, vm->rig->ram + SNP_REQ), OWNER_OK);
	expect_ok(snp_request_raw(vm));
	ck_assert_int_eq(
		owner_response_open(&vm->owner, request, vm->rig->ram + SNP_RSP, payload, len),
		OWNER_OK);
	ck_assert_uint_ge(*len, 4);
	return get32(payload);
}

uint32_t snp_report(struct snp_vm *vm, unsigned int vmpck, uint32_t vmpl, uint32_t key_sel,
		    const uint8_t data[64], uint8_t report[OWNER_REPORT_SIZE])
{
	uint8_t req[OWNER_REPORT_REQ_SIZE], payload[OWNER_MSG_MAX];
	struct owner_request request = {
		.vmpck = vmpck,
		.type = OWNER_MSG_REPORT,
		.version = 1,
		.payload = req,
		.len = sizeof(req),
	};
	uint32_t status, told;
	size_t len, at = 0;

	owner_report_request(req, data, vmpl);
	put32(req + 0x44, key_sel);
	status = snp_exchange(vm, &request, payload, &len);
	if (status)
		return status;
	ck_assert_int_eq(owner_report_response(payload, len, &told, &at), OWNER_OK);
	memcpy(report, payload + at, OWNER_REPORT_SIZE);
	return status;
}
