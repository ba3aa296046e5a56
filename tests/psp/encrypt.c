/* SPDX-License-Identifier: MIT */
/*
 * Memory encryption: its properties, and its formula computed a second time with
 * libcrypto, block by block and bit by bit.
 */
#include "psp/memory/encrypt.h"
#include "psp/memory/memory.h"
#include "tests/psp/rig.h"
#include "tests/suite.h"

#include <errno.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

static const uint8_t KEY[16] = {0x2b, 0x7e, 0x15, 0x16, 0x28, 0xae, 0xd2, 0xa6,
				0xab, 0xf7, 0x15, 0x88, 0x09, 0xcf, 0x4f, 0x3c};
static const uint8_t KEY2[16] = {1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16};

/* AES-128 of one block. */
static void aes(const uint8_t key[16], const uint8_t in[16], uint8_t out[16])
{
	EVP_CIPHER_CTX *ctx = EVP_CIPHER_CTX_new();
	int n;

	ck_assert_int_eq(EVP_EncryptInit_ex(ctx, EVP_aes_128_ecb(), NULL, key, NULL), 1);
	EVP_CIPHER_CTX_set_padding(ctx, 0);
	ck_assert_int_eq(EVP_EncryptUpdate(ctx, out, &n, in, 16), 1);
	ck_assert_int_eq(n, 16);
	EVP_CIPHER_CTX_free(ctx);
}

/* C = E_K(P ^ T) ^ T as encrypt.h has it. */
static void formula(const uint8_t key[16], uint64_t pa, const uint8_t plain[16], uint8_t cipher[16])
{
	uint8_t k2[16], tweak[16] = {0}, x[16];

	aes(key, (const uint8_t *)"faultline tweaks", k2);
	for (unsigned int bit = 4; bit < 52; bit++) {
		uint8_t number[16] = {0}, t[16];

		number[0] = (uint8_t)bit;
		aes(k2, number, t);
		for (int i = 0; i < 16 && pa >> bit & 1; i++)
			tweak[i] ^= t[i];
	}
	for (int i = 0; i < 16; i++)
		x[i] = plain[i] ^ tweak[i];
	aes(key, x, cipher);
	for (int i = 0; i < 16; i++)
		cipher[i] ^= tweak[i];
}

static struct psp_access guest(unsigned int asid, uint64_t pa, bool write)
{
	return (struct psp_access){
		.agent = PSP_GUEST, .pa = pa, .write = write, .encrypted = true, .asid = asid};
}

static struct psp_access host(uint64_t pa, bool write, bool encrypted)
{
	return (struct psp_access){
		.agent = PSP_HOST, .pa = pa, .write = write, .encrypted = encrypted};
}

static void put(struct rig *rig, struct psp_access access, const void *data, size_t len)
{
	uint8_t copy[RIG_PAGE];

	access.write = true;
	memcpy(copy, data, len);
	ck_assert_int_eq(psp_access(rig->psp, &access, copy, len, NULL), PSP_ACCESS_OK);
}

static void get(struct rig *rig, struct psp_access access, void *data, size_t len)
{
	ck_assert_int_eq(psp_access(rig->psp, &access, data, len, NULL), PSP_ACCESS_OK);
}

static void pattern(uint8_t *buf, size_t len, unsigned int seed)
{
	for (size_t i = 0; i < len; i++)
		buf[i] = (uint8_t)(seed = seed * 1103515245 + 12345, seed >> 16);
}

START_TEST(ram_holds_what_the_formula_gives)
{
	static const uint64_t at[] = {0, 0x10, 0x123450, 0xffff0, 0x3fffff0, 0x2a5a5a0};
	uint8_t plain[16], cipher[16];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 3, KEY);
	for (size_t i = 0; i < sizeof(at) / sizeof(at[0]); i++) {
		pattern(plain, 16, (unsigned int)i);
		put(&rig, guest(3, at[i], true), plain, 16);
		formula(KEY, at[i], plain, cipher);
		ck_assert_mem_eq(rig.ram + at[i], cipher, 16);
	}
	rig_free(&rig);
}
END_TEST

