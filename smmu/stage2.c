/* SPDX-License-Identifier: MIT */
/* Stage 2: DDI 0487 D8.2 to D8.5, IHI 0070 3.3.4; faults in the order of 7.3.22. */
#include "smmu/descriptor.h"

static bool eabt(struct xlate *x, uint64_t pa, enum fault_class class, uint64_t ipa)
{
	x->fault.fetch_addr = pa;
	return fault_set(x, EVT_F_WALK_EABT, true, class, ipa);
}

static inline bool fetch(struct xlate *x, int level, uint64_t pa, uint64_t *desc)
{
	struct smmu *smmu = x->smmu;

	smmu->stats.desc_fetches++;
	x->latency += smmu->config.latency.desc_fetch;
	if (fault_point(smmu, "smmu.walk-abort") ||
	    unlikely(smmu->ops.read(smmu->ctx, pa, desc, 8, x->ste->stage2.walk_attr) != 0))
		return false;
	*desc = le64toh(*desc);
	if (unlikely(smmu->ops.trace != NULL))
		trace_walk(x, 2, level, pa, *desc);
	return true;
}

static bool fault_permission(struct xlate *x, enum fault_class class, uint64_t ipa, uint8_t perm)
{
	x->fault.ttrnw = class != CLASS_IN && !(perm & PERM_WRITE);
	return fault_set(x, EVT_F_PERMISSION, true, class, ipa);
}

/* Permissions of the leaf; false: they deny `perm`. */
static bool permitted(struct xlate *x, uint64_t desc, uint8_t perm, struct tlb_entry *out)
{
	const struct stage2 *s2 = &x->ste->stage2;
	unsigned int ap = (unsigned int)S2D_S2AP(desc);

	out->s2_dirty = s2->hd && !(ap & 2) && TTD_DBM(desc);
	if (out->s2_dirty)
		ap |= 2;
	out->s2_perm = stage2_permissions(&x->smmu->config, ap, (unsigned int)S2D_XN(desc));
	return !(perm & ~out->s2_perm);
}

static uint64_t wanted(const struct stage2 *s2, uint64_t desc, uint8_t want,
		       const struct tlb_entry *out)
{
	if (s2->ha)
		desc |= M_TTD_AF;
	if (out->s2_dirty && (want & PERM_WRITE) && (want & out->s2_perm))
		desc |= M_UPD_Writable;
	return desc;
}

static void output(const struct xlate *x, uint64_t ipa, int level, uint64_t desc,
		   struct tlb_entry *out)
{
	unsigned int granule = x->ste->stage2.granule;
	unsigned int shift = granule + (granule - 3) * (unsigned int)(3 - level);
	uint64_t oa = desc_address(x->smmu->config.oas, granule, shift, desc);

	out->shift = (uint8_t)leaf_shift(granule, level, desc, ipa, oa);
	out->pa = (oa | (ipa & ones(shift))) & ~ones(out->shift);
	out->ipa = ipa & ~ones(out->shift);
	out->attr.memtype = (uint8_t)S2D_MemAttr(desc);
	out->attr.sh = (uint8_t)TTD_SH(desc);
}

static enum leaf leaf_fault(struct xlate *x, uint8_t event, enum fault_class class, uint64_t ipa)
{
	fault_set(x, event, true, class, ipa);
	return LEAF_FAULT;
}

static enum leaf leaf(struct xlate *x, uint64_t ipa, enum fault_class class, uint8_t perm,
		      int level, uint64_t pa, uint64_t *desc, struct tlb_entry *out)
{
	const struct stage2 *s2 = &x->ste->stage2;
	unsigned int shift = s2->granule + (s2->granule - 3) * (unsigned int)(3 - level);
	uint64_t to;

	if (desc_address(x->smmu->config.oas, s2->granule, shift, *desc) >> s2->oa_bits)
		return leaf_fault(x, EVT_F_ADDR_SIZE, class, ipa);
	if (!TTD_AF(*desc) && !s2->ha && !s2->affd)
		return leaf_fault(x, EVT_F_ACCESS, class, ipa);
	if (!permitted(x, *desc, perm, out)) {
		fault_permission(x, class, ipa, perm);
		return LEAF_FAULT;
	}
	to = s2->ha ? wanted(s2, *desc, class == CLASS_IN ? x->want : perm, out) : *desc;
	if (to == *desc) {
		output(x, ipa, level, *desc, out);
		return LEAF_DONE;
	}
	if (httu_update(x->smmu, pa, desc, to) != HTTU_ABORT)
		return LEAF_AGAIN;
	eabt(x, pa, class, ipa);
	return LEAF_FAULT;
}

