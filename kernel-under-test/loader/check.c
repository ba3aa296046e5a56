/* SPDX-License-Identifier: MIT */
/* Symbols and relocations of one object, checked before anything uses them. */
#include <errno.h>

#include "kernel-under-test/loader/image.h"

static const char *symbol_name(const struct kut_object *object, size_t i)
{
	const Elf64_Sym *sym = &object->syms[i];

	if (ELF64_ST_TYPE(sym->st_info) == STT_SECTION && sym->st_shndx < object->n_sections)
		return object->sections[sym->st_shndx].name;
	return object->strtab[sym->st_name] ? object->strtab + sym->st_name : "(no name)";
}

static int check_common(const struct kut_object *object, size_t i, char **why)
{
	const Elf64_Sym *sym = &object->syms[i];
	uint64_t align = sym->st_value;

	if (ELF64_ST_BIND(sym->st_info) == STB_LOCAL || align == 0 || align & (align - 1) ||
	    align > KUT_ALIGN_MAX || sym->st_size > KUT_IMAGE_MAX)
		return kut_image_fail(why, -ENOEXEC, "%s: common symbol %s is damaged",
				      object->path, symbol_name(object, i));
	return 0;
}

static int check_place(const struct kut_object *object, size_t i, char **why)
{
	const Elf64_Sym *sym = &object->syms[i];
	const struct kut_section *section;

	if (sym->st_shndx == SHN_UNDEF || sym->st_shndx == SHN_ABS)
		return 0;
	if (sym->st_shndx == SHN_COMMON)
		return check_common(object, i, why);
	if (sym->st_shndx >= object->n_sections)
		return kut_image_fail(why, -ENOEXEC, "%s: symbol %s lies in section %u of %zu",
				      object->path, symbol_name(object, i), sym->st_shndx,
				      object->n_sections);
	section = &object->sections[sym->st_shndx];
	if (section->class != KUT_DROP && sym->st_value > section->size)
		return kut_image_fail(why, -ENOEXEC, "%s: symbol %s lies outside of its section %s",
				      object->path, symbol_name(object, i), section->name);
	return 0;
}

static int check_symbol(const struct kut_object *object, size_t i, char **why)
{
	const Elf64_Sym *sym = &object->syms[i];
	unsigned int bind = ELF64_ST_BIND(sym->st_info), type = ELF64_ST_TYPE(sym->st_info);

	if (bind != STB_LOCAL && bind != STB_GLOBAL && bind != STB_WEAK)
		return kut_image_fail(why, -ENOEXEC, "%s: symbol %s has the unknown binding %u",
				      object->path, symbol_name(object, i), bind);
	if (type > STT_COMMON)
		return kut_image_fail(why, -ENOEXEC,
				      "%s: symbol %s has type %u (thread-local or indirect?), "
				      "which kernel code does not use",
				      object->path, symbol_name(object, i), type);
	if (bind != STB_LOCAL && object->strtab[sym->st_name] == '\0')
		return kut_image_fail(why, -ENOEXEC, "%s: global symbol %zu has no name",
				      object->path, i);
	return check_place(object, i, why);
}

int kut_check_symbols(const struct kut_object *object, size_t strtab_size, char **why)
{
	for (size_t i = 1; i < object->n_syms; i++) {
		int error;

		if (object->syms[i].st_name >= strtab_size)
			return kut_image_fail(why, -ENOEXEC,
					      "%s: the name of symbol %zu is damaged", object->path,
					      i);
		error = check_symbol(object, i, why);
		if (error)
			return error;
	}
	return 0;
}

/* Bytes that a relocation of this type patches, 0 for an unsupported type. */
static unsigned int width(uint32_t type)
{
	switch (type) {
	case R_X86_64_64:
		return 8;
	case R_X86_64_32:
	case R_X86_64_32S:
	case R_X86_64_PC32:
	case R_X86_64_PLT32:
		return 4;
	default:
		return 0;
	}
}

static int check_target(const struct kut_object *object, const struct kut_section *section,
			const Elf64_Rela *rela, char **why)
{
	size_t i = ELF64_R_SYM(rela->r_info);
	const Elf64_Sym *sym = &object->syms[i];

	if (section->class == KUT_DEBUG || i == 0 || sym->st_shndx == SHN_ABS)
		return 0;
	if (ELF64_ST_BIND(sym->st_info) == STB_LOCAL &&
	    (sym->st_shndx == SHN_UNDEF || object->sections[sym->st_shndx].class >= KUT_CLASSES))
		return kut_image_fail(why, -ENOEXEC,
				      "%s: %s+0x%llx refers to %s, which is not loaded",
				      object->path, section->name,
				      (unsigned long long)rela->r_offset, symbol_name(object, i));
	return 0;
}

static int check_section(struct kut_object *object, const struct kut_section *section, char **why)
{
	for (uint64_t r = 0; r < section->n_rela; r++) {
		const Elf64_Rela *rela = &section->rela[r];
		uint32_t type = ELF64_R_TYPE(rela->r_info);
		uint64_t sym = ELF64_R_SYM(rela->r_info), bytes = width(type);
		int error;

		if (bytes == 0)
			return kut_image_fail(why, -ENOEXEC,
					      "%s: %s+0x%llx: relocation type %u is not supported; "
					      "compile with -mcmodel=kernel -fno-pic",
					      object->path, section->name,
					      (unsigned long long)rela->r_offset, type);
		if (rela->r_offset > section->size || bytes > section->size - rela->r_offset)
			return kut_image_fail(
				why, -ENOEXEC,
				"%s: a relocation of %s+0x%llx lies outside of the section",
				object->path, section->name, (unsigned long long)rela->r_offset);
		if (sym >= object->n_syms)
			return kut_image_fail(
				why, -ENOEXEC, "%s: %s+0x%llx refers to symbol %llu of %zu",
				object->path, section->name, (unsigned long long)rela->r_offset,
				(unsigned long long)sym, object->n_syms);
		error = check_target(object, section, rela, why);
		if (error)
			return error;
		if (section->class != KUT_DEBUG)
			object->use[sym] |= type == R_X86_64_PLT32 ? KUT_USE_CALL : KUT_USE_DATA;
	}
	return 0;
}

int kut_check_relocations(struct kut_object *object, char **why)
{
	for (size_t i = 1; i < object->n_sections; i++) {
		int error = check_section(object, &object->sections[i], why);

		if (error)
			return error;
	}
	for (size_t i = 1; i < object->n_syms; i++)
		object->n_global += ELF64_ST_BIND(object->syms[i].st_info) != STB_LOCAL;
	return 0;
}
