// SPDX-License-Identifier: MIT
/*
 * IORT: who translates whose IDs (Arm DEN 0049E.e). Nodes in this order: ITS group,
 * SMMUv3, root complex, named components; what a node maps to stands before it.
 */
#include <string.h>

#include "firmware/internal.h"

#define IORT_REVISION	6
#define NODE_HEADER_LEN 16
#define NO_NODE		0

/* 3.1.1, table 3: types, and the revision of each node's layout */
enum { NODE_ITS_GROUP = 0, NODE_NAMED = 1, NODE_ROOT_COMPLEX = 2, NODE_SMMU_V3 = 4 };
enum { REV_ITS_GROUP = 1, REV_NAMED = 4, REV_ROOT_COMPLEX = 4, REV_SMMU_V3 = 5 };

/* 3.1.1.2 */
#define SMMU_COHACC_OVERRIDE (1U << 0)
#define SMMU_DEVICEID_VALID  (1U << 4)
/* 3.1.1.3 */
#define NAMED_STALL	  (1U << 0)
#define NAMED_PASID_SHIFT 1
/* 3.1.1.4 */
#define ROOT_ATS (1U << 0)
/* 3.1, table 4 */
#define MAP_SINGLE (1U << 0)

struct iort {
	struct fw_bytes *b;
	uint32_t nodes;
	size_t node;   /* where the node begins that is being written */
	uint32_t maps; /* ID mappings that it has so far */
	uint32_t its, smmu;
};

/* 3.1.1, table 3. Identifiers count from 0. */
static uint32_t node_begin(struct iort *t, uint8_t type, uint8_t revision)
{
	t->node = t->b->len;
	t->maps = 0;
	fw_put8(t->b, type);
	fw_put16(t->b, 0); /* length */
	fw_put8(t->b, revision);
	fw_put32(t->b, t->nodes++);
	fw_put32(t->b, 0); /* ID mappings */
	fw_put32(t->b, 0); /* where they are */
	return (uint32_t)t->node;
}

static void node_end(struct iort *t)
{
	fw_set(t->b, t->node + 1, t->b->len - t->node, 2);
}

static void maps_begin(struct iort *t)
{
	fw_set(t->b, t->node + 12, t->b->len - t->node, 4);
}

/* 3.1, table 4. The table has the count minus one. */
static void map(struct iort *t, uint32_t in, uint64_t count, uint32_t out, uint32_t to,
		uint32_t flags)
{
	fw_put32(t->b, in);
	fw_put32(t->b, (uint32_t)(count - 1));
	fw_put32(t->b, out);
	fw_put32(t->b, to);
	fw_put32(t->b, flags);
	fw_set(t->b, t->node + 8, ++t->maps, 4);
}

/* 3.1.1.1 */
static void its_group(struct iort *t)
{
	t->its = node_begin(t, NODE_ITS_GROUP, REV_ITS_GROUP);
	fw_put32(t->b, 1);
	fw_put32(t->b, 0); /* the MADT's ITS */
	node_end(t);
}

/*
 * 3.1.1.2. StreamIDs are the ITS's DeviceIDs, of functions that have messages; the SMMU's
 * own comes behind them all, or takes the last, which is nobody's then.
 */
static void smmu_v3(struct iort *t, const struct fw_acpi_smmu *s, bool msi)
{
	uint64_t sids = UINT64_C(1) << s->sid_bits;
	uint32_t own = s->sid_bits < 32 ? (uint32_t)sids : UINT32_MAX;
	bool own_msi = s->msi && t->its, masters_msi = msi && t->its;

	t->smmu = node_begin(t, NODE_SMMU_V3, REV_SMMU_V3);
	fw_put64(t->b, s->base);
	fw_put32(t->b,
		 (s->coherent ? SMMU_COHACC_OVERRIDE : 0) | (own_msi ? SMMU_DEVICEID_VALID : 0));
	fw_put32(t->b, 0);
	fw_put64(t->b, 0); /* no VATOS page */
	fw_put32(t->b, s->model);
	fw_put32(t->b, s->events);
	fw_put32(t->b, s->pri);
	fw_put32(t->b, s->gerror);
	fw_put32(t->b, s->sync);
	fw_put32(t->b, 0);		     /* proximity domain, not valid */
	fw_put32(t->b, masters_msi ? 1 : 0); /* which mapping is the SMMU's own */
	maps_begin(t);
	if (masters_msi)
		map(t, 0, sids, 0, t->its, 0);
	if (own_msi)
		map(t, 0, 1, own, t->its, MAP_SINGLE);
	node_end(t);
}