/* The 52 bits of an address, also those that this machine has no RAM for. */
START_TEST(every_address_bit_is_in_the_tweak)
{
	uint8_t plain[16] = {0}, cipher[16], again[16];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 3, KEY);
	for (unsigned int bit = 4; bit < 52; bit++) {
		formula(KEY, 1ull << bit, plain, cipher);
		psp_encrypt(psp_key(rig.psp, 3), 1ull << bit, plain, again, 16);
		ck_assert_mem_eq(again, cipher, 16);
		psp_decrypt(psp_key(rig.psp, 3), 1ull << bit, again, again, 16);
		ck_assert_mem_eq(again, plain, 16);
	}
	formula(KEY, 0xffffffffffff0, plain, cipher);
	psp_encrypt(psp_key(rig.psp, 3), 0xffffffffffff0, plain, again, 16);
	ck_assert_mem_eq(again, cipher, 16);
	rig_free(&rig);
}
END_TEST

START_TEST(a_page_is_its_blocks)
{
	uint8_t plain[RIG_PAGE], cipher[16];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	pattern(plain, sizeof(plain), 7);
	put(&rig, guest(1, 0x205000, true), plain, sizeof(plain));
	for (unsigned int at = 0; at < RIG_PAGE; at += 16) {
		formula(KEY, 0x205000 + at, plain + at, cipher);
		ck_assert_mem_eq(rig.ram + 0x205000 + at, cipher, 16);
	}
	rig_free(&rig);
}
END_TEST

START_TEST(equal_plaintext_differs_by_address_and_repeats_at_one)
{
	uint8_t zeros[RIG_PAGE] = {0}, first[RIG_PAGE];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	put(&rig, guest(1, 0x100000, true), zeros, sizeof(zeros));
	put(&rig, guest(1, 0x101000, true), zeros, sizeof(zeros));
	for (unsigned int at = 0; at < RIG_PAGE; at += 16) {
		ck_assert_mem_ne(rig.ram + 0x100000 + at, rig.ram + 0x101000 + at, 16);
		ck_assert_mem_ne(rig.ram + 0x100000, rig.ram + 0x101000 + at, 16);
	}
	memcpy(first, rig.ram + 0x100000, RIG_PAGE);
	put(&rig, guest(1, 0x100000, true), first, sizeof(first));
	ck_assert_mem_ne(rig.ram + 0x100000, first, RIG_PAGE);
	put(&rig, guest(1, 0x100000, true), zeros, sizeof(zeros));
	ck_assert_mem_eq(rig.ram + 0x100000, first, RIG_PAGE);
	rig_free(&rig);
}
END_TEST

START_TEST(moved_ciphertext_breaks)
{
	uint8_t plain[64], back[64];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	pattern(plain, sizeof(plain), 1);
	put(&rig, guest(1, 0x100000, true), plain, sizeof(plain));
	memcpy(rig.ram + 0x140000, rig.ram + 0x100000, sizeof(plain));
	get(&rig, guest(1, 0x140000, false), back, sizeof(back));
	for (unsigned int at = 0; at < sizeof(plain); at += 16)
		ck_assert_mem_ne(back + at, plain + at, 16);
	rig_free(&rig);
}
END_TEST

/* There is no integrity: a changed bit of ciphertext spoils its block and no other. */
START_TEST(a_changed_bit_spoils_one_block)
{
	uint8_t plain[48], back[48];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	pattern(plain, sizeof(plain), 1);
	put(&rig, guest(1, 0x100000, true), plain, sizeof(plain));
	rig.ram[0x100010] ^= 1;
	get(&rig, guest(1, 0x100000, false), back, sizeof(back));
	ck_assert_mem_eq(back, plain, 16);
	ck_assert_mem_ne(back + 16, plain + 16, 16);
	ck_assert_mem_eq(back + 32, plain + 32, 16);
	rig_free(&rig);
}
END_TEST

