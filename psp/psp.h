/* SPDX-License-Identifier: MIT */
/*
 * libfaultline-psp: the AMD secure processor as software sees it, with the SEV,
 * SEV-ES (55766) and SEV-SNP (56860) firmware, the memory encryption engine and the
 * reverse map table (APM volume 2, 15.34 to 15.36).
 *
 * Concepts. A struct psp is one socket's secure processor together with the parts of
 * the SoC that only make sense with it: the encryption keys of the memory controller
 * and the RMP. It sees the world through struct psp_ops and knows nothing of who
 * drives it: no threads, no clock, no randomness but the seed's. Simulated RAM holds
 * what DRAM would: ciphertext where a key was used. Every agent (a core in host mode,
 * a guest, a device) reads and writes through psp_access(), which checks the RMP and
 * applies the key; who reads RAM directly sees what a logic analyser would.
 *
 * Commands run when psp_step() is called, and their response becomes visible with
 * psp_complete(): between the two lies the latency that psp_step() gave. ops->kick
 * says that there is something to step. psp_command() does it all at once, for
 * callers without a clock.
 *
 * Certificates, keys and chip identity come from config.seed; cryptography is real.
 * A firmware choice that public documents leave open is marked "unverified" in the
 * tables and listed in docs/sev-unverified.md.
 *
 * Addresses are physical byte addresses unless said; all structures in memory are
 * little-endian and packed; time is in picoseconds; errors are negative errno, or the
 * architecture's own status where one exists. A library never prints and never exits.
 * One struct psp is not thread-safe; two are independent.
 */
#ifndef PSP_PSP_H
#define PSP_PSP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct psp;

/* --- Names ------------------------------------------------------------------- */

/* Status codes of the firmware (16 bits): PSP_SUCCESS, PSP_INVALID_PLATFORM_STATE ... */
enum psp_status {
#define STATUS(name, code) PSP_##name = code,
#include "psp/status.def"
#undef STATUS
};

/* Command ids (11 bits): PSP_CMD_INIT, PSP_CMD_SNP_INIT_EX ... */
enum psp_cmd_id {
#define COMMAND(id, name, ...) PSP_CMD_##name = id,
#include "psp/commands.def"
#undef COMMAND
};

/* "INIT" for 1; NULL if there is no such command. And back; -EINVAL. */
const char *psp_cmd_name(unsigned int id);
int psp_cmd_number(const char *name);
/* "INVALID_PLATFORM_STATE" for 1; NULL if there is no such status. */
const char *psp_status_name(unsigned int status);

/* Every command of the firmware: fn is called for each, in order of id. */
void psp_cmd_each(void (*fn)(void *arg, unsigned int id, const char *name), void *arg);

/* Register sets, by their name in the field: Naples, Rome/Milan, Genoa, Turin and later. */
enum psp_generation { PSP_V1 = 1, PSP_V2 = 2, PSP_V4 = 4, PSP_V6 = 6 };

/* What the chip calls itself: decides TCB layout, certificate sizes and names. */
enum psp_product { PSP_NAPLES, PSP_ROME, PSP_MILAN, PSP_GENOA, PSP_TURIN };

/* Platform states of SEV (55766, 5) and of SNP (56860, 4); guest states of both. */
enum psp_platform_state { PSP_UNINIT, PSP_INIT, PSP_WORKING };
enum psp_guest_state {
	PSP_G_UNINIT,
	PSP_G_LUPDATE,
	PSP_G_LSECRET,
	PSP_G_RUNNING,
	PSP_G_SUPDATE,
	PSP_G_RUPDATE,
	PSP_G_SENT,
};
enum psp_snp_guest_state { PSP_GSTATE_INIT, PSP_GSTATE_LAUNCH, PSP_GSTATE_RUNNING };

/* --- The world ---------------------------------------------------------------- */

enum psp_trace_kind {
	PSP_TRACE_COMMAND,  /* id, address; data: the buffer as given, if it can be read */
	PSP_TRACE_RESPONSE, /* id, status, address; data: the buffer as left */
	PSP_TRACE_RMP,	    /* address: page; data: the entry, 16 bytes */
	PSP_TRACE_FAULT,    /* address; status: enum psp_access_status; data: struct psp_fault */
	PSP_TRACE_KEY,	    /* id: ASID; status: 1 loaded, 0 removed */
	PSP_TRACE_KINDS
};

