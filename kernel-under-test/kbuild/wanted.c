/* SPDX-License-Identifier: MIT */
/* Who wants what: undefined symbols of relocatable objects. */
#include <errno.h>
#include <fcntl.h>
#include <gelf.h>
#include <libelf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "kernel-under-test/kbuild/build.h"

static void add_undefined(Elf *elf, struct kut_list *symbols)
{
	Elf_Scn *section = NULL;
	GElf_Shdr header;
	GElf_Sym sym;

	while ((section = elf_nextscn(elf, section)) != NULL) {
		Elf_Data *data;

		if (gelf_getshdr(section, &header) == NULL || header.sh_type != SHT_SYMTAB)
			continue;
		data = elf_getdata(section, NULL);
		for (int i = 1; data != NULL && gelf_getsym(data, i, &sym) != NULL; i++) {
			const char *name = elf_strptr(elf, header.sh_link, sym.st_name);

			if (sym.st_shndx == SHN_UNDEF && name != NULL && *name != '\0')
				kut_list_add(symbols, name);
		}
	}
	kut_list_sort(symbols);
}

static int undefined_of(const char *path, struct kut_list *symbols, char **why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), ret = 0;
	Elf *elf;

	if (fd < 0)
		return kut_fail_errno(why, "open", path);
	elf_version(EV_CURRENT);
	elf = elf_begin(fd, ELF_C_READ, NULL);
	if (elf != NULL && elf_kind(elf) == ELF_K_ELF)
		add_undefined(elf, symbols);
	else
		ret = kut_fail(why, ENOEXEC, "%s is not an ELF object", path);
	elf_end(elf);
	close(fd);
	return ret;
}

static bool sorted_has(const struct kut_list *list, const char *s)
{
	size_t low = 0, high = list->n;

	while (low < high) {
		size_t middle = (low + high) / 2;
		int order = strcmp(list->item[middle], s);

		if (order == 0)
			return true;
		if (order < 0)
			low = middle + 1;
		else
			high = middle;
	}
	return false;
}

int kut_wanted_write(const char *kernel_o, const char *dir, const struct kut_list *objects,
		     const char *path, size_t *count, char **why)
{
	struct kut_list wanted = {0};
	struct kut_list *by = kut_alloc(objects->n * sizeof(*by));
	struct kut_text out = {0};
	int ret = undefined_of(kernel_o, &wanted, why);

	for (size_t i = 0; ret == 0 && i < objects->n; i++) {
		char *object = kut_format("%s/%s", dir, objects->item[i]);

		ret = undefined_of(object, &by[i], why);
		free(object);
	}
	kut_text_puts(&out, "");
	for (size_t s = 0; ret == 0 && s < wanted.n; s++) {
		const char *between = "\t";

		kut_text_puts(&out, wanted.item[s]);
		for (size_t i = 0; i < objects->n; i++)
			if (sorted_has(&by[i], wanted.item[s])) {
				kut_text_puts(&out, between);
				kut_text_puts(&out, objects->item[i]);
				between = " ";
			}
		kut_text_puts(&out, "\n");
	}
	*count = wanted.n;
	if (ret == 0)
		ret = kut_file_write(path, out.data, out.len, why);
	for (size_t i = 0; i < objects->n; i++)
		kut_list_free(&by[i]);
	free(by);
	kut_list_free(&wanted);
	kut_text_free(&out);
	return ret;
}
