/* SPDX-License-Identifier: MIT */
#include "tests/kernels/set.h"

#include <stdio.h>
#include <string.h>

#include "tests/cli/common.h"

char *set_folder(void)
{
	static const char label[] = "\nfolder:";
	struct outcome outcome = run_cli("kernel show 6.12");
	char *at = outcome.status ? NULL : strstr(outcome.out, label);

	if (at) {
		at += strlen(label) + strspn(at + strlen(label), " ");
		at = strndup(at, strcspn(at, "\n"));
	} else {
		printf("# no object set # SKIP there is no kernel 6.12: `faultline kernel add 6.12`"
		       " makes it\n");
		fflush(stdout);
	}
	outcome_free(&outcome);
	if (!at)
		test_clean();
	return at;
}
