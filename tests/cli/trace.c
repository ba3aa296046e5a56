/* SPDX-License-Identifier: MIT */
/* `faultline trace show` and the checks of `faultline replay` before it runs. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/cli/common.h"
#include "traces/trace.h"

static void write_trace(const char *scenario)
{
	struct trc_identity identity = {.scenario = scenario, .kernel = "6.12", .seed = 9};
	struct trc_record log = {.time = 1000000, .kind = TRC_LOG, .n_words = 1, .words = {6}};
	struct trc_record irq = {
		.time = 2500000, .kind = TRC_IRQ_LINE, .n_words = 1, .words = {74}};
	struct trc_writer *writer;

	log.text = "first";
	log.text_len = 5;
	ck_assert_int_eq(trc_writer_open(&writer, test_file("t"), &identity, NULL), 0);
	trc_write(writer, &log);
	trc_write(writer, &irq);
	log.time = 4000000;
	log.text = "final";
	trc_write(writer, &log);
	ck_assert_int_eq(trc_writer_close(writer, NULL), 0);
}

static char *show(const char *options)
{
	struct outcome outcome = run_cli("trace show '%s' %s", test_file("t"), options);

	expect_status(&outcome, 0);
	ck_assert_str_eq(outcome.err, "");
	free(outcome.err);
	return outcome.out;
}

START_TEST(shows_identity_records_and_digest)
{
	char *out;

	write_trace("x.lua");
	out = show("");
	expect_in(out, "# scenario x.lua");
	expect_in(out, "# kernel 6.12");
	expect_in(out, "# seed 9\n");
	expect_in(out, "[    0.000001000000] log            level=info first\n");
	expect_in(out, "[    0.000002500000] irq-line       line=74\n");
	expect_in(out, "# digest ");
	free(out);
	test_clean();
}
END_TEST

START_TEST(selects_by_kind_and_time)
{
	char *out;

	write_trace("x.lua");
	out = show("--kind 'irq-*'");
	expect_in(out, "line=74");
	expect_not_in(out, "first");
	free(out);
	out = show("--from 2.5us --to 0.0000039");
	expect_in(out, "line=74");
	expect_not_in(out, "first");
	expect_not_in(out, "final");
	free(out);
	out = show("--from 2501ns");
	expect_not_in(out, "line=74");
	expect_in(out, "final");
	free(out);
	test_clean();
}
END_TEST

START_TEST(wrong_selection_is_told)
{
	struct outcome outcome;

	write_trace("x.lua");
	outcome = run_cli("trace show '%s' --kind cow", test_file("t"));
	expect_status(&outcome, 2);
	expect_in(outcome.err, "unknown kind 'cow'");
	expect_in(outcome.err, "smmu-walk");
	outcome_free(&outcome);
	outcome = run_cli("trace show '%s' --from noon", test_file("t"));
	expect_status(&outcome, 2);
	expect_in(outcome.err, "'noon' is not a time");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

START_TEST(damage_is_told_with_its_place)
{
	static const char *const commands[] = {"trace show", "replay"};

	for (int i = 0; i < 2; i++) {
		struct outcome outcome;

		write_trace("x.lua");
		outcome = run_shell("truncate -s -7 '%s'", test_file("t"));
		expect_status(&outcome, 0);
		outcome_free(&outcome);
		outcome = run_cli("%s '%s'", commands[i], test_file("t"));
		expect_status(&outcome, 2);
		expect_in(outcome.err, "byte ");
		expect_in(outcome.err, "incomplete");
		outcome_free(&outcome);
	}
	test_clean();
}
END_TEST

START_TEST(replay_names_the_missing_scenario)
{
	struct outcome outcome;

	write_trace("no/such/scenario.lua");
	outcome = run_cli("replay '%s'", test_file("t"));
	expect_status(&outcome, 2);
	expect_in(outcome.err, "no/such/scenario.lua");
	outcome_free(&outcome);
	test_clean();
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(shows_identity_records_and_digest);
	SUITE_CASE(selects_by_kind_and_time);
	SUITE_CASE(wrong_selection_is_told);
	SUITE_CASE(damage_is_told_with_its_place);
	SUITE_CASE(replay_names_the_missing_scenario);
}
