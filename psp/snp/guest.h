/* SPDX-License-Identifier: MIT */
/*
 * What the files of SNP guests share: contexts, launch, messages, reports (56860).
 *
 * A context's state lives in struct psp_snp_guest; its page in RAM has random bytes in
 * place of the ciphertext that a chip would keep there. A handler works on a copy of the
 * context and stores it when nothing can fail any more.
 */
#ifndef PSP_SNP_GUEST_H
#define PSP_SNP_GUEST_H

#include "psp/memory/memory.h"
#include "psp/snp/snp.h"
#include "psp/snp/fields.h"

/* Guest policy (56860, 4.3). */
enum psp_snp_policy_bit {
	PSP_POLICY_SMT = 1 << 16,
	PSP_POLICY_ONE = 1 << 17, /* reserved, must be one */
	PSP_POLICY_MIGRATE_MA = 1 << 18,
	PSP_POLICY_DEBUG = 1 << 19,
	PSP_POLICY_SINGLE_SOCKET = 1 << 20,
	PSP_POLICY_CXL_ALLOW = 1 << 21,
	PSP_POLICY_AES_256_XTS = 1 << 22,
	PSP_POLICY_RAPL_DIS = 1 << 23,
	PSP_POLICY_CIPHERTEXT_HIDING = 1 << 24,
	PSP_POLICY_PAGE_SWAP_DISABLE = 1 << 25,
};

/*
 * Can this platform run a guest of this policy? INVALID_PARAM: bits that must be zero or
 * one are not; POLICY_FAILURE: the platform is not what the policy wants.
 */
enum psp_status psp_snp_policy_check(const struct psp *psp, uint64_t policy);

/* New VEK, OEK, VMPCKs and report id. RESOURCE_LIMIT: no cryptography. */
enum psp_status psp_snp_new_keys(struct psp *psp, struct psp_snp_guest *guest);

/* Page types of SNP_LAUNCH_UPDATE. */
enum psp_snp_page_type {
	PSP_LAUNCH_NORMAL = 1,
	PSP_LAUNCH_VMSA,
	PSP_LAUNCH_ZERO,
	PSP_LAUNCH_UNMEASURED,
	PSP_LAUNCH_SECRETS,
	PSP_LAUNCH_CPUID,
};

/* The contents of a secrets page. */
void psp_snp_secrets_page(const struct psp *psp, const struct psp_snp_guest *guest,
			  uint8_t page[PSP_PAGE]);

/* --- CPUID (cpuid.c) ------------------------------------------------------- */

enum { PSP_CPUID_MAX = 64, PSP_CPUID_HEAD = 0x10, PSP_CPUID_ENTRY = 0x30 };

/* Fn0000_0001 EAX. */
uint32_t psp_cpuid_signature(const struct psp *psp);
/*
 * Hold `count` entries against the policy; what it does not allow is replaced by what
 * it does. True: nothing was replaced.
 */
bool psp_snp_cpuid_check(const struct psp *psp, uint8_t *entries, unsigned int count);

/* --- ID block (idblock.c) ---------------------------------------------------- */

/*
 * Verify the block and the keys at these addresses and take them over into `guest`, whose
 * launch digest and policy they must name.
 */
enum psp_status psp_snp_id_block(struct psp *psp, struct psp_snp_guest *guest, uint64_t block,
				 uint64_t auth, bool author_key);

/* --- Messages (message.c) ------------------------------------------------------ */

enum { PSP_MSG_HEADER = 0x60, PSP_MSG_MAX = PSP_PAGE - PSP_MSG_HEADER };

/* An opened request, and room for the payload of its response. */
struct psp_snp_msg {
	struct psp *psp;
	struct psp_snp_guest *guest;
	unsigned int vmpl; /* whose VMPCK sealed it */
	unsigned int version;
	const uint8_t *req;
	size_t req_len;
	uint8_t *rsp; /* zero at first; its status (first word) is the return value's */
	size_t rsp_len;
};

/* Returns the message's status; with another than SUCCESS, `rsp` has been left alone. */
typedef enum psp_status psp_snp_msg_fn(struct psp_snp_msg *msg);

psp_snp_msg_fn psp_snp_msg_cpuid; /* writes the corrected table with INVALID_PARAM */
psp_snp_msg_fn psp_snp_msg_key;
psp_snp_msg_fn psp_snp_msg_report;
psp_snp_msg_fn psp_snp_msg_export;
psp_snp_msg_fn psp_snp_msg_import;
psp_snp_msg_fn psp_snp_msg_absorb; /* refused: UNSUPPORTED */
psp_snp_msg_fn psp_snp_msg_vmrk;
psp_snp_msg_fn psp_snp_msg_tsc_info;

/* --- Keys (key.c) ----------------------------------------------------------- */

/* KEY_SEL of a request: which key of the chip or of its provider. */
enum psp_key_sel { PSP_KEY_SEL_ANY, PSP_KEY_SEL_VCEK, PSP_KEY_SEL_VLEK };

/* SIGNING_KEY of a report. */
enum psp_signing_key { PSP_SIGNED_VCEK = 0, PSP_SIGNED_VLEK = 1, PSP_SIGNED_NONE = 7 };

/* The kind of key that a selector means for this guest. INVALID_KEY: it has none such. */
enum psp_status psp_snp_select_key(const struct psp *psp, const struct psp_snp_guest *guest,
				   unsigned int sel, enum psp_signing_key *kind);

#endif
