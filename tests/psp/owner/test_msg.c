/* SPDX-License-Identifier: MIT */
#include <string.h>

#include "tests/psp/owner/test.h"

static uint8_t page[OWNER_PAGE], reply[OWNER_PAGE], payload[OWNER_MSG_MAX];

static void make_guest(struct owner_guest *guest)
{
	memset(guest, 0, sizeof(*guest));
	for (unsigned int i = 0; i < sizeof(guest->vmpck); i++)
		((uint8_t *)guest->vmpck)[i] = (uint8_t)i;
}

/*
 * What the firmware does with the request in `page`: open it, answer in `reply`
 * with `len` bytes of its own under the next number and type.
 */
static void answer(const struct owner_guest *guest, const void *own, size_t len)
{
	const uint8_t *key = guest->vmpck[page[0x3c]];
	struct owner_part aad = {page + 0x30, 0x30};
	uint64_t sequence = owner_get64(page + 0x20);
	uint8_t iv[12] = {0};

	owner_put64(iv, sequence);
	CHECK_IS(owner_gcm_open(key, iv, aad, page + 0x60, payload, owner_get16(page + 0x36), page),
		 OWNER_OK);
	memcpy(reply, page, 0x60);
	memset(reply, 0, 0x20);
	owner_put64(reply + 0x20, sequence + 1);
	reply[0x34]++;
	owner_put16(reply + 0x36, (uint16_t)len);
	owner_put64(iv, sequence + 1);
	aad.data = reply + 0x30;
	owner_gcm_seal(key, iv, aad, own, reply + 0x60, len, reply);
}

/* A REPORT request on VMPCK2 after four messages, recomputed with another AES-GCM. */
START_TEST(a_request_page_as_recomputed)
{
	struct owner_guest guest;
	uint8_t request[OWNER_REPORT_REQ_SIZE], data[64], digest[32];

	make_guest(&guest);
	memcpy(guest.vmpck[2], guest.vmpck[0], 32);
	guest.count[2] = 4;
	for (unsigned int i = 0; i < sizeof(data); i++)
		data[i] = (uint8_t)i;
	owner_report_request(request, data, 1);
	CHECK_IS(owner_request_seal(
			 &guest,
			 &(struct owner_request){2, OWNER_MSG_REPORT, 1, request, sizeof(request)},
			 page),
		 OWNER_OK);
	bytes_are(page, "81b8539e501af584754278c7335ba41b", 16);
	owner_sha256(OWNER_PARTS({page, sizeof(page)}), digest);
	bytes_are(digest, "239f5687000958c3c3e064bb36d29d0fe8e73cbab512c6fb3442ccc10920d18c", 32);
}
END_TEST

START_TEST(every_type_on_every_key)
{
	static const enum owner_msg_type types[] = {
		OWNER_MSG_CPUID,  OWNER_MSG_KEY,	 OWNER_MSG_REPORT,
		OWNER_MSG_EXPORT, OWNER_MSG_IMPORT,	 OWNER_MSG_ABSORB,
		OWNER_MSG_VMRK,	  OWNER_MSG_ABSORB_NOMA, OWNER_MSG_TSC_INFO};
	static const uint8_t longest[OWNER_MSG_MAX] = {1, 2, 3};
	struct owner_guest guest;
	size_t len;

	make_guest(&guest);
	for (unsigned int key = 0; key < OWNER_VMPCKS; key++) {
		for (size_t i = 0; i < sizeof(types) / sizeof(types[0]); i++) {
			struct owner_request request = {key, types[i], 2, longest,
							i ? OWNER_MSG_MAX : 0};

			CHECK_IS(owner_request_seal(&guest, &request, page), OWNER_OK);
			answer(&guest, longest, i % 2 ? 4 : OWNER_MSG_MAX);
			ck_assert_mem_eq(payload, longest, request.len);
			CHECK_IS(owner_response_open(&guest, &request, reply, payload, &len),
				 OWNER_OK);
			ck_assert_uint_eq(len, i % 2 ? 4 : OWNER_MSG_MAX);
			ck_assert_mem_eq(payload, longest, len);
			ck_assert_uint_eq(guest.count[key], 2 * (i + 1));
		}
	}
}
END_TEST

