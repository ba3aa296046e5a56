/* SPDX-License-Identifier: MIT */
/* Open an object file and find its sections; nothing in it is trusted. */
#include <errno.h>
#include <fcntl.h>
#include <libelf.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "kernel-under-test/loader/image.h"

static int map_file(struct kut_object *object, char **why)
{
	int fd = open(object->path, O_RDONLY | O_CLOEXEC);
	struct stat st;
	int error = 0;

	if (fd < 0) {
		error = -errno;
		return kut_image_fail(why, error, "%s: cannot be opened: %s", object->path,
				      strerror(-error));
	}
	if (fstat(fd, &st) < 0) {
		error = -errno;
		kut_image_fail(why, error, "%s: %s", object->path, strerror(-error));
	} else if (!S_ISREG(st.st_mode)) {
		error = kut_image_fail(why, -ENOEXEC, "%s: not a regular file", object->path);
	} else if (st.st_size < (off_t)sizeof(Elf64_Ehdr)) {
		error = kut_image_fail(why, -ENOEXEC, "%s: %lld bytes are too few for an ELF file",
				       object->path, (long long)st.st_size);
	} else {
		object->map = mmap(NULL, st.st_size, PROT_READ, MAP_PRIVATE | MAP_POPULATE, fd, 0);
		object->map_size = st.st_size;
		if (object->map == MAP_FAILED) {
			error = -errno;
			object->map = NULL;
			kut_image_fail(why, error, "%s: cannot be mapped: %s", object->path,
				       strerror(-error));
		}
	}
	close(fd);
	return error;
}

static int check_header(const struct kut_object *object, Elf *elf, char **why)
{
	const unsigned char *ident = object->map;
	const Elf64_Ehdr *ehdr;

	if (elf_kind(elf) == ELF_K_AR)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: an archive; name the objects in it instead",
				      object->path);
	if (elf_kind(elf) != ELF_K_ELF)
		return kut_image_fail(why, -ENOEXEC, "%s: not an ELF file", object->path);
	if (ident[EI_CLASS] != ELFCLASS64 || ident[EI_DATA] != ELFDATA2LSB)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: not 64-bit little-endian; build the kernel for x86-64",
				      object->path);
	ehdr = elf64_getehdr(elf);
	if (!ehdr)
		return kut_image_fail(why, -ENOEXEC, "%s: %s", object->path, elf_errmsg(-1));
	if (ehdr->e_machine != EM_X86_64)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: for machine %u; build the kernel for x86-64 (%u)",
				      object->path, ehdr->e_machine, EM_X86_64);
	if (ehdr->e_type != ET_REL)
		return kut_image_fail(why, -ENOEXEC, "%s: ELF type %u, not a relocatable object",
				      object->path, ehdr->e_type);
	if (ehdr->e_shoff % 8)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: the section headers are misplaced, at %llu",
				      object->path, (unsigned long long)ehdr->e_shoff);
	return 0;
}

/* A string table must end with a NUL, so that each offset in it starts a string. */
static int check_strings(const struct kut_object *object, const Elf64_Shdr *shdr, const char *what,
			 const char **strings, char **why)
{
	const char *data = (const char *)object->map + shdr->sh_offset;

	if (shdr->sh_type != SHT_STRTAB || shdr->sh_size == 0 || data[shdr->sh_size - 1] != '\0')
		return kut_image_fail(why, -ENOEXEC, "%s: the %s string table is damaged",
				      object->path, what);
	*strings = data;
	return 0;
}

/* All headers, each checked to lie inside of the file. */
static int read_headers(struct kut_object *object, Elf *elf, Elf64_Shdr *shdrs, char **why)
{
	for (size_t i = 0; i < object->n_sections; i++) {
		Elf_Scn *scn = elf_getscn(elf, i);
		const Elf64_Shdr *shdr = scn ? elf64_getshdr(scn) : NULL;

		if (!shdr)
			return kut_image_fail(why, -ENOEXEC, "%s: section header %zu: %s",
					      object->path, i, elf_errmsg(-1));
		shdrs[i] = *shdr;
		if (i == 0 || shdr->sh_type == SHT_NOBITS || shdr->sh_type == SHT_NULL)
			continue;
		if (shdr->sh_offset > object->map_size ||
		    shdr->sh_size > object->map_size - shdr->sh_offset)
			return kut_image_fail(why, -ENOEXEC,
					      "%s: section %zu reaches beyond the end of the file: "
					      "the file is truncated",
					      object->path, i);
	}
	return 0;
}

