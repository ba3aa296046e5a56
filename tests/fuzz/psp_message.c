/* SPDX-License-Identifier: MIT */
/*
 * Fuzzer of guest messages. A running SNP guest, which is the migration agent of another one,
 * sends requests: sealed by its owner's code with any payload, damaged after that, or bytes
 * as they come; between them are steps of programs. What was damaged where it is protected is
 * refused; a refused request leaves the response page and the counter alone; a response is
 * one that the owner can open.
 */
#include <stdio.h>
#include <stdlib.h>

#include "tests/fuzz/ledger.h"
#include "tests/fuzz/program.h"
#include "tests/psp/owner/owner.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum {
	REQUEST = MACHINE_AT_HDR,
	RESPONSE = MACHINE_AT_OUT,
	SECRETS = MACHINE_AT_GUEST + MACHINE_PAGE,
	SECRETS_GPA = 0x101000,
	TAG_SIZE = 16,
	CONTEXT_SIZE = 0x300,
	MESSAGES = 40,
};

/* The guest and what it knows. */
struct sender {
	struct machine *m;
	struct owner_guest owner;
	uint8_t context[0x20 + CONTEXT_SIZE]; /* of the last EXPORT */
	bool answered;			      /* the request that is in RAM */
};

static void fail(const char *text)
{
	fprintf(stderr, "psp_message: %s\n", text);
	abort();
}

static void read_secrets(struct sender *s)
{
	struct psp_access access = {
		.agent = PSP_GUEST,
		.pa = SECRETS,
		.encrypted = true,
		.asid = 1,
		.snp = true,
		.gpa = SECRETS_GPA,
	};
	uint8_t page[MACHINE_PAGE];
	struct owner_secrets secrets;

	if (psp_access(s->m->psp, &access, page, sizeof(page), NULL) ||
	    owner_secrets_parse(page, &secrets))
		machine_fail(s->m, "no secrets page");
	owner_guest_init(&s->owner, &secrets);
}

/* Types of requests with the length of a right payload and where it names a context. */
static const struct {
	uint8_t type;
	uint16_t len;
	bool names_guest;
} kinds[] = {
	{OWNER_MSG_REPORT, OWNER_REPORT_REQ_SIZE, false},
	{OWNER_MSG_KEY, 0x20, false},
	{OWNER_MSG_TSC_INFO, OWNER_TSC_REQ_SIZE, false},
	{OWNER_MSG_CPUID, 0x10 + 0x30, false},
	{OWNER_MSG_EXPORT, 0x10, true},
	{OWNER_MSG_IMPORT, 0x20 + CONTEXT_SIZE, true},
	{OWNER_MSG_VMRK, 0x40, true},
	{OWNER_MSG_ABSORB, 0x40, false},
	{OWNER_MSG_ABSORB_NOMA, 0x40, false},
};

/* A right payload of the kind, then some of its bytes changed. */
static void fill_payload(struct sender *s, struct owner_request *request, uint8_t *payload,
			 struct input *in)
{
	unsigned int kind = input_below(in, sizeof(kinds) / sizeof(kinds[0]));
	unsigned int how = input_byte(in);

	memset(payload, 0, OWNER_MSG_MAX);
	request->type = kinds[kind].type;
	request->len = kinds[kind].len;
	if (kinds[kind].type == OWNER_MSG_CPUID)
		payload[0] = 1;
	if (kinds[kind].type == OWNER_MSG_IMPORT)
		memcpy(payload, s->context, sizeof(s->context));
	if (kinds[kind].names_guest)
		fuzz_put(payload, MACHINE_AT_GCTX + how % 4 * (uint64_t)MACHINE_PAGE, 8);
	for (unsigned int n = how >> 2 & 7; n; n--)
		payload[input_number(in, 2) % (request->len + 16)] = (uint8_t)input_byte(in);
	if (how >= 224)
		request->len = input_number(in, 2) % (OWNER_MSG_MAX + 1);
}

static int send_page(struct sender *s)
{
	uint8_t b[0x18];

	fuzz_put(b, MACHINE_AT_GCTX, 8);
	fuzz_put(b + 8, REQUEST, 8);
	fuzz_put(b + 0x10, RESPONSE, 8);
	machine_to_firmware(s->m, RESPONSE);
	return machine_cmd(s->m, PSP_CMD_SNP_GUEST_REQUEST, b, sizeof(b));
}

/* What IMPORT wants of an EXPORT's response: size and version stand elsewhere. */
static void keep_context(struct sender *s, const uint8_t *payload)
{
	memset(s->context, 0, sizeof(s->context));
	memcpy(s->context + 8, payload + 4, 8);
	memcpy(s->context + 0x20, payload + 0x20, CONTEXT_SIZE);
}