START_TEST(every_byte_of_a_response_counts)
{
	struct owner_request request = {1, OWNER_MSG_KEY, 1, "request", 8};
	struct owner_guest guest;
	size_t len;

	make_guest(&guest);
	CHECK_IS(owner_request_seal(&guest, &request, page), OWNER_OK);
	answer(&guest, "response", 9);
	for (size_t bit = 0; bit < 8 * (0x60 + 9); bit++) {
		size_t at = bit / 8;
		enum owner_check want = OWNER_RESERVED, got;

		if (at < 16 || at >= 0x60)
			want = OWNER_TAG;
		else if (at >= 0x20 && at < 0x28)
			want = OWNER_SEQUENCE;
		else if ((at >= 0x30 && at < 0x34) || at == 0x3c)
			want = OWNER_HEADER;
		else if (at == 0x34)
			want = OWNER_TYPE;
		else if (at == 0x35)
			want = OWNER_VERSION;
		else if (at == 0x36 || at == 0x37)
			want = at == 0x37 && bit % 8 >= 4 ? OWNER_HEADER : OWNER_TAG;
		reply[at] ^= (uint8_t)(1u << bit % 8);
		got = owner_response_open(&guest, &request, reply, payload, &len);
		ck_assert_msg(got == want, "bit %zu of byte 0x%zx: got \"%s\", wanted \"%s\"",
			      bit % 8, at, owner_check_text(got), owner_check_text(want));
		ck_assert_uint_eq(guest.count[1], 0);
		reply[at] ^= (uint8_t)(1u << bit % 8);
	}
	CHECK_IS(owner_response_open(&guest, &request, reply, payload, &len), OWNER_OK);
	CHECK_IS(owner_response_open(&guest, &request, reply, payload, &len), OWNER_SEQUENCE);
}
END_TEST

START_TEST(what_cannot_be_sent)
{
	struct owner_request request = {3, OWNER_MSG_VMRK, 1, payload, OWNER_MSG_MAX + 1};
	struct owner_guest guest;

	make_guest(&guest);
	CHECK_IS(owner_request_seal(&guest, &request, page), OWNER_LENGTH);
	request.len = 0;
	guest.count[3] = UINT64_MAX - 1;
	CHECK_IS(owner_request_seal(&guest, &request, page), OWNER_SEQUENCE);
	guest.count[3] = UINT64_MAX - 3;
	CHECK_IS(owner_request_seal(&guest, &request, page), OWNER_OK);
}
END_TEST

START_TEST(report_payloads)
{
	uint8_t request[OWNER_REPORT_REQ_SIZE], data[64], rsp[0x20 + OWNER_REPORT_SIZE] = {0};
	uint32_t status;
	size_t offset;

	memset(data, 0x5a, sizeof(data));
	owner_report_request(request, data, 0x01020304);
	ck_assert_mem_eq(request, data, 64);
	bytes_are(request + 64, "04030201", 4);
	ck_assert(owner_zero(request + 68, sizeof(request) - 68));
	bytes_from("00000000a0040000", rsp, 8);
	CHECK_IS(owner_report_response(rsp, sizeof(rsp), &status, &offset), OWNER_OK);
	ck_assert_uint_eq(offset, 0x20);
	CHECK_IS(owner_report_response(rsp, sizeof(rsp) - 1, &status, &offset), OWNER_LENGTH);
	rsp[4]++;
	CHECK_IS(owner_report_response(rsp, sizeof(rsp), &status, &offset), OWNER_LENGTH);
	rsp[4]--;
	rsp[0x1f] = 1;
	CHECK_IS(owner_report_response(rsp, sizeof(rsp), &status, &offset), OWNER_RESERVED);
	rsp[0] = 0x16;
	CHECK_IS(owner_report_response(rsp, 4, &status, &offset), OWNER_STATUS);
	ck_assert_uint_eq(status, 0x16);
	CHECK_IS(owner_report_response(rsp, 3, &status, &offset), OWNER_LENGTH);
}
END_TEST

