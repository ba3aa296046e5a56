/* SPDX-License-Identifier: MIT */
/* Stage 1 walks: DDI 0487 D8.2 to D8.5; faults in the order of IHI 0070 7.3.22. */
#include "smmu/descriptor.h"

bool fault_set(struct xlate *x, uint8_t event, bool s2, enum fault_class class, uint64_t ipa)
{
	x->fault.event = event;
	x->fault.s2 = s2;
	x->fault.class = class;
	x->fault.ipa = ipa;
	return false;
}

static bool fault_in(struct xlate *x, uint8_t event)
{
	return fault_set(x, event, false, CLASS_IN, 0);
}

/* 3.4.1: VA[55] chooses the half; the bits above its size must equal it. */
bool stage1_input(struct xlate *x, uint64_t va)
{
	unsigned int upper = va >> 55 & 1;
	const struct stage1 *half = &x->cd->half[upper];
	uint64_t high;

	if (half->epd)
		return fault_in(x, EVT_F_TRANSLATION);
	high = ones(half->top + 1u) & ~ones(half->ia_bits);
	if ((va & high) != (upper ? high : 0))
		return fault_in(x, EVT_F_TRANSLATION);
	if (half->e0pd && !x->privileged)
		return fault_in(x, EVT_F_TRANSLATION);
	return true;
}

/* A descriptor, its address before and after stage 2. */
struct descriptor {
	uint64_t ipa, pa, value;
};

static bool eabt(struct xlate *x, uint64_t pa)
{
	x->fault.fetch_addr = pa;
	return fault_set(x, EVT_F_WALK_EABT, false, CLASS_TT, 0);
}

static inline bool fetch(struct xlate *x, const struct stage1 *half, int level,
			 struct descriptor *d)
{
	struct smmu *smmu = x->smmu;
	struct smmu_attr attr = half->walk_attr;

	d->pa = d->ipa;
	if (x->ste->s2) {
		struct tlb_entry local;
		const struct tlb_entry *e = stage2_translate(x, d->ipa, CLASS_TT, PERM_TT, &local);

		if (!e)
			return false;
		d->pa = entry_pa(e, d->ipa);
		attr = attr_stage2(attr, e->attr.memtype, e->attr.sh, x->ste->stage2.fwb);
	}
	smmu->stats.desc_fetches++;
	x->latency += smmu->config.latency.desc_fetch;
	if (fault_point(smmu, "smmu.walk-abort") ||
	    unlikely(smmu->ops.read(smmu->ctx, d->pa, &d->value, 8, attr) != 0))
		return eabt(x, d->pa);
	d->value = le64toh(d->value);
	if (unlikely(smmu->ops.trace != NULL))
		trace_walk(x, 1, level, d->pa, d->value);
	return true;
}

/* 3.13.5: with stage 2, the page of the descriptor must be writable. */
static enum leaf update(struct xlate *x, struct descriptor *d, uint64_t to)
{
	struct tlb_entry local;

	if (x->ste->s2 && !stage2_translate(x, d->ipa, CLASS_TT, PERM_TT_WRITE, &local))
		return LEAF_FAULT;
	if (httu_update(x->smmu, d->pa, &d->value, to) != HTTU_ABORT)
		return LEAF_AGAIN;
	eabt(x, d->pa);
	return LEAF_FAULT;
}

/* Limits that table descriptors put on everything below them (D8.4.2). */
struct limits {
	bool no_user, no_write, xn, pxn;
};

static void limits_add(struct limits *l, const struct cd *cd, uint64_t desc)
{
	unsigned int ap = (unsigned int)TBL_APTable(desc);

	l->no_user |= ap & cd->two_priv;
	l->no_write |= ap >> 1;
	l->xn |= TBL_XNTable(desc);
	l->pxn |= TBL_PXNTable(desc);
}

static uint8_t leaf_permissions(const struct cd *cd, const struct limits *l, uint64_t desc,
				bool *dirty)
{
	unsigned int ap = (unsigned int)S1D_AP(desc);

	/* A clean page that may become dirty counts as writable. */
	*dirty = cd->hd && (ap & 2) && TTD_DBM(desc) && !l->no_write;
	if (*dirty)
		ap &= 1;
	if (l->no_user)
		ap &= 2;
	if (l->no_write)
		ap |= 2;
	return stage1_permissions(cd, ap, S1D_UXN(desc) || l->xn, S1D_PXN(desc) || l->pxn);
}

