/* SPDX-License-Identifier: MIT */
/* The secrets page, and the CPUID table as a page and as a message. */
#include <string.h>

#include "tests/psp/owner/crypto.h"

#define CPUID_HEAD  0x10
#define CPUID_ENTRY 0x30

/* Secrets page */
enum {
	S_VERSION = 0,
	S_FLAGS = 4, /* bit 0: IMI */
	S_FMS = 8,
	S_GOSVW = 0x10,
	S_VMPCK = 0x20,
	S_GUEST_AREA = 0xa0,
	S_TWEAK_BITMAP = 0x100,
	S_SVSM_BASE = 0x140,
	S_SVSM_SIZE = 0x148,
	S_SVSM_CAA = 0x150,
	S_SVSM_MAX_VERSION = 0x158,
	S_SVSM_GUEST_VMPL = 0x15c,
	S_TSC_FACTOR = 0x160,
};

static void put_entry(uint8_t *at, const struct owner_cpuid *entry)
{
	owner_put32(at, entry->eax_in);
	owner_put32(at + 4, entry->ecx_in);
	owner_put64(at + 8, entry->xcr0_in);
	owner_put64(at + 0x10, entry->xss_in);
	owner_put32(at + 0x18, entry->eax);
	owner_put32(at + 0x1c, entry->ebx);
	owner_put32(at + 0x20, entry->ecx);
	owner_put32(at + 0x24, entry->edx);
}

static void take_entry(const uint8_t *at, struct owner_cpuid *entry)
{
	entry->eax_in = owner_get32(at);
	entry->ecx_in = owner_get32(at + 4);
	entry->xcr0_in = owner_get64(at + 8);
	entry->xss_in = owner_get64(at + 0x10);
	entry->eax = owner_get32(at + 0x18);
	entry->ebx = owner_get32(at + 0x1c);
	entry->ecx = owner_get32(at + 0x20);
	entry->edx = owner_get32(at + 0x24);
}

static enum owner_check take_entries(const uint8_t *table, size_t len, uint32_t count,
				     struct owner_cpuid *entries, size_t *n)
{
	if (count > OWNER_CPUID_MAX || len < CPUID_HEAD + count * CPUID_ENTRY)
		return OWNER_LENGTH;
	if (!owner_zero(table + 8, 8))
		return OWNER_RESERVED;
	for (uint32_t i = 0; i < count; i++) {
		const uint8_t *at = table + CPUID_HEAD + i * CPUID_ENTRY;

		take_entry(at, &entries[i]);
		if (!owner_zero(at + 0x28, 8))
			return OWNER_RESERVED;
	}
	*n = count;
	return OWNER_OK;
}

enum owner_check owner_cpuid_page(uint8_t page[OWNER_PAGE], const struct owner_cpuid *entries,
				  size_t n)
{
	if (n > OWNER_CPUID_MAX)
		return OWNER_LENGTH;
	memset(page, 0, OWNER_PAGE);
	owner_put32(page, (uint32_t)n);
	for (size_t i = 0; i < n; i++)
		put_entry(page + CPUID_HEAD + i * CPUID_ENTRY, &entries[i]);
	return OWNER_OK;
}

enum owner_check owner_cpuid_page_parse(const uint8_t page[OWNER_PAGE], struct owner_cpuid *entries,
					size_t *n)
{
	if (owner_get32(page + 4) != 0)
		return OWNER_RESERVED;
	return take_entries(page, OWNER_PAGE, owner_get32(page), entries, n);
}

enum owner_check owner_cpuid_request(uint8_t out[OWNER_MSG_MAX], size_t *len,
				     const struct owner_cpuid *entries, size_t n)
{
	uint8_t page[OWNER_PAGE];
	enum owner_check bad = owner_cpuid_page(page, entries, n);

	if (bad)
		return bad;
	*len = CPUID_HEAD + n * CPUID_ENTRY;
	memcpy(out, page, *len);
	return OWNER_OK;
}

enum owner_check owner_cpuid_response(const uint8_t *payload, size_t len, uint32_t *status,
				      struct owner_cpuid *entries, size_t *n)
{
	if (len < CPUID_HEAD)
		return OWNER_LENGTH;
	*status = owner_get32(payload);
	if (*status)
		return OWNER_STATUS;
	return take_entries(payload, len, owner_get32(payload + 4), entries, n);
}

enum owner_check owner_secrets_parse(const uint8_t page[OWNER_PAGE], struct owner_secrets *out)
{
	out->version = owner_get32(page + S_VERSION);
	out->imi = page[S_FLAGS] & 1;
	memcpy(out->fms, page + S_FMS, sizeof(out->fms));
	memcpy(out->gosvw, page + S_GOSVW, sizeof(out->gosvw));
	memcpy(out->vmpck, page + S_VMPCK, sizeof(out->vmpck));
	memcpy(out->guest_area, page + S_GUEST_AREA, sizeof(out->guest_area));
	memcpy(out->tweak_bitmap, page + S_TWEAK_BITMAP, sizeof(out->tweak_bitmap));
	out->svsm_base = owner_get64(page + S_SVSM_BASE);
	out->svsm_size = owner_get64(page + S_SVSM_SIZE);
	out->svsm_caa = owner_get64(page + S_SVSM_CAA);
	out->svsm_max_version = owner_get32(page + S_SVSM_MAX_VERSION);
	out->svsm_guest_vmpl = page[S_SVSM_GUEST_VMPL];
	out->tsc_factor = owner_get32(page + S_TSC_FACTOR);
	return out->version < 2 ? OWNER_VERSION : OWNER_OK;
}

void owner_guest_init(struct owner_guest *guest, const struct owner_secrets *secrets)
{
	memcpy(guest->vmpck, secrets->vmpck, sizeof(guest->vmpck));
	memset(guest->count, 0, sizeof(guest->count));
}
