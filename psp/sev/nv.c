/* SPDX-License-Identifier: MIT */
/*
 * The area (PSP_NV_SIZE bytes):
 *
 *	0x00  "FLPSPNV1", also authenticated
 *	0x08  IV, 12 bytes: from an HMAC of the record, so that no two records share one
 *	0x14  tag of AES-256-GCM, 16 bytes
 *	0x24  the record, encrypted, to the end of the area
 *
 * The record: dword 0 flags (bit 0: it has keys, bit 1: externally owned), dword 4 the number of
 * PLATFORM_RESETs so far, and from 0x10 on what `fields` lists; the rest is zero.
 */
#include "psp/sev/nv.h"

#include <stdlib.h>

#include "psp/sev/identity.h"
#include "psp/memory/memory.h"

enum {
	AREA_IV = 0x08,
	AREA_TAG = 0x14,
	AREA_RECORD = 0x24,
	RECORD_SIZE = PSP_NV_SIZE - AREA_RECORD,
	RECORD_FLAGS = 0,
	RECORD_RESETS = 4,
	HAS_KEYS = 1,
	EXTERNALLY_OWNED = 2,
};

static const uint8_t magic[AREA_IV] = {'F', 'L', 'P', 'S', 'P', 'N', 'V', '1'};

static const struct nv_field {
	size_t offset, member, size;
} fields[] = {
#define NV_FIELD(offset, name)                                                                     \
	{                                                                                          \
		offset, offsetof(struct psp_sev, name), sizeof(((struct psp_sev *)0)->name)        \
	}
	NV_FIELD(0x0010, oca),	    NV_FIELD(0x00a0, pek),	NV_FIELD(0x0130, pdh),
	NV_FIELD(0x01c0, oca_cert), NV_FIELD(0x09e4, pek_cert), NV_FIELD(0x1208, pdh_cert),
#undef NV_FIELD
};

static void put_record(uint8_t *record, const struct psp_sev *sev)
{
	bool keys = sev->state != PSP_UNINIT;

	memset(record, 0, RECORD_SIZE);
	psp_put_le(record + RECORD_RESETS, sev->resets, 4);
	if (!keys)
		return;
	psp_put_le(record + RECORD_FLAGS, HAS_KEYS | (sev->externally_owned ? EXTERNALLY_OWNED : 0),
		   4);
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		memcpy(record + fields[i].offset, (const uint8_t *)sev + fields[i].member,
		       fields[i].size);
}

static void get_record(const uint8_t *record, struct psp_sev *sev)
{
	sev->externally_owned = psp_get_le(record + RECORD_FLAGS, 4) & EXTERNALLY_OWNED;
	for (size_t i = 0; i < sizeof(fields) / sizeof(fields[0]); i++)
		memcpy((uint8_t *)sev + fields[i].member, record + fields[i].offset,
		       fields[i].size);
}

static void seal(struct psp *psp, uint8_t *area)
{
	struct psp_crypto *c = psp_crypto(psp);
	const struct iovec record = {area + AREA_RECORD, RECORD_SIZE};
	uint8_t key[32], iv_key[32], mac[PSP_SHA256_SIZE];

	psp_chip_secret(psp, "nv", key);
	psp_chip_secret(psp, "nv iv", iv_key);
	psp_hmac(c, iv_key, sizeof(iv_key), &record, 1, mac);
	memcpy(area, magic, sizeof(magic));
	memcpy(area + AREA_IV, mac, PSP_GCM_IV);
	psp_gcm_seal(c, key, area + AREA_IV, magic, sizeof(magic), area + AREA_RECORD, RECORD_SIZE,
		     area + AREA_RECORD, area + AREA_TAG);
}

/* In place. */
static bool unseal(struct psp *psp, uint8_t *area)
{
	uint8_t key[32];

	psp_chip_secret(psp, "nv", key);
	return psp_gcm_open(psp_crypto(psp), key, area + AREA_IV, area, sizeof(magic),
			    area + AREA_RECORD, RECORD_SIZE, area + AREA_RECORD,
			    area + AREA_TAG) == 0;
}

static bool blank(const uint8_t *area)
{
	return (area[0] == 0 || area[0] == 0xff) && !memcmp(area, area + 1, PSP_NV_SIZE - 1);
}

uint32_t psp_nv_resets(struct psp *psp)
{
	uint8_t *area = malloc(PSP_NV_SIZE);
	uint32_t resets = 0;

	if (area) {
		memcpy(area, psp->sev->nv, PSP_NV_SIZE);
		if (unseal(psp, area))
			resets = psp_get_le(area + AREA_RECORD + RECORD_RESETS, 4);
	}
	free(area);
	return resets;
}

static enum psp_status open_area(struct psp *psp, struct psp_sev *sev, uint8_t *area, bool *empty)
{
	const uint8_t *record = area + AREA_RECORD;
	uint32_t resets;

	*empty = blank(area);
	if (*empty)
		return PSP_SUCCESS;
	if (!unseal(psp, area))
		return PSP_SECURE_DATA_INVALID;
	resets = psp_get_le(record + RECORD_RESETS, 4);
	*empty = resets < sev->resets || !(psp_get_le(record + RECORD_FLAGS, 4) & HAS_KEYS);
	if (resets > sev->resets)
		sev->resets = resets;
	if (!*empty)
		get_record(record, sev);
	return PSP_SUCCESS;
}

static enum psp_status read_area(struct psp *psp, const struct psp_sev *sev, uint8_t *area)
{
	if (sev->nv_address)
		return psp_buf_read(psp, sev->nv_address, area, PSP_NV_SIZE);
	memcpy(area, sev->nv, PSP_NV_SIZE);
	return PSP_SUCCESS;
}

static enum psp_status write_area(struct psp *psp, const struct psp_sev *sev, const uint8_t *area)
{
	enum psp_status status;

	if (!sev->nv_address) {
		memcpy(sev->nv, area, PSP_NV_SIZE);
		return PSP_SUCCESS;
	}
	status = psp_buf_writable(psp, sev->nv_address, PSP_NV_SIZE);
	return status == PSP_SUCCESS ? psp_buf_write(psp, sev->nv_address, area, PSP_NV_SIZE)
				     : status;
}

enum psp_status psp_nv_fetch(struct psp *psp, struct psp_sev *sev, bool *empty)
{
	uint8_t *area = malloc(PSP_NV_SIZE);
	enum psp_status status;

	if (!area)
		return PSP_RESOURCE_LIMIT;
	status = read_area(psp, sev, area);
	if (status == PSP_SUCCESS) {
		if (psp_fault_hit(psp, "psp.nv-corrupt"))
			area[AREA_RECORD] ^= 1;
		status = open_area(psp, sev, area, empty);
	}
	free(area);
	return status;
}

enum psp_status psp_nv_store(struct psp *psp, const struct psp_sev *sev)
{
	uint8_t *area = malloc(PSP_NV_SIZE);
	enum psp_status status;

	if (!area)
		return PSP_RESOURCE_LIMIT;
	put_record(area + AREA_RECORD, sev);
	seal(psp, area);
	status = write_area(psp, sev, area);
	free(area);
	return status;
}

void psp_nv_save(const struct psp *psp, uint8_t nv[PSP_NV_SIZE])
{
	memcpy(nv, psp->sev->nv, PSP_NV_SIZE);
}

void psp_nv_load(struct psp *psp, const uint8_t nv[PSP_NV_SIZE])
{
	memcpy(psp->sev->nv, nv, PSP_NV_SIZE);
}