START_TEST(without_c_bit_there_is_ciphertext)
{
	struct psp_access shared = guest(1, 0x100000, false);
	uint8_t plain[64], back[64];
	struct rig rig;

	shared.encrypted = false;
	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	pattern(plain, sizeof(plain), 1);
	put(&rig, guest(1, 0x100000, true), plain, sizeof(plain));
	get(&rig, shared, back, sizeof(back));
	ck_assert_mem_eq(back, rig.ram + 0x100000, sizeof(back));
	ck_assert_mem_ne(back, plain, sizeof(back));
	get(&rig, host(0x100000, false, false), back, sizeof(back));
	ck_assert_mem_eq(back, rig.ram + 0x100000, sizeof(back));
	rig_free(&rig);
}
END_TEST

START_TEST(another_asid_reads_noise)
{
	uint8_t plain[64], back[64], again[64];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	psp_key_load(rig.psp, 2, KEY2);
	pattern(plain, sizeof(plain), 1);
	put(&rig, guest(1, 0x100000, true), plain, sizeof(plain));
	get(&rig, guest(2, 0x100000, false), back, sizeof(back));
	ck_assert_mem_ne(back, plain, sizeof(back));
	ck_assert_mem_ne(back, rig.ram + 0x100000, sizeof(back));
	get(&rig, guest(2, 0x100000, false), again, sizeof(back));
	ck_assert_mem_eq(back, again, sizeof(back));
	rig_free(&rig);
}
END_TEST

/* Two ASIDs with one key read each other's memory: mirrors and shared keys (KS) live on it. */
START_TEST(the_key_and_not_the_asid_decides)
{
	uint8_t plain[64], back[64];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	psp_key_load(rig.psp, 2, KEY);
	pattern(plain, sizeof(plain), 1);
	put(&rig, guest(1, 0x100000, true), plain, sizeof(plain));
	get(&rig, guest(2, 0x100000, false), back, sizeof(back));
	ck_assert_mem_eq(back, plain, sizeof(back));
	rig_free(&rig);
}
END_TEST

START_TEST(a_dropped_key_leaves_noise_until_it_is_loaded_again)
{
	uint8_t plain[64], back[64], other[64];
	struct rig rig;

	rig_new(&rig, NULL);
	ck_assert(!psp_key_loaded(rig.psp, 1));
	get(&rig, guest(1, 0x100000, false), other, sizeof(other));
	psp_key_load(rig.psp, 1, KEY);
	ck_assert(psp_key_loaded(rig.psp, 1));
	ck_assert(!psp_key_loaded(rig.psp, 2));
	pattern(plain, sizeof(plain), 1);
	put(&rig, guest(1, 0x100000, true), plain, sizeof(plain));
	psp_key_drop(rig.psp, 1);
	ck_assert(!psp_key_loaded(rig.psp, 1));
	get(&rig, guest(1, 0x100000, false), back, sizeof(back));
	ck_assert_mem_ne(back, plain, sizeof(back));
	ck_assert_mem_ne(back, rig.ram + 0x100000, sizeof(back));
	memset(rig.ram + 0x100000, 0, sizeof(back));
	get(&rig, guest(1, 0x100000, false), back, sizeof(back));
	ck_assert_mem_eq(back, other, sizeof(back));
	put(&rig, guest(1, 0x100000, true), plain, sizeof(plain));
	psp_key_load(rig.psp, 1, KEY2);
	get(&rig, guest(1, 0x100000, false), back, sizeof(back));
	ck_assert_mem_ne(back, plain, sizeof(back));
	rig_free(&rig);
}
END_TEST

START_TEST(writes_of_any_alignment_leave_their_neighbours)
{
	uint8_t expect[256], back[256], data[256];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	pattern(expect, sizeof(expect), 9);
	put(&rig, guest(1, 0x100f00, true), expect, sizeof(expect));
	for (unsigned int at = 0; at < 40; at++)
		for (unsigned int len = 0; len <= sizeof(expect) - at; len += 1 + len / 5) {
			pattern(data, len, at * 300 + len);
			memcpy(expect + at, data, len);
			put(&rig, guest(1, 0x100f00 + at, true), data, len);
			get(&rig, guest(1, 0x100f00, false), back, sizeof(back));
			ck_assert_mem_eq(back, expect, sizeof(back));
			get(&rig, guest(1, 0x100f00 + at, false), back, len);
			ck_assert_mem_eq(back, data, len);
		}
	rig_free(&rig);
}
END_TEST

