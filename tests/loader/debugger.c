/* SPDX-License-Identifier: MIT */
/* gdb's JIT interface: what it is told, and what a real gdb makes of it. */
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "tests/loader/support.h"

/* "JIT Compilation Interface" of gdb's manual. */
struct jit_code_entry {
	struct jit_code_entry *next, *prev;
	char *symfile_addr;
	uint64_t symfile_size;
};

extern struct {
	uint32_t version, action_flag;
	struct jit_code_entry *relevant_entry, *first_entry;
} __jit_debug_descriptor;

static Elf *symfile(void)
{
	struct jit_code_entry *entry = __jit_debug_descriptor.first_entry;

	ck_assert_uint_eq(__jit_debug_descriptor.version, 1);
	ck_assert_ptr_nonnull(entry);
	elf_version(EV_CURRENT);
	return elf_memory(entry->symfile_addr, entry->symfile_size);
}

static Elf_Data *section(Elf *elf, const char *name, Elf64_Shdr **shdr)
{
	size_t strings;

	ck_assert_int_eq(elf_getshdrstrndx(elf, &strings), 0);
	for (Elf_Scn *scn = elf_nextscn(elf, NULL); scn; scn = elf_nextscn(elf, scn)) {
		*shdr = elf64_getshdr(scn);
		if (strcmp(elf_strptr(elf, strings, (*shdr)->sh_name), name) == 0)
			return elf_getdata(scn, NULL);
	}
	ck_abort_msg("no section %s", name);
	return NULL;
}

START_TEST(the_symbol_file_has_final_addresses)
{
	struct kut_image *image = image_of(FRAGMENT("base"), FRAGMENT("other"), NULL);
	Elf *elf = symfile();
	Elf64_Shdr *text, *symtab;
	Elf_Data *data;
	unsigned int seen = 0;

	section(elf, ".text", &text);
	data = section(elf, ".symtab", &symtab);
	ck_assert(address(image, "count") - text->sh_addr < text->sh_size);
	for (size_t i = 1; i < data->d_size / sizeof(Elf64_Sym); i++) {
		const Elf64_Sym *sym = (const Elf64_Sym *)data->d_buf + i;
		const char *name = elf_strptr(elf, symtab->sh_link, sym->st_name);

		/* Local ones first, and as many as the header says. */
		ck_assert_int_eq(ELF64_ST_BIND(sym->st_info) == STB_LOCAL, i < symtab->sh_info);
		if (strcmp(name, "count") == 0 || strcmp(name, "shared_counter") == 0) {
			ck_assert_uint_eq(sym->st_value, address(image, name));
			seen++;
		}
	}
	ck_assert_uint_eq(seen, 2);
	elf_end(elf);
	kut_image_free(image);
	ck_assert_ptr_null(__jit_debug_descriptor.first_entry);
}
END_TEST

static bool have_gdb(void)
{
	return system("gdb --version >/dev/null 2>&1") == 0;
}

/* What gdb prints; NULL if it cannot run programs here. */
static char *run_gdb(const char *commands)
{
	enum { SIZE = 65536 };
	char command[4096], *output = calloc(1, SIZE);
	FILE *gdb;

	snprintf(command, sizeof(command),
		 "DEBUGINFOD_URLS= ASAN_OPTIONS=detect_leaks=0 timeout 50 gdb -nx -batch "
		 "-ex 'set breakpoint pending on' %s --args %s %s %s 2>&1 </dev/null",
		 commands, DEBUGGEE, FRAGMENT("base"), FRAGMENT("debugged"));
	gdb = popen(command, "r");
	ck_assert(gdb && output);
	for (size_t size = 0, got; size < SIZE - 1; size += got) {
		got = fread(output + size, 1, SIZE - 1 - size, gdb);
		if (got == 0)
			break;
	}
	pclose(gdb);
	if (!strstr(output, "ptrace: Operation not permitted"))
		return output;
	free(output);
	return NULL;
}

/* Line of debugged.c that the breakpoint's function stops at first. */
static unsigned int line_of(const char *text)
{
	FILE *source = fopen(FRAGMENT_SOURCES "debugged.c", "r");
	unsigned int line = 0, found = 0;
	char buf[256];

	ck_assert(source != NULL);
	while (fgets(buf, sizeof(buf), source)) {
		line++;
		if (strstr(buf, text))
			found = line;
	}
	fclose(source);
	ck_assert_uint_ne(found, 0);
	return found;
}

START_TEST(gdb_shows_symbols_and_lines)
{
	char stop[64], *output;

	if (!have_gdb()) {
		printf("# gdb_shows_symbols_and_lines: SKIP gdb is not installed\n");
		return;
	}
	output = run_gdb("-ex 'break debugged_inner' -ex run -ex bt -ex 'print debugged_depth' "
			 "-ex finish -ex 'info symbol add_numbers' -ex continue");
	if (!output) {
		printf("# gdb_shows_symbols_and_lines: SKIP gdb may not trace programs here\n");
		return;
	}
	snprintf(stop, sizeof(stop), "debugged.c:%u", line_of("debugged_depth = value"));
	must_name(output, "Breakpoint 1, debugged_inner (value=40)", stop,
		  "in debugged_outer (value=", "main (", "Value returned is $2 = 41",
		  "add_numbers in section .text", "result 42", NULL);
	free(output);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(the_symbol_file_has_final_addresses);
	SUITE_CASE(gdb_shows_symbols_and_lines);
}
