// SPDX-License-Identifier: MIT
/*
 * What is wrong in a scenario's text: every message names the scenario's own
 * line, says what is possible instead, and the run ends.
 */
#include <stdio.h>
#include <string.h>

#include "tests/scenario/common.h"

#define CHECK(endings) check_endings(endings, sizeof(endings) / sizeof((endings)[0]))

START_TEST(lua_errors_name_file_and_line)
{
	static const struct ending endings[] = {
		{"local x =\ny = = 3", 2, "s.lua:2: unexpected symbol near '='"},
		{"machine {}\nlocal x = nil + 1", 2, "s.lua:2: attempt to perform arithmetic"},
		{"error { 1 }", 2, "(an error object that is a table)"},
		{"error(setmetatable({}, { __tostring = function() return 'own text' end }))", 2,
		 "own text"},
		{"error(setmetatable({}, { __tostring = function() error 'x' end }))", 2,
		 "(an error object that is a table)"},
		{"case(1, 2)", 2, "s.lua:1: case: a name and a function are wanted"},
		{"case('a', function() error() end)", 1, "(an error object that is a nil)"},
		{"local function f() return 1 + f() end\nf()", 2, "s.lua:1: stack overflow"},
		{"case('a', function()\n  local x = nil + 1\nend)", 1,
		 "s.lua:2: attempt to perform arithmetic on a nil value\nnot ok 1 a\n"},
		{"case('a', function() end)\nlocal x = nil + 1", 1,
		 "ok 1 a\n# s.lua:2: attempt to perform arithmetic on a nil value\nnot ok 2 run\n"},
		{"", 2, "s.lua: the scenario has no case"},
		{"-- nothing", 2, "s.lua: the scenario has no case"},
	};

	CHECK(endings);
}
END_TEST

START_TEST(misuse_of_the_api_is_the_scenarios_line)
{
	static const struct ending endings[] = {
		{BOOT "case('a', function()\n  d:read('abc', 8)\nend)", 1,
		 "s.lua:3: address: a number is wanted, not string"},
		{BOOT "case('a', function() d:read(0, -1) end)", 1,
		 "s.lua:2: length: a size such as"},
		{BOOT "case('a', function() d:read(0, 1 << 40) end)", 1,
		 "s.lua:2: a transfer has from 1 to 16777216 bytes"},
		{BOOT "case('a', function() d:read(0, 8, { ssid = 1 << 20 }) end)", 1,
		 "s.lua:2: ssid: from 0 to 1048575 is possible"},
		{BOOT "case('a', function() d:read(0, 8, { foo = 1 }) end)", 1,
		 "unknown option \"foo\" (known: instruction, privileged, ssid)"},
		{BOOT "case('a', function() d:write(0, 7) end)", 1,
		 "s.lua:2: write: the data is a string, not 7"},
		{BOOT "case('a', function() d:map('12Q') end)", 1,
		 "s.lua:2: size: a size such as 4096, \"64K\" or \"16M\" is wanted, not 12Q"},
		{BOOT "case('a', function() d:map('4K', 'up') end)", 1,
		 "s.lua:2: map: direction is both, to_device or from_device"},
		{BOOT "case('a', function() d:driver_transfer { op = 'read' } end)", 1,
		 "s.lua:2: driver_transfer: len: a size such as"},
		{BOOT "case('a', function() k:call 'nope' end)", 1,
		 "s.lua:2: the kernel's exercisers have no operation \"nope\""},
		{BOOT "case('a', function() k:call('dma.find', { cpu = 2 }) end)", 1,
		 "s.lua:2: CPU 2: the machine has 2"},
		{BOOT "case('a', function() d:nested {} end)", 1, "s.lua:2: "},
		{BOOT "case('a', function() wait '3' end)", 1,
		 "s.lua:2: a time such as \"10ms\" is wanted (ps ns us ms s), not 3"},
		{BOOT "case('a', function() wait '99999999999999999999s' end)", 1,
		 "s.lua:2: a time of at most one day is wanted"},
		{BOOT "case('a', function() m:fault('ram.read', 0) end)", 1,
		 "s.lua:2: fault: counts start at 1"},
		{BOOT "case('a', function() m:fault 'x' end)", 1,
		 "s.lua:2: there is no fault point \"x\" (known: smmu.cmd-fetch-abort "},
		{BOOT "case('a', function() m:device 'x' end)", 1,
		 "s.lua:2: there is no device \"x\" (the machine has: dma0, dma1)"},
		{BOOT "case('a', function() m:peek(16, 8) end)", 1,
		 "s.lua:2: physical address 0x10 with 8 bytes is not in RAM"},
		{BOOT "case('a', function() expect.ok(nil) end)", 1,
		 "s.lua:2: the result of a transfer is wanted, not nil"},
		{BOOT "case('a', function() expect.log '[' end)", 1, "s.lua:2: malformed pattern"},
		{BOOT "case('a', function() expect.event { 'X', foo = 1 } end)", 1,
		 "s.lua:2: expect.event: unknown option \"foo\" (known: 1, addr, class, "},
		{BOOT "case('a', function() pcall(wait, 1) skip(nil) end)", 1,
		 "s.lua:2: skip: a reason is wanted"},
		{"case('a', function() local _, why = pcall(function() wait(3) end) error(why, 0) "
		 "end)",
		 1, "s.lua:1: a time such as"},
	};

	if (!no_kernel("6.12"))
		CHECK(endings);
}
END_TEST

