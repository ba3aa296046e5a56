/* SPDX-License-Identifier: MIT */
/* SEV-SNP: platform, guest contexts, messages (56860). */
#ifndef PSP_SNP_H
#define PSP_SNP_H

#include "psp/crypto/crypto.h"
#include "psp/internal.h"

/* A guest context (56860, 4.1.2). Fields of messages and migration are guest.h's. */
struct psp_snp_guest {
	uint64_t gctx; /* its context page; 0: a free slot */
	enum psp_snp_guest_state state;
	uint64_t policy;
	unsigned int asid; /* 0: inactive */
	uint8_t vek[16];
	uint8_t ld[48]; /* launch digest, at LAUNCH_FINISH the measurement */
	uint8_t vmpck[4][32];
	uint64_t msg_count[4];
	uint8_t oek[32];    /* offline encryption key: swapped pages, metadata */
	uint64_t oek_count; /* the last IV used with it: migrations in 63:48, pages in 47:0 */
	uint8_t root_mdata[64];
	bool imi, id_block, author_key, vcek_disabled;
	bool vmrk_given; /* by the migration agent, before LAUNCH_FINISH */
	uint8_t gosvw[16], host_data[32], family_id[16], image_id[16];
	uint8_t id_key_digest[48], author_key_digest[48];
	uint8_t report_id[32], report_id_ma[32], vmrk[32];
	uint32_t guest_svn, desired_tsc_khz;
	uint64_t launch_tcb;
	uint64_t ma_gctx; /* migration agent's context page, 0: none */
};

/* The platform (56860, 4.1.1). psp->snp_on says whether it is initialised. */
struct psp_snp {
	bool rmp_initialized, mask_chip_id, mask_chip_key, rapl_disabled, ciphertext_hiding;
	bool flush_required; /* since SNP_INIT no SNP_DF_FLUSH */
	bool iommu_off;	     /* SNP_SHUTDOWN_EX: devices' accesses are not checked any more */
	unsigned int max_snp_asid;
	uint64_t reported_tcb;
	bool vlek_loaded;
	struct psp_ec_key vlek; /* of reported_tcb */
	bool restore_required;	/* a failed update left parts of another firmware (firmware.c) */
	struct psp_snp_guest *guests; /* config.max_guests slots */
	unsigned int n_guests;
};

int psp_snp_new(struct psp *psp);
void psp_snp_free(struct psp *psp);
void psp_snp_reset(struct psp *psp); /* power cycle */

/* The guest whose context page this is. NULL: INVALID_GUEST, as for a page in another state. */
struct psp_snp_guest *psp_snp_guest(struct psp *psp, uint64_t gctx_paddr);
/* End every guest: SNP_SHUTDOWN (context.c). */
void psp_snp_end_guests(struct psp *psp);
/*
 * The key that signs a report of this guest, KEY_SEL `sel` of its request: its VLEK or this
 * chip's VCEK of the reported TCB. *signing_key: 0 VCEK, 1 VLEK, 7 none: the VCEK is masked.
 * INVALID_PARAM: no such selector; INVALID_KEY: no VLEK is loaded, or the guest forbade the
 * VCEK.
 */
enum psp_status psp_snp_signing_key(struct psp *psp, const struct psp_snp_guest *guest,
				    unsigned int sel, struct psp_ec_key *key,
				    unsigned int *signing_key);
/*
 * What the running firmware can: ECX of sub-function 0 of SNP_FEATURE_INFO (status.c). Bit 4,
 * the policy of AES-256-XTS, is never set: this model's engine has AES-128 alone.
 */
enum psp_snp_feature {
	PSP_FEATURE_X86_SHUTDOWN = 1 << 1,
	PSP_FEATURE_RAPL_DISABLE = 1 << 2,
	PSP_FEATURE_CIPHERTEXT_HIDING = 1 << 3,
	PSP_FEATURE_CXL_ALLOW = 1 << 5,
};
uint32_t psp_snp_features(const struct psp *psp);
/*
 * The TCB version that reports and VCEK state from now on; a VLEK of another one is dropped
 * (config.c).
 */
void psp_snp_report_tcb(struct psp *psp, uint64_t tcb);
/* The SNP part of psp_get_info(). */
void psp_snp_info(const struct psp *psp, struct psp_info *info);

#endif
