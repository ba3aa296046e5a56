/* SPDX-License-Identifier: MIT */
#include "tests/scenario/common.h"

#include <stdio.h>
#include <string.h>

bool no_kernel(const char *name)
{
	struct outcome outcome = run_cli("kernel show %s", name);
	bool missing = outcome.status != 0;

	outcome_free(&outcome);
	if (missing)
		printf("# # SKIP there is no kernel %s\n", name);
	fflush(stdout);
	return missing;
}

void check_seeds(const char *scenario, const char *kernel, unsigned int seeds)
{
	for (unsigned int seed = 1; seed <= seeds; seed++) {
		struct outcome outcome =
			run_cli("run '%s/tests/scenarios/%s.lua' -q --kernel %s --seed %u",
				SOURCE_DIR, scenario, kernel, seed);

		ck_assert_msg(outcome.status == 0, "%s on %s, --seed %u:\n%.2000s", scenario,
			      kernel, seed, outcome.out);
		outcome_free(&outcome);
	}
}

struct outcome run_lua(const char *lua, const char *options)
{
	test_write("s.lua", lua, false);
	return run_shell("cd '%s' && timeout 30 '%s' run s.lua -q %s", test_dir(), FAULTLINE,
			 options);
}

void check_endings(const struct ending *endings, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct ending *e = &endings[i];
		struct outcome outcome = run_lua(e->lua, "");

		ck_assert_msg(outcome.status == e->status && (strstr(outcome.out, e->message) ||
							      strstr(outcome.err, e->message)),
			      "%s\nstatus %d, not %d; or no '%s' in: %s%s", e->lua, outcome.status,
			      e->status, e->message, outcome.out, outcome.err);
		outcome_free(&outcome);
	}
	test_clean();
}
