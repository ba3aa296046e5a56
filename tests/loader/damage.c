/* SPDX-License-Identifier: MIT */
/* Files that are no kernel objects, or damaged ones: a message, never a crash. */
#include <elf.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "tests/loader/support.h"

enum { FLIP_ROUNDS = 6000, TIME_LIMIT_S = 40 };

/* Add the bytes to an image that holds base.o already; that must still link afterwards. */
static int add_bytes(const void *bytes, size_t size, char **why)
{
	struct kut_image *image = image_open();
	int error;

	image_add(image, FRAGMENT("base"));
	error = kut_image_add(image, bytes_file(bytes, size), why);
	if (error) {
		image_link(image);
		ck_assert_int_eq(call(image, "base_local"), 1);
	}
	kut_image_free(image);
	return error;
}

/* -ENOEXEC with a message that names the file and `what`. */
static void refused(const void *bytes, size_t size, const char *what)
{
	char *why = NULL;

	ck_assert_int_eq(add_bytes(bytes, size, &why), -ENOEXEC);
	must_name(why, "/proc/self/fd/", what, NULL);
	free(why);
}

START_TEST(a_file_that_is_not_there)
{
	struct kut_image *image = image_open();
	char *why = NULL;

	ck_assert_int_eq(kut_image_add(image, FRAGMENT("nowhere"), &why), -ENOENT);
	must_name(why, FRAGMENT("nowhere"), "No such file", NULL);
	free(why);
	ck_assert_int_eq(kut_image_add(image, "/", &why), -ENOEXEC);
	must_name(why, "not a regular file", NULL);
	free(why);
	kut_image_free(image);
}
END_TEST

START_TEST(a_foreign_file)
{
	static const char text[4096] = "#!/bin/sh\n";

	refused(text, sizeof(text), "not an ELF file");
	refused(text, 0, "0 bytes");
	refused("!<arch>\nxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxxx", 72,
		"an archive");
}
END_TEST

START_TEST(a_foreign_header)
{
	size_t size;
	uint8_t *bytes = file_bytes(FRAGMENT("tables"), &size);
	Elf64_Ehdr *ehdr = (Elf64_Ehdr *)bytes;

	ehdr->e_machine = EM_AARCH64;
	refused(bytes, size, "machine 183");
	ehdr->e_machine = EM_X86_64;
	ehdr->e_type = ET_DYN;
	refused(bytes, size, "not a relocatable object");
	ehdr->e_type = ET_REL;
	bytes[EI_CLASS] = ELFCLASS32;
	refused(bytes, size, "not 64-bit");
	bytes[EI_CLASS] = ELFCLASS64;
	bytes[EI_DATA] = ELFDATA2MSB;
	refused(bytes, size, "little-endian");
	bytes[EI_DATA] = ELFDATA2LSB;
	ehdr->e_shoff++;
	refused(bytes, size, "misplaced");
	ehdr->e_shoff = 0;
	ehdr->e_shnum = 0;
	refused(bytes, size, "no section headers");
	free(bytes);
}
END_TEST

/* The first section header of a type. */
static Elf64_Shdr *section(uint8_t *bytes, uint32_t type)
{
	const Elf64_Ehdr *ehdr = (Elf64_Ehdr *)bytes;
	Elf64_Shdr *shdrs = (Elf64_Shdr *)(bytes + ehdr->e_shoff);

	for (unsigned int i = 1; i < ehdr->e_shnum; i++)
		if (shdrs[i].sh_type == type)
			return &shdrs[i];
	ck_abort_msg("no section of type %u", type);
	return NULL;
}

START_TEST(indexes_out_of_range)
{
	size_t size;
	uint8_t *bytes = file_bytes(FRAGMENT("other"), &size);
	const Elf64_Shdr *headers = (Elf64_Shdr *)(bytes + ((Elf64_Ehdr *)bytes)->e_shoff);
	Elf64_Shdr *symtab = section(bytes, SHT_SYMTAB), *rela = section(bytes, SHT_RELA);
	Elf64_Sym *last = (Elf64_Sym *)(bytes + symtab->sh_offset + symtab->sh_size) - 1;
	Elf64_Rela *first = (Elf64_Rela *)(bytes + rela->sh_offset);
	Elf64_Sym sym = *last;
	Elf64_Rela entry = *first;

	last->st_shndx = 0x4321;
	refused(bytes, size, "section 17185");
	*last = sym;
	last->st_shndx = rela->sh_info;
	last->st_value = headers[rela->sh_info].sh_size + 1;
	refused(bytes, size, "outside of its section");
	*last = sym;
	last->st_name = 0x7fffffff;
	refused(bytes, size, "name of symbol");
	*last = sym;
	first->r_info = ELF64_R_INFO(99999, R_X86_64_PC32);
	refused(bytes, size, "symbol 99999");
	*first = entry;
	first->r_offset = UINT64_MAX - 1;
	refused(bytes, size, "outside of the section");
	/* Its last two bytes would lie behind the section. */
	first->r_offset = headers[rela->sh_info].sh_size - 2;
	refused(bytes, size, "outside of the section");
	*first = entry;
	first->r_info = ELF64_R_INFO(1, R_X86_64_GOTPCRELX);
	refused(bytes, size, "relocation type 41");
	*first = entry;
	rela->sh_info = 500;
	refused(bytes, size, "section 500");
	free(bytes);
}
END_TEST

