// SPDX-License-Identifier: MIT
/* What a failed expectation says: what was wanted, what came, when, and what went before. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "tests/scenario/common.h"

/* With strict invalidation: an unmap is seen at once. */
#define STRICT                                                                                     \
	"local m = machine {} local k = kernel { '6.12', cmdline = 'iommu.strict=1' } "            \
	"local d = m:device 'dma0'\n"

#define CHECK(endings) check_endings(endings, sizeof(endings) / sizeof((endings)[0]))

static struct outcome run_case(const char *body, const char *options)
{
	char lua[1024];

	snprintf(lua, sizeof(lua), BOOT "case('a', function()\n%s\nend)", body);
	return run_lua(lua, options);
}

/* The message of the one case, and the place in it of each part, in order. */
static void expect_message(const char *body, const char *const *parts)
{
	struct outcome outcome = run_case(body, "--json");
	json_t *object = json_loads(outcome.out, 0, NULL), *first;
	const char *message, *at;

	expect_status(&outcome, 1);
	ck_assert_ptr_nonnull(object);
	ck_assert_str_eq(json_string_value(json_object_get(object, "verdict")), "fail");
	first = json_array_get(json_object_get(object, "cases"), 0);
	ck_assert_str_eq(json_string_value(json_object_get(first, "verdict")), "fail");
	message = at = json_string_value(json_object_get(first, "message"));
	ck_assert_ptr_nonnull(message);
	for (; *parts; parts++) {
		at = strstr(at, *parts);
		ck_assert_msg(at != NULL, "%s\nno '%s' in: %s", body, *parts, message);
		at += strlen(*parts);
	}
	json_decref(object);
	outcome_free(&outcome);
	test_clean();
}

#define EXPECT_MESSAGE(body, ...) expect_message(body, (const char *const[]){__VA_ARGS__, NULL})

START_TEST(a_transfer_that_should_succeed)
{
	if (no_kernel("6.12"))
		return;
	EXPECT_MESSAGE("expect.ok(d:read(0x9000, 8))", "s.lua:3: expected: the transfer succeeds\n",
		       "came: read of 8 bytes at 0x9000 by dma0 (stream 0x10): ABORT at 0x9000, "
		       "F_TRANSLATION, at ",
		       " us\nlast commands and table reads of stream 0x10:\n", "CMD_CFGI_STE",
		       "SID=0x10", "STE V=1 Config=S1", "CD V=1");
	EXPECT_MESSAGE("expect.fresh(d:write(0x5000, 'x'))",
		       "expected: the transfer succeeds by a "
		       "current mapping\ncame: write of 1 bytes");
	EXPECT_MESSAGE("expect.data(d:read(0x5000, 4), 'abcd')",
		       "s.lua:3: expected: the transfer succeeds\n", "F_TRANSLATION");
}
END_TEST

START_TEST(a_transfer_that_should_not_succeed)
{
	static const char *const wanted[] = {"abort", "stalled", "stale"};
	static const char *const words[] = {"is aborted", "stalls", "succeeds by a stale mapping"};

	if (no_kernel("6.12"))
		return;
	for (int i = 0; i < 3; i++) {
		char body[128], expected[96];

		snprintf(body, sizeof(body), "local b = d:map '4K' expect.%s(d:write(b.iova, 'x'))",
			 wanted[i]);
		snprintf(expected, sizeof(expected),
			 "s.lua:3: expected: the transfer %s\ncame: write of", words[i]);
		EXPECT_MESSAGE(body, expected, " (stream 0x10): OK, at ", "last commands");
	}
}
END_TEST

START_TEST(data_and_patterns_that_differ)
{
	if (no_kernel("6.12"))
		return;
	EXPECT_MESSAGE(
		"local b = d:map '4K' b:write(0, 'abc') expect.data(d:read(b.iova, 3), 'xyz')",
		"s.lua:3: expected: data \"xyz\"\ncame: \"abc\", by read of 3 bytes at 0x");
	EXPECT_MESSAGE("local b = d:map '4K' expect.ok(d:fill(b.iova, 64, 1)) b:write(9, '\\255') "
		       "b:write(9, string.char(b:read(9, 1):byte() ~ 1)) expect.ok(d:check(b.iova, "
		       "64, 1))",
		       "came: check of 64 bytes at 0x", "MISMATCH at 0x", "byte 0x", " where 0x",
		       " was expected");
	EXPECT_MESSAGE("expect.equal(1, 2, 'numbers')", "s.lua:3: numbers\nexpected: 2\ncame: 1");
	EXPECT_MESSAGE("expect.error(-22, 'ENOENT')", "s.lua:3: expected: ENOENT\ncame: EINVAL");
	EXPECT_MESSAGE("expect.error(5, 'ENOENT')", "came: 5");
}
END_TEST

