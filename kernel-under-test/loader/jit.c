/* SPDX-License-Identifier: MIT */
/*
 * gdb's JIT interface: an ELF image in memory that names the sections' addresses,
 * the symbols and, if the objects have it, DWARF. The sections hold no bytes; gdb
 * reads those of the process.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

/* These names and layouts are gdb's ("JIT Compilation Interface" in its manual). */
enum { JIT_NOACTION, JIT_REGISTER, JIT_UNREGISTER };

struct jit_code_entry {
	struct jit_code_entry *next, *prev;
	const char *symfile_addr;
	uint64_t symfile_size;
};

struct jit_descriptor {
	uint32_t version, action_flag;
	struct jit_code_entry *relevant_entry, *first_entry;
};

void __jit_debug_register_code(void);
extern struct jit_descriptor __jit_debug_descriptor;

struct jit_descriptor __jit_debug_descriptor = {1, JIT_NOACTION, NULL, NULL};

/* gdb has a breakpoint here. */
__attribute__((noinline, used)) void __jit_debug_register_code(void)
{
	__asm__ volatile("" ::: "memory");
}

/* The ELF image while it is laid out: headers, then the bytes of sections one by one. */
struct builder {
	Elf64_Shdr *shdrs;
	char *bytes;
	size_t size; /* filled so far */
	size_t n_shdrs;
	char *section_names;
	size_t names_size;
};

static Elf64_Shdr *add_section(struct builder *b, const char *name, uint32_t type, uint64_t flags)
{
	Elf64_Shdr *shdr = &b->shdrs[b->n_shdrs++];

	shdr->sh_name = b->names_size;
	strcpy(b->section_names + b->names_size, name);
	b->names_size += strlen(name) + 1;
	shdr->sh_type = type;
	shdr->sh_flags = flags;
	shdr->sh_addralign = 1;
	return shdr;
}

static void add_bytes(struct builder *b, Elf64_Shdr *shdr, const void *data, size_t size)
{
	shdr->sh_offset = b->size;
	shdr->sh_size = size;
	if (data)
		memcpy(b->bytes + b->size, data, size);
	b->size = kut_align(b->size + size, 8);
}

static void add_memory(struct builder *b, const char *name, uint64_t flags, uint64_t addr,
		       uint64_t size)
{
	Elf64_Shdr *shdr = add_section(b, name, SHT_NOBITS, SHF_ALLOC | flags);

	shdr->sh_addr = addr;
	shdr->sh_size = size;
	shdr->sh_offset = b->size;
}

static void add_outs(struct builder *b, const struct kut_image *image)
{
	static const uint64_t flags[KUT_CLASSES] = {SHF_EXECINSTR, 0, SHF_WRITE, SHF_WRITE,
						    SHF_WRITE};

	for (size_t i = 0; i < image->n_outs; i++) {
		struct kut_out *out = image->outs[i];

		out->elf_index = b->n_shdrs;
		if (out->class < KUT_CLASSES)
			add_memory(b, out->name, flags[out->class], out->addr, out->size);
		else
			add_bytes(b, add_section(b, out->name, SHT_PROGBITS, 0), out->debug,
				  out->size);
	}
}

static void add_symbols(struct builder *b, const struct kut_image *image, size_t stubs_index)
{
	Elf64_Shdr *shdr = add_section(b, ".symtab", SHT_SYMTAB, 0);
	Elf64_Sym *syms = (Elf64_Sym *)(b->bytes + b->size);
	size_t n = 1;

	for (size_t pass = 0; pass < 2; pass++) { /* ELF wants the local ones first */
		for (size_t i = 0; i < image->n_syms; i++) {
			const struct kut_sym *sym = &image->syms[i];

			if (sym->local != (pass == 0))
				continue;
			syms[n++] = (Elf64_Sym){
				.st_name = sym->name,
				.st_info = ELF64_ST_INFO(sym->local ? STB_LOCAL : STB_GLOBAL,
							 sym->type),
				.st_shndx = sym->out == KUT_NO_OUT
						    ? SHN_ABS
						    : image->outs[sym->out]->elf_index,
				.st_value = sym->addr,
				.st_size = sym->size,
			};
		}
		if (pass == 0)
			shdr->sh_info = n;
	}
	for (size_t i = 0; i < image->n_stubs; i++)
		syms[n++] = (Elf64_Sym){
			.st_name = image->imports[i].name,
			.st_info = ELF64_ST_INFO(STB_GLOBAL, STT_FUNC),
			.st_shndx = stubs_index,
			.st_value = image->imports[i].addr,
			.st_size = KUT_STUB_SIZE,
		};
	shdr->sh_entsize = sizeof(Elf64_Sym);
	shdr->sh_addralign = 8;
	shdr->sh_link = b->n_shdrs;
	add_bytes(b, shdr, NULL, n * sizeof(Elf64_Sym));
	add_bytes(b, add_section(b, ".strtab", SHT_STRTAB, 0), image->names, image->names_size);
}

