/* SPDX-License-Identifier: MIT */
/* Kconfig files edited by symbol, .config fragments put together and checked. */
#include <ctype.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/target.h"

/* The word stands in the line's expression, before a comment. */
static bool has_word(const char *line, size_t len, const char *word)
{
	size_t n = strlen(word);

	for (const char *p = line; p + n <= line + len && *p != '#'; p++) {
		bool before = p == line || !(isalnum((unsigned char)p[-1]) || p[-1] == '_');
		bool after = !(isalnum((unsigned char)p[n]) || p[n] == '_');

		if (before && after && strncmp(p, word, n) == 0)
			return true;
	}
	return false;
}

static const char *next_line(const char *line)
{
	const char *end = strchr(line, '\n');

	return end ? end + 1 : line + strlen(line);
}

/* The line "config SYMBOL" or "menuconfig SYMBOL". */
static const char *find_symbol(const char *text, const char *symbol)
{
	for (const char *line = text; *line != '\0'; line = next_line(line)) {
		const char *p = kut_starts(line, "menu") ? line + 4 : line;
		size_t n = strlen(symbol);

		if (!kut_starts(p, "config "))
			continue;
		p += 7 + strspn(p + 7, " \t");
		if (strncmp(p, symbol, n) == 0 && (isspace((unsigned char)p[n]) || p[n] == '\0'))
			return line;
	}
	return NULL;
}

/*
 * Inside the symbol's entry, the expression of the "depends on" that has the term.
 * An entry ends at the next line that is not indented, and at its help text.
 */
static const char *find_depends(const char *entry, const char *term)
{
	const char *line = next_line(entry);

	for (; *line == '\t' || *line == ' ' || *line == '\n'; line = next_line(line)) {
		const char *p = line + strspn(line, " \t");
		const char *end = next_line(line);

		if (kut_starts(p, "help"))
			return NULL;
		if (kut_starts(p, "depends on ") && has_word(p, (size_t)(end - p), term))
			return p + strlen("depends on ");
	}
	return NULL;
}

/* The entry has the line "select SYMBOL". */
static bool has_select(const char *entry, const char *symbol)
{
	const char *line = next_line(entry);

	for (; *line == '\t' || *line == ' ' || *line == '\n'; line = next_line(line)) {
		const char *p = line + strspn(line, " \t");

		if (kut_starts(p, "help"))
			return false;
		if (kut_starts(p, "select ") && has_word(p, (size_t)(next_line(line) - p), symbol))
			return true;
	}
	return false;
}

/* `added` goes in at `at`; the file is replaced. */
static int insert(const char *path, const struct kut_text *text, const char *at, const char *added,
		  char **why)
{
	struct kut_text out = {0};
	int ret;

	kut_text_add(&out, text->data, (size_t)(at - text->data));
	kut_text_puts(&out, added);
	kut_text_puts(&out, at);
	if (unlink(path) != 0)
		ret = kut_fail_errno(why, "replace", path);
	else
		ret = kut_file_write(path, out.data, out.len, why);
	kut_text_free(&out);
	return ret;
}

static int widen(const struct kut_kconfig_edit *e, const char *path, const struct kut_text *text,
		 const char *entry, char **why)
{
	const char *at = find_depends(entry, e->term);
	char *added;
	int ret;

	if (at == NULL)
		return kut_fail(
			why, EINVAL,
			"%s: config %s has no \"depends on\" line with %s, which the target "
			"file widens",
			path, e->symbol, e->term);
	if (has_word(at, (size_t)(next_line(at) - at), e->added))
		return 0;
	added = kut_format("%s || ", e->added);
	ret = insert(path, text, at, added, why);
	free(added);
	return ret;
}

static int add_select(const struct kut_kconfig_edit *e, const char *path,
		      const struct kut_text *text, const char *entry, char **why)
{
	char *added;
	int ret;

	if (has_select(entry, e->added))
		return 0;
	added = kut_format("\tselect %s\n", e->added);
	ret = insert(path, text, next_line(entry), added, why);
	free(added);
	return ret;
}

static int add_line(const struct kut_kconfig_edit *e, const char *path, const struct kut_text *text,
		    char **why)
{
	const char *end = text->data + text->len, *line;
	size_t n = strlen(e->added);
	char *added;
	int ret;

	for (line = text->data; *line != '\0'; line = next_line(line))
		if (strncmp(line, e->added, n) == 0 && (line[n] == '\n' || line[n] == '\0'))
			return 0;
	added = kut_format("%s%s\n", end > text->data && end[-1] != '\n' ? "\n" : "", e->added);
	ret = insert(path, text, end, added, why);
	free(added);
	return ret;
}

