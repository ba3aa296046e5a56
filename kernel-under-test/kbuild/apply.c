/* SPDX-License-Identifier: MIT */
/* A series onto a tree, with patch(1). */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/kbuild/run.h"
#include "kernel-under-test/kbuild/series.h"
#include "kernel-under-test/kbuild/tree.h"

/* Append the reject files that patch's output names. */
static void add_rejects(const char *dir, const char *output, struct kut_text *to)
{
	static const char mark[] = "saving rejects to file ";
	const char *at = output;

	while ((at = strstr(at, mark)) != NULL) {
		size_t len;
		struct kut_text text;
		char *path, *why = NULL, *head;

		at += strlen(mark);
		len = strcspn(at, "\n");
		path = kut_format("%s/%.*s", dir, (int)len, at);
		if (kut_file_read(path, &text, &why) == 0) {
			head = kut_format("\n%.*s:\n", (int)len, at);
			kut_text_puts(to, head);
			kut_text_puts(to, text.data);
			free(head);
			kut_text_free(&text);
		}
		free(why);
		free(path);
	}
}

static int explain(const struct kut_series *series, const struct kut_patch *patch,
		   const struct kut_run *run, const char *dir, char **why)
{
	struct kut_text said = {0};
	int ret;

	kut_text_puts(&said, run->out.data);
	kut_text_puts(&said, run->err.data);
	add_rejects(dir, run->out.data, &said);
	while (said.len > 0 && said.data[said.len - 1] == '\n')
		said.data[--said.len] = '\0';
	if (strstr(said.data, "No space left on device") != NULL) {
		errno = ENOSPC;
		ret = kut_fail_errno(why, "patch the files in", dir);
	} else {
		ret = kut_fail(why, EINVAL, "series %s: patch %s does not apply to this tree:\n%s",
			       series->path, patch->label, said.data);
	}
	kut_text_free(&said);
	return ret;
}

/* Lines that speak of fuzz or an offset, with the file that patch named before. */
static void add_notes(const struct kut_patch *patch, const char *output, struct kut_text *notes)
{
	char *copy = kut_strdup(output), *at = copy, *line, *file = NULL;

	while ((line = strsep(&at, "\n")) != NULL) {
		char *s;

		if (kut_starts(line, "patching file ")) {
			file = line + strlen("patching file ");
		} else if (strstr(line, "with fuzz") != NULL || strstr(line, "(offset") != NULL) {
			s = kut_format("%s: %s: %s\n", patch->label, file ? file : "?", line);
			kut_text_puts(notes, s);
			free(s);
		}
	}
	free(copy);
}

static int apply_one(const struct kut_series *series, const struct kut_patch *patch,
		     const char *dir, const char *file, struct kut_text *notes, char **why)
{
	struct kut_run run = {.cwd = dir};
	char *strip = kut_format("-p%u", patch->strip);
	int ret;

	kut_run_args(&run, "patch", strip, "--force", "--no-backup-if-mismatch",
		     "--reject-format=unified", "-i", file, NULL);
	ret = kut_file_write(file, patch->text.data, patch->text.len, why);
	if (ret == 0)
		ret = kut_run(&run, why);
	if (ret == 0 && run.status != 0)
		ret = explain(series, patch, &run, dir, why);
	if (ret == 0)
		add_notes(patch, run.out.data, notes);
	kut_run_free(&run);
	free(strip);
	return ret;
}

int kut_series_apply(const struct kut_series *series, const char *dir, const char *keep,
		     struct kut_text *notes, char **why)
{
	int ret = kut_mkdirs(keep, why);

	for (size_t i = 0; ret == 0 && i < series->n; i++) {
		char *file = kut_format("%s/%s-%04zu.patch", keep, series->name, i + 1);

		ret = apply_one(series, &series->patch[i], dir, file, notes, why);
		free(file);
	}
	return ret;
}