static void fill_header(Elf64_Ehdr *ehdr, const struct builder *b)
{
	static const unsigned char ident[EI_NIDENT] = {
		0x7f, 'E', 'L', 'F', ELFCLASS64, ELFDATA2LSB, EV_CURRENT, ELFOSABI_SYSV,
	};

	memcpy(ehdr->e_ident, ident, sizeof(ident));
	ehdr->e_type = ET_EXEC;
	ehdr->e_machine = EM_X86_64;
	ehdr->e_version = EV_CURRENT;
	ehdr->e_shoff = sizeof(Elf64_Ehdr);
	ehdr->e_ehsize = sizeof(Elf64_Ehdr);
	ehdr->e_shentsize = sizeof(Elf64_Shdr);
	ehdr->e_shnum = b->n_shdrs;
	ehdr->e_shstrndx = b->n_shdrs - 1;
}

/* Everything that build() will fill, with room for each section's alignment. */
static size_t measure(const struct kut_image *image, size_t n_shdrs, size_t *names_size)
{
	size_t size = sizeof(Elf64_Ehdr) + n_shdrs * (sizeof(Elf64_Shdr) + 8);

	*names_size = 64;
	for (size_t i = 0; i < image->n_outs; i++) {
		*names_size += strlen(image->outs[i]->name) + 1;
		if (image->outs[i]->class == KUT_DEBUG)
			size += image->outs[i]->size;
	}
	size += (image->n_syms + image->n_stubs + 1) * sizeof(Elf64_Sym);
	return size + image->names_size + *names_size;
}

static void build(struct builder *b, const struct kut_image *image, size_t n_shdrs)
{
	size_t stubs_index;
	Elf64_Shdr *shdr;

	b->shdrs = (Elf64_Shdr *)(b->bytes + sizeof(Elf64_Ehdr));
	b->size = sizeof(Elf64_Ehdr) + n_shdrs * sizeof(Elf64_Shdr);
	add_section(b, "", SHT_NULL, 0)->sh_addralign = 0;
	add_outs(b, image);
	stubs_index = b->n_shdrs;
	add_memory(b, ".kut.stubs", SHF_EXECINSTR, image->stubs, image->stubs_end - image->stubs);
	add_symbols(b, image, stubs_index);
	shdr = add_section(b, ".shstrtab", SHT_STRTAB, 0);
	add_bytes(b, shdr, b->section_names, b->names_size);
	fill_header((Elf64_Ehdr *)b->bytes, b);
}

static void tell(struct jit_code_entry *entry, uint32_t action)
{
	__jit_debug_descriptor.relevant_entry = entry;
	__jit_debug_descriptor.action_flag = action;
	__jit_debug_register_code();
	__jit_debug_descriptor.action_flag = JIT_NOACTION;
	__jit_debug_descriptor.relevant_entry = NULL;
}

int kut_jit_register(struct kut_image *image, char **why)
{
	struct builder b = {.bytes = NULL};
	struct jit_code_entry *entry = calloc(1, sizeof(*entry));
	size_t n_shdrs = image->n_outs + 5, names_size; /* null, stubs, three tables */

	b.bytes = calloc(1, measure(image, n_shdrs, &names_size));
	b.section_names = calloc(1, names_size);
	if (!entry || !b.bytes || !b.section_names) {
		free(entry);
		free(b.bytes);
		free(b.section_names);
		return kut_nomem(why);
	}
	build(&b, image, n_shdrs);
	free(b.section_names);
	entry->symfile_addr = b.bytes;
	entry->symfile_size = b.size;
	entry->next = __jit_debug_descriptor.first_entry;
	if (entry->next)
		entry->next->prev = entry;
	__jit_debug_descriptor.first_entry = entry;
	image->jit = entry;
	tell(entry, JIT_REGISTER);
	return 0;
}

void kut_jit_unregister(struct kut_image *image)
{
	struct jit_code_entry *entry = image->jit;

	if (!entry)
		return;
	if (entry->prev)
		entry->prev->next = entry->next;
	else
		__jit_debug_descriptor.first_entry = entry->next;
	if (entry->next)
		entry->next->prev = entry->prev;
	tell(entry, JIT_UNREGISTER);
	free((char *)entry->symfile_addr);
	free(entry);
	image->jit = NULL;
}
