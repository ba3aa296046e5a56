/* SPDX-License-Identifier: MIT */
#include "tests/psp/snp_agent.h"

#include <check.h>
#include <string.h>

void snp_vm_start_bound(struct snp_vm *vm, const struct snp_vm *agent, unsigned int n,
			unsigned int asid, uint64_t policy)
{
	uint8_t start[0x30];

	*vm = (struct snp_vm){.rig = agent->rig, .asid = asid, .policy = policy};
	vm->gctx = snp_gctx(agent->rig, n);
	snp_start_buffer(vm, start);
	put64(start + 0x10, agent->gctx);
	start[0x18] = 1;
	expect_ok(rig_cmd_raw(agent->rig, PSP_CMD_SNP_LAUNCH_START, start, sizeof(start)));
	expect_ok(snp_activate(agent->rig, vm->gctx, asid));
}

uint32_t snp_message(struct snp_vm *vm, enum owner_msg_type type, const void *req, size_t len,
		     uint8_t *payload)
{
	struct owner_request request = {.type = type, .version = 1, .payload = req, .len = len};
	size_t got;

	return snp_exchange(vm, &request, payload, &got);
}

uint32_t snp_export(struct snp_vm *agent, uint64_t gctx, uint8_t context[OWNER_MSG_MAX])
{
	uint8_t req[0x10] = {0};

	put64(req, gctx);
	return snp_message(agent, OWNER_MSG_EXPORT, req, sizeof(req), context);
}

void snp_import_request(const uint8_t *exported, uint64_t gctx, uint8_t req[SNP_CONTEXT])
{
	memset(req, 0, 0x20);
	put64(req, gctx);
	memcpy(req + 8, exported + 4, 8);
	memcpy(req + 0x20, exported + 0x20, SNP_CONTEXT - 0x20);
}

uint32_t snp_import(struct snp_vm *agent, const uint8_t req[SNP_CONTEXT])
{
	uint8_t payload[OWNER_MSG_MAX];

	return snp_message(agent, OWNER_MSG_IMPORT, req, SNP_CONTEXT, payload);
}

void snp_metadata_page(const struct snp_vm *vm, uint64_t pa)
{
	uint8_t b[0x10];

	rig_to_firmware(vm->rig, pa, 1);
	put64(b, vm->gctx);
	put64(b + 8, pa);
	expect_ok(rig_cmd_raw(vm->rig, PSP_CMD_SNP_PAGE_MD_INIT, b, sizeof(b)));
}

void snp_freeze(const struct snp_vm *vm, uint64_t pa, uint64_t gpa)
{
	struct psp_rmp_entry freeze = {
		.assigned = true, .immutable = true, .asid = vm->asid, .gpa = gpa};

	ck_assert_int_eq(psp_rmpupdate(vm->rig->psp, 0, pa, &freeze), PSP_RMP_OK);
	ck_assert_int_eq(psp_page_state(vm->rig->psp, pa), PSP_PAGE_PRE_SWAP);
}

int snp_swap(const struct snp_vm *vm, enum psp_cmd_id id, uint64_t src, uint64_t dst,
	     uint64_t mdata, uint32_t flags)
{
	uint8_t b[0x30] = {0};

	put64(b, vm->gctx);
	put64(b + 8, src);
	put64(b + 0x10, dst);
	put64(b + 0x18, mdata);
	put32(b + 0x28, flags);
	return rig_cmd_raw(vm->rig, id, b, sizeof(b));
}