/* Fills pa, ipa, shift, s2_perm, s2_dirty and attr of *out. */
static bool walk(struct xlate *x, uint64_t ipa, enum fault_class class, uint8_t perm,
		 struct tlb_entry *out)
{
	const struct stage2 *s2 = &x->ste->stage2;
	unsigned int oas = x->smmu->config.oas, granule = s2->granule, stride = granule - 3;
	unsigned int shift = granule + stride * (3u - s2->level);
	uint64_t pa, desc;
	int level = s2->level;

	if (ipa >> s2->ia_bits)
		return fault_set(x, EVT_F_TRANSLATION, true, class, ipa);
	pa = s2->ttb + (ipa >> shift << 3);
	for (;; level++) {
		enum leaf done = LEAF_AGAIN;

		if (!fetch(x, level, pa, &desc))
			return eabt(x, pa, class, ipa);
		while (done == LEAF_AGAIN) {
			if (!desc_valid(oas, granule, level, desc))
				return fault_set(x, EVT_F_TRANSLATION, true, class, ipa);
			if (level < 3 && (desc & 3) == TYPE_TABLE)
				break;
			done = leaf(x, ipa, class, perm, level, pa, &desc, out);
			if (done != LEAF_AGAIN)
				return done == LEAF_DONE;
		}
		pa = desc_address(oas, granule, granule, desc);
		if (pa >> s2->oa_bits)
			return fault_set(x, EVT_F_ADDR_SIZE, true, class, ipa);
		shift -= stride;
		pa += (ipa >> shift & ones(stride)) << 3;
	}
}

/* STE.S2PTW: a table or CD in Device memory is not for the walker (5.2). */
static const struct tlb_entry *protected_walk(struct xlate *x, uint64_t ipa, enum fault_class class,
					      uint8_t perm, const struct tlb_entry *e)
{
	const struct stage2 *s2 = &x->ste->stage2;
	unsigned int type = e->attr.memtype & (s2->fwb ? 7 : 15);

	if (class != CLASS_IN && s2->ptw && type < 4) {
		fault_permission(x, class, ipa, perm);
		return NULL;
	}
	return e;
}

const struct tlb_entry *stage2_translate(struct xlate *x, uint64_t ipa, enum fault_class class,
					 uint8_t perm, struct tlb_entry *local)
{
	struct smmu *smmu = x->smmu;
	uint64_t tag = tlb_tag(TAG_STAGE2, false, x->ste->stage2.vmid, 0);
	uint8_t want = class == CLASS_IN ? x->want : perm;
	const struct tlb_entry *e = tlb_lookup(&smmu->tlb, tag, ipa, NULL);

	if (e && !(e->s2_dirty && (want & PERM_WRITE))) {
		x->latency += smmu->config.latency.tlb_hit;
		if (perm & ~e->s2_perm) {
			fault_permission(x, class, ipa, perm);
			return NULL;
		}
		return protected_walk(x, ipa, class, perm, e);
	}
	if (!walk(x, ipa, class, perm, local))
		return NULL;
	if (smmu->tlb.entries && !smmu->frozen) {
		local->tag = tag;
		local->page = ipa >> local->shift;
		local->global = false;
		local->nested = false;
		local->s1_perm = 0;
		local->s1_dirty = false;
		tlb_insert(&smmu->tlb, local);
	}
	return protected_walk(x, ipa, class, perm, local);
}