struct psp_trace {
	enum psp_trace_kind kind;
	uint16_t id;
	uint16_t status;
	uint64_t address;
	const void *data; /* valid during the call */
	size_t len;
};

/* Use of memory that real caches would punish (config.caches). */
enum psp_hazard_kind {
	/* A page is read or written by one key while a cache holds lines of it by another. */
	PSP_HAZARD_ALIAS,
	/* A dirty line was written back over newer data of another key. */
	PSP_HAZARD_LOST_WRITE,
	/* A line was written back after its ASID's key was removed or replaced. */
	PSP_HAZARD_STALE_KEY,
	/* The firmware or a device used memory that the data fabric had not been flushed for. */
	PSP_HAZARD_FABRIC,
};

struct psp_hazard {
	enum psp_hazard_kind kind;
	uint64_t pa;		  /* of the line */
	unsigned int cached_asid; /* 0: the host */
	bool cached_encrypted;	  /* C-bit of the cached line */
	unsigned int asid;	  /* of the access that met it */
	bool encrypted;
};

struct psp_ops {
	/* DRAM, as it is: 0, or -EFAULT for an address without memory. Lengths up to 2 MiB. */
	int (*read)(void *ctx, uint64_t pa, void *buf, size_t len);
	int (*write)(void *ctx, uint64_t pa, const void *buf, size_t len);
	/*
	 * The same memory in place, for speed; optional. NULL for a range that is not one
	 * piece of RAM. The pointer stays good until psp_free().
	 */
	void *(*ram)(void *ctx, uint64_t pa, size_t len);
	/* Message-signalled interrupt of the PSP function (edge). */
	void (*irq)(void *ctx); /* optional */
	/*
	 * psp_step() has something to do: a mailbox was written while none was busy, or work
	 * waited for psp_complete(). May step and complete at once. Optional, for callers that
	 * have psp_command() alone or look by themselves.
	 */
	void (*kick)(void *ctx);
	/* Optional: true makes the named point fail this time. Names: psp_fault_names[]. */
	bool (*fault)(void *ctx, const char *name);
	void (*trace)(void *ctx, const struct psp_trace *record);   /* optional */
	void (*hazard)(void *ctx, const struct psp_hazard *hazard); /* optional */
};

extern const char *const psp_fault_names[];   /* NULL-terminated */
const char *psp_fault_help(const char *name); /* one line; NULL: no such point */

/*
 * The status that the fault point psp.status.COMMAND gives, when it fires, instead of
 * running the command; HWERROR_PLATFORM unless set, and with 0 again. Any 16 bits will do;
 * psp_reset() keeps it. -EINVAL: no such command.
 */
int psp_inject_status(struct psp *psp, enum psp_cmd_id id, uint16_t status);

/* --- Configuration ------------------------------------------------------------ */

/* TCB_VERSION by component (56860, 2.2); fmc only on Turin. */
struct psp_tcb {
	uint8_t fmc, boot_loader, tee, snp, microcode;
};
uint64_t psp_tcb_raw(enum psp_product product, const struct psp_tcb *tcb);
struct psp_tcb psp_tcb_parts(enum psp_product product, uint64_t raw);

/*
 * Latency in ps of each kind of work. A command costs `command` or what `by_command`
 * has for it, and `per_page` for each 4 KiB page that it hashes, encrypts or copies.
 */
enum { PSP_LATENCIES = 32 };
struct psp_latency {
	uint64_t command;
	uint64_t per_page;
	struct {
		uint16_t id; /* 0 ends the list */
		uint64_t ps;
	} by_command[PSP_LATENCIES];
};

/* An entry of the RMP has 10 bits for an ASID. */
enum { PSP_MAX_CPUS = 512, PSP_MAX_ASID = 1023, PSP_MAX_GUESTS = 65536 };