START_TEST(nested_errors_are_the_scenarios_line)
{
	static const char boot[] = "local m = machine { smmu = { ssidsize = 8 } }\n"
				   "local k = kernel { '6.12', series = '6.12-smmuv3-nested' }\n"
				   "local d = m:device 'dma0'\n"
				   "case('a', function()\n"
				   "  local g = d:nested { s2 = { [0x40000000] = '4M' } }\n";
	static const struct {
		const char *line, *message;
	} bad[] = {
		{"g:map(0x1000, 0x40000000, 'q')", "permissions are r, with w, x and p"},
		{"g:map(0x1001, 0x40000000, 'r')", "guest:map: addresses are multiples of 4096"},
		{"g:map(0, 0, 'r', { foo = 1 })", "unknown option \"foo\" (known: pasid, size)"},
		{"g:map(0, 0, 'r', { pasid = 7 })", "no context descriptor for PASID 7"},
		{"g:peek(0x50000000, 8)", "0x50000000 is not in the guest's memory"},
		{"g:attach_table()", "attach_pasid_table: EINVAL"},
		{"g:invalidate { foo = 1 }",
		 "guest:invalidate: unknown option \"foo\" (known: addr, "},
		{"d:nested { foo = 1 }",
		 "nested: unknown option \"foo\" (known: attach, handler, pasid_bits, s1fmt, s2)"},
		{"d:nested {}", "nested: s2 = { [ipa] = size, ... } is wanted"},
		{"expect.handler { foo = 1 }", "unknown option \"foo\" (known: addr, device, "},
		{"expect.handler { addr = 1 }",
		 "expected: the guest's handler gets addr = 0x1\ncame: nothing"},
	};
	char lua[1024];

	if (no_kernel("6.12-smmuv3-nested"))
		return;
	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		struct outcome outcome;

		snprintf(lua, sizeof(lua), "%s  %s\nend)", boot, bad[i].line);
		outcome = run_lua(lua, "--json | tr -d '\\\\'");
		expect_in(outcome.out, "s.lua:6: ");
		if (!strstr(bad[i].message, "\n"))
			expect_in(outcome.out, bad[i].message);
		outcome_free(&outcome);
	}
	test_clean();
}
END_TEST

START_TEST(unknown_options_list_the_known_ones)
{
	static const struct ending endings[] = {
		{"machine { foo = 1 }", 2,
		 "s.lua:1: machine: unknown option \"foo\" (known: cpus, dts, firmware, ram, "
		 "smmu)"},
		{"machine {}\nkernel { foo = 1 }", 2,
		 "s.lua:2: kernel: unknown option \"foo\" (known: "},
		{"machine(3)", 2, "s.lua:1: machine: a table is wanted, not 3"},
		{"machine { smmu = { foo = 1 } }", 2,
		 "the SMMU has no property \"foo\" (known: stage "},
		{"machine { smmu = 3 }", 2,
		 "s.lua:1: machine: smmu = { name = value, ... } is wanted"},
		{"machine { smmu = { ril = 'x' } }", 2, "s.lua:1: machine: smmu: ril = x: "},
		{"machine { smmu = { oas = -1 } }", 2, "s.lua:1: machine: smmu: oas = -1: "},
		{"machine { smmu = { true } }", 2, "s.lua:1: machine: smmu: 1 = true: "},
		{"machine { smmu = { ssidsize = 21 } }", 2,
		 "ssidsize is 21, at most 20 is possible"},
		{"machine { smmu = { s1p = false, s2p = false } }", 2,
		 "s.lua:1: devicetree node /soc/iommu@9050000: the architecture forbids this"},
		{"machine { smmu = { oas = 41 } }", 2, "oas is 41 bits: 32, 36, 40"},
	};

	CHECK(endings);
}
END_TEST

