// SPDX-License-Identifier: MIT
/* IORT, read as Arm DEN 0049E.e describes it: nodes, and where an ID ends up. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "sim/rng.h"
#include "tests/firmware/decode.h"
#include "tests/suite.h"

enum { ITS_GROUP = 0, NAMED = 1, ROOT_COMPLEX = 2, SMMU_V3 = 4 };

/* Table 2: node count at 36, first node at 40. Table 3: type 0, length 1, mappings 8 and 12. */
static const uint8_t *find_node(struct table t, unsigned int type, unsigned int skip)
{
	size_t at = get(t.data + 40, 4);

	for (uint64_t n = get(t.data + 36, 4); n > 0; n--) {
		const uint8_t *node = t.data + at;

		ck_assert_uint_le(at + 16, t.len);
		if (node[0] == type && skip-- == 0)
			return node;
		at += get(node + 1, 2);
	}
	return NULL;
}

static const uint8_t *node_of(struct table t, unsigned int type, unsigned int skip)
{
	const uint8_t *node = find_node(t, type, skip);

	ck_assert_msg(node != NULL, "no node of type %u", type);
	return node;
}

/* Table 4: input base, count - 1, output base, output node, flags (bit 0: one ID, any input). */
static bool map(struct table t, const uint8_t *node, uint32_t id, uint32_t *out, const uint8_t **to)
{
	const uint8_t *m = node + get(node + 12, 4);

	for (uint64_t n = get(node + 8, 4); n > 0; n--, m += 20) {
		uint64_t in = get(m, 4);

		if (get(m + 16, 4) & 1 || id < in || id - in > get(m + 4, 4))
			continue;
		*out = (uint32_t)(get(m + 8, 4) + (id - in));
		*to = t.data + get(m + 12, 4);
		return true;
	}
	return false;
}

START_TEST(nodes_fill_the_table)
{
	struct fw_acpi_machine m;
	struct fw_acpi acpi;
	struct table t;
	size_t at;

	example(&m);
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "IORT");
	ck_assert_uint_eq(t.data[8], 6); /* revision of E.e */
	ck_assert_uint_eq(get(t.data + 36, 4), 5);
	at = get(t.data + 40, 4);
	for (unsigned int i = 0; i < 5; i++) {
		const uint8_t *node = t.data + at;

		ck_assert_uint_eq(at % 4, 0);
		ck_assert_uint_eq(get(node + 4, 4), i); /* identifiers are unique */
		ck_assert_uint_le(get(node + 12, 4) + 20 * get(node + 8, 4), get(node + 1, 2));
		at += get(node + 1, 2);
	}
	ck_assert_uint_eq(at, t.len);
	fw_acpi_free(&acpi);
}
END_TEST

/* Table 9 (SMMUv3): base at 16, flags at 24, model at 40, GSIVs at 44, own mapping at 64. */
START_TEST(smmu_has_its_model_interrupts_and_own_device_id)
{
	const uint8_t *smmu, *own, *its;
	struct fw_acpi_machine m;
	struct fw_acpi acpi;
	struct table t;
	uint32_t id;

	example(&m);
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "IORT");
	smmu = node_of(t, SMMU_V3, 0);
	ck_assert_uint_eq(smmu[3], 5);
	ck_assert_uint_eq(get(smmu + 16, 8), 0x9050000);
	ck_assert_uint_eq(get(smmu + 24, 4), 1 | 1 << 4); /* COHACC, DeviceID mapping valid */
	ck_assert_uint_eq(get(smmu + 40, 4), 2);
	ck_assert_uint_eq(get(smmu + 44, 4), 106);
	ck_assert_uint_eq(get(smmu + 48, 4), 0);
	ck_assert_uint_eq(get(smmu + 52, 4), 109);
	ck_assert_uint_eq(get(smmu + 56, 4), 107);
	own = smmu + get(smmu + 12, 4) + 20 * get(smmu + 64, 4);
	ck_assert_uint_lt(get(smmu + 64, 4), get(smmu + 8, 4));
	ck_assert_uint_eq(get(own + 16, 4) & 1, 1);
	ck_assert_uint_ge(get(own + 8, 4), 1 << 16); /* not a StreamID's */
	ck_assert_ptr_eq(t.data + get(own + 12, 4), node_of(t, ITS_GROUP, 0));
	ck_assert(map(t, smmu, 0xffff, &id, &its));
	ck_assert_uint_eq(id, 0xffff);
	ck_assert(!map(t, smmu, 0x10000, &id, &its));
	fw_acpi_free(&acpi);
}
END_TEST