START_TEST(events_that_do_not_come_or_should_not)
{
	if (no_kernel("6.12"))
		return;
	EXPECT_MESSAGE("d:read(0xa000, 8)\nexpect.event { 'F_PERMISSION', sid = d.sid }",
		       "s.lua:4: expected: event F_PERMISSION, sid = 0x10\ncame:\n",
		       " us  F_TRANSLATION ", "InputAddr=0xa000", "last commands and table reads");
	EXPECT_MESSAGE("expect.event { 'F_PERMISSION' }",
		       "expected: event F_PERMISSION\ncame: nothing, at ", " us");
	EXPECT_MESSAGE("d:read(0xb000, 8) expect.no_event()", "expected: no event\ncame:\n",
		       " us  F_TRANSLATION ", "InputAddr=0xb000");
	/* Each field is compared. */
	EXPECT_MESSAGE("d:read(0xc000, 8) expect.event { 'F_TRANSLATION', addr = 0xc001 }",
		       "expected: event F_TRANSLATION, addr = 0xc001\ncame:\n", "InputAddr=0xc000");
}
END_TEST

START_TEST(commands_and_stream_table_entries)
{
	static const struct ending endings[] = {
		/* One page with strict invalidation. */
		{STRICT "case('a', function() local b = d:map '4K'\n"
			"expect.commands(m:commands(function() b:unmap() end), "
			"{ { 'CMD_TLBI_NH_VA', Addr = b.iova, Leaf = 1 }, { 'CMD_SYNC' } })\n"
			"expect.commands(m:commands(function() end), {})\n"
			"expect.ste(m:ste(d.sid), { V = 1, Config = 5 })\n"
			"expect.equal(m:ste(1 << 31), nil) end)",
		 0, "ok 1 a"},
		{STRICT "case('a', function() local b = d:map '4K'\n"
			"expect.commands(m:commands(function() b:unmap() end), "
			"{ { 'CMD_TLBI_NH_VA', ASID = 77 } }) end)",
		 1,
		 "# s.lua:3: expected: the commands\n#   CMD_TLBI_NH_VA, ASID = 0x4d\n"
		 "# came:\n#   "},
		{BOOT "case('a', function() m:commands(function() error 'it went wrong' end) end)",
		 1, "it went wrong"},
		{BOOT "case('a', function() m:commands(7) end)", 1,
		 "commands: a function is wanted, not 7"},
		{BOOT "case('a', function() m:ste 'x' end)", 1, "ste: a StreamID is wanted, not x"},
		{BOOT "case('a', function() expect.ste(m:ste(0x10), { Colour = 1 }) end)", 1,
		 "expect.ste: an STE has no field \"Colour\""},
		{BOOT "case('a', function() expect.ste(m:ste(1 << 31), { V = 1 }) end)", 1,
		 "expected: an STE\n# came: nil"},
	};

	if (no_kernel("6.12"))
		return;
	CHECK(endings);
	EXPECT_MESSAGE("expect.ste(m:ste(0x10), { Config = 6 })",
		       "s.lua:3: expected: an STE with Config = 0x6\ncame: STE V=1 Config=S1 ");
}
END_TEST

START_TEST(log_lines_findings_and_reports_that_do_not_come)
{
	if (no_kernel("6.12"))
		return;
	EXPECT_MESSAGE("expect.log 'zzz'", "s.lua:3: expected: a line of the kernel log that "
					   "matches \"zzz\"\ncame: none, at ");
	EXPECT_MESSAGE("expect.finding 'oops'",
		       "s.lua:3: expected: a finding (oops)\ncame: nothing");
	EXPECT_MESSAGE("expect.report 'x'",
		       "s.lua:3: expected: a report on the channel x\ncame: none, at ");
}
END_TEST

START_TEST(what_nobody_expected_fails_the_case_it_came_in)
{
	static const struct ending endings[] = {
		{BOOT "case('a', function() d:read(0xb000, 8) end) case('b', function() end)", 1,
		 "not ok 1 a\nok 2 b\n"},
		/* ... behind the error that came first. */
		{BOOT "case('a', function() d:read(0xb000, 8) error 'mine' end) case('b', print)",
		 1, "# s.lua:2: mine\n# not expected, but came:\n"},
	};

	if (no_kernel("6.12"))
		return;
	EXPECT_MESSAGE("d:read(0xb000, 8)", "not expected, but came:\n  ", " us  F_TRANSLATION ");
	CHECK(endings);
}
END_TEST