static int edit(const struct kut_kconfig_edit *e, const char *path, char **why)
{
	const char *entry;
	struct kut_text text;
	int ret = kut_file_read(path, &text, why);

	if (ret != 0)
		return ret;
	entry = e->symbol != NULL ? find_symbol(text.data, e->symbol) : NULL;
	if (e->symbol == NULL)
		ret = add_line(e, path, &text, why);
	else if (entry == NULL)
		ret = kut_fail(why, EINVAL, "%s: no config %s, which the target file edits", path,
			       e->symbol);
	else if (e->term != NULL)
		ret = widen(e, path, &text, entry, why);
	else
		ret = add_select(e, path, &text, entry, why);
	kut_text_free(&text);
	return ret;
}

int kut_kconfig_apply(const struct kut_target *target, const char *tree, char **why)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < target->n_edits; i++) {
		char *path = kut_format("%s/%s", tree, target->edit[i].file);

		ret = edit(&target->edit[i], path, why);
		free(path);
	}
	return ret;
}

/*
 * Bring a line to the shape of a .config: "CONFIG_X=value" or "# CONFIG_X is not
 * set". Returns NULL if it sets no option. *blank: comment or empty.
 */
static char *setting(const char *line, bool *blank)
{
	static const char not_set[] = " is not set";
	size_t name;

	*blank = false;
	if (kut_starts(line, "# CONFIG_")) {
		name = strcspn(line + 2, " ");
		if (strcmp(line + 2 + name, not_set) == 0)
			return kut_strdup(line);
	}
	if (*line == '#' || *line == '\0') {
		*blank = true;
		return NULL;
	}
	name = strcspn(line, "=");
	if (!kut_starts(line, "CONFIG_") || line[name] != '=')
		return NULL;
	if (strcmp(line + name, "=n") == 0)
		return kut_format("# %.*s%s", (int)name, line, not_set);
	return kut_strdup(line);
}

/* CONFIG_X of a setting, malloc()ed. */
static char *option_of(const char *line)
{
	if (*line == '#')
		line += 2;
	return kut_format("%.*s", (int)strcspn(line, "= "), line);
}

static void put_setting(struct kut_list *lines, char *line)
{
	char *option = option_of(line);

	for (size_t i = 0; i < lines->n; i++) {
		char *other = option_of(lines->item[i]);
		bool same = strcmp(option, other) == 0;

		free(other);
		if (same) {
			free(option);
			free(lines->item[i]);
			lines->item[i] = line;
			return;
		}
	}
	free(option);
	kut_list_take(lines, line);
}

static int add_fragment(const char *path, struct kut_list *lines, char **why)
{
	struct kut_text text;
	unsigned int number = 0;
	int ret = kut_file_read(path, &text, why);
	char *at = text.data, *line;

	while (ret == 0 && (line = strsep(&at, "\n")) != NULL) {
		size_t len = strlen(line);
		char *set;
		bool blank;

		number++;
		while (len > 0 && isspace((unsigned char)line[len - 1]))
			line[--len] = '\0';
		set = setting(line, &blank);
		if (set != NULL)
			put_setting(lines, set);
		else if (!blank)
			ret = kut_fail(why, EINVAL,
				       "%s:%u: \"%s\" sets no option; lines are CONFIG_X=value or "
				       "# CONFIG_X is not set",
				       path, number, line);
	}
	kut_text_free(&text);
	return ret;
}

int kut_config_lines(const struct kut_list *files, struct kut_list *lines, char **why)
{
	int ret = 0;

	for (size_t i = 0; ret == 0 && i < files->n; i++)
		ret = add_fragment(files->item[i], lines, why);
	return ret;
}

/* What .config has of this setting's option; NULL if it has just that. */
static char *difference(const char *line, const char *config)
{
	char *option = option_of(line), *whole, *result = NULL;
	const char *at;

	whole = kut_format("\n%s=", option);
	at = strstr(config, whole);
	if (at != NULL && strncmp(at + 1, line, strlen(line)) == 0 &&
	    (at[1 + strlen(line)] == '\n' || at[1 + strlen(line)] == '\0'))
		;
	else if (at != NULL)
		result = kut_format("%s: became %.*s", line, (int)strcspn(at + 1, "\n"), at + 1);
	else if (*line != '#')
		result = kut_format("%s: is not set", line);
	free(whole);
	free(option);
	return result;
}

int kut_config_check(const struct kut_list *lines, const char *dot_config, char **why)
{
	struct kut_list dropped = {0};
	struct kut_text text;
	int ret = kut_file_read(dot_config, &text, why);

	if (ret != 0)
		return ret;
	for (size_t i = 0; i < lines->n; i++) {
		char *d = difference(lines->item[i], text.data);

		if (d != NULL)
			kut_list_take(&dropped, d);
	}
	if (dropped.n > 0) {
		char *all = kut_list_join(&dropped, "\n  ");

		ret = kut_fail(why, EINVAL,
			       "Kconfig did not take these options (unknown in this tree, their "
			       "dependencies not met, or selected by another):\n  %s",
			       all);
		free(all);
	}
	kut_list_free(&dropped);
	kut_text_free(&text);
	return ret;
}