START_TEST(key_payloads)
{
	struct owner_key_request wish = {true, OWNER_KEY_POLICY | OWNER_KEY_TCB, 2, 3, 4, 5};
	uint8_t request[OWNER_KEY_REQ_SIZE], rsp[0x40] = {0}, key[32];
	uint32_t status;

	owner_key_request(request, &wish);
	bytes_are(request,
		  "0100000000000000210000000000000002000000030000000400000000000000"
		  "0500000000000000",
		  OWNER_KEY_REQ_SIZE);
	memset(rsp + 0x20, 0xc3, 32);
	CHECK_IS(owner_key_response(rsp, sizeof(rsp), &status, key), OWNER_OK);
	ck_assert_mem_eq(key, rsp + 0x20, 32);
	CHECK_IS(owner_key_response(rsp, sizeof(rsp) - 1, &status, key), OWNER_LENGTH);
	rsp[4] = 1;
	CHECK_IS(owner_key_response(rsp, sizeof(rsp), &status, key), OWNER_RESERVED);
	rsp[0] = 0x16;
	CHECK_IS(owner_key_response(rsp, sizeof(rsp), &status, key), OWNER_STATUS);
}
END_TEST

START_TEST(tsc_payloads)
{
	uint8_t request[OWNER_TSC_REQ_SIZE], rsp[0x80] = {0};
	struct owner_tsc_info info;
	uint32_t status;

	owner_tsc_request(request);
	ck_assert(owner_zero(request, sizeof(request)));
	bytes_from("0000000000000000010000000000000002000000000000000300000000000000", rsp, 32);
	CHECK_IS(owner_tsc_response(rsp, sizeof(rsp), &status, &info), OWNER_OK);
	ck_assert(info.scale == 1 && info.offset == 2 && info.factor == 3);
	CHECK_IS(owner_tsc_response(rsp, 0x1b, &status, &info), OWNER_LENGTH);
	rsp[7] = 1;
	CHECK_IS(owner_tsc_response(rsp, sizeof(rsp), &status, &info), OWNER_RESERVED);
}
END_TEST

START_TEST(a_cpuid_table_as_page)
{
	struct owner_cpuid entries[OWNER_CPUID_MAX + 1] = {{0}}, back[OWNER_CPUID_MAX];
	size_t n;

	entries[1] = (struct owner_cpuid){1, 2, 3, 4, 5, 6, 7, 8};
	CHECK_IS(owner_cpuid_page(page, entries, 2), OWNER_OK);
	bytes_are(page, "02000000000000000000000000000000", 16);
	bytes_are(page + 0x40,
		  "0100000002000000030000000000000004000000000000000500000006000000"
		  "07000000080000000000000000000000",
		  0x30);
	ck_assert(owner_zero(page + 0x70, sizeof(page) - 0x70));
	CHECK_IS(owner_cpuid_page_parse(page, back, &n), OWNER_OK);
	ck_assert_uint_eq(n, 2);
	ck_assert_mem_eq(entries, back, 2 * sizeof(entries[0]));
	page[0x70 - 1] = 1;
	CHECK_IS(owner_cpuid_page_parse(page, back, &n), OWNER_RESERVED);
	page[0x70 - 1] = 0;
	page[4] = 1;
	CHECK_IS(owner_cpuid_page_parse(page, back, &n), OWNER_RESERVED);
	page[4] = 0;
	page[8] = 1;
	CHECK_IS(owner_cpuid_page_parse(page, back, &n), OWNER_RESERVED);
	CHECK_IS(owner_cpuid_page(page, entries, OWNER_CPUID_MAX), OWNER_OK);
	CHECK_IS(owner_cpuid_page_parse(page, back, &n), OWNER_OK);
	ck_assert_uint_eq(n, OWNER_CPUID_MAX);
	CHECK_IS(owner_cpuid_page(page, entries, OWNER_CPUID_MAX + 1), OWNER_LENGTH);
	page[0]++;
	CHECK_IS(owner_cpuid_page_parse(page, back, &n), OWNER_LENGTH);
}
END_TEST

