/* SPDX-License-Identifier: MIT */
/* SEV-SNP (56860): the launch digest, the ID block, the attestation report. */
#ifndef TESTS_PSP_OWNER_SNP_H
#define TESTS_PSP_OWNER_SNP_H

#define OWNER_PAGE	    4096
#define OWNER_LARGE_PAGE    (512 * OWNER_PAGE)
#define OWNER_VMSA_GPA	    0xfffffffff000ull
#define OWNER_ID_BLOCK_SIZE 0x60
#define OWNER_ID_AUTH_SIZE  0x1000
#define OWNER_REPORT_SIZE   0x4a0
#define OWNER_CHIP_ID_SIZE  64

enum owner_page_type {
	OWNER_PAGE_NORMAL = 1,
	OWNER_PAGE_VMSA,
	OWNER_PAGE_ZERO,
	OWNER_PAGE_UNMEASURED,
	OWNER_PAGE_SECRETS,
	OWNER_PAGE_CPUID,
};

/* One SNP_LAUNCH_UPDATE. */
struct owner_page {
	enum owner_page_type type;
	bool large; /* 2 MiB: counts as 512 pages of 4 KiB */
	bool imi;
	uint8_t vmpl_perms[3]; /* of VMPL1, 2, 3 */
	uint64_t gpa;
	const void *contents; /* the whole page if NORMAL or VMSA; else not read */
};

/* A digest starts as 48 zero bytes and takes up the pages in their order. */
void owner_digest_page(uint8_t ld[48], const struct owner_page *page);

struct owner_id_block {
	uint8_t ld[48], family_id[16], image_id[16];
	uint32_t guest_svn;
	uint64_t policy;
};

/* The block, version 1, and the page that authenticates it; `author` may be NULL. */
void owner_id_block_make(const struct owner_id_block *block, uint8_t out[OWNER_ID_BLOCK_SIZE]);
void owner_id_auth_make(const uint8_t block[OWNER_ID_BLOCK_SIZE], const struct owner_ec_key *id,
			const struct owner_ec_key *author, uint8_t out[OWNER_ID_AUTH_SIZE]);
/* What a report says of an ID or author key: SHA-384 of its 0x404 bytes. */
void owner_key_digest(const struct owner_ec_key *key, uint8_t digest[48]);

/* The TCB's layout and the names in certificates depend on it. */
enum owner_product {
	OWNER_MILAN,
	OWNER_GENOA,
	OWNER_TURIN,
};

/* Security patch levels; fmc is Turin's only. */
struct owner_tcb {
	uint8_t fmc, bootloader, tee, snp, microcode;
};
/* OWNER_RESERVED if an unused byte is not zero. */
enum owner_check owner_tcb_parse(enum owner_product product, uint64_t value, struct owner_tcb *tcb);

enum owner_signer {
	OWNER_SIGNER_VCEK = 0,
	OWNER_SIGNER_VLEK = 1,
	OWNER_SIGNER_NONE = 7,
};

struct owner_firmware {
	uint8_t build, minor, major;
};

struct owner_report {
	uint32_t version, guest_svn, vmpl, sig_algo;
	uint64_t policy, platform_info;
	uint8_t family_id[16], image_id[16];
	uint64_t current_tcb, reported_tcb, committed_tcb, launch_tcb;
	bool author_key, mask_chip_key;
	enum owner_signer signer;
	uint8_t report_data[64], measurement[48], host_data[32];
	uint8_t id_key_digest[48], author_key_digest[48], report_id[32], report_id_ma[32];
	uint8_t cpuid_family, cpuid_model, cpuid_stepping; /* from version 3 */
	uint8_t chip_id[OWNER_CHIP_ID_SIZE];
	struct owner_firmware current, committed;
	uint64_t launch_mit_vector, current_mit_vector; /* from version 5 */
};

/*
 * Take a report apart: OWNER_VERSION, OWNER_ALGO, OWNER_RESERVED, OWNER_POLICY (bit 17
 * clear) or OWNER_AUTH_KEY if it contradicts itself. Its signature is not looked at.
 */
enum owner_check owner_report_parse(const uint8_t report[OWNER_REPORT_SIZE],
				    struct owner_report *out);

/* X.509 certificates in DER; `vek` is the VCEK's or the VLEK's. */
struct owner_snp_certs {
	enum owner_product product;
	struct owner_part vek, ask, ark;
};

/*
 * Parse and believe a report: the chain up to the ARK, the report's signature, and
 * that the VEK is of the reported TCB and the report's chip (VCEK; OWNER_CHIP_ID for
 * a masked chip id too). OWNER_UNSIGNED if the platform masks its chip key.
 */
enum owner_check owner_report_verify(const uint8_t report[OWNER_REPORT_SIZE],
				     const struct owner_snp_certs *certs, struct owner_report *out);

/* What the extensions of a VCEK or VLEK say. */
struct owner_vek {
	char product[32];
	bool vlek;
	struct owner_tcb tcb;
	uint8_t hwid[OWNER_CHIP_ID_SIZE]; /* VCEK */
	size_t hwid_len;
	char csp_id[64]; /* VLEK */
	uint8_t key[97]; /* P-384 point, uncompressed */
};
/* The chain's links (ARK_*, ASK_*, VEK_*) from the root downwards, then key and extensions. */
enum owner_check owner_vek_verify(const struct owner_snp_certs *certs, struct owner_vek *vek);

#endif