/* The register that is not there: a bus error is a finding. */
START_TEST(a_finding_outside_the_cases_fails_the_run)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	outcome = run_lua(BOOT "m:fault 'bus.access'\nlocal b = d:map '4K'\n"
			       "d:driver_transfer { op = 'fill', dst = b.iova, len = 8 }\n"
			       "case('a', function() end)",
			  "");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "bus error");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(verbose_names_commands_entries_and_walk_steps)
{
	static const char *const parts[] = {
		"smmu-cmd       CMD_CFGI_STE SID=0x10 Leaf=1",
		"smmu-cmd       CMD_SYNC ",
		"smmu-cmd       CMD_TLBI_NH_",
		"smmu-l1std ",
		"smmu-ste       STE V=1 Config=S1 ",
		"smmu-cd        CD V=1 ",
		"smmu-walk      walk S1 L0 ",
		"smmu-walk      walk S1 L3 ",
		"smmu-event     F_TRANSLATION ",
		"mmio-write ",
		" reg=CR0",
		"dma ",
		"irq-",
		"switch ",
		"call ",
		"case ",
	};
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	outcome = run_case("local b = d:map '4K' expect.ok(d:write(b.iova, 'x')) d:read(0x9000, 8) "
			   "expect.event { 'F_TRANSLATION' } b:free()",
			   "--verbose");
	expect_status(&outcome, 0);
	for (size_t i = 0; i < sizeof(parts) / sizeof(parts[0]); i++)
		ck_assert_msg(strstr(outcome.out, parts[i]) != NULL, "no '%s'", parts[i]);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

static void digest_of(const char *prefix, const char *options, char digest[65])
{
	struct outcome outcome =
		run_shell("%s '%s' run %s --json | grep '\"digest\"'", prefix, FAULTLINE, options);
	const char *at = strstr(outcome.out, ": \"");

	ck_assert_msg(at != NULL, "%s", outcome.err);
	snprintf(digest, 65, "%.64s", at + 3);
	outcome_free(&outcome);
}

START_TEST(the_digest_depends_on_kernel_scenario_and_seed_alone)
{
	char first[65], other[65], path[600];
	static const char *const same[][2] = {
		{"cd / && setarch -R", ""},
		{"cd / &&", "--verbose"},
		{"cd / && env LANG=C HOME=/ XYZ=0123456789012345678901234567890", "--quiet"},
		{"cd / &&", "--trace /dev/null"},
	};

	if (no_kernel("6.12"))
		return;
	snprintf(path, sizeof(path), "'%s/scenarios/dma.lua' --seed 7", SOURCE_DIR);
	digest_of("", path, first);
	for (size_t i = 0; i < sizeof(same) / sizeof(same[0]); i++) {
		snprintf(path, sizeof(path), "'%s/scenarios/dma.lua' --seed 7 %s", SOURCE_DIR,
			 same[i][1]);
		digest_of(same[i][0], path, other);
		ck_assert_msg(strcmp(first, other) == 0, "%s %s", same[i][0], same[i][1]);
	}
	snprintf(path, sizeof(path), "'%s/scenarios/dma.lua' --seed 8", SOURCE_DIR);
	digest_of("", path, other);
	ck_assert_str_ne(first, other);
	/* The same text elsewhere, by another name. */
	snprintf(path, sizeof(path), "cp '%s/scenarios/dma.lua' '%s' &&", SOURCE_DIR,
		 test_file("a-copy.lua"));
	digest_of(path, test_file("a-copy.lua --seed 7"), other);
	ck_assert_str_eq(first, other);
	test_clean();
}
END_TEST

/* Memory freed that is on a stack, or nobody's: where that is differs from run to run. */
START_TEST(the_digest_of_findings_has_no_address_of_the_process)
{
	static const char *const prefixes[] = {"", "setarch -R"};
	char first[65], other[65], path[600];

	if (no_kernel("6.12"))
		return;
	snprintf(path, sizeof(path), "'%s/tests/scenarios/memory.lua'", SOURCE_DIR);
	digest_of("", path, first);
	for (size_t i = 0; i < sizeof(prefixes) / sizeof(prefixes[0]); i++) {
		digest_of(prefixes[i], path, other);
		ck_assert_msg(strcmp(first, other) == 0, "%s", prefixes[i]);
	}
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(a_transfer_that_should_succeed);
	SUITE_CASE(a_transfer_that_should_not_succeed);
	SUITE_CASE(data_and_patterns_that_differ);
	SUITE_CASE(events_that_do_not_come_or_should_not);
	SUITE_CASE(commands_and_stream_table_entries);
	SUITE_CASE(log_lines_findings_and_reports_that_do_not_come);
	SUITE_CASE(what_nobody_expected_fails_the_case_it_came_in);
	SUITE_CASE(a_finding_outside_the_cases_fails_the_run);
	SUITE_CASE(verbose_names_commands_entries_and_walk_steps);
	SUITE_CASE(the_digest_depends_on_kernel_scenario_and_seed_alone);
	SUITE_CASE(the_digest_of_findings_has_no_address_of_the_process);
}
