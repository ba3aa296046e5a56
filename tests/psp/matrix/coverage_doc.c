/* SPDX-License-Identifier: MIT */
/*
 * Documents from a run of the matrix suites: "coverage FILE" writes docs/sev-coverage.md,
 * "unverified FILE" docs/sev-unverified.md, to standard output. FILE has a line for each
 * cell: command, state, status, suite, verdict, with tabs between (cell.c). Exit
 * status 1: a cell failed, or the file cannot be read.
 */
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "psp/psp.h"

enum { MAX_CELLS = 4096, FIELDS = 5, LINE_BYTES = 512, GROUP_BYTES = 4096 };
enum { COMMAND, STATE, STATUS, SUITE, VERDICT };

struct cell {
	char *field[FIELDS];
	unsigned int line;
	bool done;
};

static struct cell cells[MAX_CELLS];
static size_t n_cells;

static const struct {
	const char *topic, *decision, *where;
} decisions[] = {
#define UNVERIFIED(topic, decision, where) {topic, decision, where},
#include "psp/unverified.def"
#undef UNVERIFIED
};

static bool read_cells(const char *name)
{
	FILE *file = fopen(name, "r");
	char line[LINE_BYTES];

	if (!file) {
		perror(name);
		return false;
	}
	while (n_cells < MAX_CELLS && fgets(line, sizeof(line), file)) {
		char *rest = strdup(line);
		struct cell *cell = &cells[n_cells];

		rest[strcspn(rest, "\n")] = '\0';
		cell->line = (unsigned int)n_cells++;
		for (int i = 0; i < FIELDS; i++)
			cell->field[i] = strsep(&rest, "\t");
		if (!cell->field[VERDICT] || strcmp(cell->field[VERDICT], "FAILED") == 0) {
			fprintf(stderr, "%s:%zu: not passed: %s, %s\n", name, n_cells,
				cell->field[COMMAND], cell->field[STATE] ? cell->field[STATE] : "");
			fclose(file);
			return false;
		}
	}
	fclose(file);
	return n_cells > 0 && n_cells < MAX_CELLS;
}

/* By command's id, then as the run had them. */
static int by_command(const void *va, const void *vb)
{
	const struct cell *a = va, *b = vb;
	unsigned int ia = (unsigned int)psp_cmd_number(a->field[COMMAND]),
		     ib = (unsigned int)psp_cmd_number(b->field[COMMAND]);

	if (ia != ib)
		return ia < ib ? -1 : 1;
	return a->line < b->line ? -1 : a->line > b->line;
}

static bool is(const struct cell *cell, int field, const char *text)
{
	return strcmp(cell->field[field], text) == 0;
}

static size_t count(const char *suite, const char *verdict)
{
	size_t n = 0;

	for (size_t i = 0; i < n_cells; i++)
		n += (!suite || is(&cells[i], SUITE, suite)) && is(&cells[i], VERDICT, verdict);
	return n;
}

/* One line of the table: all but the state are equal. */
static bool same_line(const struct cell *a, const struct cell *b)
{
	return is(a, COMMAND, b->field[COMMAND]) && is(a, STATUS, b->field[STATUS]) &&
	       is(a, SUITE, b->field[SUITE]) && is(a, VERDICT, b->field[VERDICT]);
}

static void append(char *text, const char *separator, const char *more, int len)
{
	size_t used = strlen(text), room = GROUP_BYTES - used;
	int n = snprintf(text + used, room, "%s%.*s", used ? separator : "", len, more);

	if (n < 0 || (size_t)n >= room) {
		fprintf(stderr, "a group of states is too long\n");
		exit(1);
	}
}

/* "A, X" and "A, Y" become "A, X or Y"; with all that a state of this suite can have, "A". */
static void states(struct cell *first, char *text)
{
	static const char *const all[] = {"no SNP or SNP UNINIT or SNP INIT", "inactive or active"};
	bool grouped = !is(first, SUITE, "psp.matrix_args");

	text[0] = '\0';
	for (struct cell *a = first; a < cells + n_cells && is(a, COMMAND, first->field[COMMAND]);
	     a++) {
		size_t head = strcspn(a->field[STATE], ",");
		char tails[GROUP_BYTES] = "";

		if (a->done || !same_line(a, first))
			continue;
		a->done = true;
		if (!grouped || !a->field[STATE][head]) {
			append(text, "; ", a->field[STATE], LINE_BYTES);
			continue;
		}
		append(tails, "", a->field[STATE] + head + 2, LINE_BYTES);
		for (struct cell *b = a + 1;
		     b < cells + n_cells && is(b, COMMAND, first->field[COMMAND]); b++) {
			if (b->done || !same_line(b, first) ||
			    strncmp(a->field[STATE], b->field[STATE], head + 1) != 0)
				continue;
			b->done = true;
			append(tails, " or ", b->field[STATE] + head + 2, LINE_BYTES);
		}
		append(text, "; ", a->field[STATE], (int)head);
		if (strcmp(tails, all[0]) != 0 && strcmp(tails, all[1]) != 0)
			append(text, ", ", tails, GROUP_BYTES);
	}
}