static int read_section(struct kut_object *object, size_t i, const Elf64_Shdr *shdr, char **why)
{
	struct kut_section *s = &object->sections[i];
	const char *path = object->path;

	s->class = kut_section_class(s->name, shdr->sh_type, shdr->sh_flags);
	s->size = shdr->sh_size;
	s->align = shdr->sh_addralign ? shdr->sh_addralign : 1;
	if (shdr->sh_type != SHT_NOBITS)
		s->data = (const uint8_t *)object->map + shdr->sh_offset;
	if (s->class == KUT_DROP)
		return 0;
	if (shdr->sh_type != SHT_PROGBITS && shdr->sh_type != SHT_NOBITS)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: section %s has type %u, which cannot be loaded", path,
				      s->name, shdr->sh_type);
	if (shdr->sh_flags & (SHF_TLS | SHF_COMPRESSED))
		return kut_image_fail(
			why, -ENOEXEC, "%s: section %s is %s; kernel code has no such section",
			path, s->name, shdr->sh_flags & SHF_TLS ? "thread-local" : "compressed");
	if (s->align & (s->align - 1) || s->align > KUT_ALIGN_MAX)
		return kut_image_fail(why, -ENOEXEC, "%s: section %s wants an alignment of %#llx",
				      path, s->name, (unsigned long long)s->align);
	if (s->size > KUT_IMAGE_MAX)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: section %s has %llu bytes, more than an image", path,
				      s->name, (unsigned long long)s->size);
	return 0;
}

static int read_symtab(struct kut_object *object, const Elf64_Shdr *shdrs, size_t i,
		       size_t *strtab_size, char **why)
{
	const Elf64_Shdr *shdr = &shdrs[i];

	if (object->syms)
		return kut_image_fail(why, -ENOEXEC, "%s: two symbol tables", object->path);
	if (shdr->sh_entsize != sizeof(Elf64_Sym) || shdr->sh_size % sizeof(Elf64_Sym) ||
	    shdr->sh_offset % 8)
		return kut_image_fail(why, -ENOEXEC, "%s: the symbol table is damaged",
				      object->path);
	if (shdr->sh_link >= object->n_sections)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: the symbol table wants strings of section %u of %zu",
				      object->path, shdr->sh_link, object->n_sections);
	object->syms = (const Elf64_Sym *)((const char *)object->map + shdr->sh_offset);
	object->n_syms = shdr->sh_size / sizeof(Elf64_Sym);
	*strtab_size = shdrs[shdr->sh_link].sh_size;
	return check_strings(object, &shdrs[shdr->sh_link], "symbol", &object->strtab, why);
}

/* Hang relocations at the section that they patch, if it is kept. */
static int read_rela(struct kut_object *object, const Elf64_Shdr *shdrs, size_t i, size_t symtab,
		     char **why)
{
	const Elf64_Shdr *shdr = &shdrs[i];
	struct kut_section *target;

	if (shdr->sh_info >= object->n_sections)
		return kut_image_fail(why, -ENOEXEC, "%s: section %s relocates section %u of %zu",
				      object->path, object->sections[i].name, shdr->sh_info,
				      object->n_sections);
	target = &object->sections[shdr->sh_info];
	if (target->class == KUT_DROP)
		return 0;
	if (shdr->sh_type == SHT_REL || shdr->sh_entsize != sizeof(Elf64_Rela) ||
	    shdr->sh_size % sizeof(Elf64_Rela) || shdr->sh_offset % 8 || target->rela ||
	    !target->data || shdr->sh_link != symtab)
		return kut_image_fail(why, -ENOEXEC, "%s: relocations %s of section %s are damaged",
				      object->path, object->sections[i].name, target->name);
	target->rela = (const Elf64_Rela *)((const char *)object->map + shdr->sh_offset);
	target->n_rela = shdr->sh_size / sizeof(Elf64_Rela);
	return 0;
}

