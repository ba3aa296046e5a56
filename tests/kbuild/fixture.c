/* SPDX-License-Identifier: MIT */
#define _GNU_SOURCE
#include <dirent.h>
#include <ftw.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "tests/kbuild/fixture.h"
#include "tests/suite.h"

char last_result[512];
char last_warnings[4096];
char last_steps[4096];

static char scratch[64];

static int remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static void scratch_leave(void)
{
	if (chdir("/") == 0)
		nftw(scratch, remove_one, 16, FTW_DEPTH | FTW_PHYS);
}

void scratch_enter(void)
{
	const char *base = getenv("TMPDIR");

	if (scratch[0] != '\0')
		scratch_leave();
	else
		ck_assert_int_eq(atexit(scratch_leave), 0);
	snprintf(scratch, sizeof(scratch), "%.30s/kbuild-test-XXXXXX", base ? base : "/tmp");
	ck_assert_ptr_nonnull(mkdtemp(scratch));
	ck_assert_int_eq(chdir(scratch), 0);
}

const char *scratch_path(void)
{
	return scratch;
}

void put(const char *path, const char *text)
{
	char dir[256];
	FILE *f;

	ck_assert_uint_lt(strlen(path), sizeof(dir));
	for (const char *p = strchr(path, '/'); p != NULL; p = strchr(p + 1, '/')) {
		snprintf(dir, sizeof(dir), "%.*s", (int)(p - path), path);
		mkdir(dir, 0777);
	}
	f = fopen(path, "w");
	ck_assert_msg(f != NULL, "cannot create %s", path);
	fputs(text, f);
	ck_assert_int_eq(fclose(f), 0);
}

char *get(const char *path)
{
	FILE *f = fopen(path, "r");
	char *text = NULL;
	size_t room = 0;

	ck_assert_msg(f != NULL, "cannot read %s", path);
	if (getdelim(&text, &room, '\0', f) < 0)
		text[0] = '\0';
	fclose(f);
	return text;
}

bool exists(const char *path)
{
	return access(path, F_OK) == 0;
}

static int visible(const struct dirent *e)
{
	return e->d_name[0] != '.';
}

char *names_in(const char *path)
{
	struct dirent **list;
	int n = scandir(path, &list, visible, alphasort);
	char *all = calloc(1, 4096);

	for (int i = 0; i < n; i++) {
		if (i > 0)
			strcat(all, " ");
		strncat(all, list[i]->d_name, 256);
		free(list[i]);
	}
	if (n >= 0)
		free(list);
	return all;
}

static const char toy_makefile[] =
	"VERSION = 6\n"
	"PATCHLEVEL = 12\n"
	"SUBLEVEL = 1\n"
	"EXTRAVERSION =\n"
	"tinyconfig:\n"
	"\tmkdir -p $(O)\n"
	"\techo '# CONFIG_C is not set' >$(O)/.config\n"
	/* The last of several settings counts; CONFIG_UNMET is always dropped. */
	"olddefconfig:\n"
	"\tgrep -v CONFIG_UNMET $(O)/.config | tac | awk -F= '!seen[$$1]++' >$(O)/new\n"
	"\tmv $(O)/new $(O)/.config\n"
	"%.o: %.c again\n"
	"\t@mkdir -p $(O)/$(dir $@) $(O)/kernel\n"
	"\t@echo '  CC      $@'\n"
	"\t@cd $(O) && gcc $(NOSTDINC_FLAGS) $(CFLAGS_$(notdir $@)) $(CFLAGS_KERNEL) -c -o $@ "
	"../$*.c\n"
	"\t@echo \"savedcmd_kernel/resource.o := gcc -Wp,-MMD,x.d $(NOSTDINC_FLAGS)"
	" -DGREETING='\\\"hi there\\\"' -DKBUILD_BASENAME='\\\"resource\\\"' -c -o x x.c\""
	" >$(O)/kernel/.resource.o.cmd\n"
	"again:\n";

void put_toy(void)
{
	put("tree/Makefile", toy_makefile);
	put("tree/Kconfig", "config TOY\n\tbool \"toy\"\n\tdepends on ARM64\n\thelp\n\t  Toy.\n");
	put("tree/lib/one.c", "int two(void);\nint service(int);\n"
			      "int one(void) { return service(two()); }\n");
	put("tree/lib/two.c", "int service(int);\nint other(void);\n"
			      "int two(void) { return service(other() + FORCED); }\n");
	put("tree/kernel/resource.c", "int resource = 1;\n");
	put("res/targets/toy-6.12.target", "version 6.12\n"
					   "config toy.config\n"
					   "kconfig Kconfig TOY ARM64 X86_64\n"
					   "force two kut/forced.h\n"
					   "objects lib one two\n"
					   "objects kernel resource # a comment\n"
					   "skip-initcall nothing_init\n");
	put("res/targets/toy.config", "CONFIG_A=y\n# CONFIG_B is not set\n");
	put("res/overrides/kut/forced.h", "#define FORCED 3\n");
	put("res/runtime/service.c", "const char *greeting = GREETING;\n"
				     "int service(int x) { return x; }\n");
}

static void append(char *to, size_t size, const char *text)
{
	size_t len = strlen(to);

	snprintf(to + len, size - len, "%s\n", text);
}

static void on_progress(void *arg, enum kut_progress_kind kind, const char *text, int percent)
{
	(void)arg;
	ck_assert_int_ge(percent, -1);
	ck_assert_int_le(percent, 100);
	if (kind == KUT_PROGRESS_RESULT)
		snprintf(last_result, sizeof(last_result), "%s", text);
	else if (kind == KUT_PROGRESS_WARNING)
		append(last_warnings, sizeof(last_warnings), text);
	else
		append(last_steps, sizeof(last_steps), text);
}

int add_toy(const char *name, const char *series, char **why)
{
	struct kut_add_request req = {
		.name = name,
		.target = "toy",
		.tree = "tree",
		.series = &series,
		.n_series = series != NULL,
		.kernels_dir = "kernels",
		.resource_dir = "res",
	};

	last_result[0] = last_warnings[0] = last_steps[0] = '\0';
	return kut_kernel_add(&req, on_progress, NULL, why);
}
