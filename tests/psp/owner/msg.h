/* SPDX-License-Identifier: MIT */
/*
 * What a running SNP guest has (56860): the secrets page, the CPUID page, and
 * messages to the firmware, sealed with a VM platform communication key.
 */
#ifndef TESTS_PSP_OWNER_MSG_H
#define TESTS_PSP_OWNER_MSG_H

#define OWNER_MSG_HDR	0x60
#define OWNER_MSG_MAX	(OWNER_PAGE - OWNER_MSG_HDR) /* payload bytes */
#define OWNER_VMPCKS	4
#define OWNER_CPUID_MAX 64

/* Types of requests; a response has the next number. */
enum owner_msg_type {
	OWNER_MSG_CPUID = 1,
	OWNER_MSG_KEY = 3,
	OWNER_MSG_REPORT = 5,
	OWNER_MSG_EXPORT = 7,
	OWNER_MSG_IMPORT = 9,
	OWNER_MSG_ABSORB = 0xb,
	OWNER_MSG_VMRK = 0xd,
	OWNER_MSG_ABSORB_NOMA = 0xf,
	OWNER_MSG_TSC_INFO = 0x11,
};

/* Offsets in a message page, for tests that break one. */
enum owner_msg_field {
	OWNER_MSG_TAG = 0,
	OWNER_MSG_SEQUENCE = 0x20,
	OWNER_MSG_AAD = 0x30, /* to the end of the header */
	OWNER_MSG_ALGO = 0x30,
	OWNER_MSG_HDR_VERSION = 0x31,
	OWNER_MSG_HDR_SIZE = 0x32,
	OWNER_MSG_TYPE = 0x34,
	OWNER_MSG_VERSION = 0x35,
	OWNER_MSG_SIZE = 0x36,
	OWNER_MSG_VMPCK = 0x3c,
};

/* A guest's end of its four channels; count is the last sequence number used. */
struct owner_guest {
	uint8_t vmpck[OWNER_VMPCKS][32];
	uint64_t count[OWNER_VMPCKS];
};

struct owner_request {
	unsigned int vmpck; /* 0 to 3 */
	enum owner_msg_type type;
	uint8_t version;
	const void *payload;
	size_t len; /* up to OWNER_MSG_MAX */
};

/*
 * Seal a request page under count + 1. The count moves only when the response has
 * been opened, so that a refused request can be made again. OWNER_SEQUENCE if the
 * numbers are used up.
 */
enum owner_check owner_request_seal(const struct owner_guest *guest,
				    const struct owner_request *request, uint8_t page[OWNER_PAGE]);
/*
 * Open the response to `request`: OWNER_SEQUENCE unless count + 2, OWNER_TYPE,
 * OWNER_VERSION (other than the request's), OWNER_HEADER, OWNER_TAG. `payload` has
 * OWNER_MSG_MAX bytes, *len of them are filled.
 */
enum owner_check owner_response_open(struct owner_guest *guest, const struct owner_request *request,
				     const uint8_t page[OWNER_PAGE], uint8_t *payload, size_t *len);

#define OWNER_REPORT_REQ_SIZE 0x60
#define OWNER_KEY_REQ_SIZE    0x28 /* version 2; version 1 ends at 0x20 */
#define OWNER_TSC_REQ_SIZE    0x80

void owner_report_request(uint8_t out[OWNER_REPORT_REQ_SIZE], const uint8_t data[64],
			  uint32_t vmpl);
/* Give the message's status; the report (OWNER_REPORT_SIZE) is `payload` + *offset. */
enum owner_check owner_report_response(const uint8_t *payload, size_t len, uint32_t *status,
				       size_t *offset);

struct owner_key_request {
	bool vmrk;	 /* root: VMRK, else VCEK */
	uint64_t fields; /* what is mixed in: OWNER_KEY_* */
	uint32_t vmpl, guest_svn;
	uint64_t tcb;
	uint64_t launch_mit_vector; /* version 2 */
};
enum owner_key_field {
	OWNER_KEY_POLICY = 1 << 0,
	OWNER_KEY_IMAGE_ID = 1 << 1,
	OWNER_KEY_FAMILY_ID = 1 << 2,
	OWNER_KEY_MEASUREMENT = 1 << 3,
	OWNER_KEY_GUEST_SVN = 1 << 4,
	OWNER_KEY_TCB = 1 << 5,
	OWNER_KEY_MIT_VECTOR = 1 << 6,
};
void owner_key_request(uint8_t out[OWNER_KEY_REQ_SIZE], const struct owner_key_request *request);
enum owner_check owner_key_response(const uint8_t *payload, size_t len, uint32_t *status,
				    uint8_t key[32]);

struct owner_tsc_info {
	uint64_t scale, offset;
	uint32_t factor;
};
void owner_tsc_request(uint8_t out[OWNER_TSC_REQ_SIZE]);
enum owner_check owner_tsc_response(const uint8_t *payload, size_t len, uint32_t *status,
				    struct owner_tsc_info *info);

struct owner_cpuid {
	uint32_t eax_in, ecx_in;
	uint64_t xcr0_in, xss_in;
	uint32_t eax, ebx, ecx, edx;
};
/* The page for SNP_LAUNCH_UPDATE; OWNER_LENGTH beyond OWNER_CPUID_MAX entries. */
enum owner_check owner_cpuid_page(uint8_t page[OWNER_PAGE], const struct owner_cpuid *entries,
				  size_t n);
/* Read such a page back, *n entries up to OWNER_CPUID_MAX. */
enum owner_check owner_cpuid_page_parse(const uint8_t page[OWNER_PAGE], struct owner_cpuid *entries,
					size_t *n);
/* The same table as a message of *len bytes. */
enum owner_check owner_cpuid_request(uint8_t out[OWNER_MSG_MAX], size_t *len,
				     const struct owner_cpuid *entries, size_t n);
enum owner_check owner_cpuid_response(const uint8_t *payload, size_t len, uint32_t *status,
				      struct owner_cpuid *entries, size_t *n);

struct owner_secrets {
	uint32_t version;
	bool imi;
	uint8_t fms[4]; /* bytes of the family, model and stepping word */
	uint8_t gosvw[16], vmpck[OWNER_VMPCKS][32], guest_area[0x60], tweak_bitmap[64];
	uint64_t svsm_base, svsm_size, svsm_caa;
	uint32_t svsm_max_version;
	uint8_t svsm_guest_vmpl;
	uint32_t tsc_factor;
};
/* OWNER_VERSION below 2. */
enum owner_check owner_secrets_parse(const uint8_t page[OWNER_PAGE], struct owner_secrets *out);
/* The guest's end with the page's keys and no message sent. */
void owner_guest_init(struct owner_guest *guest, const struct owner_secrets *secrets);

#endif
