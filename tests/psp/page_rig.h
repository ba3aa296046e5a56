/* SPDX-License-Identifier: MIT */
/*
 * SNP guests and pages on a rig. The command buffers here are laid out by hand.
 *
 *	0x0010_0000  context pages
 *	0x0020_0000  pages of 4 KiB
 *	0x0080_0000  pages of 2 MiB
 */
#ifndef TESTS_PSP_PAGE_RIG_H
#define TESTS_PSP_PAGE_RIG_H

#include "tests/psp/rig.h"

enum {
	PAGE_GCTX = 0x100000,
	PAGE_GCTX2 = 0x101000,
	PAGE_SMALL = 0x200000,
	PAGE_LARGE = 0x800000,
	PAGE_ASID = 5,
	PAGE_ASID2 = 6,
};

#define PAGE_POLICY  0x30000ull /* SMT allowed, and the bit that must be one */
#define PAGE_NO_SWAP (1ull << 25)

/* A machine with SNP initialised. */
void page_rig_new(struct rig *rig);
/* The same with this product and API 1.minor. */
void page_rig_new_as(struct rig *rig, enum psp_product product, unsigned int minor, bool init);

/* SNP_GCTX_CREATE, SNP_LAUNCH_START, SNP_ACTIVATE. */
void page_guest(struct rig *rig, uint64_t gctx, uint64_t policy, unsigned int asid);
/* page_rig_new() with one guest of PAGE_GCTX. */
void page_guest_rig(struct rig *rig);

/* RMPUPDATE. */
void page_rmpupdate(struct rig *rig, uint64_t pa, const struct psp_rmp_entry *state);
/* A page in one of the states that software can bring about (2 MiB if large), of PAGE_ASID. */
void page_make(struct rig *rig, uint64_t pa, enum psp_page_state state, uint64_t gpa, bool large);
/* ... of this guest. */
void page_make_of(struct rig *rig, unsigned int asid, uint64_t gctx, uint64_t pa,
		  enum psp_page_state state, uint64_t gpa, bool large);

/* What the guest of an ASID has at a Guest-valid page. */
void page_guest_write(struct rig *rig, unsigned int asid, uint64_t pa, uint64_t gpa, bool large,
		      const void *data, size_t len);
void page_guest_read(struct rig *rig, unsigned int asid, uint64_t pa, uint64_t gpa, bool large,
		     void *data, size_t len);

int page_reclaim(struct rig *rig, uint64_t pa_and_size);

/* Can the host have the page back? Whatever state it is in: reclaims, then RMPUPDATE. */
void page_expect_returnable(struct rig *rig, uint64_t pa, bool large);

#define page_expect(rig, pa, want)                                                                 \
	do {                                                                                       \
		enum psp_page_state got_ = psp_page_state((rig)->psp, pa), want_ = (want);         \
		ck_assert_msg(got_ == want_, "page 0x%llx: expected %s, is %s",                    \
			      (unsigned long long)(pa), psp_page_state_name(want_),                \
			      psp_page_state_name(got_));                                          \
	} while (0)

#endif