static void table(const char *only, bool tests)
{
	char text[GROUP_BYTES];

	for (size_t i = 0; i < n_cells; i++)
		cells[i].done = false;
	for (size_t i = 0; i < n_cells; i++) {
		struct cell *cell = &cells[i];

		if (cell->done || (only && !is(cell, VERDICT, only)))
			continue;
		states(cell, text);
		printf("| %s | %s | %s |", cell->field[COMMAND], text, cell->field[STATUS]);
		if (tests)
			printf(" %s | %s |", cell->field[SUITE], cell->field[VERDICT]);
		putchar('\n');
	}
}

static void coverage(void)
{
	static const char *const suites[] = {"psp.matrix_platform", "psp.matrix_guest",
					     "psp.matrix_version", "psp.matrix_args"};

	puts("<!-- SPDX-License-Identifier: MIT -->\n"
	     "# What the SEV firmware answers, and how that is tested\n\n"
	     "Every command of SEV, SEV-ES and SEV-SNP in every state of the platform and of its\n"
	     "guest, and with every bad argument that the tables in `tests/psp/matrix/*.def` "
	     "name.\n"
	     "This page is the result of a run of those suites; `tests/psp/matrix/coverage.c` says "
	     "how "
	     "to\n"
	     "make it.\n\n"
	     "The tests' expectations are written from public interface documents and from what\n"
	     "drivers and tools rely on. *ok*: these say so, and the library does it. "
	     "*unverified*:\n"
	     "they are silent or known second hand only, and the test holds the library to a "
	     "choice\n"
	     "([sev-unverified.md](sev-unverified.md)). *not reachable*: no command leads "
	     "there.\n\n"
	     "| Suite | Cells | ok | unverified | not reachable |\n|---|---|---|---|---|");
	for (size_t i = 0; i < sizeof(suites) / sizeof(*suites); i++) {
		size_t ok = count(suites[i], "ok"), unsure = count(suites[i], "unverified"),
		       no = count(suites[i], "not reachable");

		printf("| %s | %zu | %zu | %zu | %zu |\n", suites[i], ok + unsure + no, ok, unsure,
		       no);
	}
	printf("| all | %zu | %zu | %zu | %zu |\n\n", n_cells, count(NULL, "ok"),
	       count(NULL, "unverified"), count(NULL, "not reachable"));
	puts("A platform's state is SEV's, and SNP's after it unless all three (no SNP, UNINIT, "
	     "INIT)\n"
	     "answer alike. A guest's state is that of SEV, or of SNP where it says so; active:\n"
	     "bound to an ASID.\n\n"
	     "| Command | State or argument | Answer | Test | Verdict |\n|---|---|---|---|---|");
	table(NULL, true);
}

static void unverified(void)
{
	const size_t n = sizeof(decisions) / sizeof(*decisions);

	puts("<!-- SPDX-License-Identifier: MIT -->\n"
	     "# Choices of the SEV firmware that nothing public confirms\n\n"
	     "Whoever has the specifications (55766, 56860) or a machine at hand can check these.\n"
	     "The first table is that of `psp/unverified.def`, the second has the answers that "
	     "the\n"
	     "suites `psp.matrix_*` hold the library to though public documents do not give them.\n"
	     "`tests/psp/matrix/coverage.c` says how to make this page.\n\n"
	     "## Decisions\n\n| Topic | Decision | Where |\n|---|---|---|");
	for (size_t i = 0; i < n; i++)
		printf("| %s | %s | `%s` |\n", decisions[i].topic, decisions[i].decision,
		       decisions[i].where);
	puts("\n## Answers\n\n| Command | State or argument | Answer |\n|---|---|---|");
	table("unverified", false);
}

int main(int argc, char **argv)
{
	bool doc_coverage = argc == 3 && strcmp(argv[1], "coverage") == 0;

	if (!doc_coverage && (argc != 3 || strcmp(argv[1], "unverified") != 0)) {
		fprintf(stderr, "usage: %s coverage|unverified FILE\n", argv[0]);
		return 2;
	}
	if (!read_cells(argv[2]))
		return 1;
	qsort(cells, n_cells, sizeof(*cells), by_command);
	if (doc_coverage)
		coverage();
	else
		unverified();
	return 0;
}