static void open_response(struct sender *s, const struct owner_request *request)
{
	uint8_t payload[OWNER_MSG_MAX];
	unsigned int status;
	size_t len = 0;
	enum owner_check bad =
		owner_response_open(&s->owner, request, s->m->ram + RESPONSE, payload, &len);

	if (bad)
		machine_fail(s->m, "response to message %u: %s", request->type,
			     owner_check_text(bad));
	status = (unsigned int)fuzz_get(payload, 4);
	if (len < 4 || !psp_status_name(status))
		machine_fail(s->m, "response to message %u: %zu bytes, status %#x", request->type,
			     len, status);
	if (request->type == OWNER_MSG_EXPORT && !status)
		keep_context(s, payload);
}

/* Change some bytes of a request. */
static void damage(struct sender *s, const struct owner_request *request, struct input *in)
{
	for (unsigned int n = input_below(in, 4); n; n--) {
		size_t at = input_number(in, 2) % (OWNER_MSG_HDR + request->len + 8);

		s->m->ram[REQUEST + at] ^= (uint8_t)input_byte(in);
	}
}

/* All that protects a request or is protected is equal: the tag, and from the number on. */
static bool same_request(const uint8_t *a, const uint8_t *b, size_t len)
{
	return !memcmp(a, b, TAG_SIZE) && !memcmp(a + OWNER_MSG_SEQUENCE, b + OWNER_MSG_SEQUENCE,
						  OWNER_MSG_HDR - OWNER_MSG_SEQUENCE + len);
}

static bool running(struct sender *s)
{
	return psp_page_state(s->m->psp, MACHINE_AT_GCTX) == PSP_PAGE_CONTEXT;
}

static void sealed_message(struct sender *s, struct input *in)
{
	uint8_t payload[OWNER_MSG_MAX], before[MACHINE_PAGE], sent[MACHINE_PAGE];
	struct owner_request request = {.payload = payload, .vmpck = input_below(in, 4)};
	bool same;
	int status;

	machine_settle(s->m);
	fill_payload(s, &request, payload, in);
	request.version = (uint8_t)(1 + (input_byte(in) > 224));
	owner_request_seal(&s->owner, &request, s->m->ram + REQUEST);
	memcpy(sent, s->m->ram + REQUEST, sizeof(sent));
	damage(s, &request, in);
	same = same_request(sent, s->m->ram + REQUEST, request.len);
	memcpy(before, s->m->ram + RESPONSE, sizeof(before));
	status = send_page(s);
	s->answered = !status;
	if (status && memcmp(before, s->m->ram + RESPONSE, sizeof(before)) != 0)
		machine_fail(s->m, "a refused request (%d) changed the response page", status);
	if (status)
		return;
	if (!same)
		machine_fail(s->m, "a request was answered that was changed on its way");
	open_response(s, &request);
}

static void raw_page(struct sender *s, struct input *in)
{
	size_t len = input_below(in, 0xa0);

	/* what was answered is sent again, with other bytes */
	if (!s->answered)
		memset(s->m->ram + REQUEST, 0, OWNER_MSG_HDR);
	for (size_t i = 0; i < len && in->left; i++)
		s->m->ram[REQUEST + i] = (uint8_t)input_byte(in);
	if (!send_page(s))
		machine_fail(s->m, "a request without the key was answered");
}

/*
 * The keys of messages are the guest's and the firmware's. (libFuzzer looks over memmem()'s
 * shoulder, learns the key and sends it.)
 */
static void no_key_in_ram(struct sender *s)
{
	for (size_t at = 0; at < MACHINE_RAM; at += 8) {
		uint64_t word = fuzz_get(s->m->ram + at, 8);

		for (unsigned int i = 0; i < OWNER_VMPCKS; i++)
			if (word == fuzz_get(s->owner.vmpck[i], 8))
				machine_fail(s->m, "VMPCK %u is in RAM", i);
	}
}

static void run(const uint8_t *data, size_t size, uint8_t digest[32])
{
	struct input in = {data, size};
	struct machine m;
	struct sender s = {.m = &m};

	machine_new_default(&m, fail);
	program_prologue(&m, START_AGENT);
	read_secrets(&s);
	for (unsigned int i = 0; i < MESSAGES && in.left && running(&s); i++) {
		unsigned int what = input_byte(&in);

		if (what < 176)
			sealed_message(&s, &in);
		else if (what < 208)
			raw_page(&s, &in);
		else
			program_step(&m, &in, NULL);
	}
	ledger_check(m.ledger, true);
	no_key_in_ram(&s);
	machine_finish(&m);
	machine_digest(&m, digest);
	machine_free(&m);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	uint8_t first[32], second[32];

	if (!size)
		return 0;
	run(data, size, first);
	if (data[size - 1] % 16)
		return 0;
	run(data, size, second);
	if (memcmp(first, second, sizeof(first)) != 0)
		fail("two runs of one input differ");
	return 0;
}
