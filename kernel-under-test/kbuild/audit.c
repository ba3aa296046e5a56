/* SPDX-License-Identifier: MIT */
/*
 * A set is linked once when it is made, so that what is wrong with it (two
 * definitions, a relocation out of range) is told then and not by the first run;
 * and its code is searched for instructions that would reach the real host.
 */
#include <stdlib.h>
#include <string.h>

#include "kernel-under-test/kbuild/build.h"
#include "kernel-under-test/loader/loader.h"

enum { MAX_TOLD = 20 };

struct audit {
	const struct kut_image *image;
	struct kut_list told;
	size_t others; /* found beyond MAX_TOLD */
};

static void unreachable(const char *symbol)
{
	(void)symbol; /* the image is not run */
}

/* Port I/O raises a trap, which the host emulates. */
static bool is_emulated(const char *mnemonic)
{
	if (strncmp(mnemonic, "rep ", 4) == 0)
		mnemonic += 4;
	return strncmp(mnemonic, "in", 2) == 0 || strncmp(mnemonic, "out", 3) == 0;
}

static void found(void *arg, uint64_t addr, const char *mnemonic)
{
	struct audit *audit = arg;
	char at[160];

	if (is_emulated(mnemonic))
		return;
	if (audit->told.n == MAX_TOLD) {
		audit->others++;
		return;
	}
	kut_image_symbolize(audit->image, addr, at, sizeof(at));
	kut_list_take(&audit->told, kut_format("%s in %s", mnemonic, at));
}

static char *warning(const struct audit *audit)
{
	char *list = kut_list_join(&audit->told, "\n  ");
	char *text = kut_format("instructions that would reach the real host, or trap, when run:\n"
				"  %s%s",
				list, audit->others ? "\n  and others" : "");

	free(list);
	return text;
}

int kut_audit_set(const char *kernel_o, const char *runtime_o, char **text, char **why)
{
	struct kut_image *image = NULL;
	struct audit audit = {0};
	int ret = kut_image_new(&image, unreachable, why);

	*text = NULL;
	if (ret == 0)
		ret = kut_image_add(image, kernel_o, why);
	if (ret == 0)
		ret = kut_image_add(image, runtime_o, why);
	if (ret == 0)
		ret = kut_image_link(image, why);
	if (ret == 0) {
		audit.image = image;
		if (kut_image_audit(image, found, &audit) < 0)
			*text = kut_strdup("the code is not searched for instructions that would "
					   "reach the real host: install libcapstone4");
		else if (audit.told.n)
			*text = warning(&audit);
	}
	kut_list_free(&audit.told);
	kut_image_free(image);
	return ret;
}