/* Table 13 (named component): flags at 16, properties at 20, path at 29. */
START_TEST(devices_have_paths_flags_and_stream_ids)
{
	struct fw_acpi_machine m;
	struct fw_acpi acpi;
	const uint8_t *node, *maps;
	struct table t;

	example(&m);
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "IORT");
	node = node_of(t, NAMED, 0);
	ck_assert_uint_eq(get(node + 16, 4), 1 | 8 << 1); /* stall; PASID bits */
	ck_assert_uint_eq(get(node + 20, 4), 1);
	ck_assert_uint_eq(node[27], 3);
	ck_assert_str_eq((const char *)node + 29, "\\_SB_.DEV0");
	ck_assert_uint_eq(get(node + 8, 4), 2);
	maps = node + get(node + 12, 4);
	ck_assert_uint_eq(get(maps + 8, 4), 0x10);
	ck_assert_uint_eq(get(maps + 20 + 8, 4), 0x23);
	ck_assert_uint_eq(get(maps + 16, 4) & 1, 1);
	ck_assert_ptr_eq(t.data + get(maps + 12, 4), node_of(t, SMMU_V3, 0));
	/* The second has no SMMU in front: its messages go to the ITS at once. */
	node = node_of(t, NAMED, 1);
	ck_assert_uint_eq(get(node + 20, 4), 0);
	ck_assert_uint_eq(node[27], 0);
	maps = node + get(node + 12, 4);
	ck_assert_ptr_eq(t.data + get(maps + 12, 4), node_of(t, ITS_GROUP, 0));
	fw_acpi_free(&acpi);
}
END_TEST

/* Table 14 (root complex): ATS at 24, segment at 28. */
START_TEST(root_complex_has_ats_only_if_it_has)
{
	struct fw_acpi_machine m;
	struct fw_acpi acpi;

	for (unsigned int ats = 0; ats < 2; ats++) {
		example(&m);
		m.host.ats = ats;
		ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
		ck_assert_uint_eq(get(node_of(find_table(&acpi, "IORT"), ROOT_COMPLEX, 0) + 24, 4),
				  ats);
		fw_acpi_free(&acpi);
	}
}
END_TEST

START_TEST(without_its_nothing_maps_to_one)
{
	struct fw_acpi_machine m;
	struct fw_acpi acpi;
	const uint8_t *smmu;
	struct table t;

	example(&m);
	m.has_its = false;
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "IORT");
	ck_assert_ptr_null(find_node(t, ITS_GROUP, 0));
	smmu = node_of(t, SMMU_V3, 0);
	ck_assert_uint_eq(get(smmu + 8, 4), 0);
	ck_assert_uint_eq(get(smmu + 24, 4) >> 4 & 1, 0);
	ck_assert_uint_eq(get(node_of(t, NAMED, 1) + 8, 4), 0);
	fw_acpi_free(&acpi);
}
END_TEST

