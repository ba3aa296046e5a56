/* SPDX-License-Identifier: MIT */
/* Which of several errors is reported: IHI 0070 7.3.22. */
#include "tests/smmu/tables.h"
#include "tests/suite.h"

static struct rig rig;
static struct tree s1, s2;

/* Everything is wrong at once; each case repairs the most urgent thing. */
START_TEST(configuration_errors_in_order)
{
	uint64_t ste[8], cd[8], table, slot;
	uint64_t ssid = 1 << 11 | 1 << 12;

	rig_boot(&rig, NULL);
	stream_nested(&rig, &s1, &s2);
	table = rig_alloc(&rig, 4096);
	ste_nested(ste, table + NESTED_BIAS, 0, &s2, 5);
	ste[0] &= ~1ull; /* V=0, no SubstreamIDs, CD unmapped, its fetch aborts, CD invalid */
	rig_ste(&rig, 3, ste);
	slot = tree_slot(&s2, table + NESTED_BIAS, 3);
	rig_put64(&rig, slot, 0);
	rig.abort_first = RIG_STRTAB + 3 * 64;
	rig.abort_last = RIG_STRTAB + 4 * 64 - 1;
	rig_translate_ssid(&rig, 100, 1, 0);
	ck_event(&rig, 0x02 | ssid | 100ull << 32, 0, 0, 0);
	rig_translate_ssid(&rig, 3, 1, 0);
	ck_event(&rig, 0x03 | ssid | 3ull << 32, 0, 0, RIG_STRTAB + 3 * 64);
	rig.abort_first = table;
	rig.abort_last = table + 4095;
	rig_translate_ssid(&rig, 3, 1, 0);
	ck_event(&rig, 0x04 | ssid | 3ull << 32, 0, 0, 0);
	ste[0] |= 1;
	rig_ste(&rig, 3, ste);
	rig_translate_ssid(&rig, 3, 1, 0);
	ck_event(&rig, 0x08 | 1 << 12 | 3ull << 32, 0, 0, 0);
	ste[0] |= 1ull << 59; /* S1CDMax 1 with S1DSS 00 */
	rig_ste(&rig, 3, ste);
	rig_translate(&rig, 3, 0, false);
	ck_event(&rig, 0x06 | 3ull << 32, 0, 0, 0);
	rig_translate_ssid(&rig, 3, 1, 0);
	ck_event(&rig, 0x10 | ssid | 3ull << 32, 1ull << 35 | 1ull << 39, 0, table + NESTED_BIAS);
	rig_put64(&rig, slot, table | S2_RW | 3);
	rig_translate_ssid(&rig, 3, 1, 0);
	ck_event(&rig, 0x09 | ssid | 3ull << 32, 0, 0, table + 64);
	rig.abort_first = ~0ull;
	rig_translate_ssid(&rig, 3, 1, 0);
	ck_event(&rig, 0x0a | ssid | 3ull << 32, 0, 0, 0);
	cd_make(cd, &s1, NULL);
	rig_put(&rig, table + 64, cd, 8);
	rig_translate_ssid(&rig, 3, 1, 0);
	ck_event(&rig, 0x10 | ssid | 3ull << 32, 1ull << 35 | 2ull << 40, 0, 0);
	rig_close(&rig);
}
END_TEST

/* An SSID out of range hides that SSID 0 is disabled. */
START_TEST(substream_range_before_disabled_stream)
{
	uint64_t ste[8];

	rig_boot(&rig, NULL);
	ste_s1(ste, rig_alloc(&rig, 128), 0);
	ste[1] |= 2;
	rig_ste(&rig, 1, ste);
	rig_translate_ssid(&rig, 1, 0, 0);
	ck_event(&rig, 0x08 | 1ull << 32, 0, 0, 0);
	rig_close(&rig);
}
END_TEST

/* At one level: invalid, then address size; at the leaf: size, access, permission. */
START_TEST(order_within_one_stage)
{
	uint64_t slot, pa, cd[8];

	rig_boot(&rig, NULL);
	pa = stream_s1(&rig, &s1);
	cd_make(cd, &s1, NULL);
	cd[0] &= ~(7ull << 32); /* IPS 32 bits */
	rig_put(&rig, pa, cd, 8);
	slot = tree_slot(&s1, 0x1000, 3);
	rig_translate(&rig, 1, 0x1000, true);
	ck_event(&rig, 0x10 | 1ull << 32, 2ull << 40, 0x1000, 0);
	rig_put64(&rig, slot, 1ull << 40 | S1_RO | 3);
	rig_translate(&rig, 1, 0x1000, true);
	ck_event(&rig, 0x11 | 1ull << 32, 2ull << 40, 0x1000, 0);
	rig_put64(&rig, slot, S1_RO | 3);
	rig_translate(&rig, 1, 0x1000, true);
	ck_event(&rig, 0x12 | 1ull << 32, 2ull << 40, 0x1000, 0);
	rig_put64(&rig, slot, S1_RO | S1_AF | 3);
	rig_translate(&rig, 1, 0x1000, true);
	ck_event(&rig, 0x13 | 1ull << 32, 2ull << 40, 0x1000, 0);
	rig_close(&rig);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(configuration_errors_in_order);
	SUITE_CASE(substream_range_before_disabled_stream);
	SUITE_CASE(order_within_one_stage);
}