struct psp_config {
	enum psp_generation generation;
	enum psp_product product;
	uint8_t api_major, api_minor, build;
	uint64_t seed;			  /* of the chip: its identity and all that it draws */
	uint32_t capability;		  /* the feature register, bits as psp-dev.h names them */
	uint32_t bootloader, tee_version; /* what those information registers read */
	bool tee;			  /* the TEE mailbox answers */
	bool snp;			  /* SNP commands exist */
	unsigned int cpus;		  /* 1 .. PSP_MAX_CPUS */
	unsigned int max_asid;		  /* CPUID 8000001F ECX: ASIDs 1 .. max_asid */
	unsigned int min_sev_asid;	  /* EDX: the first for guests without SEV-ES */
	unsigned int max_guests;	  /* of SEV and of SNP, each: 1 .. PSP_MAX_GUESTS */
	uint8_t c_bit;	     /* position in a physical address; CPUID 8000001F EBX 5:0 */
	uint64_t memory_end; /* end of the highest RAM */
	bool smt, tsme, ecc;
	bool sme;	    /* host C-bit accesses are encrypted (SYSCFG bit 23 may be set) */
	bool fused;	    /* chip secrets survive; false: an engineering part */
	struct psp_tcb tcb; /* of the running firmware */
	/* AMD, whose root key the chip's fuses name; must outlive it. NULL: no chain of
	 * certificates that leads to AMD is accepted (SEND_START of a guest with policy SEV). */
	struct psp_kds *kds;
	/* In CPUID tables of SNP guests, and in reports of version 3 and newer. */
	uint8_t cpu_family, cpu_model, cpu_stepping;
	uint32_t tsc_khz; /* that TSCs of SNP guests are scaled from (TSC_INFO) */
	/* Lines of 64 bytes that the caches hold before the oldest is written back; 0: coherent. */
	uint32_t caches;
	struct psp_latency latency;
};

/* A Milan-like machine: V2, API 1.55, 8 CPUs, 509 ASIDs, 99 of them for SEV-ES and SNP. */
void psp_config_default(struct psp_config *config);

/*
 * -EINVAL: a contradiction, or a world without read or write (*why, optional, says which);
 * -ENOMEM.
 */
int psp_new(struct psp **out, const struct psp_config *config, const struct psp_ops *ops, void *ctx,
	    const char **why);
void psp_free(struct psp *psp);
/*
 * Power cycle: non-volatile storage and fuses stay, and what is no part of the machine:
 * statistics, injected statuses, the place in the seed's random numbers (keys of the next
 * cycle are others). All else is as after psp_new().
 */
void psp_reset(struct psp *psp);

/* --- Mailbox ------------------------------------------------------------------ */

/* Size of BAR 2. */
#define PSP_MMIO_SIZE 0x100000

/*
 * Registers: 4 bytes, naturally aligned; what is not there reads as zero (all ones
 * with fault point psp.inaccessible) and ignores writes.
 */
uint32_t psp_mmio_read(struct psp *psp, uint32_t offset);
void psp_mmio_write(struct psp *psp, uint32_t offset, uint32_t value);
/* "CmdResp", "intsts" ...; NULL if this generation has no register there. */
const char *psp_reg_name(const struct psp *psp, uint32_t offset);
/* Back: the offset; -EINVAL. */
int psp_reg_offset(const struct psp *psp, const char *name);

/*
 * Run what was written to a mailbox or a ring. False: there is nothing. *latency: ps
 * until psp_complete() shall make its response visible. A dead PSP has no response:
 * *latency is then PSP_NEVER and psp_complete() need not be called.
 */
#define PSP_NEVER UINT64_MAX
bool psp_step(struct psp *psp, uint64_t *latency);
/* Show the response of the last step; raises the interrupt where one was asked for. */
void psp_complete(struct psp *psp);

/*
 * A SEV command through the mailbox, polled: the status (0 .. 0xffff), -ETIMEDOUT from
 * a dead PSP, -EBUSY while another command is on its way. *latency may be NULL.
 */
int psp_command(struct psp *psp, enum psp_cmd_id id, uint64_t buffer, uint64_t *latency);

/* --- Memory ------------------------------------------------------------------- */

enum psp_agent { PSP_HOST, PSP_GUEST, PSP_DEVICE };