START_TEST(damaged_tables)
{
	size_t size;
	uint8_t *bytes = file_bytes(FRAGMENT("other"), &size);
	Elf64_Shdr *symtab = section(bytes, SHT_SYMTAB), *text = section(bytes, SHT_PROGBITS);
	Elf64_Shdr saved = *symtab;

	symtab->sh_entsize = 23;
	refused(bytes, size, "symbol table is damaged");
	*symtab = saved;
	symtab->sh_link = 0xffff;
	refused(bytes, size, "section 65535");
	*symtab = saved;
	symtab->sh_size = size * 2;
	refused(bytes, size, "truncated");
	*symtab = saved;
	saved = *text;
	text->sh_addralign = 3;
	refused(bytes, size, "alignment of 0x3");
	*text = saved;
	text->sh_name = 0xffffff;
	refused(bytes, size, "name of section");
	free(bytes);
}
END_TEST

/* Shared with the child: how far it came. */
struct progress {
	unsigned long step;
	char failure[256];
};

/* Run `body` in a child with a time limit; a crash, a hang or a failure ends the test. */
static void in_child(void (*body)(struct progress *, unsigned long seed), unsigned long seed)
{
	struct progress *p =
		mmap(NULL, sizeof(*p), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t child;
	int status;

	ck_assert(p != MAP_FAILED);
	child = fork();
	ck_assert(child >= 0);
	if (child == 0) {
		alarm(TIME_LIMIT_S);
		body(p, seed);
		_exit(0);
	}
	ck_assert(waitpid(child, &status, 0) == child);
	ck_assert_msg(status == 0, "seed %lu, step %lu: status %#x %s", seed, p->step,
		      (unsigned int)status, p->failure);
	munmap(p, sizeof(*p));
}

static void give_up(struct progress *p, const char *text)
{
	snprintf(p->failure, sizeof(p->failure), "%s", text);
	_exit(1);
}

/* Whatever an image of damaged objects answers, it must answer. */
static void use(struct kut_image *image)
{
	const struct kut_initcall *calls;
	const char *names[16];
	struct kut_bug bug;
	uint64_t fixup;
	uint32_t type;
	char text[32];

	kut_image_imports(image, names, 16);
	kut_image_initcalls(image, &calls);
	for (uint64_t addr = KUT_IMAGE_BASE - 64; addr < KUT_IMAGE_BASE + 0x4000; addr += 37) {
		kut_image_symbolize(image, addr, text, sizeof(text));
		kut_image_bug(image, addr, &bug);
		kut_image_fixup(image, addr, &fixup, &type);
		kut_image_fixup_handler(image, addr);
	}
	kut_image_symbol(image, "pcpu_plain");
}

/* Add and perhaps link; an error must come with a message. */
static int load(struct progress *p, const uint8_t *bytes, size_t size)
{
	struct kut_image *image = image_open();
	char *why = NULL;
	int error = kut_image_add(image, bytes_file(bytes, size), &why);

	if (error && (!why || !strstr(why, "/proc/self/fd/")))
		give_up(p, "an error without the file's name");
	if (!error && kut_image_link(image, &why) == 0)
		use(image);
	else if (!why)
		give_up(p, "an error without a message");
	free(why);
	kut_image_free(image);
	return error;
}

static void truncate_everywhere(struct progress *p, unsigned long seed)
{
	size_t size;
	uint8_t *bytes = file_bytes(FRAGMENT("bugs12"), &size);

	(void)seed;
	for (p->step = 0; p->step < size; p->step++)
		if (load(p, bytes, p->step) != -ENOEXEC)
			give_up(p, "a truncated object was accepted");
	if (load(p, bytes, size) != 0)
		give_up(p, "the whole object was refused");
	free(bytes);
}

START_TEST(truncated_at_any_byte)
{
	in_child(truncate_everywhere, 0);
}
END_TEST

static uint64_t next_random(uint64_t *state)
{
	uint64_t z = *state += UINT64_C(0x9e3779b97f4a7c15); /* splitmix64 */

	z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
	z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
	return z ^ (z >> 31);
}

/* Some bytes of the file's tables, for sections' contents are not the loader's to judge. */
static void flip(uint8_t *bytes, size_t size, uint64_t *state)
{
	const Elf64_Ehdr *ehdr = (const Elf64_Ehdr *)bytes;
	size_t headers = size - ehdr->e_shoff;
	unsigned int count = 1 + next_random(state) % 4;

	while (count--) {
		size_t at = next_random(state) % 2 ? size - 1 - next_random(state) % headers
						   : next_random(state) % size;

		if (next_random(state) % 2)
			bytes[at] = next_random(state);
		else
			bytes[at] ^= 1 << next_random(state) % 8;
	}
}

static void flip_bytes(struct progress *p, unsigned long seed)
{
	static const char *const fragments[] = {FRAGMENT("tables"), FRAGMENT("other"),
						FRAGMENT("missing"), FRAGMENT("debugged"),
						FRAGMENT("bugs12")};
	uint64_t state = seed;

	for (unsigned int f = 0; f < 5; f++) {
		size_t size;
		uint8_t *bytes = file_bytes(fragments[f], &size), *damaged = malloc(size);

		for (unsigned int i = 0; i < FLIP_ROUNDS / 5; i++, p->step++) {
			memcpy(damaged, bytes, size);
			flip(damaged, size, &state);
			load(p, damaged, size);
		}
		free(damaged);
		free(bytes);
	}
}

START_TEST(flipped_bytes)
{
	const char *given = getenv("LOADER_SEED");

	in_child(flip_bytes, given ? strtoul(given, NULL, 0) : 1);
}
END_TEST

void suite_cases(void)
{
	SUITE_CASE(a_file_that_is_not_there);
	SUITE_CASE(a_foreign_file);
	SUITE_CASE(a_foreign_header);
	SUITE_CASE(indexes_out_of_range);
	SUITE_CASE(damaged_tables);
	SUITE_CASE(truncated_at_any_byte);
	SUITE_CASE(flipped_bytes);
}