START_TEST(a_cpuid_table_as_message)
{
	struct owner_cpuid entries[2] = {{.eax = 9}, {1, 2, 3, 4, 5, 6, 7, 8}},
			   back[OWNER_CPUID_MAX];
	uint32_t status;
	size_t n, len;

	CHECK_IS(owner_cpuid_request(payload, &len, entries, 2), OWNER_OK);
	ck_assert_uint_eq(len, 0x70);
	owner_put32(payload, 0);
	owner_put32(payload + 4, 2);
	CHECK_IS(owner_cpuid_response(payload, len, &status, back, &n), OWNER_OK);
	ck_assert_mem_eq(entries, back, 2 * sizeof(entries[0]));
	CHECK_IS(owner_cpuid_response(payload, len - 1, &status, back, &n), OWNER_LENGTH);
	owner_put32(payload, 0x16);
	CHECK_IS(owner_cpuid_response(payload, len, &status, back, &n), OWNER_STATUS);
	CHECK_IS(owner_cpuid_response(payload, 15, &status, back, &n), OWNER_LENGTH);
	owner_put64(payload, 0);
	CHECK_IS(owner_cpuid_response(payload, 16, &status, back, &n), OWNER_OK);
	ck_assert_uint_eq(n, 0);
}
END_TEST

/* Each byte of the page is the number of its dword. */
START_TEST(a_secrets_page_has_the_keys)
{
	struct owner_secrets secrets;
	struct owner_guest guest;

	for (size_t i = 0; i < sizeof(page); i++)
		page[i] = (uint8_t)(i / 4);
	owner_put32(page, 2);
	owner_put32(page + 4, 1);
	CHECK_IS(owner_secrets_parse(page, &secrets), OWNER_OK);
	ck_assert(secrets.version == 2 && secrets.imi);
	ck_assert_mem_eq(secrets.fms, page + 8, 4);
	ck_assert_mem_eq(secrets.gosvw, page + 0x10, 16);
	ck_assert_mem_eq(secrets.vmpck, page + 0x20, 128);
	ck_assert_mem_eq(secrets.guest_area, page + 0xa0, 0x60);
	ck_assert_mem_eq(secrets.tweak_bitmap, page + 0x100, 64);
	ck_assert_uint_eq(secrets.svsm_base, 0x5151515150505050ull);
	ck_assert_uint_eq(secrets.svsm_size, 0x5353535352525252ull);
	ck_assert_uint_eq(secrets.svsm_caa, 0x5555555554545454ull);
	ck_assert_uint_eq(secrets.svsm_max_version, 0x56565656);
	ck_assert_uint_eq(secrets.svsm_guest_vmpl, 0x57);
	ck_assert_uint_eq(secrets.tsc_factor, 0x58585858);
	guest.count[3] = 1;
	owner_guest_init(&guest, &secrets);
	ck_assert_mem_eq(guest.vmpck, page + 0x20, sizeof(guest.vmpck));
	ck_assert_uint_eq(guest.count[3], 0);
	owner_put32(page, 1);
	CHECK_IS(owner_secrets_parse(page, &secrets), OWNER_VERSION);
}
END_TEST

void msg_cases(void)
{
	SUITE_CASE(a_request_page_as_recomputed);
	SUITE_CASE(every_type_on_every_key);
	SUITE_CASE(every_byte_of_a_response_counts);
	SUITE_CASE(what_cannot_be_sent);
	SUITE_CASE(report_payloads);
	SUITE_CASE(key_payloads);
	SUITE_CASE(tsc_payloads);
	SUITE_CASE(a_cpuid_table_as_page);
	SUITE_CASE(a_cpuid_table_as_message);
	SUITE_CASE(a_secrets_page_has_the_keys);
}