/* One access within a 4 KiB page. */
struct psp_access {
	enum psp_agent agent;
	uint64_t pa; /* system physical address, without the C-bit */
	bool write, execute, user;
	bool encrypted;	   /* the C-bit of the page table that led here */
	bool vmsa;	   /* by VMRUN or #VMEXIT, to the save area */
	bool page_2m;	   /* the (nested) page table maps 2 MiB */
	unsigned int cpu;  /* of a host or guest access; below config.cpus */
	unsigned int asid; /* of a guest */
	bool snp;	   /* the guest is an SNP guest (SEV_FEATURES) */
	uint8_t vmpl;	   /* 0 .. 3, SNP guests */
	uint64_t gpa;	   /* SNP guests */
};

enum psp_access_status {
	PSP_ACCESS_OK,
	PSP_ACCESS_ABORT, /* no memory there */
	PSP_ACCESS_PF,	  /* host: #PF with the RMP bit */
	PSP_ACCESS_NPF,	  /* guest: #VMEXIT(NPF) */
	PSP_ACCESS_VC,	  /* guest: #VC, page not validated */
	PSP_ACCESS_IO,	  /* device: target abort by the IOMMU's RMP check */
};

/* Error code bits of #PF and #NPF that the RMP adds (APM volume 2, 8.4.2 and 15.25.6). */
#define PSP_PF_PRESENT (1ull << 0)
#define PSP_PF_WRITE   (1ull << 1)
#define PSP_PF_USER    (1ull << 2)
#define PSP_PF_FETCH   (1ull << 4)
#define PSP_PF_RMP     (1ull << 31)
#define PSP_NPF_ENC    (1ull << 34) /* the C-bit of the guest's access */
#define PSP_NPF_SIZEM  (1ull << 35) /* page size mismatch of PVALIDATE or RMPADJUST */
#define PSP_NPF_VMPL   (1ull << 36) /* VMPL permissions */

struct psp_fault {
	enum psp_access_status status;
	uint64_t error_code;
	const char *reason; /* static text for people: which rule */
};

/*
 * Read into or write from buf (len bytes, not over a page's end), by key and with RMP
 * checks. *fault (may be NULL) is filled unless the result is PSP_ACCESS_OK.
 */
enum psp_access_status psp_access(struct psp *psp, const struct psp_access *access, void *buf,
				  size_t len, struct psp_fault *fault);

/* The RMP's verdict alone: no data, no effects. */
enum psp_access_status psp_rmp_check(const struct psp *psp, const struct psp_access *access,
				     struct psp_fault *fault);

/* --- Instructions and MSRs ------------------------------------------------------ */

enum psp_page_state {
	PSP_PAGE_HYPERVISOR,
	PSP_PAGE_HV_FIXED,
	PSP_PAGE_FIRMWARE,
	PSP_PAGE_RECLAIM,
	PSP_PAGE_CONTEXT,
	PSP_PAGE_METADATA,
	PSP_PAGE_PRE_GUEST,
	PSP_PAGE_PRE_SWAP,
	PSP_PAGE_GUEST_INVALID,
	PSP_PAGE_GUEST_VALID,
	PSP_PAGE_OTHER, /* a combination without a name */
};
const char *psp_page_state_name(enum psp_page_state state);

/* An entry of the RMP taken apart; also the operand of RMPUPDATE and RMPREAD. */
struct psp_rmp_entry {
	bool assigned, page_2m, immutable, validated, vmsa, lock;
	uint32_t asid;
	uint16_t subpage_count;
	uint64_t gpa;	  /* of the page */
	uint8_t perms[4]; /* VMPL0 .. 3: bit 0 read, 1 write, 2 user execute, 3 supervisor execute
			   */
};

/* EAX of the instructions (APM volume 3). */
enum psp_rmp_result {
	PSP_RMP_OK = 0,
	PSP_RMP_FAIL_INPUT = 1,
	PSP_RMP_FAIL_PERMISSION = 2,
	PSP_RMP_FAIL_INUSE = 3,
	PSP_RMP_FAIL_OVERLAP = 4,
	PSP_RMP_FAIL_SIZEMISMATCH = 6,
	/*
	 * #UD or #GP rather than a result: SNP is not enabled on this core; not an SNP guest;
	 * PVALIDATE outside of VMPL0.
	 */
	PSP_RMP_UD = -1,
};

/*
 * RMPUPDATE: of `state` the fields assigned, page_2m, immutable, asid and gpa count. What
 * changes more than the immutable bit makes the page not validated.
 */