START_TEST(c_bit_of_the_host_is_a_key_of_the_seed)
{
	uint8_t plain[64], back[64];
	struct rig rig, same, other;
	struct psp_config config;

	psp_config_default(&config);
	rig_new(&rig, &config);
	rig_new(&same, &config);
	config.seed = 2;
	rig_new(&other, &config);
	pattern(plain, sizeof(plain), 1);
	for (int i = 0; i < 3; i++) {
		struct rig *r = i == 0 ? &rig : i == 1 ? &same : &other;

		ck_assert_int_eq(psp_wrmsr(r->psp, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
		put(r, host(0x100000, true, true), plain, sizeof(plain));
		get(r, host(0x100000, false, true), back, sizeof(back));
		ck_assert_mem_eq(back, plain, sizeof(back));
	}
	ck_assert_mem_ne(rig.ram + 0x100000, plain, sizeof(plain));
	ck_assert_mem_eq(rig.ram + 0x100000, same.ram + 0x100000, sizeof(plain));
	ck_assert_mem_ne(rig.ram + 0x100000, other.ram + 0x100000, sizeof(plain));
	psp_reset(rig.psp);
	ck_assert_int_eq(psp_wrmsr(rig.psp, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
	get(&rig, host(0x100000, false, true), back, sizeof(back));
	ck_assert_mem_eq(back, plain, sizeof(back));
	rig_free(&rig);
	rig_free(&same);
	rig_free(&other);
}
END_TEST

START_TEST(c_bit_needs_sme_on_that_core)
{
	struct psp_access access = host(0x100000, true, true);
	uint8_t data[16] = {0};
	struct psp_fault fault;
	struct rig rig;

	rig_new(&rig, NULL);
	ck_assert_int_eq(psp_access(rig.psp, &access, data, 16, &fault), PSP_ACCESS_ABORT);
	ck_assert_int_eq(fault.status, PSP_ACCESS_ABORT);
	ck_assert_int_eq(psp_wrmsr(rig.psp, 1, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
	ck_assert_int_eq(psp_access(rig.psp, &access, data, 16, NULL), PSP_ACCESS_ABORT);
	access.cpu = 1;
	ck_assert_int_eq(psp_access(rig.psp, &access, data, 16, NULL), PSP_ACCESS_OK);
	access.agent = PSP_DEVICE;
	ck_assert_int_eq(psp_access(rig.psp, &access, data, 16, NULL), PSP_ACCESS_OK);
	psp_reset(rig.psp);
	ck_assert_int_eq(psp_access(rig.psp, &access, data, 16, NULL), PSP_ACCESS_ABORT);
	rig_free(&rig);
}
END_TEST

START_TEST(firmware_reads_buffers_by_their_c_bit)
{
	const uint64_t c_bit = 1ull << 51;
	uint8_t plain[32], back[32];
	struct rig rig;

	rig_new(&rig, NULL);
	pattern(plain, sizeof(plain), 1);
	ck_assert_uint_eq(psp_strip_c_bit(rig.psp, 0x100008 | c_bit), 0x100008);
	memcpy(rig.ram + 0x100008, plain, sizeof(plain));
	expect_ok(psp_buf_read(rig.psp, 0x100008 | c_bit, back, sizeof(back)));
	ck_assert_mem_eq(back, plain, sizeof(back));
	ck_assert_int_eq(psp_wrmsr(rig.psp, 0, PSP_MSR_SYSCFG, PSP_SYSCFG_SME_EN), 0);
	put(&rig, host(0x100008, true, true), plain, sizeof(plain));
	expect_ok(psp_buf_read(rig.psp, 0x100008 | c_bit, back, sizeof(back)));
	ck_assert_mem_eq(back, plain, sizeof(back));
	expect_ok(psp_buf_read(rig.psp, 0x100008, back, sizeof(back)));
	ck_assert_mem_eq(back, rig.ram + 0x100008, sizeof(back));
	expect_ok(psp_buf_write(rig.psp, 0x200001 | c_bit, plain, sizeof(plain)));
	get(&rig, host(0x200001, false, true), back, sizeof(back));
	ck_assert_mem_eq(back, plain, sizeof(back));
	expect_ok(psp_raw_read(rig.psp, 0x200001, back, sizeof(back)));
	ck_assert_mem_ne(back, plain, sizeof(back));
	rig_free(&rig);
}
END_TEST

struct seen {
	uint8_t bytes[3 * RIG_PAGE];
	size_t len;
};

static void see(void *arg, const void *plain, size_t len)
{
	struct seen *seen = arg;

	memcpy(seen->bytes + seen->len, plain, len);
	seen->len += len;
}

START_TEST(in_place_encryption_shows_the_plaintext_in_order)
{
	enum { LEN = 2 * RIG_PAGE + 48 };
	uint8_t plain[LEN], back[LEN];
	static struct seen seen;
	struct psp_stats stats;
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	pattern(plain, LEN, 3);
	memcpy(rig.ram + 0x100fe0, plain, LEN);
	expect_ok(psp_guest_encrypt(rig.psp, 1, 0x100fe0, LEN, see, &seen));
	ck_assert_uint_eq(seen.len, LEN);
	ck_assert_mem_eq(seen.bytes, plain, LEN);
	expect_ok(psp_guest_read(rig.psp, 1, 0x100fe0, back, LEN));
	ck_assert_mem_eq(back, plain, LEN);
	ck_assert_mem_ne(rig.ram + 0x100fe0, plain, 16);
	psp_get_stats(rig.psp, &stats);
	ck_assert_uint_eq(stats.pages_encrypted, 4);
	rig_free(&rig);
}
END_TEST

START_TEST(guest_writes_of_the_firmware_are_the_guests)
{
	uint8_t plain[2 * RIG_PAGE], back[16], cipher[16];
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	pattern(plain, sizeof(plain), 3);
	expect_ok(psp_guest_write(rig.psp, 1, 0x100ff0, plain, sizeof(plain)));
	get(&rig, guest(1, 0x101000, false), back, 16);
	ck_assert_mem_eq(back, plain + 16, 16);
	formula(KEY, 0x101010, plain + 32, cipher);
	ck_assert_mem_eq(rig.ram + 0x101010, cipher, 16);
	rig_free(&rig);
}
END_TEST

/* What leaves RAM is refused whole: no byte before its end changes. */
START_TEST(what_is_not_ram_is_refused_whole)
{
	static uint8_t zeros[RIG_PAGE], buf[2 * RIG_PAGE];
	const uint64_t at = RIG_RAM - RIG_PAGE;
	struct rig rig;

	rig_new(&rig, NULL);
	psp_key_load(rig.psp, 1, KEY);
	memset(buf, 0x55, sizeof(buf));
	expect_status(psp_raw_write(rig.psp, at, buf, sizeof(buf)), PSP_INVALID_ADDRESS);
	expect_status(psp_buf_write(rig.psp, at, buf, sizeof(buf)), PSP_INVALID_ADDRESS);
	expect_status(psp_guest_write(rig.psp, 1, at, buf, sizeof(buf)), PSP_INVALID_ADDRESS);
	expect_status(psp_guest_encrypt(rig.psp, 1, at, sizeof(buf), NULL, NULL),
		      PSP_INVALID_ADDRESS);
	ck_assert_mem_eq(rig.ram + at, zeros, RIG_PAGE);
	expect_status(psp_raw_read(rig.psp, at, buf, sizeof(buf)), PSP_INVALID_ADDRESS);
	expect_status(psp_buf_read(rig.psp, at, buf, sizeof(buf)), PSP_INVALID_ADDRESS);
	expect_status(psp_guest_read(rig.psp, 1, at, buf, sizeof(buf)), PSP_INVALID_ADDRESS);
	expect_status(psp_buf_writable(rig.psp, at, sizeof(buf)), PSP_INVALID_ADDRESS);
	expect_status(psp_buf_writable(rig.psp, UINT64_MAX - 7, 16), PSP_INVALID_ADDRESS);
	expect_ok(psp_buf_writable(rig.psp, at, RIG_PAGE));
	rig_free(&rig);
}
END_TEST

/* ---- A world without pointers into its RAM is the same world. ---- */

struct slow {
	uint8_t *ram;
};

static int slow_read(void *ctx, uint64_t pa, void *buf, size_t len)
{
	struct slow *slow = ctx;

	if (pa > RIG_RAM || len > RIG_RAM - pa || len > RIG_2M)
		return -EFAULT;
	memcpy(buf, slow->ram + pa, len);
	return 0;
}

static int slow_write(void *ctx, uint64_t pa, const void *buf, size_t len)
{
	struct slow *slow = ctx;

	if (pa > RIG_RAM || len > RIG_RAM - pa || len > RIG_2M)
		return -EFAULT;
	memcpy(slow->ram + pa, buf, len);
	return 0;
}

static void nothing(void *ctx)
{
	(void)ctx;
}

static void use(struct psp *psp)
{
	static uint8_t big[3 * RIG_2M];
	struct psp_access a = guest(1, 0x345675, true);
	uint8_t data[777], back[777];

	psp_key_load(psp, 1, KEY);
	pattern(data, sizeof(data), 5);
	ck_assert_int_eq(psp_access(psp, &a, data, sizeof(data), NULL), PSP_ACCESS_OK);
	a.write = false;
	ck_assert_int_eq(psp_access(psp, &a, back, sizeof(back), NULL), PSP_ACCESS_OK);
	ck_assert_mem_eq(back, data, sizeof(back));
	pattern(big, sizeof(big), 6);
	expect_ok(psp_raw_write(psp, 0x812340, big, sizeof(big)));
	expect_ok(psp_guest_encrypt(psp, 1, 0x812340, 0x5000, NULL, NULL));
	expect_ok(psp_guest_write(psp, 1, 0xa00010, big, 0x5000));
	expect_status(psp_raw_write(psp, RIG_RAM - 16, big, RIG_2M), PSP_INVALID_ADDRESS);
	expect_status(psp_raw_write(psp, UINT64_MAX - 15, big, RIG_2M), PSP_INVALID_ADDRESS);
	expect_status(psp_guest_read(psp, 1, RIG_RAM - 16, big, 32), PSP_INVALID_ADDRESS);
}

START_TEST(pointers_into_ram_change_nothing)
{
	static const struct psp_ops ops = {
		.read = slow_read, .write = slow_write, .irq = nothing, .kick = nothing};
	struct slow slow;
	struct psp *psp;
	struct rig rig;

	rig_new(&rig, NULL);
	slow.ram = calloc(1, RIG_RAM);
	ck_assert_ptr_nonnull(slow.ram);
	ck_assert_int_eq(psp_new(&psp, &rig.config, &ops, &slow, NULL), 0);
	use(psp);
	use(rig.psp);
	ck_assert(memcmp(slow.ram, rig.ram, RIG_RAM) == 0);
	psp_free(psp);
	free(slow.ram);
	rig_free(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(ram_holds_what_the_formula_gives);
	SUITE_CASE(every_address_bit_is_in_the_tweak);
	SUITE_CASE(a_page_is_its_blocks);
	SUITE_CASE(equal_plaintext_differs_by_address_and_repeats_at_one);
	SUITE_CASE(moved_ciphertext_breaks);
	SUITE_CASE(a_changed_bit_spoils_one_block);
	SUITE_CASE(without_c_bit_there_is_ciphertext);
	SUITE_CASE(another_asid_reads_noise);
	SUITE_CASE(the_key_and_not_the_asid_decides);
	SUITE_CASE(a_dropped_key_leaves_noise_until_it_is_loaded_again);
	SUITE_CASE(writes_of_any_alignment_leave_their_neighbours);
	SUITE_CASE(c_bit_of_the_host_is_a_key_of_the_seed);
	SUITE_CASE(c_bit_needs_sme_on_that_core);
	SUITE_CASE(firmware_reads_buffers_by_their_c_bit);
	SUITE_CASE(in_place_encryption_shows_the_plaintext_in_order);
	SUITE_CASE(guest_writes_of_the_firmware_are_the_guests);
	SUITE_CASE(what_is_not_ram_is_refused_whole);
	SUITE_CASE(pointers_into_ram_change_nothing);
}
