/* SPDX-License-Identifier: MIT */
/*
 * Firmware images and versions (56860, 3.5 and 8). Real images are encrypted and their
 * form is not public; the model's own is
 *
 *	0x00	magic, "FLSEVFW1"
 *	0x08	length of the image, 4 bytes
 *	0x0c	product (enum psp_product), API major, API minor, build
 *	0x10	TCB_VERSION, in the layout of the product
 *	0x18	zero
 *	0x40	signature, ECDSA P-384 with SHA-384, over 0x00 to 0x3f: r, s, 72 bytes each
 *
 * signed by one key for all instances of the model, as AMD has one for all chips.
 *
 * Unverified: which of the statuses comes first when an image has several faults, that
 * an image of another product has INVALID_CONFIG, and all of RESTORE_REQUIRED.
 */
#include "psp/snp/firmware.h"

#include <errno.h>

#include "psp/crypto/crypto.h"
#include "psp/certs/endorse.h"
#include "psp/memory/memory.h"
#include "psp/snp/snp.h"

struct image {
	uint8_t magic[8];
	uint32_t length;
	uint8_t product, api_major, api_minor, build;
	uint64_t tcb;
	uint8_t zero[40];
	uint8_t signature[PSP_ECDSA_SIZE];
};
_Static_assert(sizeof(struct image) == 0xd0, "no padding");

enum {
	IMAGE_SIGNED = 0x40,
	IMAGE_ALIGN = 32,	      /* of its address: what Linux says that firmware expects */
	IMAGE_MAX = 16 * 1024 * 1024, /* what is longer cannot be an image */
};

static const uint8_t magic[8] = "FLSEVFW1";

static int firmware_key(struct psp_crypto *c, struct psp_ec_key *key)
{
	static const char secret[] = "faultline-sev-firmware-signing";

	return psp_ec_derive(c, secret, sizeof(secret) - 1, key);
}

int psp_firmware_image(struct psp *psp, const struct psp_firmware *firmware, void *buf, size_t size)
{
	struct psp_crypto *c = psp_crypto(psp);
	struct image image = {
		.length = sizeof(image),
		.product = (uint8_t)psp->config.product,
		.api_major = firmware->api_major,
		.api_minor = firmware->api_minor,
		.build = firmware->build,
		.tcb = psp_tcb_raw(psp->config.product, &firmware->tcb),
	};
	struct psp_ec_key key;
	int ret;

	if (size < sizeof(image))
		return -ENOSPC;
	if (!c)
		return -ENOMEM;
	memcpy(image.magic, magic, sizeof(magic));
	psp_crypto_stream(c, "firmware image", &image, IMAGE_SIGNED);
	ret = firmware_key(c, &key);
	if (!ret)
		ret = psp_ec_sign(c, &key, PSP_SHA384, &image, IMAGE_SIGNED, image.signature);
	if (ret)
		return ret;
	memcpy(buf, &image, sizeof(image));
	return sizeof(image);
}

static enum psp_status image_verify(struct psp *psp, const struct image *image)
{
	struct psp_crypto *c = psp_crypto(psp);
	struct psp_ec_key key;

	if (!c || firmware_key(c, &key))
		return PSP_RESOURCE_LIMIT;
	if (memcmp(image->magic, magic, sizeof(magic)) != 0 || image->length != sizeof(*image))
		return PSP_BAD_SIGNATURE;
	if (psp_ec_verify(c, key.x, key.y, PSP_SHA384, image, IMAGE_SIGNED, image->signature))
		return PSP_BAD_SIGNATURE;
	return image->product == psp->config.product ? PSP_SUCCESS : PSP_INVALID_CONFIG;
}

static enum psp_status image_read(struct psp *psp, uint64_t pa, size_t len, struct image *image)
{
	enum psp_status status;

	if (pa % IMAGE_ALIGN)
		return PSP_INVALID_ADDRESS;
	if (len < sizeof(*image) || len > IMAGE_MAX)
		return PSP_INVALID_LENGTH;
	status = psp_buf_read(psp, pa, image, sizeof(*image));
	if (status)
		return status;
	status = image_verify(psp, image);
	if (status)
		return status;
	return len == image->length ? PSP_SUCCESS : PSP_INVALID_LENGTH;
}

static uint32_t version_order(const struct psp_version *v)
{
	return (uint32_t)v->api_major << 16 | (uint32_t)v->api_minor << 8 | v->build;
}

static bool version_equal(const struct psp_version *a, const struct psp_version *b)
{
	return version_order(a) == version_order(b) && a->tcb == b->tcb;
}

/* May it run now? Not below what is committed, and guests' state is not taken to older code. */
static enum psp_status version_check(struct psp *psp, const struct psp_version *v)
{
	if (psp->snp->restore_required && !version_equal(v, &psp->current))
		return PSP_RESTORE_REQUIRED;
	if (psp_fault_hit(psp, "psp.firmware-downgrade"))
		return PSP_BAD_VERSION;
	if (!psp_tcb_reaches(v->tcb, psp->committed.tcb))
		return PSP_BAD_SVN;
	if (version_order(v) < version_order(&psp->committed))
		return PSP_BAD_VERSION;
	if (psp->snp_on && version_order(v) < version_order(&psp->current))
		return PSP_SHUTDOWN_REQUIRED;
	return PSP_SUCCESS;
}

enum psp_status psp_firmware_load(struct psp *psp, uint64_t pa, size_t len)
{
	struct psp_version version;
	enum psp_status status;
	struct image image;

	status = image_read(psp, pa, len, &image);
	if (status)
		return status;
	version = (struct psp_version){
		.api_major = image.api_major,
		.api_minor = image.api_minor,
		.build = image.build,
		.tcb = image.tcb,
	};
	status = version_check(psp, &version);
	if (status)
		return status;
	if (psp_fault_hit(psp, "psp.update-failed")) {
		psp->snp->restore_required = true;
		return PSP_UPDATE_FAILED;
	}
	psp->snp->restore_required = false;
	psp->current = version;
	return PSP_SUCCESS;
}

void psp_firmware_commit(struct psp *psp)
{
	psp->committed = psp->current;
	psp_snp_report_tcb(psp, psp->committed.tcb);
}

void psp_firmware_reset(struct psp *psp)
{
	const struct psp_config *c = &psp->config;

	psp->current = (struct psp_version){
		.api_major = c->api_major,
		.api_minor = c->api_minor,
		.build = c->build,
		.tcb = psp_tcb_raw(c->product, &c->tcb),
	};
	psp->committed = psp->current;
}
