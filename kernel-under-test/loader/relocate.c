/* SPDX-License-Identifier: MIT */
/* Patch the copied sections. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>

#include "kernel-under-test/loader/image.h"

static const char *type_name(uint32_t type)
{
	switch (type) {
	case R_X86_64_32:
		return "R_X86_64_32";
	case R_X86_64_32S:
		return "R_X86_64_32S";
	case R_X86_64_PC32:
		return "R_X86_64_PC32";
	default:
		return "R_X86_64_PLT32";
	}
}

static const char *target_name(const struct kut_object *object, size_t i)
{
	const Elf64_Sym *sym = &object->syms[i];

	if (ELF64_ST_TYPE(sym->st_info) == STT_SECTION && sym->st_shndx < object->n_sections)
		return object->sections[sym->st_shndx].name;
	return object->strtab + sym->st_name;
}

static int overflow(const struct kut_section *section, const Elf64_Rela *rela, uint64_t value,
		    char **why)
{
	uint32_t type = ELF64_R_TYPE(rela->r_info);

	return kut_image_fail(why, -ENOEXEC,
			      "%s: %s+0x%" PRIx64 ": %s against %s is out of range: %#" PRIx64
			      " does not fit into 32 bits",
			      section->object->path, section->name, rela->r_offset, type_name(type),
			      target_name(section->object, ELF64_R_SYM(rela->r_info)), value);
}

/* `bytes` is where the section was copied, `addr` where it runs. */
static int relocate(const struct kut_section *section, uint8_t *bytes, uint64_t addr, char **why)
{
	const uint64_t *values = section->object->value;

	for (uint64_t r = 0; r < section->n_rela; r++) {
		const Elf64_Rela *rela = &section->rela[r];
		uint64_t value = values[ELF64_R_SYM(rela->r_info)] + rela->r_addend;
		uint32_t type = ELF64_R_TYPE(rela->r_info), value32;
		bool fits;

		if (type == R_X86_64_64) {
			memcpy(bytes + rela->r_offset, &value, sizeof(value));
			continue;
		}
		if (type == R_X86_64_PC32 || type == R_X86_64_PLT32)
			value -= addr + rela->r_offset;
		if (type == R_X86_64_32)
			fits = value <= UINT32_MAX;
		else
			fits = (int64_t)value == (int32_t)value;
		if (!fits)
			return overflow(section, rela, value, why);
		value32 = value;
		memcpy(bytes + rela->r_offset, &value32, sizeof(value32));
	}
	return 0;
}

int kut_relocate_all(struct kut_image *image, char **why)
{
	for (size_t i = 0; i < image->n_outs; i++) {
		const struct kut_out *out = image->outs[i];

		for (const struct kut_section *s = out->first; s; s = s->next) {
			uint64_t addr = out->addr + s->offset;
			uint8_t *bytes =
				out->debug ? out->debug + s->offset : (uint8_t *)(uintptr_t)addr;
			int error = relocate(s, bytes, addr, why);

			if (error)
				return error;
		}
	}
	return 0;
}
