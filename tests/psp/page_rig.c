/* SPDX-License-Identifier: MIT */
#include "tests/psp/page_rig.h"

#include <check.h>
#include <string.h>

void page_rig_new_as(struct rig *rig, enum psp_product product, unsigned int minor, bool init)
{
	struct psp_config config;

	psp_config_default(&config);
	config.product = product;
	config.api_minor = (uint8_t)minor;
	rig_new(rig, &config);
	if (init)
		rig_snp_init(rig);
}

void page_rig_new(struct rig *rig)
{
	rig_new(rig, NULL);
	rig_snp_init(rig);
}

void page_guest(struct rig *rig, uint64_t gctx, uint64_t policy, unsigned int asid)
{
	uint8_t buf[0x30] = {0};

	rig_to_firmware(rig, gctx, 1);
	put64(buf, gctx);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_GCTX_CREATE, buf, 8));
	put64(buf + 8, policy);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_LAUNCH_START, buf, 0x30));
	put64(buf + 8, asid);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_ACTIVATE, buf, 0xc));
}

void page_rmpupdate(struct rig *rig, uint64_t pa, const struct psp_rmp_entry *state)
{
	ck_assert_int_eq(psp_rmpupdate(rig->psp, 0, pa, state), PSP_RMP_OK);
}

static void guest_access(unsigned int asid, uint64_t pa, uint64_t gpa, bool large,
			 struct psp_access *access)
{
	*access = (struct psp_access){
		.agent = PSP_GUEST,
		.pa = pa,
		.encrypted = true,
		.page_2m = large,
		.asid = asid,
		.snp = true,
		.gpa = gpa,
	};
}

static void validate(struct rig *rig, unsigned int asid, uint64_t pa, uint64_t gpa, bool large)
{
	struct psp_access access;
	struct psp_fault fault = {0};
	bool unchanged = true;

	guest_access(asid, pa, gpa, large, &access);
	ck_assert_int_eq(psp_pvalidate(rig->psp, &access, large, true, &unchanged, &fault),
			 PSP_RMP_OK);
	ck_assert(!unchanged);
}

static void metadata(struct rig *rig, uint64_t gctx, uint64_t pa)
{
	uint8_t buf[0x10];

	put64(buf, gctx);
	put64(buf + 8, pa);
	expect_ok(rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_MD_INIT, buf, sizeof(buf)));
}

void page_make_of(struct rig *rig, unsigned int asid, uint64_t gctx, uint64_t pa,
		  enum psp_page_state state, uint64_t gpa, bool large)
{
	struct psp_rmp_entry rmp = {.assigned = true, .page_2m = large};

	switch (state) {
	case PSP_PAGE_HYPERVISOR:
		return;
	case PSP_PAGE_FIRMWARE:
	case PSP_PAGE_RECLAIM:
	case PSP_PAGE_METADATA:
		rmp.immutable = true;
		break;
	case PSP_PAGE_PRE_GUEST:
		rmp.immutable = true;
		rmp.asid = asid;
		rmp.gpa = gpa;
		break;
	default:
		rmp.asid = asid;
		rmp.gpa = gpa;
	}
	page_rmpupdate(rig, pa, &rmp);
	if (state == PSP_PAGE_METADATA)
		metadata(rig, gctx, pa);
	if (state == PSP_PAGE_RECLAIM)
		expect_ok(page_reclaim(rig, pa | large));
	if (state == PSP_PAGE_GUEST_VALID || state == PSP_PAGE_PRE_SWAP)
		validate(rig, asid, pa, gpa, large);
	if (state == PSP_PAGE_PRE_SWAP) {
		rmp.immutable = true;
		page_rmpupdate(rig, pa, &rmp);
	}
	page_expect(rig, pa, state);
}

void page_make(struct rig *rig, uint64_t pa, enum psp_page_state state, uint64_t gpa, bool large)
{
	page_make_of(rig, PAGE_ASID, PAGE_GCTX, pa, state, gpa, large);
}

static void transfer(struct rig *rig, struct psp_access *access, void *data, size_t len)
{
	struct psp_fault fault = {0};
	uint64_t pa = access->pa, gpa = access->gpa;

	for (size_t at = 0; at < len; at += RIG_PAGE) {
		size_t n = len - at < RIG_PAGE ? len - at : RIG_PAGE;

		access->pa = pa + at;
		access->gpa = gpa + at;
		ck_assert_msg(psp_access(rig->psp, access, (uint8_t *)data + at, n, &fault) ==
				      PSP_ACCESS_OK,
			      "guest access: %s", fault.reason);
	}
}

void page_guest_write(struct rig *rig, unsigned int asid, uint64_t pa, uint64_t gpa, bool large,
		      const void *data, size_t len)
{
	static uint8_t copy[RIG_2M];
	struct psp_access access;

	memcpy(copy, data, len);
	guest_access(asid, pa, gpa, large, &access);
	access.write = true;
	transfer(rig, &access, copy, len);
}

void page_guest_read(struct rig *rig, unsigned int asid, uint64_t pa, uint64_t gpa, bool large,
		     void *data, size_t len)
{
	struct psp_access access;

	guest_access(asid, pa, gpa, large, &access);
	transfer(rig, &access, data, len);
}

int page_reclaim(struct rig *rig, uint64_t pa_and_size)
{
	uint8_t buf[8];

	put64(buf, pa_and_size);
	return rig_cmd_raw(rig, PSP_CMD_SNP_PAGE_RECLAIM, buf, sizeof(buf));
}

void page_expect_returnable(struct rig *rig, uint64_t pa, bool large)
{
	struct psp_rmp_entry rmp;

	psp_rmp_lookup(rig->psp, pa, &rmp);
	if (rmp.immutable)
		expect_ok(page_reclaim(rig, pa | large));
	rmp = (struct psp_rmp_entry){.page_2m = large};
	page_rmpupdate(rig, pa, &rmp);
	page_expect(rig, pa, PSP_PAGE_HYPERVISOR);
}

void page_guest_rig(struct rig *rig)
{
	page_rig_new(rig);
	page_guest(rig, PAGE_GCTX, PAGE_POLICY, PAGE_ASID);
}
