/* SPDX-License-Identifier: MIT */
/*
 * The CPUID policy of SNP guests (cpuid.def), for CPUID pages and CPUID messages.
 * XCR0_IN and XSS_IN have a meaning only for the sizes of function Dh.
 */
#include "psp/snp/guest.h"

enum { ANY_SUB = 0xffffffff, REGISTERS = 0x18, XSAVE_HEAD = 576, XSAVE_LEAF = 0xd };

enum kind {
	KIND_ANY,
	KIND_BITS,
	KIND_IN,
	KIND_MAX,
	KIND_XSAVE,
	KIND_FMS,
	KIND_C_BIT,
	KIND_XSAVE_SIZE,
	KIND_XSAVES_SIZE,
};

struct reg_rule {
	enum kind kind;
	uint32_t mask, value;
};

struct rule {
	uint32_t function, sub;
	struct reg_rule regs[4];
};

/* clang-format off */
#define ANY		{KIND_ANY, 0, 0}
#define ZERO		{KIND_BITS, 0, 0}
#define BITS(m)		{KIND_BITS, m, 0}
#define IS(v)		{KIND_IN, 0xffffffff, v}
#define IN(m, v)	{KIND_IN, m, v}
#define MAX(v)		{KIND_MAX, 0, v}
#define XSAVE(v)	{KIND_XSAVE, 0, v}
#define FMS		{KIND_FMS, 0xffffffff, 0}
#define C_BIT		{KIND_C_BIT, 0x3f, 0}
#define XSAVE_SIZE	{KIND_XSAVE_SIZE, 0xffffffff, 0}
#define XSAVES_SIZE	{KIND_XSAVES_SIZE, 0xffffffff, 0}
/* clang-format on */

static const struct rule rules[] = {
#define RULE(function, sub, eax, ebx, ecx, edx) {function, sub, {eax, ebx, ecx, edx}},
#include "psp/snp/cpuid.def"
#undef RULE
};
static const struct rule reserved = {0, 0, {ZERO, ZERO, ZERO, ZERO}};
static const struct rule hypervisor = {0, 0, {ANY, ANY, ANY, ANY}};

uint32_t psp_cpuid_signature(const struct psp *psp)
{
	const struct psp_config *c = &psp->config;
	uint32_t base = c->cpu_family < 0xf ? c->cpu_family : 0xf;

	return (uint32_t)(c->cpu_family - base) << 20 | (uint32_t)(c->cpu_model >> 4) << 16 |
	       base << 8 | (c->cpu_model & 0xfu) << 4 | (c->cpu_stepping & 0xfu);
}

static const struct rule *find(uint32_t function, uint32_t sub)
{
	for (size_t i = 0; i < sizeof(rules) / sizeof(rules[0]); i++)
		if (rules[i].function == function &&
		    (rules[i].sub == ANY_SUB || rules[i].sub == sub))
			return &rules[i];
	return function >> 16 == 0 || function >> 16 == 0x8000 ? &reserved : &hypervisor;
}

/* Size and place of a state component, as its own line of the policy has it. */
static bool component(unsigned int bit, uint32_t *size, uint32_t *offset)
{
	const struct rule *rule = find(XSAVE_LEAF, bit);

	if (bit < 2 || rule == &reserved)
		return false;
	*size = rule->regs[0].value;
	*offset = rule->regs[1].value;
	return true;
}

static uint32_t xsave_size(uint64_t components, bool compact)
{
	uint32_t total = XSAVE_HEAD, size, offset;

	for (unsigned int bit = 0; bit < 64; bit++) {
		if (!(components >> bit & 1) || !component(bit, &size, &offset))
			continue;
		if (compact)
			total += size;
		else if (offset + size > total)
			total = offset + size;
	}
	return total;
}

static uint32_t wanted(const struct psp *psp, const struct reg_rule *rule, const uint8_t *entry)
{
	uint64_t xcr0 = CPUID_ENTRY_xcr0_in(entry), xss = CPUID_ENTRY_xss_in(entry);

	switch (rule->kind) {
	case KIND_FMS:
		return psp_cpuid_signature(psp);
	case KIND_C_BIT:
		return psp->config.c_bit;
	case KIND_XSAVE_SIZE:
		return xsave_size(xcr0, false);
	case KIND_XSAVES_SIZE:
		return xsave_size(xcr0 | xss, true);
	default:
		return rule->value;
	}
}

/* The value that the policy has instead of this one; the same if it allows it. */
static uint32_t allowed(const struct psp *psp, const struct reg_rule *rule, const uint8_t *entry,
			uint32_t value)
{
	uint32_t want = wanted(psp, rule, entry);

	switch (rule->kind) {
	case KIND_ANY:
		return value;
	case KIND_BITS:
		return value & rule->mask;
	case KIND_MAX:
		return value < want ? value : want;
	case KIND_XSAVE:
		return value ? want : 0;
	default:
		return (value & ~rule->mask) | want;
	}
}

static bool check_inputs(uint8_t *entry)
{
	bool xsave = CPUID_ENTRY_eax_in(entry) == XSAVE_LEAF && CPUID_ENTRY_ecx_in(entry) < 2;
	bool right = !CPUID_ENTRY_rsvd(entry);

	CPUID_ENTRY_put_rsvd(entry, 0);
	if (xsave)
		return right;
	right = right && !CPUID_ENTRY_xcr0_in(entry) && !CPUID_ENTRY_xss_in(entry);
	CPUID_ENTRY_put_xcr0_in(entry, 0);
	CPUID_ENTRY_put_xss_in(entry, 0);
	return right;
}

static bool check_entry(const struct psp *psp, uint8_t *entry)
{
	const struct rule *rule =
		find((uint32_t)CPUID_ENTRY_eax_in(entry), (uint32_t)CPUID_ENTRY_ecx_in(entry));
	bool right = check_inputs(entry);

	for (unsigned int i = 0; i < 4; i++) {
		uint8_t *reg = entry + REGISTERS + i * 4;
		uint32_t value = (uint32_t)psp_get_le(reg, 4);
		uint32_t good = allowed(psp, &rule->regs[i], entry, value);

		right = right && good == value;
		psp_put_le(reg, good, 4);
	}
	return right;
}

bool psp_snp_cpuid_check(const struct psp *psp, uint8_t *entries, unsigned int count)
{
	bool right = true;

	for (unsigned int i = 0; i < count; i++)
		right = check_entry(psp, entries + (size_t)i * PSP_CPUID_ENTRY) && right;
	return right;
}

enum psp_status psp_snp_msg_cpuid(struct psp_snp_msg *msg)
{
	uint64_t count = CPUID_HEAD_count(msg->req);
	size_t len = PSP_CPUID_HEAD + count * PSP_CPUID_ENTRY;
	bool right;

	if (count > PSP_CPUID_MAX || msg->req_len != len)
		return PSP_INVALID_PARAM;
	msg->rsp_len = len;
	memcpy(msg->rsp, msg->req, len);
	memset(msg->rsp, 0, PSP_CPUID_HEAD);
	CPUID_RSP_put_count(msg->rsp, count);
	right = psp_snp_cpuid_check(msg->psp, msg->rsp + PSP_CPUID_HEAD, (unsigned int)count);
	return right ? PSP_SUCCESS : PSP_INVALID_PARAM;
}