/* What to write back for the access flag and the dirty state; `desc` if nothing. */
static uint64_t wanted(const struct xlate *x, uint64_t desc, uint8_t perm, bool dirty)
{
	uint64_t to = desc;

	if (x->cd->ha)
		to |= M_TTD_AF;
	if (dirty && (x->want & PERM_WRITE) && (perm & x->want))
		to &= ~M_UPD_ReadOnly;
	return to;
}

static void leaf_output(const struct xlate *x, const struct stage1 *half, uint64_t va, int level,
			uint64_t desc, struct tlb_entry *out)
{
	unsigned int granule = half->granule;
	unsigned int shift = granule + (granule - 3) * (unsigned int)(3 - level);
	uint64_t oa = desc_address(x->smmu->config.oas, granule, shift, desc);

	out->shift = (uint8_t)leaf_shift(granule, level, desc, va, oa);
	out->pa = (oa | (va & ones(shift))) & ~ones(out->shift);
	out->ipa = out->pa;
	out->global = x->cd->two_priv ? !(desc & M_S1D_nG) : true;
	out->attr = attr_make((uint8_t)(x->cd->mair >> 8 * S1D_AttrIndx(desc)),
			      (unsigned int)TTD_SH(desc));
	/* Stage 2 combines with the descriptor's shareability, not with what NC makes of it. */
	if (x->ste->s2 && !attr_is_device(out->attr))
		out->attr.sh = (uint8_t)TTD_SH(desc);
}

static enum leaf leaf_fault(struct xlate *x, uint8_t event)
{
	fault_in(x, event);
	return LEAF_FAULT;
}

static enum leaf leaf(struct xlate *x, const struct stage1 *half, uint64_t va, int level,
		      const struct limits *limits, struct descriptor *d, struct tlb_entry *out)
{
	unsigned int shift = half->granule + (half->granule - 3) * (unsigned int)(3 - level);
	const struct cd *cd = x->cd;
	uint64_t to;

	if (desc_address(x->smmu->config.oas, half->granule, shift, d->value) >> cd->oa_bits)
		return leaf_fault(x, EVT_F_ADDR_SIZE);
	if (!TTD_AF(d->value) && !cd->ha && !cd->affd)
		return leaf_fault(x, EVT_F_ACCESS);
	out->s1_perm = leaf_permissions(cd, limits, d->value, &out->s1_dirty);
	if (x->perm & ~out->s1_perm)
		return leaf_fault(x, EVT_F_PERMISSION);
	if (cd->ha) {
		to = wanted(x, d->value, out->s1_perm, out->s1_dirty);
		if (to != d->value)
			return update(x, d, to);
	}
	leaf_output(x, half, va, level, d->value, out);
	return LEAF_DONE;
}

/* Fills pa, ipa, shift, s1_perm, s1_dirty, global and attr of *out. */
bool stage1_walk(struct xlate *x, uint64_t va, struct tlb_entry *out)
{
	const struct stage1 *half = &x->cd->half[va >> 55 & 1];
	unsigned int oas = x->smmu->config.oas, granule = half->granule, stride = granule - 3;
	unsigned int shift = granule + stride * (3u - half->level);
	struct limits limits = {false, false, false, false};
	struct descriptor d;

	d.ipa = half->ttb + ((va & ones(half->ia_bits)) >> shift << 3);
	for (int level = half->level;; level++, shift -= stride) {
		enum leaf done = LEAF_AGAIN;

		if (!fetch(x, half, level, &d))
			return false;
		while (done == LEAF_AGAIN) {
			if (!desc_valid(oas, granule, level, d.value))
				return fault_in(x, EVT_F_TRANSLATION);
			if (level < 3 && (d.value & 3) == TYPE_TABLE)
				break;
			done = leaf(x, half, va, level, &limits, &d, out);
			if (done != LEAF_AGAIN)
				return done == LEAF_DONE;
		}
		d.ipa = desc_address(oas, granule, granule, d.value);
		if (d.ipa >> x->cd->oa_bits)
			return fault_in(x, EVT_F_ADDR_SIZE);
		if (!half->had)
			limits_add(&limits, x->cd, d.value);
		d.ipa += (va >> (shift - stride) & ones(stride)) << 3;
	}
}