/* Who has no messages has no way to the ITS; what stays counts from 0. */
START_TEST(smmu_maps_to_the_its_what_has_messages)
{
	const uint8_t *smmu, *own, *its;
	struct fw_acpi_machine m;
	struct fw_acpi acpi;
	struct table t;
	uint32_t id;

	example(&m);
	m.host.msi = false;
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "IORT");
	smmu = node_of(t, SMMU_V3, 0);
	ck_assert_uint_eq(get(smmu + 8, 4), 1);
	ck_assert_uint_eq(get(smmu + 24, 4) >> 4 & 1, 1);
	ck_assert_uint_eq(get(smmu + 64, 4), 0);
	own = smmu + get(smmu + 12, 4);
	ck_assert_uint_eq(get(own + 16, 4) & 1, 1);
	ck_assert(!map(t, smmu, 0x100, &id, &its));
	fw_acpi_free(&acpi);

	example(&m);
	m.smmu.msi = false;
	ck_assert_int_eq(fw_acpi_build(&acpi, &m, BASE), 0);
	t = find_table(&acpi, "IORT");
	smmu = node_of(t, SMMU_V3, 0);
	ck_assert_uint_eq(get(smmu + 8, 4), 1);
	ck_assert_uint_eq(get(smmu + 24, 4) >> 4 & 1, 0);
	ck_assert(map(t, smmu, 0x100, &id, &its));
	ck_assert_uint_eq(id, 0x100);
	fw_acpi_free(&acpi);
}
END_TEST

/* What a list of mappings says of a requester ID: the StreamID, or none. */
static bool expected(const struct fw_acpi_host *h, uint32_t rid, uint32_t *sid)
{
	for (size_t i = 0; i < h->n_maps; i++)
		if (rid >= h->maps[i].in && rid - h->maps[i].in < h->maps[i].count) {
			*sid = h->maps[i].out + (rid - h->maps[i].in);
			return true;
		}
	return false;
}

static void check_rids(const struct fw_acpi_machine *m, uint64_t seed)
{
	const uint8_t *rc, *to;
	struct fw_acpi acpi;
	struct table t;

	ck_assert_int_eq(fw_acpi_build(&acpi, m, BASE), 0);
	t = find_table(&acpi, "IORT");
	rc = node_of(t, ROOT_COMPLEX, 0);
	for (uint32_t rid = 0; rid < 0x200; rid++) {
		uint32_t id, sid = rid;
		bool translated = expected(&m->host, rid, &sid);

		ck_assert_msg(map(t, rc, rid, &id, &to), "seed %lu: 0x%x is lost", seed, rid);
		ck_assert_msg(to[0] == (translated ? SMMU_V3 : ITS_GROUP), "seed %lu: 0x%x", seed,
			      rid);
		ck_assert_msg(id == sid, "seed %lu: 0x%x becomes 0x%x, not 0x%x", seed, rid, id,
			      sid);
	}
	fw_acpi_free(&acpi);
}

/* Mappings that do not overlap, in any order, with and without holes. */
START_TEST(each_requester_id_goes_where_the_mappings_say)
{
	for (uint64_t seed = 1; seed <= 50; seed++) {
		struct fw_acpi_map maps[8];
		struct fw_acpi_machine m;
		struct sim_rng rng;
		uint32_t at = 0;

		sim_rng_init(&rng, seed, "iort");
		example(&m);
		m.host.maps = maps;
		m.host.n_maps = 0;
		while (m.host.n_maps < 8 && at < 0x1f0) {
			uint32_t n = 1 + (uint32_t)sim_rng_below(&rng, 0x40);
			size_t i = (size_t)sim_rng_below(&rng, m.host.n_maps + 1);

			at += (uint32_t)sim_rng_below(&rng, 3) * 7;
			if (at + n > 0x200)
				break;
			maps[m.host.n_maps++] = maps[i];
			maps[i] =
				(struct fw_acpi_map){at, n, (uint32_t)sim_rng_below(&rng, 0x8000)};
			at += n;
		}
		check_rids(&m, seed);
	}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(nodes_fill_the_table);
	SUITE_CASE(smmu_has_its_model_interrupts_and_own_device_id);
	SUITE_CASE(devices_have_paths_flags_and_stream_ids);
	SUITE_CASE(root_complex_has_ats_only_if_it_has);
	SUITE_CASE(without_its_nothing_maps_to_one);
	SUITE_CASE(smmu_maps_to_the_its_what_has_messages);
	SUITE_CASE(each_requester_id_goes_where_the_mappings_say);
}