enum psp_rmp_result psp_rmpupdate(struct psp *psp, unsigned int cpu, uint64_t spa,
				  const struct psp_rmp_entry *state);
enum psp_rmp_result psp_psmash(struct psp *psp, unsigned int cpu, uint64_t spa);
/* RMPREAD: as the 16-byte operand shows it. *mixed: a 2 MiB region with 4 KiB assignments. */
enum psp_rmp_result psp_rmpread(struct psp *psp, unsigned int cpu, uint64_t spa,
				struct psp_rmp_entry *state, bool *mixed);
/*
 * PVALIDATE and RMPADJUST of a guest, after its address was translated: access.pa, gpa,
 * asid, vmpl and page_2m say what the tables gave. *unchanged: the carry flag. A nested
 * fault on the way is in *fault (status not PSP_ACCESS_OK; fault is not NULL), and the
 * result is then to be ignored.
 */
enum psp_rmp_result psp_pvalidate(struct psp *psp, const struct psp_access *access, bool page_2m,
				  bool validate, bool *unchanged, struct psp_fault *fault);
/* attributes (RDX): 7:0 target VMPL, 15:8 its permissions, 16 VMSA. */
enum psp_rmp_result psp_rmpadjust(struct psp *psp, const struct psp_access *access, bool page_2m,
				  uint64_t attributes, struct psp_fault *fault);

/* What the table says of a page: the entry in force, that of its 2 MiB page where that is one. */
void psp_rmp_lookup(const struct psp *psp, uint64_t spa, struct psp_rmp_entry *entry);
enum psp_page_state psp_page_state(const struct psp *psp, uint64_t spa);

#define PSP_MSR_SYSCFG	    0xc0010010u
#define PSP_MSR_VM_HSAVE_PA 0xc0010117u
#define PSP_MSR_RMP_BASE    0xc0010132u
#define PSP_MSR_RMP_END	    0xc0010133u
#define PSP_MSR_RMP_CFG	    0xc0010136u
#define PSP_SYSCFG_MFDM	    (1ull << 19)
#define PSP_SYSCFG_SME_EN   (1ull << 23)
#define PSP_SYSCFG_SNP_EN   (1ull << 24)
#define PSP_SYSCFG_VMPL_EN  (1ull << 25)

/* MSRs of a core that this library owns. -ENOENT: another MSR, -EINVAL: core; -EPERM: #GP. */
int psp_wrmsr(struct psp *psp, unsigned int cpu, uint32_t msr, uint64_t value);
int psp_rdmsr(const struct psp *psp, unsigned int cpu, uint32_t msr, uint64_t *value);

/* WBINVD or WBNOINVD on a core. */
void psp_wbinvd(struct psp *psp, unsigned int cpu);
/*
 * The host's CLFLUSH of the lines of a range (config.caches), on all cores: those of its
 * plain view, or of its encrypted one if pa has the C-bit; guests' lines stay.
 */
void psp_clflush(struct psp *psp, uint64_t pa, size_t len);

/* --- State, for people and tests ------------------------------------------------ */

struct psp_info {
	enum psp_platform_state state;
	bool dead, externally_owned, es;
	unsigned int guests;
	bool snp_initialized, rmp_initialized;
	unsigned int snp_guests;
	uint8_t api_major, api_minor, build;
	uint64_t current_tcb, reported_tcb, committed_tcb;
	uint8_t chip_id[64]; /* of a Turin 8 bytes, and zeros */
};
void psp_get_info(const struct psp *psp, struct psp_info *info);

/* Non-volatile storage: what SPI flash holds for INIT (INIT_EX keeps it in host memory). */
enum { PSP_NV_SIZE = 32 * 1024 };
void psp_nv_save(const struct psp *psp, uint8_t nv[PSP_NV_SIZE]);
void psp_nv_load(struct psp *psp, const uint8_t nv[PSP_NV_SIZE]);

struct psp_stats {
	uint64_t commands, failed, interrupts, pages_encrypted, rmp_checks, rmp_faults, hazards;
};
void psp_get_stats(const struct psp *psp, struct psp_stats *stats);

/*
 * Decoders: one line of text, spec names, into buf (always terminated). Return the
 * length that was needed, as snprintf does.
 */