/* 3.1.1.5, table 14: fully coherent, or the device's own affair */
static void memory_properties(struct iort *t, bool coherent)
{
	fw_put32(t->b, coherent ? 1 : 0);
	fw_put8(t->b, 0);
	fw_put16(t->b, 0);
	fw_put8(t->b, coherent ? 3 : 0); /* CPM, DACS */
}

/* Requester IDs that no mapping sends through the SMMU have messages all the same. */
static void map_rest(struct iort *t, const struct fw_acpi_host *h)
{
	uint32_t at = h->first_bus << 8, end = (h->last_bus + 1U) << 8;

	while (at < end) {
		uint32_t next = end, behind = at;

		for (size_t i = 0; i < h->n_maps; i++) {
			const struct fw_acpi_map *m = &h->maps[i];

			if (at >= m->in && at - m->in < m->count)
				behind = m->in + m->count;
			else if (m->in > at && m->in < next)
				next = m->in;
		}
		if (behind == at) {
			map(t, at, next - at, at, t->its, 0);
			behind = next;
		}
		at = behind;
	}
}

/* 3.1.1.4 */
static void root_complex(struct iort *t, const struct fw_acpi_host *h)
{
	node_begin(t, NODE_ROOT_COMPLEX, REV_ROOT_COMPLEX);
	memory_properties(t, h->coherent);
	fw_put32(t->b, h->ats ? ROOT_ATS : 0);
	fw_put32(t->b, h->segment);
	fw_put8(t->b, 64);	/* address bits */
	fw_put_zeroes(t->b, 7); /* what the root port does with PASIDs: not told */
	maps_begin(t);
	if (t->smmu)
		for (size_t i = 0; i < h->n_maps; i++)
			map(t, h->maps[i].in, h->maps[i].count, h->maps[i].out, t->smmu, 0);
	if (t->its && h->msi)
		map_rest(t, h);
	node_end(t);
}

/* 3.1.1.3. Without an SMMU the DeviceID is the _UID. */
static void named(struct iort *t, const struct fw_acpi_device *d, bool smmu_msi)
{
	char path[] = "\\_SB_.XXXX";

	memcpy(path + 6, d->name, 4);
	node_begin(t, NODE_NAMED, REV_NAMED);
	fw_put32(t->b, (d->stall ? NAMED_STALL : 0) | d->pasid_bits << NAMED_PASID_SHIFT);
	memory_properties(t, d->coherent);
	fw_put8(t->b, 64);
	fw_put_bytes(t->b, path, sizeof(path));
	fw_put_zeroes(t->b, -t->b->len % 4);
	maps_begin(t);
	for (size_t i = 0; d->translated && t->smmu && i < d->n_sids; i++)
		map(t, 0, 1, d->sids[i], t->smmu, MAP_SINGLE);
	if (!d->translated && t->its && smmu_msi)
		map(t, 0, 1, d->uid, t->its, MAP_SINGLE);
	node_end(t);
}

/* 3, table 2 */
void fw_iort(struct fw_bytes *b, const struct fw_acpi_machine *m)
{
	struct iort t = {.b = b};

	fw_table_begin(b, "IORT", IORT_REVISION);
	fw_put32(b, 0);	 /* nodes */
	fw_put32(b, 48); /* where the first is */
	fw_put32(b, 0);
	if (m->has_its)
		its_group(&t);
	if (m->has_smmu)
		smmu_v3(&t, &m->smmu, m->has_host && m->host.msi);
	if (m->has_host)
		root_complex(&t, &m->host);
	for (size_t i = 0; i < m->n_devices; i++)
		named(&t, &m->devices[i], m->has_its);
	fw_set(b, HEADER_LEN, t.nodes, 4);
	fw_table_end(b);
}
