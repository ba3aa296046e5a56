/* SPDX-License-Identifier: MIT */
/* A migration agent's messages, and pages on their way out of a guest and in again. */
#ifndef TESTS_PSP_SNP_AGENT_H
#define TESTS_PSP_SNP_AGENT_H

#include "tests/psp/snp_rig.h"

enum {
	SNP_CONTEXT = 0x320, /* EXPORT's response and IMPORT's request */
	/* Types of swapped pages, and the entry of the context instead of one in a page. */
	SNP_SWAP_METADATA = 1 << 1,
	SNP_SWAP_VMSA = 2 << 1,
	SNP_SWAP_ROOT = 1 << 4,
};

/* Context n, LAUNCH_START bound to the agent, and ACTIVATE. */
void snp_vm_start_bound(struct snp_vm *vm, const struct snp_vm *agent, unsigned int n,
			unsigned int asid, uint64_t policy);

/* A message of version 1 from VMPCK0; the status, and the response (OWNER_MSG_MAX bytes). */
uint32_t snp_message(struct snp_vm *vm, enum owner_msg_type type, const void *req, size_t len,
		     uint8_t *payload);
uint32_t snp_export(struct snp_vm *agent, uint64_t gctx, uint8_t context[OWNER_MSG_MAX]);
/* An IMPORT request out of an EXPORT response: size and version move from 4 and 8 to 8 and 0xc. */
void snp_import_request(const uint8_t *exported, uint64_t gctx, uint8_t req[SNP_CONTEXT]);
uint32_t snp_import(struct snp_vm *agent, const uint8_t req[SNP_CONTEXT]);

/* SNP_PAGE_MD_INIT of a page of the hypervisor. */
void snp_metadata_page(const struct snp_vm *vm, uint64_t pa);
/* A Guest-valid page of 4 KiB becomes a Pre-swap page. */
void snp_freeze(const struct snp_vm *vm, uint64_t pa, uint64_t gpa);
/* SNP_PAGE_SWAP_OUT or _IN of 4 KiB. */
int snp_swap(const struct snp_vm *vm, enum psp_cmd_id id, uint64_t src, uint64_t dst,
	     uint64_t mdata, uint32_t flags);

#endif