int psp_decode_command(char *buf, size_t size, unsigned int id, const void *data, size_t len);
int psp_decode_trace(char *buf, size_t size, const struct psp_trace *record);
/* The fields of a command's buffer, in spec names; `len` is what is there of it. */
typedef void (*psp_field_fn)(void *arg, const char *name, uint64_t value);
void psp_cmd_fields(unsigned int id, const void *data, size_t len, psp_field_fn fn, void *arg);
/* Size of a command's buffer; 0: it has none. */
size_t psp_cmd_size(unsigned int id);

/* --- AMD's key distribution service (KDS) ------------------------------------------ */

/*
 * What certifies chips, outside of any chip. Its authorities have RSA keys: the ARK is the
 * root, the ASK signs CEKs and VCEKs, the ASVK VLEKs. One service serves many chips: two
 * platforms between which guests migrate have one.
 *
 * A key is generated from the service's seed when it is first needed (4096 bits take a
 * second or more), unless psp_kds_load() has brought one. Certificates are valid from 2020
 * to 2045. Files are in the formats of the field: AMD and SEV certificates of 55766, X.509
 * of 57230. Functions that give a file return its length; -ENOSPC: the buffer is too
 * small; -EINVAL; -ENOMEM.
 */
struct psp_kds;

struct psp_kds_config {
	uint64_t seed;
	unsigned int rsa_bits; /* 2048 as Naples, else 4096 */
	const char *product;   /* "Milan": names the authorities */
	const char *stepping;  /* "B0": with the product the product name of 57230 */
	bool turin;	       /* byte 0 of a TCB version is the FMC, hardware ids have 8 bytes */
};

enum psp_authority {
	PSP_ARK,
	PSP_ASK,
	PSP_ASVK,
};

/* 0, -EINVAL, -ENOMEM. Strings are copied, each at most 31 bytes long. */
int psp_kds_new(struct psp_kds **kds, const struct psp_kds_config *config);
void psp_kds_free(struct psp_kds *kds);

/*
 * Take an authority's X.509 certificate and private key (RSA, 2048 or 4096 bits; PEM or DER,
 * not encrypted) instead of generating them. ARK first, for it must have signed the others.
 * -EBUSY: the authority has a key already; -EBADMSG: the certificate is not signed by the
 * ARK, -EINVAL: anything else, key and certificate that do not belong together among it.
 */
int psp_kds_load(struct psp_kds *kds, enum psp_authority which, const void *cert, size_t cert_len,
		 const void *key, size_t key_len);

/* The X.509 certificate of an authority, DER. */
int psp_kds_x509(struct psp_kds *kds, enum psp_authority which, uint8_t *der, size_t room);
/* The AMD certificate of ARK or ASK, at most 0x640 bytes. -EINVAL: the ASVK, which has none. */
int psp_kds_amd_cert(struct psp_kds *kds, enum psp_authority which, uint8_t *cert);

/* Of a chip: its CEK, signed by the ASK (0x824 bytes), and its VCEK for a TCB version (DER). */
int psp_kds_chip_cek(struct psp_kds *kds, struct psp *psp, uint8_t cert[0x824]);
int psp_kds_chip_vcek(struct psp_kds *kds, struct psp *psp, uint64_t tcb, uint8_t *der,
		      size_t room);
/* Of a cloud provider (`csp`: "CN=cloud.example"): its VLEK's certificate for a TCB version,
 * and the blob of SNP_VLEK_LOAD for a chip (0x1b0 bytes). */
int psp_kds_vlek(struct psp_kds *kds, const char *csp, uint64_t tcb, uint8_t *der, size_t room);
int psp_kds_chip_vlek(struct psp_kds *kds, struct psp *psp, const char *csp, uint64_t tcb,
		      uint8_t blob[0x1b0]);

/*
 * A firmware image for DOWNLOAD_FIRMWARE(_EX), signed as this model wants it. Returns
 * the length, -ENOSPC, -ENOMEM.
 */
struct psp_firmware {
	uint8_t api_major, api_minor, build;
	struct psp_tcb tcb;
};
int psp_firmware_image(struct psp *psp, const struct psp_firmware *firmware, void *buf,
		       size_t size);

#endif