static int read_sections(struct kut_object *object, Elf *elf, Elf64_Shdr *shdrs, char **why)
{
	size_t names = 0, symtab = 0, strtab_size = 0;
	const char *strings = NULL;
	int error = read_headers(object, elf, shdrs, why);

	if (error)
		return error;
	if (elf_getshdrstrndx(elf, &names) < 0 || names == 0 || names >= object->n_sections)
		return kut_image_fail(why, -ENOEXEC, "%s: no section names", object->path);
	error = check_strings(object, &shdrs[names], "section", &strings, why);
	for (size_t i = 0; !error && i < object->n_sections; i++) {
		object->sections[i].object = object;
		object->sections[i].class = KUT_DROP;
		if (shdrs[i].sh_name >= shdrs[names].sh_size)
			return kut_image_fail(why, -ENOEXEC,
					      "%s: the name of section %zu is damaged",
					      object->path, i);
		object->sections[i].name = strings + shdrs[i].sh_name;
		if (i > 0)
			error = read_section(object, i, &shdrs[i], why);
		if (!error && shdrs[i].sh_type == SHT_SYMTAB) {
			symtab = i;
			error = read_symtab(object, shdrs, i, &strtab_size, why);
		}
	}
	for (size_t i = 1; !error && i < object->n_sections; i++)
		if (shdrs[i].sh_type == SHT_RELA || shdrs[i].sh_type == SHT_REL)
			error = read_rela(object, shdrs, i, symtab, why);
	return error ? error : kut_check_symbols(object, strtab_size, why);
}

static int parse(struct kut_object *object, Elf *elf, char **why)
{
	Elf64_Shdr *shdrs;
	int error = check_header(object, elf, why);

	if (error)
		return error;
	if (elf_getshdrnum(elf, &object->n_sections) < 0 || object->n_sections == 0)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: no section headers: the file is truncated or stripped",
				      object->path);
	if (object->n_sections > object->map_size / sizeof(Elf64_Shdr))
		return kut_image_fail(why, -ENOEXEC,
				      "%s: %zu section headers in a file of %zu bytes",
				      object->path, object->n_sections, object->map_size);
	object->sections = calloc(object->n_sections, sizeof(*object->sections));
	shdrs = calloc(object->n_sections, sizeof(*shdrs));
	error = object->sections && shdrs ? read_sections(object, elf, shdrs, why) : kut_nomem(why);
	free(shdrs);
	if (error)
		return error;
	object->use = calloc(object->n_syms + 1, sizeof(*object->use));
	object->global = malloc((object->n_syms + 1) * sizeof(*object->global));
	object->value = calloc(object->n_syms + 1, sizeof(*object->value));
	if (!object->use || !object->global || !object->value)
		return kut_nomem(why);
	return kut_check_relocations(object, why);
}

int kut_object_open(struct kut_object **out, const char *path, char **why)
{
	struct kut_object *object = calloc(1, sizeof(*object));
	Elf *elf;
	int error;

	if (!object)
		return kut_nomem(why);
	object->path = strdup(path);
	error = object->path ? map_file(object, why) : kut_nomem(why);
	if (!error) {
		elf_version(EV_CURRENT);
		elf = elf_memory(object->map, object->map_size);
		error = elf ? parse(object, elf, why)
			    : kut_image_fail(why, -ENOEXEC, "%s: %s", path, elf_errmsg(-1));
		elf_end(elf);
	}
	if (error) {
		kut_object_free(object);
		return error;
	}
	*out = object;
	return 0;
}

/* Behind the link: the file may change from now on. */
void kut_object_unmap(struct kut_object *object)
{
	if (object->map)
		munmap(object->map, object->map_size);
	free(object->sections);
	free(object->use);
	free(object->global);
	free(object->value);
	*object = (struct kut_object){.path = object->path};
}

void kut_object_free(struct kut_object *object)
{
	if (!object)
		return;
	kut_object_unmap(object);
	free(object->path);
	free(object);
}