START_TEST(one_machine_and_one_kernel_in_order)
{
	static const struct ending endings[] = {
		{"kernel {}", 2, "s.lua:1: a kernel needs a machine: call machine{...} first"},
		{"machine {}\nmachine {}", 2, "s.lua:2: there is a machine already; a run has one"},
		{"machine {}\nkernel { 'nix' }", 1, "s.lua:2: no kernel nix in "},
		{"machine {}\nkernel { 'nix' }", 1, "make it with \"faultline kernel add nix\""},
		{"local m = machine {}\nm:device('dma0'):read(0, 8)", 2, "s.lua:2: dma: "},
		{"machine {}\nwait '1ms'", 2,
		 "s.lua:2: there is no kernel yet: call kernel{...} first"},
		{"wait '1ms'", 2, "s.lua:1: there is no kernel yet"},
	};
	static const struct ending booted[] = {
		{BOOT "kernel {}", 2, "s.lua:2: there is a kernel already; a run has one"},
		{BOOT, 2, "s.lua: the scenario has no case"},
	};

	CHECK(endings);
	if (!no_kernel("6.12"))
		CHECK(booted);
}
END_TEST

START_TEST(a_filter_that_matches_nothing_is_a_usage_error)
{
	struct outcome outcome = run_lua("case('a', function() end)", "-f 'b*'");

	expect_status(&outcome, 2);
	ck_assert_str_eq(outcome.err, "faultline: s.lua: no case matches the filter \"b*\"\n");
	ck_assert_str_eq(outcome.out, "");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(skipping_a_case_and_a_scenario)
{
	struct outcome outcome = run_lua("case('a', function() skip 'no such part' end)", "");

	expect_status(&outcome, 4);
	expect_in(outcome.out, "ok 1 a # SKIP no such part\n1..1\n");
	outcome_free(&outcome);
	outcome = run_lua("skip 'no such machine'\ncase('a', function() end)", "");
	expect_status(&outcome, 4);
	expect_in(outcome.out, "1..0 # SKIP no such machine\n");
	outcome_free(&outcome);
	outcome = run_lua("case('a', function() end) case('b', function() skip 'x' end)", "");
	expect_status(&outcome, 0);
	outcome_free(&outcome);
	test_clean();
}
END_TEST

/* Nothing of the host: its files, clocks, addresses, memory; and nothing that is not text. */
START_TEST(the_sandbox_is_tight)
{
	static const char *const absent[] = {
		"os",	"io",	       "require",	  "package",	    "debug", "coroutine",
		"next", "dofile",      "loadfile",	  "collectgarbage", "warn",  "sim",
		"_API", "math.random", "math.randomseed", "string.dump",
	};
	static const struct ending endings[] = {
		{"load('\\27Lua')()", 2, "attempt to call a nil value"},
		{"assert(load('\\27Lua', 'x', 'b'))", 2, "attempt to load a binary chunk"},
		{"string.format('%p', {})", 2, "s.lua:1: format: %p would show an address"},
		{"setmetatable({}, { __gc = print })", 2, "s.lua:1: setmetatable: __gc and __mode"},
		{"setmetatable({}, { __mode = 'k' })", 2, "s.lua:1: setmetatable: __gc and __mode"},
		{"for _ in pairs { [{}] = 1, [{}] = 2 } do end", 2,
		 "s.lua:1: pairs: keys that are"},
		{"local s = 'x' while true do s = s .. s end", 2,
		 "need more than 512 MiB of memory"},
		{"local s = ('x'):rep(1 << 30)", 2, "need more than 512 MiB of memory"},
		{"local s = ('x'):rep(1 << 40)", 2, "s.lua:1: resulting string too large"},
		{"local t = {} while true do t[#t + 1] = {} end", 2, "need more than 512 MiB"},
		{"('').rep('', 1 << 62) case('a', function() end)", 0, "ok 1 a"},
	};
	char lua[128];

	for (size_t i = 0; i < sizeof(absent) / sizeof(absent[0]); i++) {
		struct outcome outcome;

		snprintf(lua, sizeof(lua), "case('a', function() expect.equal(%s, nil) end)",
			 absent[i]);
		outcome = run_lua(lua, "");
		ck_assert_msg(outcome.status == 0, "%s: %s", absent[i], outcome.out);
		outcome_free(&outcome);
	}
	CHECK(endings);
}
END_TEST

/* Values that Lua itself would show or order by their addresses. */
START_TEST(what_is_printed_is_the_same_in_every_run)
{
	static const char lua[] =
		"local t = { 10, 20, x = 1, y = 2, [true] = 3, [-1] = 4, [2.5] = 5, [print] = 6 }\n"
		"for i = 1, 200 do t['key' .. i] = i end\n"
		"for k, v in pairs(t) do print(k, v) end\n"
		"print({}, print, ('%s'):format {}, tostring(t))\n"
		"local s = {}\n"
		"for i = 1, 500 do s[i] = { i * 7919 % 10, i } end\n"
		"table.sort(s, function(a, b) return a[1] < b[1] end)\n"
		"for i, v in ipairs(s) do print(i, v[1], v[2]) end\n"
		"case('a', function() error(t) end)\n"
		"case('b', function() error({}) end)\n"
		"case('c', function() for i = 1, 9 do print(random(1000)) end end)\n";
	struct outcome first, second;

	test_write("s.lua", lua, false);
	first = run_shell("cd '%s' && '%s' run s.lua", test_dir(), FAULTLINE);
	second = run_shell("cd / && setarch -R '%s' run '%s/s.lua'", FAULTLINE, test_dir());
	expect_status(&first, 1);
	expect_in(first.out, "] -1\t4\n");
	expect_in(first.out, "] table: ");
	expect_not_in(first.out, "0x");
	ck_assert_str_eq(first.out, second.out);
	outcome_free(&first);
	outcome_free(&second);
	test_clean();
}
END_TEST

START_TEST(endless_loops_meet_the_time_limit)
{
	static const char *const loops[] = {
		"while true do end",
		"while true do pcall(function() while true do end end) end",
		"while true do xpcall(function() while true do end end, function() while true do "
		"end "
		"end) end",
		"while true do pcall(error, 'again') end",
		"table.sort({ 3, 2, 1 }, function() while true do end end)",
		"print(setmetatable({}, { __tostring = function() while true do end end }))",
	};
	char lua[256];

	for (size_t i = 0; i < sizeof(loops) / sizeof(loops[0]); i++) {
		struct outcome outcome;

		snprintf(lua, sizeof(lua), "case('a', function() %s end) case('b', print)",
			 loops[i]);
		outcome = run_lua(lua, "--timeout 1");
		ck_assert_msg(outcome.status == 1, "%s: %d", loops[i], outcome.status);
		expect_in(outcome.out, "time limit of 1.0 s reached\nnot ok 1 a\n");
		expect_not_in(outcome.out, " b\n");
		outcome_free(&outcome);
	}
	test_clean();
}
END_TEST

START_TEST(simulated_time_without_end_meets_the_time_limit)
{
	struct outcome outcome;

	if (no_kernel("6.12"))
		return;
	outcome = run_lua(BOOT "case('a', function() while true do pcall(wait, '1ms') end end)",
			  "--timeout 2");
	expect_status(&outcome, 1);
	expect_in(outcome.out, "time limit of 2");
	expect_in(outcome.out, "not ok 1 a\n");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(output_of_a_scenario_cannot_pass_for_a_result)
{
	struct outcome outcome;

	test_write("s.lua",
		   "print 'a\\nnot ok 7 forged'\ncase('x # SKIP\\nnot ok 8 forged', function() "
		   "print(('y'):rep(100000)) end)",
		   false);
	outcome = run_shell("cd '%s' && '%s' run s.lua", test_dir(), FAULTLINE);
	expect_status(&outcome, 0);
	expect_in(outcome.out, "] not ok 7 forged\n");
	expect_not_in(outcome.out, "\nnot ok");
	expect_in(outcome.out, "ok 1 x \\# SKIP not ok 8 forged\n");
	expect_in(outcome.out, "yyyyyyyy");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(lua_errors_name_file_and_line);
	SUITE_CASE(misuse_of_the_api_is_the_scenarios_line);
	SUITE_CASE(nested_errors_are_the_scenarios_line);
	SUITE_CASE(unknown_options_list_the_known_ones);
	SUITE_CASE(one_machine_and_one_kernel_in_order);
	SUITE_CASE(a_filter_that_matches_nothing_is_a_usage_error);
	SUITE_CASE(skipping_a_case_and_a_scenario);
	SUITE_CASE(the_sandbox_is_tight);
	SUITE_CASE(what_is_printed_is_the_same_in_every_run);
	SUITE_CASE(endless_loops_meet_the_time_limit);
	SUITE_CASE(simulated_time_without_end_meets_the_time_limit);
	SUITE_CASE(output_of_a_scenario_cannot_pass_for_a_result);
}
